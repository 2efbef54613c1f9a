/**
 * Which requests of the access log went to which backend: as the configuration routes them, or as the log's own fields name the member,
 * or, without either, as learnt from what the failures have in common (virtual host, first part of the path).
 */
import type { ProxyConfigFacts } from '../proxy-config/facts.ts';
import type { Route } from '../proxy-config/routes.ts';
import type { BackendNames } from './backend-names.ts';
import type { Group, Tally } from './tally.ts';

export interface Way {
  readonly group: number;
  /** Part of the group's requests that are attempts on this backend, 0 to 1. */
  readonly share: number;
  /** Others serve this group too: what failed here may have been served there, and stands in the log as a success. */
  readonly shared: boolean;
}

export interface Ways {
  /** Ways of each backend, by its number; empty: the access log does not tell which requests were its own. */
  readonly of: readonly (readonly Way[])[];
  readonly how: 'configuration' | 'learnt' | 'none';
}

/** Failures of a backend that were found in the access log, by group. */
export type FailuresByGroup = readonly ReadonlyMap<number, number>[];

/** So many failures must be found in the access log to contradict the configuration. */
const contradictions = 3;
/** Failures spread over so many first parts of paths: the whole site goes to that backend. */
const wholeSite = 3;
/** A part of the site without a failure belongs to another backend when this many would have been expected there. */
const expected = 3;

export function findWays(tally: Tally<Route>, names: BackendNames, failures: FailuresByGroup, config: ProxyConfigFacts | null): Ways {
  const routed = byConfiguration(tally, names, config);
  const open = tally.groups.some(({ route }) => route?.orElsewhere === true);
  if ((open || routed.some((ways) => ways.length > 0)) && !contradicted(routed, failures, tally)) {
    // A backend that the configuration does not lead to (a forward proxy, a [P] rule with a variable host) is learnt.
    const rest = learnt(tally, failures);
    return { of: routed.map((ways, backend) => (ways.length > 0 ? ways : onlyUnrouted(rest[backend] ?? [], tally))), how: 'configuration' };
  }
  const of = learnt(tally, failures);
  return { of, how: of.some((ways) => ways.length > 0) ? 'learnt' : 'none' };
}

function onlyUnrouted(ways: readonly Way[], tally: Tally<Route>): readonly Way[] {
  return ways.filter((way) => tally.groups[way.group]?.route === null);
}

function byConfiguration(tally: Tally<Route>, names: BackendNames, config: ProxyConfigFacts | null): Way[][] {
  const ways: Way[][] = names.list.map(() => []);
  tally.groups.forEach((group, index) => {
    const worker = group.worker === null ? -1 : workerNumber(group.worker, names, config);
    if (worker >= 0) {
      ways[worker]?.push({ group: index, share: 1, shared: false });
      return;
    }
    const { route } = group;
    if (route === null || route.orElsewhere) return;
    const members = [...new Set(route.members.map((member) => names.find(member)).filter((number) => number >= 0))];
    const [only] = members;
    if (members.length === 1 && only !== undefined) ways[only]?.push({ group: index, share: 1, shared: false });
    else for (const member of members) ways[member]?.push({ group: index, share: shareOf(member, members, names, config), shared: true });
  });
  return ways;
}

/** `http://10.0.0.5:8080/app`, the `route` of a member, or nginx's `10.0.0.5:8080, 10.0.0.6:8080`. */
function workerNumber(worker: string, names: BackendNames, config: ProxyConfigFacts | null): number {
  const host = /^[a-z][\w+.-]*:\/\/(?:[^/@]*@)?([^/?#]*)/i.exec(worker)?.[1];
  if (host !== undefined) return names.find(/:\d+$/.test(host) ? host : `${host}:${worker.startsWith('https') ? 443 : 80}`);
  // nginx's $upstream_addr: the servers that were tried, the one that answered last.
  const peer = /(?:^|[\s,])(unix:[^\s,]+|[^\s,/]+:\d+)$/.exec(worker)?.[1];
  if (peer !== undefined) return names.find(peer);
  const member = config?.backends.find((backend) => backend.parameters['route']?.value === worker);
  return member === undefined ? -1 : names.find(member.backend);
}

/** By load factor; a hot standby (status=+H) takes part only when the others are out of use. */
function shareOf(member: number, members: readonly number[], names: BackendNames, config: ProxyConfigFacts | null): number {
  const weight = (number: number): number => {
    const setting = config?.backends.find((backend) => backend.balancer !== null && names.find(backend.backend) === number);
    if (/H/i.test(setting?.parameters['status']?.value ?? '')) return 0;
    const factor = Number(setting?.parameters['loadfactor']?.value ?? 1);
    return Number.isFinite(factor) && factor > 0 ? factor : 1;
  };
  const all = members.reduce((sum, one) => sum + weight(one), 0);
  return all === 0 ? 1 / members.length : weight(member) / all;
}

/** Most failures stand in groups that the configuration sends elsewhere: it is not this proxy's configuration. */
function contradicted(routed: readonly (readonly Way[])[], failures: FailuresByGroup, tally: Tally<Route>): boolean {
  let agree = 0;
  let disagree = 0;
  failures.forEach((groups, backend) => {
    for (const [group, count] of groups) {
      if (tally.groups[group]?.route?.orElsewhere === true) continue;
      if (routed[backend]?.some((way) => way.group === group) === true) agree += count;
      else disagree += count;
    }
  });
  return disagree >= contradictions && disagree > agree;
}

function learnt(tally: Tally<Route>, failures: FailuresByGroup): Way[][] {
  const sharing = new Map<number, number>();
  for (const groups of failures) for (const group of groups.keys()) sharing.set(group, (sharing.get(group) ?? 0) + 1);
  return failures.map((groups) => {
    if (groups.size === 0) return [];
    const own = new Set(groups.keys());
    const segments = new Set([...own].map((group) => tally.groups[group]?.segment));
    if (segments.size >= wholeSite) for (const group of neighbours(tally, groups)) own.add(group);
    return [...own].map((group) => {
      const many = Math.max(1, sharing.get(group) ?? 1);
      return { group, share: 1 / many, shared: many > 1 };
    });
  });
}

/** Groups of the same virtual hosts that happen to have no failure, because they have few requests. */
function neighbours(tally: Tally<Route>, groups: ReadonlyMap<number, number>): readonly number[] {
  let failed = 0;
  let all = 0;
  const hosts = new Set<string>();
  for (const [group, count] of groups) {
    failed += count;
    all += requestsOf(tally.groups[group]);
    hosts.add(hostOf(tally.groups[group]));
  }
  return tally.groups.flatMap((group, index) =>
    !groups.has(index) && hosts.has(hostOf(group)) && (failed / Math.max(1, all)) * requestsOf(group) < expected ? [index] : [],
  );
}

function hostOf(group: Group<Route> | undefined): string {
  return group === undefined ? '' : `${group.vhost ?? ''} ${group.file}`;
}

export function requestsOf(group: Group<Route> | undefined): number {
  if (group === undefined) return 0;
  let beyond = 0;
  for (const count of group.beyond.values()) beyond += count;
  return group.good + group.suspects + beyond;
}
