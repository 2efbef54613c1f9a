/** Each sign: what shows it, what contradicts it, what leaves it open. "Could not check" is open, never a no. */
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/engine/evidence.ts';
import type { Subject } from '../../src/engine/events.ts';
import { read, signs, type SignName } from '../../src/diagnosis/signs/all.ts';
import { viewOf } from '../../src/diagnosis/view.ts';
import { app, could, found, inFlight, log } from './evidence.ts';

type Facts = Readonly<Record<string, unknown>>;
type State = 'yes' | 'no' | 'unknown';

function state(
  sign: SignName,
  evidence: readonly Evidence[],
  subject: Subject = app,
  answers: Readonly<Record<string, string>> = {},
): State {
  return read(viewOf(evidence, subject, null, answers))(sign).state;
}

const connects = (errno: string, count = 10, more: Facts = {}): Facts =>
  log({
    failures: count,
    byMode: { connect: count },
    errnosByMode: { connect: { [errno]: count } },
    frequencyByMode: { connect: 'none' },
    ...more,
  });
const breaks = (errno: string, more: Facts = {}): Facts =>
  log({ failures: 10, byMode: { 'in-flight': 10 }, errnosByMode: { 'in-flight': { [errno]: 10 } }, ...more });
const quiet: Facts = { window: { covered: true } };
const uncovered: Facts = { window: { covered: false } };
const span = { from: '2026-03-01T01:00:00.000Z', to: '2026-03-01T01:05:00.000Z' };
/** Two bursts, in the second of which so many succeeded. */
const outages = (failures: number, succeeded: number | null, lastedMs = 1000, timesUsual: number | null = 1.5) => ({
  frequencyByMode: { connect: 'clusters' },
  bursts: [0, succeeded].map((inIt, i) => {
    const began = Date.parse(span.from) + i * 60_000;
    return { from: new Date(began).toISOString(), to: new Date(began + lastedMs).toISOString(), failures, succeeded: inIt, timesUsual };
  }),
});
const ms = (p50: number) => ({ inFlightDurationsMs: { p50, p95: p50, max: p50, count: 10 } });

const accesses = (more: Facts): Facts => ({ window: { covered: true }, ...more });
const pattern = (path: string | null) => ({ method: 'POST', path, requests: 41, failed: 39, share: 0.97, oddsRatio: 90, pValue: 1e-9 });
const lasts = { p50: 1, p95: 1, max: 1 };

const accepted = { attempts: 20, connected: 20, byAddress: [{ address: 'a', attempts: 20, connected: 20 }] };
const attempt = (afterwards: string | null) => ({ address: 'a', atMs: 0, outcome: 'connected', code: null, latencyMs: 1, afterwards });
const ownRule = (action: string, packets: number | null) => ({ tool: 'iptables', rule: '-A OUTPUT -j REJECT', action, packets });
const none = (word: string, attempts = 20): Facts => ({
  attempts,
  [word]: attempts,
  byAddress: [{ address: 'a', attempts, [word]: attempts }],
});
const listener = { address: '0.0.0.0', port: 8080, queue: 0, backlog: 128 };
const listens = (more: Facts = {}): Facts => ({ port: 8080, addresses: ['10.0.0.5'], listeners: [listener], ...more });
const rule = (action: string, packets: number | null) => ({ firewall: [{ tool: 'nft', rule: 'x', action, packets }] });
const overflow = (listenOverflows: number, grewBy: number) => ({ overflows: { listenOverflows, listenDrops: 0, grewBy, overMs: 1000 } });
const route = (type: string) => ({ route: { via: null, device: 'eth0', source: null, type } });
const device = (more: Facts) => ({ devices: [{ side: 'proxy', name: 'eth0', ...more }] });
const point = (more: Facts): Facts => ({
  seconds: 30,
  points: [{ side: 'proxy', connections: 60, exchanges: 300, answersWhole: 280, ...more }],
});
const probe = (more: Facts): Facts => ({
  fresh: { attempts: 3, answered: 3 },
  proxyKeeps: { seconds: 10, reuse: true, because: 'ttl' },
  ...more,
});
const rung = (seconds: number, outcome: string) => ({ seconds, outcome });
const config = (more: Facts): Facts => ({ backends: [{ backend: app.backend, directive: 'ProxyPass', ...more }] });
const tls = (result: string, proxyWouldRefuse: boolean | null = null): Facts => ({ result, proxyWouldRefuse });
const shown = { subject: 'CN=a', issuer: 'CN=b', names: [], from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z', selfSigned: false };
const plain = (certificate: typeof shown | null): Facts => ({ spokenTo: 'plain', result: certificate === null ? 'closed' : 'ok', certificate });
const gets = (kind: string): Facts => ({ through: 'backend', attempts: [{ code: null, status: null }], [kind]: 1 });
const toggle = (helped: boolean | null, stoppedBecause = ''): Facts => ({ helped, stoppedBecause, restored: true });

/** Sign, the check that it looks at, that check's facts, and what the sign says. Numbers stand on both sides of each threshold. */
const rows: readonly (readonly [sign: SignName, check: string, facts: Facts, says: State, subject?: Subject])[] = [
  // The log
  ['log-refused', 'error-log', connects('ECONNREFUSED'), 'yes'],
  ['log-refused', 'error-log', connects('ECONNREFUSED', 5, { errnosByMode: { connect: { ECONNREFUSED: 5, APR_TIMEUP: 5 } } }), 'yes'],
  ['log-refused', 'error-log', connects('ECONNREFUSED', 5, { errnosByMode: { connect: { ECONNREFUSED: 4, APR_TIMEUP: 5 } } }), 'no'],
  ['log-refused', 'error-log', breaks('ECONNREFUSED'), 'no'],
  ['log-refused', 'error-log', quiet, 'no'],
  ['log-refused', 'error-log', uncovered, 'unknown'],
  ['log-connect-timeouts', 'error-log', connects('APR_TIMEUP'), 'yes'],
  ['log-connect-timeouts', 'error-log', connects('ECONNREFUSED'), 'no'],
  ['log-unreachable', 'error-log', connects('EHOSTUNREACH'), 'yes'],
  ['log-unreachable', 'error-log', connects('ENETUNREACH'), 'yes'],
  ['log-unreachable', 'error-log', connects('APR_TIMEUP'), 'no'],
  ['log-denied', 'error-log', connects('EACCES'), 'yes'],
  ['log-denied', 'error-log', connects('ECONNREFUSED'), 'no'],
  ['log-no-ports', 'error-log', connects('EADDRNOTAVAIL'), 'yes'],
  ['log-no-ports', 'error-log', connects('EMFILE'), 'no'],
  ['log-no-descriptors', 'error-log', connects('EMFILE'), 'yes'],
  ['log-no-descriptors', 'error-log', connects('EADDRNOTAVAIL'), 'no'],
  ['log-in-flight-timeouts', 'error-log', breaks('APR_TIMEUP'), 'yes', inFlight],
  ['log-in-flight-timeouts', 'error-log', connects('APR_TIMEUP'), 'no', inFlight],
  ['log-in-flight-drops', 'error-log', breaks('ECONNRESET'), 'yes', inFlight],
  ['log-in-flight-drops', 'error-log', breaks('APR_EOF'), 'yes', inFlight],
  ['log-in-flight-drops', 'error-log', breaks('APR_TIMEUP'), 'no', inFlight],
  ['log-incomplete', 'error-log', breaks('APR_INCOMPLETE'), 'yes', inFlight],
  ['log-incomplete', 'error-log', breaks('ECONNRESET'), 'no', inFlight],
  ['log-tls-broke-connection', 'error-log', breaks('ECONNABORTED'), 'yes', inFlight],
  ['log-tls-broke-connection', 'error-log', breaks('ECONNRESET'), 'no', inFlight],
  ['log-every', 'error-log', connects('X', 9, { frequencyByMode: { connect: 'every' }, frequency: 'sporadic' }), 'yes'],
  ['log-every', 'error-log', connects('X', 9, { frequencyByMode: {}, frequency: 'every' }), 'yes'],
  ['log-every-goes-on', 'error-log', breaks('X', { frequency: 'every' }), 'yes'],
  ['log-every-goes-on', 'error-log', breaks('X', { frequency: 'every', outage: span }), 'yes'],
  ['log-every-goes-on', 'error-log', breaks('X', { frequency: 'every', outage: { from: span.from, to: '2026-03-01T01:00:00.900Z' } }), 'no'],
  ['log-every-goes-on', 'error-log', breaks('X', { frequency: 'sporadic' }), 'no'],
  ['log-every-goes-on', 'error-log', uncovered, 'unknown'],
  ['log-every', 'error-log', connects('X', 9, { frequencyByMode: { connect: 'clusters' }, frequency: 'every' }), 'no'],
  ['log-some-succeed', 'error-log', breaks('X', { frequency: 'sporadic', requests: 100, failedRequests: 10 }), 'yes'],
  ['log-some-succeed', 'error-log', breaks('X', { frequency: 'every', requests: 100, failedRequests: 98 }), 'no'],
  ['log-some-succeed', 'error-log', breaks('X', { frequency: 'clusters', requests: 10, failedRequests: 10 }), 'no'],
  ['log-some-succeed', 'error-log', breaks('X', { frequency: 'sporadic' }), 'unknown'],
  ['log-clusters', 'error-log', connects('X', 9, { frequencyByMode: { connect: 'clusters' } }), 'yes'],
  ['log-clusters', 'error-log', connects('X', 9, { frequencyByMode: { connect: 'every' } }), 'no'],
  ['log-sporadic', 'error-log', connects('X', 9, { frequencyByMode: { connect: 'sporadic' } }), 'yes'],
  [
    'sporadic-among-successes',
    'error-log',
    connects('X', 9, { frequencyByMode: { connect: 'sporadic' }, frequencyBasis: 'access-log' }),
    'yes',
  ],
  [
    'sporadic-among-successes',
    'error-log',
    connects('X', 9, { frequencyByMode: { connect: 'sporadic' }, frequencyBasis: 'error-log' }),
    'unknown',
  ],
  ['sporadic-among-successes', 'error-log', connects('X', 9, { frequencyByMode: { connect: 'clusters' } }), 'no'],
  ['clusters-among-successes', 'error-log', connects('X', 9, { frequencyByMode: { connect: 'clusters' }, frequencyBasis: 'access-log' }), 'yes'],
  ['clusters-among-successes', 'error-log', connects('X', 9, { frequencyByMode: { connect: 'clusters' }, frequencyBasis: 'error-log' }), 'unknown'],
  ['clusters-among-successes', 'error-log', connects('X', 9, { frequencyByMode: { connect: 'sporadic' } }), 'no'],
  ['log-outages', 'error-log', connects('X', 60, outages(30, 2)), 'yes'],
  ['log-outages', 'error-log', connects('X', 60, { ...outages(30, 2), frequencyBasis: 'error-log' }), 'unknown'],
  // Something got through in one of them; one by itself; their order is not known; over in a moment, as a rush of refusals is.
  ['log-outages', 'error-log', connects('X', 60, outages(30, 3)), 'no'],
  ['log-outages', 'error-log', connects('X', 30, { ...outages(30, 0), bursts: outages(30, 0).bursts.slice(1) }), 'no'],
  ['log-outages', 'error-log', connects('X', 60, outages(30, null)), 'no'],
  ['log-outages', 'error-log', connects('X', 60, outages(30, 0, 999)), 'no'],
  // More requests came than at other times, or nobody knows.
  ['log-outages', 'error-log', connects('X', 60, outages(30, 0, 1000, 1.6)), 'no'],
  ['log-outages', 'error-log', connects('X', 60, outages(30, 0, 1000, null)), 'no'],
  ['log-outages', 'error-log', connects('X', 60, { ...outages(30, 0), frequencyByMode: { connect: 'sporadic' } }), 'no'],
  ['log-sporadic', 'error-log', connects('X', 9, { frequencyByMode: { connect: 'clusters' } }), 'no'],
  ['log-outage-over', 'error-log', connects('X', 9, { outage: span, successesSince: 1 }), 'yes'],
  ['log-outage-over', 'error-log', connects('X', 9, { outage: span, successesSince: 0 }), 'no'],
  ['log-outage-over', 'error-log', connects('X', 9, { outage: span, successesSince: null }), 'no'],
  ['log-outage-over', 'error-log', connects('X', 9, { outage: null, successesSince: 40 }), 'no'],
  ['log-load-correlated', 'error-log', connects('X', 9, { loadCorrelation: { r: 0.3, buckets: 30, pValue: 0.049 } }), 'yes'],
  ['log-load-correlated', 'error-log', connects('X', 9, { loadCorrelation: { r: 0.29, buckets: 30, pValue: 0.001 } }), 'no'],
  ['log-load-correlated', 'error-log', connects('X', 9, { loadCorrelation: { r: 0.9, buckets: 5, pValue: 0.05 } }), 'no'],
  ['log-load-correlated', 'error-log', connects('X', 9, { loadCorrelation: null }), 'unknown'],
  ['log-fast-failures', 'error-log', breaks('APR_EOF', ms(100)), 'yes', inFlight],
  ['log-fast-failures', 'error-log', breaks('APR_EOF', ms(101)), 'no', inFlight],
  ['log-fast-failures', 'error-log', breaks('APR_EOF'), 'unknown', inFlight],
  ['log-slow-failures', 'error-log', breaks('APR_EOF', ms(1000)), 'yes', inFlight],
  ['log-slow-failures', 'error-log', breaks('APR_EOF', ms(999)), 'no', inFlight],
  ['log-slow-failures', 'error-log', breaks('APR_EOF'), 'unknown', inFlight],
  ['log-fresh-failures', 'error-log', breaks('APR_EOF', { freshFailures: 3, reusedFailures: 2 }), 'yes', inFlight],
  ['log-fresh-failures', 'error-log', breaks('APR_EOF', { freshFailures: 2, reusedFailures: 2 }), 'no', inFlight],
  ['log-fresh-failures', 'error-log', breaks('APR_EOF'), 'unknown', inFlight],
  ['log-response-broken', 'error-log', breaks('APR_EOF', { families: { 'response-failed': 5 } }), 'yes', inFlight],
  ['log-response-broken', 'error-log', breaks('APR_EOF', { families: { 'response-failed': 4 } }), 'no', inFlight],
  ['log-no-listener-of-http', 'error-log', breaks('none', { families: { 'bad-response': 5 } }), 'yes', inFlight],
  ['log-no-listener-of-http', 'error-log', breaks('none', { families: { 'bad-response': 4 } }), 'no', inFlight],
  ['log-client-side', 'error-log', log({ failures: 10, byMode: { client: 5, 'in-flight': 5 } }), 'yes'],
  ['log-client-side', 'error-log', log({ failures: 10, byMode: { client: 4, 'in-flight': 6 } }), 'no'],
  ['log-tls', 'error-log', log({ failures: 1, byMode: { tls: 1 } }), 'yes'],
  ['log-tls', 'error-log', log({ failures: 1, byMode: { connect: 1 } }), 'no'],
  ['log-dns', 'error-log', log({ failures: 1, byMode: { dns: 1 } }), 'yes'],
  ['log-dns', 'error-log', log({ failures: 1, byMode: { connect: 1 } }), 'no'],
  ['log-capacity', 'error-log', { ...quiet, capacityCount: 1 }, 'yes'],
  ['log-capacity', 'error-log', quiet, 'no'],
  ['pool-exhausted', 'error-log', log({ failures: 1, codes: { AH00941: 1 } }), 'yes'],
  ['pool-exhausted', 'error-log', log({ failures: 1, byMode: { capacity: 1 } }), 'yes'],
  ['pool-exhausted', 'error-log', log({ failures: 1, codes: { AH00957: 1 } }), 'no'],
  ['few-failures', 'error-log', log({ failures: 2 }), 'yes'],
  ['few-failures', 'error-log', log({ failures: 3 }), 'no'],
  [
    'breaks-before-refusals',
    'error-log',
    log({
      byMode: { connect: 60, 'in-flight': 2 },
      errnosByMode: { connect: { ECONNREFUSED: 60 }, 'in-flight': { ECONNRESET: 2 } },
      bursts: [span, span, span, span],
    }),
    'yes',
  ],
  [
    'breaks-before-refusals',
    'error-log',
    log({
      byMode: { connect: 60, 'in-flight': 2 },
      errnosByMode: { connect: { ECONNREFUSED: 60 }, 'in-flight': { ECONNRESET: 2 } },
      bursts: [span, span, span, span, span],
    }),
    'no',
  ],
  [
    'breaks-before-refusals',
    'error-log',
    log({ errnosByMode: { connect: { ECONNREFUSED: 60 }, 'in-flight': { ECONNRESET: 1 } }, bursts: [span] }),
    'no',
  ],
  [
    'breaks-before-refusals',
    'error-log',
    log({ errnosByMode: { connect: { APR_TIMEUP: 60 }, 'in-flight': { ECONNRESET: 9 } }, bursts: [span] }),
    'no',
  ],
  // The access log
  ['application-errors', 'access-log', accesses({ applicationErrors: 1 }), 'yes'],
  ['application-errors', 'access-log', accesses({ applicationErrors: 0 }), 'no'],
  ['pattern', 'access-log', accesses({ patterns: [pattern(null)] }), 'yes'],
  ['pattern', 'access-log', accesses({}), 'no'],
  ['path-pattern', 'access-log', accesses({ patterns: [pattern('/upload')] }), 'yes'],
  ['path-pattern', 'access-log', accesses({ patterns: [pattern(null)] }), 'no'],
  ['no-pattern', 'access-log', accesses({ failed: 9 }), 'yes'],
  ['no-pattern', 'access-log', accesses({ failed: 9, patterns: [pattern(null)] }), 'no'],
  ['no-pattern', 'access-log', accesses({ failed: 0 }), 'unknown'],
  [
    'pile-up-at-timeout',
    'access-log',
    accesses({ durations: { unit: 'us', failed: lasts, good: null }, durationCluster: { seconds: 60, failures: 9, share: 1 } }),
    'yes',
  ],
  ['pile-up-at-timeout', 'access-log', accesses({ durations: { unit: 'us', failed: lasts, good: null } }), 'no'],
  ['pile-up-at-timeout', 'access-log', accesses({}), 'unknown'],
  // Live, from the proxy
  ['connects-now', 'tcp-connect', accepted, 'yes'],
  ['connects-now', 'tcp-connect', none('refused'), 'no'],
  ['refused-now', 'tcp-connect', none('refused'), 'yes'],
  ['refused-now', 'tcp-connect', accepted, 'no'],
  ['ping-prohibited', 'reachability', { ping: { sent: 3, received: 0, prohibited: { by: '10.0.0.1', words: 'Packet filtered' } } }, 'yes'],
  ['ping-prohibited', 'reachability', { ping: { sent: 3, received: 2, prohibited: { by: '10.0.0.1', words: 'Packet filtered' } } }, 'no'],
  ['ping-prohibited', 'reachability', { ping: { sent: 3, received: 0 } }, 'no'],
  ['ping-prohibited', 'reachability', { ping: null }, 'unknown'],
  ['one-address-silent', 'tcp-connect', { connected: 10, byAddress: [{ address: 'a', attempts: 10, connected: 10 }, { address: 'b', attempts: 8, timedOut: 8 }] }, 'yes'],
  ['one-address-silent', 'tcp-connect', { connected: 9, byAddress: [{ address: 'a', attempts: 10, connected: 9, timedOut: 1 }, { address: 'b', attempts: 8, timedOut: 8 }] }, 'no'],
  ['one-address-silent', 'tcp-connect', { connected: 10, byAddress: [{ address: 'a', attempts: 10, connected: 10 }, { address: 'b', attempts: 2, timedOut: 2 }] }, 'no'],
  ['one-address-silent', 'tcp-connect', { connected: 10, byAddress: [{ address: 'a', attempts: 10, connected: 10 }, { address: 'b', attempts: 8, refused: 8 }] }, 'no'],
  ['one-address-silent', 'tcp-connect', { connected: 10, unreachableAfterMs: 3060, byAddress: [{ address: 'a', attempts: 10, connected: 10 }, { address: 'b', attempts: 8, unreachable: 8 }] }, 'yes'],
  ['one-address-silent', 'tcp-connect', { connected: 10, unreachableAfterMs: 2, byAddress: [{ address: 'a', attempts: 10, connected: 10 }, { address: 'b', attempts: 8, unreachable: 8 }] }, 'no'],
  ['one-address-silent', 'tcp-connect', { byAddress: [{ address: 'a', attempts: 8, refused: 8 }, { address: 'b', attempts: 8, timedOut: 8 }] }, 'no'],
  ['refused-and-silent-now', 'tcp-connect', { ...none('refused'), timedOut: 3 }, 'yes'],
  ['refused-and-silent-now', 'tcp-connect', { ...none('refused'), timedOut: 2 }, 'no'],
  ['refused-and-silent-now', 'tcp-connect', none('timedOut'), 'no'],
  ['refused-and-silent-now', 'tcp-connect', { ...none('refused'), timedOut: 3, connected: 1 }, 'no'],
  [
    'mixed-now',
    'tcp-connect',
    { attempts: 2, connected: 1, timedOut: 1, byAddress: [{ address: 'a', attempts: 2, connected: 1, timedOut: 1 }] },
    'yes',
  ],
  ['mixed-now', 'tcp-connect', accepted, 'no'],
  ['timeouts-now', 'tcp-connect', none('timedOut'), 'yes'],
  ['timeouts-now', 'tcp-connect', none('refused'), 'no'],
  ['unreachable-now', 'tcp-connect', none('unreachable'), 'yes'],
  ['unreachable-now', 'tcp-connect', none('timedOut'), 'no'],
  ['denied-now', 'tcp-connect', none('denied'), 'yes'],
  ['denied-now', 'tcp-connect', none('refused'), 'no'],
  ['dropped-now', 'tcp-connect', { ...accepted, results: [{ outcome: 'connected', afterwards: 'reset' }] }, 'yes'],
  ['dropped-now', 'tcp-connect', accepted, 'no'],
  ['none-accepted-now', 'tcp-connect', none('refused', 3), 'yes'],
  ['none-accepted-now', 'tcp-connect', none('refused', 2), 'no'],
  ['some-accepted-now', 'tcp-connect', accepted, 'yes'],
  ['some-accepted-now', 'tcp-connect', none('refused'), 'no'],
  ['second-syn', 'tcp-connect', { ...accepted, secondSyn: 1 }, 'yes'],
  ['second-syn', 'tcp-connect', { ...accepted, secondSyn: 0 }, 'no'],
  ['second-syn', 'tcp-connect', none('timedOut'), 'unknown'],
  ['speaks-first', 'tcp-connect', { ...accepted, results: [attempt('sent')] }, 'yes'],
  ['speaks-first', 'tcp-connect', { ...accepted, results: [attempt('silent'), attempt(null)] }, 'no'],
  ['speaks-first', 'tcp-connect', none('timedOut'), 'unknown'],
  ['icmp-reject', 'tcp-connect', { ...none('refused'), refusedBy: 'icmp' }, 'yes'],
  ['icmp-reject', 'tcp-connect', { ...none('refused'), refusedBy: 'rst' }, 'no'],
  ['icmp-reject', 'tcp-connect', none('refused'), 'unknown'],
  ['own-filter-blocks', 'tcp-connect', { ...none('refused'), ownFilter: [ownRule('reject', 3)] }, 'yes'],
  ['own-filter-blocks', 'tcp-connect', { ...none('timedOut'), ownFilter: [ownRule('drop', null)] }, 'yes'],
  ['own-filter-blocks', 'tcp-connect', { ...none('refused'), ownFilter: [ownRule('reject', 0), ownRule('other', 9), ownRule('share', 9), ownRule('limit', 9)] }, 'no'],
  ['own-filter-blocks', 'tcp-connect', { ...accepted, ownFilter: [ownRule('reject', 3)] }, 'no'],
  ['own-filter-blocks', 'tcp-connect', { ...none('refused'), ownFilter: null }, 'unknown'],
  ['own-filter-blocks', 'tcp-connect', none('refused'), 'unknown'],
  ['rst-refuses', 'tcp-connect', { ...none('refused'), refusedBy: 'rst' }, 'yes'],
  ['rst-refuses', 'tcp-connect', { ...none('refused'), refusedBy: 'icmp' }, 'no'],
  ['rst-refuses', 'tcp-connect', none('refused'), 'unknown'],
  ['daemon-denied', 'tcp-connect', { ...accepted, asDaemon: { user: 'www-data', outcome: 'denied', code: 'EACCES' } }, 'yes'],
  ['daemon-denied', 'tcp-connect', { ...accepted, asDaemon: { user: 'www-data', outcome: 'connected', code: null } }, 'no'],
  ['daemon-denied', 'tcp-connect', { ...none('refused'), asDaemon: { user: 'www-data', outcome: 'refused', code: null } }, 'no'],
  ['daemon-denied', 'tcp-connect', accepted, 'unknown'],
  ['unreachable-at-once', 'tcp-connect', { ...none('unreachable'), unreachableAfterMs: 499 }, 'yes'],
  ['unreachable-at-once', 'tcp-connect', { ...none('unreachable'), unreachableAfterMs: 500 }, 'no'],
  ['unreachable-at-once', 'tcp-connect', none('timedOut'), 'unknown'],
  ['unreachable-late', 'tcp-connect', { ...none('unreachable'), unreachableAfterMs: 500 }, 'yes'],
  ['unreachable-late', 'tcp-connect', { ...none('unreachable'), unreachableAfterMs: 499 }, 'no'],
  ['unreachable-late', 'tcp-connect', none('timedOut'), 'unknown'],
  ['host-answers', 'reachability', { ...route('unicast'), hostAnswers: true }, 'yes'],
  ['host-answers', 'reachability', { ...route('unicast'), hostAnswers: false }, 'no'],
  ['host-answers', 'reachability', { ...route('unicast'), hostAnswers: null }, 'unknown'],
  ['host-silent', 'reachability', { ...route('unicast'), hostAnswers: false }, 'yes'],
  ['host-silent', 'reachability', { ...route('unicast'), hostAnswers: true }, 'no'],
  ['host-silent', 'reachability', { ...route('unicast'), hostAnswers: null }, 'unknown'],
  ['no-route', 'reachability', { route: null }, 'yes'],
  ['no-route', 'reachability', route('unreachable'), 'yes'],
  ['no-route', 'reachability', route('blackhole'), 'yes'],
  ['no-route', 'reachability', route('prohibit'), 'no'],
  ['no-route', 'reachability', route('unicast'), 'no'],
  ['policy-route', 'reachability', route('prohibit'), 'yes'],
  ['policy-route', 'reachability', route('unicast'), 'no'],
  ['policy-route', 'reachability', { route: null }, 'no'],
  ['neighbour-failed', 'reachability', { ...route('unicast'), neighbour: { address: 'a', state: 'FAILED', isGateway: false } }, 'yes'],
  ['neighbour-failed', 'reachability', { ...route('unicast'), neighbour: { address: 'a', state: 'STALE', isGateway: false } }, 'no'],
  ['neighbour-failed', 'reachability', route('unicast'), 'unknown'],
  ['way-looked-at', 'reachability', { ...route('unicast'), pathMtu: { bytes: 1500, device: 1500, hole: false } }, 'yes'],
  ['way-looked-at', 'reachability', { ...route('unicast'), pathMtu: null }, 'yes'],
  ['way-looked-at', 'reachability', { ...route('unicast'), pathMtu: { bytes: 1400, device: 1500, hole: true } }, 'no'],
  ['mtu-hole', 'reachability', { ...route('unicast'), pathMtu: { bytes: 1400, device: 1500, hole: true } }, 'yes'],
  ['mtu-hole', 'reachability', { ...route('unicast'), pathMtu: { bytes: 1500, device: 1500, hole: false } }, 'no'],
  ['mtu-hole', 'reachability', { ...route('unicast'), pathMtu: { bytes: null, device: 1500, hole: null } }, 'unknown'],
  ['name-moved', 'dns', { addresses: ['10.0.0.9'], logged: '10.0.0.5' }, 'yes'],
  ['name-moved', 'dns', { addresses: ['10.0.0.9', '10.0.0.5'], logged: '10.0.0.5' }, 'no'],
  ['name-moved', 'dns', { addresses: ['10.0.0.9'] }, 'unknown'],
  ['resolves-now', 'dns', { literal: true }, 'yes'],
  ['resolves-now', 'dns', { addresses: ['10.0.0.9'], logged: '10.0.0.5' }, 'no'],
  ['resolves-now', 'dns', { addresses: ['10.0.0.5'] }, 'yes'],
  ['resolves-now', 'dns', { code: 'ENOTFOUND' }, 'no'],
  ['not-resolved-now', 'dns', { code: 'ENOTFOUND' }, 'yes'],
  ['not-resolved-now', 'dns', { code: 'EAI_AGAIN' }, 'yes'],
  ['not-resolved-now', 'dns', { literal: true }, 'no'],
  ['fresh-answered', 'http-request', gets('answered'), 'yes'],
  ['fresh-answered', 'http-request', { ...gets('answered'), serverErrors: 1 }, 'yes'],
  ['fresh-answered', 'http-request', gets('dropped'), 'no'],
  ['fresh-dropped', 'http-request', gets('dropped'), 'yes'],
  ['fresh-dropped', 'http-request', gets('noAnswer'), 'no'],
  ['fresh-dropped', 'http-request', { ...gets('dropped'), notHttp: gets('dropped').dropped }, 'no'],
  ['fresh-mixed', 'http-request', { ...gets('answered'), dropped: 1, notHttp: 1 }, 'no'],
  ['answers-no-http', 'http-request', { ...gets('dropped'), notHttp: 1 }, 'yes'],
  ['answers-no-http', 'http-request', { ...gets('answered'), through: 'proxy', fresh: { attempts: 2, answered: 1, dropped: 1, noAnswer: 0, notHttp: 1 } }, 'yes'],
  ['answers-no-http', 'http-request', gets('dropped'), 'no'],
  ['fresh-no-answer', 'http-request', gets('noAnswer'), 'yes'],
  ['fresh-no-answer', 'http-request', gets('answered'), 'no'],
  ['fresh-mixed', 'http-request', { ...gets('answered'), dropped: 1 }, 'yes'],
  ['fresh-mixed', 'http-request', gets('dropped'), 'no'],
  ['fresh-unanswered', 'http-request', { ...gets('answered'), noAnswer: 1 }, 'yes'],
  ['fresh-unanswered', 'http-request', { ...gets('answered'), dropped: 1 }, 'no'],
  // Through the proxy a request may travel on a kept connection: it tells nothing of fresh ones.
  ['fresh-answered', 'http-request', { ...gets('answered'), through: 'proxy' }, 'unknown'],
  ['fresh-answered', 'http-request', { ...gets('answered'), through: 'proxy', fresh: { attempts: 5, answered: 5, dropped: 0, noAnswer: 0 } }, 'yes'],
  ['fresh-mixed', 'http-request', { ...gets('answered'), through: 'proxy', fresh: { attempts: 5, answered: 4, dropped: 1, noAnswer: 0 } }, 'yes'],
  ['tls-fails', 'tls-connect', tls('protocol'), 'yes'],
  ['tls-fails', 'tls-connect', tls('ok'), 'no'],
  ['tls-plain-http', 'tls-connect', tls('plain-http'), 'yes'],
  ['tls-plain-http', 'tls-connect', tls('protocol'), 'no'],
  ['tls-ok', 'tls-connect', tls('ok'), 'yes'],
  ['tls-ok', 'tls-connect', tls('expired', false), 'yes'],
  ['tls-ok', 'tls-connect', tls('expired', true), 'no'],
  ['tls-no-agreement', 'tls-connect', tls('client-certificate'), 'yes'],
  ['tls-no-agreement', 'tls-connect', tls('protocol'), 'yes'],
  ['tls-no-agreement', 'tls-connect', tls('closed'), 'no'],
  ['tls-no-agreement', 'tls-connect', plain(null), 'unknown'],
  // A port that is spoken to in plain HTTP has no handshake to fail.
  ['tls-fails', 'tls-connect', plain(null), 'unknown'],
  ['tls-ok', 'tls-connect', plain(shown), 'unknown'],
  ['tls-ruled-out', 'tls-connect', plain(null), 'yes'],
  ['tls-ruled-out', 'tls-connect', plain(shown), 'no'],
  ['tls-ruled-out', 'tls-connect', tls('closed'), 'unknown'],
  ['tls-ruled-out', 'http-request', { ...gets('answered'), dropped: 1 }, 'yes'],
  ['tls-ruled-out', 'http-request', gets('dropped'), 'unknown'],
  ['tls-behind-plain', 'tls-connect', plain(shown), 'yes'],
  ['tls-behind-plain', 'tls-connect', plain(null), 'no'],
  ['tls-behind-plain', 'tls-connect', tls('ok'), 'unknown'],
  ['tls-not-there', 'tls-connect', plain(null), 'yes'],
  ['tls-not-there', 'tls-connect', plain(shown), 'no'],
  ['tls-not-there', 'tls-connect', tls('closed'), 'unknown'],
  ['tls-proxy-refuses', 'tls-connect', { ...plain(shown), proxyWouldRefuse: true }, 'unknown'],
  ['tls-proxy-refuses', 'tls-connect', tls('ok', true), 'yes'],
  ['tls-proxy-refuses', 'tls-connect', tls('ok', false), 'no'],
  ['tls-proxy-refuses', 'tls-connect', tls('ok', null), 'unknown'],
  ['interface-faults', 'interface-errors', device({ faultsGrewBy: 1 }), 'yes'],
  ['interface-faults', 'interface-errors', device({}), 'no'],
  ['carrier-flaps', 'interface-errors', device({ carrierChanges: 8 }), 'yes'],
  ['carrier-flaps', 'interface-errors', device({ carrierChanges: 7 }), 'no'],
  ['segments-retransmitted', 'interface-errors', { ...device({}), toBackend: { connections: 9, retransmitted: 50, sent: 900 } }, 'yes'],
  ['backend-not-reading', 'interface-errors', { ...device({}), toBackend: { connections: 9, retransmitted: 0, sent: 9, notRead: 1 } }, 'yes'],
  ['backend-not-reading', 'interface-errors', { ...device({}), toBackend: { connections: 9, retransmitted: 0, sent: 900, notRead: 0 } }, 'no'],
  ['backend-not-reading', 'interface-errors', { ...device({}), toBackend: null }, 'unknown'],
  ['segments-retransmitted', 'interface-errors', { ...device({}), toBackend: { connections: 9, retransmitted: 1, sent: 900 } }, 'no'],
  ['segments-mostly-lost', 'interface-errors', { ...device({}), toBackend: { connections: 9, retransmitted: 150, sent: 900 } }, 'yes'],
  ['segments-mostly-lost', 'interface-errors', { ...device({}), toBackend: { connections: 9, retransmitted: 50, sent: 900 } }, 'no'],
  ['segments-mostly-lost', 'interface-errors', { ...device({}), toBackend: { connections: 9, retransmitted: 20, sent: 60 } }, 'no'],
  ['proxy-at-limit', 'proxy-resources', { workers: { used: 150, limit: 150, how: '' } }, 'yes'],
  ['proxy-at-limit', 'proxy-resources', { workers: { used: 15, limit: 150, how: '' } }, 'no'],
  ['proxy-within-limits', 'proxy-resources', { workers: { used: 15, limit: 150, how: '' } }, 'yes'],
  ['proxy-within-limits', 'proxy-resources', { workers: { used: 150, limit: 150, how: '' } }, 'no'],
  ['method-mostly-fails', 'access-log', accesses({ failed: 20, patterns: [pattern(null)] }), 'yes'],
  ['method-mostly-fails', 'access-log', accesses({ failed: 20, patterns: [{ ...pattern(null), failed: 11, requests: 72 }] }), 'no'],
  ['method-mostly-fails', 'access-log', accesses({ failed: 20, patterns: [pattern('/a')] }), 'no'],
  ['operation-mostly-fails', 'access-log', accesses({ failed: 20, patterns: [pattern('/a')] }), 'yes'],
  ['operation-mostly-fails', 'access-log', accesses({ failed: 20, patterns: [{ ...pattern('/a'), failed: 11, requests: 72 }] }), 'no'],
  ['operation-mostly-fails', 'access-log', accesses({ failed: 20, patterns: [pattern(null)] }), 'unknown'],
  // The backend's side
  ['not-listening', 'backend-process', { port: 8080, addresses: ['10.0.0.5'] }, 'yes'],
  ['not-listening', 'backend-process', listens(), 'no'],
  ['bound-elsewhere', 'backend-process', listens({ listeners: [{ ...listener, address: '127.0.0.1' }] }), 'yes'],
  ['bound-elsewhere', 'backend-process', listens(), 'no'],
  ['filter-blocks', 'backend-process', listens(rule('drop', 3)), 'yes'],
  ['filter-blocks', 'backend-process', listens(rule('reject', null)), 'yes'],
  ['filter-blocks', 'backend-process', listens(rule('drop', 0)), 'no'],
  ['filter-blocks', 'backend-process', listens(rule('share', 3)), 'yes'],
  ['filter-blocks', 'backend-process', listens(rule('other', 3)), 'no'],
  ['filter-blocks', 'backend-process', listens(), 'unknown'],
  ['connection-limit', 'backend-process', listens(rule('limit', 3)), 'yes'],
  ['connection-limit', 'backend-process', listens(rule('limit', 0)), 'no'],
  ['connection-limit', 'backend-process', listens(), 'unknown'],
  ['listening', 'backend-process', listens(), 'yes'],
  ['listening', 'backend-process', listens({ listeners: [{ ...listener, address: '127.0.0.1' }] }), 'no'],
  ['listening', 'backend-process', { port: 8080, addresses: ['10.0.0.5'] }, 'no'],
  ['connects-locally', 'backend-process', listens({ localConnect: [{ address: 'a', outcome: 'connected', code: null }] }), 'yes'],
  ['connects-locally', 'backend-process', listens({ localConnect: [{ address: 'a', outcome: 'refused', code: null }] }), 'no'],
  ['connects-locally', 'backend-process', listens(), 'unknown'],
  ['queue-full', 'backend-process', listens({ listeners: [{ ...listener, queue: 128 }] }), 'yes'],
  ['queue-full', 'backend-process', listens({ listeners: [{ ...listener, queue: 60 }] }), 'no'],
  ['queue-overflowed', 'backend-process', listens(overflow(1, 0)), 'yes'],
  ['queue-overflowed', 'backend-process', listens(overflow(9, 1)), 'yes'],
  ['queue-overflowed', 'backend-process', listens(overflow(0, 0)), 'no'],
  ['queue-overflowed', 'backend-process', listens(), 'unknown'],
  ['queue-overflowing', 'backend-process', listens(overflow(9, 1)), 'yes'],
  ['queue-overflowing', 'backend-process', listens(overflow(9, 0)), 'no'],
  ['queue-overflowing', 'backend-process', listens(), 'unknown'],
  ['listened-meanwhile', 'backend-process', { port: 8080, addresses: ['10.0.0.5'] }, 'no'],
  ['listened-meanwhile', 'backend-process', listens(), 'unknown'],
  // Kept connections and packets
  ['probe-can-race', 'keepalive-probe', probe({ backendTimeoutSeconds: 5 }), 'yes'],
  ['probe-can-race', 'keepalive-probe', probe({ backendTimeoutSeconds: 15 }), 'no'],
  ['probe-forgotten', 'keepalive-probe', probe({ idleSeconds: [rung(1, 'reused'), rung(8, 'no-answer')] }), 'yes'],
  ['probe-forgotten', 'keepalive-probe', probe({ idleSeconds: [rung(1, 'reused')] }), 'no'],
  ['reuse-looked-at', 'keepalive-probe', probe({ idleSeconds: [rung(1, 'reused')] }), 'yes'],
  ['reuse-looked-at', 'keepalive-probe', probe({ idleSeconds: [rung(1, 'reused'), rung(8, 'no-answer')] }), 'no'],
  ['probe-no-race', 'keepalive-probe', probe({ idleSeconds: [rung(12, 'reused')] }), 'yes'],
  ['probe-no-race', 'keepalive-probe', probe({ backendTimeoutSeconds: 5 }), 'no'],
  [
    'probe-no-race',
    'keepalive-probe',
    probe({ idleSeconds: [rung(20, 'reused')], proxyKeeps: { seconds: null, reuse: true, because: '' }, unprovenBeyondSeconds: 20 }),
    'unknown',
  ],
  ['probe-fresh-fails', 'keepalive-probe', probe({ fresh: { attempts: 3, dropped: 1, answered: 2 } }), 'yes'],
  ['probe-fresh-fails', 'keepalive-probe', probe({}), 'no'],
  ['reuse-fails', 'keepalive-probe', probe({ idleSeconds: [rung(1, 'reset')] }), 'yes'],
  ['reuse-fails', 'keepalive-probe', probe({ idleSeconds: [rung(1, 'closed')] }), 'no'],
  ['reuse-fails', 'keepalive-probe', probe({ idleSeconds: [rung(1, 'reset'), rung(2, 'reused')] }), 'no'],
  ['reuse-fails', 'keepalive-probe', probe({ fresh: { attempts: 3, dropped: 3 }, idleSeconds: [rung(1, 'reset')] }), 'no'],
  ['reuse-fails-sometimes', 'keepalive-probe', probe({ idleSeconds: [rung(10, 'reset'), rung(18, 'reused')] }), 'yes'],
  ['reuse-fails-sometimes', 'keepalive-probe', probe({ idleSeconds: [rung(10, 'reset')] }), 'no'],
  ['reuse-fails-sometimes', 'keepalive-probe', probe({ idleSeconds: [rung(10, 'no-answer'), rung(18, 'reused')] }), 'no'],
  ['reuse-fails-sometimes', 'keepalive-probe', probe({ fresh: { attempts: 3, answered: 2, dropped: 1 }, idleSeconds: [rung(10, 'reset'), rung(18, 'reused')] }), 'no'],
  ['probe-no-race', 'keepalive-probe', probe({ idleSeconds: [rung(10, 'reset'), rung(18, 'reused')] }), 'unknown'],
  ['proxy-never-reuses', 'proxy-config', config({ parameters: { disablereuse: { value: 'On' } } }), 'yes'],
  ['proxy-never-reuses', 'proxy-config', config({ parameters: { enablereuse: { value: 'off' } } }), 'yes'],
  ['proxy-never-reuses', 'proxy-config', config({ directive: 'RewriteRule' }), 'yes'],
  ['proxy-never-reuses', 'proxy-config', config({}), 'no'],
  ['proxy-never-reuses', 'proxy-config', { backends: [{ backend: '10.0.0.5:8080', directive: 'RewriteRule' }, { backend: '10.0.0.5:8080', directive: 'Proxy' }] }, 'no'],
  ['proxy-never-reuses', 'proxy-config', { ...config({}), environment: [{ name: 'proxy-nokeepalive', value: '1', conditional: false }] }, 'yes'],
  ['proxy-never-reuses', 'proxy-config', { ...config({}), environment: [{ name: 'proxy-nokeepalive', value: '1', conditional: true }] }, 'no'],
  ['reuse-looked-at', 'proxy-config', config({ parameters: { disablereuse: { value: 'On' } } }), 'yes'],
  ['reuse-looked-at', 'proxy-config', config({}), 'unknown'],
  ['reuse-looked-at', 'http-request', { ...gets('answered'), noAnswer: 1 }, 'yes'],
  ['reuse-looked-at', 'http-request', gets('answered'), 'unknown'],
  ['proxy-never-reuses', 'proxy-config', { backends: [{ backend: '10.0.0.9:80', directive: 'RewriteRule' }] }, 'unknown'],
  ['toggle-helped', 'keepalive-toggle', toggle(true), 'yes'],
  ['toggle-helped', 'keepalive-toggle', toggle(null), 'no'],
  ['toggle-tells-apart', 'keepalive-toggle', toggle(true), 'unknown'],
  ['toggle-tells-apart', 'keepalive-toggle', toggle(false), 'no'],
  ['toggle-no-change', 'keepalive-toggle', toggle(false), 'yes'],
  ['toggle-no-change', 'keepalive-toggle', toggle(null, 'it got worse'), 'yes'],
  ['toggle-no-change', 'keepalive-toggle', toggle(null), 'no'],
  ['capture-backend-closes', 'packet-capture', point({ failures: { 'closed-early': 5 } }), 'yes'],
  ['capture-backend-closes', 'packet-capture', point({}), 'no'],
  ['capture-closes-reused-only', 'packet-capture', point({ failedReused: 5 }), 'yes'],
  ['capture-closes-reused-only', 'packet-capture', point({ failedReused: 5, failedFresh: 1 }), 'no'],
  ['capture-closes-reused-only', 'packet-capture', point({}), 'unknown'],
  ['capture-fresh-fail', 'packet-capture', point({ failedReused: 5, failedFresh: 1 }), 'yes'],
  ['capture-fresh-fail', 'packet-capture', point({ failedReused: 5 }), 'no'],
  ['capture-fresh-fail', 'packet-capture', point({}), 'unknown'],
  ['capture-backend-silent', 'packet-capture', point({ failures: { silent: 5 } }), 'yes'],
  ['capture-backend-silent', 'packet-capture', point({}), 'no'],
  ['capture-request-incomplete', 'packet-capture', point({ failures: { 'request-incomplete': 5 } }), 'yes'],
  ['capture-request-incomplete', 'packet-capture', point({}), 'no'],
  ['capture-loss', 'packet-capture', point({ retransmissions: 60, dataSegments: 900 }), 'yes'],
  ['capture-loss', 'packet-capture', point({}), 'no'],
];

describe.each(rows.map(([sign, check, facts, says, subject = app]) => ({ sign, check, facts, says, subject })))(
  '$sign from $check',
  ({ sign, check, facts, says, subject }) => {
    test(`${says}: ${JSON.stringify(facts).slice(0, 120)}`, () => expect(state(sign, [found(check, facts)], subject)).toBe(says));
  },
);

/** Signs that look at two checks at once, or at an answer. */
const failing = (first: string, last = first): Evidence => found('error-log', connects('ECONNREFUSED', 9, { first, last }), null, 'e9');
const shaped = (frequency: string): Evidence =>
  found('error-log', connects('APR_TIMEUP', 9, { frequencyByMode: { connect: frequency } }), null, 'e9');
const crash = (time: string | null): Facts => listens({ crashes: [{ time, text: 'killed' }] });
const fault = (symptom: Facts, backport = 'no'): Evidence =>
  found('proxy-version', { version: '2.4.41', faults: [{ symptoms: [symptom], backport }] });
const broken = found('error-log', breaks('APR_EOF', { families: { 'status-line-failed': 4 }, errnos: { APR_EOF: 4 } }), null, 'e9');
const at = '2026-03-01T01:00:00.000Z';
const local = { localConnect: [{ address: 'a', outcome: 'connected', code: null }] };

const carries = (hole: boolean | null): Evidence => found('reachability', { pathMtu: { bytes: 1500, device: 1500, hole } });
const resent = (retransmitted: number, sent: number): Evidence => found('interface-errors', { ...device({}), toBackend: { connections: 9, retransmitted, sent } }, null, 'e11');
const keepsTo = (path: string | null): Evidence => found('access-log', accesses({ failed: 40, patterns: [pattern(path)] }), null, 'e8');
const failRate = (failed: number, requests: number | null): Evidence =>
  found('error-log', breaks('ECONNRESET', { byMode: { 'in-flight': failed }, requests }), null, 'e9');
const freshly = (answered: number, dropped: number): Evidence =>
  found('http-request', { ...gets('answered'), fresh: { attempts: answered + dropped, answered, dropped, noAnswer: 0 } });

const failedBy = (last: string): Evidence =>
  found('error-log', { ...breaks('ECONNRESET', { first: at, last }), window: { from: at, to: '2026-03-01T02:00:00.000Z', covered: true } }, null, 'e9');
const unprovenProbe = found(
  'keepalive-probe',
  probe({ idleSeconds: [rung(20, 'reused')], proxyKeeps: { seconds: null, reuse: true, because: '' }, unprovenBeyondSeconds: 20 }),
);

const quietSince = (to: string) => found('error-log', { window: { covered: true, to } });
const helped = found('keepalive-toggle', toggle(true), null, 'e12');
const closes = found('keepalive-probe', probe({ idleSeconds: [rung(1, 'closed')], backendTimeoutSeconds: 1, proxyKeeps: { seconds: null, reuse: true, because: '' } }));

const together: readonly (readonly [sign: SignName, says: State, why: string, evidence: readonly Evidence[]])[] = [
  ['refused-at-rest', 'yes', 'the last request is two seconds old', [quietSince('2026-03-01T01:59:58.000Z'), found('tcp-connect', none('refused'))]],
  ['refused-at-rest', 'no', 'the last request is younger', [quietSince('2026-03-01T01:59:58.001Z'), found('tcp-connect', none('refused'))]],
  ['refused-at-rest', 'no', 'not all are refused', [quietSince('2026-03-01T01:59:00.000Z'), found('tcp-connect', { ...none('refused'), refused: 19, timedOut: 1 })]],
  ['refused-at-rest', 'unknown', 'no log tells', [found('tcp-connect', none('refused'))]],
  ['pattern-way-carries', 'yes', 'large packets pass', [keepsTo('/big'), carries(false), resent(15, 344)]],
  ['pattern-way-carries', 'no', 'large pings pass, and half of the segments had to be sent again', [keepsTo('/big'), carries(false), resent(955, 1831)]],
  ['pattern-way-carries', 'unknown', 'large pings pass, and nobody counted segments', [keepsTo('/big'), carries(false)]],
  ['pattern-way-carries', 'no', 'large packets vanish', [keepsTo('/big'), carries(true), resent(0, 344)]],
  ['pattern-way-carries', 'no', 'no path in common', [keepsTo(null), carries(false)]],
  ['pattern-way-carries', 'unknown', 'nobody looked at the way', [keepsTo('/big')]],
  ['pattern-way-carries', 'unknown', 'looked at in vain', [keepsTo('/big'), carries(null)]],
  [
    'crash-recorded',
    'yes',
    'two minutes before the first failure',
    [failing(at), found('backend-process', crash('2026-03-01T00:58:00.000Z'))],
  ],
  ['crash-recorded', 'no', 'more than that', [failing(at), found('backend-process', crash('2026-03-01T00:57:59.000Z'))]],
  ['crash-recorded', 'no', 'long after', [failing(at), found('backend-process', crash('2026-03-01T01:02:01.000Z'))]],
  ['crash-recorded', 'no', 'at a time that nobody wrote down', [failing(at), found('backend-process', crash(null))]],
  [
    'crash-recorded',
    'unknown',
    'of any program, where none listens',
    [failing(at), found('backend-process', { ...crash(at), listeners: [] })],
  ],
  [
    'backend-restarted',
    'yes',
    'started after the first failure',
    [failing(at), found('backend-process', listens({ listenerStartedAt: '2026-03-01T01:00:01.000Z' }))],
  ],
  [
    'backend-restarted',
    'no',
    'started before',
    [failing(at), found('backend-process', listens({ listenerStartedAt: '2026-02-01T00:00:00.000Z' }))],
  ],
  ['backend-restarted', 'unknown', 'no log to compare with', [found('backend-process', listens({ listenerStartedAt: at }))]],
  [
    'probe-no-race',
    'yes',
    'not beyond 20 s, and the last failure came 15 s after the log begins',
    [failedBy('2026-03-01T01:00:15.000Z'), unprovenProbe],
  ],
  ['probe-no-race', 'unknown', 'not beyond 20 s, and there were idle times as long', [failedBy('2026-03-01T01:00:25.000Z'), unprovenProbe]],
  ['toggle-tells-apart', 'yes', 'no operation that mostly fails', [helped, keepsTo(null)]],
  ['toggle-tells-apart', 'no', 'an operation that mostly fails may have been asked for less', [helped, keepsTo('/export')]],
  ['toggle-tells-apart', 'yes', 'such an operation, and idle times do harm', [helped, keepsTo('/export'), closes]],
  ['toggle-tells-apart', 'yes', 'such an operation, and reuse does harm', [helped, keepsTo('/export'), found('keepalive-probe', probe({ idleSeconds: [rung(1, 'reset')] }))]],
  ['fresh-proven', 'yes', 'one in five fails, fourteen did well', [failRate(20, 100), freshly(14, 0)]],
  ['fresh-proven', 'unknown', 'one in five fails, thirteen may be luck', [failRate(20, 100), freshly(13, 0)]],
  ['fresh-proven', 'no', 'one of them failed', [failRate(20, 100), freshly(13, 1)]],
  ['fresh-proven', 'unknown', 'how often it fails is not known', [failRate(20, null), freshly(14, 0)]],
  ['fresh-proven', 'unknown', 'it keeps to one operation', [failRate(20, 100), freshly(14, 0), found('access-log', accesses({ failed: 20, patterns: [pattern('/a')] }))]],
  ['listened-meanwhile', 'yes', 'connects fail now', [found('tcp-connect', none('refused')), found('backend-process', listens())]],
  [
    'listened-meanwhile',
    'no',
    'connects fail now, and it is bound elsewhere',
    [found('tcp-connect', none('refused')), found('backend-process', listens({ listeners: [{ ...listener, address: '127.0.0.1' }] }))],
  ],
  ['listened-meanwhile', 'unknown', 'connects pass now', [found('tcp-connect', accepted), found('backend-process', listens())]],
  [
    'listened-meanwhile',
    'yes',
    'it was started before the failures',
    [failing(at), found('tcp-connect', accepted), found('backend-process', listens({ listenerStartedAt: at }))],
  ],
  [
    'listened-meanwhile',
    'no',
    'it was started in the midst of them',
    [failing(at), found('tcp-connect', accepted), found('backend-process', listens({ listenerStartedAt: '2026-03-01T01:00:01.000Z' }))],
  ],
  [
    'accepts-there-not-here',
    'yes',
    'the proxy is refused',
    [found('tcp-connect', none('refused')), found('backend-process', listens(local))],
  ],
  ['accepts-there-not-here', 'no', 'the proxy connects too', [found('tcp-connect', accepted), found('backend-process', listens(local))]],
  ['accepts-there-not-here', 'unknown', 'the proxy was not tried', [found('backend-process', listens(local))]],
  [
    'accepts-there-not-here',
    'unknown',
    'its own side was not tried',
    [found('tcp-connect', none('refused')), found('backend-process', listens())],
  ],
  ['faults-without-bursts', 'yes', 'isolated failures', [shaped('sporadic'), found('interface-errors', device({ faultsGrewBy: 1 }))]],
  ['faults-without-bursts', 'no', 'bursts', [shaped('clusters'), found('interface-errors', device({ faultsGrewBy: 1 }))]],
  ['faults-without-bursts', 'no', 'a clean link', [shaped('sporadic'), found('interface-errors', device({}))]],
  ['faults-without-bursts', 'unknown', 'no log tells how often', [found('interface-errors', device({ faultsGrewBy: 1 }))]],
  ['known-fault-fits', 'yes', 'family and errno are in the log', [broken, fault({ family: 'status-line-failed', errno: 'APR_EOF' })]],
  ['known-fault-fits', 'yes', 'any errno', [broken, fault({ family: 'status-line-failed', errno: null })]],
  ['known-fault-fits', 'no', 'another errno', [broken, fault({ family: 'status-line-failed', errno: 'ECONNRESET' })]],
  ['known-fault-fits', 'no', 'another family', [broken, fault({ family: 'body-failed', errno: null })]],
  ['known-fault-fits', 'no', 'the package mended it', [broken, fault({ family: 'status-line-failed', errno: null }, 'fixed-by-backport')]],
  [
    'known-fault-fits',
    'no',
    'nobody knows whether the package mended it',
    [broken, fault({ family: 'status-line-failed', errno: null }, 'unknown')],
  ],
  ['no-fault-on-record', 'no', 'family and errno are in the log', [broken, fault({ family: 'status-line-failed', errno: 'APR_EOF' })]],
  ['no-fault-on-record', 'yes', 'another family', [broken, fault({ family: 'body-failed', errno: null })]],
  ['no-fault-on-record', 'yes', 'the package mended it', [broken, fault({ family: 'status-line-failed', errno: null }, 'fixed-by-backport')]],
  ['no-fault-on-record', 'unknown', 'the version is not known', [broken, found('proxy-version', { version: null, faults: [] })]],
  ['known-fault-fits', 'unknown', 'there is no log', [fault({ family: 'status-line-failed', errno: null })]],
];

describe.each(together)('%s is %s', (sign, says, why, evidence) => {
  test(`${why}`, () => expect(state(sign, evidence)).toBe(says));
});

describe('answers stand for what was not measured', () => {
  test.each<[SignName, Readonly<Record<string, string>>, State]>([
    ['answered-listening', { listens: 'listening' }, 'yes'],
    ['answered-listening', { listens: 'not-listening' }, 'no'],
    ['answered-listening', { listens: 'unknown' }, 'unknown'],
    ['answered-not-listening', { listens: 'not-listening' }, 'yes'],
    ['answered-not-listening', { listens: 'listening' }, 'no'],
    ['answered-not-listening', {}, 'unknown'],
    ['log-every', { frequency: 'every' }, 'yes'],
    ['log-every', { frequency: 'clusters' }, 'no'],
    ['log-every', { frequency: 'unknown' }, 'unknown'],
    ['log-clusters', { frequency: 'clusters' }, 'yes'],
    ['log-sporadic', { frequency: 'sporadic' }, 'yes'],
  ])('%s with %o is %s', (sign, answers, says) => expect(state(sign, [], app, answers)).toBe(says));
});

describe('could not check', () => {
  const names = Object.keys(signs).filter((name): name is SignName => Object.hasOwn(signs, name));
  const checks = [...new Set(rows.map(([, check]) => check)), 'proxy-version'];

  test.each(names)('%s is told by nothing when nothing was looked at', (sign) => expect(state(sign, [])).toBe('unknown'));
  test.each(['skipped', 'failed', 'timed-out'] as const)('no sign is decided when every check was %s', (status) => {
    const evidence = checks.map((check) => could(check, null, 'e1', status));
    expect(names.filter((sign) => state(sign, evidence) !== 'unknown')).toEqual([]);
  });
  test('a sign that a check shows is open again when that check is run once more and fails', () => {
    const before = rows.filter(([, , , says]) => says !== 'unknown');
    const decided = before.filter(
      ([sign, check, facts, , subject = app]) =>
        state(sign, [{ ...found(check, facts), superseded: true }, could(check)], subject) !== 'unknown',
    );
    expect(decided.map(([sign]) => sign)).toEqual([]);
  });
  test('every sign is shown, contradicted and left open by some row above', () => {
    const told = new Set([...rows.map(([sign, , , says]) => `${sign} ${says}`), ...together.map(([sign, says]) => `${sign} ${says}`)]);
    expect(names.filter((sign) => !sign.startsWith('answered-') && (!told.has(`${sign} yes`) || !told.has(`${sign} no`)))).toEqual([]);
  });
});

test('evidence of another backend tells nothing of this one', () => {
  expect(state('refused-now', [found('tcp-connect', none('refused'), '10.0.0.9:80')])).toBe('unknown');
  expect(state('refused-now', [found('tcp-connect', none('refused'), app.key)])).toBe('yes');
});

test('a backend is found in the log by any of its names', () => {
  const named = log({ backend: 'app.example:8080', names: [app.backend], failures: 4, byMode: { dns: 4 } });
  expect(state('log-dns', [found('error-log', named)])).toBe('yes');
});
