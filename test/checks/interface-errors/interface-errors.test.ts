import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interfaceErrors } from '../../../src/checks/interface-errors/check.ts';
import { linkMessages, readDriver, readLosses, readNetDev } from '../../../src/checks/interface-errors/counters.ts';
import { facts as schema, type InterfaceErrorsFacts } from '../../../src/checks/interface-errors/facts.ts';
import type { Parameters } from '../../../src/checks/interface-errors/parameters.ts';
import type { Host, Hosts } from '../../../src/host/host.ts';
import { vantageHost } from '../../../src/host/vantage.ts';
import { memoryContext, memoryHost } from '../../fakes/memory-host.ts';
import { openNetwork, type Network } from '../../host/network.ts';
import { known } from '../known.ts';

const netDev = (rx: string, tx: string) => `Inter-|   Receive                            |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 10 1 0 0 0 0 0 0 10 1 0 0 0 0 0 0
  eth0:${rx} 0 0 0 0 ${tx} 0 0 0 0
`;

test('counters of interfaces, glued to the name or not', () => {
  const counters = readNetDev(netDev('1000 100 3 4', '2000 200 5 6'));
  expect(counters.get('eth0')).toEqual({
    rxPackets: 100,
    rxErrors: 3,
    rxDropped: 4,
    txPackets: 200,
    txErrors: 5,
    txDropped: 6,
    collisions: 0,
  });
  expect([...counters.keys()]).toEqual(['lo', 'eth0']);
});

test('counters of the driver that speak of trouble', () => {
  expect([...readDriver('NIC statistics:\n     rx_packets: 10\n     rx_crc_errors: 3\n     tx_timeout_count: 1\n')]).toEqual([
    ['rx_crc_errors', 3],
    ['tx_timeout_count', 1],
  ]);
});

test('what connections had to send again', () => {
  const ss = `State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
ESTAB 0      0      192.0.2.1:40000 192.0.2.2:8080
\t cubic wscale:7,7 rto:204 rtt:0.1/0.05 mss:1448 bytes_sent:9000 bytes_retrans:900 segs_out:473 segs_in:400 retrans:0/47
ESTAB 0      0      192.0.2.1:40001 192.0.2.2:8080
\t cubic rto:204 rtt:0.1/0.05 mss:1448 segs_out:27 segs_in:20
`;
  expect(readLosses(ss)).toEqual({ connections: 2, retransmitted: 47, sent: 500, notRead: 0 });
  expect(readLosses('State Recv-Q Send-Q Local Peer\n')).toEqual({ connections: 0, retransmitted: 0, sent: 0, notRead: 0 });
});

test('probes of a window that stays closed are no loss; a window that was closed for a moment is nothing', () => {
  const waiting = (rwnd: string) => `FIN-WAIT-1 0 49233 192.0.2.1:33322 192.0.2.2:9000
\t bbr wscale:7,10 rto:212 backoff:4 rtt:10.4/18 mss:1448 bytes_retrans:2352 segs_out:186 segs_in:16 busy:5088ms rwnd_limited:${rwnd} retrans:0/2 dsack_dups:2
`;
  expect(readLosses(waiting('5044ms(99.1%)'))).toEqual({ connections: 1, retransmitted: 0, sent: 0, notRead: 1 });
  expect(readLosses(waiting('5044ms(12.0%)'))).toMatchObject({ retransmitted: 2, sent: 186, notRead: 0 });
  expect(readLosses(waiting('40ms(99.1%)'))).toMatchObject({ retransmitted: 2, sent: 186, notRead: 0 });
});

test.each([
  ['e1000e 0000:00:1f.6 eth0: NIC Link is Down', true],
  ['NETDEV WATCHDOG: eth0 (igb): transmit queue 0 timed out', true],
  ['igb 0000:01:00.0 eth0: Reset adapter', true],
  ['e1000e 0000:00:1f.6 eth0: NIC Link is Up 1000 Mbps Full Duplex', false],
  ['IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready', false],
  ['e1000e 0000:00:1f.6 eth01: NIC Link is Down', false],
  ['br-eth0: link is down', false],
])('%s', (text, counts) => {
  expect(linkMessages([{ at: 5, text }], ['eth0'], 0, 10)).toHaveLength(counts ? 1 : 0);
  expect(linkMessages([{ at: 5, text }], ['eth0'], 6, 10)).toEqual([]);
});

const device: InterfaceErrorsFacts['devices'][number] = {
  side: 'proxy',
  name: 'eth0',
  state: 'UP',
  rxErrors: 0,
  rxDropped: 0,
  txErrors: 0,
  txDropped: 0,
  carrierChanges: 2,
  collisions: 0,
  rxPackets: 100_000,
  txPackets: 100_000,
  grewBy: 0,
  faultsGrewBy: 0,
  overMs: 2000,
  speedMbit: 1000,
  duplex: 'full',
  driver: {},
};
const base: InterfaceErrorsFacts = schema.parse({
  devices: [device],
  retransmissions: [],
  toBackend: null,
  kernelMessages: [],
  missing: [],
});
const on = (change: Partial<typeof device>): Partial<InterfaceErrorsFacts> => ({ devices: [{ ...device, ...change }] });
const lost = (retransmitted: number, sent: number) => ({ connections: 1, retransmitted, sent, notRead: 0 });

test.each<[string, string, Partial<InterfaceErrorsFacts>]>([
  ['clean', 'No faults on eth0 (proxy)', {}],
  ['errors', '2 errors or carrier changes within 2.0 s', on({ grewBy: 2, faultsGrewBy: 2 })],
  // Packets that nobody wanted are counted as dropped, too.
  ['clean', '500 drops', on({ rxDropped: 500, grewBy: 20 })],
  // An old total alone is no fault …
  ['clean', '50 errors', on({ rxErrors: 50 })],
  // … but a link that was never sound is.
  ['errors', '900 errors in 200000 packets', on({ rxErrors: 900 })],
  ['clean', '40 carrier changes', on({ carrierChanges: 40 })],
  ['errors', 'half duplex at 100 Mbit/s', on({ duplex: 'half', speedMbit: 100 })],
  ['errors', 'it is down', on({ state: 'DOWN' })],
  ['errors', 'rx_crc_errors rose by 3', on({ driver: { rx_crc_errors: 3 } })],
  ['errors', 'the kernel says: eth0: NIC Link is Down', { kernelMessages: ['eth0: NIC Link is Down'] }],
  ['retransmissions', 'Of 473 segments to the backend (1 connections) 47 had to be sent again (9.9 %)', { toBackend: lost(47, 473) }],
  ['retransmissions', 'from the backend', { toBackend: lost(0, 500), fromBackend: lost(20, 1000) }],
  ['clean', '1 of 60 segments', { toBackend: lost(1, 60) }],
  ['clean', '5 of 5000 segments', { toBackend: lost(5, 5000) }],
  // Clients far away lose some; that says nothing of the backend.
  [
    'clean',
    'No faults',
    { retransmissions: [{ side: 'proxy', retransmitted: 30_000, sent: 1_000_000, share: 0.03, grewBy: { retransmitted: 15, sent: 500 } }] },
  ],
  [
    'retransmissions',
    'to anybody',
    { retransmissions: [{ side: 'proxy', retransmitted: 60, sent: 1000, share: 0.06, grewBy: { retransmitted: 60, sent: 500 } }] },
  ],
  [
    'clean',
    'on this machine',
    {
      loopback: true,
      devices: [],
      retransmissions: [{ side: 'proxy', retransmitted: 60, sent: 100, share: 0.6, grewBy: { retransmitted: 60, sent: 100 } }],
    },
  ],
])('%s: %s', (outcome, words, change) => {
  expect(interfaceErrors.classify({ ...base, ...change }, null)).toEqual({ outcome, summary: expect.stringContaining(words) });
});

describe('on machines of tables', () => {
  const parameters: Parameters = { watchMs: 0, host: '192.0.2.2', port: 8080, address: '192.0.2.2', lookUp: true };
  const commands = {
    'ip route get 192.0.2.2': '192.0.2.2 dev eth0 src 192.0.2.1 uid 0\n',
    'ip link show dev': '2: eth0: <UP> mtu 1500 state UP\n',
  };
  const files = {
    '/proc/net/dev': [netDev('1000 100 0 0', '2000 200 0 0'), netDev('1000 100 7 0', '2000 200 0 0')],
    '/proc/net/snmp': 'Tcp: OutSegs RetransSegs\nTcp: 1000 20\n',
  };
  const look = async (hosts: Hosts, more: Partial<Parameters> = {}) => {
    const { facts } = await interfaceErrors.collect(memoryContext(hosts), { ...parameters, ...more });
    return { facts: schema.parse(facts), ...interfaceErrors.classify(facts, null) };
  };

  test('counters that rise while we look', async () => {
    const { facts, outcome } = await look({ proxy: memoryHost({ commands, files }), backend: null });
    expect(outcome).toBe('errors');
    expect(facts).toMatchObject({
      devices: [{ name: 'eth0', rxErrors: 7, faultsGrewBy: 7, state: 'UP' }],
      retransmissions: [{ retransmitted: 20, sent: 1000, share: 0.02 }],
    });
    expect(facts.missing).toEqual(expect.arrayContaining(['ethtool (proxy)', 'ss (proxy)']));
  });

  test('a bond is looked at with its cards', async () => {
    const two = (name: string) => `  ${name}: 1 100 0 0 0 0 0 0 1 100 0 0 0 0 0 0\n`;
    const bond = {
      '/proc/net/dev': two('bond0') + two('eth0') + two('eth1'),
      '/sys/class/net/bond0/lower_eth0/x': '',
      '/sys/class/net/bond0/lower_eth1/x': '',
      '/sys/class/net/eth1/duplex': 'half\n',
      '/sys/class/net/eth1/speed': '100\n',
    };
    const route = { 'ip route get 192.0.2.2': '192.0.2.2 dev bond0 src 192.0.2.1\n' };
    const { facts, summary } = await look({ proxy: memoryHost({ commands: route, files: bond }), backend: null });
    expect(facts.devices.map((one) => one.name)).toEqual(['bond0', 'eth0', 'eth1']);
    expect(summary).toContain("eth1 on the proxy's side: half duplex at 100 Mbit/s");
  });

  test('the kernel’s words about a card that is another’s in this namespace do not count', async () => {
    const dmesg = { dmesg: '[1.000] e1000e: eth0 NIC Link is Down\n' };
    const quiet = { ...files, '/proc/net/dev': netDev('1000 100 0 0', '2000 200 0 0'), '/proc/uptime': '10 10\n' };
    const inContainer = { ...commands, ...dmesg, 'ip link show dev': '2: eth0@if7: <UP> mtu 1500 state UP\n' };
    expect((await look({ proxy: memoryHost({ commands: inContainer, files: quiet }), backend: null })).facts.kernelMessages).toEqual([]);
    expect((await look({ proxy: memoryHost({ commands: { ...commands, ...dmesg }, files: quiet }), backend: null })).outcome).toBe(
      'errors',
    );
  });

  test('no route, no interface: not carried out', async () => {
    const proxy = memoryHost({
      commands: { 'ip route get 192.0.2.2': { exitCode: 2, stderr: 'RTNETLINK answers: Network is unreachable' } },
      files,
    });
    await expect(look({ proxy, backend: null })).rejects.toMatchObject({ status: 'skipped' });
  });

  test('a backend’s side that can not be entered is said to be missing', async () => {
    const backend = memoryHost({ side: 'backend', unreachable: 'no' });
    expect((await look({ proxy: memoryHost({ commands, files }), backend })).facts.missing.join()).toContain("the backend's side");
  });
});

test('nothing is sent, so --passive does not matter; a name that is not known yet is not looked up', async () => {
  expect(interfaceErrors.prepare(known('192.0.2.2:80', { passive: true }), {})).toMatchObject({
    ready: true,
    parameters: { lookUp: false },
  });
  expect(interfaceErrors.prepare(known('192.0.2.2:80', { offline: true }), {}).ready).toBe(false);
  const prepared = interfaceErrors.prepare(known('app:80', { passive: true }), {});
  if (!prepared.ready) throw new Error(prepared.reason);
  await expect(
    interfaceErrors.collect(memoryContext({ proxy: memoryHost({ names: { app: ['192.0.2.2'] } }), backend: null }), prepared.parameters),
  ).rejects.toMatchObject({ status: 'skipped' });
});

describe('on a real kernel', () => {
  let network: Network;
  let hosts: { readonly proxy: Host; readonly backend: Host };
  const see = async (more: Partial<Parameters> = {}) => {
    const { facts } = await interfaceErrors.collect(memoryContext(hosts), {
      watchMs: 300,
      host: '192.0.2.2',
      port: 8001,
      address: '192.0.2.2',
      lookUp: true,
      ...more,
    });
    return { facts: schema.parse(facts), ...interfaceErrors.classify(facts, null) };
  };
  beforeAll(async () => {
    network = await openNetwork();
    hosts = { proxy: vantageHost('proxy', network.proxy.prefix), backend: vantageHost('backend', network.backend.prefix) };
    await Promise.all([hosts.proxy.reach(), hosts.backend.reach()]);
  });
  afterAll(() => network.close());

  test('a sound wire, seen from both ends', async () => {
    const { outcome, facts } = await see();
    expect(outcome).toBe('clean');
    expect(facts.devices.map(({ side, name }) => `${side} ${name}`)).toEqual(['proxy wire', 'backend wire']);
  });

  test('a backend on this machine', async () => {
    expect(await see({ address: '192.0.2.1' })).toMatchObject({ outcome: 'clean', facts: { loopback: true, devices: [] } });
  });

  test('a wire that comes and goes', async () => {
    const enough = new AbortController();
    const flap = (async () => {
      while (!enough.signal.aborted) {
        await network.backend.run('ip', 'link', 'set', 'wire', 'down');
        await network.backend.run('ip', 'link', 'set', 'wire', 'up');
      }
    })();
    const { outcome } = await see({ watchMs: 1000 });
    enough.abort();
    await flap;
    expect(outcome).toBe('errors');
  });

  test('segments that get lost', async () => {
    const { proxy, backend } = network;
    const receive =
      "import socket; s = socket.socket(); s.bind(('0.0.0.0', 8001)); s.listen(5); print('ready', flush=True); c, _ = s.accept()\nwhile c.recv(65536): pass";
    const send =
      "import socket, time; s = socket.create_connection(('192.0.2.2', 8001))\nfor i in range(400): s.sendall(b'x' * 1000); time.sleep(0.001)\nprint('sent', flush=True); time.sleep(60)";
    await backend.start('/usr/bin/python3', '-c', receive);
    await backend.run('iptables', ...'-A INPUT -p tcp --dport 8001 -m statistic --mode nth --every 8 --packet 7 -j DROP'.split(' '));
    await proxy.start('/usr/bin/python3', '-c', send);
    const { outcome, facts } = await see();
    expect(outcome).toBe('retransmissions');
    expect(facts.toBackend).toMatchObject({ connections: 1 });
  });
});
