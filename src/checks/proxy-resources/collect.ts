/** Looks at what the proxy itself can run out of: local ports, descriptors, connection tracking, workers, memory of TCP. Reads only. */
import type { CommandRecord } from '../../engine/evidence.ts';
import type { Host } from '../../host/host.ts';
import { FileError } from '../../host/host.ts';
import { each } from '../../httpd/config/many.ts';
import { textsOf } from '../../httpd/config/processes.ts';
import { runningHttpds } from '../../httpd/config/running.ts';
import type { CheckContext, Collected } from '../check.ts';
import { CouldNot } from '../check.ts';
import * as counters from './counters.ts';
import type { ProxyResourcesFacts } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { askStatusPage } from './server-status.ts';
import type { PortRange, Tally } from './sockets.ts';
import { count, emptyTally, parsePortRange, parseTcpLine, portsIn } from './sockets.ts';

export async function collect(context: CheckContext, given: Parameters): Promise<Collected<ProxyResourcesFacts>> {
  const host = context.hosts.proxy;
  const reach = await host.reach();
  if (!reach.ok)
    throw new CouldNot(
      'failed',
      `the proxy's side is out of reach: ${reach.reason}`,
      'try the command of --via proxy by hand',
      reach.commands,
    );
  const look = new Look(context, given);
  const facts = await look.facts();
  const looked = [facts.localPorts, facts.descriptors, facts.systemDescriptors, facts.conntrack, facts.workers, facts.memoryPressure];
  if (looked.every((one) => one === null)) {
    throw new CouldNot(
      'failed',
      `none of the proxy's limits could be looked at: ${facts.missing.join('; ')}`,
      'run as root on the proxy, where /proc is mounted',
      look.commands,
    );
  }
  return { facts, commands: look.commands };
}

/** Looks at the accept queue: a moment's burst is gone by the last one, workers that are all held are not. */
const queueLooks = 3;
const betweenLooksMs = 200;
/**
 * Connections that wait at every look. A free worker takes one within microseconds, so even thousands a second leave less than one waiting
 * on average; this many, each time, wait for a worker. Fewer do so too where there are as many connections as workers.
 */
const waitingForWorkers = 3;
/** Processes whose descriptors are counted: children of one httpd are much alike. */
const mostProcesses = 600;

class Look {
  readonly commands: CommandRecord[] = [];
  private readonly missing: string[] = [];
  private readonly host: Host;
  private readonly context: CheckContext;
  private readonly given: Parameters;

  private get proxy(): string {
    return this.given.dialect ?? 'httpd';
  }

  constructor(context: CheckContext, given: Parameters) {
    this.context = context;
    this.host = context.hosts.proxy;
    this.given = given;
  }

  async facts(): Promise<ProxyResourcesFacts> {
    const range = await this.portRange();
    const tally = await this.sockets(range);
    const queue = tally === null ? null : this.fullestQueue(tally);
    return {
      localPorts: range === null || tally === null ? null : await this.localPorts(range, tally),
      descriptors: await this.descriptors(),
      systemDescriptors: await this.read('/proc/sys/fs/file-nr', 'the descriptors of the system', counters.parseFileNumbers),
      conntrack: await this.conntrack(),
      acceptQueue: queue,
      workers: await this.workers(queue, range),
      memoryPressure: await this.memory(),
      missing: this.missing,
    };
  }

  private async portRange(): Promise<PortRange | null> {
    const reserved = await this.text('/proc/sys/net/ipv4/ip_local_reserved_ports');
    return this.read('/proc/sys/net/ipv4/ip_local_port_range', 'the range of local ports', (text) => parsePortRange(text, reserved ?? ''));
  }

  private async sockets(range: PortRange | null): Promise<Tally | null> {
    const tally = emptyTally();
    const all = range ?? { from: 1, to: 0, reserved: new Set<number>() };
    let read = false;
    // Listening sockets stand first in each file, so that accepted connections are told from those that were opened.
    for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
      try {
        for await (const line of linesOf(this.host.readStream(path, { signal: this.context.signal }))) {
          const socket = parseTcpLine(line);
          if (socket !== null) count(tally, socket, all);
        }
        read = true;
      } catch (error) {
        // A kernel without IPv6 has no second file.
        if (!(error instanceof FileError)) throw error;
      }
    }
    if (!read) this.missing.push('the list of sockets (/proc/net/tcp) could not be read');
    return read ? tally : null;
  }

  private async localPorts(range: PortRange, tally: Tally): Promise<ProxyResourcesFacts['localPorts']> {
    let busiest: { key: string; sockets: number; timeWait: number } | null = null;
    for (const [key, { sockets, timeWait }] of tally.destinations) {
      if (busiest === null || sockets > busiest.sockets) busiest = { key, sockets, timeWait };
    }
    const reuse = (await this.text('/proc/sys/net/ipv4/tcp_tw_reuse'))?.trim();
    const loopback = busiest !== null && /^(?:127\.|\[::1\])/.test(busiest.key);
    return {
      used: busiest?.sockets ?? 0,
      limit: portsIn(range),
      timeWait: busiest?.timeWait ?? 0,
      range: `${range.from}-${range.to}`,
      destination: busiest?.key ?? null,
      // 1: always, 2: for loopback only (the kernel's default since 4.19).
      timeWaitReused: reuse === '1' || (reuse === '2' && loopback),
    };
  }

  private async descriptors(): Promise<ProxyResourcesFacts['descriptors']> {
    const pids = await this.httpdProcesses();
    if (pids.length === 0) {
      this.missing.push(`descriptors of ${this.proxy}'s processes: none was found running in this network namespace`);
      return null;
    }
    const counts = await this.openFiles(pids);
    const limits = await textsOf(this.host, [...counts.keys()], 'limits');
    let fullest: { pid: number; used: number; limit: number } | null = null;
    for (const [pid, used] of counts) {
      const limit = counters.parseOpenFilesLimit(limits.get(pid)?.toString('utf8') ?? '');
      if (limit === null || !Number.isFinite(limit)) continue;
      if (fullest === null || used / limit > fullest.used / fullest.limit) fullest = { pid, used, limit };
    }
    if (fullest === null) this.missing.push(`descriptors of ${this.proxy}'s processes: no right to count them (root)`);
    return fullest;
  }

  private async httpdProcesses(): Promise<number[]> {
    try {
      // Loaded for the flow that needs it, and no other.
      const running =
        this.given.dialect === 'nginx'
          ? await (await import('../../nginx/config/running.ts')).runningNginxes(this.host)
          : await runningHttpds(this.host);
      const here = running.filter((httpd) => httpd.namespace !== 'other' && (this.given.pid === null || httpd.pid === this.given.pid));
      return here.flatMap((httpd) => [httpd.pid, ...httpd.children]).slice(0, mostProcesses);
    } catch (error) {
      if (error instanceof FileError) return [];
      throw error;
    }
  }

  /** Open files by process; without those that may not be looked at. At a vantage one command counts for all. */
  private async openFiles(pids: readonly number[]): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    if (this.host.vantage.length > 0 && (await this.host.has('find'))) {
      const argv = ['find', ...pids.map((pid) => `/proc/${pid}/fd/`), '-mindepth', '1', '-maxdepth', '1'];
      const result = await this.host.run(argv, { timeLimitMs: 10_000, maxBytes: 16 * 1024 * 1024, signal: this.context.signal });
      for (const match of result.stdout.matchAll(/^\/proc\/(\d+)\/fd\//gm))
        counts.set(Number(match[1]), (counts.get(Number(match[1])) ?? 0) + 1);
      return counts;
    }
    await each(this.host, pids, async (pid) => {
      try {
        counts.set(pid, (await this.host.list(`/proc/${pid}/fd`)).length);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
      }
    });
    return counts;
  }

  private async conntrack(): Promise<ProxyResourcesFacts['conntrack']> {
    const used = await this.text('/proc/sys/net/netfilter/nf_conntrack_count');
    const limit = await this.text('/proc/sys/net/netfilter/nf_conntrack_max');
    // Without the module there is no table that could be full; that is no gap.
    if (used === null || limit === null) return null;
    const stat = await this.text('/proc/net/stat/nf_conntrack');
    let drops = stat === null ? null : counters.parseConntrackStat(stat);
    if (drops === null && (await this.host.has('conntrack'))) {
      const result = await this.host.run(['conntrack', '-S'], { timeLimitMs: 3000, signal: this.context.signal });
      this.commands.push(result);
      drops = counters.parseConntrackCommand(result.stdout);
    }
    return { used: Number(used), limit: Number(limit), drops };
  }

  /** The fullest accept queue of httpd's own ports. */
  private fullestQueue(tally: Tally): NonNullable<ProxyResourcesFacts['acceptQueue']> | null {
    const own = this.given.ports.filter((port) => tally.listening.has(port));
    const fullest = own.sort((a, b) => (tally.listening.get(b) ?? 0) - (tally.listening.get(a) ?? 0))[0];
    return fullest === undefined ? null : { used: tally.listening.get(fullest) ?? 0, limit: this.given.listenBacklog, port: fullest };
  }

  private async workers(queue: ProxyResourcesFacts['acceptQueue'], range: PortRange | null): Promise<ProxyResourcesFacts['workers']> {
    const { maxRequestWorkers, statusPage, dialect } = this.given;
    // Its worker processes take connections until worker_connections are used up, and say so in the log.
    if (dialect === 'nginx') return null;
    if (maxRequestWorkers === null) {
      this.missing.push('workers: MaxRequestWorkers is not known without the configuration');
      return null;
    }
    const held = queue ? await this.allHeld(queue, maxRequestWorkers, range) : null;
    if (held !== null) return { used: maxRequestWorkers, limit: maxRequestWorkers, how: held };
    if (statusPage === null) {
      this.missing.push('busy workers: no page of mod_status that may be asked (SetHandler server-status; not with --passive)');
      return null;
    }
    const page = await askStatusPage(this.host, statusPage, this.context.signal);
    const status = page.text === null ? null : counters.parseServerStatus(page.text);
    if (status === null) {
      this.missing.push(`busy workers: ${page.how}`);
      return null;
    }
    return { used: status.busy, limit: maxRequestWorkers, how: page.how };
  }

  /** In words, how the accept queue shows that no worker is free; null: it does not show it. */
  private async allHeld(
    queue: { readonly used: number; readonly port: number },
    workers: number,
    range: PortRange | null,
  ): Promise<string | null> {
    let least = queue.used;
    let clients = 0;
    for (let look = 1; look < queueLooks && least > 0; look += 1) {
      await pause(betweenLooksMs, this.context.signal);
      const again = await this.sockets(range);
      least = Math.min(least, again?.listening.get(queue.port) ?? 0);
      clients = again?.clients.get(queue.port) ?? 0;
    }
    if (least < waitingForWorkers && (least === 0 || clients - least < workers)) return null;
    return `${least} connections wait on port ${queue.port} at each of ${queueLooks} looks ${betweenLooksMs} ms apart: no worker is free to take them`;
  }

  private async memory(): Promise<boolean | null> {
    const marks = await this.text('/proc/sys/net/ipv4/tcp_mem');
    if (marks === null) return null;
    return this.read('/proc/net/sockstat', "TCP's use of memory", (text) => counters.memoryPressure(text, marks));
  }

  private async read<T>(path: string, what: string, parse: (text: string) => T | null): Promise<T | null> {
    const text = await this.text(path);
    const value = text === null ? null : parse(text);
    if (value === null) this.missing.push(`${what}: ${path} could not be read`);
    return value;
  }

  private async text(path: string): Promise<string | null> {
    try {
      return (await this.host.readFile(path)).toString('utf8');
    } catch (error) {
      if (error instanceof FileError) return null;
      throw error;
    }
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
