/** The explanation of a line as text for people: words first, facts beside them, broken to the width of the screen. */
import type { Explanation } from '../httpd/error-log/explain.ts';
import { visible } from '../visible.ts';

export interface Look {
  readonly columns: number;
  readonly color: boolean;
}

/** Diagnoses in a few words (the flow's diagnoses.yaml says more). */
const causeWords: Readonly<Record<string, string>> = {
  'backend-not-running': 'nothing accepts on the port of the backend',
  'backend-overloaded': 'the backend gets more requests than it accepts',
  'network-blocked': 'a firewall, a wrong address or interface blocks the way',
  'backend-not-found': 'the backend cannot be located: name, route, or host down',
  'hardware-suspected': 'a device on the way is failing',
  'backend-crashed': 'the backend drops the connection while it works on a request',
  'backend-stalled': 'the backend stops reading or answering until the timeout',
  'keepalive-race': 'reused connections fail: keepalive times do not fit',
  'request-not-sent': 'the client, or this proxy, does not send the whole request',
  'network-loss': 'packets get lost between proxy and backend',
  'proxy-exhausted': 'this proxy ran out of ports, files or workers',
  'proxy-bug': 'a known fault of this httpd version',
  'backend-tls': 'the TLS handshake with the backend fails',
};

const platformWords: Readonly<Record<string, string>> = {
  linux: 'Linux',
  solaris: 'Solaris',
  bsd: 'BSD or macOS',
  aix: 'AIX',
  'hp-ux': 'HP-UX',
  windows: 'Windows',
};

const indent = '  ';
const label = 11;

/**
 * @param told number of the line where the same was told in full; null: tell it in full
 * @returns whole lines, and an empty one after them
 */
export function layOut(explanation: Explanation, line: number, told: number | null, look: Look): string {
  const rows = [paint(clip(visible(explanation.line), look.columns), 'dim', look)];
  if (told === null) rows.push(...prose(explanation.meaning, look));
  else if (explanation.sameFailureAs === null) rows.push(`${indent}As line ${told}.`);
  else rows.push(`${indent}As line ${told}; one failure with line ${explanation.sameFailureAs}.`);
  for (const [name, value] of facts(explanation)) rows.push(...listed(name, [value], look));
  // What follows from another line has the reasons of that one.
  if (told === null && explanation.recognised && explanation.sameFailureAs === null) {
    rows.push(...listed('Rules out', explanation.rulesOut, look));
    rows.push(...listed('Likely', explanation.causes.map(cause), look));
    rows.push(...listed('Next', explanation.next, look));
  }
  return `${String(line)}  ${rows.join('\n')}\n\n`;
}

function cause(id: string): string {
  const words = causeWords[id];
  return words === undefined ? id : `${id} – ${words}`;
}

function facts(explanation: Explanation): readonly (readonly [string, string])[] {
  const { family, code, errno, platform, backend, backendName, client, time, path, status } = explanation;
  const kind = [
    family,
    code,
    errno === null ? null : platform === null ? errno : `${errno} on ${platformWords[platform] ?? platform}`,
  ].filter((part) => part !== null);
  const found: readonly (readonly [string, string | null])[] = [
    ['Kind', kind.length === 0 ? null : kind.join(', ')],
    ['Backend', backend === null ? null : backendName === null ? backend : `${backend} (${backendName})`],
    ['Client', client],
    ['Path', path],
    ['Time', time === null ? null : time.replace('T', ' ')],
    ['Answer', status],
  ];
  return found.flatMap(([name, value]) => (value === null ? [] : [[name, visible(value)] as const]));
}

function listed(name: string, items: readonly string[], look: Look): readonly string[] {
  const width = look.columns - indent.length - label;
  return items.flatMap((item, index) =>
    broken(item, width).map((row, at) => {
      const head = index === 0 && at === 0 ? name : '';
      return `${indent}${paint(head.padEnd(label), 'bold', look)}${row}`;
    }),
  );
}

function prose(text: string, look: Look): readonly string[] {
  return broken(text, look.columns - indent.length).map((row) => `${indent}${row}`);
}

/** Broken between words; a word that is too long keeps its line. */
function broken(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of text.split(' ')) {
    if (row !== '' && row.length + 1 + word.length > Math.max(20, width)) {
      rows.push(row);
      row = word;
    } else row = row === '' ? word : `${row} ${word}`;
  }
  return row === '' ? rows : [...rows, row];
}

function clip(text: string, columns: number): string {
  const room = Math.max(40, columns * 3);
  const letters = Array.from(text);
  return letters.length <= room ? text : `${letters.slice(0, room - 1).join('')}…`;
}

function paint(text: string, how: 'bold' | 'dim', look: Look): string {
  if (!look.color || text.trim() === '') return text;
  return how === 'bold' ? `\u001b[1m${text}\u001b[22m` : `\u001b[2m${text}\u001b[22m`;
}

export interface Totals {
  readonly lines: number;
  /** Lines that are not about proxying, and were passed over without a word. */
  readonly others: number;
  /** Lines of the proxy that no message fits. */
  readonly unknown: number;
}

/** Said at the end; empty where there is nothing to say. */
export function summary({ lines, others, unknown }: Totals): string {
  const said: string[] = [];
  if (lines === 0) said.push('No lines came.');
  if (others > 0) said.push(`${others.toLocaleString('en-US')} of ${count(lines, 'line')} ${others === 1 ? 'is' : 'are'} not about proxying.`);
  if (unknown > 0) said.push(`${count(unknown, 'line')} of the proxy ${unknown === 1 ? 'was' : 'were'} not recognised.`);
  return said.length === 0 ? '' : `${said.join(' ')}\n`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}
