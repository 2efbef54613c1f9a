import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tcpConnect } from '../../../src/checks/tcp-connect/check.ts';
import { captureCommand, judge } from '../../../src/checks/tcp-connect/refused-by.ts';
import type { Parameters } from '../../../src/checks/tcp-connect/parameters.ts';
import type { Host } from '../../../src/host/host.ts';
import { vantageHost } from '../../../src/host/vantage.ts';
import { memoryContext, memoryHost } from '../../fakes/memory-host.ts';
import { isRoot, listener, openNetwork, type Network } from '../../host/network.ts';

const parameters: Parameters = {
  count: 20,
  intervalMs: 250,
  timeoutMs: 3500,
  host: '192.0.2.2',
  port: 8080,
  addresses: [],
  daemon: null,
  capture: false,
};

describe('on a machine of tables', () => {
  test('all addresses in turn, each watched now and then, all told as they come', async () => {
    const proxy = memoryHost({ names: { app: ['192.0.2.2', '2001:db8::2'] }, connects: () => ({ outcome: 'connected' }) });
    const context = memoryContext({ proxy, backend: null });
    const { facts } = await tcpConnect.collect(context, { ...parameters, host: 'app' });
    expect(facts.byAddress).toMatchObject([
      { address: '192.0.2.2', attempts: 10 },
      { address: '2001:db8::2', attempts: 10 },
    ]);
    expect(proxy.connected.slice(0, 3)).toEqual(['192.0.2.2:8080', '2001:db8::2:8080', '192.0.2.2:8080']);
    expect(context.said).toHaveLength(20);
    expect(context.said[6]).toMatchObject({ done: 7, total: 20, unit: 'attempts', text: '7 accepted' });
  });

  test('after eight that took long to fail the rest is left out', async () => {
    const proxy = memoryHost({ connects: () => ({ outcome: 'timed-out', latencyMs: 3500 }) });
    const { facts } = await tcpConnect.collect(memoryContext({ proxy, backend: null }), parameters);
    expect(facts).toMatchObject({ attempts: 8, timedOut: 8, notTried: 12 });
  });

  test('quick refusals are all tried, for one of them may be accepted', async () => {
    const proxy = memoryHost({ connects: (_address, _port, n) => ({ outcome: n === 15 ? 'connected' : 'refused' }) });
    const { facts } = await tcpConnect.collect(memoryContext({ proxy, backend: null }), parameters);
    expect(tcpConnect.classify(facts, null).outcome).toBe('mixed');
  });

  test('a backend that restarts while the daemon tries refuses anybody: no policy', async () => {
    const commands = { 'id -u': '0', 'id -g -- 33': '33' };
    const daemon = { user: 'www-data', uid: 33 };
    const see = async (connects: (n: number) => boolean): Promise<unknown> => {
      const proxy = memoryHost({ commands, connects: (_address, _port, n) => ({ outcome: connects(n) ? 'connected' : 'refused', code: connects(n) ? null : 'ECONNREFUSED' }) });
      return (await tcpConnect.collect(memoryContext({ proxy, backend: null }), { ...parameters, daemon })).facts.asDaemon;
    };
    // 20 attempts of the user's own, then three of the daemon's.
    expect(await see((n) => n < 20 || n >= 23)).toMatchObject({ outcome: 'connected' });
    expect(await see((n) => n < 20)).toBeNull();
    // Refused again, while the user's own connect between the two passes.
    expect(await see((n) => n < 20 || n === 23)).toMatchObject({ outcome: 'refused', code: 'ECONNREFUSED' });
  });

  test('a name that does not resolve is no finding about connects', async () => {
    const context = memoryContext({ proxy: memoryHost(), backend: null });
    await expect(tcpConnect.collect(context, { ...parameters, host: 'gone' })).rejects.toMatchObject({
      status: 'skipped',
      message: expect.stringContaining('ENOTFOUND'),
    });
  });

  test('connects that could not even begin say nothing of the backend', async () => {
    const proxy = memoryHost({ connects: () => ({ outcome: 'failed', code: 'EADDRNOTAVAIL' }) });
    const failure = tcpConnect.collect(memoryContext({ proxy, backend: null }), parameters);
    await expect(failure).rejects.toMatchObject({
      status: 'failed',
      message: expect.stringContaining('local port'),
      remedy: expect.stringContaining('proxy-resources'),
    });
  });

  test('without root nothing is said of the daemon', async () => {
    const proxy = memoryHost({ commands: { 'id -u': '1000\n', 'id -g': '33\n' }, connects: () => ({ outcome: 'connected' }) });
    const context = memoryContext({ proxy, backend: null });
    const { facts } = await tcpConnect.collect(context, { ...parameters, daemon: { user: 'www-data', uid: 33 } });
    expect(facts.asDaemon).toBeNull();
  });
});

test.each([
  ['rst', 'IP 192.0.2.2.8080 > 192.0.2.1.40000: Flags [R.], seq 0, ack 1, win 0, length 0'],
  ['icmp', '12:00:00.1 wire  In  IP 192.0.2.2 > 192.0.2.1: ICMP 192.0.2.2 tcp port 8080 unreachable, length 68'],
  ['icmp', 'IP 192.0.2.254 > 192.0.2.1: ICMP host 192.0.2.2 unreachable - admin prohibited filter, length 68'],
  [null, 'IP 192.0.2.2.8081 > 192.0.2.1.40000: Flags [R.], seq 0, ack 1, win 0, length 0'],
  [null, 'IP 192.0.2.9 > 192.0.2.1: ICMP 192.0.2.9 udp port 53 unreachable, length 68'],
  [null, ''],
])('who refuses, as tcpdump prints it: %s', (by, line) => {
  expect(judge(line, { address: '192.0.2.2', port: 8080 })).toBe(by);
});

test('the capture is bounded and takes headers only', () => {
  expect(captureCommand({ address: '192.0.2.2', port: 80 })).toEqual(expect.arrayContaining(['-c', '6', '-s', '128', '-p']));
});

describe('on a real kernel', () => {
  let network: Network;
  let proxy: Host;
  const quick = { ...parameters, count: 6, intervalMs: 20, timeoutMs: 1500 };
  const see = async (more: Partial<Parameters>) => {
    const context = memoryContext({ proxy, backend: null });
    const { facts, commands } = await tcpConnect.collect(context, { ...quick, ...more });
    return { facts, commands, ...tcpConnect.classify(tcpConnect.facts.parse(facts), null) };
  };

  beforeAll(async () => {
    network = await openNetwork();
    const { backend } = network;
    await Promise.all([
      backend.start(...listener('0.0.0.0', 8001, 'hold')),
      backend.start(...listener('0.0.0.0', 8002, 'reset')),
      backend.start(...listener('0.0.0.0', 8003, 'close')),
      backend.start(...listener('0.0.0.0', 8004, 'ignore', 0)),
      backend.start(...listener('0.0.0.0', 8005, 'hold')),
    ]);
    await backend.run(...'sysctl -qw net.ipv4.icmp_ratelimit=0'.split(' '));
    const filter = (rule: string) => backend.run('iptables', ...rule.split(' '));
    await filter('-A INPUT -p tcp --dport 8101 -j REJECT --reject-with tcp-reset');
    await filter('-A INPUT -p tcp --dport 8102 -j REJECT --reject-with icmp-port-unreachable');
    await filter('-A INPUT -p tcp --dport 8103 -j REJECT --reject-with icmp-admin-prohibited');
    await filter('-A INPUT -p tcp --dport 8104 -j DROP');
    await filter('-A INPUT -p tcp --dport 8005 -m connlimit --connlimit-above 2 -j REJECT --reject-with tcp-reset');
    proxy = vantageHost('proxy', network.proxy.prefix);
  });
  afterAll(() => network.close());

  test.each([
    ['a listener', 8001, 'connected', null],
    ['nothing there', 8009, 'refused', 'rst'],
    ['accepted, then reset', 8002, 'dropped', null],
    ['accepted, then closed', 8003, 'dropped', null],
    ['a full accept queue', 8004, 'mixed', null],
    ['a filter that rejects with a reset', 8101, 'refused', 'rst'],
    ['a filter that rejects with port unreachable', 8102, 'refused', 'icmp'],
    ['a filter that rejects as prohibited', 8103, 'unreachable', null],
    ['a filter that drops', 8104, 'no-answer', null],
  ])('%s', async (_what, port, outcome, by) => {
    const seen = await see({ port, capture: true });
    expect(seen.summary).toMatch(/\w/);
    expect([seen.outcome, seen.facts.refusedBy]).toEqual([outcome, by]);
  });

  test('a dead host: unreachable, after the time that ARP takes', async () => {
    const { outcome, facts } = await see({ host: '192.0.2.77', port: 80, timeoutMs: 3500, count: 2 });
    expect(outcome).toBe('unreachable');
    expect(facts.unreachableAfterMs).toBeGreaterThan(1000);
  });

  test('a limit of connections refuses only once it is reached; our own connects do not add up to it', async () => {
    expect((await see({ port: 8005, count: 3, intervalMs: 200 })).outcome).toBe('connected');
    const hold = "import socket, time; s = socket.create_connection(('192.0.2.2', 8005)); print('held', flush=True); time.sleep(60)";
    await Promise.all([1, 2].map(() => network.proxy.start('/usr/bin/python3', '-c', hold)));
    expect((await see({ port: 8005 })).outcome).toBe('refused');
  });

  // Becoming another user takes root.
  describe.runIf(isRoot)('as the user that httpd runs as', () => {
    const daemon = { user: 'www-data', uid: 33 };
    test('a policy that stops that user alone', async () => {
      const { run } = network.proxy;
      await run(...'ip rule add uidrange 33-33 lookup 100'.split(' '));
      await run(...'ip route add prohibit default table 100'.split(' '));
      const seen = await see({ port: 8001, daemon });
      await run(...'ip rule del uidrange 33-33 lookup 100'.split(' '));
      expect(seen).toMatchObject({
        outcome: 'denied',
        facts: { connected: 6, asDaemon: { user: 'www-data', outcome: 'denied', code: 'EACCES' } },
      });
      expect(seen.summary).toContain('www-data');
    });

    test('a filter that lets that user alone through: its connects count', async () => {
      const rule = 'OUTPUT -p tcp --dport 8001 -m owner ! --uid-owner 33 -j REJECT'.split(' ');
      await network.proxy.run('iptables', '-A', ...rule);
      const seen = await see({ port: 8001, daemon });
      await network.proxy.run('iptables', '-D', ...rule);
      expect(seen).toMatchObject({ outcome: 'connected', facts: { connected: 6, asUser: 'www-data' } });
    });

    test('nothing in the way', async () => {
      expect((await see({ port: 8001, daemon })).facts.asDaemon).toEqual({ user: 'www-data', outcome: 'connected', code: null });
    });
  });
});
