/** Signs from the proxy's logs: what kind of failure, how often, how fast, with what in common. */
import { dropped, timedOut } from '../../checks/error-log/errno-kinds.ts';
import type { BackendFacts } from '../../checks/error-log/facts.ts';
import type { View } from '../view.ts';
import { from, mostly, number, percent, type Sign, type Signs, sum, total, unknown } from './sign.ts';

const refused = ['ECONNREFUSED'];
/** EINVAL: a route of type blackhole. */
const unreachable = ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EINVAL'];
const denied = ['EACCES', 'EPERM'];
const noPorts = ['EADDRNOTAVAIL', 'EADDRINUSE'];
const noDescriptors = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];

/** Failures in flight within this many ms of the request's start are too fast for a backend that worked on the request (traps 22). */
const fastMs = 100;
/** From here on the backend had the request for a while: not the keepalive race (traps 22). */
const slowMs = 1000;
/** Requests that come together use up the dead connections of a pool within this time. */
const poolUsedUpMs = 1000;

/** Several bursts are outages, each of them this long, where hardly anything succeeds in them. */
const fewestOutages = 2;
const outageMs = 1000;
const outageLetsThrough = 0.08;
/** More requests than at other times speak of a load, whatever got through. */
const outageTimesUsual = 1.5;

/** A process that dies breaks the requests that it holds: about one break for each burst of refusals, and more than a single one. */
const fewestBreaks = 2;
const breaksPerBurst = 0.5;

function errnos(view: View, mode: string): Readonly<Record<string, number>> | null {
  return view.backend?.errnosByMode[mode] ?? null;
}

/** A sign about this backend's part of the log. `no` only where the log was read and covers the window. */
function fromLog(view: View, test: (backend: BackendFacts) => boolean | null, text: (backend: BackendFacts) => string): Sign {
  const log = view.of('error-log');
  if (log.facts === null || log.evidence === null) return unknown;
  if (view.backend === null) return log.facts.window.covered ? { state: 'no', text: '', evidence: [log.evidence.id] } : unknown;
  const backend = view.backend;
  return from(
    log,
    () => test(backend),
    () => text(backend),
  );
}

function errnoSign(mode: string, names: readonly string[], words: string): (view: View) => Sign {
  return (view) =>
    fromLog(
      view,
      () => {
        const counts = errnos(view, mode);
        return counts !== null && mostly(counts, names);
      },
      () => {
        const counts = errnos(view, mode) ?? {};
        return `${number(sum(counts, names))} of ${number(total(counts))} ${mode === 'connect' ? 'failed connects' : 'failures in flight'} in the log: ${words}`;
      },
    );
}

function frequency(view: View, wanted: string, words: (backend: BackendFacts) => string, also: (backend: BackendFacts) => boolean = () => true): Sign {
  const told = view.answers['frequency'];
  if (told !== undefined && told !== 'unknown') return { state: told === wanted ? 'yes' : 'no', text: 'you said so: the log does not tell how often it fails', evidence: [] };
  return fromLog(view, (backend) => (backend.frequencyByMode[view.mode] ?? backend.frequency) === wanted && also(backend), words);
}

/** What the failures' times alone suggest stays open. */
function unlessByTimesAlone(view: View, sign: Sign): Sign {
  return sign.state === 'yes' && sign.evidence.length > 0 && view.backend?.frequencyBasis !== 'access-log' ? { ...sign, state: 'unknown', text: '' } : sign;
}

/** A backend under load serves what it can; one that is restarted serves nobody, for longer than a rush of refusals takes and without a rush. */
function isOutage({ from, to, failures, succeeded, timesUsual }: BackendFacts['bursts'][number]): boolean {
  const nothingGotThrough = succeeded != null && succeeded < failures * outageLetsThrough;
  const noRush = timesUsual != null && timesUsual <= outageTimesUsual;
  return nothingGotThrough && noRush && Date.parse(to) - Date.parse(from) >= outageMs;
}

const spanText = (span: { from: string; to: string }): string => `${span.from.slice(11, 19)} to ${span.to.slice(11, 19)} UTC`;

export const logSigns = {
  'log-refused': errnoSign('connect', refused, 'connection refused'),
  'log-connect-timeouts': errnoSign('connect', timedOut, 'timed out'),
  'log-unreachable': errnoSign('connect', unreachable, 'host or network unreachable'),
  'log-denied': (view: View) =>
    errnoSign('connect', denied, view.backend?.backend.startsWith('[') === true ? 'permission denied, on this machine or (over IPv6) by a filter on the way' : 'permission denied on this machine')(view),
  'log-no-ports': errnoSign('connect', noPorts, 'no local port left (cannot assign requested address)'),
  'log-no-descriptors': errnoSign('connect', noDescriptors, 'no file descriptor or memory left in the proxy'),
  'log-in-flight-timeouts': errnoSign('in-flight', timedOut, 'no progress until the timeout'),
  'log-in-flight-drops': errnoSign('in-flight', dropped, 'the connection was closed or reset'),
  'log-incomplete': errnoSign('in-flight', ['APR_INCOMPLETE'], 'the answer or body ended before it was whole'),
  'log-every': (view: View) =>
    frequency(view, 'every', (backend) => (backend.outage ? `nothing got through from ${spanText(backend.outage)}` : `nearly every request to it failed (${backend.frequencyBecause})`)),
  // Pooled connections that died together fail one request each, all within a moment; who goes on failing then fails on fresh ones.
  'log-every-goes-on': (view: View) =>
    frequency(
      view,
      'every',
      (backend) => (backend.outage ? `nothing got through from ${spanText(backend.outage)}, longer than used connections last` : `nearly every request to it failed (${backend.frequencyBecause})`),
      (backend) => backend.outage === null || Date.parse(backend.outage.to) - Date.parse(backend.outage.from) >= poolUsedUpMs,
    ),
  'log-some-succeed': (view: View) =>
    fromLog(
      view,
      (backend) => (backend.requests === null || backend.failedRequests === null ? null : backend.requests > backend.failedRequests && backend.frequency !== 'every'),
      (backend) => `${number((backend.requests ?? 0) - (backend.failedRequests ?? 0))} of its ${number(backend.requests ?? 0)} requests succeeded meanwhile`,
    ),
  'log-clusters': (view: View) => frequency(view, 'clusters', (backend) => `failures come in bursts: ${backend.frequencyBecause}`),
  // Without an access log nobody knows whether anything succeeded between the bursts, or in them.
  'clusters-among-successes': (view: View) => unlessByTimesAlone(view, frequency(view, 'clusters', (backend) => `failures come in bursts: ${backend.frequencyBecause}`)),
  'log-outages': (view: View) =>
    unlessByTimesAlone(
      view,
      frequency(
        view,
        'clusters',
        (backend) => `${number(backend.bursts.length)} times nothing at all got through for a while, with no more requests than usual, and all is well around that: it was gone, whatever the load`,
        ({ bursts }) => bursts.length >= fewestOutages && bursts.every(isOutage),
      ),
    ),
  'log-sporadic': (view: View) => frequency(view, 'sporadic', (backend) => `failures are isolated: ${backend.frequencyBecause}`),
  // By the failures' times alone a quiet backend that is down looks the same: one request a minute, and each of them fails.
  'sporadic-among-successes': (view: View) => unlessByTimesAlone(view, frequency(view, 'sporadic', (backend) => `failures are isolated: ${backend.frequencyBecause}`)),
  'log-outage-over': (view: View) =>
    fromLog(
      view,
      (backend) => backend.outage !== null && (backend.successesSince ?? 0) > 0,
      (backend) => `one outage${backend.outage ? ` (${spanText(backend.outage)})` : ''}, and ${number(backend.successesSince ?? 0)} requests succeeded since`,
    ),
  'log-load-correlated': (view: View) =>
    fromLog(
      view,
      (backend) => (backend.loadCorrelation === null ? null : backend.loadCorrelation.r >= 0.3 && backend.loadCorrelation.pValue < 0.05),
      (backend) => `failures rise with the request rate (r = ${backend.loadCorrelation?.r.toFixed(2) ?? '?'})`,
    ),
  'log-fast-failures': (view: View) =>
    fromLog(
      view,
      (backend) => (backend.inFlightDurationsMs === null ? null : backend.inFlightDurationsMs.p50 <= fastMs),
      (backend) => `they fail within milliseconds (p50 ${backend.inFlightDurationsMs?.p50.toFixed(1) ?? '?'} ms)`,
    ),
  'log-slow-failures': (view: View) =>
    fromLog(
      view,
      (backend) => (backend.inFlightDurationsMs === null ? null : backend.inFlightDurationsMs.p50 >= slowMs),
      (backend) => `they fail ${((backend.inFlightDurationsMs?.p50 ?? 0) / 1000).toFixed(1)} s into the request (p50)`,
    ),
  'log-fresh-failures': (view: View) =>
    fromLog(
      view,
      (backend) => (backend.freshFailures + backend.reusedFailures === 0 ? null : backend.freshFailures > backend.reusedFailures),
      (backend) => `${number(backend.freshFailures)} failures on connections that were made for the request`,
    ),
  'log-response-broken': (view: View) =>
    fromLog(
      view,
      (backend) => sum(backend.families, ['response-failed']) * 2 >= (backend.byMode['in-flight'] ?? 0) && (backend.byMode['in-flight'] ?? 0) > 0,
      (backend) => `${number(sum(backend.families, ['response-failed']))} answers broke off in the middle`,
    ),
  'log-no-listener-of-http': (view: View) =>
    fromLog(
      view,
      (backend) => sum(backend.families, ['bad-response']) * 2 >= (backend.byMode['in-flight'] ?? 0) && (backend.byMode['in-flight'] ?? 0) > 0,
      (backend) => `${number(sum(backend.families, ['bad-response']))} answers were no valid HTTP`,
    ),
  'log-client-side': (view: View) =>
    fromLog(
      view,
      (backend) => (backend.byMode['client'] ?? 0) > 0 && (backend.byMode['client'] ?? 0) * 2 >= backend.failures,
      (backend) => `${number(backend.byMode['client'] ?? 0)} requests whose body the proxy could not read from the client`,
    ),
  'log-tls': (view: View) =>
    fromLog(
      view,
      (backend) => (backend.byMode['tls'] ?? 0) > 0,
      (backend) => `${number(backend.byMode['tls'] ?? 0)} failed TLS handshakes in the log`,
    ),
  'log-tls-broke-connection': (view: View) =>
    fromLog(
      view,
      () => {
        const counts = errnos(view, 'in-flight');
        return counts !== null && mostly(counts, ['ECONNABORTED']);
      },
      () => 'the TLS layer broke the connection (103 on the status line)',
    ),
  'log-dns': (view: View) =>
    fromLog(
      view,
      (backend) => (backend.byMode['dns'] ?? 0) > 0,
      (backend) => `${number(backend.byMode['dns'] ?? 0)} failed look-ups of the backend's name in the log`,
    ),
  'log-capacity': (view: View) =>
    from(
      view.of('error-log'),
      (facts) => facts.capacityCount > 0,
      (facts) => `the proxy logged ${number(facts.capacityCount)} times that a limit of its own was reached: ${facts.capacity[0]?.text.slice(0, 120) ?? ''}`,
    ),
  'pool-exhausted': (view: View) =>
    fromLog(
      view,
      (backend) => sum(backend.codes, ['AH00941']) > 0 || (backend.byMode['capacity'] ?? 0) > 0,
      (backend) => `${number(Math.max(sum(backend.codes, ['AH00941']), backend.byMode['capacity'] ?? 0))} requests got no connection from the proxy's own pool in time`,
    ),
  'breaks-before-refusals': (view: View) =>
    fromLog(
      view,
      (backend) => {
        const broken = errnos(view, 'in-flight');
        const drops = broken === null || !mostly(broken, dropped) ? 0 : sum(broken, dropped);
        const refusals = errnos(view, 'connect');
        if (refusals === null || !mostly(refusals, refused) || drops < fewestBreaks) return false;
        return drops >= Math.max(1, backend.bursts.length) * breaksPerBurst;
      },
      (backend) => `${number(backend.byMode['in-flight'] ?? 0)} requests broke in flight among ${number(backend.bursts.length)} bursts of refusals: it dies and comes back`,
    ),
  'few-failures': (view: View) =>
    fromLog(
      view,
      (backend) => backend.failures < 3,
      (backend) => `only ${backend.failures} failure${backend.failures === 1 ? '' : 's'} in the window: too few to tell how often`,
    ),
  'application-errors': (view: View) =>
    from(
      view.of('access-log'),
      (facts) => (facts.applicationErrors ?? 0) > 0,
      (facts) => `${number(facts.applicationErrors ?? 0)} 5xx answers came from the application itself`,
    ),
  pattern: (view: View) =>
    from(
      view.of('access-log'),
      (facts) => facts.patterns.length > 0,
      (facts) => {
        const strongest = facts.patterns[0];
        if (strongest === undefined) return '';
        const what = [strongest.method, strongest.path].filter((part) => part !== null).join(' ');
        return `${percent(strongest.failed, strongest.failed / (strongest.share || 1))} of the failures are ${what} (${number(strongest.failed)} of its ${number(strongest.requests)} requests failed)`;
      },
    ),
  'path-pattern': (view: View) =>
    from(
      view.of('access-log'),
      (facts) => facts.patterns.some((pattern) => pattern.path !== null),
      () => 'the failures keep to one operation',
    ),
  // What comes first after each pause has a path too: an operation that mostly does well does not break by itself.
  'operation-mostly-fails': (view: View) =>
    from(
      view.of('access-log'),
      (facts) => (facts.patterns.some(({ path }) => path !== null) ? facts.patterns.some(({ path, failed, requests }) => path !== null && failed * 2 >= requests) : null),
      () => 'most requests of that operation fail',
    ),
  // What comes after a pause may well be all POST: that tells of the backend only where idle times are seen to do no harm.
  'method-mostly-fails': (view: View) =>
    from(
      view.of('access-log'),
      (facts) => facts.patterns.some(({ path, failed, requests }) => path === null && failed * 2 >= requests),
      (facts) => `most ${facts.patterns.find(({ path }) => path === null)?.method ?? ''} requests fail`,
    ),
  'no-pattern': (view: View) =>
    from(
      view.of('access-log'),
      (facts) => (facts.failed > 0 ? facts.patterns.length === 0 : null),
      (facts) => `nothing that the failed requests asked for sets them apart (${number(facts.patternsTried)} ${facts.patternsTried === 1 ? 'pattern' : 'patterns'} tried)`,
    ),
  'pile-up-at-timeout': (view: View) =>
    from(
      view.of('access-log'),
      (facts) => (facts.durations.failed === null ? null : facts.durationCluster !== null),
      (facts) => {
        const cluster = facts.durationCluster;
        if (cluster === null) return '';
        const directive = cluster.directive;
        return `${percent(cluster.share, 1)} of the failed requests ended after ${cluster.seconds} s${directive ? `, the limit set by ${directive.name} ${directive.value} (${directive.file}:${directive.line})` : ''}`;
      },
    ),
} satisfies Signs;
