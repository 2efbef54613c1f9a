/** Where a log goes that httpd writes to a program, as far as the program's arguments tell. */
import { parseArgsStringToArgv } from 'string-argv';

/**
 * `|/usr/bin/rotatelogs -l /var/log/apache2/error.%Y%m%d 86400` → `/var/log/apache2/error.*`.
 * @param raw the argument of ErrorLog or CustomLog. @returns a path or glob; null where the program is none that is known
 */
export function pipedPath(raw: string): string | null {
  const command = raw.replace(/^["']?\|{1,2}\$?\s*/, '').replace(/["']$/, '');
  const argv = parseArgsStringToArgv(command);
  const program = argv[0]?.split('/').at(-1) ?? '';
  if (program === 'rotatelogs' || program === 'rotatelogs2') return ofRotatelogs(argv.slice(1));
  if (program === 'cronolog') return ofCronolog(argv.slice(1));
  if (program === 'tee') return argv.slice(1).find((word) => word.startsWith('/') && !word.startsWith('/dev/')) ?? null;
  return null;
}

/** Options of rotatelogs(8) that take a value. */
const withValue = new Set(['-L', '-p', '-n', '-m']);

function ofRotatelogs(words: readonly string[]): string | null {
  let link: string | null = null;
  let numbered = false;
  let truncated = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) {
      if (link !== null) return link;
      // `-t` writes to the name itself; `-n` to name, name.1, name.2 …; else the start of the period is added to the name.
      if (truncated) return word;
      const pattern = word.replace(/%[a-zA-Z%]/g, '*').replace(/\*+/g, '*');
      return numbered ? `${pattern}*` : pattern === word ? `${word}.*` : pattern;
    }
    if (word === '-L') link = words[i + 1] ?? null;
    if (word === '-n') numbered = true;
    if (/^-[a-zA-Z]*t/.test(word)) truncated = true;
    if (withValue.has(word)) i += 1;
  }
  return null;
}

function ofCronolog(words: readonly string[]): string | null {
  const template = words.find(
    (word, i) => word.startsWith('/') && !/^(?:-S|-H|-P|--symlink|--hardlink|--prev-symlink)$/.test(words[i - 1] ?? ''),
  );
  return template === undefined ? null : template.replace(/%[a-zA-Z%]/g, '*').replace(/\*+/g, '*');
}
