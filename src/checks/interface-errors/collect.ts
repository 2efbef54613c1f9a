/** Counters of the interfaces on the way, at both ends where there is a way to the other; twice, a moment apart. Nothing is sent. */
import { isIP } from 'node:net';
import type { CommandRecord } from '../../engine/evidence.ts';
import { FileError, type Host } from '../../host/host.ts';
import { readCounters } from '../backend-process/counters.ts';
import { readSystemLog, type Look } from '../backend-process/system-log.ts';
import { CouldNot, type CheckContext, type Collected } from '../check.ts';
import { readRoute, type Route } from '../reachability/route.ts';
import { linkMessages, readDriver, readLosses, readNetDev, type ConnectionLosses, type InterfaceCounters } from './counters.ts';
import type { InterfaceErrorsFacts } from './facts.ts';
import type { Parameters } from './parameters.ts';

type Device = InterfaceErrorsFacts['devices'][number];
type Retransmissions = InterfaceErrorsFacts['retransmissions'][number];

const lookMs = 5000;
const lossesBytes = 32 * 1024 * 1024;
const mostMessages = 10;
/** A VLAN on a bond of two cards is four devices. */
const mostDevices = 6;

export async function collect(context: CheckContext, parameters: Parameters): Promise<Collected<InterfaceErrorsFacts>> {
  const { signal } = context;
  const { proxy, backend } = context.hosts;
  const commands: CommandRecord[] = [];
  const missing: string[] = [];
  const look = (host: Host): Look => ({ host, signal, commands, missing });
  const address = await addressOf(proxy, parameters);
  const way = await routeFrom(look(proxy), address);
  const losses = () => lossesTo(look(proxy), ['dst', address, 'and', 'dport', '=', `:${parameters.port}`], parameters.watchMs);
  const reachable = backend !== null && (await backend.reach()).ok ? backend : null;
  if (backend !== null && reachable === null) missing.push("the backend's side (it could not be entered)");
  if (way?.type === 'local' || way?.device === 'lo') {
    const [retransmissions, toBackend] = await Promise.all([measureLosses([look(proxy)], parameters.watchMs, signal), losses()]);
    return {
      facts: { devices: [], retransmissions, toBackend, fromBackend: null, kernelMessages: [], loopback: true, missing },
      commands,
    };
  }
  const back = reachable === null ? null : await routeFrom(look(reachable), way?.source ?? null);
  const ends = [
    ...(way === null ? [] : [{ ...look(proxy), device: way.device }]),
    ...(reachable === null || back === null ? [] : [{ ...look(reachable), device: back.device }]),
  ];
  if (ends.length === 0) {
    throw new CouldNot(
      'skipped',
      'Which interface leads to the backend can not be told.',
      'Install iproute2 on the proxy, or see that a route leads to the backend (proxy-doctor check reachability).',
      commands,
    );
  }
  const measured = await Promise.all([
    Promise.all(ends.map((end) => measureEnd(end, parameters.watchMs, signal))),
    measureLosses(ends, parameters.watchMs, signal),
    way === null ? null : losses(),
    reachable === null || way?.source == null
      ? null
      : lossesTo(look(reachable), ['dst', way.source, 'and', 'sport', '=', `:${parameters.port}`], parameters.watchMs),
  ]);
  signal.throwIfAborted();
  const [devices, retransmissions, toBackend, fromBackend] = measured;
  return {
    facts: {
      devices: devices.flatMap((end) => end.devices),
      retransmissions,
      toBackend,
      fromBackend,
      kernelMessages: devices.flatMap((end) => end.messages),
      loopback: false,
      missing: [...new Set(missing)],
    },
    commands,
  };
}

async function addressOf(proxy: Host, { host, address, lookUp }: Parameters): Promise<string> {
  if (address !== null) return address;
  const resolved = lookUp ? await proxy.resolve(host) : null;
  const [first] = resolved?.addresses ?? [];
  if (first !== undefined) return first;
  throw new CouldNot(
    'skipped',
    `The address of ${host} is not known, and so not the interface that leads there.`,
    `proxy-doctor check dns --backend ${host}:PORT`,
  );
}

/** Null where it can't be told, or none leads there. Without a destination: the default route's. */
async function routeFrom({ host, signal, commands, missing }: Look, to: string | null): Promise<Route | null> {
  if (!(await host.has('ip'))) {
    missing.push(`ip (${host.side})`);
    return null;
  }
  if (to === null || isIP(to) === 0) return null;
  const result = await host.run(['ip', 'route', 'get', to], { timeLimitMs: lookMs, signal });
  commands.push(result);
  const { route } = readRoute(result);
  return route === null || route.device === '' ? null : route;
}

type End = Look & { readonly device: string };

async function measureEnd(
  end: End,
  watchMs: number,
  signal: AbortSignal,
): Promise<{ readonly devices: readonly Device[]; readonly messages: readonly string[] }> {
  const { host } = end;
  const names = await withLower(host, end.device);
  const [before, drivers, log] = await Promise.all([readAll(end, names), readDrivers(end, names), readSystemLog(end, null)]);
  const since = performance.now();
  await pause(watchMs, signal);
  const [after, later, details] = await Promise.all([
    readAll(end, names),
    readDrivers(end, names),
    Promise.all(names.map((name) => detailsOf(end, name))),
  ]);
  const overMs = Math.round(performance.now() - since);
  const devices = names.flatMap((name, index): readonly Device[] => {
    const [first, second] = [before.get(name), after.get(name)];
    if (first === undefined || second === undefined) return [];
    const { state, speedMbit, duplex } = details[index] ?? { state: null, speedMbit: null, duplex: null };
    const driver: Record<string, number> = {};
    for (const [counter, value] of later.get(name) ?? []) {
      const rose = value - (drivers.get(name)?.get(counter) ?? value);
      if (rose > 0) driver[counter] = rose;
    }
    const faults = (one: Read) => one.rxErrors + one.txErrors + one.collisions + (one.carrierChanges ?? 0);
    const all = (one: Read) => faults(one) + one.rxDropped + one.txDropped;
    return [
      {
        side: host.side,
        name,
        state,
        ...second,
        grewBy: all(second) - all(first),
        faultsGrewBy: faults(second) - faults(first),
        overMs,
        speedMbit,
        duplex,
        driver,
      },
    ];
  });
  // The kernel's log is the whole machine's: a virtual card's name may be another's there.
  const own = names.filter((_name, index) => details[index]?.virtual !== true);
  return { devices, messages: linkMessages(log.lines, own, log.since, mostMessages) };
}

/** The device and those that it stands on (VLAN, bond, bridge), where /sys shows them. */
async function withLower(host: Host, device: string): Promise<readonly string[]> {
  const found = [device];
  for (let index = 0; index < found.length && found.length < mostDevices; index++) {
    const entries = await host.list(`/sys/class/net/${found[index]}`).catch((error: unknown) => {
      if (error instanceof FileError) return [];
      throw error;
    });
    for (const entry of entries) if (entry.startsWith('lower_') && !found.includes(entry.slice(6))) found.push(entry.slice(6));
  }
  return found.slice(0, mostDevices);
}

type Read = InterfaceCounters & { readonly carrierChanges: number | null };

async function readAll({ host }: Look, names: readonly string[]): Promise<ReadonlyMap<string, Read>> {
  const [all, ...carriers] = await Promise.all([
    text(host, '/proc/net/dev'),
    ...names.map((name) => text(host, `/sys/class/net/${name}/carrier_changes`)),
  ]);
  if (all === null)
    throw new CouldNot(
      'skipped',
      `/proc/net/dev can not be read on the ${host.side}'s side.`,
      'Run it there on Linux, with the right to read /proc.',
    );
  const counters = readNetDev(all);
  return new Map(
    names.flatMap((name, index) => {
      const one = counters.get(name);
      const changes = carriers[index] ?? null;
      return one === undefined ? [] : [[name, { ...one, carrierChanges: changes === null ? null : Number(changes) }]];
    }),
  );
}

async function readDrivers(
  { host, signal, commands, missing }: Look,
  names: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  if (!(await host.has('ethtool'))) {
    missing.push(`ethtool (${host.side})`);
    return new Map();
  }
  const read = await Promise.all(
    names.map(async (name) => {
      const result = await host.run(['ethtool', '-S', name], { timeLimitMs: lookMs, signal });
      commands.push({ argv: result.argv, exitCode: result.exitCode, durationMs: result.durationMs });
      return [name, readDriver(result.exitCode === 0 ? result.stdout : '')] as const;
    }),
  );
  return new Map(read);
}

async function detailsOf(
  { host, signal, commands }: Look,
  name: string,
): Promise<Pick<Device, 'state' | 'speedMbit' | 'duplex'> & { readonly virtual: boolean }> {
  const [link, speed, duplex] = await Promise.all([
    host.run(['ip', 'link', 'show', 'dev', name], { timeLimitMs: lookMs, signal }),
    text(host, `/sys/class/net/${name}/speed`),
    text(host, `/sys/class/net/${name}/duplex`),
  ]);
  commands.push(link);
  const mbit = Number(speed?.trim() || Number.NaN);
  return {
    state: /\bstate (\S+)/.exec(link.stdout)?.[1] ?? null,
    speedMbit: Number.isNaN(mbit) || mbit <= 0 ? null : mbit,
    duplex: duplex === null || !/^(full|half)$/.test(duplex.trim()) ? null : duplex.trim(),
    virtual: /^\d+: [^:@]+@if\d+:/.test(link.stdout),
  };
}

async function measureLosses(ends: readonly Look[], watchMs: number, signal: AbortSignal): Promise<Retransmissions[]> {
  const read = () => Promise.all(ends.map(async ({ host }) => readCounters((await text(host, '/proc/net/snmp')) ?? '')));
  const before = await read();
  await pause(watchMs, signal);
  const after = await read();
  return ends.flatMap(({ host }, index) => {
    const of = (counters: ReadonlyMap<string, number> | undefined) => ({
      retransmitted: counters?.get('Tcp.RetransSegs'),
      sent: counters?.get('Tcp.OutSegs'),
    });
    const [first, second] = [of(before[index]), of(after[index])];
    if (second.retransmitted === undefined || second.sent === undefined) return [];
    const grewBy = { retransmitted: second.retransmitted - (first.retransmitted ?? 0), sent: second.sent - (first.sent ?? 0) };
    return [
      {
        side: host.side,
        retransmitted: second.retransmitted,
        sent: second.sent,
        share: second.sent === 0 ? 0 : second.retransmitted / second.sent,
        grewBy,
      },
    ];
  });
}

/** The fuller of two readings: connections come and go. */
async function lossesTo(
  { host, signal, commands, missing }: Look,
  which: readonly string[],
  watchMs: number,
): Promise<ConnectionLosses | null> {
  if (!(await host.has('ss'))) {
    missing.push(`ss (${host.side})`);
    return null;
  }
  const read = async () => {
    const result = await host.run(['ss', '-tin', ...which], { timeLimitMs: lookMs, maxBytes: lossesBytes, signal });
    commands.push({ argv: result.argv, exitCode: result.exitCode, durationMs: result.durationMs });
    return result.exitCode === 0 ? readLosses(result.stdout) : null;
  };
  const first = await read();
  await pause(watchMs, signal);
  const second = await read();
  return second === null || (first !== null && first.sent > second.sent) ? first : second;
}

async function text(host: Host, path: string): Promise<string | null> {
  try {
    return (await host.readFile(path)).toString();
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
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
