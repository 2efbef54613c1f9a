/** What the toggle needs to know before it may begin, worked out from the configuration's facts. Pure. */
import * as z from 'zod';
import { facts as accessLog } from '../access-log/facts.ts';
import type { Known, Prepared } from '../check.ts';
import { facts as keepaliveProbe } from '../keepalive-probe/facts.ts';
import { facts as proxyConfig, type ProxyConfigFacts } from '../proxy-config/facts.ts';
import { type Directive, directiveFor } from './directive.ts';
import { anyStatus, gatewayStatus } from './traffic.ts';

export const parameters = z.object({
  backend: z.string(),
  /** How long to watch at the most, in seconds. */
  seconds: z.number().int().min(3).max(600),
  /** How far back the comparison reaches, in seconds. */
  beforeSeconds: z.number().int(),
  accessLogs: z.array(z.object({ path: z.string(), format: z.string().nullable() })),
  directive: z.enum(['SetEnvIfExpr', 'SetEnv', 'SetEnvIf']),
  placement: z.discriminatedUnion('kind', [z.object({ kind: z.literal('new-file'), folder: z.string(), pattern: z.string() }), z.object({ kind: z.literal('block'), file: z.string() })]),
  httpd: z.object({ pid: z.number(), argv: z.array(z.string()), binary: z.string() }),
  listen: z.object({ address: z.string(), port: z.number() }).nullable(),
  /** For GETs of our own through the proxy; null: none are wanted. `idleSeconds`: an idle time after which the probe saw a connection fail. */
  own: z.object({ url: z.string(), idleSeconds: z.number().nullable() }).nullable(),
  /** What counts as a failure in the access log. */
  statuses: z.array(z.number().int()),
});
export type Parameters = z.infer<typeof parameters>;

const defaultSeconds = 30;
const defaultBefore = 900;

export function prepare(known: Known, set: Readonly<Record<string, unknown>>): Prepared<Parameters> {
  const refuse = (reason: string, remedy: string): Prepared<Parameters> => ({ ready: false, reason, remedy });
  const { inputs, subject } = known;
  if (inputs.passive) return refuse('it changes the configuration and reloads httpd, and --passive was given', 'run without --passive');
  if (inputs.offline) return refuse('the proxy is not this machine (--offline)', 'run it on the proxy');
  if (inputs.via.proxy !== null) return refuse('the proxy is reached through a vantage, and the supervisor that undoes the change has to live on the proxy itself', 'run proxy-doctor on the proxy');
  const config = proxyConfig.safeParse(known.evidence('proxy-config', null)?.data).data;
  if (config === undefined) return refuse('the proxy’s configuration is not known', 'name it with --proxy-config');
  if (config.httpd === null) return refuse('no running httpd was found for this configuration', 'start httpd, or run it on the proxy');
  if (typeof process.getuid === 'function' && process.getuid() !== 0) return refuse('changing the configuration and reloading httpd needs root', 'sudo proxy-doctor run --allow keepalive-toggle …');
  const directive = directiveFor(config);
  if (directive === null) return refuse('neither mod_setenvif nor mod_env is loaded, so the variable can not be set', 'load mod_setenvif, or set disablereuse=on at the backend by hand');
  const accessLogs = config.accessLogs.flatMap((log) => (log.path === null ? [] : [{ path: log.path, format: log.format }]));
  if (accessLogs.length === 0) return refuse('no access log is written to a file, so failures before and during could not be counted', 'add a CustomLog');
  const listen = config.listen[0];
  return {
    ready: true,
    parameters: {
      backend: subject?.backend ?? 'the backend',
      seconds: typeof set['seconds'] === 'number' ? set['seconds'] : defaultSeconds,
      beforeSeconds: typeof set['beforeSeconds'] === 'number' ? set['beforeSeconds'] : defaultBefore,
      accessLogs: accessLogs.filter((log, index) => accessLogs.findIndex((other) => other.path === log.path) === index),
      directive,
      placement: placementFor(config),
      httpd: { pid: config.httpd.pid, argv: [config.httpd.binary, ...config.httpd.argv.slice(1)], binary: config.httpd.binary },
      listen: listen === undefined ? null : { address: listen.address ?? '127.0.0.1', port: listen.port },
      own: inputs.url === null ? null : { url: inputs.url, idleSeconds: harmfulIdle(known) },
      statuses: [...((accessLog.safeParse(known.evidence('access-log', null)?.data).data?.applicationErrors ?? 0) > 0 ? gatewayStatus : anyStatus)],
    },
  };
}

/** The shortest idle time after which a connection failed that looked open. */
function harmfulIdle({ evidence, subject }: Known): number | null {
  const probe = keepaliveProbe.safeParse(evidence('keepalive-probe', subject?.backend ?? null)?.data).data;
  const harmful = probe?.idleSeconds.filter(({ outcome }) => outcome === 'reset' || outcome === 'no-answer').map(({ seconds }) => seconds) ?? [];
  return harmful.length === 0 ? null : Math.min(...harmful);
}

/** A file of its own where the configuration includes a folder by a pattern; else a block at the end of the main file. */
function placementFor(config: ProxyConfigFacts): Parameters['placement'] {
  const folder = config.includeFolders.find((one) => /(^|\/)\*\.conf$/.test(one.pattern) && /conf/.test(one.folder)) ?? config.includeFolders.find((one) => one.pattern.endsWith('*.conf'));
  return folder === undefined ? { kind: 'block', file: config.configFile } : { kind: 'new-file', folder: folder.folder, pattern: folder.pattern };
}

export type { Directive };
