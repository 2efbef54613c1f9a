/** Through the proxy where --url says what is safe to request and leads to this backend; else straight to the backend. Pure. */
import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { facts as proxyConfigFacts } from '../proxy-config/facts.ts';
import type { ProxyConfigFacts } from '../proxy-config/facts.ts';
import { routeFor } from '../proxy-config/routes.ts';
import { freshCount } from './fresh-count.ts';
import { answerWithin, proxyWaits } from './proxy-waits.ts';
import { nginxTlsOf } from '../tls-connect/nginx-settings.ts';
import { proxyTlsOf } from '../tls-connect/settings.ts';
import { findTarget, target, type TargetFound, whyNotHttp, whyNotTalk } from './target.ts';

/** One failure may be chance, two are not. */
const failuresEnough = 2;

/** Requests through the proxy go where all its traffic goes. */
const countThroughProxy = 5;

const settable = z.object({
  count: z.number().int().min(1).max(100).optional(),
  intervalMs: z.number().min(0).max(60_000).default(200),
  timeoutSeconds: z.number().min(0.1).max(120).optional(),
});

/** How long an answer is waited for, unless told otherwise or the proxy gives up sooner. */
const usualSeconds = 5;

const log = z.object({ path: z.string(), virtualHost: z.string().nullable() });

export const parameters = z.object({
  through: z.enum(['proxy', 'backend']),
  target,
  /** Path and query, as asked for; the mark is added to it. */
  path: z.string(),
  url: z.string(),
  count: z.number(),
  intervalMs: z.number(),
  timeoutSeconds: z.number(),
  /** Logs in which the mark is looked for. */
  logs: z.array(log),
  /** The backend that the configuration sends that path to, and the line that does. */
  route: z.object({ backend: z.string().nullable(), at: z.string() }).nullable(),
  /** With `through: proxy`: requests straight to the backend besides, on connections that nobody used before; null: none may be sent. */
  direct: z.object({ target, path: z.string(), count: z.number(), timeoutSeconds: z.number() }).nullable(),
  /** Requests straight to the backend end at this many failures: no more are needed to show that fresh connections fail. Null: all are sent. */
  failuresEnough: z.number().nullable(),
  /** The proxy shows this to the backend in the handshake, where it is asked for; we have only its name. */
  clientCertificate: z.string().nullable().default(null),
});
export type Parameters = z.infer<typeof parameters>;

export function prepare(known: Known, set: Readonly<Record<string, unknown>>): Prepared<Parameters> {
  const { count, intervalMs, timeoutSeconds } = settable.parse(set);
  if (known.inputs.passive) return { ready: false, reason: 'Nothing is sent with --passive.', remedy: 'Leave --passive out.' };
  const config = proxyConfigFacts.safeParse(known.evidence('proxy-config')?.data).data ?? null;
  const asked = known.inputs.url === null ? null : safeUrl(known.inputs.url);
  if (known.inputs.url !== null && asked === null) {
    return {
      ready: false,
      reason: `${known.inputs.url} is no http or https URL.`,
      remedy: 'Give a whole URL: --url http://www.example/health',
    };
  }
  const found = findTarget(known);
  const route = asked === null || config === null ? null : routeFor(config, { path: asked.pathname, virtualHost: asked.hostname });
  const why = whyNotTalk(known) ?? (found.ready ? whyNotHttp(found) : null);
  const straight = freshCount(known);
  const within = answerWithin(timeoutSeconds, usualSeconds, found.ready ? proxyWaits(found.config, found.settings) : null);
  const clientCertificate = found.ready && found.target.secure ? certificateOf(found) : null;
  const stop = count === undefined ? failuresEnough : null;
  const elsewhere =
    route !== null && route.certain && found.ready && !route.members.some((member) => isSame(member, known, found.settings));
  if (asked !== null && !elsewhere) {
    const secure = asked.protocol === 'https:';
    return {
      ready: true,
      parameters: {
        through: 'proxy',
        target: {
          host: bare(asked.hostname),
          port: Number(asked.port) || (secure ? 443 : 80),
          addresses: [],
          secure,
          serverName: bare(asked.hostname),
          hostField: asked.host,
        },
        path: asked.pathname + asked.search,
        url: asked.href,
        count: count ?? countThroughProxy,
        intervalMs,
        timeoutSeconds: timeoutSeconds ?? usualSeconds,
        logs: logsOf(known, config),
        route: route === null ? null : { backend: route.backend ?? route.balancer, at: `${route.at.file}:${route.at.line}` },
        direct: found.ready && why === null && known.subject !== null ? { target: found.target, path: '/', count: count ?? straight, timeoutSeconds: within } : null,
        failuresEnough: stop,
        clientCertificate,
      },
    };
  }
  if (!found.ready) return found;
  if (why !== null) return why;
  return {
    ready: true,
    parameters: {
      through: 'backend',
      target: found.target,
      path: '/',
      url: `${found.target.secure ? 'https' : 'http'}://${known.subject?.backend ?? found.target.hostField}/`,
      count: count ?? straight,
      intervalMs,
      timeoutSeconds: within,
      logs: [],
      route: null,
      direct: null,
      failuresEnough: stop,
      clientCertificate,
    },
  };
}

function certificateOf({ config, settings }: TargetFound): string | null {
  const tls = config?.dialect === 'nginx' ? nginxTlsOf(config, settings) : proxyTlsOf(config, settings, null);
  return tls.clientCertificate;
}

function safeUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}

function isSame(member: string, known: Known, settings: readonly { readonly backend: string }[]): boolean {
  return member === known.subject?.backend || settings.some((setting) => setting.backend === member);
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Files that the options name, else those that the configuration writes to. */
function logsOf(known: Known, config: ProxyConfigFacts | null): z.infer<typeof log>[] {
  const settings = [...(config?.accessLogs ?? []), ...(config?.errorLogs ?? [])].filter((one) => one.target === 'file');
  const given = [...known.inputs.accessLogs, ...known.inputs.errorLogs].filter((file) => file !== '-' && !/[*?[]|\.gz$/.test(file));
  const paths = given.length > 0 ? given : settings.flatMap((one) => (one.path === null ? [] : [one.path]));
  return [...new Set(paths)].map((path) => ({ path, virtualHost: settings.find((one) => one.path === path)?.virtualHost ?? null }));
}
