/**
 * One line of an error log → what it says of the proxy path. Lines of anything else are none of ours and give null: a line counts when
 * its module, its code, or (2.0 and 2.2, which print neither) the whole of its words are those of the proxy or of httpd's own life.
 */
import type { ErrorEntry } from './entry.ts';
import { guessHead } from './guess.ts';
import { isLevel, readAddress, readHead, type Head } from './head.ts';
import type { Layout } from './layout.ts';
import { longestLine } from './lines.ts';
import { isOurs } from './match.ts';
import type { ParseOptions } from './parse-options.ts';
import { recognise } from './recognise.ts';
import { readUsual } from './usual.ts';
import { unwrap, type JsonFields } from './wrap.ts';
import { momentWithin } from './zone.ts';

export type { ParseOptions } from './parse-options.ts';

/** @returns null for a line that belongs neither to the proxy path nor to httpd's life and limits. Never throws. */
export function parseErrorLine(line: string, options: ParseOptions = {}): ErrorEntry | null {
  let text = line.length > longestLine ? line.slice(0, longestLine) : line;
  if (text.charCodeAt(0) === 0) text = text.replace(/^\0+/, '');
  if (text.endsWith('\n')) text = text.slice(0, -1);
  if (text.endsWith('\r')) text = text.slice(0, -1);
  if (options.layout) return inLayout(text, options.layout, options);
  return readUsual(text, options.platform ?? null) ?? byItself(text, options);
}

/** In the given layout, or, where that tells nothing (start-up lines before 2.4.58 keep the default one), by itself. */
function inLayout(text: string, layout: Layout, options: ParseOptions): ErrorEntry | null {
  const head = layout.read(text, options.reference ?? Date.now());
  const entry = head === null ? null : recognise(text, text, head, options);
  return entry !== null && entry.message !== null ? entry : (byItself(text, options) ?? entry);
}

function byItself(text: string, options: ParseOptions): ErrorEntry | null {
  const reference = options.reference ?? Date.now();
  if (text.charCodeAt(0) === 91) {
    const head = readHead(text, 0, reference);
    // `[pod/web-0/httpd] …` is kubectl's; httpd's own begins with a time or a level.
    if (head.wallClock !== null || head.level !== null) return orGuessed(recognise(text, text, head, options), text, text, head, options);
  }
  const wrapped = unwrap(text, reference);
  if (wrapped === null) {
    const head = readHead(text, 0, reference);
    return orGuessed(recognise(text, text, head, options), text, text, head, options);
  }
  const inner = wrapped.at === 0 ? wrapped.line : wrapped.line.slice(wrapped.at);
  const head = readHead(inner, 0, reference);
  if (head.instant === null) head.instant = momentWithin(head.wallClock, wrapped.instant);
  if (head.wallClock === null) head.wallClock = wrapped.wallClock;
  if (head.wallClock === null) head.wallClock = head.instant;
  if (head.pid === null) head.pid = wrapped.pid;
  if (wrapped.fields !== null) addFields(head, wrapped.fields);
  return orGuessed(recognise(text, inner, head, options), text, inner, head, options);
}

/** A format of its own: recognised by a known code and words, if nothing before the code looks like a sentence. */
function orGuessed(entry: ErrorEntry | null, raw: string, line: string, head: Head, options: ParseOptions): ErrorEntry | null {
  if (head.code !== null || (entry !== null && entry.message !== null)) return entry;
  if (head.module !== null && !isOurs(head.module)) return entry;
  const guess = guessHead(line, options.reference ?? Date.now());
  if (guess === null) return entry;
  // What was taken off before the line (a format that begins with its time looks like a wrapper) is of the line all the same.
  guess.wallClock ??= head.wallClock;
  guess.instant ??= head.instant;
  guess.pid ??= head.pid;
  return recognise(raw, line, guess, options) ?? entry;
}

function addFields(head: Head, fields: JsonFields): void {
  const [module, level] = splitLevel(fields.level);
  if (head.level === null && level !== null) head.level = level;
  head.module ??= fields.module ?? module;
  head.pid ??= fields.pid;
  head.tid ??= fields.tid;
  if (head.client === null && fields.client !== null && fields.client !== '-') head.client = readAddress(fields.client);
  if (head.errno === null && fields.errno !== null) {
    const match = /^\((-?\d{1,7}|EAI \d+|OS \d+|os 0x[0-9a-f]+)\)(.*)$/.exec(fields.errno);
    if (match !== null) head.errno = { token: match[1] ?? '', text: (match[2] ?? '').trim() };
  }
}

function splitLevel(text: string | null): readonly [string | null, string | null] {
  if (text === null) return [null, null];
  const [first = '', second] = text.split(':');
  if (second !== undefined && isLevel(second)) return [first, second];
  return [null, isLevel(text) ? text : null];
}
