/** Captures at both ends at once, through vantages: a proxy, a router and a backend in network namespaces of their own. Needs root. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packetCapture } from '../../../src/checks/packet-capture/check.ts';
import type { PacketCaptureFacts } from '../../../src/checks/packet-capture/facts.ts';
import { openSocket } from '../../../src/host/socket.ts';
import { vantageHost } from '../../../src/host/vantage.ts';
import { ask } from '../../../src/httpd/wire/conversation.ts';
import { memoryContext } from '../../fakes/memory-host.ts';
import { knownFor } from '../probe-known.ts';

const unique = `pdcap${process.pid}`;
const space = { proxy: `${unique}p`, router: `${unique}r`, backend: `${unique}b` };
const address = '198.51.100.2';
const inside = (namespace: string): readonly string[] => ['ip', 'netns', 'exec', namespace];
const hosts = { proxy: vantageHost('proxy', inside(space.proxy)), backend: vantageHost('backend', inside(space.backend)) };
const sh = (...argv: readonly string[]): string =>
  execFileSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const iptables = (...words: readonly string[]): string => sh(...inside(space.router), 'iptables', ...words);

let folder = '';
let server: ChildProcess | null = null;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proxy-doctor-ends-'));
  for (const name of Object.values(space)) {
    sh('ip', 'netns', 'add', name);
    sh('ip', '-n', name, 'link', 'set', 'lo', 'up');
  }
  const cable = (a: string, aAddress: string, b: string, device: string, bAddress: string): void => {
    sh('ip', 'link', 'add', 'name', 'eth0', 'netns', a, 'type', 'veth', 'peer', 'name', device, 'netns', b);
    for (const [name, end, ip] of [
      [a, 'eth0', aAddress],
      [b, device, bAddress],
    ] as const) {
      sh('ip', '-n', name, 'address', 'add', ip, 'dev', end);
      sh('ip', '-n', name, 'link', 'set', end, 'up');
    }
  };
  cable(space.proxy, '192.0.2.1/24', space.router, 'left', '192.0.2.254/24');
  cable(space.backend, `${address}/24`, space.router, 'right', '198.51.100.254/24');
  sh('ip', '-n', space.proxy, 'route', 'add', '198.51.100.0/24', 'via', '192.0.2.254');
  sh('ip', '-n', space.backend, 'route', 'add', '192.0.2.0/24', 'via', '198.51.100.254');
  sh(...inside(space.router), 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  await writeFile(path.join(folder, 'big'), Buffer.alloc(300_000, 'x'));
  const [command = '', ...argv] = [...inside(space.backend), 'python3', '-u', '-m', 'http.server', '8080', '--directory', folder];
  server = spawn(command, argv, { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => server?.stdout?.once('data', resolve));
});

afterAll(async () => {
  server?.kill('SIGKILL');
  for (const name of Object.values(space)) sh('ip', 'netns', 'delete', name);
  await rm(folder, { recursive: true });
});

interface Found {
  readonly facts: PacketCaptureFacts;
  readonly outcome: string;
  readonly summary: string;
}

async function capture(seconds: number, traffic: () => Promise<unknown>): Promise<Found> {
  const prepared = packetCapture.prepare(knownFor({ backend: `${address}:8080` }), { seconds });
  if (!prepared.ready) throw new Error(prepared.reason);
  let listening = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    listening = resolve;
  });
  const own = await mkdtemp(path.join(folder, 'case-'));
  const collected = packetCapture.collect(
    { ...memoryContext(hosts), caseFolder: async () => own, progress: () => listening() },
    prepared.parameters,
  );
  await Promise.race([ready, collected]);
  await traffic();
  const { facts } = await collected;
  return { facts, ...packetCapture.classify(facts, null) };
}

async function get(target: string): Promise<string> {
  const opened = await openSocket(hosts.proxy, address, 8080, { timeoutMs: 1500 });
  if (opened.socket === null) return opened.outcome;
  const told = await ask(opened.socket, { method: 'GET', target, host: 'lab', close: true }, 4000);
  opened.socket.close();
  return told.outcome;
}
const several = (count: number, target: string): Promise<string[]> => Promise.all(Array.from({ length: count }, () => get(target)));

/** Packets that a rule of the router has matched. */
function counted(chain: string): number {
  return Number(/^\s*(\d+)/m.exec(iptables('-vnxL', chain).split('\n').slice(2).join('\n'))?.[1] ?? -1);
}

async function withRule<T>(rule: readonly string[], work: () => Promise<T>): Promise<{ readonly found: T; readonly packets: number }> {
  iptables('-A', 'FORWARD', ...rule);
  try {
    const found = await work();
    return { found, packets: counted('FORWARD') };
  } finally {
    iptables('-F', 'FORWARD');
  }
}

describe('both ends', () => {
  it('nothing is lost where nothing is lost', async () => {
    const { facts, outcome } = await capture(2.5, () => several(6, '/big'));
    expect(outcome).toBe('clean');
    expect(facts.points.map(({ side, answersWhole }) => [side, answersWhole])).toEqual([
      ['proxy', 6],
      ['backend', 6],
    ]);
    expect(facts.lostBetween).toMatchObject({ proxyToBackend: 0, backendToProxy: 0 });
    expect(facts.lostBetween?.sent).toBeGreaterThan(6 * 200);
    expect(facts).toMatchObject({ missing: [], madeUpBetween: { toProxy: 0, toBackend: 0 } });
  });

  it('counts what the router dropped on the way back, as the router itself counts it', async () => {
    // Data only: acknowledgements that get lost are made up for by the next one, and are not counted.
    const rule = [
      '-s',
      address,
      '-p',
      'tcp',
      '-m',
      'length',
      '--length',
      '200:65535',
      '-m',
      'statistic',
      '--mode',
      'nth',
      '--every',
      '25',
      '--packet',
      '10',
      '-j',
      'DROP',
    ];
    const { found, packets } = await withRule(rule, () => capture(4, () => several(6, '/big')));
    expect(found.outcome).toBe('loss');
    expect(packets).toBeGreaterThan(3);
    // The router sees joined segments as one packet; we count them as what an Ethernet carries.
    expect(found.facts.lostBetween?.backendToProxy).toBeGreaterThanOrEqual(packets);
    expect(found.facts.lostBetween?.proxyToBackend).toBe(0);
    expect(found.summary).toContain('on the way back');
  });

  it('a reset that a firewall made up is told from one of the backend', async () => {
    const rule = [
      '-p',
      'tcp',
      '--dport',
      '8080',
      '-m',
      'string',
      '--string',
      'GET /forbidden',
      '--algo',
      'bm',
      '-j',
      'REJECT',
      '--reject-with',
      'tcp-reset',
    ];
    const { found } = await withRule(rule, () => capture(2, () => several(2, '/forbidden')));
    expect(found.outcome).toBe('backend-closes-early');
    expect(found.facts.madeUpBetween?.toProxy).toBe(2);
    expect(found.summary).toContain('something in between');
  });

  it('a connect that a firewall rejects is told from one that the host refuses', async () => {
    const { found } = await withRule(['-p', 'tcp', '--dport', '8080', '-j', 'REJECT', '--reject-with', 'icmp-admin-prohibited'], () =>
      capture(2, () => several(3, '/')),
    );
    expect(found.outcome).toBe('connects-fail');
    expect(found.facts.points[0]).toMatchObject({ connectRefusedByIcmp: 3, connectRefusedByRst: 0, connectUnanswered: 0 });
  });

  it('connects that a firewall swallows get no answer, and never arrive', async () => {
    const { found } = await withRule(['-p', 'tcp', '--dport', '8080', '-j', 'DROP'], () => capture(2.5, () => several(2, '/')));
    expect(found.outcome).toBe('connects-fail');
    expect(found.facts.points[0]).toMatchObject({ connectUnanswered: 2, connectRefusedByIcmp: 0 });
    expect(found.facts.lostBetween?.proxyToBackend).toBeGreaterThanOrEqual(2);
  });
});
