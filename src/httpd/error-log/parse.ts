/**
 * One line of an error log → what it says of the proxy path. Lines of anything else are none of ours and give null: a line counts when
 * its module, its code, or (2.0 and 2.2, which print neither) the whole of its words are those of the proxy or of httpd's own life.
 */
import { decodeErrno, type Platform } from '../errno.ts';
import type { ErrorEntry } from './entry.ts';
import { isLevel, readAddress, readHead, type Head } from './head.ts';
import { guessHead } from './guess.ts';
import { isOurs, isProxyPath, logs, matchClassic, matchCoded, type Fields, type Match } from './match.ts';
import { unwrap, type JsonFields } from './wrap.ts';

/** Reads the part before the message of a line in one ErrorLogFormat; null: the line is not in that format. */
export interface Layout {
  readonly name: string;
  readonly read: (line: string, reference: number) => Head | null;
}

export interface ParseOptions {
  /** The system whose errno numbers these are, where it is known. */
  readonly platform?: Platform | null;
  /** The format of the log, where the configuration tells; lines in another one are still recognised by themselves. */
  readonly layout?: Layout | null;
  /** Milliseconds since the epoch: dates without a year lie before it. Default: now. */
  readonly reference?: number;
}

/** Longer lines are read only so far: httpd itself ends a line at 8192 bytes. */
const longestLine = 65_536;

/** @returns null for a line that belongs neither to the proxy path nor to httpd's life and limits. Never throws. */
export function parseErrorLine(line: string, options: ParseOptions = {}): ErrorEntry | null {
  let text = line.length > longestLine ? line.slice(0, longestLine) : line;
  if (text.endsWith('\n')) text = text.slice(0, -1);
  if (text.endsWith('\r')) text = text.slice(0, -1);
  const reference = options.reference ?? Date.now();
  if (options.layout) {
    const head = options.layout.read(text, reference);
    const entry = head === null ? null : recognise(text, text, head, options);
    if (entry !== null) return entry;
  }
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
  if (head.wallClock === null) head.wallClock = wrapped.wallClock;
  if (head.instant === null) head.instant = wrapped.instant;
  if (head.pid === null) head.pid = wrapped.pid;
  if (wrapped.fields !== null) addFields(head, wrapped.fields);
  return orGuessed(recognise(text, inner, head, options), text, inner, head, options);
}

/** A format of its own: recognised by a known code and words, if nothing before the code looks like a sentence. */
function orGuessed(entry: ErrorEntry | null, raw: string, line: string, head: Head, options: ParseOptions): ErrorEntry | null {
  if (head.code !== null || (entry !== null && entry.message !== null)) return entry;
  if (head.module !== null && !isOurs(head.module)) return entry;
  const guess = guessHead(line, options.reference ?? Date.now());
  return (guess === null ? null : recognise(raw, line, guess, options)) ?? entry;
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

function recognise(raw: string, line: string, head: Head, options: ParseOptions): ErrorEntry | null {
  const { text, referer } = cutReferer(line, head);
  const { code, module } = head;
  if (code !== null) {
    const match = matchCoded(code, text);
    if (match !== null && (module === null || module === '' || logs(module, match.message.from)))
      return entryOf(raw, head, text, referer, match, options);
    if (module === null ? match !== null || text.startsWith('proxy: ') : isProxyPath(module))
      return entryOf(raw, head, text, referer, null, options);
    return outOfDescriptors(raw, head, text, referer, options);
  }
  const match = matchClassic(text);
  if (match !== null && (module === null || logs(module, match.message.from))) return entryOf(raw, head, text, referer, match, options);
  if (module === null ? head.level !== null && text.startsWith('proxy: ') : isProxyPath(module))
    return entryOf(raw, head, text, referer, null, options);
  return outOfDescriptors(raw, head, text, referer, options);
}

/** EMFILE and ENFILE of httpd itself (accept, open): the proxy's own limit, whatever it wanted to open. */
function outOfDescriptors(raw: string, head: Head, text: string, referer: string | null, options: ParseOptions): ErrorEntry | null {
  if (head.errno === null || head.level === null) return null;
  if (head.module !== null && !logs(head.module, 'server') && !logs(head.module, 'http')) return null;
  const { symbol } = decodeErrno(head.errno.token, head.errno.text, options.platform ?? null);
  if (symbol !== 'EMFILE' && symbol !== 'ENFILE') return null;
  const entry = entryOf(raw, head, text, referer, null, options);
  return { ...entry, message: 'out-of-descriptors', family: 'capacity' };
}

function cutReferer(line: string, head: Head): { readonly text: string; readonly referer: string | null } {
  const at = line.indexOf(', referer', head.at);
  if (at < 0) return { text: line.slice(head.at), referer: null };
  // 2.4 and 2.2 print `, referer: URL`; formats of one's own have it without the colon.
  const after = line.charCodeAt(at + 9) === 58 ? at + 10 : at + 9;
  if (line.charCodeAt(after) !== 32) return { text: line.slice(head.at), referer: null };
  return { text: line.slice(head.at, at), referer: line.slice(after + 1) };
}

function entryOf(raw: string, head: Head, text: string, referer: string | null, match: Match | null, options: ParseOptions): ErrorEntry {
  const fields = match?.fields ?? {};
  const named = backendOf(fields);
  const trace = match === null && head.level !== null && head.level.startsWith('trace');
  let errno = head.errno === null ? null : decodeErrno(head.errno.token, head.errno.text, options.platform ?? null);
  // The line buffer was too small, which APR calls ENOSPC: no disk is full (traps 8).
  if (errno !== null && match?.message.key === 'response-header-too-long' && errno.symbol === 'ENOSPC') errno = { ...errno, symbol: null };
  const client = head.client ?? (fields.client === undefined || fields.client === '' ? null : readAddress(fields.client, false));
  return {
    wallClock: head.wallClock,
    instant: head.instant,
    level: head.level,
    module: head.module,
    pid: head.pid,
    tid: head.tid,
    client,
    errno: errno === null ? null : { number: errno.number, symbol: errno.symbol, text: errno.text },
    platform: errno?.platform ?? options.platform ?? null,
    code: head.code,
    message: trace ? 'trace-line' : (match?.message.key ?? null),
    family: trace ? 'trace' : (match?.message.family ?? null),
    backend: named.backend ?? (head.remote === null ? null : joined(head.remote)),
    backendName: named.backendName,
    path: fields.path ?? pathOf(fields.url),
    referer,
    text,
    raw,
  };
}

function joined(peer: { readonly address: string; readonly port: number | null }): string {
  const host = peer.address.includes(':') ? `[${peer.address}]` : peer.address;
  return peer.port === null ? host : `${host}:${peer.port}`;
}

/** The address where the line has one, else the worker's name; `*` is the default worker's and no name. */
function backendOf(fields: Fields): { readonly backend: string | null; readonly backendName: string | null } {
  const worker = fields.worker === undefined ? null : cleanName(fromWorkerUrl(fields.worker));
  const target = fields.socket !== undefined ? `unix:${fields.socket}` : cleanName(fields.address ?? fields.backend ?? fields.host ?? null);
  if (target !== null) return { backend: target, backendName: fields.name ?? (worker === target ? null : worker) };
  if (worker !== null) return { backend: worker, backendName: null };
  return { backend: fields.workerUrl === undefined ? null : cleanName(fromWorkerUrl(fields.workerUrl)), backendName: fields.name ?? null };
}

function cleanName(name: string | null): string | null {
  const trimmed = name?.trim() ?? '';
  return trimmed === '' || trimmed === '*' || trimmed === '(null)' ? null : trimmed;
}

/** `http://10.0.0.1:8080/app` → `10.0.0.1:8080`; `unix:/run/x.sock|http://name` → `unix:/run/x.sock`. */
function fromWorkerUrl(name: string): string {
  if (name.startsWith('unix:')) return name.split('|')[0] ?? name;
  const match = /^[A-Za-z][\w+.-]*:\/\/(?:[^/@]*@)?([^/?#]*)/.exec(name);
  return match?.[1] ?? name;
}

function pathOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  return url.replace(/^[A-Za-z][\w+.-]*:\/\/[^/?#]*/, '') || '/';
}
