/** A head that was read, and the words after it → an entry, or null where the line is none of ours. */
import { decodeErrno } from '../errno.ts';
import type { ErrorEntry } from './entry.ts';
import { readAddress, type Head } from './head.ts';
import { isProxyPath, logs, matchClassic, matchCoded, type Fields, type Match } from './match.ts';
import { backendOf, joined, pathOf } from './named.ts';
import type { ParseOptions } from './parse-options.ts';

/**
 * @param raw the line as it came
 * @param line what the head was read from
 * @returns null: none of ours
 */
export function recognise(raw: string, line: string, head: Head, options: ParseOptions): ErrorEntry | null {
  const { text, referer } = cutReferer(line, head);
  const { code, module } = head;
  if (code !== null) {
    const match = matchCoded(code, text);
    if (match !== null && (module === null || logs(module, match.message.from))) return entryOf(raw, head, text, referer, match, options);
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

const noFields: Fields = {};

function entryOf(raw: string, head: Head, text: string, referer: string | null, match: Match | null, options: ParseOptions): ErrorEntry {
  const fields = match?.fields ?? noFields;
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
    logId: head.logId,
    text,
    raw,
  };
}
