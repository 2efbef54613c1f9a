/** Values that would like to be an option, a shell's command, another file, or the terminal's master. */

/** What each would make where it succeeded: a file of this name, below the folder of the run but outside of its case. */
export const canary = 'CANARY';

const pieces: readonly string[] = [
  `-oProxyCommand=touch ${canary}`,
  `-w${canary}`,
  `--output=${canary}`,
  '--help',
  '-',
  '--',
  `; touch ${canary}`,
  `;touch\${IFS}${canary}`,
  `$(touch ${canary})`,
  `\`touch ${canary}\``,
  `| touch ${canary}`,
  `&& touch ${canary} &`,
  `\ntouch ${canary}\n`,
  `'; touch ${canary}; '`,
  `" ; touch ${canary} ; "`,
  `\\'; touch ${canary}`,
  `> ${canary}`,
  `../../${canary}`,
  `/../../../../tmp/${canary}`,
  '/etc/passwd',
  '/dev/zero',
  '%00',
  '%s%n%x',
  '\u0000',
  '\u001b[2J\u001b[H',
  '\u001b]52;c;dG91Y2g=\u0007',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\u202e\u2066',
  '\u2028',
  '\ud800',
  '${PATH}',
  '~root',
  '*?[a-z]',
  '{1..9}',
  '!!',
  '#',
  ' ',
  '\t',
  '\r\n',
  ':',
  '@',
  '[::1]',
  '127.0.0.1',
  '0x7f.1',
  '127.0.0.1:9',
  'localhost',
  '10.0.0.5:8080',
  '65536',
  '-1',
  'xn--',
  'ü',
  '__proto__',
  'constructor',
  'A'.repeat(300),
];

/** One value from a few pieces; `random` gives numbers from 0 to 1. */
export function hostile(random: () => number): string {
  const count = 1 + Math.floor(random() * 3);
  let value = '';
  for (let index = 0; index < count; index += 1) {
    value += pieces[Math.floor(random() * pieces.length)] ?? '';
    if (random() < 0.4) value += Math.floor(random() * 1e6).toString(36);
  }
  return value;
}

/** A text with some of it replaced, doubled, cut or put elsewhere. */
export function mutated(text: string, random: () => number): string {
  let result = text;
  const changes = 1 + Math.floor(random() * 4);
  for (let index = 0; index < changes; index += 1) {
    const at = Math.floor(random() * result.length);
    const end = Math.min(result.length, at + Math.floor(random() * 40));
    switch (Math.floor(random() * 4)) {
      case 0:
        result = result.slice(0, at) + hostile(random) + result.slice(end);
        break;
      case 1:
        result = result.slice(0, at) + result.slice(end);
        break;
      case 2:
        result = result.slice(0, end) + result.slice(at, end).repeat(3) + result.slice(end);
        break;
      default:
        result = result.slice(0, at);
    }
  }
  return result;
}
