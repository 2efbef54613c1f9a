/** Looks at the backend's own side: what listens, how full its accept queue is, what filters before it, what ended lately. Reads only. */
import { FileError, type Host } from '../../host/host.ts';
import { CouldNot, type CheckContext, type Collected } from '../check.ts';
import { canonical, isLoopback, localAddresses } from './addresses.ts';
import { crashesIn } from './crashes.ts';
import { readSystemLog, type Look } from './system-log.ts';
import { readCounters } from './counters.ts';
import type { BackendProcessFacts } from './facts.ts';
import type { Packet } from './filter-walk.ts';
import { collectSocket } from './socket.ts';
import { countStates, covers, listenersOfProc, readNetstat, readProc, readSs, type Listening } from './listeners.ts';
import type { Parameters } from './parameters.ts';
import { processOf } from './process.ts';
import { readFirewall } from './read-firewall.ts';

const lookMs = 8000;
/** Between the two readings of the counters. */
const watchMs = 1000;
const connectMs = 1500;
const mostCrashes = 10;
/** A busy port has many connections. */
const connectionBytes = 32 * 1024 * 1024;

export async function collect(context: CheckContext, parameters: Parameters): Promise<Collected<BackendProcessFacts>> {
  if (parameters.socket !== undefined) return collectSocket(context, parameters.socket, parameters);
  const { signal } = context;
  const addresses = await addressesOf(context.hosts.proxy, parameters);
  const { host, own, reached } = await sideOf(context, parameters, addresses);
  const look: Look = { host, signal, commands: [], missing: [] };
  const { port } = parameters;
  const said = (done: number, text: string) => context.progress({ done, total: 4, unit: 'attempts', text });

  said(0, 'what listens');
  const before = await counters(look);
  const since = performance.now();
  const first = await listening(look);
  const here = first.filter((one) => one.port === port);
  const owned = addresses.filter((address) => owns(own, address));
  said(1, here.length === 0 ? `nothing listens on ${port}` : `${here[0]?.process ?? 'a program'} listens on ${port}`);

  const source = reached === 'local' ? null : await sourceOf(context, addresses);
  const [firewall, connections, abortOnOverflow, process, localConnect] = await Promise.all([
    readFirewall(host, packetsOf(addresses, port, source, reached), signal, look.commands),
    connectionStates(look, port),
    flag(look, '/proc/sys/net/ipv4/tcp_abort_on_overflow'),
    processOf(
      host,
      here.flatMap((one) => one.pids),
    ),
    // A probe must not take the last place in the queue of a program in trouble.
    parameters.connect && !here.some(nearlyFull) ? connectThere(look, here, owned, port) : [],
  ]);
  if (here.length === 0) whyNotHere(look, port, own, owned, firewall.translated, localConnect);
  said(3, 'what ended lately');
  const log = await readSystemLog(look, parameters.since);
  const suspect = { process: here[0]?.process ?? null, pids: here.flatMap((one) => one.pids), unit: process.unit };
  const crashes = crashesIn(log.lines, suspect, log.since, mostCrashes);
  await pause(watchMs - (performance.now() - since), signal);
  const [after, second] = await Promise.all([counters(look), here.length === 0 ? [] : listening(look)]);
  signal.throwIfAborted();
  return {
    facts: {
      reached,
      port,
      addresses: [...addresses],
      ownsAddress: own === null ? null : owned.length > 0,
      translated: firewall.translated,
      listeners: fuller(here, second).map(({ pids: _pids, ...listener }) => listener),
      otherPorts: [...new Set(first.filter((one) => one.port !== port).map((one) => one.port))].sort((a, b) => a - b),
      overflows: growth(before, after, performance.now() - since),
      abortOnOverflow,
      connections,
      firewall: firewall.rules,
      firewallUnread: firewall.unread,
      localConnect,
      crashes: [...crashes],
      listenerStartedAt: process.startedAt,
      unit: process.unit,
      missing: look.missing,
    },
    commands: look.commands,
  };
}

/**
 * "Nothing listens" is a finding only where connects for that address and port really end on this side. @throws {CouldNot} where they may
 * end elsewhere.
 */
function whyNotHere(
  { commands }: Look,
  port: number,
  own: ReadonlySet<string> | null,
  owned: readonly string[],
  translated: boolean,
  localConnect: BackendProcessFacts['localConnect'],
): void {
  if (localConnect.some((one) => one.outcome === 'connected')) return;
  const remedy =
    'Name the machine or container in which the program itself runs: --via backend="docker exec NAME", "kubectl exec POD --", "ssh HOST".';
  if (translated) {
    throw new CouldNot(
      'failed',
      `Nothing listens on port ${port} on that side, but a rule there hands the port on to another address or port.`,
      remedy,
      commands,
    );
  }
  if (own !== null && owned.length === 0) {
    throw new CouldNot(
      'failed',
      `Nothing listens on port ${port} on that side, and the proxy's address for the backend is not one of its own: something in between hands connections on, perhaps to another port or machine.`,
      remedy,
      commands,
    );
  }
}

async function addressesOf(proxy: Host, { addresses, host, connect }: Parameters): Promise<readonly string[]> {
  if (addresses.length > 0) return addresses.map(canonical);
  // With --passive no name is looked up either.
  if (!connect) return [];
  try {
    return (await proxy.resolve(host)).addresses.map(canonical);
  } catch (error) {
    if (error instanceof CouldNot) return [];
    throw error;
  }
}

interface BackendSide {
  readonly host: Host;
  readonly own: ReadonlySet<string> | null;
  readonly reached: BackendProcessFacts['reached'];
}

/** The vantage; else the proxy's own machine, where the backend's address is one of its network namespace. @throws {CouldNot} */
async function sideOf(context: CheckContext, { host: name }: Parameters, addresses: readonly string[]): Promise<BackendSide> {
  const { proxy, backend } = context.hosts;
  if (backend !== null) {
    const reach = await backend.reach();
    if (!reach.ok) {
      throw new CouldNot(
        'failed',
        `Nothing could be run on the backend's side through "${backend.vantage.join(' ')}": ${reach.reason}`,
        'Try that command by hand; it must work without asking for anything.',
        reach.commands,
      );
    }
    return { host: backend, own: await ownAddresses(backend), reached: 'vantage' };
  }
  const own = await ownAddresses(proxy);
  if (addresses.some((address) => owns(own, address))) return { host: proxy, own, reached: 'local' };
  throw new CouldNot(
    'skipped',
    `There is no way to the backend's own side from here.`,
    `Say how to get there: --via backend="ssh ${name}".`,
  );
}

function owns(own: ReadonlySet<string> | null, address: string): boolean {
  return isLoopback(address) || (own?.has(address) ?? false);
}

async function ownAddresses(host: Host): Promise<ReadonlySet<string> | null> {
  const [v4, v6] = await Promise.all([text(host, '/proc/net/fib_trie'), text(host, '/proc/net/if_inet6')]);
  return v4 === null && v6 === null ? null : localAddresses(v4 ?? '', v6 ?? '');
}

/** Null where it can't be read: another system than Linux, or no right. */
async function text(host: Host, path: string): Promise<string | null> {
  try {
    return (await host.readFile(path)).toString();
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}

/** With whatever is there: ss, netstat, /proc/net/tcp. @throws {CouldNot} where nothing is. */
async function listening(look: Look): Promise<readonly Listening[]> {
  const { host, signal, commands, missing } = look;
  if (await host.has('ss')) {
    const result = await host.run(['ss', '-ltnp'], { timeLimitMs: lookMs, signal });
    commands.push(result);
    if (result.exitCode === 0) return readSs(result.stdout);
  }
  if (await host.has('netstat')) {
    const result = await host.run(['netstat', '-ltnp'], { timeLimitMs: lookMs, signal });
    commands.push(result);
    if (result.exitCode === 0) return readNetstat(result.stdout);
  }
  const [tcp, tcp6] = await Promise.all([text(host, '/proc/net/tcp'), text(host, '/proc/net/tcp6')]);
  if (tcp === null && tcp6 === null) {
    throw new CouldNot(
      'skipped',
      'Neither ss nor netstat nor /proc/net/tcp is there to tell what listens.',
      'Install iproute2 on the backend’s side.',
      commands,
    );
  }
  if (!missing.includes('ss')) missing.push('ss');
  return listenersOfProc(tcp ?? '', tcp6 ?? '');
}

/** The fuller of two readings of each queue. */
function fuller(first: readonly Listening[], second: readonly Listening[]): readonly Listening[] {
  return first.map((one) => {
    const later = second.find((other) => other.address === one.address && other.port === one.port);
    return later === undefined || (later.queue ?? 0) <= (one.queue ?? 0) ? one : { ...one, queue: later.queue };
  });
}

async function connectionStates({ host, signal, commands }: Look, port: number): Promise<Record<string, number>> {
  if (await host.has('ss')) {
    const result = await host.run(['ss', '-tan', 'sport', '=', `:${port}`], { timeLimitMs: lookMs, maxBytes: connectionBytes, signal });
    commands.push({ argv: result.argv, exitCode: result.exitCode, durationMs: result.durationMs });
    if (result.exitCode === 0) return { ...countStates(result.stdout, port) };
  }
  const [tcp, tcp6] = await Promise.all([text(host, '/proc/net/tcp'), text(host, '/proc/net/tcp6')]);
  const counts: Record<string, number> = {};
  for (const one of [tcp ?? '', tcp6 ?? ''].flatMap(readProc))
    if (one.port === port && one.state !== 'LISTEN') counts[one.state] = (counts[one.state] ?? 0) + 1;
  return counts;
}

async function counters({ host }: Look): Promise<ReadonlyMap<string, number> | null> {
  const netstat = await text(host, '/proc/net/netstat');
  return netstat === null ? null : readCounters(netstat);
}

function growth(
  before: ReadonlyMap<string, number> | null,
  after: ReadonlyMap<string, number> | null,
  overMs: number,
): BackendProcessFacts['overflows'] {
  const listenOverflows = after?.get('TcpExt.ListenOverflows');
  const listenDrops = after?.get('TcpExt.ListenDrops');
  if (listenOverflows === undefined || listenDrops === undefined) return null;
  const grewBy = listenOverflows - (before?.get('TcpExt.ListenOverflows') ?? listenOverflows);
  return { listenOverflows, listenDrops, grewBy, overMs: Math.round(overMs) };
}

async function flag({ host }: Look, path: string): Promise<boolean | null> {
  const value = await text(host, path);
  return value === null ? null : value.trim() !== '0';
}

/** The address from which the proxy's packets come; null: not known (or changed on the way). */
async function sourceOf(context: CheckContext, addresses: readonly string[]): Promise<string | null> {
  const { proxy } = context.hosts;
  const [address] = addresses;
  if (address === undefined || !(await proxy.has('ip'))) return null;
  const result = await proxy.run(['ip', 'route', 'get', address], { timeLimitMs: lookMs, signal: context.signal });
  const source = / src (\S+)/.exec(result.stdout)?.[1];
  return result.exitCode === 0 && source !== undefined ? canonical(source) : null;
}

/** The proxy's first packet to each address, and the answer to it. */
function packetsOf(
  addresses: readonly string[],
  port: number,
  source: string | null,
  reached: BackendProcessFacts['reached'],
): readonly Packet[] {
  return addresses.flatMap((address): readonly Packet[] => {
    const family = address.includes(':') ? 6 : 4;
    const local = reached === 'local';
    const from = local ? address : source !== null && source.includes(':') === (family === 6) ? source : null;
    const both = { family, interface: local ? 'lo' : null } as const;
    return [
      ...(local
        ? [
            {
              ...both,
              direction: 'out',
              source: from,
              destination: address,
              sourcePort: null,
              destinationPort: port,
              state: 'new',
            } as const,
          ]
        : []),
      { ...both, direction: 'in', source: from, destination: address, sourcePort: null, destinationPort: port, state: 'new' },
      { ...both, direction: 'out', source: address, destination: from, sourcePort: port, destinationPort: null, state: 'established' },
    ];
  });
}

function nearlyFull({ queue, backlog }: Listening): boolean {
  return queue !== null && backlog !== null && queue + 1 >= Math.max(2, backlog);
}

/** On that side, to the addresses that the proxy uses and to where the program listens. */
async function connectThere(
  { host, signal }: Look,
  listeners: readonly Listening[],
  owned: readonly string[],
  port: number,
): Promise<BackendProcessFacts['localConnect']> {
  const fixed = listeners.map((one) => one.address).filter((address) => address !== '*' && address !== '0.0.0.0' && address !== '::');
  const anywhere = owned.length === 0 && listeners.some((one) => covers(one.address, '127.0.0.1')) ? ['127.0.0.1'] : [];
  const found: BackendProcessFacts['localConnect'] = [];
  for (const address of new Set([...owned, ...fixed, ...anywhere])) {
    try {
      const { outcome, code } = await host.connect(address, port, { timeoutMs: connectMs, signal });
      found.push({ address, outcome, code });
    } catch (error) {
      if (!(error instanceof CouldNot)) throw error;
    }
  }
  return found;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0 || signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
