/**
 * How long this proxy keeps an idle connection to the backend, from its configuration. Pure. What each setting does (and does not):
 * mod_proxy's ap_proxy_initialize_worker, ap_proxy_determine_connection, proxy_http_handler; the article's point on proxy-nokeepalive.
 */
import type { Dialect } from '../dialect.ts';
import type { BackendSetting, ProxyConfigFacts } from '../proxy-config/facts.ts';
import { makesWorker } from '../proxy-config/proxying.ts';

export interface ProxyKeeps {
  /** Seconds; null: without limit. */
  readonly seconds: number | null;
  readonly reuse: boolean;
  readonly because: string;
}

/** Null: the configuration is not known, or has no line for this backend. `aprUtil` as `1.6.3`, null: not known. */
export function proxyKeeps(
  settings: readonly BackendSetting[],
  config: ProxyConfigFacts | null,
  aprUtil: string | null,
): ProxyKeeps | null {
  if (config === null || settings.length === 0) return null;
  const kept = settings.map((setting) => keptBy(setting, settings, config, aprUtil));
  // The line that keeps longest decides whether the race can happen at all.
  const longest = kept.reduce((one, other) => (rank(other) > rank(one) ? other : one));
  if (!longest.reuse) return longest;
  const always = config.environment.find((variable) => endsReuse(variable.name) && !variable.conditional);
  if (always) return { seconds: 0, reuse: false, because: `${always.name} is set for all requests (${place(always.at)})` };
  const sometimes = config.environment.find((variable) => endsReuse(variable.name) || variable.name === 'proxy-initial-not-pooled');
  if (!sometimes) return longest;
  // A request without the variable leaves its connection in the pool, and one with it may take that (mod_proxy_http's `toclose`).
  return { ...longest, because: `${longest.because}; ${sometimes.name} (${place(sometimes.at)}) does not hold for all requests` };
}

function endsReuse(name: string): boolean {
  return name === 'proxy-nokeepalive' || name === 'force-proxy-request-1.0';
}

function keptBy(setting: BackendSetting, all: readonly BackendSetting[], config: ProxyConfigFacts, aprUtil: string | null): ProxyKeeps {
  const value = (name: string): string | null => setting.parameters[name]?.value.toLowerCase() ?? null;
  const where = place(setting.at);
  const said = (name: string): string => setting.parameters[name]?.said ?? `${name}=${value(name)}`;
  if (value('disablereuse') === 'on') return { seconds: 0, reuse: false, because: `${said('disablereuse')} (${where})` };
  if (value('enablereuse') === 'off') return { seconds: 0, reuse: false, because: `enablereuse=off (${where})` };
  if (!all.some((one) => makesWorker(one.directive))) {
    return {
      seconds: 0,
      reuse: false,
      because: `${setting.directive} without a worker of its own uses the default worker, which keeps nothing (${where})`,
    };
  }
  const ttl = value('ttl');
  const seconds = ttl === null ? null : Number.parseInt(ttl, 10);
  if (seconds === null || !Number.isFinite(seconds) || seconds <= 0)
    return { seconds: null, reuse: true, because: `no ttl is set (${where})` };
  if (config.mpm?.toLowerCase() === 'prefork') {
    return { seconds: null, reuse: true, because: `ttl=${seconds} does nothing under the prefork MPM (${where})` };
  }
  if (aprUtil !== null && /^(?:0\.|1\.[0-2](?:\.|$))/.test(aprUtil) && value('smax') === null) {
    return { seconds: null, reuse: true, because: `ttl=${seconds} does nothing without smax before apr-util 1.3 (${where})` };
  }
  return { seconds, reuse: true, because: `${said('ttl')} (${where})` };
}

function rank(keeps: ProxyKeeps): number {
  if (!keeps.reuse) return -1;
  return keeps.seconds ?? Number.POSITIVE_INFINITY;
}

function place(at: { readonly file: string; readonly line: number }): string {
  return `${at.file}:${at.line}`;
}

/**
 * The setting that ends the race for connections that end after `timeout` seconds idle, on this proxy.
 * @param forgotten something in between ends them, not the backend
 */
export function advice(
  timeout: number | null,
  forgotten: boolean,
  { prefork, ping, dialect = 'httpd' }: { readonly prefork: boolean; readonly ping: boolean; readonly dialect?: Dialect | undefined },
): string {
  // Whole seconds, clearly below: what was measured as 5.01 s is a timeout of 5.
  const ttl = timeout === null ? 0 : Math.floor(timeout - 0.5);
  const pinged = ping ? '; the ping that is set helps requests with a body only' : '';
  if (dialect === 'nginx') return nginxAdvice(ttl, forgotten);
  const never = 'disablereuse=on at its ProxyPass line, or SetEnv proxy-nokeepalive 1 for all requests';
  // keepalive=On is SO_KEEPALIVE: it keeps a device awake only where the kernel probes sooner than the device forgets (Linux: after two hours).
  const longer = forgotten
    ? 'or a longer idle time in the device between, or keepalive=On with net.ipv4.tcp_keepalive_time below that time'
    : 'or a longer timeout on the backend';
  if (prefork) return `${never} (ttl does nothing under prefork)${pinged}`;
  if (ttl < 1) return `${never}${forgotten ? `, ${longer}` : ''}${pinged}`;
  return `ttl=${ttl} at its ProxyPass line, ${longer}; else ${never}${pinged}`;
}

function nginxAdvice(seconds: number, forgotten: boolean): string {
  const never = 'no keepalive in the upstream block';
  const longer = forgotten ? 'or a longer idle time in the device between, or proxy_socket_keepalive on with a short tcp_keepalive_time' : 'or a longer timeout on the backend';
  return seconds < 1 ? `${never}, ${longer}` : `keepalive_timeout ${seconds}s in the upstream block, ${longer}; else ${never}`;
}
