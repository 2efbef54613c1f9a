/**
 * Failures in flight of one backend that keep apart from each other: what gets no answer in time on one operation and what is dropped on
 * another are two causes, one that has both on the same requests is one. Parts are told apart by operation, never by the words of the
 * lines alone: a loss, a restart and an overload write several words about one kind of request. Pure.
 */
import { findPatterns } from '../access-log/patterns.ts';
import { strataOf } from '../access-log/strata.ts';
import { dropped, timedOut } from '../error-log/errno-kinds.ts';
import type { Part } from '../error-log/facts.ts';
import type { Analysis } from './analysis.ts';
import type { Operation } from './operations.ts';
import { variable } from './path-template.ts';
import { modeOfFamily } from './roles.ts';

export const thresholds = {
  /** Fewer are no cause that could be examined by itself … */
  failures: 5,
  /** … nor is less than this of the backend's failures in flight. */
  share: 0.1,
  /** An operation has one kind of failure when hardly any of the other is among its own. */
  pure: 0.8,
  /** Failures without a request in the access log have no operation. */
  joined: 0.8,
  /** A process that ends takes the requests of others with it, at that very moment. */
  togetherMs: 100,
  /** The same where the log's times are whole seconds. */
  togetherCoarseMs: 1000,
  /** Backends with the most failures; no more are examined. */
  backends: 5,
} as const;

export interface RowsOfPart {
  readonly part: Part;
  /** Rows of the failure table. */
  readonly rows: readonly number[];
  /** Rows of the access log's suspects. */
  readonly requests: readonly number[];
  /** Operations that other parts keep to, and this one is not compared with. */
  readonly without: ReadonlySet<number>;
}

const remembered = new WeakMap<Analysis, ReadonlyMap<number, readonly RowsOfPart[]>>();

/** By backend; one whose failures in flight are of one piece is not in it. */
export function partsOf(analysis: Analysis): ReadonlyMap<number, readonly RowsOfPart[]> {
  const known = remembered.get(analysis);
  if (known !== undefined) return known;
  const found = new Map<number, readonly RowsOfPart[]>();
  const { reading, names } = analysis;
  const whole = reading.tally !== null && ![...reading.failures.beyond.values()].some(({ family }) => modeOfFamily(family) === 'in-flight');
  if (whole) {
    const inFlight = new Map<number, number[]>();
    names.ofRow.forEach((backend, row) => {
      if (backend < 0 || modeOfFamily(reading.failures.familyOf(row)) !== 'in-flight') return;
      const own = inFlight.get(backend);
      if (own) own.push(row);
      else inFlight.set(backend, [row]);
    });
    const most = [...inFlight].filter(([, rows]) => rows.length >= 2 * thresholds.failures).sort((a, b) => b[1].length - a[1].length);
    for (const [backend, rows] of most.slice(0, thresholds.backends)) {
      const parts = partsOfBackend(analysis, backend, rows);
      if (parts.length > 1) found.set(backend, parts);
    }
  }
  remembered.set(analysis, found);
  return found;
}

type Kind = 'timeouts' | 'drops';

function partsOfBackend(analysis: Analysis, backend: number, all: readonly number[]): readonly RowsOfPart[] {
  const rows = all.filter((row) => (analysis.requestOf[row] ?? -1) >= 0 && kindOf(analysis, row) !== null);
  if (rows.length < all.length * thresholds.joined) return [];
  const kept = keptBy(analysis, backend, rows);
  const held: Record<Kind, number[]> = { timeouts: [], drops: [] };
  let rest: number[] = [];
  for (const row of rows) {
    const operation = operationOf(analysis, row);
    const [late, broken] = [kept.timeouts.has(operation), kept.drops.has(operation)];
    if (late) held.timeouts.push(row);
    else if (broken) held.drops.push(row);
    else rest.push(row);
  }
  for (const kind of ['timeouts', 'drops'] as const) {
    // More of what stalls on one operation is that stall again, which holds the others up.
    const own = held[kind].filter((row) => kindOf(analysis, row) === kind).length;
    if (own < held[kind].length * thresholds.pure) return [];
  }
  // More time-outs, where an operation stalls, are those of others that it holds up.
  if (kept.timeouts.size > 0) {
    held.timeouts = [...held.timeouts, ...rest.filter((row) => kindOf(analysis, row) === 'timeouts')];
    rest = rest.filter((row) => kindOf(analysis, row) !== 'timeouts');
  }
  const apart = awayFrom(analysis, rest, [...held.timeouts, ...held.drops]);
  // Most of it comes with the others: then the rest does by chance only look as if it did not.
  const elsewhere = apart.length * 2 > rest.length ? apart : [];
  const operations = new Set([...kept.timeouts, ...kept.drops]);
  const parts: readonly [Part, readonly number[]][] = [
    ['timeouts', held.timeouts],
    ['drops', held.drops],
    ['elsewhere', elsewhere],
  ];
  return parts
    .filter(([, own]) => own.length >= thresholds.failures && own.length >= all.length * thresholds.share)
    .map(([part, own]) => ({
      part,
      rows: own.toSorted((a, b) => a - b),
      requests: own.map((row) => analysis.requestOf[row] ?? -1),
      without: part === 'elsewhere' ? operations : part === 'drops' ? kept.timeouts : kept.drops,
    }));
}

interface Kept {
  readonly operations: ReadonlySet<number>;
  /** Share of the requests of these that failed, of the one that fails most. */
  readonly rate: number;
}

const none: ReadonlySet<number> = new Set();

/** The clearer kind first: beside an operation that always stalls, whatever else fails looks as if it kept to the others. */
function keptBy(analysis: Analysis, backend: number, rows: readonly number[]): Readonly<Record<Kind, ReadonlySet<number>>> {
  const [late, broken] = [keptOperations(analysis, backend, rows, 'timeouts', none), keptOperations(analysis, backend, rows, 'drops', none)];
  return late.rate >= broken.rate
    ? { timeouts: late.operations, drops: keptOperations(analysis, backend, rows, 'drops', late.operations).operations }
    : { timeouts: keptOperations(analysis, backend, rows, 'timeouts', broken.operations).operations, drops: broken.operations };
}

/**
 * Operations that failures of this kind keep to.
 *
 * @param without operations that are not compared with
 */
function keptOperations(analysis: Analysis, backend: number, rows: readonly number[], kind: Kind, without: ReadonlySet<number>): Kept {
  const own = rows.filter((row) => kindOf(analysis, row) === kind && !without.has(operationOf(analysis, row)));
  if (own.length < thresholds.failures) return { operations: none, rate: 0 };
  const strata = strataOf(analysis, own.map((row) => analysis.requestOf[row] ?? -1), without);
  const names = [analysis.names.list[backend]?.backend ?? '', ...(analysis.names.list[backend]?.names ?? [])];
  const patterns = findPatterns(strata, own.length).patterns.filter(
    (pattern) => pattern.path !== null && (pattern.backend == null || pattern.backend.split(' ').some((name) => names.includes(name))),
  );
  const found = new Set<number>();
  for (const row of own) {
    const operation = operationOf(analysis, row);
    const asked = analysis.reading.tally?.operations.get(operation) ?? null;
    if (asked !== null && patterns.some((pattern) => isOf(asked, pattern))) found.add(operation);
  }
  return { operations: found, rate: Math.max(0, ...patterns.map(({ failed, requests }) => failed / requests)) };
}

function isOf(operation: Operation, pattern: { readonly method: string | null; readonly path: string | null }): boolean {
  if (operation.path === null || operation.method !== pattern.method) return false;
  return operation.path === pattern.path || operation.path.slice(0, operation.path.lastIndexOf('/') + 1) + variable === pattern.path;
}

function kindOf({ reading: { failures } }: Analysis, row: number): Kind | null {
  const errno = failures.errnos.name(failures.errno[row] ?? -1) ?? 'none';
  if (timedOut.includes(errno)) return 'timeouts';
  return dropped.includes(errno) ? 'drops' : null;
}

function operationOf({ reading: { tally }, requestOf }: Analysis, row: number): number {
  return tally?.operations.now(tally.suspects.operation[requestOf[row] ?? -1] ?? -1) ?? -1;
}

/** Those that failed at another moment than any of the others. */
function awayFrom({ reading: { failures } }: Analysis, rows: readonly number[], others: readonly number[]): readonly number[] {
  const at = (row: number): number => failures.at[row] ?? 0;
  const moments = Float64Array.from(others, at).sort();
  const within = [...rows, ...others].every((row) => at(row) % 1000 === 0) ? thresholds.togetherCoarseMs : thresholds.togetherMs;
  return rows.filter((row) => {
    const next = moments[firstFrom(moments, at(row) - within)];
    return next === undefined || next > at(row) + within;
  });
}

/** Place of the first that is not before this moment. */
function firstFrom(sorted: Float64Array, moment: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
