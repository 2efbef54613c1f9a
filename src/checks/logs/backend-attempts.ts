/** One backend's attempts: its failures with the moments at which they began, and the requests that succeeded. */
import type { Mode } from '../error-log/facts.ts';
import { families } from '../error-log/facts.ts';
import type { Analysis } from './analysis.ts';
import { disabling } from './failure-table.ts';
import type { Beyond, FailureTable } from './failure-table.ts';
import { memberSuccesses } from './member-successes.ts';
import { Moments } from './moments.ts';
import { backendSide, modeOfFamily } from './roles.ts';
import { Successes } from './successes.ts';
import type { Way } from './ways.ts';

/** httpd's default for `retry`. */
const defaultRetryMs = 60_000;
/** The access log must reach over this share of a backend's failures, else it tells nothing of their time. */
const overlaps = 0.5;
/** Requests that came to light so long after the access log's last line are still its own. */
const lateMs = 600_000;

export interface BackendAttempts {
  readonly backend: number;
  /** Rows of the failure table, all modes. */
  readonly rows: readonly number[];
  /** Failures that the table had no row for. */
  readonly beyond: readonly Beyond[];
  /** Moments at which the failed attempts of each mode began. */
  readonly moments: (modes: readonly Mode[]) => Moments;
  /** Successes between each of these moments and the next, by the order of the access log's lines; null: they do not tell. */
  readonly gaps: (modes: readonly Mode[]) => Float64Array | null;
  /** Attempts that succeeded; null: no access log tells. */
  readonly successes: Successes | null;
  /** Requests that a worker out of use refused, with no line in the error log, by their start. */
  readonly refused: readonly number[];
  /** Connects that failed put the worker out of use for so long; null: no sign of that. */
  readonly retryMs: number | null;
  /** Others answer the same requests too (a balancer). */
  readonly shared: boolean;
}

/** @param rows rows of the failure table by backend */
export function attemptsOf(analysis: Analysis, backend: number, rows: readonly number[]): BackendAttempts {
  const { reading, requestOf, ways, names } = analysis;
  const { failures, tally } = reading;
  const retryMs = retryOf(analysis, backend);
  const began = valuesOf(rows, (row) => startOf(analysis, row, requestOf[row] ?? -1));
  const beyond = [...failures.beyond.values()].filter((one) => one.backend !== null && names.find(one.backend) === backend);
  const own = ways.of[backend] ?? [];
  const usable = tally !== null && own.length > 0 && reachesOver(rows, failures.at, tally.first, Math.max(tally.last, tally.lastEnd));
  const shared = own.some((way) => way.shared);
  const refused = usable && retryMs !== null && !shared ? refusedSilently(analysis, own, rows, retryMs) : [];
  const remembered = new Map<string, Moments>();
  const moments = (modes: readonly Mode[]): Moments => {
    const key = modes.join(' ');
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const wanted = new Set(families.filter((family) => modes.includes(modeOfFamily(family))));
    const sorted = inTime(failures, {
      rows: rows.length,
      isWanted: (i) => wanted.has(failures.familyOf(rows[i] ?? 0)),
      at: (i) => began[i] ?? 0,
      further: modes.includes('connect') ? refused : [],
      beyond: beyond.filter((one) => wanted.has(one.family)),
    });
    remembered.set(key, sorted);
    return sorted;
  };
  const successes = usable ? successesOf(analysis, backend, retryMs) : null;
  const ordered = successes !== null && !shared && beyond.length === 0 && inOrder(analysis, own);
  const gaps = (modes: readonly Mode[]): Float64Array | null =>
    ordered && successes !== null && refused.length === 0 ? gapsByOrder(analysis, own, rows, began, modes, successes) : null;
  return { backend, rows, beyond, moments, gaps, successes, refused, retryMs, shared };
}

/** All requests of this backend were written to one log, and counted by one counter. */
function inOrder({ reading }: Analysis, own: readonly Way[]): boolean {
  const groups = own.map((way) => reading.tally?.groups[way.group]);
  const counters = new Set(groups.map((group) => group?.counter));
  const sharing = reading.tally?.groups.filter((group) => counters.has(group.counter)).length ?? 0;
  return counters.size === 1 && sharing === groups.length && groups.every((group) => group?.mixed === false);
}

/** A failure that came at once is written in its place among the requests that succeeded; one that took its time is not. */
const atOnceMs = 1500;

function gapsByOrder(
  analysis: Analysis,
  own: readonly Way[],
  rows: readonly number[],
  began: Float64Array,
  modes: readonly Mode[],
  successes: Successes,
): Float64Array {
  const { reading, requestOf } = analysis;
  const { failures, tally } = reading;
  const servedBefore = servedSuspects(analysis, own);
  const wanted = new Set(families.filter((family) => modes.includes(modeOfFamily(family))));
  const order = rows.map((row, i) => ({ row, at: began[i] ?? 0 })).filter(({ row }) => wanted.has(failures.familyOf(row)));
  order.sort((a, b) => a.at - b.at);
  const place = (row: number): number => {
    const request = requestOf[row] ?? -1;
    if (request < 0 || tally === null || (failures.at[row] ?? 0) - (tally.suspects.start[request] ?? 0) > atOnceMs) return -1;
    return (tally.suspects.goodBefore[request] ?? -1) + (servedBefore[request] ?? 0);
  };
  const gaps = new Float64Array(Math.max(0, order.length - 1));
  for (let i = 0; i < gaps.length; i++) {
    const [left, right] = [order[i], order[i + 1]];
    if (left === undefined || right === undefined) continue;
    const [from, to] = [place(left.row), place(right.row)];
    gaps[i] = from < 0 || to < 0 ? successes.between(left.at, right.at) : Math.max(0, to - from);
  }
  return gaps;
}

/** By suspect: how many before it went the same way and turned out to be served (a client's answers around one that broke off). */
function servedSuspects({ reading, explanations }: Analysis, own: readonly Way[]): Int32Array {
  const suspects = reading.tally?.suspects;
  const before = new Int32Array(suspects?.length ?? 0);
  const groups = new Set(own.map((way) => way.group));
  let served = 0;
  for (let row = 0; row < before.length; row++) {
    before[row] = served;
    if (isServed(explanations[row]) && groups.has(suspects?.group[row] ?? -1)) served += 1;
  }
  return before;
}

/** The backend answered it, be it with an error of its own. */
function isServed(explanation: Analysis['explanations'][number] | undefined): boolean {
  return explanation === 'application' || explanation === 'served';
}

interface Wanted {
  readonly rows: number;
  /** By the place of a row among them. */
  readonly isWanted: (index: number) => boolean;
  readonly at: (index: number) => number;
  readonly further: readonly number[];
  readonly beyond: readonly Beyond[];
}

/** Moments of rows and of what no row was left for. */
export function inTime(failures: FailureTable, { rows, isWanted, at, further, beyond }: Wanted): Moments {
  let size = further.length;
  for (let i = 0; i < rows; i++) if (isWanted(i)) size += 1;
  const moments = new Float64Array(size);
  let next = 0;
  for (let i = 0; i < rows; i++) if (isWanted(i)) moments[next++] = at(i);
  moments.set(further, next);
  return Moments.withCounts(ascending(moments), failures.beyondSeries, beyond.map((one) => one.series), beyond.reduce((last, one) => Math.max(last, one.last), 0));
}

/** As Float64Array.from, which goes through an iterator and takes ten times as long. */
function valuesOf(rows: readonly number[], value: (row: number) => number): Float64Array {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = value(rows[i] ?? 0);
  return values;
}

/** Sorts in place, unless that is done already: lines of a log mostly come in order, and looking is a tenth of the work. */
function ascending(values: Float64Array): Float64Array {
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) < (values[i - 1] ?? 0)) return values.sort();
  return values;
}

/**
 * When the attempt began. A connect that is refused fails at once; a time-out is noticed long after, and what succeeded in the meantime
 * succeeded later than it.
 */
export function startOf({ reading }: Analysis, row: number, request: number): number {
  const at = reading.failures.at[row] ?? 0;
  const { tally } = reading;
  if (request < 0 || tally === null) return at;
  const start = tally.suspects.start[request] ?? at;
  const duration = tally.suspects.durationMs[request] ?? NaN;
  if (Number.isNaN(duration)) return at - start < 1500 ? at : start + 500;
  return Math.max(start, Math.min(start + 999, at - duration));
}

function reachesOver(rows: readonly number[], at: Float64Array, first: number, last: number): boolean {
  let inside = 0;
  for (let i = 0; i < rows.length; i++) {
    const moment = at[rows[i] ?? 0] ?? 0;
    if (moment >= first - 1000 && moment <= last + lateMs) inside += 1;
  }
  return inside >= rows.length * overlaps;
}

/** The worker's `retry`, where its errors take it out of use: lines say so, or it is a balancer's member. */
function retryOf({ reading, names }: Analysis, backend: number): number | null {
  let found = false;
  let retryMs: number | null = null;
  for (const pairing of reading.pairings) {
    for (const [name, disabled] of pairing.disabled) {
      if (names.find(name) !== backend) continue;
      found = true;
      retryMs = disabled.retryMs ?? retryMs;
    }
  }
  const setting = reading.parameters.config?.backends.find((one) => names.find(one.backend) === backend);
  const configured = setting?.parameters['retry'] === undefined ? null : Number.parseInt(setting.parameters['retry'].value, 10) * 1000;
  if (!found && setting?.balancer == null) return null;
  return retryMs ?? (configured === null || Number.isNaN(configured) ? defaultRetryMs : configured);
}

/** 503s without a line while the worker was out of use after its last failed connect. */
function refusedSilently(
  { reading, explanations }: Analysis,
  own: readonly { readonly group: number }[],
  rows: readonly number[],
  retryMs: number,
): readonly number[] {
  const { tally, failures } = reading;
  if (tally === null) return [];
  const groups = new Set(own.map((way) => way.group));
  const connects = Float64Array.from(
    rows.filter((row) => failures.familyOf(row) === 'connect-failed').map((row) => failures.at[row] ?? 0),
  ).sort();
  const refused: number[] = [];
  for (let row = 0; row < tally.suspects.length; row++) {
    if (tally.suspects.status[row] !== 503 || !groups.has(tally.suspects.group[row] ?? -1)) continue;
    const explanation = explanations[row];
    if (explanation !== 'silent' && explanation !== 'unexplained') continue;
    const start = tally.suspects.start[row] ?? 0;
    const before = lastBefore(connects, start + 1000);
    if (before !== null && start - before <= retryMs) refused.push(start);
  }
  return refused;
}

function lastBefore(sorted: Float64Array, moment: number): number | null {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= moment) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : (sorted[low - 1] ?? null);
}

function successesOf(analysis: Analysis, backend: number, retryMs: number | null): Successes | null {
  const { reading, ways, explanations } = analysis;
  const { tally, failures } = reading;
  if (tally === null) return null;
  const width = tally.series.widthMs;
  const first = Math.floor(tally.first / width);
  const size = Math.max(1, Math.floor(tally.last / width) - first + 1);
  const direct = new Float64Array(size);
  const all = new Float64Array(size);
  let share = 0;
  const groups = new Map((ways.of[backend] ?? []).map((way) => [way.group, way]));
  for (const way of groups.values()) {
    const group = tally.groups[way.group];
    if (group === undefined) continue;
    tally.series.addTo(group.series, way.shared ? all : direct, first);
    share = Math.max(share, way.shared ? way.share : 0);
  }
  for (let row = 0; row < tally.suspects.length; row++) {
    const way = groups.get(tally.suspects.group[row] ?? -1);
    if (way === undefined) continue;
    const place = Math.floor((tally.suspects.start[row] ?? 0) / width) - first;
    if (!isServed(explanations[row])) continue;
    if (way.shared) all[place] = (all[place] ?? 0) + 1;
    else direct[place] = (direct[place] ?? 0) + 1;
  }
  if (share === 0) return new Successes(first * width, width, direct);
  // A failure that its client saw is no request that a sibling served.
  const failedOver = analysis.names.ofRow.reduce<number[]>((sofar, number, row) => {
    const own = number === backend && backendSide.includes(modeOfFamily(failures.familyOf(row))) && (analysis.requestOf[row] ?? -1) < 0;
    if (own) sofar.push(failures.at[row] ?? 0);
    return sofar;
  }, []);
  const disabled = analysis.names.ofRow.reduce<number[]>((sofar, number, row) => {
    if (number === backend && (failures.has(row, disabling) || failures.familyOf(row) === 'connect-failed'))
      sofar.push(failures.at[row] ?? 0);
    return sofar;
  }, []);
  const member = memberSuccesses(
    { start: first * width, widthMs: width, counts: all },
    { share, retryMs: retryMs ?? 0 },
    Float64Array.from(failedOver).sort(),
    Float64Array.from(disabled).sort(),
  );
  if (direct.every((count) => count === 0)) return member;
  const together = new Float64Array(size);
  for (let i = 0; i < size; i++) together[i] = (direct[i] ?? 0) + member.between((first + i) * width, (first + i + 1) * width);
  return new Successes(first * width, width, together);
}
