/** What repeated connects say, as httpd would meet it: it tries a name's addresses in turn, and takes the first that accepts. Pure. */
import type { Classified } from '../check.ts';
import type { TcpConnectFacts } from './facts.ts';
import { tallyText, wasDropped } from './summarise.ts';
import { visible } from '../../visible.ts';

export const outcomes = {
  connected: 'Every connect is accepted',
  refused: 'Every connect is refused',
  mixed: 'Some connects are accepted, some fail',
  'no-answer': 'No connect gets an answer',
  unreachable: 'The network says that the host can not be reached',
  denied: 'This machine itself denies the connect (to everybody, or to httpd’s user)',
  dropped: 'Connections are accepted, and reset or closed at once',
};
export type Outcome = keyof typeof outcomes;

/** Of the attempts that were watched after the accept, this share dropped at once makes it the rule and not an accident. */
const droppedShare = 0.5;

export function classify(facts: TcpConnectFacts): Classified<Outcome> {
  const outcome = judge(facts);
  return { outcome, summary: visible(summary(facts, outcome)) };
}

function judge(facts: TcpConnectFacts): Outcome {
  if (daemonDenied(facts)) return 'denied';
  if (facts.connected === 0) return nothingAccepted(facts);
  const watched = facts.results.filter((one) => one.afterwards !== null || one.outcome === 'reset');
  const dropped = watched.filter(wasDropped);
  if (dropped.length > 0 && dropped.length >= droppedShare * watched.length) return 'dropped';
  if (dropped.length > 0) return 'mixed';
  return servesAll(facts) ? 'connected' : 'mixed';
}

/** Does httpd get a connection each time it wants one, without waiting? */
export function servesAll({ connected, byAddress, results }: Pick<TcpConnectFacts, 'connected' | 'byAddress' | 'results'>): boolean {
  return connected > 0 && byAddress.every((one) => harmless(one, results));
}

type ByAddress = TcpConnectFacts['byAddress'][number];

/** A "no" that takes longer keeps requests waiting (no answer to ARP: three seconds). */
const atOnceMs = 500;

/**
 * An address that always accepts does no harm; nor does one that always says no at once (`::1` of a localhost that listens on 127.0.0.1
 * alone), for httpd goes on to the next (ap_proxy_connect_backend). One that is silent costs each request the connect timeout, or the time until
 * nobody answered ARP.
 */
function harmless({ address, attempts, connected, refused, unreachable }: ByAddress, results: TcpConnectFacts['results']): boolean {
  if (connected === attempts) return true;
  return refused + unreachable === attempts && results.every((one) => one.address !== address || one.latencyMs < atOnceMs);
}

/** The daemon fails where the user who runs this connects, whatever the form: SELinux says EACCES, an owner match may reset or drop. */
function daemonDenied({ asDaemon, connected }: TcpConnectFacts): boolean {
  return asDaemon !== null && asDaemon.outcome !== 'connected' && connected > 0;
}

function nothingAccepted(facts: TcpConnectFacts): Outcome {
  const { attempts, refused, timedOut, unreachable, denied, results } = facts;
  if (results.some((one) => one.outcome === 'reset')) return 'dropped';
  // Linux sends one ICMP error a second to a peer: beside the attempts that were answered by one, others time out.
  if (unreachable > 0 && refused === 0 && denied === 0) return 'unreachable';
  if (refused > 0 && refused >= attempts - refused - unreachable) return 'refused';
  if (denied > 0 && denied >= timedOut) return 'denied';
  if (timedOut > 0) return 'no-answer';
  return unreachable > 0 ? 'unreachable' : 'mixed';
}

function summary(facts: TcpConnectFacts, outcome: Outcome): string {
  const { attempts, connected, latencyMs, asDaemon, results } = facts;
  const n = attempts === 1 ? 'The one connect' : `All ${attempts} connects`;
  const tally = tallyText(results);
  switch (outcome) {
    case 'connected': {
      const spoke = results.some((one) => one.afterwards === 'sent');
      const speed = latencyMs === null ? '' : ` (p50 ${ms(latencyMs.p50)}, slowest ${ms(latencyMs.max)})`;
      const refusing = facts.byAddress.filter((one) => one.connected === 0).map((one) => one.address);
      const rest = refusing.length > 0 ? `; ${refusing.join(', ')} does not accept, and httpd goes on to the next address` : '';
      const late =
        facts.secondSyn > 0 ? `; ${facts.secondSyn} of them only at the second try or later, so packets get lost or a queue is full` : '';
      return `${connected === attempts ? `${n} accepted` : `Every connect to ${accepting(facts)} accepted`}${speed}${late}${rest}${spoke ? '; it speaks first, which an HTTP server does not do' : ''}${daemonToo(facts)}`;
    }
    case 'refused':
      return refusedSummary(facts, n, tally);
    case 'mixed':
      return `Some connects accepted, some failed: ${tally}${perAddress(facts)}${notTried(facts)}`;
    case 'no-answer':
      return `No connect gets an answer: ${tally}${notTried(facts)}`;
    case 'unreachable': {
      const after = facts.unreachableAfterMs ?? 0;
      // ENETUNREACH comes from this machine's own routing table as a rule, EINVAL from a blackhole in it; EHOSTUNREACH at once is somebody's answer.
      const from = ['ENETUNREACH', 'EINVAL'].includes(codes(facts)) ? 'no route leads there' : 'somebody answers with it';
      return `Unreachable (${codes(facts)}) ${after < 500 ? `at once: ${from}` : `after ${ms(after)}: nobody there answers`}; ${tally}`;
    }
    case 'denied':
      return daemonDenied(facts)
        ? `${asDaemon?.user ?? 'The daemon'}, whom httpd runs as, can not connect (${asDaemon?.code ?? asDaemon?.outcome ?? ''}), while ${facts.asUser ?? 'the user who runs this'} can: ${tally}${facts.barredAt == null ? '' : `; ${facts.barredAt} bars the way`}`
        : `${maybeOnTheWay(facts) ? 'This machine, or a filter on the way,' : 'This machine itself'} denies the connect (${codes(facts)}): ${tally}`;
    case 'dropped':
      return `Connections are accepted, and closed or reset at once by the peer: ${facts.droppedAfterAccept} of ${facts.results.filter((one) => one.afterwards !== null || one.outcome === 'reset').length} that were watched; ${tally}`;
  }
}

function refusedSummary(facts: TcpConnectFacts, n: string, tally: string): string {
  const by = { rst: ', with a TCP reset', icmp: ', with an ICMP message: a packet filter rejects' };
  const who = facts.refusedBy === null ? '' : by[facts.refusedBy];
  if (facts.host.startsWith('/')) return `${n} refused: ${codes(facts) === 'ENOENT' ? `there is no ${facts.host}` : `nobody listens on ${facts.host}`} (${codes(facts)})`;
  return facts.refused === facts.attempts ? `${n} refused${who}` : `Connects are refused${who}: ${tally}`;
}

/** Linux gives ICMPv6's "administratively prohibited" as EACCES (net/ipv6/icmp.c, tab_unreach); ICMP's is EHOSTUNREACH. */
function maybeOnTheWay({ results }: Pick<TcpConnectFacts, 'results'>): boolean {
  const denied = results.filter((one) => one.outcome === 'denied');
  return denied.length > 0 && denied.every((one) => one.code === 'EACCES' && one.address.includes(':'));
}

function codes({ results }: TcpConnectFacts): string {
  return [...new Set(results.map((one) => one.code).filter((code) => code !== null))].join(', ');
}

function accepting({ byAddress }: TcpConnectFacts): string {
  return byAddress
    .filter((one) => one.connected === one.attempts)
    .map((one) => one.address)
    .join(', ');
}

function perAddress({ byAddress }: TcpConnectFacts): string {
  if (byAddress.length < 2) return '';
  return ` (${byAddress.map((one) => `${one.address}: ${one.connected} of ${one.attempts}`).join('; ')})`;
}

function notTried(facts: TcpConnectFacts): string {
  return facts.notTried > 0 ? `; ${facts.notTried} more not tried, for time` : '';
}

function daemonToo({ asDaemon, asUser }: TcpConnectFacts): string {
  if (asUser !== null) return `, as ${asUser}; other users are not let through`;
  return asDaemon === null ? '' : `, as ${asDaemon.user} too`;
}

function ms(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}
