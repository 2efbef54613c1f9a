/**
 * Do failures rise with the load? The share of requests that fail in a stretch of time against the requests in it: the number of failures
 * alone rises with the number of requests however they come about. Pure.
 */
import type { Series } from './moments.ts';
import { spearman } from './statistics.ts';
import type { Successes } from './successes.ts';

/** Buckets of the window: not more, and so that one holds some requests in the mean. */
const mostBuckets = 60;
const requestsInBucket = 8;
const leastBuckets = 8;
/** Failed requests came amid so many times the requests that the others came amid, else the rate says nothing: ranks make much of little. */
const leastRatio = 1.15;

export function loadCorrelation(
  failures: Series,
  successes: Successes,
  window: { readonly from: number; readonly to: number },
): { readonly r: number; readonly buckets: number; readonly pValue: number } | null {
  const all = failures.length + successes.total;
  const buckets = Math.min(mostBuckets, Math.floor(all / requestsInBucket));
  const span = window.to - window.from + successes.widthMs;
  if (failures.length === 0 || buckets < leastBuckets || span < leastBuckets * successes.widthMs) return null;
  const width = Math.max(successes.widthMs, Math.ceil(span / buckets / successes.widthMs) * successes.widthMs);
  const count = Math.ceil(span / width);
  const failed = new Float64Array(count);
  for (let i = 0; i < failures.length; i++) {
    const place = Math.max(0, Math.min(count - 1, Math.floor(((failures.at(i) ?? 0) - window.from) / width)));
    failed[place] = (failed[place] ?? 0) + 1;
  }
  const rates: number[] = [];
  const shares: number[] = [];
  for (let i = 0; i < count; i++) {
    const good = successes.between(window.from + i * width, window.from + (i + 1) * width);
    const requests = good + (failed[i] ?? 0);
    if (requests < 1) continue;
    rates.push(requests);
    shares.push((failed[i] ?? 0) / requests);
  }
  const found = spearman(rates, shares);
  return found === null || rates.length < leastBuckets || (found.r > 0 && !differ(rates, shares)) ? null : { r: round(found.r), buckets: rates.length, pValue: found.pValue };
}

/** The mean rate that a failed request met, against that of one that succeeded. */
function differ(rates: readonly number[], shares: readonly number[]): boolean {
  const mean = (weight: (share: number) => number): number => {
    let sum = 0;
    let weights = 0;
    for (const [i, rate] of rates.entries()) {
      const requests = rate * weight(shares[i] ?? 0);
      sum += requests * rate;
      weights += requests;
    }
    return sum / weights;
  };
  return mean((share) => share) >= leastRatio * mean((share) => 1 - share);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
