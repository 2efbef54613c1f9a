/** The verdicts of one capture point, counted. Pure. */
import type { Connection, Piece } from '../../httpd/wire/connections.ts';
import type { PointFacts } from './facts.ts';
import type { Verdict } from './verdicts.ts';

/** Enough to look them up in the file. */
const mostExamples = 8;
const mostIdleTimes = 50;
/** Fewer failures or good requests on reused connections do not tell whether idle time matters. */
const leastIdleTimes = 3;
/** This share of the failures must come after idle times that hardly any good request had. */
const mostLonger = 0.8;

export interface PointInput {
  readonly side: 'proxy' | 'backend';
  readonly packets: number;
  readonly verdicts: readonly Verdict[];
  readonly file: string | null;
  readonly droppedByCapture: number;
}

export function pointOf({ side, packets, verdicts, file, droppedByCapture }: PointInput): PointFacts {
  const failed = verdicts.flatMap((verdict) => (verdict.failed === null ? [] : [verdict.failed]));
  const exchanges = verdicts.flatMap((verdict) => verdict.exchanges);
  const all = verdicts.flatMap(({ connection }) => [...connection.toBackend.pieces, ...connection.toProxy.pieces]);
  const count = <T>(list: readonly T[], test: (one: T) => boolean): number => list.reduce((sum, one) => sum + Number(test(one)), 0);
  const inFlight = failed.filter(
    ({ failure }) => failure !== 'refused-rst' && failure !== 'refused-icmp' && failure !== 'connect-unanswered',
  );
  const tally: Record<string, number> = {};
  for (const { failure } of failed) tally[failure] = (tally[failure] ?? 0) + 1;
  const underWay = new Set(verdicts.flatMap((verdict) => (verdict.failed === null ? verdict.exchanges.slice(-1) : [])));
  return {
    side,
    packets,
    connections: verdicts.length,
    closedFirst: {
      proxy: count(inFlight, ({ closedFirst }) => closedFirst === 'proxy'),
      backend: count(inFlight, ({ closedFirst }) => closedFirst === 'backend'),
      nobody: count(inFlight, ({ closedFirst }) => closedFirst === 'nobody'),
    },
    how: { FIN: count(inFlight, ({ how }) => how === 'FIN'), RST: count(inFlight, ({ how }) => how === 'RST') },
    requestsSentWhole: count(exchanges, ({ request }) => request.whole === 'yes'),
    requestsSentPartly: count(exchanges, (one) => one.request.whole === 'no' && !underWay.has(one)),
    answersWhole: count(exchanges, ({ answer }) => answer.whole === 'yes'),
    answersPartly: count(exchanges, (one) => one.answer.whole === 'no' && one.answer.firstUs !== null && !underWay.has(one)),
    answersNone: count(exchanges, (one) => one.answer.firstUs === null && !underWay.has(one)),
    failedReused: count(inFlight, ({ reused }) => reused),
    failedFresh: count(inFlight, ({ reused }) => !reused),
    ...idleTimes(verdicts),
    retransmissions: count(all, (piece) => piece.again),
    zeroWindows: count(all, (piece) => piece.window === 0 && !piece.syn && !piece.rst),
    backendZeroWindows: count(
      verdicts.flatMap(({ connection }) => connection.toProxy.pieces),
      (piece) => piece.window === 0 && !piece.syn && !piece.rst,
    ),
    connectRefusedByRst: tally['refused-rst'] ?? 0,
    connectRefusedByIcmp: tally['refused-icmp'] ?? 0,
    connectUnanswered: tally['connect-unanswered'] ?? 0,
    file,
    failures: tally,
    exchanges: exchanges.length,
    untold: count(exchanges, (one) => one.answer.whole === 'unknown' || (underWay.has(one) && one.answer.whole !== 'yes')),
    encrypted: count(verdicts, ({ encrypted }) => encrypted),
    dataSegments: count(all, (piece) => piece.end > piece.start && !piece.probe),
    foreignResets: count(verdicts, ({ connection }) => hasForeignReset(connection)),
    tooBig: count(verdicts, ({ connection }) => connection.icmp.some(({ what }) => what === 'too-big')),
    droppedByCapture,
    examples: verdicts.flatMap(example).slice(0, mostExamples),
  };
}

type IdleTimes = Pick<PointFacts, 'idleBeforeFailureSeconds' | 'idleBeforeGoodSeconds' | 'idleDecides'>;

/** The race shows itself in this: what fails on reused connections fails after longer idle times than what does well there. */
function idleTimes(verdicts: readonly Verdict[]): IdleTimes {
  const bad = verdicts.flatMap(({ failed }) => (failed === null || failed.idleSeconds === null ? [] : [failed.idleSeconds]));
  const good = verdicts
    .flatMap(({ exchanges }) =>
      exchanges.flatMap((one) => (one.idleSeconds === null || one.answer.whole !== 'yes' ? [] : [one.idleSeconds])),
    )
    .sort((a, b) => a - b);
  const at = (share: number): number => good[Math.min(good.length - 1, Math.floor(good.length * share))] ?? 0;
  const longer = bad.filter((idle) => idle > at(0.95)).length;
  return {
    idleBeforeFailureSeconds: bad.map(rounded).slice(0, mostIdleTimes),
    idleBeforeGoodSeconds: good.length === 0 ? null : { count: good.length, p50: rounded(at(0.5)), max: rounded(good.at(-1) ?? 0) },
    idleDecides: bad.length < leastIdleTimes || good.length < leastIdleTimes ? null : longer >= bad.length * mostLonger,
  };
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** A reset from the host has travelled as far as its other packets; one made up on the way has not (or says something else). */
function hasForeignReset(connection: Connection): boolean {
  const own = connection.toProxy.pieces.filter((piece) => !piece.rst);
  const ttls = new Set(own.map((piece) => piece.ttl));
  if (ttls.size !== 1) return false;
  const [usual = 0] = ttls;
  return connection.toProxy.pieces.some((piece) => piece.rst && differs(piece, usual));
}

/** A kernel sends resets with its default, programs their sockets' time to live: both start at round numbers. */
function differs(piece: Piece, usual: number): boolean {
  const hops = (ttl: number): number => [64, 128, 255].map((start) => start - ttl).find((distance) => distance >= 0) ?? 0;
  return hops(piece.ttl) !== hops(usual);
}

function example(verdict: Verdict): NonNullable<PointFacts['examples']> {
  const { failed, connection } = verdict;
  if (failed === null) return [];
  const { exchange } = failed;
  const idle = failed.idleSeconds === null ? '' : ` after ${failed.idleSeconds.toFixed(1)} s idle`;
  const on = exchange === null ? '' : failed.reused ? `, on a reused connection${idle}` : ', on a fresh connection';
  return [
    {
      at: new Date(failed.atUs / 1000).toISOString(),
      port: connection.proxy.port,
      failure: failed.failure,
      request: exchange?.request.startLine ?? null,
      text: `${words(verdict, failed)}${on}`,
    },
  ];
}

function words({ connection }: Verdict, failed: NonNullable<Verdict['failed']>): string {
  const how = failed.how === 'RST' ? 'reset' : 'closed (FIN)';
  const sent = failed.exchange?.request.whole === 'no' ? 'part of the request was sent' : 'the request was sent whole';
  const answer = failed.exchange === null || failed.exchange.answer.firstUs === null ? 'no answer had come' : 'the answer had begun';
  switch (failed.failure) {
    case 'closed-early':
      return failed.exchange === null ? `the backend ${how} before a request was sent` : `the backend ${how}: ${sent}, ${answer}`;
    case 'silent':
      return `${sent}, ${answer}; ${failed.closedFirst === 'nobody' ? 'nobody had closed at the end of the capture' : `the proxy ${how}`}`;
    case 'request-incomplete':
      return `the proxy sent only part of the request although the backend took all of it; ${failed.closedFirst === 'nobody' ? 'it stood still at the end of the capture' : `the proxy ${how}`}`;
    case 'swallowed':
    case 'unacknowledged':
      return 'what the proxy sent was never acknowledged, however often it was sent again';
    case 'refused-rst':
      return 'the connect was refused with a reset';
    case 'refused-icmp':
      return `the connect was refused with an ICMP error from ${connection.icmp[0]?.from ?? 'somewhere'}`;
    case 'connect-unanswered':
      return `the connect got no answer (${connection.syns} SYN)`;
  }
}
