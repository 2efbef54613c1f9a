/** Which failed reuses are a matter of idle time, and which are contradicted by a connection that lay idle longer and still worked. Pure. */
import type { Rung } from './facts.ts';

/** Idle times this close (seconds) are the same: two tries at once are never the same number. */
const sameSeconds = 0.05;

/** Failed reuses with no success after an idle time as long: one failure in ten, whatever the idle time, is no forgotten connection. */
export function failedByIdleTime(rungs: readonly Rung[]): readonly Rung[] {
  const kept = rungs.filter((rung) => rung.outcome !== 'reused' && (rung.byItself === true || !outlived(rung, rungs)));
  return kept.filter((rung) => rung.byItself === true || !mayBeChance(rung, kept, rungs));
}

/** Failed reuses that a longer idle time contradicts, or that are like those. */
export function failedByChance(rungs: readonly Rung[]): readonly Rung[] {
  const byIdleTime = failedByIdleTime(rungs);
  return rungs.filter((rung) => rung.outcome !== 'reused' && !byIdleTime.includes(rung));
}

/** Where a reuse is seen to fail by chance, one more failure that no other confirms may be chance as well, though nothing lay idle for longer. */
function mayBeChance(failed: Rung, kept: readonly Rung[], rungs: readonly Rung[]): boolean {
  const chance = rungs.some((rung) => rung.outcome !== 'reused' && rung.byItself !== true && outlived(rung, rungs));
  return chance && !kept.some((other) => other !== failed);
}

function outlived(failed: Rung, rungs: readonly Rung[]): boolean {
  return rungs.some(({ outcome, seconds }) => outcome === 'reused' && seconds >= failed.seconds - sameSeconds);
}
