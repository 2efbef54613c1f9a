/**
 * The line that httpd 2.4 writes by default, with a message that was read before: most lines of most logs. Its parts are looked up
 * whole instead of being taken apart again. Whatever is unusual is left to the careful way, which gives the same (a test holds it to that).
 */
import { decodeErrno, type Platform } from '../errno.ts';
import type { Family } from '../../checks/error-log/facts.ts';
import type { ErrorEntry } from './entry.ts';
import { endOfCode, levelOf, readAddress, type ModuleLevel } from './head.ts';
import { matchCoded } from './match.ts';
import { backendOf, pathOf } from './named.ts';
import { Recent } from './recent.ts';
import { readUsualTime } from './time.ts';

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

interface Thread {
  readonly pid: string;
  readonly tid: string | null;
}

const threads = new Recent<Thread>(1024);
const addresses = new Recent<string>(1024);
const levels = new Recent<ModuleLevel>(64);
const errnos = new Recent<KnownErrno>(64);
const messages = new Recent<KnownMessage>(1024);
let platformOfErrnos: Platform | null = null;

/** Null: read it with care. */
export function readUsual(line: string, platform: Platform | null): ErrorEntry | null {
  if (line.charCodeAt(0) !== 91) return null;
  const stamp = readUsualTime(line, 1);
  if (stamp === null || line.charCodeAt(stamp.end + 2) !== 91) return null;
  const levelAt = stamp.end + 3;
  const pidAt = line.indexOf('] [pid ', levelAt);
  if (pidAt < 0 || pidAt > levelAt + 60) return null;
  const levelText = line.slice(levelAt, pidAt);
  const head = levels.get(levelText) ?? newLevel(levelText);
  if (head === null) return null;
  const headEnd = line.indexOf('] ', pidAt + 7);
  if (headEnd < 0 || headEnd > pidAt + 60) return null;
  const threadText = line.slice(pidAt + 7, headEnd);
  const thread = threads.get(threadText) ?? newThread(threadText);
  if (thread === null) return null;

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
    client = plainAddress(line, at + 8, end);
    if (client === null) {
      const address = line.slice(at + 8, end);
      if (address.includes(' ')) return null;
      client = readAddress(address);
    }
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
    pid: thread.pid,
    tid: thread.tid,
    client,
    errno: errno === null ? null : errno.errno,
    platform: errno === null ? platform : errno.platform,
    code: message.code,
    message: message.key,
    family: message.family,
    backend: message.backend,
    backendName: message.backendName,
    path: message.path,
    logId: null,
    referer: refererAt < 0 ? null : line.slice(refererAt + 11),
    text: message.text,
    raw: line,
  };
}

const digits = /^\d+$/;

/** `4021:tid 4025` */
function newThread(text: string): Thread | null {
  const colon = text.indexOf(':tid ');
  const pid = colon < 0 ? text : text.slice(0, colon);
  const tid = colon < 0 ? null : text.slice(colon + 5);
  if (!digits.test(pid) || (tid !== null && !digits.test(tid))) return null;
  const thread = { pid, tid };
  threads.set(text, thread);
  return thread;
}

/** `10.0.0.1:40398`, without taking it apart as text; null: it is something else. */
function plainAddress(line: string, from: number, to: number): ErrorEntry['client'] {
  let at = to;
  let port = 0;
  let scale = 1;
  for (; at > from; at -= 1) {
    const digit = line.charCodeAt(at - 1) - 48;
    if (digit < 0 || digit > 9) break;
    port += digit * scale;
    scale *= 10;
  }
  if (at === to || to - at > 5 || at === from || port > 65_535 || line.charCodeAt(at - 1) !== 58) return null;
  for (let place = from; place < at - 1; place += 1) {
    const character = line.charCodeAt(place);
    if ((character < 48 || character > 57) && character !== 46) return null;
  }
  const text = line.slice(from, at - 1);
  let address = addresses.get(text);
  if (address === undefined) {
    address = text;
    addresses.set(text, text);
  }
  return { address, port };
}

/** `proxy:error`, of a module of mod_proxy only. */
function newLevel(text: string): ModuleLevel | null {
  const level = text.startsWith('proxy') ? levelOf(text) : null;
  if (level === null || level.module === null || !/^proxy[a-z_0-9]*$/.test(level.module)) return null;
  // Lines of debug and trace have the source file next.
  if (level.level === 'debug' || level.level.startsWith('trace')) return null;
  levels.set(text, level);
  return level;
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
  errnos.set(text, known);
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
  if (path === null && said.length < 200) messages.set(said, message);
  return message;
}
