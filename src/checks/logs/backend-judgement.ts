/** What the logs say of one backend: counts, how often, whether it still happens. */
import type { BackendFacts, Family, Frequency, Mode } from '../error-log/facts.ts';
import { modes } from '../error-log/facts.ts';
import type { Analysis } from './analysis.ts';
import { attemptsOf, inTime } from './backend-attempts.ts';
import type { BackendAttempts } from './backend-attempts.ts';
import { burstRates } from './burst-rate.ts';
import type { Burst } from './bursts.ts';
import { fresh, reused } from './failure-table.ts';
import type { FailureTable } from './failure-table.ts';
import { judgeFrequency, thresholds } from './frequency.ts';
import type { Verdict } from './frequency.ts';
import { judgeTimes } from './frequency-from-times.ts';
import { loadCorrelation } from './load.ts';
import { judgeOngoing } from './ongoing.ts';
import { backendSide, modeOfFamily } from './roles.ts';
import type { Moments } from './moments.ts';
import { freshConnects } from './pooled-breaks.ts';
import { quantile } from './statistics.ts';
import { Successes } from './successes.ts';
import { iso } from './words.ts';

export interface Window {
  readonly from: number;
  readonly to: number;
}

const mostSamples = 6;
/** Bursts that are told; there may be more. */
export const mostBursts = 50;

export interface Judged {
  readonly facts: BackendFacts;
  /** Failed requests that no row of both logs stands for: refused without a line, or more than are kept. */
  readonly unjoined: number;
}

export function judgeBackend(analysis: Analysis, backend: number, rows: readonly number[], window: Window): Judged {
  const { reading, names } = analysis;
  const { failures } = reading;
  const attempts = attemptsOf(analysis, backend, rows);
  const failed = attempts.moments(backendSide);
  const verdict = judge(attempts, backendSide, window);
  const { successes } = attempts;
  const { beyond } = attempts;
  const isOwn = (family: Family): boolean => backendSide.includes(modeOfFamily(family));
  const ownBeyond = beyond.filter((one) => isOwn(one.family));
  const at = (i: number): number => failures.at[rows[i] ?? 0] ?? 0;
  const seen = inTime(failures, { rows: rows.length, isWanted: () => true, at, further: [], beyond });
  // Without an access log nothing tells of another moment than that of the line.
  const noticed =
    reading.tally === null
      ? failed
      : inTime(failures, { rows: rows.length, isWanted: (i) => isOwn(failures.familyOf(rows[i] ?? 0)), at, further: [], beyond: ownBeyond });
  const last = seen.at(-1) ?? null;
  const lastBegan = failed.at(-1);
  const since = successes === null || lastBegan === undefined ? null : successes.inside(lastBegan, window.to + 2 * successes.widthMs);
  const requests = successes === null ? null : Math.round(successes.total + failed.length);
  const ongoing = judgeOngoing({
    failures: noticed.length > 0 ? noticed : seen,
    verdict,
    successesSince: since,
    share: requests === null || requests === 0 ? null : failed.length / requests,
    now: reading.now,
  });
  const counted = countRows(analysis, rows, attempts);
  const facts: BackendFacts = {
    backend: names.list[backend]?.backend ?? '',
    names: [...(names.list[backend]?.names ?? [])],
    ...counted,
    failures: seen.length + attempts.refused.length,
    frequency: verdict.frequency,
    frequencyBecause: verdict.because,
    frequencyBasis: successes === null ? 'error-log' : 'access-log',
    frequencyByMode: byMode(attempts, counted.byMode, window),
    outage: verdict.outage === null ? null : { from: iso(verdict.outage.from), to: iso(verdict.outage.to) },
    bursts: burstsOf(verdict, attempts, failed.length, window),
    requests,
    failedRequests: requests === null ? null : failed.length,
    loadCorrelation: successes === null || attempts.shared ? null : loadCorrelation(failed, successes, window),
    first: seen.length === 0 ? null : iso(seen.at(0) ?? 0),
    last: last === null ? null : iso(last),
    beganByMode: beganByMode(attempts, counted.byMode),
    ongoing: ongoing.ongoing,
    ongoingBecause: ongoing.because,
    successesSince: since === null ? null : Math.round(since),
    inFlightDurationsMs: inFlightDurations(analysis, rows),
    freshFailures: countOf(rows, (row) => failures.has(row, fresh)),
    reusedFailures: countOf(rows, (row) => failures.has(row, reused)),
    samples: samplesOf(analysis, backend),
  };
  return { facts, unjoined: attempts.refused.length + ownBeyond.reduce((sum, one) => sum + one.count, 0) };
}

function countOf(rows: readonly number[], test: (row: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (test(rows[i] ?? 0)) count += 1;
  return count;
}

function judge(attempts: BackendAttempts, wanted: readonly Mode[], window: Window): Verdict {
  const failures = attempts.moments(wanted);
  if (attempts.successes === null)
    return judgeTimes({ failures, from: window.from, to: window.to, retryMs: wanted.includes('connect') ? attempts.retryMs : null });
  // A request that failed in flight was a connect that succeeded, unless it was made long before: on a pooled connection.
  const also = wanted.length === 1 && wanted[0] === 'connect' ? withBreaks(attempts, failures, attempts.successes, window) : null;
  return judgeFrequency({
    failures,
    gaps: also === null ? attempts.gaps(wanted) : null,
    successes: also ?? attempts.successes,
    from: window.from,
    to: window.to,
  });
}

function burstsOf({ bursts }: Verdict, attempts: BackendAttempts, failures: number, window: Window): BackendFacts['bursts'] {
  const { successes } = attempts;
  const rates = successes === null || attempts.shared ? [] : burstRates(bursts, failures, successes, window);
  return bursts.slice(0, mostBursts).map((burst, i) => ({
    from: iso(burst.from),
    to: iso(burst.to),
    failures: burst.failures,
    succeeded: succeededInside(burst, attempts),
    timesUsual: rates[i] == null ? null : Number(rates[i].toFixed(2)),
  }));
}

/** By the order of lines, or by whole seconds where the burst has some: what else succeeded in a second stands before or after it. */
function succeededInside(burst: Burst, { successes, gaps }: BackendAttempts): number | null {
  if (successes === null) return null;
  if (gaps(backendSide) !== null) return Math.round(burst.successes);
  return burst.to - burst.from < thresholds.outageBuckets * successes.widthMs ? null : Math.round(successes.inside(burst.from, burst.to));
}

/** With the connects whose requests broke in flight afterwards; null: there are none. */
function withBreaks(attempts: BackendAttempts, connects: Moments, successes: Successes, window: Window): Successes | null {
  const breaks = attempts.moments(['in-flight']);
  const connected = freshConnects(breaks, connects, successes);
  const { widthMs } = successes;
  const start = Math.floor(Math.min(window.from, breaks.at(0) ?? window.from, successes.start) / widthMs) * widthMs;
  const counts = new Float64Array(Math.floor((Math.max(window.to, breaks.at(-1) ?? 0) - start) / widthMs) + 1);
  let found = false;
  for (let i = 0; i < breaks.length; i++) {
    const moment = breaks.at(i) ?? 0;
    if (!connected(moment)) continue;
    const place = Math.floor((moment - start) / widthMs);
    counts[place] = (counts[place] ?? 0) + 1;
    found = true;
  }
  if (!found) return null;
  for (let i = 0; i < counts.length; i++) counts[i] = (counts[i] ?? 0) + successes.between(start + i * widthMs, start + (i + 1) * widthMs);
  return new Successes(start, widthMs, counts);
}

function byMode(attempts: BackendAttempts, counts: Readonly<Record<string, number>>, window: Window): Record<string, Frequency> {
  const found: Record<string, Frequency> = {};
  for (const mode of modes) if ((counts[mode] ?? 0) > 0) found[mode] = judge(attempts, [mode], window).frequency;
  return found;
}

function beganByMode(attempts: BackendAttempts, counts: Readonly<Record<string, number>>): NonNullable<BackendFacts['beganByMode']> {
  const found: NonNullable<BackendFacts['beganByMode']> = {};
  for (const mode of modes) {
    const moments = (counts[mode] ?? 0) > 0 ? attempts.moments([mode]) : null;
    const [first, last] = [moments?.at(0), moments?.at(-1)];
    if (first !== undefined && last !== undefined) found[mode] = { from: iso(first), to: iso(last) };
  }
  return found;
}

interface Counted {
  readonly families: Record<string, number>;
  readonly codes: Record<string, number>;
  readonly errnos: Record<string, number>;
  readonly errnosByMode: Record<string, Record<string, number>>;
  readonly byMode: Record<string, number>;
}

function countRows({ reading }: Analysis, rows: readonly number[], { refused, beyond }: BackendAttempts): Counted {
  const { failures } = reading;
  const counted: Counted = { families: {}, codes: {}, errnos: {}, errnosByMode: {}, byMode: {} };
  const add = (counts: Record<string, number>, key: string, by = 1): void => {
    counts[key] = (counts[key] ?? 0) + by;
  };
  for (const { row, count } of kindsOf(failures, rows)) {
    const family = failures.familyOf(row);
    const mode = modeOfFamily(family);
    const errno = failures.errnos.name(failures.errno[row] ?? -1) ?? 'none';
    add(counted.families, family, count);
    add(counted.byMode, mode, count);
    // A request refused without an attempt has no errno of its own.
    if (family !== 'worker-disabled') {
      add(counted.errnos, errno, count);
      add((counted.errnosByMode[mode] ??= {}), errno, count);
    }
    for (const code of (failures.codes.name(failures.code[row] ?? -1) ?? '').split(' ')) if (code !== '') add(counted.codes, code, count);
  }
  if (refused.length > 0) {
    add(counted.families, 'worker-disabled', refused.length);
    add(counted.byMode, 'connect', refused.length);
  }
  // Their errnos and codes are not known any more.
  for (const { family, count } of beyond) {
    add(counted.families, family, count);
    add(counted.byMode, modeOfFamily(family), count);
  }
  return counted;
}

/** Rows that are alike in family, errno and codes: the first of each kind and how many there are, in the order of the firsts. */
function kindsOf(failures: FailureTable, rows: readonly number[]): Iterable<{ readonly row: number; readonly count: number }> {
  const kinds = new Map<number, { row: number; count: number }>();
  for (const row of rows) {
    const key = ((failures.family[row] ?? 0) * 10_000 + (failures.errno[row] ?? -1) + 1) * 10_000 + (failures.code[row] ?? -1) + 1;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { row, count: 1 });
    else known.count += 1;
  }
  return kinds.values();
}

/** From the start of the request to its end in the access log; without durations there, by the clocks of both logs, good to a second. */
function inFlightDurations({ reading, requestOf }: Analysis, rows: readonly number[]): BackendFacts['inFlightDurationsMs'] {
  const { failures, tally } = reading;
  if (tally === null) return null;
  const exact: number[] = [];
  const coarse: number[] = [];
  for (const row of rows) {
    const request = requestOf[row] ?? -1;
    if (request < 0 || modeOfFamily(failures.familyOf(row)) !== 'in-flight') continue;
    const duration = tally.suspects.durationMs[request] ?? NaN;
    if (Number.isNaN(duration)) coarse.push(Math.max(0, (failures.at[row] ?? 0) - (tally.suspects.start[request] ?? 0)));
    else exact.push(duration);
  }
  const values = (exact.length > 0 ? exact : coarse).sort((a, b) => a - b);
  const middle = quantile(values, 0.5);
  // Whole seconds can't tell milliseconds from half a second.
  if (values.length === 0 || (exact.length === 0 && middle < coarseFromMs)) return null;
  return { p50: round(middle), p95: round(quantile(values, 0.95)), max: round(values.at(-1) ?? 0), count: values.length };
}

const coarseFromMs = 2000;

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** The commonest kinds of lines first. */
function samplesOf({ reading, names }: Analysis, backend: number): BackendFacts['samples'] {
  return [...reading.notes.samples]
    .filter((kind) => kind.lines.some(({ row }) => names.ofRow[row] === backend))
    .sort((a, b) => b.count - a.count)
    .flatMap((kind) => kind.lines.filter(({ row }) => names.ofRow[row] === backend).slice(0, 2))
    .slice(0, mostSamples)
    .map(({ line }) => ({ file: line.file, line: line.line, time: line.at === null ? null : iso(line.at), text: line.text }));
}
