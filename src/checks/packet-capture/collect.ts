/** Captures at the proxy, and at the backend at the same time where there is a vantage; then reads what came. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { CheckContext, Collected } from '../check.ts';
import { CouldNot } from '../check.ts';
import type { Host } from '../../host/host.ts';
import { ask } from '../../httpd/wire/conversation.ts';
import { showEndpoint } from '../../httpd/wire/endpoint.ts';
import { addressesFor, dial } from '../http-request/dial.ts';
import { compare } from './between.ts';
import type { PacketCaptureFacts } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { pointOf } from './points.ts';
import type { CaptureRead } from './read.ts';
import { readCapture } from './read.ts';
import type { CaptureEnd, Capturing } from './tcpdump.ts';
import { filterFor, startCapture } from './tcpdump.ts';

/** Kept from the time limit for ending and reading. */
const reserveMs = 4000;
/** Bit of CAP_NET_RAW in the masks of /proc/self/status (capability.h). */
const netRaw = 1n << 13n;

const gotNothingThrough: ReadonlySet<string> = new Set(['swallowed', 'refused-rst', 'refused-icmp', 'connect-unanswered']);

interface End {
  readonly side: 'proxy' | 'backend';
  readonly host: Host;
  /** Addresses of the backend that this end sees; empty: the port alone tells. */
  readonly addresses: readonly string[];
  readonly filter: string;
}

type Captured = { readonly end: End; readonly file: string; readonly capture: CaptureEnd; readonly read: CaptureRead };
type Started = { readonly end: End; readonly file: string; readonly capturing: Capturing };

export async function collect(context: CheckContext, parameters: Parameters): Promise<Collected<PacketCaptureFacts>> {
  const { target, packets, snapLength } = parameters;
  const { proxy, backend } = context.hosts;
  const seconds = Math.min(parameters.seconds, (context.timeLimitMs - reserveMs) / 1000);
  if (seconds < 1) throw new CouldNot('skipped', 'There is no time left for a capture.', 'Allow more with --time-limit.');
  const addresses = await addressesFor(proxy, target);
  const ends: End[] = [{ side: 'proxy', host: proxy, addresses, filter: filterFor(addresses, target.port) }];
  // On the loopback interface both ends are the same.
  if (backend !== null && !addresses.every(isLoopback)) ends.push(await backendEnd(proxy, backend, addresses, target.port));

  const missing: string[] = backend === null ? ['the backend’s end: out of reach (--via backend="CMD …")'] : [];
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const folder = await context.caseFolder();
  const mark = parameters.url === null ? null : `pd-${randomBytes(6).toString('hex')}`;
  const began = performance.now();
  const reasons: CouldNot[] = [];
  const started: Started[] = [];
  for (const one of await Promise.allSettled(ends.map((end) => begin(end, { seconds, packets, snapLength, signal }, folder)))) {
    if (one.status === 'fulfilled') started.push(one.value);
    else if (one.reason instanceof CouldNot) reasons.push(one.reason);
    else throw one.reason;
  }
  try {
    const [reason] = reasons;
    if (started.length === 0 && reason !== undefined) throw reason;
    missing.push(...reasons.map(({ message }) => message));
    const sent = await during(context, parameters, mark, started, began + seconds * 1000);
    context.signal.throwIfAborted();
    const captured: Captured[] = [];
    for (const { end, file, capturing } of started) {
      capturing.stop();
      const capture = await capturing.ended;
      const read = readCapture(await readFile(file), end.addresses, target.port, capture, mark);
      if (read === null) missing.push(`the ${end.side}’s end: tcpdump wrote no capture (${lastLine(capture.complaints)})`);
      else captured.push({ end, file, capture, read });
    }
    if (captured.length === 0) throw new CouldNot('failed', missing.join('; '), null);
    return {
      facts: { ...factsOf(captured, (performance.now() - began) / 1000, missing), marked: markedOf(captured, mark, sent) },
      commands: captured.map(({ capture }) => capture.command),
    };
  } finally {
    stop.abort();
    await Promise.all(started.map(({ capturing }) => capturing.ended));
  }
}

async function begin(
  end: End,
  order: { seconds: number; packets: number; snapLength: number; signal: AbortSignal },
  folder: string,
): Promise<Started> {
  const { host, side, filter } = end;
  if (!(await host.has('tcpdump'))) {
    throw new CouldNot(
      'skipped',
      `There is no tcpdump on the ${side}’s side.`,
      'Install it there: apt-get install tcpdump, or dnf install tcpdump.',
    );
  }
  const file = path.join(folder, `capture-${side}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.pcap`);
  const capturing = await startCapture(host, { ...order, filter, file });
  if (await capturing.listening) return { end, file, capturing };
  throw await whyNot(end, await capturing.ended);
}

/** tcpdump ended at once: for want of the right to capture, or for a reason of its own. */
async function whyNot({ host, side }: End, { complaints, command, exitCode }: CaptureEnd): Promise<CouldNot> {
  const said = lastLine(complaints);
  if (!(await mayCapture(host))) {
    return new CouldNot(
      'skipped',
      `tcpdump may not capture on the ${side}’s side: it needs root or CAP_NET_RAW (${said}).`,
      'Run proxy-doctor as root there (--via proxy="sudo", --via backend="ssh web1 sudo"), or once: setcap cap_net_raw,cap_net_admin=eip "$(command -v tcpdump)"',
      [command],
    );
  }
  return new CouldNot('failed', `tcpdump on the ${side}’s side ended with exit status ${exitCode ?? 'none'}: ${said}`, null, [command]);
}

async function mayCapture(host: Host): Promise<boolean> {
  try {
    const status = (await host.readFile('/proc/self/status')).toString('latin1');
    const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
    return mask === undefined || (BigInt(`0x${mask}`) & netRaw) !== 0n;
  } catch {
    return true;
  }
}

/** While the captures run: says how far they are, and asks through the proxy where a safe URL was given. Returns how often. */
async function during(context: CheckContext, parameters: Parameters, mark: string | null, started: readonly Started[], until: number): Promise<number> {
  const began = performance.now();
  const over = Promise.all(started.map(({ capturing }) => capturing.ended)).then(() => 'over' as const);
  let asked = 0;
  for (;;) {
    const left = until - performance.now();
    if (left <= 0) return asked;
    const kept = Math.round(started.reduce((sum, { capturing }) => sum + capturing.bytes(), 0) / 1024);
    const total = Math.round((until - began) / 1000);
    const text = `${kept} kB of headers captured at ${started.map(({ end }) => `the ${end.side}`).join(' and ')}${asked > 0 ? `, ${asked} GETs sent` : ''}`;
    context.progress({ done: Math.round((performance.now() - began) / 1000), total, unit: 'seconds', text });
    const pause = setTimeout(Math.min(1000, left), 'paused' as const, { signal: context.signal }).catch(() => 'paused' as const);
    if (parameters.url !== null && mark !== null && left > 1500) {
      asked += 1;
      // What becomes of it is seen in the capture; that it could not be sent is no failure of the capture.
      await Promise.race([request(context, parameters.url, `${mark}-${asked}`, left - 500).catch(() => undefined), over]);
    }
    const what = await Promise.race([pause, over]);
    context.signal.throwIfAborted();
    if (what === 'over') return asked;
  }
}

/** One GET through the proxy, marked in its query; what becomes of it is seen in the capture. */
async function request(context: CheckContext, url: string, mark: string, timeoutMs: number): Promise<void> {
  if (!URL.canParse(url)) return;
  const { protocol, hostname, port, host, pathname, search } = new URL(url);
  const secure = protocol === 'https:';
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  const target = { host: name, port: Number(port) || (secure ? 443 : 80), addresses: [], secure, serverName: name, hostField: host };
  const addresses = await addressesFor(context.hosts.proxy, target);
  const dialled = await dial(context.hosts.proxy, target, addresses, { timeoutMs, signal: context.signal });
  if (dialled.kind !== 'open') return;
  try {
    await ask(dialled.socket, { method: 'GET', target: `${pathname}${search}${search === '' ? '?' : '&'}proxy-doctor=${mark}`, host, close: true }, timeoutMs);
  } finally {
    dialled.socket.close();
  }
}

/**
 * At the backend's end the proxy's address is part of the filter only where no router is in between that could translate it; and the
 * backend's own address never is, since it may have another one there.
 */
async function backendEnd(proxy: Host, host: Host, addresses: readonly string[], port: number): Promise<End> {
  const sources = new Set<string>();
  for (const address of addresses) {
    const route = await proxy.run(['ip', '-o', 'route', 'get', address], { timeLimitMs: 3000 });
    const source = /\bsrc (\S+)/.exec(route.stdout)?.[1];
    if (route.exitCode !== 0 || source === undefined || isIP(source) === 0 || / via /.test(route.stdout))
      return { side: 'backend', host, addresses: [], filter: filterFor([], port) };
    sources.add(source);
  }
  return { side: 'backend', host, addresses: [], filter: filterFor([...sources], port) };
}

function factsOf(captured: readonly Captured[], seconds: number, missing: string[]): PacketCaptureFacts {
  const points = captured.map(({ end, file, capture, read }) =>
    pointOf({ side: end.side, packets: read.packets, verdicts: read.verdicts, file, droppedByCapture: capture.dropped ?? 0 }),
  );
  const [one, other] = ['proxy', 'backend'].map((side) => captured.find(({ end }) => end.side === side)?.read);
  const dropped = captured.some(({ capture }) => (capture.dropped ?? 0) > 0);
  const cutOff = new Set(
    (one?.verdicts ?? [])
      .filter(({ failed }) => failed !== null && gotNothingThrough.has(failed.failure))
      .map(({ connection }) => connection),
  );
  const between = one === undefined || other === undefined || dropped ? null : compare(one, other, (connection) => cutOff.has(connection));
  if (one !== undefined && other !== undefined && between === null) {
    missing.push(
      dropped
        ? 'the two ends could not be compared: the kernel dropped packets of a capture'
        : 'the two ends could not be compared: they have no connection in common (translated addresses, another port there)',
    );
  }
  return {
    points,
    lostBetween: between?.lost ?? null,
    lostHereAndThere: between?.hereAndThere ?? null,
    madeUpBetween: between?.madeUp ?? null,
    seconds: Math.round(seconds * 10) / 10,
    missing,
  };
}

function markedOf(captured: readonly Captured[], mark: string | null, sent: number): PacketCaptureFacts['marked'] {
  const seen = (captured.find(({ end }) => end.side === 'proxy') ?? captured[0])?.read.marked ?? [];
  if (mark === null) return null;
  const [first] = seen;
  return {
    mark,
    sent,
    seen: seen.length,
    servedBy: first === undefined ? null : showEndpoint(first.backend, first.port),
    connections: new Set(seen.map(({ from }) => from)).size,
  };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
