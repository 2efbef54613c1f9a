/**
 * One backend has many names in an error log: `10.0.0.5:8080 (app)`, `app:8080`, `app`, and nothing but the path it served. This brings
 * them together under the form that httpd logs before the parentheses.
 */
import type { ProxyConfigFacts } from '../proxy-config/facts.ts';
import { refusedUnasked, disabling } from './failure-table.ts';
import type { FailureTable } from './failure-table.ts';
import { hasPort, portOf } from './pairing.ts';

export interface NamedBackend {
  readonly backend: string;
  /** The other forms, the configuration's among them. */
  readonly names: readonly string[];
}

export interface BackendNames {
  readonly list: readonly NamedBackend[];
  /** Backend of each row of the failure table; -1: the lines do not tell. */
  readonly ofRow: Int32Array;
  /** Number of a backend by any of its names; -1: none of them. */
  readonly find: (name: string) => number;
}

/** Names that stand for the same backend, brought together two at a time. */
class Aliases {
  readonly #parent = new Map<string, string>();

  root(name: string): string {
    let at = name;
    for (let next = this.#parent.get(at); next !== undefined && next !== at; next = this.#parent.get(at)) at = next;
    return at;
  }

  add(name: string): void {
    if (!this.#parent.has(name)) this.#parent.set(name, name);
  }

  join(left: string, right: string): void {
    this.add(left);
    this.add(right);
    this.#parent.set(this.root(left), this.root(right));
  }

  get names(): readonly string[] {
    return [...this.#parent.keys()];
  }
}

/** Hosts are the same in any case of letters, paths of sockets are not. */
function folded(name: string): string {
  return name.startsWith('unix:') ? name : name.toLowerCase();
}

function foldedOrNull(name: string | null): string | null {
  return name === null ? null : folded(name);
}

/**
 * @param given backends named by options
 * @param routeOf the backend that serves a path (a name of the configuration), where the configuration tells
 */
export function nameBackends(
  table: FailureTable,
  config: ProxyConfigFacts | null,
  given: readonly string[],
  routeOf: (path: string) => string | null,
): BackendNames {
  const aliases = new Aliases();
  const logged = new Map<string, number>();
  for (const { backend, otherName, count } of pairsOf(table)) {
    const name = foldedOrNull(table.backends.name(backend));
    if (name === null || !hasPort(name)) continue;
    const other = foldedOrNull(table.backends.name(otherName));
    // What stands before parentheses weighs more than any number of lines that have none.
    logged.set(name, (logged.get(name) ?? 0) + count * (other === null ? 1 : 1_000_000));
    aliases.add(name);
    if (other !== null && !name.startsWith('unix:') && !other.startsWith('unix:')) aliases.join(withPort(other, portOf(name)), name);
  }
  const configured = new Set([...(config?.backends ?? []).map((backend) => backend.backend), ...given].map(folded));
  for (const name of configured) aliases.add(name);
  // Where the log has addresses only, the configuration says which name they go with.
  for (const { backend, addresses = [] } of config?.backends ?? [])
    for (const address of addresses) if (logged.has(folded(address))) aliases.join(folded(backend), folded(address));

  const roots = new Map<string, string[]>();
  for (const name of aliases.names) roots.set(aliases.root(name), [...(roots.get(aliases.root(name)) ?? []), name]);
  const list: NamedBackend[] = [];
  const numbers = new Map<string, number>();
  for (const names of roots.values()) {
    const sorted = names.sort(
      (a, b) => (logged.get(b) ?? 0) - (logged.get(a) ?? 0) || Number(isAddress(b)) - Number(isAddress(a)) || a.localeCompare(b),
    );
    const [backend = '', ...others] = sorted;
    for (const name of names) numbers.set(name, list.length);
    list.push({ backend, names: others });
  }
  const byHost = new Map<string, Set<number>>();
  for (const [name, number] of numbers) {
    const host = hostOf(name);
    byHost.set(host, (byHost.get(host) ?? new Set()).add(number));
  }
  const find = (name: string): number => numbers.get(folded(name)) ?? -1;
  const ofRow = assign(table, list, {
    find,
    byHost,
    routeOf,
    balancers: new Map((config?.balancers ?? []).map((one) => [one.name, one.members])),
  });
  return { list, ofRow, find };
}

interface NamePair {
  readonly backend: number;
  readonly otherName: number;
  count: number;
}

/** The combinations of names that rows have, in the order in which they were first seen: a million rows have a handful. */
function pairsOf(table: FailureTable): Iterable<NamePair> {
  const pairs = new Map<number, NamePair>();
  for (let row = 0; row < table.length; row++) {
    const backend = table.backend[row] ?? -1;
    const otherName = table.otherName[row] ?? -1;
    const key = (backend + 1) * 100_000 + otherName + 1;
    const known = pairs.get(key);
    if (known === undefined) pairs.set(key, { backend, otherName, count: 1 });
    else known.count += 1;
  }
  return pairs.values();
}

interface Lookup {
  readonly find: (name: string) => number;
  readonly byHost: ReadonlyMap<string, ReadonlySet<number>>;
  readonly routeOf: (path: string) => string | null;
  readonly balancers: ReadonlyMap<string, readonly string[]>;
}

function assign(table: FailureTable, list: NamedBackend[], lookup: Lookup): Int32Array {
  const ofRow = new Int32Array(table.length).fill(-1);
  const bare = new Map<string, number>();
  // Of each name, by its number in the table: the backend that it stands for whatever else the row says. -2: not asked yet.
  const direct = new Int32Array(table.backends.all.length).fill(-2);
  let lastOutOfUse = -1;
  for (let row = 0; row < table.length; row++) {
    const id = table.backend[row] ?? -1;
    const name = table.backends.name(id);
    if (name !== null && direct[id] === -2) direct[id] = name.startsWith('balancer:') ? -1 : lookup.find(name);
    const path = table.paths.name(table.path[row] ?? -1);
    let number = direct[id] ?? -1;
    if (number < 0 && name !== null && name.startsWith('balancer:')) number = ofBalancer(lookup, name, lastOutOfUse);
    else if (number < 0 && name !== null) {
      number = byHostAlone(lookup, name, path);
      // A name without a port, that nothing else explains, is still a name.
      if (number < 0) number = bare.get(name) ?? -1;
      if (number < 0) {
        number = list.push({ backend: name, names: [] }) - 1;
        bare.set(name, number);
      }
    } else if (name === null && path !== null) {
      const routed = lookup.routeOf(path);
      if (routed !== null) number = lookup.find(routed);
    }
    ofRow[row] = number;
    if (number >= 0 && (table.has(row, disabling) || (table.has(row, refusedUnasked) && name?.startsWith('balancer:') !== true)))
      lastOutOfUse = number;
  }
  return ofRow;
}

/** "All workers are in error state" names the balancer: it stands for the member that was put out of use last. */
function ofBalancer(lookup: Lookup, name: string, lastOutOfUse: number): number {
  const members =
    lookup.balancers
      .get(name)
      ?.map((member) => lookup.find(member))
      .filter((number) => number >= 0) ?? [];
  if (members.length === 0 || members.includes(lastOutOfUse)) return lastOutOfUse;
  return members[0] ?? -1;
}

/** `backend: 127.0.0.1` (AH01114), `lookup failure for: app`: the one backend on that host, or the one that the path leads to. */
function byHostAlone(lookup: Lookup, name: string, path: string | null): number {
  const candidates = lookup.byHost.get(hostOf(folded(name))) ?? new Set<number>();
  const [only] = candidates;
  if (candidates.size === 1 && only !== undefined) return only;
  const routed = path === null ? null : lookup.routeOf(path);
  const number = routed === null ? -1 : lookup.find(routed);
  return candidates.has(number) ? number : -1;
}

export function hostOf(name: string): string {
  const port = portOf(name);
  const host = port === null ? name : name.slice(0, -port.length - 1);
  return host.replace(/^\[|\]$/g, '');
}

function withPort(name: string, port: string | null): string {
  if (hasPort(name) || port === null) return name;
  return name.includes(':') && !name.startsWith('[') ? `[${name}]:${port}` : `${name}:${port}`;
}

function isAddress(name: string): boolean {
  return /^(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])(?::\d+)?$/.test(name);
}
