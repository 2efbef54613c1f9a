import { describe, expect, test } from 'vitest';
import { proxyResources } from '../../../src/checks/proxy-resources/check.ts';
import { atLimitShare, nearLimitShare } from '../../../src/checks/proxy-resources/classify.ts';
import type { ProxyResourcesFacts } from '../../../src/checks/proxy-resources/facts.ts';
import type { Parameters } from '../../../src/checks/proxy-resources/parameters.ts';
import type { OpenResult, SocketEvent } from '../../../src/host/host.ts';
import type { MemoryFile, MemoryTables } from '../../fakes/memory-host.ts';
import { memoryContext, memoryHost } from '../../fakes/memory-host.ts';

const asked: Parameters = { pid: 7, ports: [80], maxRequestWorkers: 10, listenBacklog: 511, statusPage: null };

/** A line of /proc/net/tcp: local port, other end, state, and what waits. */
function line(local: number, remote: string, port: number, state: string, waiting = 0): string {
  const hex = (value: number, width: number): string => value.toString(16).toUpperCase().padStart(width, '0');
  const address = remote
    .split('.')
    .reverse()
    .map((part) => hex(Number(part), 2))
    .join('');
  return `   0: 0100007F:${hex(local, 4)} ${address}:${hex(port, 4)} ${state} 00000000:${hex(waiting, 8)} 00:00000000 00000000     0        0 1\n`;
}

const listening = (waiting: number): string => line(80, '0.0.0.0', 0, '0A', waiting);

const machine: Record<string, MemoryFile | readonly MemoryFile[]> = {
  '/proc/sys/net/ipv4/ip_local_port_range': '40000 40009',
  '/proc/sys/net/ipv4/ip_local_reserved_ports': '\n',
  '/proc/sys/net/ipv4/tcp_tw_reuse': '2\n',
  '/proc/sys/net/ipv4/tcp_mem': '10 20 30\n',
  '/proc/net/sockstat': 'TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 3\n',
  '/proc/net/tcp': listening(0),
  '/proc/sys/fs/file-nr': '100 0 1000\n',
  '/proc/sys/net/netfilter/nf_conntrack_count': '5\n',
  '/proc/sys/net/netfilter/nf_conntrack_max': '100\n',
  '/proc/net/stat/nf_conntrack': 'entries drop early_drop\n0 0 0\n',
  '/proc/self/ns/net': { link: 'net:[1]' },
  ...process(7, 1, 4, 100),
  ...process(8, 7, 3, 10),
};

function process(pid: number, parent: number, files: number, limit: number): Record<string, MemoryFile> {
  return {
    [`/proc/${pid}/comm`]: 'apache2\n',
    [`/proc/${pid}/status`]: `State:\tS\nPPid:\t${parent}\nUid:\t0\nGid:\t0\n`,
    [`/proc/${pid}/cmdline`]: '/usr/sbin/apache2\0',
    [`/proc/${pid}/exe`]: { link: '/usr/sbin/apache2' },
    [`/proc/${pid}/ns/net`]: { link: 'net:[1]' },
    [`/proc/${pid}/limits`]: `Max open files            ${limit}                 ${limit}               files\n`,
    ...Object.fromEntries(Array.from({ length: files }, (_, n) => [`/proc/${pid}/fd/${n}`, ''])),
  };
}

async function run(
  files: MemoryTables['files'] = {},
  parameters: Partial<Parameters> = {},
  open?: (port: number) => OpenResult,
): Promise<ProxyResourcesFacts> {
  const host = memoryHost({ files: { ...machine, ...files } });
  const proxy = open === undefined ? host : { ...host, openSocket: (_address: string, port: number) => Promise.resolve(open(port)) };
  const { facts } = await proxyResources.collect(memoryContext({ proxy, backend: null }), { ...asked, ...parameters });
  return proxyResources.facts.parse(facts);
}

/** A connection that says these things, one after the other. */
function says(...events: (string | 'closed')[]): OpenResult {
  const waiting: SocketEvent[] = events.map((text) =>
    text === 'closed' ? { kind: 'closed', at: 0 } : { kind: 'data', bytes: Buffer.from(text), at: 0 },
  );
  const socket = {
    address: '127.0.0.1',
    port: 80,
    localPort: null,
    write: () => undefined,
    next: () => Promise.resolve(waiting.shift() ?? null),
    close: () => undefined,
  };
  return { outcome: 'connected', code: null, socket };
}

const verdict = async (...args: globalThis.Parameters<typeof run>): Promise<string> =>
  proxyResources.classify(await run(...args), null).outcome;

describe('a proxy at rest', () => {
  test('each resource against its limit; what could not be looked at is named', async () => {
    const facts = await run();
    expect(facts).toMatchObject({
      localPorts: { used: 0, limit: 10, range: '40000-40009', destination: null },
      descriptors: { pid: 8, used: 3, limit: 10 },
      systemDescriptors: { used: 100, limit: 1000 },
      conntrack: { used: 5, limit: 100, drops: 0 },
      workers: null,
      memoryPressure: false,
      missing: [expect.stringContaining('busy workers: no page of mod_status')],
    });
    expect(proxyResources.classify(facts, null)).toMatchObject({
      outcome: 'within-limits',
      summary: expect.stringContaining('not looked at: 1'),
    });
  });
});

describe('local ports', () => {
  const used = (n: number, state = '01', remote = '192.0.2.2'): Record<string, string> => ({
    '/proc/net/tcp': listening(0) + Array.from({ length: n }, (_, index) => line(40000 + index, remote, 9000, state)).join(''),
  });

  test.each<[string, Record<string, string>, string]>([
    ['all in use', used(10), 'at-limit'],
    ['all but two', used(8), 'near-limit'],
    ['few', used(3), 'within-limits'],
    ['all in TIME_WAIT', used(10, '06'), 'at-limit'],
    ['all in TIME_WAIT on loopback, where the kernel uses them again', used(10, '06', '127.0.0.1'), 'within-limits'],
    [
      'all in TIME_WAIT, and the kernel is told to use them again',
      { ...used(10, '06'), '/proc/sys/net/ipv4/tcp_tw_reuse': '1' },
      'within-limits',
    ],
    ['reserved ones do not count', { ...used(5), '/proc/sys/net/ipv4/ip_local_reserved_ports': '40005-40009' }, 'at-limit'],
  ])('%s', async (_name, files, expected) => {
    expect(await verdict(files)).toBe(expected);
  });

  test('the busiest destination is named', async () => {
    const files = {
      '/proc/net/tcp': line(40000, '192.0.2.3', 81, '01') + line(40001, '192.0.2.2', 80, '01') + line(40001, '192.0.2.3', 81, '06'),
    };
    expect((await run(files)).localPorts).toMatchObject({ used: 2, timeWait: 1, destination: '192.0.2.3:81' });
  });
});

describe('other limits', () => {
  test.each<[string, MemoryTables['files'], string]>([
    ['descriptors of a child', process(8, 7, 10, 10), 'at-limit'],
    ['descriptors of the system', { '/proc/sys/fs/file-nr': '960 0 1000' }, 'at-limit'],
    ['connection tracking', { '/proc/sys/net/netfilter/nf_conntrack_count': '85' }, 'near-limit'],
    ['memory of TCP', { '/proc/net/sockstat': 'TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 25' }, 'at-limit'],
    ['no connection tracking in this kernel', { '/proc/sys/net/netfilter/nf_conntrack_count': { error: 'ENOENT' } }, 'within-limits'],
  ])('%s', async (_name, files, expected) => {
    expect(await verdict(files)).toBe(expected);
  });

  test('descriptors that may not be counted are missing, not zero', async () => {
    const denied = Object.fromEntries(['/proc/7/fd/0', '/proc/7/fd', '/proc/8/fd'].map((path) => [path, { error: 'EACCES' } as const]));
    const facts = await run(denied);
    expect(facts.descriptors).toBeNull();
    expect(facts.missing).toContainEqual(expect.stringContaining('no right to count them'));
  });
});

describe('workers', () => {
  const statusPage = { address: '127.0.0.1', port: 80, path: '/server-status', host: 'localhost' };
  const page = (busy: number): OpenResult => says('HTTP/1.1 200 OK\r\n\r\nBusyWorkers: ', `${busy}\nIdleWorkers: 1\n`, 'closed');

  test.each<[number, string]>([
    [10, 'at-limit'],
    [9, 'near-limit'],
    [2, 'within-limits'],
  ])('%i busy of 10 on the status page', async (busy, expected) => {
    expect(await verdict({}, { statusPage }, () => page(busy))).toBe(expected);
  });

  test.each<[string, () => OpenResult, string]>([
    ['no answer', () => says(), 'no answer within'],
    ['another page', () => says('HTTP/1.1 403 Forbidden\r\n\r\n', 'closed'), 'status 403'],
    ['refused', () => ({ outcome: 'refused', code: 'ECONNREFUSED', socket: null }), 'refused'],
  ])('%s is missing, not fine', async (_name, open, expected) => {
    const facts = await run({}, { statusPage }, open);
    expect(facts.workers).toBeNull();
    expect(facts.missing).toContainEqual(expect.stringContaining(expected));
  });

  test('connections that wait at every look say that no worker is free', async () => {
    const facts = await run({ '/proc/net/tcp': listening(4) });
    expect(facts.workers).toMatchObject({ used: 10, limit: 10, how: expect.stringContaining('4 connections wait on port 80') });
    expect(proxyResources.classify(facts, null).outcome).toBe('at-limit');
  });

  test('one that waits beside as many connections as workers says so too', async () => {
    const clients = Array.from({ length: 11 }, (_, n) => line(80, '192.0.2.9', 50000 + n, '01')).join('');
    expect((await run({ '/proc/net/tcp': listening(1) + clients })).workers).toMatchObject({ used: 10 });
  });

  test.each<[string, readonly string[]]>([
    ['a burst that is gone at the next look', [listening(9), listening(0)]],
    ['a single one at each look on a busy but free server', [listening(1), listening(1), listening(1)]],
  ])('%s says nothing', async (_name, looks) => {
    expect((await run({ '/proc/net/tcp': looks })).workers).toBeNull();
  });
});

test('nothing at all could be looked at: not carried out', async () => {
  const host = memoryHost({ files: { '/x': '' } });
  await expect(proxyResources.collect(memoryContext({ proxy: host, backend: null }), asked)).rejects.toMatchObject({
    status: 'failed',
    message: expect.stringContaining('/proc/net/tcp'),
  });
});

test('the thresholds leave room between near and at', () => {
  expect(nearLimitShare).toBeLessThan(atLimitShare);
  expect(atLimitShare).toBeLessThan(1);
});
