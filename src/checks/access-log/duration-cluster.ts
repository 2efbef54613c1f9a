/** The timeout that failures pile up at, and the directive that sets it. Pure. */
import type { Mode } from '../error-log/facts.ts';
import type { At, ProxyConfigFacts, Setting } from '../proxy-config/facts.ts';
import { quantile } from '../logs/statistics.ts';
import type { AccessLogFacts } from './facts.ts';

export const thresholds = {
  /** Failures at one duration: so many, and this share of all. */
  failures: 4,
  share: 0.4,
  /** Below half a second no timeout of httpd is usual: failures just come quickly. */
  leastMs: 450,
  /** From the clocks of two logs, to a second: what takes less than this may have taken no time at all. */
  leastCoarseMs: 1600,
  /** What a timeout's durations spread over: the limit, and a little more that the machine took. */
  spreadMs: 250,
  spreadShare: 0.04,
  /** A directive fits a cluster that is at most this much off. */
  offMs: 350,
  offShare: 0.04,
} as const;

/** How good the durations are: by the access log itself, or by the clocks of both logs, to a second. */
export interface FailedDurations {
  /** Milliseconds, any order. */
  readonly values: readonly number[];
  /** What the values are rounded down to: 0.001, 1 or 1000 ms. */
  readonly grainMs: number;
  /** From the request's start in the access log to the line in the error log. */
  readonly byTwoClocks: boolean;
  /** Kind of most of the failures. */
  readonly mode: Mode;
  /** Names of the backends that failed. */
  readonly backends: readonly string[];
}

export function findDurationCluster(failed: FailedDurations, config: ProxyConfigFacts | null): AccessLogFacts['durationCluster'] {
  const coarse = failed.grainMs >= 1000;
  const least = failed.byTwoClocks ? thresholds.leastCoarseMs : thresholds.leastMs;
  const values = failed.values.filter((value) => value >= least).sort((a, b) => a - b);
  let best = { first: 0, count: 0 };
  for (let first = 0, end = 0; first < values.length; first++) {
    const low = values[first] ?? 0;
    const spread = Math.max(coarse ? 1001 : thresholds.spreadMs, low * thresholds.spreadShare);
    while (end < values.length && (values[end] ?? 0) <= low + spread) end += 1;
    if (end - first > best.count) best = { first, count: end - first };
  }
  if (best.count < thresholds.failures || best.count < failed.values.length * thresholds.share) return null;
  const cluster = values.slice(best.first, best.first + best.count);
  // Nothing ends before the limit, and some take a moment longer; the start of a request is cut down to its second.
  const limit = failed.byTwoClocks ? quantile(cluster, 0.5) - 500 : quantile(cluster, 0.1);
  const setting = directiveFor(limit, failed, config);
  return {
    seconds: Math.round(limit / 100) / 10,
    failures: best.count,
    share: Math.round((best.count / failed.values.length) * 1000) / 1000,
    directive: setting?.directive ?? null,
    note: setting?.note ?? null,
  };
}

interface Limit {
  readonly name: string;
  readonly value: string;
  readonly ms: number;
  readonly at: { readonly file: string; readonly line: number } | null;
}

function directiveFor(
  limitMs: number,
  failed: FailedDurations,
  config: ProxyConfigFacts | null,
): { readonly directive: { name: string; value: string; file: string; line: number } | null; readonly note: string | null } | null {
  if (config === null) return null;
  const off = Math.max(failed.grainMs >= 1000 ? 1100 : thresholds.offMs, limitMs * thresholds.offShare);
  const found = limitsOf(failed.mode, failed.backends, config).find((limit) => Math.abs(limit.ms - limitMs) <= off);
  if (found === undefined) return null;
  if (found.at === null) return { directive: null, note: `${found.name} ${found.value}, ${config.dialect ?? 'httpd'}'s own default` };
  return { directive: { name: found.name, value: found.value, file: found.at.file, line: found.at.line }, note: null };
}

/** What can end a request of that kind, the one that rules first (proxy_settings sections 1 and 2). */
function limitsOf(mode: Mode, backends: readonly string[], config: ProxyConfigFacts): readonly Limit[] {
  const worker = (name: string, ms: (value: string) => number): Limit[] =>
    config.backends
      .filter((backend) => backends.length === 0 || backends.includes(backend.backend))
      .flatMap((backend) => {
        const setting = backend.parameters[name];
        return setting === undefined
          ? []
          : [limitOf(setting, name, ms(setting.value), backend.at)];
      });
  const proxy: Limit[] = [
    ...(config.proxyTimeout === null
      ? []
      : [
          {
            name: 'ProxyTimeout',
            value: String(config.proxyTimeout.seconds),
            ms: config.proxyTimeout.seconds * 1000,
            at: config.proxyTimeout.at,
          },
        ]),
    { name: config.dialect === 'nginx' ? 'proxy_read_timeout' : 'Timeout', value: String(config.timeout.seconds), ms: config.timeout.seconds * 1000, at: config.timeout.at },
  ];
  switch (mode) {
    case 'connect':
    case 'tls':
      return [...worker('connectiontimeout', withUnit(1000)), ...worker('timeout', wholeSeconds), ...proxy];
    case 'capacity':
      return [...worker('acquire', withUnit(1)), ...proxy];
    case 'client':
      return [...requestReadTimeouts(config), ...proxy.filter((limit) => limit.name !== 'ProxyTimeout')];
    case 'in-flight':
    case 'dns':
    case 'none':
      return [...worker('ping', withUnit(1000)), ...worker('timeout', wholeSeconds), ...proxy];
  }
}

/** In the configuration's own words, where it has others than httpd's `name=`; those are defaults where they stand nowhere. */
function limitOf({ value, at, said }: Setting, name: string, ms: number, line: At): Limit {
  if (said === undefined) return { name: `${name}=`, value, ms, at: at ?? line };
  const [directive = name, ...rest] = said.split(' ');
  return { name: directive, value: rest.join(' '), ms: Number(value) * 1000, at };
}

/** `timeout=500ms` is read as 500 s (atoi; traps 11). */
function wholeSeconds(value: string): number {
  return (Number.parseInt(value, 10) || 0) * 1000;
}

function withUnit(unitMs: number): (value: string) => number {
  return (value) => {
    const found = /^(\d+)\s*(ms|s|mi|min|h)?$/i.exec(value.trim());
    const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, mi: 60_000, min: 60_000, h: 3_600_000 };
    return found === null ? 0 : Number(found[1]) * (found[2] === undefined ? unitMs : (units[found[2].toLowerCase()] ?? unitMs));
  };
}

/** `header=20-40,MinRate=500 body=20,MinRate=500`: every number of seconds in it ends somebody's request. */
function requestReadTimeouts(config: ProxyConfigFacts): readonly Limit[] {
  return config.directives
    .filter((directive) => directive.name.toLowerCase() === 'requestreadtimeout')
    .flatMap((directive) =>
      [...directive.value.matchAll(/(?:header|body|handshake)=(\d+)(?:-(\d+))?/gi)].flatMap(([, first, last]) =>
        [first, last].flatMap((seconds) =>
          seconds === undefined
            ? []
            : [{ name: 'RequestReadTimeout', value: directive.value, ms: Number(seconds) * 1000, at: directive.at }],
        ),
      ),
    );
}
