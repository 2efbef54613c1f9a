import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reachability } from '../../../src/checks/reachability/check.ts';
import { signsOfLife } from '../../../src/checks/reachability/collect.ts';
import { pingCommand, readPing, type Echo } from '../../../src/checks/reachability/echo.ts';
import type { Parameters } from '../../../src/checks/reachability/parameters.ts';
import { pathMtu } from '../../../src/checks/reachability/path-mtu.ts';
import { readMtu, readNeighbour, readRoute } from '../../../src/checks/reachability/route.ts';
import type { Host } from '../../../src/host/host.ts';
import { vantageHost } from '../../../src/host/vantage.ts';
import { memoryContext, memoryHost } from '../../fakes/memory-host.ts';
import { isRoot, openNetwork, type Network } from '../../host/network.ts';
import { known } from '../known.ts';

test.each([
  ['192.0.2.2 dev eth0 src 192.0.2.1 uid 0 \n    cache ', { via: null, device: 'eth0', source: '192.0.2.1', type: 'unicast' }],
  [
    '203.0.113.9 via 192.0.2.254 dev eth0 src 192.0.2.1 uid 0',
    { via: '192.0.2.254', device: 'eth0', source: '192.0.2.1', type: 'unicast' },
  ],
  ['local 127.0.0.1 dev lo src 127.0.0.1 uid 0', { via: null, device: 'lo', source: '127.0.0.1', type: 'local' }],
  ['2001:db8::2 from :: dev eth0 src 2001:db8::1 metric 256', { via: null, device: 'eth0', source: '2001:db8::1', type: 'unicast' }],
  ['10.1.1.1 via inet6 fe80::1 dev eth0 src 10.0.0.1', { via: 'fe80::1', device: 'eth0', source: '10.0.0.1', type: 'unicast' }],
])('a route: %s', (stdout, route) => {
  expect(readRoute({ exitCode: 0, stdout, stderr: '' })).toEqual({ route, error: null });
});

test.each([
  ['Network is unreachable', null, 'ENETUNREACH'],
  ['Permission denied', 'prohibit', 'EACCES'],
  ['No route to host', 'unreachable', 'EHOSTUNREACH'],
  ['Invalid argument', 'blackhole', 'EINVAL'],
])('a look-up that says no: %s', (words, type, error) => {
  const answer = readRoute({ exitCode: 2, stdout: '', stderr: `RTNETLINK answers: ${words}\n` });
  expect([answer.route?.type ?? null, answer.error]).toEqual([type, error]);
});

test('an error that is none of the routing table is not taken for "no route"', () => {
  expect(readRoute({ exitCode: 255, stdout: '', stderr: 'Error: argument "uid" is wrong\n' }).route?.type).toBe('unknown');
});

test.each([
  ['192.0.2.2 dev eth0 lladdr 02:fc:00:00:00:05 REACHABLE\n', 'REACHABLE'],
  ['192.0.2.77 dev eth0  FAILED\n', 'FAILED'],
  ['192.0.2.77 dev eth0  INCOMPLETE\n', 'INCOMPLETE'],
  ['fe80::1 dev eth0 lladdr 02:fc:00:00:00:05 router STALE\n', 'STALE'],
  ['', null],
])('a neighbour: %s', (stdout, state) => {
  expect(readNeighbour(stdout)).toBe(state);
});

test('the MTU of a device', () => {
  expect(readMtu('2: eth0: <BROADCAST,MULTICAST,UP> mtu 9000 qdisc fq state UP')).toBe(9000);
  expect(readMtu('Device "eth9" does not exist.')).toBeNull();
});

test.each([
  [
    'iputils',
    '3 packets transmitted, 2 received, 33.3333% packet loss, time 602ms\nrtt min/avg/max/mdev = 0.030/0.041/0.052/0.011 ms\n',
    '',
    { sent: 3, received: 2, rttMs: 0.041, mtu: null, prohibited: null },
  ],
  [
    'busybox',
    '3 packets transmitted, 3 packets received, 0% packet loss\nround-trip min/avg/max = 0.040/0.061/0.080 ms\n',
    '',
    { sent: 3, received: 3, rttMs: 0.061, mtu: null, prohibited: null },
  ],
  [
    'a router that tells its MTU',
    'From 192.0.2.254 icmp_seq=1 Frag needed and DF set (mtu = 1400)\n\n1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n',
    '',
    { sent: 1, received: 0, rttMs: null, mtu: 1400, prohibited: null },
  ],
  [
    'a known smaller MTU',
    '1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n',
    'ping: local error: message too long, mtu=1400\n',
    { sent: 1, received: 0, rttMs: null, mtu: 1400, prohibited: null },
  ],
  [
    'a host that a router can not reach',
    'From 192.0.2.254 icmp_seq=1 Destination Host Unreachable\n\n3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 602ms\n',
    '',
    { sent: 3, received: 0, rttMs: null, mtu: null, prohibited: null },
  ],
  ['no right', '', 'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\n', null],
])('ping of %s', (_what, stdout, stderr, result) => {
  expect(readPing({ stdout, stderr })).toEqual(result);
});

test.each(['Packet filtered', 'Destination Host Prohibited', 'Destination unreachable: Administratively prohibited'])('a filter says to pings: %s', (words) => {
  const stdout = `From 192.0.2.254 icmp_seq=1 ${words}\n\n3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 602ms\n`;
  expect(readPing({ stdout, stderr: '' })?.prohibited).toEqual({ by: '192.0.2.254', words });
});

test('ping is told sizes with the headers taken off', () => {
  expect(pingCommand('192.0.2.2', 1, 1500).join(' ')).toContain('-M do -s 1472');
  expect(pingCommand('2001:db8::2', 1, 1500).join(' ')).toContain('-6 -n -c 1 -W 1 -M do -s 1452');
});

describe('the path’s MTU', () => {
  /** A path that carries packets up to `passes` bytes, and tells of larger ones, or not. */
  const path = (passes: number, tells: boolean): Echo => ({
    commands: () => [],
    send: (_address, sent, bytes) =>
      Promise.resolve(
        (bytes ?? 84) <= passes
          ? { sent, received: sent, rttMs: 1, mtu: null, prohibited: null }
          : { sent, received: 0, rttMs: null, mtu: tells ? passes : null, prohibited: null },
      ),
  });
  test.each([
    ['a whole path', path(1500, true), { bytes: 1500, device: 1500, hole: false }],
    ['a tunnel that tells', path(1400, true), { bytes: 1400, device: 1500, hole: false }],
    ['a tunnel whose message is dropped', path(1420, false), { bytes: 1400, device: 1500, hole: true }],
    ['a path that takes no echo that may not be fragmented', path(100, false), { bytes: null, device: 1500, hole: null }],
  ])('%s', async (_what, echo, result) => {
    expect(await pathMtu(echo, '192.0.2.2', 1500)).toEqual(result);
  });
  test('one lost packet is no hole', async () => {
    let n = 0;
    const echo: Echo = {
      commands: () => [],
      send: (_address, sent) => Promise.resolve({ sent, received: n++ === 0 ? 0 : 1, rttMs: 1, mtu: null, prohibited: null }),
    };
    expect(await pathMtu(echo, '192.0.2.2', 1500)).toMatchObject({ hole: false });
  });
});

const nothing = { route: null, neighbour: null, ping: null, otherPorts: [], accepts: false };
test.each([
  ['a ping', { ping: { sent: 3, received: 1 } }, true],
  ['a port that refuses', { otherPorts: [{ port: 22, outcome: 'refused', latencyMs: 1 }] }, true],
  ['ARP', { neighbour: { address: 'x', state: 'REACHABLE', isGateway: false } }, true],
  ['the gateway’s ARP only', { neighbour: { address: 'x', state: 'REACHABLE', isGateway: true } }, null],
  ['an old ARP entry', { neighbour: { address: 'x', state: 'STALE', isGateway: false } }, null],
  ['no ARP', { neighbour: { address: 'x', state: 'FAILED', isGateway: false } }, false],
  ['nothing at all', { ping: { sent: 3, received: 0 }, otherPorts: [{ port: 22, outcome: 'timed-out', latencyMs: 1500 }] }, false],
  [
    'pings are filtered, a port answers',
    { ping: { sent: 3, received: 0 }, otherPorts: [{ port: 22, outcome: 'connected', latencyMs: 1 }] },
    true,
  ],
  ['nothing tried', {}, null],
])('%s', (_what, seen, answers) => {
  expect(signsOfLife({ ...nothing, ...seen }).answers).toBe(answers);
});

test('the address whose connects fail is looked at, with the ports that the configuration knows', () => {
  const one = (address: string, connected: number) => ({
    address,
    attempts: 5,
    connected,
    refused: 0,
    timedOut: 5 - connected,
    unreachable: 0,
    denied: 0,
  });
  const counts = { attempts: 10, connected: 5, refused: 0, timedOut: 5, unreachable: 0, denied: 0, droppedAfterAccept: 0 };
  const rest = { latencyMs: null, unreachableAfterMs: null, results: [], asDaemon: null, refusedBy: null, how: '' };
  const facts = {
    host: 'app',
    port: 80,
    addresses: [],
    ...counts,
    ...rest,
    byAddress: [one('192.0.2.2', 4), { ...one('192.0.2.4', 0), refused: 5, timedOut: 0 }, one('192.0.2.3', 0)],
  };
  expect(reachability.prepare(known('app:8080', {}, { 'tcp-connect': facts }), {})).toMatchObject({
    parameters: { address: '192.0.2.3', otherPorts: [22, 80, 443], accepts: false, send: true },
  });
  expect(reachability.prepare(known('app:8080', { passive: true }), {})).toMatchObject({ parameters: { address: null, send: false } });
  expect(reachability.prepare(known('app:8080', { offline: true }), {}).ready).toBe(false);
});

test('a side where nothing can be asked is a check that could not be made', async () => {
  const parameters: Parameters = {
    host: '192.0.2.2',
    port: 80,
    address: '192.0.2.2',
    otherPorts: [],
    daemon: null,
    accepts: false,
    send: true,
  };
  const context = memoryContext({ proxy: memoryHost(), backend: null });
  await expect(reachability.collect(context, parameters)).rejects.toMatchObject({
    status: 'skipped',
    remedy: expect.stringContaining('Install'),
  });
});

test.each([
  ['and it answers', ['DELAY', 'DELAY', 'REACHABLE'], true],
  ['and it does not', ['PROBE', 'INCOMPLETE', 'FAILED'], false],
])('a neighbour of old is waited for until the kernel has asked it, %s', async (_what, states, answers) => {
  const proxy = memoryHost({
    commands: {
      'ip route get': '192.0.2.2 dev eth0 src 192.0.2.1 uid 0',
      'ip neigh show': states.map((state) => `192.0.2.2 dev eth0 lladdr 02:fc:00:00:00:05 ${state}\n`),
      'ip link show': '2: eth0: <BROADCAST,MULTICAST,UP> mtu 1500',
      ping: { exitCode: 1, stdout: '3 packets transmitted, 0 received, 100% packet loss, time 602ms\n' },
    },
    connects: () => ({ outcome: 'timed-out' }),
  });
  const parameters: Parameters = { host: '192.0.2.2', port: 80, address: '192.0.2.2', otherPorts: [22], daemon: null, accepts: false, send: true };
  const { facts } = await reachability.collect(memoryContext({ proxy, backend: null }), parameters);
  expect(facts).toMatchObject({ neighbour: { state: states.at(-1) }, hostAnswers: answers });
});

test('what a filter says to a later ping counts: the first ones may have come too fast for it', async () => {
  const counted = (words: string, sent: number) => ({ exitCode: 1, stdout: `${words}\n${sent} packets transmitted, 0 received, 100% packet loss, time 602ms\n` });
  const proxy = memoryHost({
    commands: {
      'ip route get': '192.0.2.2 via 192.0.2.254 dev eth0 src 192.0.2.1 uid 0',
      'ip neigh show': '192.0.2.254 dev eth0 lladdr 02:fc:00:00:00:05 REACHABLE',
      'ip link show': '2: eth0: <BROADCAST,MULTICAST,UP> mtu 1500',
      ping: [counted('', 3), counted('From 192.0.2.254 icmp_seq=1 Packet filtered', 1)],
    },
    connects: () => ({ outcome: 'timed-out' }),
  });
  const parameters: Parameters = { host: '192.0.2.2', port: 80, address: '192.0.2.2', otherPorts: [22], daemon: null, accepts: false, send: true };
  const { facts } = await reachability.collect(memoryContext({ proxy, backend: null }), parameters);
  expect(facts).toMatchObject({ ping: { sent: 4, received: 0, prohibited: { by: '192.0.2.254', words: 'Packet filtered' } }, hostAnswers: false });
});

describe('on a real kernel', () => {
  let network: Network;
  let proxy: Host;
  const see = async (address: string, more: Partial<Parameters> = {}) => {
    const parameters: Parameters = {
      host: address,
      port: 80,
      address,
      otherPorts: [22],
      daemon: null,
      accepts: false,
      send: true,
      ...more,
    };
    const { facts } = await reachability.collect(memoryContext({ proxy, backend: null }), parameters);
    return { facts: reachability.facts.parse(facts), ...reachability.classify(facts, null) };
  };
  beforeAll(async () => {
    network = await openNetwork();
    proxy = vantageHost('proxy', network.proxy.prefix);
    for (const type of ['prohibit', 'blackhole', 'unreachable'])
      await network.proxy.run('ip', 'route', 'add', type, `198.51.100.${type.length}/32`);
  });
  afterAll(() => network.close());

  test.each([
    ['host-answers', '192.0.2.2'],
    ['host-answers', '2001:db8::2'],
    ['host-answers', '192.0.2.1'],
    ['no-answer', '192.0.2.77'],
    ['no-route', '203.0.113.1'],
    ['no-route', '198.51.100.8'],
    ['no-route', '198.51.100.9'],
    ['no-route', '198.51.100.11'],
  ])('%s: %s', async (outcome, address) => {
    expect((await see(address)).outcome).toBe(outcome);
  });

  test('nobody has the address: ARP says so', async () => {
    expect((await see('192.0.2.78')).facts).toMatchObject({ neighbour: { state: 'FAILED', isGateway: false }, hostAnswers: false });
  });

  test('with --passive the tables are read and nothing is sent', async () => {
    await see('192.0.2.2');
    const { facts } = await see('192.0.2.2', { send: false });
    expect(facts).toMatchObject({ ping: null, otherPorts: [], pathMtu: null, hostAnswers: true });
  });

  test('large packets that vanish', async () => {
    await network.backend.run('ip', 'link', 'set', 'wire', 'mtu', '1400');
    const seen = await see('192.0.2.2');
    await network.backend.run('ip', 'link', 'set', 'wire', 'mtu', '1500');
    expect(seen).toMatchObject({ outcome: 'mtu-hole', facts: { pathMtu: { bytes: 1400, device: 1500, hole: true } } });
  });

  // Another user's routes need a second user.
  test.runIf(isRoot)('a policy against httpd’s user: its route says no, while the host answers', async () => {
    await network.proxy.run(...'ip rule add uidrange 33-33 lookup 100'.split(' '));
    await network.proxy.run(...'ip route add prohibit default table 100'.split(' '));
    const seen = await see('192.0.2.2', { daemon: { user: 'www-data', uid: 33 } });
    expect(seen).toMatchObject({ outcome: 'no-route', facts: { route: { type: 'prohibit' }, routeOf: 'www-data', hostAnswers: true } });
    expect((await see('192.0.2.2', { daemon: { user: 'backup', uid: 34 } })).outcome).toBe('host-answers');
  });
});
