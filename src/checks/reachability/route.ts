/** What `ip route get` and `ip neigh` print. Pure. Their text, not their JSON: old versions and busybox know only that. */
import { errnoOfText } from '../../host/strerror.ts';
import type { ReachabilityFacts } from './facts.ts';

export type Route = NonNullable<ReachabilityFacts['route']>;
export type RouteAnswer = { readonly route: Route | null; readonly error: string | null };

const types = new Set(['unicast', 'local', 'broadcast', 'multicast', 'unreachable', 'prohibit', 'blackhole', 'throw', 'anycast']);

/** Routes that say no are told as errors of the look-up (fib_props in Linux net/ipv4/fib_semantics.c). */
const refusals: Readonly<Record<string, string>> = { EACCES: 'prohibit', EHOSTUNREACH: 'unreachable', EINVAL: 'blackhole' };

/** `[TYPE] ADDRESS [via GATEWAY] dev DEVICE [src SOURCE] …` */
export function readRoute(result: { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }): RouteAnswer {
  if (result.exitCode !== 0) {
    const code = errnoOfText(result.stderr);
    const type = code === null ? undefined : refusals[code];
    const error = code ?? (result.stderr.trim().split('\n').at(-1) || `exit status ${result.exitCode ?? 'none'}`);
    if (type !== undefined) return { route: { via: null, device: '', source: null, type }, error };
    return code === 'ENETUNREACH' ? { route: null, error } : { route: unknownRoute, error };
  }
  const words = result.stdout.split('\n')[0]?.trim().split(/\s+/) ?? [];
  const after = (word: string) => {
    const at = words.indexOf(word);
    return at === -1 ? null : (words[at + 1] ?? null);
  };
  const via = after('via');
  return {
    route: {
      // `via inet6 fe80::1`: an IPv4 route over an IPv6 gateway (RFC 5549).
      via: via === 'inet6' ? (words[words.indexOf('via') + 2] ?? null) : via,
      device: after('dev') ?? '',
      source: after('src'),
      type: types.has(words[0] ?? '') ? (words[0] ?? '') : 'unicast',
    },
    error: null,
  };
}

/** The look-up itself could not be made. */
export const unknownRoute: Route = { via: null, device: '', source: null, type: 'unknown' };

export const noWay: ReadonlySet<string> = new Set(['unreachable', 'prohibit', 'blackhole']);

/** `ADDRESS dev DEVICE [lladdr MAC] [router] STATE`: the state, null where there is no entry. */
export function readNeighbour(stdout: string): string | null {
  const line = stdout.split('\n').find((text) => text.trim() !== '');
  const state = line?.trim().split(/\s+/).at(-1) ?? '';
  return /^[A-Z]+$/.test(state) ? state : null;
}

/** `2: eth0: <…> mtu 1500 qdisc …` */
export function readMtu(stdout: string): number | null {
  const match = /\bmtu (\d+)/.exec(stdout);
  return match === null ? null : Number(match[1]);
}
