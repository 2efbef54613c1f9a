/**
 * A head in a format that nobody told: `2026-11-22 06:41:05.782903 +0000 error proxy 16948 (111)Connection refused AH00957: …`.
 * The code is looked for, and what stands before it is taken apart. If a sentence stands there, the code is quoted by another message.
 */
import { decodable, emptyHead, isLevel, readAddress, type Head } from './head.ts';
import { readTime } from './time.ts';

const code = /(?:^|[\s[(|>"'])(AH\d{4,6}): /;
const errno = /\((-?\d{1,7}|EAI \d{1,6}|OS \d{1,6}|os 0x[0-9a-fA-F]{1,8})\)([^()[\]]{1,200}?):?\s*(?:\[client|\[remote)?\s*$/;
const errnoBeforeClient = /\((-?\d{1,7}|EAI \d{1,6}|OS \d{1,6}|os 0x[0-9a-fA-F]{1,8})\)([^()[\]]{1,200}?): (?=\[(?:client|remote) )/;
const moduleName = /^(?:proxy(?:_\w+)?|lbmethod_\w+|core|ssl|http|reqtimeout|mpm_\w+)$/;
const longestHead = 600;
const furniture: ReadonlySet<string> = new Set([
  'pid',
  'tid',
  'client',
  'remote',
  'process',
  'thread',
  'module',
  'level',
  'host',
  'server',
  'vhost',
  'time',
  'UTC',
  'GMT',
]);

export function guessHead(line: string, reference: number): Head | null {
  const found = code.exec(line.length > longestHead + 20 ? line.slice(0, longestHead + 20) : line);
  if (found === null) return null;
  const codeName = found[1] ?? '';
  const codeAt = found.index + found[0].length - codeName.length - 2;
  const head = emptyHead(codeAt + codeName.length + 2);
  head.code = codeName;
  let before = line.slice(0, codeAt);
  const number = errno.exec(before) ?? errnoBeforeClient.exec(before);
  if (number !== null) {
    head.errno = { token: number[1] ?? '', text: decodable(number[2] ?? '') };
    before = `${before.slice(0, number.index)} ${before.slice(number.index + number[0].length)}`;
  }
  before = takeTime(before, head, reference);
  for (const token of before.split(/[\s|]+/)) if (!takeToken(token, head)) return null;
  return head;
}

function takeTime(before: string, head: Head, reference: number): string {
  const start = /[A-Z][a-z]{2} |\d{4}-\d\d-\d\d|\d\d\/[A-Z]/.exec(before);
  if (start === null) return before;
  const stamp = readTime(before, start.index, reference);
  if (stamp === null) return before;
  head.wallClock = stamp.wallClock;
  head.instant = stamp.instant;
  return `${before.slice(0, start.index)} ${before.slice(stamp.end)}`;
}

/** False: this is a word of a sentence. */
function takeToken(token: string, head: Head): boolean {
  const bare = token.replace(/^["'[(<{]+|["'\])>},;]+$/g, '');
  if (bare === '' || bare === '-') return true;
  const [first = '', second] = bare.split(/[:=]/);
  if (isLevel(bare)) {
    head.level ??= bare;
    return true;
  }
  if (second !== undefined && isLevel(second)) {
    head.module ??= first;
    head.level ??= second;
    return true;
  }
  if (moduleName.test(bare)) {
    head.module ??= bare;
    return true;
  }
  if (/^pid[:=]\d+$/.test(bare)) {
    head.pid ??= second ?? null;
    return true;
  }
  if (/^tid[:=]?\d*$/.test(bare) || furniture.has(bare) || furniture.has(first)) return true;
  if (/^\d+:tid$/.test(bare)) {
    head.pid ??= first;
    return true;
  }
  if (/^\d+$/.test(bare)) {
    head.pid ??= bare;
    return true;
  }
  if (/^[\d.]+:\d+$|^[\da-fA-F:]*::[\da-fA-F:.]*$|^\d+\.\d+\.\d+\.\d+$/.test(bare)) {
    head.client ??= readAddress(bare);
    return true;
  }
  if (/^[\w.-]+\.(?:c|cc|cpp|h)\(\d+$/.test(bare) || /^[\w.-]+\.(?:c|cc|cpp|h)\(\d+\):?$/.test(bare)) return true;
  // Request ids, host names, ports: they hold digits, dots or both cases, as words do not.
  return !bare.endsWith(':') && (/\d/.test(bare) || bare.includes('.') || bare.includes('/') || /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(bare));
}
