/**
 * Everything that stands before the message: time, level, module, pid, client, errno, code. Two orders are known: 2.0 and 2.2 print the
 * client before the errno, 2.4 after it (server/log.c); both are read by taking whatever comes next. Brackets that lost their end (the
 * manual's ErrorLogFormat example without a thread id) are read too.
 */
import { Recent } from './recent.ts';
import { readTime } from './time.ts';

export interface Head {
  wallClock: number | null;
  instant: number | null;
  level: string | null;
  module: string | null;
  pid: string | null;
  tid: string | null;
  client: { readonly address: string; readonly port: number | null } | null;
  /** The other end is a backend: `[remote …]`. */
  remote: { readonly address: string; readonly port: number | null } | null;
  errno: { readonly token: string; readonly text: string } | null;
  code: string | null;
  /** The request's `%L`. */
  logId: string | null;
  /** Index where the message begins. */
  at: number;
}

export function emptyHead(at: number): Head {
  return {
    wallClock: null,
    instant: null,
    level: null,
    module: null,
    pid: null,
    tid: null,
    client: null,
    remote: null,
    errno: null,
    code: null,
    logId: null,
    at,
  };
}

const levels: ReadonlySet<string> = new Set([
  'emerg',
  'alert',
  'crit',
  'error',
  'warn',
  'notice',
  'info',
  'debug',
  'trace1',
  'trace2',
  'trace3',
  'trace4',
  'trace5',
  'trace6',
  'trace7',
  'trace8',
]);

/** What a system says beside its number, without the blanks that Windows leaves. */
export function decodable(text: string): string {
  return text.trim();
}

export function isLevel(text: string): boolean {
  return levels.has(text);
}

const sourceFile = /[\w.-]{1,60}\.(?:c|cc|cpp|h)\(\d{1,6}\): /y;
const errnoToken = /\((-?\d{1,7}|EAI \d{1,6}|OS \d{1,6}|os 0x[0-9a-fA-F]{1,8})\)/y;

/** More brackets than any format has: a line of nothing else must not be searched for the end of each. */
const mostParts = 24;

/** Reads from an index on; never fails, takes what it knows. */
export function readHead(line: string, from: number, reference: number): Head {
  const head = emptyHead(from);
  let at = from;
  for (let part = 0; part < mostParts; part += 1) {
    while (line.charCodeAt(at) === 32) at += 1;
    const first = line.charCodeAt(at);
    let next = -1;
    if (first === 91) next = readBracket(line, at, head, reference);
    else if (first === 40) next = head.errno === null ? readErrno(line, at, head) : -1;
    else if (first === 65 && line.charCodeAt(at + 1) === 72) {
      const end = endOfCode(line, at);
      if (end > 0) {
        head.code = line.slice(at, end);
        head.at = end + 2;
        return head;
      }
    } else if (first === 45 && line.charCodeAt(at + 1) === 32 && at > from) next = at + 1;
    else if (
      head.level === 'debug' ||
      (head.level !== null && head.level.startsWith('trace')) ||
      (head.module === null && head.level !== null)
    ) {
      sourceFile.lastIndex = at;
      if (sourceFile.test(line)) next = sourceFile.lastIndex;
    }
    if (next < 0) {
      head.at = at;
      return head;
    }
    at = next;
  }
  head.at = at;
  return head;
}

/** Index of the colon after `AH` and four to six digits; -1: it is no code. */
export function endOfCode(line: string, at: number): number {
  let end = at + 2;
  while (isDigit(line.charCodeAt(end))) end += 1;
  return end >= at + 6 && end <= at + 8 && line.charCodeAt(end) === 58 && line.charCodeAt(end + 1) === 32 ? end : -1;
}

function readBracket(line: string, at: number, head: Head, reference: number): number {
  const second = line.charCodeAt(at + 1);
  if (head.wallClock === null) {
    const stamp = readTime(line, at + 1, reference);
    if (stamp !== null && line.charCodeAt(stamp.end) === 93) {
      head.wallClock = stamp.wallClock;
      head.instant = stamp.instant;
      return stamp.end + 1;
    }
  }
  // `[pid 1:tid 2]`, `[pid 1]`, `[pid 1:tid (111)…`
  if (second === 112 && line.startsWith('pid ', at + 1)) return readPid(line, at + 5, head);
  if (second === 99 && line.startsWith('client ', at + 1)) return readPeer(line, at + 8, head, 'client');
  if (second === 114 && line.startsWith('remote ', at + 1)) return readPeer(line, at + 8, head, 'remote');
  const close = line.indexOf(']', at);
  if (close < 0 || close - at > 80) return -1;
  const inside = line.slice(at + 1, close);
  if (head.level === null) {
    const level = levelOf(inside);
    if (level !== null) {
      head.module = level.module;
      head.level = level.level;
      return close + 1;
    }
  }
  if (inside.startsWith('tid ')) {
    head.tid = inside.slice(4);
    return close + 1;
  }
  // An id or a server name that a format put in brackets; a message would have blanks in it.
  return head.wallClock !== null && !inside.includes(' ') && line.charCodeAt(close + 1) === 32 ? close + 1 : -1;
}

export interface ModuleLevel {
  /** Null: 2.2 names none; empty: a module without a name. */
  readonly module: string | null;
  readonly level: string;
}

// `proxy:error` and the like: few in a log, and the same strings again and again.
const seenLevels = new Recent<ModuleLevel | null>(64);

/** `error`, `proxy:error`; a module without a name leaves it empty: `:error` (php5). Null: neither. */
export function levelOf(inside: string): ModuleLevel | null {
  const seen = seenLevels.get(inside);
  if (seen !== undefined) return seen;
  const colon = inside.indexOf(':');
  const level = inside.slice(colon + 1);
  const found = levels.has(level) ? { module: colon < 0 ? null : inside.slice(0, colon), level } : null;
  seenLevels.set(inside, found);
  return found;
}

function readPid(line: string, at: number, head: Head): number {
  let end = at;
  while (isDigit(line.charCodeAt(end))) end += 1;
  if (end === at) return -1;
  head.pid = line.slice(at, end);
  if (line.startsWith(':tid ', end)) {
    let last = end + 5;
    while (isDigit(line.charCodeAt(last))) last += 1;
    if (last > end + 5) head.tid = line.slice(end + 5, last);
    end = last;
  }
  return line.charCodeAt(end) === 93 ? end + 1 : end;
}

const portDigits = /^\d{1,5}$/;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function readPeer(line: string, at: number, head: Head, role: 'client' | 'remote'): number {
  const close = line.indexOf(']', at);
  if (close >= 0 && close - at <= 300) {
    const inside = line.slice(at, close);
    if (inside !== '' && !inside.includes(' ')) {
      // 2.4 names a module in every line and prints the port; 2.2 does neither.
      if (head[role] === null) head[role] = readAddress(inside, head.module !== null || head.level === null);
      return close + 1;
    }
  }
  // The address was empty and took the bracket with it: `[client AH00957: …`.
  return at;
}

/**
 * `10.0.0.1:40398`, `10.0.0.1`, `[::1]:80`, `name:80`; IPv6 without brackets as 2.4 prints it, where the last group is the port
 * (`2001:db8::1:40000`). 2.0 and 2.2 print no port: `ported` is false there.
 */
export function readAddress(text: string, ported = true): { readonly address: string; readonly port: number | null } {
  if (text.startsWith('[')) {
    const bracket = text.lastIndexOf(']');
    if (bracket > 0) return { address: text.slice(1, bracket), port: text[bracket + 1] === ':' ? toPort(text.slice(bracket + 2)) : null };
  }
  const colon = text.lastIndexOf(':');
  const before = text.slice(0, colon);
  const port = colon < 0 ? null : toPort(text.slice(colon + 1));
  // `::1`: what stands before the last colon is no address.
  const cut = before.endsWith(':') && !before.endsWith('::');
  if (port === null || cut || (!ported && before.includes(':'))) return { address: text, port: null };
  return { address: before, port };
}

function toPort(text: string): number | null {
  return portDigits.test(text) && Number(text) <= 65_535 ? Number(text) : null;
}

function readErrno(line: string, at: number, head: Head): number {
  let start = at + 1;
  while (isDigit(line.charCodeAt(start))) start += 1;
  if (start > at + 1 && start < at + 9 && line.charCodeAt(start) === 41) start += 1;
  else {
    errnoToken.lastIndex = at;
    if (!errnoToken.test(line)) return -1;
    start = errnoToken.lastIndex;
  }
  let end = line.indexOf(': ', start);
  if (end < 0 || end - start > 400) return -1;
  let next = end + 2;
  if (!begins(line, next)) {
    // A localised text (Windows) may hold a colon of its own: the message begins where a code, a bracket or `proxy:` does.
    for (let colon = line.indexOf(': ', next); colon > 0 && colon - start < 400; colon = line.indexOf(': ', colon + 2)) {
      if (begins(line, colon + 2)) {
        end = colon;
        next = colon + 2;
        break;
      }
    }
    // A format of its own without the colon: `(111)Connection refused AH00957: …`.
    if (isDigit(line.charCodeAt(end - 1))) {
      const glued = /^(.*) AH\d{4,6}$/.exec(line.slice(start, end));
      if (glued !== null) {
        end = start + (glued[1] ?? '').length;
        next = end + 1;
      }
    }
  }
  head.errno = { token: line.slice(at + 1, start - 1), text: line.slice(start, end).trim() };
  return next;
}

function begins(line: string, at: number): boolean {
  return line.startsWith('AH', at) || line.startsWith('[client ', at) || line.startsWith('[remote ', at) || line.startsWith('proxy: ', at);
}
