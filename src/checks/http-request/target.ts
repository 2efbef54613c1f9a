/**
 * The backend that a probe of ours talks to, as the proxy would: address, scheme, Host field, server name. Worked out from the subject, the
 * options and what other checks found; shared by the checks that hold a conversation. Pure.
 */
import { isIP } from 'node:net';
import * as z from 'zod';
import type { Known } from '../check.ts';
import { facts as dnsFacts } from '../dns/facts.ts';
import { facts as errorLogFacts } from '../error-log/facts.ts';
import { facts as proxyConfigFacts } from '../proxy-config/facts.ts';
import type { BackendSetting, ProxyConfigFacts } from '../proxy-config/facts.ts';
import { facts as tcpConnectFacts } from '../tcp-connect/facts.ts';
import type { Endpoint } from '../../httpd/wire/endpoint.ts';
import { parseEndpoint, showEndpoint } from '../../httpd/wire/endpoint.ts';

export const target = z.object({
  /** Name or address, without brackets. */
  host: z.string(),
  port: z.number(),
  /** Addresses that accepted a connect, best first; empty: to be resolved. */
  addresses: z.array(z.string()),
  secure: z.boolean(),
  /** For SNI and the name in the certificate: what httpd asks for. */
  serverName: z.string(),
  /** Value of the Host field as the proxy would send it. */
  hostField: z.string(),
});
export type Target = z.infer<typeof target>;

export interface TargetFound {
  readonly target: Target;
  readonly config: ProxyConfigFacts | null;
  /** Lines of the configuration that lead to this backend; empty: none known. */
  readonly settings: readonly BackendSetting[];
}

type NotReady = { readonly ready: false; readonly reason: string; readonly remedy: string };
export type TargetResult = ({ readonly ready: true } & TargetFound) | NotReady;

export function findTarget(known: Known): TargetResult {
  const backend = known.subject?.backend ?? known.inputs.backends[0] ?? null;
  if (backend === null) return { ready: false, reason: 'No backend is known.', remedy: 'Name it with --backend HOST:PORT.' };
  if (backend.startsWith('unix:')) {
    return {
      ready: false,
      reason: `${backend} is a socket in the file system, not reached over TCP.`,
      remedy: 'Look at the program behind it on this machine.',
    };
  }
  const endpoint = parseEndpoint(backend);
  if (endpoint === null)
    return { ready: false, reason: `${backend} names no port.`, remedy: 'Name the backend with its port: --backend HOST:PORT.' };

  const config = proxyConfigFacts.safeParse(known.evidence('proxy-config')?.data).data ?? null;
  const settings = config === null ? [] : settingsFor(config, [backend, ...namesOf(known, backend)], endpoint);
  const secure =
    settings.length > 0
      ? settings.some(({ scheme }) => scheme === 'https' || scheme === 'wss')
      : known.subject?.mode === 'tls' || endpoint.port === 443;
  // The log may say the address where the configuration says the name; the name is what httpd sends.
  const asConfigured = settings.map((setting) => parseEndpoint(setting.backend)?.host).find((host) => host !== undefined) ?? endpoint.host;
  const preserved = config === null ? null : preservedHost(config, settings);
  const defaultPort = endpoint.port === (secure ? 443 : 80);
  return {
    ready: true,
    config,
    settings,
    target: {
      host: endpoint.host,
      port: endpoint.port,
      addresses: addressesOf(known),
      secure,
      serverName: preserved ?? asConfigured,
      hostField: preserved ?? (defaultPort ? showEndpoint(asConfigured, null) : showEndpoint(asConfigured, endpoint.port)),
    },
  };
}

/**
 * Lines for this backend by one of its names; else, for a backend known by its address alone, the only name that the configuration has
 * at that port: httpd logs the address that it resolved the name to.
 */
function settingsFor(config: ProxyConfigFacts, names: readonly string[], { host, port }: Endpoint): readonly BackendSetting[] {
  const own = config.backends.filter((setting) => names.includes(setting.backend));
  if (own.length > 0 || isIP(host) === 0) return own;
  const named = config.backends.filter((setting) => {
    const other = parseEndpoint(setting.backend);
    return other !== null && other.port === port && isIP(other.host) === 0;
  });
  return new Set(named.map((setting) => setting.backend)).size === 1 ? named : [];
}

/** Other names of the backend that the error log showed. */
function namesOf(known: Known, backend: string): readonly string[] {
  const log = errorLogFacts.safeParse(known.evidence('error-log')?.data).data;
  const entry = log?.backends.find((one) => one.backend === backend || one.names.includes(backend));
  return entry ? [entry.backend, ...entry.names] : [];
}

/** With ProxyPreserveHost the backend is asked by the name the client used: the virtual host's. */
function preservedHost(config: ProxyConfigFacts, settings: readonly BackendSetting[]): string | null {
  const virtualHost = settings.map((setting) => setting.virtualHost).find((name) => name !== null) ?? null;
  const lines = config.directives.filter(({ name }) => name.toLowerCase() === 'proxypreservehost');
  const line = lines.findLast((one) => one.virtualHost === virtualHost) ?? lines.findLast((one) => one.virtualHost === null);
  if (line?.value.trim().toLowerCase() !== 'on' || virtualHost === null) return null;
  const name = virtualHost.replace(/:(\d+|\*)$/, '');
  return name === '' || name === '*' ? null : name;
}

function addressesOf(known: Known): string[] {
  const tcp = tcpConnectFacts.safeParse(known.evidence('tcp-connect')?.data).data;
  if (tcp) return tcp.byAddress.filter((one) => one.connected > 0).map((one) => one.address);
  return [...(dnsFacts.safeParse(known.evidence('dns')?.data).data?.addresses ?? [])];
}

/** Behind ajp, fcgi, scgi, uwsgi and ftp a GET means nothing, and HTTP/2 (h2, h2c) begins otherwise. */
const talkHttp = new Set(['http', 'https', 'ws', 'wss']);

export function whyNotHttp({ settings, target: { host, port } }: TargetFound): NotReady | null {
  const [first] = settings;
  if (first === undefined || settings.some(({ scheme }) => talkHttp.has(scheme))) return null;
  return {
    ready: false,
    reason: `The proxy speaks ${first.scheme} to ${showEndpoint(host, port)}, and no HTTP/1.`,
    remedy: 'Give a URL through the proxy that is safe to request: --url http://www.example/health',
  };
}

/** Connects that fail leave no place for a probe: it would take the last slot of a backend in trouble, or say what is known already. */
export function whyNotTalk(known: Known): NotReady | null {
  if (known.inputs.passive) return { ready: false, reason: 'Nothing is sent to backends with --passive.', remedy: 'Leave --passive out.' };
  const tcp = known.evidence('tcp-connect');
  if (tcp?.status !== 'ok') return null;
  const words: Readonly<Record<string, string>> = {
    refused: 'are refused',
    mixed: 'fail in part',
    'no-answer': 'get no answer',
    unreachable: 'do not reach the host',
    denied: 'are denied on the proxy itself',
  };
  const word = words[tcp.outcome];
  if (word === undefined) return null;
  return {
    ready: false,
    reason: `Connects to the backend ${word} (${tcp.id}): a request could not be told from that, and a probe must not take the last place of a backend in trouble.`,
    remedy: 'Mend the connects first, then run it again.',
  };
}
