/**
 * How often does a backend fail: `every`, `clusters`, `sporadic` or `none` (the article’s points A13 to A18)? Judged from the order of attempts
 * that failed and that succeeded. All thresholds stand in `thresholds`; docs/frequency.md shows how well they do on series with known answers.
 */
import type { Frequency } from '../error-log/facts.ts';
import { burstsOf, densestStretch, Gaps } from './bursts.ts';
import type { Burst } from './bursts.ts';
import type { Series } from './moments.ts';
import { percent, plural, spanWords } from './words.ts';
import { wilsonLower } from './statistics.ts';
import type { Successes } from './successes.ts';

export const thresholds = {
  /** `every`: "(nearly) all requests fail, but for a few per cent". */
  every: 0.92,
  /** An outage holds this share of all failures … */
  outageHolds: 0.9,
  /** … outside of it no more than this share of requests fails ("before and after all is well") … */
  outsideOutage: 0.03,
  /** … and it has so many failures: five in a row are no chance at a few per cent. Three do where nothing succeeded after (or before) them. */
  outageFailures: 5,
  outageFailuresAtEdge: 3,
  /** An outage of fewer buckets than this is judged with the successes of its first and last second, a longer one without: their order is not known. */
  outageBuckets: 3,
  /** So many failures in so short a time are a rush that was turned away, and what it got is written after it: nothing is restarted as fast. */
  rushFailures: 20,
  rushMs: 100,
  /** An outage of so many buckets takes in all that failed in its first and last second: the order of these to the successes there is not known. */
  edgeBuckets: 2,
  /** `sporadic`: "a few per cent at most". More than this, shown with 95 % certainty, is no longer a few. */
  fewPerCent: 0.08,
  /** A burst: at least so many failures … */
  burstFailures: 5,
  /** … so close that chance alone makes one such burst in this share of logs. */
  burstByChance: 0.01,
  /** Shares of failures inside of bursts that are tried; the one that explains the series best is taken. At least this many times the overall share. */
  burstShares: [0.12, 0.25, 0.5, 0.9],
  burstAboveOverall: 1.5,
  /** `clusters`: bursts hold this share of the failures. */
  burstsHold: 0.6,
  /** Below so many attempts or failures the verdict says how few they are. */
  fewAttempts: 20,
  fewFailures: 5,
} as const;

export interface Attempts {
  /** Moments at which failed attempts began, ms since the epoch, ascending. */
  readonly failures: Series;
  readonly successes: Successes;
  /** Successes between each failure and the next, where something tells better than counts per second (the order of lines). */
  readonly gaps?: Series | null;
  /** The window that the successes were counted in. */
  readonly from: number;
  readonly to: number;
}

export interface Verdict {
  readonly frequency: Frequency;
  /** A sentence without its full stop. */
  readonly because: string;
  readonly outage: { readonly from: number; readonly to: number } | null;
  readonly bursts: readonly Burst[];
}

/** Pure. */
export function judgeFrequency(attempts: Attempts): Verdict {
  const { failures, successes } = attempts;
  const failed = failures.length;
  if (failed === 0) return { frequency: 'none', because: 'no failure on its side', outage: null, bursts: [] };
  const all = failed + successes.total;
  const gaps = attempts.gaps ?? new Gaps(failures, successes);
  const share = failed / all;
  const shareText = `${percent(failed, all)} of ${plural(Math.round(all), 'request')}`;

  const outage = outageIn(attempts, gaps);
  if (outage !== null) {
    const span = spanWords(outage.from, outage.to);
    return {
      frequency: 'every',
      because: `${plural(outage.failures, 'request')} in a row failed from ${span}${nearlyAll(outage)}; outside of that ${outsideText(attempts, outage)}`,
      outage: { from: outage.from, to: outage.to },
      bursts: [],
    };
  }
  if (share >= thresholds.every)
    return { frequency: 'every', because: `${shareText} failed${fewText(failed, all)}`, outage: null, bursts: [] };

  const bursts = clearestBursts(failures, gaps, share);
  const inBursts = bursts.reduce((sum, burst) => sum + burst.failures, 0);
  if (inBursts >= failed * thresholds.burstsHold && bursts.length > 0) {
    return {
      frequency: 'clusters',
      because: `${plural(inBursts, 'failure')} of ${failed} fall into ${plural(bursts.length, 'burst')} with successes around them; ${shareText} failed`,
      outage: null,
      bursts,
    };
  }
  if (failed >= thresholds.fewFailures && wilsonLower(failed, all) >= thresholds.fewPerCent) {
    return {
      frequency: 'clusters',
      because: `${shareText} failed, mixed with successes all the time: more than single failures, and not all${fewText(failed, all)}`,
      outage: null,
      bursts,
    };
  }
  return {
    frequency: 'sporadic',
    because:
      failed < thresholds.fewFailures
        ? `${shareText} failed: too few to tell more than that they are single failures`
        : `${shareText} failed, one here and one there, no more together than chance brings${fewText(failed, all)}`,
    outage: null,
    bursts: [],
  };
}

/** One flat stretch without a success (but for a few per cent) that holds nearly all failures and does not fill the window. */
function outageIn(attempts: Attempts, gaps: Series): Burst | null {
  const { failures, successes, from, to } = attempts;
  const densest = densestStretch(failures, gaps, thresholds.every);
  if (densest === null) return null;
  const long = densest.to - densest.from >= thresholds.outageBuckets * successes.widthMs;
  const stretch = withItsEdgeSeconds(densest, failures, successes);
  if (stretch.failures < failures.length * thresholds.outageHolds) return null;
  // Lines in order tell what succeeded inside even of a short stretch.
  const within = long && attempts.gaps == null ? successes.inside(stretch.from, stretch.to) : stretch.successes;
  const outside = successes.total - within;
  if (outside < 1 || within / (within + stretch.failures) > 1 - thresholds.every) return null;
  const failedOutside = failures.length - stretch.failures;
  if (failedOutside / (failedOutside + outside) > thresholds.outsideOutage) return null;
  const after = successes.between(stretch.to, to + successes.widthMs) - sameBucket(successes, stretch.to);
  const before = successes.between(from - successes.widthMs, stretch.from);
  const atEdge = after < 1 || before < 1;
  if (stretch.to - stretch.from < thresholds.rushMs && stretch.failures >= thresholds.rushFailures) return null;
  const enough = atEdge ? thresholds.outageFailuresAtEdge : thresholds.outageFailures;
  return stretch.failures >= enough ? { ...stretch, successes: within } : null;
}

/**
 * A failure that took its time began in a second that is known and at a moment in it that is not: what failed in the first or last second of
 * a stretch of some length belongs to it, whatever succeeded in that second. Where nothing did, the stretch began in the last second that saw
 * a failure before, and ended in the first that saw one after.
 */
function withItsEdgeSeconds(stretch: Burst, failures: Series, successes: Successes): Burst {
  const { start, widthMs } = successes;
  if (stretch.to - stretch.from < thresholds.edgeBuckets * widthMs) return stretch;
  const bucket = (moment: number): number => Math.floor((moment - start) / widthMs);
  const succeededAt = (moment: number): boolean => successes.between(start + bucket(moment) * widthMs, start + (bucket(moment) + 1) * widthMs) >= 1;
  let { first, end } = stretch;
  const [before, after] = [first === 0 ? undefined : failures.at(first - 1), failures.at(end)];
  const from = before !== undefined && !succeededAt(stretch.from) && successes.inside(before, stretch.from) < 1 ? before : stretch.from;
  const to = after !== undefined && !succeededAt(stretch.to) && successes.inside(stretch.to, after) < 1 ? after : stretch.to;
  while (first > 0 && bucket(failures.at(first - 1) ?? 0) === bucket(from)) first -= 1;
  while (end < failures.length && bucket(failures.at(end) ?? 0) === bucket(to)) end += 1;
  return { ...stretch, first, end, failures: end - first, from: failures.at(first) ?? 0, to: failures.at(end - 1) ?? 0 };
}

/** Successes in the bucket of a moment: before it or after it, nobody knows. */
function sameBucket(successes: Successes, moment: number): number {
  const end = successes.start + (Math.floor((moment - successes.start) / successes.widthMs) + 1) * successes.widthMs;
  return successes.between(moment, end);
}

function clearestBursts(failures: Series, gaps: Series, overall: number): readonly Burst[] {
  const threshold = Math.log(failures.length / thresholds.burstByChance);
  let best: { readonly bursts: readonly Burst[]; readonly evidence: number } = { bursts: [], evidence: 0 };
  const least = Math.min(0.9, overall * thresholds.burstAboveOverall);
  for (const inside of new Set(thresholds.burstShares.map((share) => Math.max(share, least)))) {
    if (inside <= overall) continue;
    const found = burstsOf(failures, gaps, { inside, overall }, threshold);
    if (found.evidence > best.evidence) best = found;
  }
  return best.bursts.filter((burst) => burst.failures >= thresholds.burstFailures);
}

function nearlyAll(outage: Burst): string {
  return outage.successes >= 1
    ? ` (${plural(Math.round(outage.successes), 'success', 'successes')} in between)`
    : ' without a success in between';
}

function outsideText(attempts: Attempts, outage: Burst): string {
  const succeeded = Math.round(attempts.successes.total - outage.successes);
  const failed = attempts.failures.length - outage.failures;
  return failed === 0 ? `all of ${plural(succeeded, 'request')} succeeded` : `${failed} of ${plural(succeeded + failed, 'request')} failed`;
}

/** Few attempts or failures: the reader must know. */
function fewText(failed: number, all: number): string {
  if (all < thresholds.fewAttempts) return ` (few requests: ${Math.round(all)})`;
  return failed < thresholds.fewFailures ? ` (few failures: ${failed})` : '';
}
