/**
 * How often does a backend fail, from the moments of its failures alone: without an access log nobody knows what succeeded in between, so
 * this is the weaker verdict, and says so. Bursts in time are found as in bursts.ts, with time in the place of successes.
 */
import { thresholds as strong } from './frequency.ts';
import type { Verdict } from './frequency.ts';
import type { Burst } from './bursts.ts';
import type { Series } from './moments.ts';
import { durationWords, plural, spanWords } from './words.ts';

export const thresholds = {
  /** Failures that follow each other this quickly, all through, are taken for all requests failing. */
  everyMeanGapMs: 5000,
  /** Failures in a burst come so many times as often as in the mean; each is tried. */
  burstRates: [4, 10, 40],
  /** One burst of so many failures that holds nearly all of them is an outage rather than a cluster. */
  outageFailures: 10,
  outageHolds: 0.9,
  /** A member or worker out of use: the next failed attempt follows within this many retry periods. */
  retryPeriods: 1.6,
  /** So many of the gaps must fit. */
  retryHolds: 0.9,
} as const;

export interface FailureTimes {
  /** Ascending, ms since the epoch. */
  readonly failures: Series;
  readonly from: number;
  readonly to: number;
  /** The worker was put out of use after failed connects (AH00959, AH00940), for so long. Null: no such line. */
  readonly retryMs: number | null;
}

const weaker = 'no access log tells what succeeded in between';

/** Pure. */
export function judgeTimes(times: FailureTimes): Verdict {
  const { failures } = times;
  const failed = failures.length;
  const first = failures.at(0) ?? 0;
  const last = failures.at(-1) ?? 0;
  if (failed === 0) return { frequency: 'none', because: 'no failure on its side', outage: null, bursts: [] };
  const retry = times.retryMs;
  if (retry !== null && followRetries(failures, retry)) {
    return {
      frequency: 'every',
      because: `after each failed connect the worker was left alone for ${durationWords(retry)} and the next attempt failed too (${plural(failed, 'line')} from ${spanWords(first, last)}); ${weaker}`,
      outage: null,
      bursts: [],
    };
  }
  if (failed < strong.fewFailures) {
    return { frequency: 'sporadic', because: `only ${plural(failed, 'failure')}; ${weaker}`, outage: null, bursts: [] };
  }
  const bursts = burstsInTime(times);
  const inBursts = bursts.reduce((sum, burst) => sum + burst.failures, 0);
  const [one] = bursts;
  if (bursts.length === 1 && one && one.failures >= thresholds.outageFailures && one.failures >= failed * thresholds.outageHolds) {
    return {
      frequency: 'every',
      because: `${plural(one.failures, 'failure')} in one dense stretch (${spanWords(one.from, one.to)}), which looks like an outage; ${weaker}`,
      outage: { from: one.from, to: one.to },
      bursts: [],
    };
  }
  if (bursts.length > 0 && inBursts >= failed * strong.burstsHold) {
    return {
      frequency: 'clusters',
      because: `${plural(inBursts, 'failure')} of ${failed} fall into ${plural(bursts.length, 'burst')} with quiet spans between; ${weaker}`,
      outage: null,
      bursts,
    };
  }
  const gap = (last - first) / Math.max(1, failed - 1);
  const steady = gap <= thresholds.everyMeanGapMs;
  return {
    frequency: steady ? 'every' : 'sporadic',
    because: `${plural(failed, 'failure')}, one in ${durationWords(gap)} in the mean, without bursts; ${weaker}`,
    outage: null,
    bursts: [],
  };
}

function followRetries(failures: Series, retryMs: number): boolean {
  let fitting = 0;
  for (let i = 1; i < failures.length; i++) {
    if ((failures.at(i) ?? 0) - (failures.at(i - 1) ?? 0) <= retryMs * thresholds.retryPeriods + 2000) fitting += 1;
  }
  return failures.length > 1 && fitting >= (failures.length - 1) * thresholds.retryHolds;
}

function burstsInTime(times: FailureTimes): readonly Burst[] {
  const { failures, from, to } = times;
  const span = Math.max(to, failures.at(-1) ?? 0) - Math.min(from, failures.at(0) ?? 0);
  const rate = failures.length / Math.max(1, span);
  const threshold = Math.log(failures.length / strong.burstByChance);
  let best: { bursts: Burst[]; evidence: number } = { bursts: [], evidence: 0 };
  for (const times of thresholds.burstRates) {
    const hit = Math.log(times);
    const miss = (times - 1) * rate;
    const found = excursions(failures, hit, miss, threshold);
    if (found.evidence > best.evidence) best = found;
  }
  return best.bursts.filter((burst) => burst.failures >= strong.burstFailures);
}

/** Page's cumulative sum over a point process: each failure speaks for a burst, each millisecond without one against it. */
function excursions(failures: Series, hit: number, miss: number, threshold: number): { bursts: Burst[]; evidence: number } {
  const bursts: Burst[] = [];
  let evidence = 0;
  let sum = 0;
  let peak = 0;
  let first = 0;
  let end = 0;
  // Without a function for what is done twice: fractions that one closes over are objects, a new one for each failure.
  for (let i = 0; i <= failures.length; i++) {
    if (i > 0 && i < failures.length) sum -= miss * ((failures.at(i) ?? 0) - (failures.at(i - 1) ?? 0));
    if (i === failures.length || sum <= 0 || peak - sum >= threshold) {
      if (peak >= threshold) {
        bursts.push({ from: failures.at(first) ?? 0, to: failures.at(end - 1) ?? 0, failures: end - first, successes: 0, first, end });
        evidence += peak;
      }
      sum = 0;
      peak = 0;
    }
    if (i === failures.length) break;
    if (sum === 0) first = i;
    sum += hit;
    if (sum > peak) {
      peak = sum;
      end = i + 1;
    }
  }
  return { bursts, evidence };
}
