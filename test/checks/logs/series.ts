/** Series of attempts with known answers, from a seed: what the frequency verdict is tried on. */
import { Successes } from '../../../src/checks/logs/successes.ts';
import type { Attempts } from '../../../src/checks/logs/frequency.ts';
import type { Frequency } from '../../../src/checks/error-log/facts.ts';

export type Random = () => number;

/** mulberry32: small, and the same on every machine. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Attempt {
  readonly at: number;
  readonly failed: boolean;
}

/** A second of an access log is all that is known of a success; a failure's moment is exact. */
export function attemptsOf(series: readonly Attempt[], from: number, to: number): Attempts {
  const failures: number[] = [];
  const start = Math.floor(from / 1000) * 1000;
  const counts = new Float64Array(Math.ceil((to - start) / 1000) + 1);
  for (const { at, failed } of series) {
    const bucket = Math.floor((at - start) / 1000);
    if (failed) failures.push(at);
    else counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { failures: failures.sort((a, b) => a - b), successes: new Successes(start, 1000, counts), from, to };
}

export interface Kind {
  readonly name: string;
  readonly grade: 'easy' | 'medium' | 'hard';
  readonly expected: Frequency;
  readonly outage?: boolean;
  /** Share of attempts that fail at a moment of the window (0 to 1). */
  readonly failing: (random: Random) => (place: number) => number;
  readonly requests: (random: Random) => number;
  readonly seconds: (random: Random) => number;
  /** Requests come faster where this is higher; 1 everywhere when left out. */
  /** A failed request is sent again at once with this chance, and fails again with the same. */
  readonly again?: number;
  readonly rate?: (random: Random) => (place: number) => number;
}

const between = (low: number, high: number) => (random: Random) => low + (high - low) * random();
const whole = (low: number, high: number) => (random: Random) => Math.round(low + (high - low) * random());

/** Bursts at random places that do not touch, each a given share of the window. */
function burstPlaces(random: Random, many: number, width: number): readonly number[] {
  const free = 1 - many * width * 1.6;
  const cuts = Array.from({ length: many }, () => random() * free).sort((a, b) => a - b);
  return cuts.map((cut, i) => cut + i * width * 1.6 + width * 0.3);
}
const inBurst = (places: readonly number[], width: number, place: number): boolean =>
  places.some((start) => place >= start && place < start + width);

function clusters(many: [number, number], width: [number, number], inside: [number, number], outside: number) {
  return (random: Random) => {
    const count = whole(...many)(random);
    const wide = between(...width)(random);
    const share = between(...inside)(random);
    const places = burstPlaces(random, count, wide);
    return (place: number) => (inBurst(places, wide, place) ? share : outside);
  };
}
/** Both from the same dice, so that the failures fall into the rushes. */
function rushPlaces(random: Random, many: [number, number], width: number): readonly number[] {
  return burstPlaces(randomOf(Math.floor(random() * 1e9)), many[0] + (many[1] - many[0]) / 2, width);
}
const rushes = (many: [number, number], width: number, inside: [number, number]) => (random: Random) => {
  const places = rushPlaces(rushDice(random), many, width);
  const share = between(...inside)(random);
  return (place: number) => (inBurst(places, width, place) ? share : 0);
};
const rushRate = (many: [number, number], width: number) => (random: Random) => {
  const places = rushPlaces(rushDice(random), many, width);
  return (place: number) => (inBurst(places, width, place) ? 1 : 0.1);
};
const dice = new WeakMap<Random, number>();
function rushDice(random: Random): Random {
  const seed = dice.get(random) ?? Math.floor(random() * 1e9);
  dice.set(random, seed);
  return randomOf(seed);
}
const constant = (low: number, high: number) => (random: Random) => {
  const share = between(low, high)(random);
  return () => share;
};
const outageAt = (from: [number, number], width: [number, number], inside: number, outside: number) => (random: Random) => {
  const start = between(...from)(random);
  const end = start + between(...width)(random);
  return (place: number) => (place >= start && place < end ? inside : outside);
};
/** Visits swing over the day, tenfold from the quietest to the busiest hour. */
const daily = () => (place: number) => 0.55 + 0.45 * Math.sin(place * Math.PI * 6);
const minutes = (low: number, high: number) => (random: Random) => between(low * 60, high * 60)(random);

export const kinds: readonly Kind[] = [
  { name: 'all fail', grade: 'easy', expected: 'every', failing: constant(1, 1), requests: whole(50, 5000), seconds: minutes(1, 600) },
  {
    name: 'all fail, ten requests',
    grade: 'medium',
    expected: 'every',
    failing: constant(1, 1),
    requests: whole(3, 10),
    seconds: minutes(1, 600),
  },
  {
    name: 'all but 3 % fail',
    grade: 'medium',
    expected: 'every',
    failing: constant(0.96, 0.98),
    requests: whole(200, 5000),
    seconds: minutes(1, 600),
  },
  {
    name: 'all but 4 % fail, few requests',
    grade: 'hard',
    expected: 'every',
    failing: constant(0.96, 0.97),
    requests: whole(60, 120),
    seconds: minutes(1, 60),
  },
  {
    name: 'died inside the window',
    grade: 'easy',
    expected: 'every',
    outage: true,
    failing: outageAt([0.3, 0.8], [1, 1], 1, 0),
    requests: whole(200, 20000),
    seconds: minutes(5, 600),
  },
  {
    name: 'was down at first',
    grade: 'easy',
    expected: 'every',
    outage: true,
    failing: outageAt([-0.1, 0], [0.2, 0.6], 1, 0),
    requests: whole(200, 20000),
    seconds: minutes(5, 600),
  },
  {
    name: 'down for a while, over',
    grade: 'medium',
    expected: 'every',
    outage: true,
    failing: outageAt([0.2, 0.6], [0.05, 0.3], 1, 0),
    requests: whole(400, 20000),
    seconds: minutes(5, 600),
  },
  {
    name: 'down for a while, a success now and then',
    grade: 'hard',
    expected: 'every',
    outage: true,
    failing: outageAt([0.2, 0.6], [0.1, 0.3], 0.98, 0.002),
    requests: whole(1000, 20000),
    seconds: minutes(10, 600),
    rate: daily,
  },
  {
    name: 'a restart: down for seconds',
    grade: 'hard',
    expected: 'every',
    outage: true,
    failing: outageAt([0.2, 0.8], [0.004, 0.01], 1, 0),
    requests: whole(5000, 30000),
    seconds: minutes(20, 120),
  },
  {
    name: 'bursts in which nearly all fail',
    grade: 'easy',
    expected: 'clusters',
    failing: clusters([3, 8], [0.01, 0.05], [0.85, 1], 0),
    requests: whole(2000, 20000),
    seconds: minutes(10, 600),
  },
  {
    name: 'bursts in which half fail',
    grade: 'medium',
    expected: 'clusters',
    failing: clusters([2, 8], [0.01, 0.05], [0.4, 0.7], 0),
    requests: whole(2000, 20000),
    seconds: minutes(10, 600),
  },
  {
    name: 'bursts in which a quarter fails, sporadic ones between',
    grade: 'hard',
    expected: 'clusters',
    failing: clusters([2, 6], [0.02, 0.06], [0.2, 0.35], 0.001),
    requests: whole(3000, 20000),
    seconds: minutes(10, 600),
    rate: daily,
  },
  {
    name: 'few requests, two or three bursts',
    grade: 'hard',
    expected: 'clusters',
    failing: clusters([2, 3], [0.06, 0.1], [0.6, 0.9], 0),
    requests: whole(200, 400),
    seconds: minutes(5, 600),
  },
  {
    name: 'rushes: ten times the visits, of which half fail',
    grade: 'medium',
    expected: 'clusters',
    failing: rushes([3, 6], 0.02, [0.4, 0.6]),
    requests: whole(500, 10000),
    seconds: minutes(10, 600),
    rate: rushRate([3, 6], 0.02),
  },
  {
    name: 'one rush of which half fail',
    grade: 'hard',
    expected: 'clusters',
    failing: rushes([1, 1], 0.03, [0.4, 0.6]),
    requests: whole(500, 10000),
    seconds: minutes(10, 600),
    rate: rushRate([1, 1], 0.03),
  },
  {
    name: 'bursts in which one in six fails',
    grade: 'hard',
    expected: 'clusters',
    failing: clusters([2, 5], [0.03, 0.06], [0.15, 0.2], 0),
    requests: whole(5000, 20000),
    seconds: minutes(10, 600),
  },
  {
    name: 'three restarts',
    grade: 'hard',
    expected: 'clusters',
    failing: clusters([3, 3], [0.01, 0.02], [1, 1], 0),
    requests: whole(1000, 20000),
    seconds: minutes(20, 600),
  },
  {
    name: 'two outages',
    grade: 'medium',
    expected: 'clusters',
    failing: clusters([2, 2], [0.05, 0.2], [1, 1], 0),
    requests: whole(500, 20000),
    seconds: minutes(10, 600),
  },
  {
    name: 'a third fails all the time',
    grade: 'medium',
    expected: 'clusters',
    failing: constant(0.25, 0.4),
    requests: whole(200, 5000),
    seconds: minutes(5, 600),
  },
  {
    name: 'a fifth fails all the time',
    grade: 'hard',
    expected: 'clusters',
    failing: constant(0.17, 0.22),
    requests: whole(300, 5000),
    seconds: minutes(5, 600),
    rate: daily,
  },
  {
    name: 'three quarters fail all the time',
    grade: 'hard',
    expected: 'clusters',
    failing: constant(0.7, 0.8),
    requests: whole(300, 5000),
    seconds: minutes(5, 600),
  },
  {
    name: 'one in two hundred fails',
    grade: 'easy',
    expected: 'sporadic',
    failing: constant(0.004, 0.006),
    requests: whole(2000, 50000),
    seconds: minutes(10, 1440),
  },
  {
    name: '2 % fail',
    grade: 'medium',
    expected: 'sporadic',
    failing: constant(0.015, 0.025),
    requests: whole(500, 20000),
    seconds: minutes(10, 1440),
    rate: daily,
  },
  {
    name: '4 % fail',
    grade: 'hard',
    expected: 'sporadic',
    failing: constant(0.03, 0.05),
    requests: whole(500, 20000),
    seconds: minutes(10, 1440),
    rate: daily,
  },
  {
    name: '2 % fail, few requests',
    grade: 'hard',
    expected: 'sporadic',
    failing: constant(0.02, 0.03),
    requests: whole(100, 300),
    seconds: minutes(10, 1440),
  },
  {
    name: '6 % fail',
    grade: 'hard',
    expected: 'sporadic',
    failing: constant(0.05, 0.065),
    requests: whole(1000, 20000),
    seconds: minutes(10, 1440),
  },
  {
    name: 'now and then, and the client tries again at once',
    grade: 'hard',
    expected: 'sporadic',
    failing: constant(0.005, 0.012),
    requests: whole(1000, 20000),
    seconds: minutes(10, 1440),
    again: 0.5,
  },
  {
    name: 'a handful of failures in a day',
    grade: 'medium',
    expected: 'sporadic',
    failing: constant(0.0008, 0.0015),
    requests: whole(4000, 8000),
    seconds: minutes(600, 1440),
    rate: daily,
  },
  { name: 'nothing fails', grade: 'easy', expected: 'none', failing: constant(0, 0), requests: whole(10, 5000), seconds: minutes(1, 600) },
];

/** Requests at random moments of a window that ends at a fixed time; null where the dice brought no failure that the kind needs. */
export function generate(kind: Kind, seed: number): Attempts | null {
  const random = randomOf(seed);
  const seconds = kind.seconds(random);
  const to = Date.UTC(2026, 10, 22, 6);
  const from = to - seconds * 1000;
  const failing = kind.failing(random);
  const rate = kind.rate?.(random) ?? (() => 1);
  const requests = kind.requests(random);
  const series: Attempt[] = [];
  while (series.length < requests) {
    const place = random();
    if (random() > rate(place)) continue;
    const at = from + place * seconds * 1000;
    const failed = random() < failing(place);
    series.push({ at, failed });
    if (!failed) continue;
    for (let again = 1; again < 3 && random() < (kind.again ?? 0); again++) series.push({ at: at + again * 300, failed: true });
  }
  const attempts = attemptsOf(series, from, to);
  return kind.expected !== 'none' && attempts.failures.length === 0 ? null : attempts;
}

/** A balancer of `members`: what its clients see, and the attempts on one member as they really were. */
export interface MemberKind {
  readonly name: string;
  readonly expected: Frequency;
  readonly outage?: boolean;
  /** Does an attempt on the member fail? */
  readonly failing: (random: Random) => (place: number) => number;
  readonly retryMs: number;
}

export const memberKinds: readonly MemberKind[] = [
  { name: 'a dead member', expected: 'every', failing: constant(1, 1), retryMs: 60_000 },
  { name: 'a dead member, retry=5', expected: 'every', failing: constant(1, 1), retryMs: 5000 },
  { name: 'a dead member, retry=0', expected: 'every', failing: constant(1, 1), retryMs: 0 },
  {
    name: 'a member that died inside the window',
    expected: 'every',
    outage: true,
    failing: outageAt([0.3, 0.7], [1, 1], 1, 0),
    retryMs: 60_000,
  },
  { name: 'a member with 2 % of lost connects', expected: 'sporadic', failing: constant(0.015, 0.025), retryMs: 60_000 },
  { name: 'a member with 1 % of lost connects, retry=0', expected: 'sporadic', failing: constant(0.008, 0.015), retryMs: 0 },
  { name: 'a healthy member', expected: 'none', failing: constant(0, 0), retryMs: 60_000 },
];

export interface MemberSeries {
  readonly start: number;
  readonly end: number;
  readonly requests: Float64Array;
  readonly failures: readonly number[];
  readonly members: number;
}

/** Plays a balancer with mod_proxy's rules: turn about among the members in use, a failed connect puts one out of use for `retry`. */
export function playBalancer(kind: MemberKind, seed: number): MemberSeries {
  const random = randomOf(seed);
  const members = whole(2, 4)(random);
  const seconds = between(1800, 7200)(random);
  const perSecond = between(2, 30)(random);
  const failing = kind.failing(random);
  const start = Date.UTC(2026, 10, 22, 6);
  const requests = new Float64Array(Math.ceil(seconds) + 1);
  const failures: number[] = [];
  let turn = 0;
  let outUntil = -1;
  for (let at = start; at < start + seconds * 1000; at += (-Math.log(1 - random()) / perSecond) * 1000) {
    const bucket = Math.floor((at - start) / 1000);
    requests[bucket] = (requests[bucket] ?? 0) + 1;
    turn = (turn + 1) % members;
    if (at < outUntil) {
      // Out of use: it takes no turn, and is the next one when it comes back.
      turn = 0;
      continue;
    }
    if (turn === 0 && random() < failing((at - start) / (seconds * 1000))) {
      failures.push(at);
      outUntil = at + kind.retryMs;
    }
  }
  return { start, end: start + seconds * 1000, requests, failures, members };
}

/** What an error log alone shows: moments of failures. */
export const timeKinds: readonly {
  readonly name: string;
  readonly expected: Frequency;
  readonly retryMs: number | null;
  readonly times: (random: Random) => readonly number[];
}[] = [
  {
    name: 'a failure each second',
    expected: 'every',
    retryMs: null,
    times: (random) => steady(random, whole(100, 2000)(random), between(300, 2000)(random)),
  },
  {
    name: 'a failed attempt each retry period',
    expected: 'every',
    retryMs: 60_000,
    times: (random) => retries(random, whole(10, 200)(random)),
  },
  {
    name: 'dense for a while, then nothing',
    expected: 'every',
    retryMs: null,
    times: (random) => [
      ...steady(random, 3, 2_000_000),
      ...steady(random, whole(100, 900)(random), 400).map((at) => at + 9_000_000),
      20_000_000,
    ],
  },
  {
    name: 'bursts',
    expected: 'clusters',
    retryMs: null,
    times: (random) =>
      Array.from({ length: whole(3, 9)(random) }, (_, i) => {
        const start = (i + random() * 0.5) * 900_000;
        return steady(random, whole(10, 60)(random), 200).map((at) => at + start);
      }).flat(),
  },
  {
    name: 'one now and then',
    expected: 'sporadic',
    retryMs: null,
    times: (random) => steady(random, whole(5, 80)(random), between(60_000, 3_600_000)(random)),
  },
];

function steady(random: Random, many: number, meanGap: number): readonly number[] {
  let at = 0;
  return Array.from({ length: many }, () => (at += -Math.log(1 - random()) * meanGap));
}
function retries(random: Random, many: number): readonly number[] {
  let at = 0;
  return Array.from({ length: many }, () => (at += 60_000 + random() * 3000));
}
