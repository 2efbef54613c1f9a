/** Did more requests come in a burst than at other times? An overload needs that; a backend that is gone for a while does not. */
import type { Burst } from './bursts.ts';
import type { Successes } from './successes.ts';

/** Fewer requests outside of the bursts than this tell no usual rate. */
const fewestOutside = 20;

/**
 * For each burst its rate of requests over the rate outside of all bursts (1: as usual); null where hardly any came outside.
 * @param window milliseconds since the epoch
 */
export function burstRates(bursts: readonly Burst[], failures: number, successes: Successes, window: { readonly from: number; readonly to: number }): (number | null)[] {
  // An access log knows whole seconds: a burst of less has lasted one.
  const lasted = ({ from, to }: Burst): number => Math.max(to - from, successes.widthMs);
  const requests = (burst: Burst): number => burst.failures + successes.between(burst.from, burst.from + lasted(burst));
  const sum = (of: (burst: Burst) => number): number => bursts.reduce((total, burst) => total + of(burst), 0);
  const outside = failures + successes.total - sum(requests);
  const usual = outside / (window.to - window.from - sum(lasted));
  return bursts.map((burst) => (outside < fewestOutside || !(usual > 0) ? null : requests(burst) / lasted(burst) / usual));
}
