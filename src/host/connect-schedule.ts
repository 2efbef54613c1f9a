/** Starts connects one after the other at an interval, with a bound on how many wait at the same time. */
import type { ConnectAttempt, ConnectPlan, ConnectResult, NumberedConnect } from './host.ts';
import { queue } from './queue.ts';

/** Results in the order of their ends. Leaving the loop, or the plan's signal, ends attempts under way. */
export function scheduleConnects(
  attempts: readonly ConnectAttempt[],
  plan: ConnectPlan,
  connect: (attempt: ConnectAttempt, signal: AbortSignal) => Promise<ConnectResult>,
): AsyncIterable<NumberedConnect> {
  const stop = new AbortController();
  const signal = plan.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, plan.signal]);
  const results = queue<NumberedConnect>(() => stop.abort());
  let firstAt: number | null = null;
  let next = 0;
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;
  const done = (error?: unknown) => {
    clearTimeout(timer);
    results.end(signal.aborted ? undefined : error);
  };
  signal.addEventListener('abort', () => done(), { once: true });
  const step = () => {
    clearTimeout(timer);
    if (signal.aborted) return;
    const attempt = attempts[next];
    if (attempt === undefined) {
      if (waiting === 0) done();
      return;
    }
    const now = performance.now();
    firstAt ??= now;
    const due = firstAt + next * plan.intervalMs;
    if (waiting >= plan.atOnce) return;
    if (due > now) {
      timer = setTimeout(step, due - now);
      return;
    }
    const index = next++;
    const atMs = Math.round(now - firstAt);
    waiting++;
    connect(attempt, signal).then(
      (result) => {
        waiting--;
        results.push({ ...result, index, atMs });
        step();
      },
      (error: unknown) => done(error),
    );
    step();
  };
  step();
  return results.values;
}
