/** Which failed reuses are a matter of idle time, and which are contradicted by a connection that lay idle longer and still worked. Pure. */
import type { Rung } from './facts.ts';

/** Idle times this close (seconds) are the same: two tries at once are never the same number. */
const sameSeconds = 0.05;

/** Failed reuses with no success after an idle time as long: one failure in ten, whatever the idle time, is no forgotten connection. */
export function failedByIdleTime(rungs: readonly Rung[]): readonly Rung[] {
  return rungs.filter((rung) => rung.outcome !== 'reused' && (rung.byItself === true || !outlived(rung, rungs)));
}

/** Failed reuses that a longer idle time contradicts. */
export function failedByChance(rungs: readonly Rung[]): readonly Rung[] {
  return rungs.filter((rung) => rung.outcome !== 'reused' && rung.byItself !== true && outlived(rung, rungs));
}

function outlived(failed: Rung, rungs: readonly Rung[]): boolean {
  return rungs.some(({ outcome, seconds }) => outcome === 'reused' && seconds >= failed.seconds - sameSeconds);
}
