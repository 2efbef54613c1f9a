/**
 * What part a line of the error log plays in a failure. Several lines can be one failed request (traps 18); which line follows which is
 * the order in which one thread of httpd writes them (modules/proxy/proxy_util.c, mod_proxy_http.c, mod_proxy_balancer.c).
 * Keys are those of flows/mod-proxy-http/messages.yaml.
 */
import type { ErrorEntry } from '../../httpd/error-log/entry.ts';
import type { Family, Mode } from '../error-log/facts.ts';

const connect = [
  'connect-attempt-failed',
  'connect-through-remote-proxy-failed',
  'remote-proxy-refused-connect',
  'socket-creation-failed',
  'socket-creation-failed-old-api',
  'source-address-bind-failed',
  'new-connection-failed',
  'unix-socket-creation-failed',
  'unix-socket-connect-failed',
] as const;
const tls = [
  'tls-support-not-enabled',
  'backend-tls-not-enabled',
  'unable-create-new-ssl-connection',
  'failed-set-sni-extension-ssl',
  'certificate-verification-failed',
  'certificate-chain-too-long',
  'proxy-client-certificate-callback-downstream',
  'tls-library-error',
  'tls-handshake-failed',
] as const;
const sending = ['pass-request-body-failed', 'request-headers-not-sent-2.0', 'request-body-not-sent-2.0'] as const;
const upload = [
  'prefetch-request-body-failed',
  'prefetch-request-body-failed-2.0',
  'read-request-body-failed',
  'prefetched-body-lost',
  'prefetched-body-lost-2.0',
] as const;
const header = ['error-reading-response-headers', 'response-header-too-long'] as const;

/** A line with this key belongs to a failure that one of these lines began, or went on. */
const follows: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    'no-connection-to-backend': [...connect, ...tls, 'worker-connection-disabled'],
    'no-connection-to-websocket-backend': [...connect, ...tls, 'worker-connection-disabled'],
    'worker-disabled-after-connect-failure': [...connect],
    'all-workers-in-error': [...connect, 'worker-connection-disabled'],
    'all-workers-in-error-for-route': [...connect, 'worker-connection-disabled'],
    'all-workers-busy': ['connection-pool-exhausted'],
    'error-reading-from-remote-server': ['status-line-not-read'],
    'timeout-on-100-continue': ['status-line-not-read'],
    'unable-create-new-ssl-connection': [...tls],
    'backend-tls-not-enabled': [...tls],
    'tls-library-error': [...tls],
    'certificate-verification-failed': [...tls],
    'tls-handshake-failed': [...sending, ...tls],
    'pass-request-body-failed': [...tls],
    'request-headers-not-sent-2.0': [...tls],
    'pass-request-body-failed-from-client': [...sending, ...upload, ...tls],
    'pass-request-body-failed-with-status': [...sending, ...upload, ...tls],
    'error-reading-response-headers': [...header],
    'bad-response-header': [...header],
    'response-header-too-long': ['error-reading-response-headers'],
    'client-given-content-length-did': [...upload],
    'read-bytes-request-body-than': [...upload],
  }).map(([key, before]) => [key, new Set<string>(before)]),
);

/** May a line with this key go on with a failure that has these keys already? A line comes once in a failure, except those of OpenSSL. */
export function goesOnWith(key: string, keys: readonly string[]): boolean {
  if (keys.includes(key) && key !== 'tls-library-error') return false;
  const before = follows.get(key);
  return before !== undefined && keys.some((earlier) => before.has(earlier));
}

/** Lines that tell of a worker's state and are never a failed request by themselves. */
const notesOnly: ReadonlySet<string> = new Set([
  'worker-disabled-after-connect-failure',
  'worker-failed-on-status',
  'worker-failed-on-timeout',
  // The backend's answer was passed on all the same.
  'ignoring-bogus-http-header-returned',
  'ignoring-duplicate-http-header-returned',
  'starting-body-due-bogus-non',
  'no-http-headers-returned',
  'failed-set-sni-extension-ssl',
  'mod-ssl-not-configured',
  // httpd opens another connection.
  'previous-connection-closed-error-2.0',
]);

/** Nearly at a limit is not at it. */
const nearLimit: ReadonlySet<string> = new Set(['min-spare-threads-near-limit', 'min-spare-threads-near-limit-event', 'server-seems-busy']);

const grave: ReadonlySet<string> = new Set(['emerg', 'alert', 'crit', 'error', 'warn']);

/** A line at `warn` or graver (2.0 and 2.2 lines always have a level; some layouts show none). */
export function isGrave(entry: ErrorEntry): boolean {
  return entry.level === null || grave.has(entry.level);
}

/** Does this line, alone, stand for a failed request? */
export function opensFailure(entry: ErrorEntry): boolean {
  if (entry.message === null || entry.family === null || !isGrave(entry) || notesOnly.has(entry.message)) return false;
  if (entry.family === 'capacity') return entry.backend !== null;
  // A line of mod_ssl about a client's handshake names no backend.
  if (entry.family === 'tls-failed') return entry.backend !== null || entry.message === 'tls-handshake-failed';
  return modeOfFamily(entry.family) !== 'none';
}

/** A limit of the proxy as a whole. */
export function isProxyLimit(entry: ErrorEntry): boolean {
  return entry.family === 'capacity' && entry.backend === null && isGrave(entry) && !nearLimit.has(entry.message ?? '');
}

export function modeOfFamily(family: Family): Mode {
  switch (family) {
    case 'connect-failed':
    case 'worker-disabled':
      return 'connect';
    case 'body-failed':
    case 'status-line-failed':
    case 'response-failed':
    case 'bad-response':
    case 'stale-keepalive':
      return 'in-flight';
    case 'dns-failed':
      return 'dns';
    case 'tls-failed':
      return 'tls';
    case 'client-aborted':
    case 'client-error':
      return 'client';
    case 'capacity':
      return 'capacity';
    case 'config':
    case 'lifecycle':
    case 'internal':
    case 'trace':
      return 'none';
  }
}

/** Failures on the backend's side: those that its frequency is about (CONTRACT). */
export const backendSide: readonly Mode[] = ['connect', 'in-flight', 'dns', 'tls'];

/**
 * Of several families in one failure the one that names the cause: TLS before what it broke (AH01084 with 20014), the client's side
 * before AH01097 (which has no errno of its own).
 */
export function familyOf(families: readonly Family[]): Family {
  if (families.includes('tls-failed')) return 'tls-failed';
  if (families.includes('client-aborted')) return 'client-aborted';
  return families[0] ?? 'internal';
}
