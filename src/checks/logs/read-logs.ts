/** One pass over the error logs, one over the access logs; both checks share what comes out (`context.once`). */
import { FileError } from '../../host/host.ts';
import type { Host } from '../../host/host.ts';
import { localFiles } from '../../host/local-files.ts';
import { lackingRight } from '../../host/rights.ts';
import { keepYoungGeneration } from '../../host/young-generation.ts';
import { compileLogFormat } from '../../httpd/access-log/compile.ts';
import { readAccessLog } from '../../httpd/access-log/read.ts';
import { openLogSources } from '../../httpd/error-log/sources.ts';
import type { LogSource } from '../../httpd/error-log/sources.ts';
import { toInstant } from '../../httpd/error-log/zone.ts';
import type { Zone } from '../../httpd/error-log/zone.ts';
import type { LogDialect } from '../../httpd/error-log/dialect.ts';
import { scanErrorLog } from '../../httpd/error-log/scan.ts';
import { visible } from '../../visible.ts';
import { CouldNot } from '../check.ts';
import type { CheckContext } from '../check.ts';
import { routeFor } from '../proxy-config/routes.ts';
import type { Route } from '../proxy-config/routes.ts';
import { ConfiguredFormat } from './configured-format.ts';
import { ErrorNotes } from './error-notes.ts';
import { FailureTable } from './failure-table.ts';
import { Pairing } from './pairing.ts';
import type { LogParameter, LogParameters } from './parameters.ts';
import { variableEnd } from './path-template.ts';
import { Tally } from './tally.ts';
import { zoneBeside } from './zone.ts';
import type { LogZone } from './zone.ts';

export interface ErrorFile {
  readonly path: string;
  readonly parameter: LogParameter;
  readonly bytes: number;
  /** Null: only a part was read. */
  readonly lines: number | null;
  readonly matched: number;
  readonly notRecognised: number;
  /** Of the first and last line of the file that has a time, whoever wrote it; ms since the epoch. */
  readonly from: number | null;
  readonly to: number | null;
  readonly layout: string | null;
  readonly startsWithStart: boolean;
  readonly notes: readonly string[];
  /** Why it could not be read. */
  readonly trouble: string | null;
}

export interface AccessFile {
  readonly path: string;
  readonly parameter: LogParameter;
  readonly bytes: number;
  readonly lines: number;
  readonly notRead: number;
  /** First and last start of a request that was counted, and of any that was read. */
  readonly from: number | null;
  readonly to: number | null;
  readonly format: string | null;
  readonly durationUnit: 'us' | 'ms' | 's' | null;
  readonly tellsProxyStatus: boolean;
  readonly notes: readonly string[];
  readonly trouble: string | null;
}

export interface LogReading {
  readonly parameters: LogParameters;
  readonly zone: LogZone;
  readonly errorFiles: readonly ErrorFile[];
  readonly failures: FailureTable;
  readonly pairings: readonly Pairing[];
  readonly notes: ErrorNotes;
  readonly accessFiles: readonly AccessFile[];
  /** Null: no access log was read. */
  readonly tally: Tally<Route> | null;
  /** By the clock of the logs' side. */
  readonly now: number;
}

/** Reading less is done before much of it is in memory. */
const bigBytes = 48 * 1024 * 1024;

interface Listed {
  readonly parameter: LogParameter;
  readonly source: LogSource;
}

/** @throws {CouldNot} where none of the logs that the caller needs can be read */
export async function readLogs(context: CheckContext, parameters: LogParameters, needs: 'error-log' | 'access-log'): Promise<LogReading> {
  const shared = parameters.errorLogs.length > 0 && parameters.accessLogs.length > 0 ? 'both' : needs;
  const { config, ...rest } = parameters;
  const key = `logs ${shared} ${JSON.stringify({ ...rest, config: config?.configFile ?? null })}`;
  const reading = await context.once(key, () => readAll(context, parameters));
  const files = needs === 'error-log' ? reading.errorFiles : reading.accessFiles;
  const troubled = files.find((file) => file.trouble !== null);
  if (files.length > 0 && files.every((file) => file.trouble !== null) && troubled) {
    const lacking = await lackingRight(context.hosts.proxy, troubled.path);
    if (lacking !== null) throw new CouldNot('skipped', visible(lacking.reason), visible(lacking.remedy));
    throw new CouldNot(
      'failed',
      troubled.trouble ?? '',
      `run it with the right to read the ${needs === 'error-log' ? 'error' : 'access'} log (root, or a member of the group that owns it)`,
    );
  }
  return reading;
}

async function readAll(context: CheckContext, parameters: LogParameters): Promise<LogReading> {
  const host = context.hosts.proxy;
  const accessListed: Listed[] = [];
  const accessFiles: AccessFile[] = [];
  await list(host, parameters.accessLogs, parameters, accessListed, (parameter, path, trouble) =>
    accessFiles.push(emptyAccess(parameter, path, trouble)),
  );
  const errorListed: Listed[] = [];
  const errorFiles: ErrorFile[] = [];
  await list(host, parameters.errorLogs, parameters, errorListed, (parameter, path, trouble) =>
    errorFiles.push(emptyError(parameter, path, trouble)),
  );

  const formats = new Map(
    parameters.accessLogs.flatMap(({ format }) => (format === null ? [] : [[format, compileLogFormat(format)] as const])),
  );
  const formatOf = (parameter: LogParameter) => (parameter.format === null ? null : (formats.get(parameter.format) ?? null));
  const zone = await zoneBeside(
    host,
    accessListed.map(({ source, parameter }) => ({ source, format: formatOf(parameter) })),
  );

  const total = [...errorListed, ...accessListed].reduce(
    (sum: number | null, { source }) => (sum === null || source.size === null ? null : sum + source.size),
    0,
  );
  if (total === null || total >= bigBytes) keepYoungGeneration();
  const progress = progressOf(context, total);
  // Loaded for the flow that needs it, and no other.
  const dialect = parameters.dialect === 'nginx' ? (await import('../../nginx/error-log/dialect.ts')).nginxLog : null;
  const failures = new FailureTable();
  const notes = new ErrorNotes();
  const pairings: Pairing[] = [];
  for (const [index, listed] of errorListed.entries()) {
    const pairing = new Pairing(failures, index);
    pairings.push(pairing);
    errorFiles.push(
      await readError(context, parameters, listed, zone.zone, { failures, notes, pairing, dialect }, (bytes) =>
        progress(bytes, failures.length, null),
      ),
    );
    progress.next();
  }

  let tally: Tally<Route> | null = null;
  if (accessListed.length > 0) {
    tally = new Tally<Route>({
      since: parameters.since,
      until: parameters.until,
      keep: literalSegments(parameters),
      watched: notes.brokenAnswers,
      routeOf: (vhost, path) => {
        const route = parameters.config === null ? null : routeFor(parameters.config, { virtualHost: vhost, path });
        return route === null ? null : { key: route.backend ?? route.balancer ?? '', route };
      },
    });
    for (const [index, listed] of accessListed.entries()) {
      const counted = tally;
      accessFiles.push(
        await readAccess(context, parameters, listed, index, counted, formatOf(listed.parameter), (bytes) =>
          progress(bytes, failures.length, counted.requests),
        ),
      );
      progress.next();
    }
    tally.finish();
  }
  return { parameters, zone, errorFiles, failures, pairings, notes, accessFiles, tally, now: host.now() };
}

async function list(
  host: Host,
  logs: readonly LogParameter[],
  window: LogParameters,
  into: Listed[],
  missing: (parameter: LogParameter, path: string, trouble: string) => void,
): Promise<void> {
  for (const parameter of logs) {
    // Our own standard input, wherever the rest of the logs lies.
    const here = host.vantage.length === 0 ? host : localFiles;
    const stdin = parameter.path === '-' ? here.readStream('/dev/stdin') : null;
    const found = await openLogSources(host, [parameter.path], { since: window.since, until: window.until, stdin });
    for (const source of found.sources) {
      if (!into.some((other) => sameFile(other.source, source))) into.push({ parameter, source });
    }
    for (const { path, reason } of found.missing) missing(parameter, path, reason);
  }
  into.sort((a, b) => (a.source.modifiedAt ?? Infinity) - (b.source.modifiedAt ?? Infinity));
}

/** Two patterns may name one file. */
function sameFile(left: LogSource, right: LogSource): boolean {
  return (
    left.path === right.path ||
    (left.inode !== null && left.inode === right.inode && left.size === right.size && left.modifiedAt === right.modifiedAt)
  );
}

interface ErrorSide {
  readonly failures: FailureTable;
  readonly notes: ErrorNotes;
  readonly pairing: Pairing;
  /** Null: httpd's. */
  readonly dialect: LogDialect | null;
}

async function readError(
  context: CheckContext,
  window: LogParameters,
  { parameter, source }: Listed,
  zone: Zone,
  { notes, pairing, dialect }: ErrorSide,
  onBytes: (bytes: number) => void,
): Promise<ErrorFile> {
  const { since, until } = window;
  const configured = dialect === null && parameter.format !== null ? new ConfiguredFormat(parameter.format) : null;
  let last: number | null = null;
  let startsWithStart: boolean | null = null;
  try {
    const summary = await scanErrorLog(
      context.hosts.proxy,
      source,
      { since, until, zone, dialect, layout: configured?.layout ?? null, signal: context.signal, onProgress: onBytes },
      (entry, line) => {
        configured?.count(entry.raw);
        const at = toInstant(entry, zone, last) ?? last;
        last = at;
        if (startsWithStart === null && entry.family === 'lifecycle')
          startsWithStart = (line === null || line <= firstLines) && isStart(entry.message);
        const row = at === null ? -1 : pairing.add(entry, at, line);
        notes.add(entry, { file: source.path, line, at }, row);
      },
    );
    return {
      path: source.path,
      parameter,
      bytes: summary.bytes,
      lines: summary.lines,
      matched: summary.matched,
      notRecognised: summary.notRecognised,
      from: summary.fromInstant ?? (summary.from === null ? null : toInstant({ wallClock: summary.from, instant: null }, zone)),
      to: summary.toInstant ?? (summary.to === null ? null : toInstant({ wallClock: summary.to, instant: null }, zone)),
      layout: summary.layout,
      startsWithStart: startsWithStart ?? false,
      notes: [...summary.notes, ...(configured?.notes() ?? [])],
      trouble: null,
    };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return emptyError(parameter, source.path, error.message);
  }
}

/** httpd's own lines come before the one that says it has started (AH00489, AH00163 …). */
const firstLines = 12;

function isStart(message: string | null): boolean {
  return message === 'server-started' || message === 'command-line' || message === 'unclean-shutdown';
}

async function readAccess(
  context: CheckContext,
  window: LogParameters,
  { parameter, source }: Listed,
  file: number,
  tally: Tally<Route>,
  format: ReturnType<typeof compileLogFormat> | null,
  onBytes: (bytes: number) => void,
): Promise<AccessFile> {
  const { since, until } = window;
  const host = context.hosts.proxy;
  const zoneOf = (wallClock: number): number => host.zoneOffset(wallClock);
  let from = Infinity;
  let to = -Infinity;
  try {
    const options = { since, until, format, zoneOf, signal: context.signal, progress: onBytes };
    const scanned = await readAccessLog(host, source, options, (cut) => {
      if (cut.start < from) from = cut.start;
      if (cut.start > to) to = cut.start;
      tally.add(cut, file, parameter.virtualHost);
    });
    const [first] = scanned.formats;
    const doubts = [
      ...scanned.notes,
      ...(scanned.givenDoesNotFit ? ['the lines do not have the format that was named for them; it was recognised from the lines'] : []),
      ...(scanned.notRead > 0
        ? [
            `${scanned.notRead} of ${scanned.lines} lines could not be read in this format, the first: ${scanned.notReadSample?.slice(0, 160) ?? ''}`,
          ]
        : []),
    ];
    return {
      path: source.path,
      parameter,
      bytes: scanned.bytes,
      lines: scanned.lines,
      notRead: scanned.notRead,
      from: from === Infinity ? null : from,
      to: to === -Infinity ? null : to,
      format: first?.source ?? null,
      durationUnit: first?.durationUnit ?? null,
      tellsProxyStatus: first?.roles.has('proxyStatus') ?? false,
      notes: doubts,
      trouble:
        scanned.lines > 0 && scanned.formats.length === 0
          ? `no line of ${source.path} is in a format that is known; give it with --access-log-format`
          : null,
    };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return emptyAccess(parameter, source.path, error.message);
  }
}

function emptyError(parameter: LogParameter, path: string, trouble: string): ErrorFile {
  return {
    path,
    parameter,
    bytes: 0,
    lines: 0,
    matched: 0,
    notRecognised: 0,
    from: null,
    to: null,
    layout: null,
    startsWithStart: false,
    notes: [],
    trouble,
  };
}

function emptyAccess(parameter: LogParameter, path: string, trouble: string): AccessFile {
  return {
    path,
    parameter,
    bytes: 0,
    lines: 0,
    notRead: 0,
    from: null,
    to: null,
    format: null,
    durationUnit: null,
    tellsProxyStatus: false,
    notes: [],
    trouble,
  };
}

/** Parts of configured paths that look like ids: `/2026/` in a ProxyPass is a name. */
function literalSegments(parameters: LogParameters): ReadonlySet<string> {
  const paths = [...(parameters.config?.routes ?? []), ...(parameters.config?.backends ?? [])].map((route) => route.path ?? '');
  const segments = new Set(paths.flatMap((path) => path.split('/')).filter((segment) => segment !== ''));
  return new Set([...segments].filter((segment) => variableEnd(Buffer.from(segment), 0, Buffer.byteLength(segment)) >= 0));
}

/** At most a few times a second: bytes done of all files, and what was found so far. */
function progressOf(
  context: CheckContext,
  total: number | null,
): ((bytes: number, failures: number, requests: number | null) => void) & { next: () => void } {
  let before = 0;
  let current = 0;
  let told = 0;
  const tell = (bytes: number, failures: number, requests: number | null): void => {
    current = bytes;
    const now = performance.now();
    if (now - told < 200) return;
    told = now;
    const text = requests === null ? `${failures} failures so far` : `${failures} failures, ${requests} requests so far`;
    context.progress({ done: before + bytes, total, unit: 'bytes', text });
  };
  return Object.assign(tell, {
    next: () => {
      before += current;
      current = 0;
    },
  });
}
