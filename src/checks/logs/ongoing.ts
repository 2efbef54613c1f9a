/** Does it still happen? From the last failure's age against the rate so far, and from successes since; never from the mere fact of failures. Pure. */
import type { Verdict } from './frequency.ts';
import type { Series } from './moments.ts';
import { durationWords, plural } from './words.ts';

/** The longest of so many typical gaps may pass without a failure while it goes on. */
const gapsAllowed = 5;
/** So many gaps are looked at, of the whole time; memory is bounded. */
const mostGaps = 100_000;
const leastMs = 60_000;
/** At the share of failures so far, this many would have been expected since: their absence is no chance (e^-3 = 5 %). */
const expectedSince = 3;
/** At so many expected, the last minute tells already (e^-8). */
const surelyExpected = 8;
/** An outage is over after so many successes. */
const successesAfterOutage = 3;

export interface Recent {
  /** Moments of failures, ascending, ms. */
  readonly failures: Series;
  readonly verdict: Verdict;
  /** Requests of this backend that succeeded after the last failure; null: no log tells. */
  readonly successesSince: number | null;
  /** Share of attempts that failed; null: not known. */
  readonly share: number | null;
  /** The machine's clock. */
  readonly now: number;
}

export function judgeOngoing({ failures, verdict, successesSince, share, now }: Recent): {
  readonly ongoing: boolean | null;
  readonly because: string;
} {
  const count = failures.length;
  if (count === 0) return { ongoing: false, because: 'there was no failure' };
  const last = failures.at(-1) ?? 0;
  const age = Math.max(0, now - last);
  const ageText = `the last failure was ${durationWords(age)} ago`;
  const gap = typicalGap(failures, verdict);
  const allowed = Math.max(leastMs, gapsAllowed * gap);
  const recent = age <= allowed;
  if (successesSince === null) {
    return recent
      ? { ongoing: true, because: `${ageText}, which is no longer than such gaps were before` }
      : { ongoing: false, because: `${ageText}, much longer than between the ones before` };
  }
  const since = plural(Math.round(successesSince), 'request');
  if (verdict.frequency === 'every') {
    if (successesSince >= successesAfterOutage) return { ongoing: false, because: `${ageText}, and ${since} succeeded since` };
    if (recent) return { ongoing: true, because: `${ageText}, and nothing succeeded since` };
    return { ongoing: null, because: `${ageText}, and hardly a request came since: nothing tells` };
  }
  // Single failures come as chance has it: that many good requests and not one more failure is no chance, however short ago the last one was.
  const expected = share === null ? 0 : successesSince * share;
  if (verdict.frequency === 'sporadic' && expected >= surelyExpected && age > gapsAllowed * gap) {
    return { ongoing: false, because: `${ageText}, and ${since} succeeded since, of which ${Math.round(expected)} would have failed at the rate before` };
  }
  if (recent) return { ongoing: true, because: `${ageText}; ${durationWords(gap)} between two of them is nothing unusual` };
  if (share !== null && successesSince * share < expectedSince) {
    return { ongoing: null, because: `${ageText}, but at that rate few would have been expected among ${since} since` };
  }
  return { ongoing: false, because: `${ageText}, and ${since} succeeded since` };
}

/** A gap that is long for these failures: the 95th percentile (of some, where there are very many); between bursts, the quiet span counts. */
function typicalGap(failures: Series, verdict: Verdict): number {
  const every = Math.ceil(failures.length / mostGaps);
  const gaps = new Float64Array(Math.max(0, Math.ceil((failures.length - 1) / every)));
  for (let i = 0; i < gaps.length; i++) gaps[i] = (failures.at(i * every + 1) ?? 0) - (failures.at(i * every) ?? 0);
  gaps.sort();
  const usual = gaps[Math.floor(gaps.length * 0.95)] ?? 0;
  if (verdict.frequency !== 'clusters') return usual;
  let quiet = 0;
  for (let i = 1; i < verdict.bursts.length; i++)
    quiet = Math.max(quiet, (verdict.bursts[i]?.from ?? 0) - (verdict.bursts[i - 1]?.to ?? 0));
  // Five quiet spans would be long; two without a burst are enough.
  return Math.max(usual, (quiet * 2) / gapsAllowed);
}
