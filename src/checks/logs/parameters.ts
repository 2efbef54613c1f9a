/** What both log checks read: the logs that were given, else those of the configuration. Pure. */
import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { dialect, dialectOf } from '../dialect.ts';
import { facts as proxyConfig } from '../proxy-config/facts.ts';
import type { LogSetting, ProxyConfigFacts } from '../proxy-config/facts.ts';
import { pipedPath } from './piped.ts';

const log = z.object({
  /** A path, a glob, or `-`. */
  path: z.string(),
  /** The virtual host whose log it is; null: the main server's, or not known. */
  virtualHost: z.string().nullable(),
  /** The format string in force; null: not known. */
  format: z.string().nullable(),
  /** Whose log it is by the configuration: of an httpd that runs now (`running`), of a configuration (`configured`), or nobody says (`given`). */
  standing: z.enum(['running', 'configured', 'given']),
});
export type LogParameter = z.infer<typeof log>;

/** A log that the configuration names and that can't be read as a file. */
const unreadable = z.object({
  kind: z.enum(['error', 'access']),
  virtualHost: z.string().nullable(),
  raw: z.string(),
  reason: z.string(),
  remedy: z.string(),
});

export const parameters = z.object({
  /** Whose logs they are. */
  dialect: dialect.optional(),
  errorLogs: z.array(log),
  accessLogs: z.array(log),
  unreadable: z.array(unreadable),
  since: z.number().nullable(),
  until: z.number().nullable(),
  config: proxyConfig.nullable(),
  /** Backends that were given by options. */
  backends: z.array(z.string()),
});
export type LogParameters = z.infer<typeof parameters>;

/** Parameters for one of the two checks, or why it can't be carried out. */
export function prepareLogs(
  known: Known,
  check: 'error-log' | 'access-log',
  set: Readonly<Record<string, unknown>> = {},
): Prepared<LogParameters> {
  const { inputs } = known;
  const parsed = proxyConfig.safeParse(known.evidence('proxy-config')?.data);
  const config = parsed.success ? parsed.data : null;
  const unread: z.infer<typeof unreadable>[] = [];
  const errorLogs = inputs.skip.includes('error-log') && check !== 'error-log' ? [] : errorLogsOf(inputs.errorLogs, config, unread);
  const accessLogs =
    inputs.skip.includes('access-log') && check !== 'access-log'
      ? []
      : accessLogsOf(inputs.accessLogs, inputs.accessLogFormat, config, unread);
  const mine = check === 'error-log' ? errorLogs : accessLogs;
  if (mine.length === 0) {
    const kind = check === 'error-log' ? 'error' : 'access';
    const why = unread.find((one) => one.kind === kind);
    return {
      ready: false,
      reason:
        why?.reason ??
        `no ${kind} log is known: none was given${config === null ? ', and there is no configuration that names one' : ', and the configuration names none'}`,
      remedy: why?.remedy ?? `give it with --${kind}-log PATH`,
    };
  }
  return {
    ready: true,
    parameters: {
      dialect: dialectOf(set, config),
      errorLogs,
      accessLogs,
      unreadable: unread,
      since: inputs.since,
      until: inputs.until,
      config,
      backends: [...inputs.backends],
    },
  };
}

function errorLogsOf(given: readonly string[], config: ProxyConfigFacts | null, unread: z.infer<typeof unreadable>[]): LogParameter[] {
  if (given.length > 0) return given.map((path) => named(path, config?.errorLogs ?? [], config, null));
  return (config?.errorLogs ?? [])
    .filter((setting) => matters(setting, config))
    .flatMap((setting) => configured('error', setting, config, unread))
    .reduce(once, []);
}

function accessLogsOf(
  given: readonly string[],
  format: string | null,
  config: ProxyConfigFacts | null,
  unread: z.infer<typeof unreadable>[],
): LogParameter[] {
  if (given.length > 0) return given.map((path) => named(path, config?.accessLogs ?? [], config, format));
  return (config?.accessLogs ?? [])
    .filter((setting) => matters(setting, config))
    .flatMap((setting) => configured('access', setting, config, unread))
    .map((entry) => (format === null ? entry : { ...entry, format }))
    .reduce(once, []);
}

/** Logs of virtual hosts that proxy, and the main server's: start, stop and limits are logged there. */
function matters(setting: LogSetting, config: ProxyConfigFacts | null): boolean {
  if (setting.virtualHost === null) return true;
  const proxying = [...(config?.backends ?? []), ...(config?.routes ?? [])];
  return proxying.some((backend) => backend.virtualHost === null || backend.virtualHost === setting.virtualHost);
}

/** A log that was named by path: what the configuration knows of it. */
function named(path: string, settings: readonly LogSetting[], config: ProxyConfigFacts | null, format: string | null): LogParameter {
  const setting = settings.find((one) => one.path !== null && (one.path === path || rooted(config, one.path) === path));
  return {
    path,
    virtualHost: setting?.virtualHost ?? null,
    format: format ?? setting?.format ?? null,
    standing: setting === undefined ? 'given' : standingOf(config),
  };
}

function configured(
  kind: 'error' | 'access',
  setting: LogSetting,
  config: ProxyConfigFacts | null,
  unread: z.infer<typeof unreadable>[],
): LogParameter[] {
  const entry = (path: string): LogParameter => ({
    path: rooted(config, path),
    virtualHost: setting.virtualHost,
    format: setting.format,
    standing: standingOf(config),
  });
  const where = setting.at === null ? '' : ` (${setting.at.file}:${setting.at.line})`;
  const option = `--${kind}-log`;
  switch (setting.target) {
    case 'file':
      return setting.path === null ? [] : [entry(setting.path)];
    case 'pipe': {
      const path = pipedPath(setting.raw);
      if (path !== null) return [entry(path)];
      unread.push({
        kind,
        virtualHost: setting.virtualHost,
        raw: setting.raw,
        reason: `the ${kind} log goes to a program${where}: ${setting.raw}`,
        remedy: `give the file that the program writes with ${option} PATH, or what it passes on with ${option} -`,
      });
      return [];
    }
    case 'syslog':
      unread.push({
        kind,
        virtualHost: setting.virtualHost,
        raw: setting.raw,
        reason: `the ${kind} log goes to syslog${where}`,
        remedy: `write its lines to a file (journalctl -t apache2 -t httpd -o short-precise, or grep them out of /var/log/syslog) and give that with ${option} PATH`,
      });
      return [];
    case 'stdio':
      unread.push({
        kind,
        virtualHost: setting.virtualHost,
        raw: setting.raw,
        reason: `the ${kind} log goes to the process's own output (${setting.raw})${where}`,
        remedy: `get it from what started httpd (docker logs NAME, kubectl logs POD, journalctl -u UNIT) and give it with ${option} - or ${option} PATH`,
      });
      return [];
    case 'off':
      if (kind === 'error')
        unread.push({
          kind,
          virtualHost: setting.virtualHost,
          raw: setting.raw,
          reason: `no error log is written${where}: ${setting.raw}`,
          remedy: 'set ErrorLog to a file, reload, and look again',
        });
      return [];
  }
}

function standingOf(config: ProxyConfigFacts | null): LogParameter['standing'] {
  return config === null ? 'given' : config.httpd !== null ? 'running' : 'configured';
}

/** The configuration's paths may be those of a container. */
function rooted(config: ProxyConfigFacts | null, path: string): string {
  const root = config?.root ?? '';
  return root === '' ? path : `${root}${path}`;
}

function once(sofar: LogParameter[], entry: LogParameter): LogParameter[] {
  const same = sofar.find((one) => one.path === entry.path);
  if (same === undefined) return [...sofar, entry];
  // One file for several virtual hosts: it is nobody's own.
  return same.virtualHost === entry.virtualHost ? sofar : sofar.map((one) => (one === same ? { ...one, virtualHost: null } : one));
}
