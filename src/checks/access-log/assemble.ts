/** Both logs, analysed → facts of the check. Pure. */
import { coverageOf, windowOf } from '../error-log/assemble.ts';
import type { Mode } from '../error-log/facts.ts';
import type { Analysis } from '../logs/analysis.ts';
import { accessLogCoverage } from '../logs/coverage.ts';
import { Histogram } from '../logs/histogram.ts';
import { partsOf } from '../logs/parts.ts';
import { modeOfFamily } from '../logs/roles.ts';
import { bucketsOf } from '../logs/timeline.ts';
import { count, iso, plural } from '../logs/words.ts';
import { findDurationCluster } from './duration-cluster.ts';
import type { FailedDurations } from './duration-cluster.ts';
import type { AccessLogFacts } from './facts.ts';
import { findPatterns } from './patterns.ts';
import { strataOf } from './strata.ts';

/** Fewer are no side of their own. */
const leastOfSide = 5;

const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

export function assemble(analysis: Analysis): AccessLogFacts {
  const { reading, explanations } = analysis;
  const { accessFiles, tally } = reading;
  const window = windowOf(analysis);
  const coverage = accessLogCoverage({
    parameters: reading.parameters,
    accessFiles,
    requests: tally?.requests ?? 0,
    outside: tally?.outside ?? 0,
  });
  const failing = failingRows(analysis);
  const durations = new Histogram();
  const sizes = new Histogram();
  let bodies = 0;
  const clients = new Map<number, number>();
  for (const row of failing) {
    if (tally === null) break;
    if ((tally.suspects.durationMs[row] ?? NaN) >= 0) durations.add(tally.suspects.durationMs[row] ?? 0);
    if ((tally.suspects.size[row] ?? NaN) >= 0) sizes.add(tally.suspects.size[row] ?? 0);
    if (withBody.has(tally.operations.get(tally.suspects.operation[row] ?? -1)?.method ?? '')) bodies += 1;
    const client = tally.suspects.client[row] ?? -1;
    clients.set(client, (clients.get(client) ?? 0) + 1);
  }
  const strata = strataOf(analysis, failing);
  const patterns = findPatterns(
    strata,
    strata.reduce((sum, stratum) => stratum.operations.reduce((inner, operation) => inner + operation.failed, sum), 0),
  );
  const application = applicationErrors(analysis);
  const unit = accessFiles.find((file) => file.durationUnit !== null)?.durationUnit ?? null;
  const clusters = durationClustersOf(analysis, failing, unit);
  const parts = partsWithin(analysis, failing, unit);
  const matched: Record<string, number> = {};
  explanations.forEach((explanation, row) => {
    if (explanation !== 'failed') return;
    const status = String(tally?.suspects.status[row] ?? 0);
    matched[status] = (matched[status] ?? 0) + 1;
  });
  return {
    files: accessFiles.map((file) => ({
      path: file.path,
      bytes: file.bytes,
      lines: file.lines,
      from: file.from === null ? null : iso(file.from),
      to: file.to === null ? null : iso(file.to),
      format: file.format,
      trouble: file.trouble ?? (file.lines === 0 ? 'it is empty' : null),
      ...(file.notes.length > 0 ? { notes: [...file.notes] } : {}),
    })),
    window: {
      from: window === null ? null : iso(window.from),
      to: window === null ? null : iso(window.to),
      covered: coverage.covered,
      because: coverage.because,
    },
    requests: tally?.requests ?? 0,
    failed: tally?.failed ?? 0,
    clients: tally?.clients ?? 0,
    failedClients: clients.size,
    statuses: Object.fromEntries(
      [...(tally?.statuses ?? [])].filter(([status]) => status > 0).map(([status, requests]) => [String(status), requests]),
    ),
    applicationErrors: application.count,
    applicationErrorsBecause: application.because,
    matchedWithErrorLog: matched,
    explained: explainedStatuses(analysis),
    topClients: topClients(analysis, clients, failing.length),
    patterns: [...patterns.patterns],
    patternsTried: patterns.tried,
    patternsNote:
      tally?.operations.estimated === true
        ? 'there were too many different paths to count all of them exactly: counts of rare ones are estimates (a count-min sketch), never too low'
        : null,
    withBodyShare: failing.length === 0 ? null : Math.round((bodies / failing.length) * 1000) / 1000,
    durations: { unit: unit === null ? null : 'ms', logged: unit, failed: durations.summary(), good: tally?.durations.summary() ?? null },
    durationCluster: clusters.all,
    ...(clusters.each.length > 0 ? { durationClusters: clusters.each } : {}),
    ...(parts.length > 0 ? { parts } : {}),
    sizes: { failed: sizes.summary(), good: tally?.sizes.summary() ?? null },
    timeline: timelineOf(analysis, window, failing),
  };
}

/** Requests that failed between proxy and backend or on the client's side; without an error log, those that look like it. */
function failingRows({ reading, explanations }: Analysis): readonly number[] {
  const rows: number[] = [];
  const known = explanations.some((explanation) => explanation === 'failed' || explanation === 'not-the-backend');
  explanations.forEach((explanation, row) => {
    const status = reading.tally?.suspects.status[row] ?? 0;
    const told = explanation === 'failed' || explanation === 'not-the-backend' || explanation === 'unexplained';
    // Nobody says whose 502, 503 and 504 these are: with lines for others in the log they are the application's.
    const likely = !known && explanation === 'silent' && status >= 502 && status <= 504;
    if (told || likely) rows.push(row);
  });
  return rows;
}

/** Each status with what stands behind it, the commonest first. */
function explainedStatuses({ reading, explanations }: Analysis): NonNullable<AccessLogFacts['explained']> {
  const { tally, failures } = reading;
  const counts = new Map<string, { status: number; what: string; requests: number }>();
  explanations.forEach((explanation, row) => {
    if (tally === null || explanation === 'served') return;
    const failure = tally.suspects.failure[row] ?? -1;
    const what = failure < 0 ? explanation : failures.familyOf(failure);
    const status = tally.suspects.status[row] ?? 0;
    const known = counts.get(`${status} ${what}`) ?? { status, what, requests: 0 };
    known.requests += 1;
    counts.set(`${status} ${what}`, known);
  });
  return [...counts.values()].sort((a, b) => b.requests - a.requests);
}

const mostClients = 5;

function topClients({ reading }: Analysis, clients: ReadonlyMap<number, number>, all: number): NonNullable<AccessLogFacts['topClients']> {
  return [...clients]
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostClients)
    .map(([client, failed]) => ({
      client: reading.tally?.suspects.clients.name(client) ?? '-',
      failed,
      share: Math.round((failed / all) * 1000) / 1000,
    }));
}

function applicationErrors(analysis: Analysis): { readonly count: number | null; readonly because: string } {
  const { reading, explanations } = analysis;
  const { tally } = reading;
  if (tally === null) return { count: null, because: 'no access log was read' };
  let noted = 0;
  let silent = 0;
  let unexplained = 0;
  explanations.forEach((explanation, row) => {
    if ((tally.suspects.status[row] ?? 0) < 500) return;
    if (explanation === 'application') noted += 1;
    if (explanation === 'silent') silent += 1;
    if (explanation === 'unexplained') unexplained += 1;
  });
  const tells = reading.accessFiles.some((file) => file.tellsProxyStatus);
  if (tells && silent === 0)
    return { count: noted, because: `%{proxy-status}n: the backend itself sent ${plural(noted, 'answer')} with a 5xx status` };
  const coverage = reading.errorFiles.length === 0 ? { covered: false, because: 'no error log was read' } : coverageOf(analysis);
  if (noted + silent + unexplained === 0) return { count: 0, because: 'no 5xx without an error line' };
  if (!coverage.covered)
    return {
      count: noted > 0 ? noted : null,
      because: `${plural(silent, 'answer')} with a 5xx status and no error line, but the error log does not tell: ${coverage.because}`,
    };
  return {
    count: noted + silent,
    because: `${count(noted + silent)} 5xx answers have no error line although the error log covers them: the application sent them`,
  };
}

/** Of all failures together; where several backends fail, also of each: one that drops at once must not hide another's time limit. */
function durationClustersOf(
  analysis: Analysis,
  failing: readonly number[],
  unit: AccessLogFacts['durations']['unit'],
): { readonly all: AccessLogFacts['durationCluster']; readonly each: NonNullable<AccessLogFacts['durationClusters']> } {
  const { reading, names } = analysis;
  const { config } = reading.parameters;
  const rowsOf = new Map<string, number[]>();
  for (const row of failing) {
    const backend = names.list[names.ofRow[reading.tally?.suspects.failure[row] ?? -1] ?? -1]?.backend;
    if (backend !== undefined) rowsOf.set(backend, [...(rowsOf.get(backend) ?? []), row]);
  }
  const each =
    rowsOf.size < 2
      ? []
      : [...rowsOf].flatMap(([backend, rows]) => {
          const cluster = findDurationCluster(failedDurations(analysis, rows, unit), config);
          return cluster === null ? [] : [{ ...cluster, backend }];
        });
  const [largest] = each.toSorted((a, b) => b.failures - a.failures);
  const all = findDurationCluster(failedDurations(analysis, failing, unit), config);
  return { all: all ?? (largest === undefined ? null : withoutBackend(largest)), each };
}

interface PartOfBackend {
  readonly backend: number;
  readonly part: NonNullable<AccessLogFacts['parts']>[number]['part'];
  /** Rows of the suspects. */
  readonly requests: readonly number[];
  readonly without: ReadonlySet<number>;
}

/** What the parts of a backend's failures have in common, each among the requests that no other part keeps to. */
function partsWithin(analysis: Analysis, failing: readonly number[], unit: AccessLogFacts['durations']['unit']): NonNullable<AccessLogFacts['parts']> {
  const { reading, names } = analysis;
  const inFlight = [...partsOf(analysis)].flatMap(([backend, parts]) => parts.map((one): PartOfBackend => ({ backend, ...one })));
  return [...inFlight, ...sidesOf(analysis, failing)].map(({ backend: number, part, requests, without }) => {
    const backend = names.list[number]?.backend ?? '';
    const found = findPatterns(strataOf(analysis, requests, without), requests.length);
    const durations = new Histogram();
    for (const row of requests) if ((reading.tally?.suspects.durationMs[row] ?? NaN) >= 0) durations.add(reading.tally?.suspects.durationMs[row] ?? 0);
    return {
      backend,
      part,
      failed: requests.length,
      patterns: found.patterns.filter((pattern) => pattern.backend == null || pattern.backend.split(' ').includes(backend)),
      patternsTried: found.tried,
      failedDurations: durations.summary(),
      durationCluster: findDurationCluster(failedDurations(analysis, requests, unit), reading.parameters.config),
    };
  });
}

/** Where a backend's failures are both its own and its clients': those of either side. */
function sidesOf({ reading, names }: Analysis, failing: readonly number[]): readonly PartOfBackend[] {
  const { tally, failures } = reading;
  const backends = new Map<number, { 'in-flight': number[]; client: number[] }>();
  for (const row of failing) {
    const failure = tally?.suspects.failure[row] ?? -1;
    const mode = failure < 0 ? 'none' : modeOfFamily(failures.familyOf(failure));
    if (mode !== 'in-flight' && mode !== 'client') continue;
    const backend = names.ofRow[failure] ?? -1;
    const sides = backends.get(backend) ?? { 'in-flight': [], client: [] };
    sides[mode].push(row);
    backends.set(backend, sides);
  }
  return [...backends].flatMap(([backend, sides]) => {
    if (backend < 0 || sides.client.length < leastOfSide || sides['in-flight'].length < leastOfSide) return [];
    return (['in-flight', 'client'] as const).map((part) => ({ backend, part, requests: sides[part], without: new Set<number>() }));
  });
}

function withoutBackend({ backend: _backend, ...cluster }: NonNullable<AccessLogFacts['durationClusters']>[number]): NonNullable<AccessLogFacts['durationCluster']> {
  return cluster;
}

function failedDurations(analysis: Analysis, failing: readonly number[], unit: AccessLogFacts['durations']['unit']): FailedDurations {
  const { reading, names } = analysis;
  const { tally, failures } = reading;
  const exact: number[] = [];
  const coarse: number[] = [];
  const modes = new Map<Mode, number>();
  const backends = new Set<string>();
  for (const row of failing) {
    if (tally === null) break;
    const duration = tally.suspects.durationMs[row] ?? NaN;
    const failure = tally.suspects.failure[row] ?? -1;
    if (!Number.isNaN(duration)) exact.push(duration);
    if (failure < 0) continue;
    if (Number.isNaN(duration)) coarse.push((failures.at[failure] ?? 0) - (tally.suspects.start[row] ?? 0));
    const mode = modeOfFamily(failures.familyOf(failure));
    modes.set(mode, (modes.get(mode) ?? 0) + 1);
    const backend = names.list[names.ofRow[failure] ?? -1];
    if (backend) for (const name of [backend.backend, ...backend.names]) backends.add(name);
  }
  const [mode = 'none'] = [...modes].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const grainMs = exact.length === 0 ? 1000 : unit === 's' ? 1000 : unit === 'ms' ? 1 : 0.001;
  return { values: exact.length > 0 ? exact : coarse, grainMs, byTwoClocks: exact.length === 0, mode, backends: [...backends] };
}

function timelineOf(
  { reading }: Analysis,
  window: { readonly from: number; readonly to: number } | null,
  failing: readonly number[],
): AccessLogFacts['timeline'] {
  const { tally } = reading;
  if (tally === null || tally.requests === 0 || window === null) return null;
  const buckets = bucketsOf(window.from, window.to);
  const requests = buckets.empty();
  const failed = buckets.empty();
  tally.groups.forEach((group) => {
    buckets.addSeries(requests, tally.series, group.series);
    buckets.addSeries(requests, tally.series, group.beyondSeries);
  });
  for (let row = 0; row < tally.suspects.length; row++) buckets.count(requests, tally.suspects.start[row] ?? 0);
  for (const row of failing) buckets.count(failed, tally.suspects.start[row] ?? 0);
  // What the table had no room for: the part of each group that failed among what it has.
  const failedOf = new Map<number, number>();
  for (const row of failing) failedOf.set(tally.suspects.group[row] ?? -1, (failedOf.get(tally.suspects.group[row] ?? -1) ?? 0) + 1);
  tally.groups.forEach((group, index) => {
    if (group.beyond.size === 0 || group.suspects === 0) return;
    const share = (failedOf.get(index) ?? 0) / group.suspects;
    const beyond = buckets.empty();
    buckets.addSeries(beyond, tally.series, group.beyondSeries);
    beyond.forEach((count, i) => (failed[i] = (failed[i] ?? 0) + Math.round(count * share)));
  });
  return { start: iso(buckets.start), widthSeconds: buckets.widthMs / 1000, requests, failed };
}
