/**
 * Which requests that broke in flight tell that a connect succeeded just then? Where connects begin to fail, requests still go out on
 * connections that the pool holds, and break there: that says nothing of connects. Pure.
 */
import type { Series } from './moments.ts';
import type { Successes } from './successes.ts';

/** Requests that come together use up the connections of a pool within this time. */
const poolUsedUpMs = 1000;
/**
 * Under little traffic they last longer, one in each process at least; but a pool holds a handful, and a backend that dies at each request
 * breaks more than that, or a good part of them until the end.
 */
const mostPooled = 10;
const pooledShare = 0.25;

/** Connects that failed one after the other without a success in a whole second between them. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly failures: number;
}

/**
 * @param breaks moments of requests that broke in flight, ascending; @param connects of connects that failed, likewise
 * @returns of a moment of `breaks`: did its connect succeed just then?
 */
export function freshConnects(breaks: Series, connects: Series, successes: Successes): (moment: number) => boolean {
  const runs = runsOf(connects, successes);
  if (runs.length === 0) return () => true;
  const late = new Map<Run, { count: number; last: number }>();
  for (let i = 0; i < breaks.length; i++) {
    const moment = breaks.at(i) ?? 0;
    const run = runAround(runs, moment, successes);
    if (run === null || !isLate(moment, run)) continue;
    const known = late.get(run);
    if (known === undefined) late.set(run, { count: 1, last: moment });
    else {
      known.count += 1;
      known.last = moment;
    }
  }
  return (moment) => {
    const run = runAround(runs, moment, successes);
    if (run === null) return true;
    const { count, last } = late.get(run) ?? { count: 0, last: 0 };
    const untilTheEnd = last - run.from > (run.to - run.from) / 2;
    return isLate(moment, run) && (count > mostPooled || (untilTheEnd && count > (count + run.failures) * pooledShare));
  };
}

function isLate(moment: number, run: Run): boolean {
  return moment - run.from > poolUsedUpMs;
}

function runsOf(connects: Series, successes: Successes): readonly Run[] {
  const runs: Run[] = [];
  let first = 0;
  for (let i = 0; i < connects.length; i++) {
    const at = connects.at(i) ?? 0;
    const next = connects.at(i + 1);
    if (next !== undefined && successes.inside(at, next) < 1) continue;
    runs.push({ from: connects.at(first) ?? 0, to: at, failures: i + 1 - first });
    first = i + 1;
  }
  return runs;
}

/** The run that this moment lies in, follows or precedes without a success in between. */
function runAround(runs: readonly Run[], moment: number, successes: Successes): Run | null {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.from ?? 0) <= moment) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [runs[low - 1], runs[low]];
  if (before !== undefined && successes.inside(before.to, moment) < 1) return before;
  return after !== undefined && successes.inside(moment, after.from) < 1 ? after : null;
}
