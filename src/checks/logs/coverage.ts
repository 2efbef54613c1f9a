/**
 * Does the error log cover the window: does it reach over it, is it the log of the virtual hosts that proxy, does LogLevel let the messages
 * through? Where it does not, the absence of failures says nothing (DIAGNOSIS: nothing is confirmed through absence alone). Pure.
 */
import type { LogParameters } from './parameters.ts';
import type { AccessFile, ErrorFile } from './read-logs.ts';
import { count, iso, plural } from './words.ts';

export interface Seen {
  readonly parameters: LogParameters;
  readonly errorFiles: readonly ErrorFile[];
  readonly accessFiles: readonly AccessFile[];
  /** Requests of the window: how many, and when the first one began; null: no access log. */
  readonly access: { readonly requests: number; readonly first: number; readonly last: number } | null;
  /** Failures in the error log. */
  readonly failures: number;
  /** 5xx that the proxy made, as the note says, without a line; 502, 503 and 504 of which nobody says who made them; and the first moment of either. */
  readonly unexplained: number;
  readonly silent: number;
  readonly firstSilent: number | null;
  /** A line at `warn` or graver was seen: LogLevel lets them through. */
  readonly graveSeen: boolean;
  /** What the last line of httpd's life was. */
  readonly lastOfLife: 'start' | 'stop' | null;
}

export interface Coverage {
  readonly covered: boolean;
  readonly because: string;
}

/** A clock is read in whole seconds here and fractions there; a log's first line comes a moment after its file. */
const slackMs = 60_000;
/** So many answers without a line are no accident. */
const silentAnswers = 3;
/** LogLevels at which the proxy's error lines are not written. */
const hiding: ReadonlySet<string> = new Set(['crit', 'alert', 'emerg']);

const no = (because: string): Coverage => ({ covered: false, because });
const yes = (because: string): Coverage => ({ covered: true, because });

export function errorLogCoverage(seen: Seen): Coverage {
  return unusable(seen) ?? hidden(seen) ?? elsewhere(seen) ?? mismatch(seen) ?? alone(seen) ?? times(seen);
}

function unusable({ errorFiles, parameters: { dialect = 'httpd' } }: Seen): Coverage | null {
  const paths = errorFiles.map((file) => file.path).join(', ');
  const readable = errorFiles.filter((file) => file.trouble === null);
  if (readable.length === 0) return no(errorFiles[0]?.trouble ?? 'no error log was read');
  // nginx writes nothing at its start, unless error_log is at notice.
  if (dialect === 'httpd' && readable.every((file) => file.bytes === 0))
    return no(
      `${paths} is empty: httpd writes at least a line when it starts, so its messages go elsewhere (another virtual host's log, a rotated file, a program); look at ErrorLog in the configuration`,
    );
  if (readable.every((file) => file.bytes > 0 && isForeign(file, dialect)))
    return no(
      `${paths} has no line of an ${dialect} error log; look at ${dialect === 'nginx' ? 'error_log' : 'ErrorLog'} in the configuration`,
    );
  return null;
}

/** No line of it is of that server: times in another one's layout do not count. */
function isForeign({ layout, matched }: ErrorFile, dialect: string): boolean {
  return matched === 0 && (layout === null || (dialect === 'nginx' && layout !== 'nginx'));
}

/** LogLevel above `error`, in a place that proxies. */
function hidden({ parameters: { config }, failures }: Seen): Coverage | null {
  if (config === null || failures > 0) return null;
  const proxying = proxyingHosts(config);
  for (const level of config.logLevels) {
    const concerns = level.virtualHost === null ? inheritsMain(config, proxying) : proxying.has(level.virtualHost);
    if (!concerns || (!hiding.has(level.proxy) && !hiding.has(level.proxyHttp))) continue;
    const where = level.at === null ? '' : ` (${level.at.file}:${level.at.line})`;
    return no(
      `${config.dialect === 'nginx' ? 'error_log at' : 'LogLevel'} ${level.proxy}${where} hides the proxy's error lines; set it to warn, reload, and look again`,
    );
  }
  return null;
}

type Config = NonNullable<LogParameters['config']>;

/** Virtual hosts with proxied paths; the main server's are in all of them. */
function proxyingHosts(config: Config): ReadonlySet<string | null> {
  return new Set<string | null>([...config.backends, ...(config.routes ?? [])].map((one) => one.virtualHost));
}

function inheritsMain(config: Config, proxying: ReadonlySet<string | null>): boolean {
  const own = new Set(config.logLevels.map((level) => level.virtualHost));
  return proxying.has(null) || [...proxying].some((host) => host !== null && !own.has(host));
}

/** The virtual hosts that proxy log to files that were not read. */
function elsewhere({ parameters: { config, unreadable, errorLogs }, errorFiles, failures }: Seen): Coverage | null {
  if (config === null || failures > 0) return null;
  const proxying = proxyingHosts(config);
  const read = errorFiles.filter((file) => file.trouble === null).map((file) => file.parameter);
  for (const host of proxying) {
    const own = host === null ? undefined : config.errorLogs.find((setting) => setting.virtualHost === host);
    const setting = own ?? config.errorLogs.find((one) => one.virtualHost === null);
    if (setting === undefined) continue;
    const lost = unreadable.find((one) => one.kind === 'error' && one.raw === setting.raw);
    if (lost !== undefined) return no(`${lost.reason}; ${lost.remedy}`);
    if (setting.target !== 'file' || setting.path === null) continue;
    const troubled = errorFiles.find((file) => file.trouble !== null && file.parameter.path.endsWith(setting.path ?? ''));
    if (troubled !== undefined) return no(troubled.trouble ?? '');
    // A log that was given and is known to be another virtual host's.
    const known = read.filter((parameter) => parameter.standing !== 'given');
    if (errorLogs.length === known.length && known.length > 0 && !known.some((parameter) => parameter.path.endsWith(setting.path ?? ''))) {
      const which = host === null ? 'the main server' : `the virtual host ${host}`;
      return no(
        `${known.map((parameter) => parameter.path).join(', ')} is not where ${which}, which proxies, logs its errors; that is ${setting.path}`,
      );
    }
  }
  return null;
}

/** The access log shows failures of the proxy of which the error log says nothing. */
function mismatch({ unexplained, silent, failures, errorFiles, parameters }: Seen): Coverage | null {
  const { config } = parameters;
  const where =
    config === null
      ? `look at ${parameters.dialect === 'nginx' ? 'error_log' : 'ErrorLog and LogLevel'} in the configuration`
      : "give the virtual host's own error log";
  if (unexplained >= silentAnswers && unexplained > failures)
    return no(
      `${plural(unexplained, 'answer')} were made by the proxy itself, as the access log says, and the error log has no line for them; ${where}`,
    );
  const known = errorFiles.some((file) => file.trouble === null && file.parameter.standing !== 'given');
  if (!known && silent >= silentAnswers && failures === 0)
    return no(
      `the access log shows ${plural(silent, 'answer')} with 502, 503 or 504, and the error log has no line for any of them: the application may have sent them, or this is not the error log of these requests; ${where}, or add ${parameters.dialect === 'nginx' ? '$upstream_status' : '%{proxy-status}n'} to the access log's format`,
    );
  return null;
}

/** Nothing but lines of httpd's own life, and neither a configuration nor an access log beside them: absence alone proves nothing. */
function alone({ parameters: { config }, access, graveSeen, errorFiles }: Seen): Coverage | null {
  if (config !== null || access !== null || graveSeen) return null;
  const paths = errorFiles.map((file) => file.path).join(', ');
  return no(
    `${paths} has no line of a failure, but nothing tells at which LogLevel it is written and whose log it is; give the access log or the configuration too`,
  );
}

function times(seen: Seen): Coverage {
  const { parameters, access } = seen;
  const { since, until } = parameters;
  const files = seen.errorFiles.filter((file) => file.trouble === null && file.from !== null);
  const paths = files.map((file) => file.path).join(', ');
  if (files.length === 0) return parameters.dialect === 'nginx' ? nothingSaid(seen) : no('the lines of the error log have no time');
  const from = Math.min(...files.map((file) => file.from ?? Infinity));
  const to = Math.max(...files.map((file) => file.to ?? -Infinity));
  const reach = `${paths} reaches from ${iso(from)} to ${iso(to)}`;
  if (until !== null && from > until) return no(`${reach}: it begins after the window ends`);

  const wanted = since ?? access?.first ?? null;
  if (wanted === null) return yes(`${reach}, and was read whole`);
  if (to < wanted - slackMs) return quiet(seen, to, wanted, reach);
  if (from <= wanted + slackMs) return yes(`${reach}, which covers the window from ${iso(wanted)} on`);
  return lateBeginning(seen, from, wanted, reach);
}

/** An nginx that nothing fails for has an empty error log. */
function nothingSaid(seen: Seen): Coverage {
  const readable = seen.errorFiles.filter((file) => file.trouble === null);
  const paths = readable.map((file) => file.path).join(', ');
  if (readable.some((file) => file.parameter.standing === 'running'))
    return yes(`${paths} is empty; it is the log of the running nginx, which had nothing to say`);
  if (seen.access !== null && seen.access.requests > 0)
    return yes(`${paths} is empty, and the access log shows no failure of the proxy either`);
  return no(`${paths} is empty, and nothing tells that nginx writes to it; give the access log or the configuration too`);
}

/** The last line is older than the window: is that a quiet log, or an old one? */
function quiet(seen: Seen, to: number, wanted: number, reach: string): Coverage {
  const live = seen.errorFiles.some((file) => file.parameter.standing === 'running' && file.trouble === null);
  if (live) return yes(`${reach}; it is the log of the running ${proxyOf(seen)}, which had nothing to say since ${iso(to)}`);
  if (seen.lastOfLife === 'stop')
    return no(`${reach}; its last word is that ${proxyOf(seen)} stopped, so it is older than the window from ${iso(wanted)} on`);
  // What fails between proxy and backend would show in the access log too (mismatch() has looked).
  if (seen.access !== null && seen.access.requests > 0)
    return yes(`${reach}; it had nothing to say since, and the access log shows no failure of the proxy either`);
  return no(
    `${reach}: it is older than the window, which begins at ${iso(wanted)}, and nothing tells that ${proxyOf(seen)} still writes to it`,
  );
}

/** The first line is younger than the window's beginning: did anything happen before it? */
function lateBeginning(seen: Seen, from: number, wanted: number, reach: string): Coverage {
  const { access } = seen;
  const silentBefore = seen.firstSilent !== null && seen.firstSilent < from - slackMs;
  if (silentBefore)
    return no(
      `${reach}, and the access log shows failures from ${iso(seen.firstSilent ?? 0)} on, before it begins: an earlier part is missing (rotated?)`,
    );
  if (access !== null && access.requests > 0 && access.first >= from - slackMs)
    return yes(`${reach}, and there were no requests before it begins`);
  if (access !== null && access.requests > 0) return yes(`${reach}; before it begins, none of the requests in the access log failed`);
  if (seen.errorFiles.some((file) => file.startsWithStart)) return yes(`${reach}; it begins with a start of ${proxyOf(seen)}`);
  return no(`${reach}: it begins after the window does (${iso(wanted)}), and what it said before is missing`);
}

const proxyOf = (seen: Seen): string => seen.parameters.dialect ?? 'httpd';

export interface AccessSeen {
  readonly parameters: LogParameters;
  readonly accessFiles: readonly AccessFile[];
  readonly requests: number;
  readonly outside: number;
}

/** The same for the access log: it must have requests of the window. */
export function accessLogCoverage({ parameters, accessFiles, requests, outside }: AccessSeen): Coverage {
  const paths = accessFiles.map((file) => file.path).join(', ');
  const readable = accessFiles.filter((file) => file.trouble === null);
  if (readable.length === 0) return no(accessFiles[0]?.trouble ?? 'no access log was read');
  if (readable.every((file) => file.lines === 0))
    return no(
      `${paths} is empty: requests are logged elsewhere; look at ${parameters.dialect === 'nginx' ? 'access_log' : 'CustomLog'} in the configuration`,
    );
  const from = Math.min(...readable.map((file) => file.from ?? Infinity));
  const to = Math.max(...readable.map((file) => file.to ?? -Infinity));
  if (requests === 0) {
    if (outside > 0 && parameters.since !== null && to < parameters.since)
      return no(`${paths} is older than the window: its last request began at ${iso(to)}`);
    if (outside > 0 && parameters.until !== null && from > parameters.until)
      return no(`${paths} begins after the window ends, at ${iso(from)}`);
    return no(`${paths} has no request of the window`);
  }
  if (parameters.since !== null && from > parameters.since + slackMs && outside === 0)
    return yes(`${paths} begins at ${iso(from)}, inside the window, with ${plural(requests, 'request')}`);
  return yes(
    `${paths} has ${count(requests)} requests of the window, from ${iso(Math.max(from, parameters.since ?? from))} to ${iso(Math.min(to, parameters.until ?? to))}`,
  );
}
