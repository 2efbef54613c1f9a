/**
 * When is it clear? A sequential probability ratio test (Wald 1945) on the share of failed requests while the change is in force:
 * "as before" against "at most a fifth of before", and an exact test of before against during for what the report says. Pure.
 */
import { fisher } from '../../statistics/fisher.ts';

/** Wrongly saying "it helped": 1 %. Wrongly saying "no change": 5 %. */
const alpha = 0.01;
const beta = 0.05;
/** "Helped" means that at least four of five failures are gone: the race vanishes altogether, nothing else does. */
const remaining = 0.2;
/** For a verdict the failures before must be more than a chance or two. */
const fewestBefore = 3;
/** Guard rail: put back at once when it is worse by more than chance. */
const worseP = 0.01;
const worseFailures = 5;

export interface Count {
  readonly requests: number;
  readonly failed: number;
}

/** What was before. `longestStretch`: the most requests in a row among which no more than so many failed. */
export interface Before extends Count {
  readonly longestStretch?: (failures: number) => number;
}

export type Verdict = 'helped' | 'no-change' | 'worse' | 'not-yet';

export function judge(before: Before, during: Count): { verdict: Verdict; pValue: number | null } {
  if (before.requests === 0 || during.requests === 0) return { verdict: 'not-yet', pValue: null };
  const pValue = fisher(during.failed, during.requests - during.failed, before.failed, before.requests - before.failed, 'two-sided');
  const more = during.failed * before.requests > before.failed * during.requests;
  if (more && during.failed >= worseFailures && pValue < worseP) return { verdict: 'worse', pValue };
  if (before.failed < fewestBefore) return { verdict: 'not-yet', pValue };
  const ratio = logRatio(before.failed / before.requests, during);
  // Failures that come in bursts pause by themselves.
  const isNew = during.requests > (before.longestStretch?.(during.failed) ?? 0);
  if (ratio >= Math.log((1 - beta) / alpha) && pValue < 0.05) return { verdict: isNew ? 'helped' : 'not-yet', pValue };
  if (ratio <= Math.log(beta / (1 - alpha))) return { verdict: 'no-change', pValue };
  return { verdict: 'not-yet', pValue };
}

function logRatio(share: number, during: Count): number {
  const p0 = Math.min(0.999, share);
  const p1 = p0 * remaining;
  return during.failed * Math.log(p1 / p0) + (during.requests - during.failed) * Math.log((1 - p1) / (1 - p0));
}

/** Requests without a failure that "helped" needs at the rate of before; null: failures before were too few. */
export function requestsNeeded(before: Before): number | null {
  if (before.failed < fewestBefore) return null;
  const p0 = Math.min(0.999, before.failed / before.requests);
  const byShare = Math.ceil(Math.log((1 - beta) / alpha) / Math.log((1 - p0 * remaining) / (1 - p0)));
  return Math.max(byShare, (before.longestStretch?.(0) ?? 0) + 1);
}

/** Is what came before, at its pace, too little for a verdict within so many seconds? @param spanSeconds in which it came */
export function isThin(before: Before, spanSeconds: number, seconds: number): boolean {
  const needed = requestsNeeded(before);
  return needed === null || (needed * spanSeconds) / before.requests > seconds;
}

/** How long until it is clear, in words, should nothing fail from now on. */
export function outlook(before: Before, during: Count, elapsedSeconds: number, leftSeconds: number): string {
  const needed = requestsNeeded(before);
  if (needed === null) return 'too few failures before to compare with: watching all the same';
  const missing = needed - during.requests;
  if (missing <= 0) return 'enough requests for a verdict';
  if (during.requests === 0) return `waiting for requests: about ${needed} are enough for a verdict`;
  const seconds = Math.ceil((missing * elapsedSeconds) / during.requests);
  return seconds <= leftSeconds
    ? `enough for a verdict in about ${seconds} s`
    : `a verdict takes about ${missing} more requests: too many for the time that is left, as they come now`;
}
