/**
 * What other programs put around a line of httpd: syslog (RFC 3164 and 5424), journald, docker, kubectl, container runtimes, grep; and
 * JSON objects that hold the line in a field.
 */
import { readTime } from './time.ts';

/** A wrapper taken off. `at` is where httpd's own line begins in `line` (which is another string only for JSON). */
export interface Unwrapped {
  readonly line: string;
  readonly at: number;
  /** Its time of day, for lines that carry none of their own (syslog). */
  readonly wallClock: number | null;
  readonly instant: number | null;
  readonly pid: string | null;
  /** Fields that a JSON format gives by themselves. */
  readonly fields: JsonFields | null;
}

export interface JsonFields {
  readonly level: string | null;
  readonly module: string | null;
  readonly pid: string | null;
  readonly tid: string | null;
  readonly client: string | null;
  readonly errno: string | null;
}

const priority = /<\d{1,3}>/y;
// RFC 5424: `<139>1 2026-11-22T06:41:05.776Z host app procid msgid [structured data] message`; in the data a `]` is escaped (6.3.3).
const rfc5424 = /1 (\S{1,64}) \S{1,255} \S{1,48} (\S{1,128}) \S{1,32} (?:-|(?:\[(?:[^\]\\]|\\.){0,2000}\])+) ?(?:\ufeff|\xef\xbb\xbf)?/y;
// `host apache2[16947]: ` or `apache2[16947]: `; also without a pid.
const syslogTag = /(?:[\w.:@-]{1,255} )?([\w./+-]{1,64})(?:\[(\d{1,10})\])?: /y;
const weekdayBeforeDate = /(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) (?=\d{4}-\d\d-)/y;
const containerRuntime = /(?:stdout|stderr) [FP] /y;
const kubectlPrefix = /\[?pod\/[^\] ]{1,300}\]? /y;
const composePrefix = /[\w.-]{1,120} +\| ?/y;
const grepPrefix = /[\w./@+-]{1,255}[:-](?:\d{1,12}[:-])?(?=\[)/y;
const epoch = /(\d{10})\.(\d{3,9}) (?=[\w.@-]+ [\w./+-]+(?:\[\d+\])?: )/y;

/** Null: nothing is wrapped around it. `reference` as for `readTime`. */
export function unwrap(line: string, reference: number): Unwrapped | null {
  if (line.charCodeAt(0) === 123) return unwrapJson(line, reference);
  let at = 0;
  let wallClock: number | null = null;
  let instant: number | null = null;
  let pid: string | null = null;
  for (let round = 0; round < 6; round += 1) {
    const start = at;
    if (line.charCodeAt(at) === 60) {
      at = sticky(priority, line, at) ?? at;
      rfc5424.lastIndex = at;
      const modern = rfc5424.exec(line);
      if (modern !== null) {
        const stamp = readTime(modern[1] ?? '', 0, reference);
        return done(line, rfc5424.lastIndex, stamp?.wallClock ?? null, stamp?.instant ?? null, digits(modern[2]));
      }
    }
    // `journalctl -o short-full` has the weekday first.
    at = sticky(weekdayBeforeDate, line, at) ?? at;
    const stamp = line.charCodeAt(at) === 91 ? null : readTime(line, at, reference);
    if (stamp !== null && line.charCodeAt(stamp.end) === 32) {
      wallClock ??= stamp.wallClock;
      instant ??= stamp.instant;
      at = stamp.end + 1;
      if (line.startsWith('UTC ', at)) {
        instant = wallClock;
        at += 4;
      }
      const tag = tagAt(line, at);
      if (tag !== null) {
        pid ??= tag.pid;
        at = tag.end;
      }
    }
    if (line.charCodeAt(at) >= 48 && line.charCodeAt(at) <= 57) {
      epoch.lastIndex = at;
      const seconds = epoch.exec(line);
      if (seconds !== null) {
        instant = Number(seconds[1]) * 1000 + Number(`0.${seconds[2]}`) * 1000;
        at = epoch.lastIndex;
        const tag = tagAt(line, at);
        if (tag !== null) {
          pid ??= tag.pid;
          at = tag.end;
        }
      }
    }
    at =
      sticky(containerRuntime, line, at) ??
      sticky(kubectlPrefix, line, at) ??
      sticky(composePrefix, line, at) ??
      sticky(grepPrefix, line, at) ??
      at;
    if (at === start) break;
  }
  if (at === 0) {
    // A tag without a time (`logger`, `journalctl -o cat` of some set-ups) is none of ours: `proxy: HTTP: …` looks the same.
    return null;
  }
  if (line.charCodeAt(at) === 123) {
    const inner = unwrapJson(line.slice(at), reference);
    if (inner !== null)
      return { ...inner, wallClock: inner.wallClock ?? wallClock, instant: inner.instant ?? instant, pid: inner.pid ?? pid };
  }
  return done(line, at, wallClock, instant, pid);
}

function tagAt(line: string, at: number): { readonly pid: string | null; readonly end: number } | null {
  syslogTag.lastIndex = at;
  const match = syslogTag.exec(line);
  if (match === null || match[1] === 'proxy' || /^AH\d+$/.test(match[1] ?? '')) return null;
  return { pid: digits(match[2]), end: syslogTag.lastIndex };
}

function done(line: string, at: number, wallClock: number | null, instant: number | null, pid: string | null): Unwrapped {
  return { line, at, wallClock, instant, pid, fields: null };
}

function sticky(pattern: RegExp, line: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : null;
}

function digits(text: string | undefined): string | null {
  return text !== undefined && /^\d+$/.test(text) ? text : null;
}

const longestJson = 1_000_000;
const messageNames = ['log', 'message', 'msg', 'MESSAGE', 'text', 'line', 'event', '_raw', 'errorMessage', 'error_message'];
const timeNames = [
  'time',
  'timestamp',
  '@timestamp',
  'ts',
  'datetime',
  'date',
  'eventTime',
  '_SOURCE_REALTIME_TIMESTAMP',
  '__REALTIME_TIMESTAMP',
];
const levelNames = ['level', 'severity', 'loglevel', 'log_level', 'log.level'];
const moduleNames = ['module', 'mod', 'moduleName'];
const pidNames = ['pid', 'process', '_PID', 'process_id'];
const tidNames = ['tid', 'thread', 'thread_id'];
const clientNames = ['client', 'remote', 'remoteIP', 'remote_addr', 'client_ip', 'clientip', 'peer', 'remoteAddr'];
const errnoNames = ['errno', 'error', 'err', 'apr_status', 'status_text'];

function unwrapJson(line: string, reference: number): Unwrapped | null {
  if (line.length > longestJson) return null;
  const object = parseObject(line) ?? parseObject(line.replace(/\\x([0-9a-fA-F]{2})/g, '\\u00$1'));
  if (object === null) return null;
  const inner = firstText(object, messageNames);
  if (inner === null) return null;
  const time = firstValue(object, timeNames);
  let wallClock: number | null = null;
  let instant: number | null = null;
  if (typeof time === 'string' && !/^\d+(\.\d+)?$/.test(time)) {
    const stamp = readTime(time.startsWith('[') ? time.slice(1) : time, 0, reference);
    wallClock = stamp?.wallClock ?? null;
    instant = stamp?.instant ?? null;
  } else if (time !== null) instant = fromEpoch(Number(time));
  const fields: JsonFields = {
    level: firstText(object, levelNames),
    module: firstText(object, moduleNames),
    pid: digits(firstText(object, pidNames) ?? undefined),
    tid: digits(firstText(object, tidNames) ?? undefined),
    client: firstText(object, clientNames),
    errno: firstText(object, errnoNames),
  };
  const text = inner.replace(/\r?\n$/, '');
  // The wrapper may be wrapped itself: docker's JSON around a line that came through syslog.
  const deeper = unwrap(text, reference);
  if (deeper !== null) {
    return { ...deeper, instant: deeper.instant ?? instant, wallClock: deeper.wallClock ?? wallClock, fields: deeper.fields ?? fields };
  }
  return { line: text, at: 0, wallClock, instant, pid: null, fields };
}

/** Seconds, milliseconds or microseconds since the epoch → milliseconds. */
function fromEpoch(value: number): number | null {
  if (!Number.isFinite(value) || value <= 0) return null;
  if (value > 1e14) return value / 1000;
  return value > 1e11 ? value : value * 1000;
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

function firstValue(object: JsonObject, names: readonly string[]): string | number | null {
  for (const name of names) {
    const value = object[name];
    if (typeof value === 'string' || typeof value === 'number') return value;
  }
  return null;
}

function firstText(object: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const value = object[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
    // journald writes messages with control characters as lists of bytes.
    if (Array.isArray(value) && value.every((byte) => typeof byte === 'number')) return Buffer.from(value).toString('utf8');
  }
  return null;
}
