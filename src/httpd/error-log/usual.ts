/**
 * The line that httpd 2.4 writes by default, with a message that was read before: most lines of most logs. Its parts are looked up
 * whole instead of being taken apart again. Whatever is unusual is left to the careful way, which gives the same (a test holds it to that).
 */
import { decodeErrno, type Platform } from '../errno.ts';
import type { Family } from '../../checks/error-log/facts.ts';
import type { ErrorEntry } from './entry.ts';
import { endOfCode, levelOf, readAddress } from './head.ts';
import { matchCoded } from './match.ts';
import { backendOf, pathOf } from './named.ts';
import { readUsualTime } from './time.ts';

interface KnownHead {
  readonly module: string;
  readonly level: string;
  readonly pid: string;
  readonly tid: string | null;
}

interface KnownErrno {
  readonly errno: ErrorEntry['errno'];
  readonly platform: Platform | null;
}

interface KnownMessage {
  readonly code: string;
  readonly text: string;
  readonly key: string;
  readonly family: Family;
  readonly backend: string | null;
  readonly backendName: string | null;
  readonly path: string | null;
}

const atMost = 4096;
const heads = new Map<string, KnownHead>();
const errnos = new Map<string, KnownErrno>();
const messages = new Map<string, KnownMessage>();
let platformOfErrnos: Platform | null = null;

/** Null: read it with care. */
export function readUsual(line: string, platform: Platform | null): ErrorEntry | null {
  if (line.charCodeAt(0) !== 91) return null;
  const stamp = readUsualTime(line, 1);
  if (stamp === null || line.charCodeAt(stamp.end + 2) !== 91) return null;
  const pidAt = line.indexOf('] [pid ', stamp.end + 3);
  if (pidAt < 0) return null;
  const headEnd = line.indexOf('] ', pidAt + 7);
  if (headEnd < 0 || headEnd > stamp.end + 120) return null;
  const headText = line.slice(stamp.end + 3, headEnd);
  const head = heads.get(headText) ?? newHead(headText);
  if (head === null) return null;

  let at = headEnd + 2;
  let errno: KnownErrno | null = null;
  if (line.charCodeAt(at) === 40) {
    const end = line.indexOf(': ', at);
    if (end < 0) return null;
    const text = line.slice(at, end);
    if (platform !== platformOfErrnos) {
      errnos.clear();
      platformOfErrnos = platform;
    }
    errno = errnos.get(text) ?? newErrno(text, platform);
    if (errno === null) return null;
    at = end + 2;
  }
  let client: ErrorEntry['client'] = null;
  if (line.charCodeAt(at) === 91) {
    const end = line.indexOf('] ', at);
    if (end < 0 || end > at + 120 || !line.startsWith('client ', at + 1)) return null;
    const address = line.slice(at + 8, end);
    if (address.includes(' ')) return null;
    client = readAddress(address);
    at = end + 2;
  }
  const refererAt = line.indexOf(', referer', at);
  if (refererAt >= 0 && !line.startsWith(': ', refererAt + 9)) return null;
  const said = refererAt < 0 ? line.slice(at) : line.slice(at, refererAt);
  const message = messages.get(said) ?? newMessage(said);
  if (message === null) return null;
  return {
    wallClock: stamp.wallClock,
    instant: null,
    level: head.level,
    module: head.module,
    pid: head.pid,
    tid: head.tid,
    client,
    errno: errno === null ? null : errno.errno,
    platform: errno === null ? platform : errno.platform,
    code: message.code,
    message: message.key,
    family: message.family,
    backend: message.backend,
    backendName: message.backendName,
    path: message.path,
    referer: refererAt < 0 ? null : line.slice(refererAt + 11),
    text: message.text,
    raw: line,
  };
}

/** `proxy:error] [pid 12:tid 34`, of a module of mod_proxy only. */
function newHead(text: string): KnownHead | null {
  const match = /^(proxy[a-z_0-9]*:[a-z1-8]+)\] \[pid (\d+)(?::tid (\d+))?$/.exec(text);
  const level = match === null ? null : levelOf(match[1] ?? '');
  if (match === null || level === null || level.module === null) return null;
  // Lines of debug and trace have the source file next.
  if (level.level === 'debug' || level.level.startsWith('trace')) return null;
  const head = { module: level.module, level: level.level, pid: match[2] ?? '', tid: match[3] ?? null };
  remember(heads, text, head);
  return head;
}

function newErrno(text: string, platform: Platform | null): KnownErrno | null {
  const match = /^\((-?\d{1,7}|EAI \d{1,6})\)(.*)$/.exec(text);
  // A text that ends in digits may be a code that lost its colon.
  if (match === null || /\d$/.test(text)) return null;
  const decoded = decodeErrno(match[1] ?? '', (match[2] ?? '').trim(), platform);
  const known = {
    errno: { number: decoded.number, symbol: decoded.symbol, text: decoded.text },
    platform: decoded.platform ?? platform,
  };
  remember(errnos, text, known);
  return known;
}

function newMessage(said: string): KnownMessage | null {
  const end = endOfCode(said, 0);
  if (end < 0 || !said.startsWith('AH')) return null;
  const code = said.slice(0, end);
  const text = said.slice(end + 2);
  const found = matchCoded(code, text);
  if (found === null || found.fields === null || found.message.from !== 'proxy') return null;
  // These take part of what they say from elsewhere in the line.
  if (found.fields.client !== undefined || found.message.key === 'response-header-too-long') return null;
  const path = found.fields.path ?? pathOf(found.fields.url);
  const named = backendOf(found.fields);
  const message = { code, text, key: found.message.key, family: found.message.family, ...named, path };
  // Paths are different each time, and long texts are not worth their memory.
  if (path === null && said.length < 200) remember(messages, said, message);
  return message;
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= atMost) map.clear();
  map.set(key, value);
}
