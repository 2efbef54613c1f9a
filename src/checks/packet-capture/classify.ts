/** What the captures say (article A26–A29): where to look next. Pure. */
import type { Classified } from '../check.ts';
import type { PacketCaptureFacts, PointFacts } from './facts.ts';

export const outcomes = {
  'backend-closes-early': 'The backend ends connections before it has answered whole',
  'backend-silent': 'The backend stops reading, or does not answer, although all arrived there as far as can be seen',
  'request-incomplete': 'The proxy does not send the whole request: look at the client’s upload and at the proxy’s configuration',
  loss: 'Packets sent at one end do not arrive at the other',
  'connects-fail': 'Connects are refused or get no answer',
  clean: 'All exchanges in the capture were whole',
  'too-few': 'Too little traffic was captured to tell',
} as const;
export type Outcome = keyof typeof outcomes;

/** Fewer exchanges and connects than this say nothing when none of them failed. */
export const leastExchanges = 5;
/** Lost packets that count: a single one is repaired unnoticed, and may be an edge of the capture. */
export const leastLost = 3;
export const leastLostShare = 0.005;
/** One request (or connect) that never gets through is sent again about this often before its end: not a sign of losses elsewhere. */
export const mostAgainInVain = 8;
/** Retransmissions seen at one end only, as a share of segments with data, from which the network is under suspicion. */
export const leastAgain = 5;
export const leastAgainShare = 0.03;

export function classify(facts: PacketCaptureFacts): Classified<Outcome> {
  const point = facts.points.find(({ side }) => side === 'proxy') ?? facts.points[0];
  if (point === undefined) return { outcome: 'too-few', summary: 'nothing was captured' };
  const number = (failure: string): number => point.failures?.[failure] ?? 0;
  const connects = point.connectRefusedByRst + point.connectRefusedByIcmp + point.connectUnanswered;
  // Where nothing at all comes through, connections that had worked before are no different from new ones.
  const swallowed = point.answersWhole > 0 && number('unacknowledged') + point.connectUnanswered === 0 ? number('swallowed') : 0;
  const vain = number('unacknowledged') + number('swallowed') - swallowed;
  const lost = lostText(facts, point);
  const seen = `${point.exchanges ?? 0} requests on ${point.connections} connections in ${Math.round(facts.seconds)} s${markedText(facts)}`;

  // Most failures first; of equals, the one that explains the others.
  const candidates: readonly (readonly [count: number, outcome: Outcome, text: string])[] = [
    [connects, 'connects-fail', connectText(point)],
    [vain, 'loss', `${vain} requests were never acknowledged, however often they were sent again`],
    [number('closed-early'), 'backend-closes-early', closedText(point, number('closed-early'), facts)],
    [
      number('request-incomplete'),
      'request-incomplete',
      `${number('request-incomplete')} requests were not sent whole although the backend took what came`,
    ],
    [number('silent'), 'backend-silent', silentText(point, number('silent'))],
    [
      swallowed,
      'backend-silent',
      `${swallowed} requests on connections that had worked before were never acknowledged${idleText(point)}, while other requests were answered: something in between may have forgotten these connections`,
    ],
  ];
  const [worst] = [...candidates].sort((a, b) => b[0] - a[0]);
  // Losses on the way make all the other failures; they explain unanswered connects too.
  const refused = point.connectRefusedByRst + point.connectRefusedByIcmp;
  const refusals = worst !== undefined && worst[1] === 'connects-fail' && refused > 0 && refused === connects;
  if (lost !== null && !refusals) return { outcome: 'loss', summary: `${lost} (${seen})` };
  if (worst !== undefined && worst[0] > 0) return { outcome: worst[1], summary: `${worst[2]} (${seen})` };
  if (point.connections === 0 || (point.exchanges ?? 0) + (point.encrypted ?? 0) < leastExchanges)
    return { outcome: 'too-few', summary: `too little traffic to tell: ${seen}` };
  return { outcome: 'clean', summary: `no exchange failed: ${seen}${again(point)}` };
}

/** Which address served our own requests: another worker, where they were not seen on this way. */
function markedText({ marked }: PacketCaptureFacts): string {
  if (marked === null || marked === undefined || marked.sent === 0) return '';
  if (marked.seen === 0) return `; none of ${marked.sent} GETs of our own came this way`;
  return `; ${marked.seen} of ${marked.sent} GETs of our own were seen on their way to ${marked.servedBy ?? 'the backend'}`;
}

function lostText(facts: PacketCaptureFacts, point: PointFacts): string | null {
  const between = facts.lostBetween;
  if (between !== null) {
    const lost = between.proxyToBackend + between.backendToProxy;
    const counted = facts.lostHereAndThere ?? { packets: lost, sent: between.sent };
    if (counted.packets < leastLost || counted.packets < counted.sent * leastLostShare) return null;
    const ways = [
      between.proxyToBackend > 0 ? `${between.proxyToBackend} on the way to the backend` : '',
      between.backendToProxy > 0 ? `${between.backendToProxy} on the way back` : '',
    ];
    return `${lost} of ${between.sent} packets were sent at one end and did not arrive at the other: ${ways.filter(Boolean).join(', ')}`;
  }
  const segments = point.dataSegments ?? 0;
  if (point.retransmissions < leastAgain || point.retransmissions < segments * leastAgainShare) return null;
  // Connects that get no answer, and requests to a host that is gone, are sent again too: that is no loss here and there.
  const failures = point.failures ?? {};
  const vain = (failures['unacknowledged'] ?? 0) + (failures['swallowed'] ?? 0) + point.connectUnanswered;
  if (vain > 0 && (point.answersWhole === 0 || point.retransmissions <= vain * mostAgainInVain)) return null;
  return `${point.retransmissions} of ${segments} segments had to be sent again`;
}

function connectText(point: PointFacts): string {
  const parts = [
    point.connectRefusedByRst > 0 ? `${point.connectRefusedByRst} refused with a reset` : '',
    point.connectRefusedByIcmp > 0 ? `${point.connectRefusedByIcmp} refused with an ICMP error, as a firewall does` : '',
    point.connectUnanswered > 0 ? `${point.connectUnanswered} without any answer` : '',
  ];
  return `connects fail: ${parts.filter(Boolean).join(', ')}`;
}

function closedText(point: PointFacts, count: number, facts: PacketCaptureFacts): string {
  const how = point.how.RST > point.how.FIN ? 'reset' : 'closed';
  const on = point.failedFresh === 0 ? ', all of them reused' : point.failedReused === 0 ? ', all of them fresh' : '';
  const idle = point.idleDecides === false ? ', but not after longer idle times than requests that did well' : idleText(point);
  const elsewhere =
    (facts.madeUpBetween?.toProxy ?? 0) > 0
      ? '; the backend’s end never sent these resets: something in between did'
      : (point.foreignResets ?? 0) > 0
        ? '; their time to live says that something in between sent the resets'
        : '';
  return `${count} connections were ${how} by the backend’s side before a whole answer${on}${idle}${elsewhere}`;
}

function idleText({ idleBeforeFailureSeconds: idle }: PointFacts): string {
  return idle.length > 0 ? `, idle for ${Math.min(...idle)} to ${Math.max(...idle)} s before` : '';
}

function silentText(point: PointFacts, count: number): string {
  return `${count} requests got no whole answer${(point.backendZeroWindows ?? 0) > 0 ? `; the backend stopped reading (${point.backendZeroWindows} zero windows)` : ', although the backend’s host acknowledged them'}`;
}

function again(point: PointFacts): string {
  return point.retransmissions > 0 ? `; ${point.retransmissions} segments were sent again` : '';
}
