/**
 * One failed request often leaves two or three lines: the reason (with a number) and what followed from it. They are of one process and
 * thread, one after the other. 2.0 and 2.2 print neither; there the lines follow each other directly within a second.
 */
import type { ErrorEntry } from './entry.ts';

const connects = [
  'connect-attempt-failed',
  'unix-socket-connect-failed',
  'connect-through-remote-proxy-failed',
  'remote-proxy-refused-connect',
  'socket-creation-failed',
  'unix-socket-creation-failed',
  'source-address-bind-failed',
  'new-connection-failed',
  'connection-pool-exhausted',
];
const tls = [
  'ssl-proxy-connect-failed',
  'ssl-proxy-peer-certificate-expired',
  'ssl-proxy-peer-certificate-cn',
  'ssl-proxy-peer-certificate-does',
  'ssl-proxy-peer-did-not',
  'ssl-proxy-peer-proposed-alpn',
  'ssl-handshake-failed-sending-502',
  'certificate-verification-failed',
  'certificate-chain-too-long',
  'proxy-client-certificate-callback-downstream',
  'ssl-library-error-reading-data',
  'ssl-library-error-writing-data',
  'ssl-input-filter-read-failed',
  'ssl-output-filter-write-failed',
  'tls-library-error',
];
const uploads = ['read-request-body-failed', 'prefetch-request-body-failed'];

/** What each message follows from. */
const follows: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    'no-connection-to-backend': [...connects, 'worker-connection-disabled', 'worker-disabled-after-connect-failure'],
    'no-connection-to-websocket-backend': [...connects, 'worker-connection-disabled', 'worker-disabled-after-connect-failure'],
    'worker-disabled-after-connect-failure': connects,
    'pass-request-body-failed': tls,
    'pass-request-body-failed-from-client': ['pass-request-body-failed', ...uploads, 'tls-handshake-failed'],
    'pass-request-body-failed-with-status': ['pass-request-body-failed', ...uploads],
    'tls-handshake-failed': ['pass-request-body-failed', 'pass-request-body-failed-from-client', ...tls],
    'status-line-not-read': tls,
    'error-reading-from-remote-server': ['status-line-not-read', 'status-line-read-timeout'],
    'timeout-on-100-continue': ['status-line-not-read', 'status-line-read-timeout'],
    'status-line-read-timeout': ['status-line-not-read'],
    'client-connection-closed-for-retry': ['status-line-not-read', 'status-line-read-timeout'],
    'client-connection-not-closed': ['status-line-not-read', 'status-line-read-timeout'],
    'bad-response-header': ['error-reading-response-headers', 'response-header-too-long'],
    'backend-tls-not-enabled': ['tls-support-not-enabled', 'ssl-proxy-requested-but-not'],
    'tls-support-not-enabled': ['ssl-proxy-requested-but-not'],
    'response-not-read': ['request-chunk-not-parsed', 'invalid-content-length', ...tls],
    'read-request-body-failed': ['request-read-timeout', 'request-chunk-not-parsed'],
    'prefetch-request-body-failed': ['request-read-timeout', 'request-chunk-not-parsed'],
    'tls-library-error': [...tls, 'tls-handshake-failed'],
    'ssl-handshake-failed-sending-502': tls,
    'ssl-proxy-connect-failed': tls,
  }).map(([key, values]) => [key, new Set(values)]),
);

/** Two lines of one failure are written within moments; TLS and slow disks may take a little. */
const apartMs = 2000;

/** Does the second line come from the same failed request as the first? */
export function isSameFailure(first: ErrorEntry, second: ErrorEntry): boolean {
  if (first.message === null || second.message === null || follows.get(second.message)?.has(first.message) !== true) return false;
  if (first.pid !== second.pid || first.tid !== second.tid) return false;
  if (first.client !== null && second.client !== null && first.client.address !== second.client.address) return false;
  const apart = timeOf(second) - timeOf(first);
  return Number.isNaN(apart) || (apart >= 0 && apart <= apartMs);
}

function timeOf(entry: ErrorEntry): number {
  return entry.instant ?? entry.wallClock ?? Number.NaN;
}

const watchedAtMost = 1024;

interface Seen<T> {
  readonly entry: ErrorEntry;
  /** The failure's first line, and what was given with it. */
  readonly root: ErrorEntry;
  readonly first: T;
}

/** Joins the lines of a log into failures as they come; remembers the last line of each process and thread, and no more. */
export class Failures<T> {
  readonly #last = new Map<string, Seen<T>>();

  /** The first line of the same failure, and what was given with it; null: this line begins a failure of its own. */
  add(entry: ErrorEntry, value: T): { readonly first: T; readonly root: ErrorEntry } | null {
    const key = entry.pid === null ? '' : `${entry.pid}:${entry.tid ?? ''}`;
    const before = this.#last.get(key);
    const joins = before !== undefined && (isSameFailure(before.entry, entry) || isSameFailure(before.root, entry));
    // Set anew, so that the map stays in the order of use.
    this.#last.delete(key);
    this.#last.set(key, joins ? { ...before, entry } : { entry, root: entry, first: value });
    if (this.#last.size > watchedAtMost) this.#forgetOldest();
    return joins ? before : null;
  }

  #forgetOldest(): void {
    for (const key of this.#last.keys()) {
      this.#last.delete(key);
      return;
    }
  }
}
