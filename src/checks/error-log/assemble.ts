/** Both logs, analysed → facts of the check. Pure. */
import type { Analysis } from '../logs/analysis.ts';
import { apart } from '../logs/apart.ts';
import { judgeBackend } from '../logs/backend-judgement.ts';
import type { Window } from '../logs/backend-judgement.ts';
import { errorLogCoverage } from '../logs/coverage.ts';
import type { Coverage } from '../logs/coverage.ts';
import type { NotedLine } from '../logs/error-notes.ts';
import { backendSide, modeOfFamily } from '../logs/roles.ts';
import { bucketsOf } from '../logs/timeline.ts';
import { requestsOf } from '../logs/ways.ts';
import { iso } from '../logs/words.ts';
import type { BackendFacts, ErrorLogFacts } from './facts.ts';

const mostBackends = 50;
const mostSamples = 8;
const mostCapacity = 50;

export function assemble(analysis: Analysis): ErrorLogFacts {
  const { reading, names } = analysis;
  const { errorFiles, notes, failures } = reading;
  const { dialect = 'httpd' } = reading.parameters;
  const window = windowOf(analysis);
  const rows = rowsByBackend(analysis);
  const over = judgedOver(analysis, window);
  const judged = [...rows].map(([backend, own]) => {
    const { facts, unjoined } = judgeBackend(analysis, backend, own, over);
    return { facts: { ...facts, ...apart(analysis, backend, own, facts, over) }, unjoined };
  });
  const unjoined = judged.reduce((sum, one) => sum + one.unjoined, 0);
  const backends = judged
    .map((one) => one.facts)
    .sort((a, b) => worst(b) - worst(a) || b.failures - a.failures || a.backend.localeCompare(b.backend))
    .slice(0, mostBackends);
  const coverage = coverageOf(analysis);
  const families: Record<string, number> = {};
  for (let row = 0; row < failures.length; row++) families[failures.familyOf(row)] = (families[failures.familyOf(row)] ?? 0) + 1;
  for (const { family, count } of failures.beyond.values()) families[family] = (families[family] ?? 0) + count;
  const limits = notes.limitCount;
  if (limits > 0) families['capacity'] = (families['capacity'] ?? 0) + limits;
  if (notes.lifecycle.length > 0) families['lifecycle'] = notes.lifecycle.length;
  const unassigned = names.ofRow.reduce((sum, backend) => sum + (backend < 0 ? 1 : 0), 0);
  return {
    files: errorFiles.map((file) => ({
      path: file.path,
      bytes: file.bytes,
      lines: file.lines ?? 0,
      matched: file.matched,
      from: file.from === null ? null : iso(file.from),
      to: file.to === null ? null : iso(file.to),
      layout: file.layout,
      trouble:
        file.trouble ??
        (file.bytes === 0
          ? dialect === 'nginx'
            ? null
            : 'it is empty'
          : file.layout === null && file.matched === 0
            ? `it has no line of an ${dialect} error log`
            : null),
      ...(file.notes.length > 0 ? { notes: [...file.notes] } : {}),
    })),
    lines: errorFiles.reduce((sum, file) => sum + (file.lines ?? 0), 0),
    matched: errorFiles.reduce((sum, file) => sum + file.matched, 0),
    notRecognised: notes.notRecognisedCount,
    notRecognisedSamples: notes.notRecognised.slice(0, mostSamples).map(logLine),
    window: {
      from: window === null ? null : iso(window.from),
      to: window === null ? null : iso(window.to),
      covered: coverage.covered,
      because: coverage.because,
    },
    zone: { offset: reading.zone.offset, from: reading.zone.from },
    families,
    backends,
    unassigned,
    capacity: notes.limits.slice(0, mostCapacity).map((line) => ({ ...logLine(line), code: line.code, errno: line.errno })),
    capacityCount: limits,
    lifecycle: notes.lifecycle.map((line) => ({ ...logLine(line), what: lifeOf(line.message) })),
    timeline: timelineOf(analysis, window),
    impact: impactOf(analysis, backends, { unjoined, covered: coverage.covered }),
    samples: commonest(analysis),
  };
}

/** Ongoing before past, as the suspects are examined. */
function worst(backend: BackendFacts): number {
  return backend.ongoing === true ? 1 : 0;
}

/** What was asked for, else all that the logs hold. */
export function windowOf({ reading }: Analysis): Window | null {
  const { since, until } = reading.parameters;
  const starts = [...reading.errorFiles.map((file) => file.from), reading.tally?.first ?? null].filter(
    (at): at is number => at !== null && Number.isFinite(at),
  );
  const ends = [...reading.errorFiles.map((file) => file.to), reading.tally?.last ?? null, reading.tally?.lastEnd ?? null].filter(
    (at): at is number => at !== null && Number.isFinite(at),
  );
  const from = since ?? (starts.length > 0 ? Math.min(...starts) : null);
  const to = until ?? (since === null ? (ends.length > 0 ? Math.max(...ends) : null) : reading.now);
  return from === null || to === null ? null : { from, to: Math.max(from, to) };
}

/** The log of a running server that has written nothing more since has nothing more to say: it was quiet until now. */
function judgedOver({ reading }: Analysis, window: Window | null): Window {
  if (window === null) return { from: reading.now, to: reading.now };
  const live = reading.errorFiles.some((file) => file.parameter.standing === 'running' && file.trouble === null);
  return live && reading.tally === null && reading.parameters.until === null ? { ...window, to: Math.max(window.to, reading.now) } : window;
}

function rowsByBackend({ names }: Analysis): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  names.ofRow.forEach((backend, row) => {
    if (backend < 0) return;
    const own = rows.get(backend);
    if (own) own.push(row);
    else rows.set(backend, [row]);
  });
  return rows;
}

export function coverageOf({ reading, explanations }: Analysis): Coverage {
  const { tally, notes } = reading;
  let unexplained = 0;
  let silent = 0;
  let firstSilent: number | null = null;
  explanations.forEach((explanation, row) => {
    const routed = tally?.groups[tally.suspects.group[row] ?? -1]?.route != null || reading.parameters.config === null;
    const gateway = [502, 503, 504].includes(tally?.suspects.status[row] ?? 0);
    if (!routed || !gateway || (explanation !== 'unexplained' && explanation !== 'silent')) return;
    if (explanation === 'unexplained') unexplained += 1;
    else silent += 1;
    const start = tally?.suspects.start[row] ?? 0;
    firstSilent = firstSilent === null ? start : Math.min(firstSilent, start);
  });
  const life = notes.lifecycle.map((line) => lifeOf(line.message)).filter((what) => what !== 'other' && what !== 'child-crash');
  return errorLogCoverage({
    parameters: reading.parameters,
    errorFiles: reading.errorFiles,
    accessFiles: reading.accessFiles,
    access: tally === null || tally.requests === 0 ? null : { requests: tally.requests, first: tally.first, last: tally.last },
    failures: reading.failures.length,
    unexplained,
    silent,
    firstSilent,
    graveSeen: notes.graveSeen,
    lastOfLife: life.length === 0 ? null : life.at(-1) === 'stop' ? 'stop' : 'start',
  });
}

function lifeOf(message: string | null): ErrorLogFacts['lifecycle'][number]['what'] {
  switch (message) {
    case 'server-started':
      return 'start';
    case 'server-stopped':
    case 'server-stopped-gracefully':
    case 'child-fatal-error':
      return 'stop';
    case 'restart':
      return 'restart';
    case 'graceful-restart':
    case 'graceful-restart-usr1':
      return 'graceful';
    case 'child-crashed':
    case 'child-crashed-with-core':
      return 'child-crash';
    default:
      return 'other';
  }
}

function logLine(line: NotedLine): { file: string; line: number | null; time: string | null; text: string } {
  return { file: line.file, line: line.line, time: line.at === null ? null : iso(line.at), text: line.text };
}

function timelineOf({ reading }: Analysis, window: Window | null): ErrorLogFacts['timeline'] {
  if (window === null) return null;
  const { failures, tally } = reading;
  const buckets = bucketsOf(window.from, window.to);
  const counts = buckets.empty();
  for (let row = 0; row < failures.length; row++) {
    if (backendSide.includes(modeOfFamily(failures.familyOf(row)))) buckets.count(counts, failures.at[row] ?? 0);
  }
  for (const { family, series } of failures.beyond.values())
    if (backendSide.includes(modeOfFamily(family))) buckets.addSeries(counts, failures.beyondSeries, series);
  const requests = tally === null || tally.requests === 0 ? null : buckets.empty();
  if (tally !== null && requests !== null) {
    tally.groups.forEach((group) => {
      buckets.addSeries(requests, tally.series, group.series);
      buckets.addSeries(requests, tally.series, group.beyondSeries);
    });
    for (let row = 0; row < tally.suspects.length; row++) buckets.count(requests, tally.suspects.start[row] ?? 0);
  }
  return { start: iso(buckets.start), widthSeconds: buckets.widthMs / 1000, counts, requests };
}

/** Requests that go to any backend, and how many of them got the proxy's own error: for the backend's side, or for a limit of the proxy. */
/** Where the error log hides its lines, what failed is what the access log makes look so. */
function impactOf(
  analysis: Analysis,
  backends: readonly BackendFacts[],
  { unjoined, covered }: { readonly unjoined: number; readonly covered: boolean },
): ErrorLogFacts['impact'] {
  const { reading, ways, explanations } = analysis;
  const { tally } = reading;
  if (tally === null || tally.requests === 0) return null;
  const groups = new Set(ways.of.flatMap((own) => own.map((way) => way.group)));
  // Nobody tells which requests are proxied: all of them may be.
  const requests = groups.size === 0 ? tally.requests : [...groups].reduce((sum, group) => sum + requestsOf(tally.groups[group]), 0);
  const clients = new Set<number>();
  let failed = 0;
  let firstHidden = Infinity;
  const told = covered || explanations.some((explanation) => explanation === 'failed' || explanation === 'not-the-backend');
  explanations.forEach((explanation, row) => {
    const status = tally.suspects.status[row] ?? 0;
    const hidden = !told && explanation === 'silent' && status >= 502 && status <= 504;
    if (hidden) firstHidden = Math.min(firstHidden, tally.suspects.start[row] ?? Infinity);
    const failure = tally.suspects.failure[row] ?? -1;
    const limit = failure >= 0 && modeOfFamily(reading.failures.familyOf(failure)) === 'capacity';
    if (explanation !== 'failed' && explanation !== 'unexplained' && !limit && !hidden) return;
    failed += 1;
    clients.add(tally.suspects.client[row] ?? -1);
  });
  const since = backends
    .flatMap((backend) =>
      backend.ongoing === true || backends.every((other) => other.ongoing !== true) ? [backend.outage?.from ?? backend.first ?? ''] : [],
    )
    .filter((at) => at !== '');
  if (since.length === 0 && firstHidden < Infinity) since.push(iso(firstHidden));
  return { requests, failed: Math.min(requests, failed + unjoined), clients: clients.size, since: since.sort()[0] ?? null };
}

function commonest({ reading }: Analysis): ErrorLogFacts['samples'] {
  return [...reading.notes.samples]
    .sort((a, b) => b.count - a.count)
    .flatMap((kind) => kind.lines.slice(0, 1))
    .slice(0, mostSamples)
    .map(({ line }) => logLine(line));
}
