/**
 * Stretches of a series of attempts in which failures are denser than in the rest. Order counts, not time alone: what is measured
 * between two failures is how many attempts succeeded there, so a site with ten requests an hour is judged like one with a thousand a second.
 */
import type { Series } from './moments.ts';
import type { Successes } from './successes.ts';

export interface Burst {
  /** Moments of its first and last failure, ms. */
  readonly from: number;
  readonly to: number;
  readonly failures: number;
  /** Attempts that succeeded in between. */
  readonly successes: number;
  /** Index of the first failure, and one past the last. */
  readonly first: number;
  readonly end: number;
}

/** Successes between each failure and the next one, worked out when asked for. */
export class Gaps implements Series {
  readonly length: number;
  readonly #failures: Series;
  readonly #successes: Successes;

  constructor(failures: Series, successes: Successes) {
    this.length = Math.max(0, failures.length - 1);
    this.#failures = failures;
    this.#successes = successes;
  }

  at(index: number): number {
    return this.#successes.between(this.#failures.at(index) ?? 0, this.#failures.at(index + 1) ?? 0);
  }
}

/**
 * The stretch in which the share of failures stays highest above a limit: each failure counts 1, each success as much against it as makes
 * a stretch of exactly `share` failures worth nothing (the maximum subarray of Bentley's Programming Pearls).
 */
export function densestStretch(failures: Series, gaps: Series, share: number): Burst | null {
  if (failures.length === 0) return null;
  const cost = share / (1 - share);
  let best = { score: 0, first: 0, end: 0 };
  let score = 0;
  let first = 0;
  for (let i = 0; i < failures.length; i++) {
    const carried = i === 0 ? 0 : score - cost * (gaps.at(i - 1) ?? 0);
    if (carried <= 0) {
      first = i;
      score = 1;
    } else score = carried + 1;
    if (score > best.score) best = { score, first, end: i + 1 };
  }
  return burstOf(failures, gaps, best.first, best.end);
}

/**
 * Bursts by the likelihood ratio of two explanations: failures fall with the share `inside` here, or with the share `overall` as everywhere
 * (Page's cumulative sum). A burst counts when its evidence reaches `threshold`, and has ended when as much evidence speaks against it.
 */
export function burstsOf(
  failures: Series,
  gaps: Series,
  shares: { readonly inside: number; readonly overall: number },
  threshold: number,
): { readonly bursts: readonly Burst[]; readonly evidence: number } {
  const hit = Math.log(shares.inside / shares.overall);
  const miss = Math.log((1 - shares.inside) / (1 - shares.overall));
  const bursts: Burst[] = [];
  let evidence = 0;
  let sum = 0;
  let first = 0;
  let peak = 0;
  let peakEnd = 0;
  // Without a function for what is done twice: fractions that one closes over are objects, a new one for each failure.
  for (let i = 0; i <= failures.length; i++) {
    if (i > 0 && i < failures.length) sum += miss * (gaps.at(i - 1) ?? 0);
    if (i === failures.length || sum <= 0 || peak - sum >= threshold) {
      if (peak >= threshold) {
        bursts.push(burstOf(failures, gaps, first, peakEnd));
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
      peakEnd = i + 1;
    }
  }
  return { bursts, evidence };
}

function burstOf(failures: Series, gaps: Series, first: number, end: number): Burst {
  let successes = 0;
  for (let i = first; i < end - 1; i++) successes += gaps.at(i) ?? 0;
  return { from: failures.at(first) ?? 0, to: failures.at(end - 1) ?? 0, failures: end - first, successes, first, end };
}
