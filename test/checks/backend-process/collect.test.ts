import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendProcess } from '../../../src/checks/backend-process/check.ts';
import type { Parameters } from '../../../src/checks/backend-process/parameters.ts';
import type { Host, Hosts } from '../../../src/host/host.ts';
import { vantageHost } from '../../../src/host/vantage.ts';
import { memoryContext, memoryHost, type MemoryTables } from '../../fakes/memory-host.ts';
import { listener, openNetwork, type Network } from '../../host/network.ts';
import { known } from '../known.ts';

const parameters: Parameters = { host: '192.0.2.2', port: 8080, addresses: ['192.0.2.2'], via: true, connect: true, since: null };

async function look(hosts: Hosts, more: Partial<Parameters> = {}) {
  const { facts, commands } = await backendProcess.collect(memoryContext(hosts), { ...parameters, ...more });
  return { facts: backendProcess.facts.parse(facts), commands, ...backendProcess.classify(facts, null) };
}

describe('on machines of tables', () => {
  const proxy = memoryHost();
  const proc = {
    '/proc/net/fib_trie': '|-- 192.0.2.2\n /32 host LOCAL\n',
    '/proc/net/if_inet6': '',
    '/proc/net/netstat': 'TcpExt: ListenOverflows ListenDrops\nTcpExt: 3 4\n',
    '/proc/uptime': '1000.00 2000.00\n',
  };
  const ss = {
    'ss -ltnp': 'LISTEN 0 100 0.0.0.0:8080 0.0.0.0:* users:(("java",pid=40,fd=9))\n',
    'ss -tan': 'ESTAB 0 0 192.0.2.2:8080 192.0.2.1:5000\n',
  };
  const side = (tables: MemoryTables = {}) =>
    memoryHost({ side: 'backend', files: proc, commands: ss, connects: () => ({ outcome: 'connected' }), ...tables });

  test('everything that was found', async () => {
    const stat = `40 (java) S 1 40 40 0 -1 0 0 0 0 0 0 0 0 0 20 0 30 0 90000 1 2`;
    const backend = side({
      files: {
        ...proc,
        '/proc/40/stat': stat,
        '/proc/40/cgroup': '0::/system.slice/app.service\n',
        '/proc/sys/net/ipv4/tcp_abort_on_overflow': '1\n',
      },
    });
    const { facts, outcome } = await look({ proxy, backend });
    expect(outcome).toBe('listening');
    expect(facts).toMatchObject({
      reached: 'vantage',
      ownsAddress: true,
      connections: { ESTAB: 1 },
      overflows: { listenOverflows: 3, listenDrops: 4, grewBy: 0 },
      abortOnOverflow: true,
      // Up for 1000 s, started 900 s after the machine.
      listenerStartedAt: '2026-01-15T11:58:20.000Z',
      unit: 'app.service',
      localConnect: [{ address: '192.0.2.2', outcome: 'connected' }],
      firewall: null,
    });
  });

  test('counters that grow while we look', async () => {
    const grown = 'TcpExt: ListenOverflows ListenDrops\nTcpExt: 9 9\n';
    const backend = side({ files: { ...proc, '/proc/net/netstat': [proc['/proc/net/netstat'], grown] } });
    expect((await look({ proxy, backend })).facts.overflows).toMatchObject({ listenOverflows: 9, grewBy: 6 });
  });

  test('without ss and netstat the kernel’s own table is read', async () => {
    const tcp =
      '   0: 020200C0:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000 0 0 1\n   1: 020200C0:1F90 010200C0:C350 01 00000000:00000000 00:0 0 0 0 2\n';
    const backend = side({ files: { ...proc, '/proc/net/tcp': tcp, '/proc/net/tcp6': '' }, commands: {} });
    const { facts } = await look({ proxy, backend });
    expect(facts).toMatchObject({
      listeners: [{ address: '192.0.2.2', port: 8080, queue: 3, backlog: null, process: null }],
      connections: { ESTAB: 1 },
    });
    expect(facts.missing).toContain('ss');
  });

  test('nothing that could tell: not carried out', async () => {
    await expect(look({ proxy, backend: memoryHost({ side: 'backend' }) })).rejects.toMatchObject({
      status: 'skipped',
      remedy: expect.stringContaining('iproute2'),
    });
  });

  test('no way to the backend', async () => {
    await expect(look({ proxy, backend: null })).rejects.toMatchObject({
      status: 'skipped',
      remedy: expect.stringContaining('--via backend="ssh 192.0.2.2"'),
    });
  });

  test('a way that does not lead there', async () => {
    const backend = memoryHost({ side: 'backend', vantage: ['ssh', 'web1'], unreachable: 'Permission denied (publickey).' });
    await expect(look({ proxy, backend })).rejects.toMatchObject({ status: 'failed', message: expect.stringContaining('ssh web1') });
  });

  test('the backend’s address is this machine’s own', async () => {
    const { facts } = await look({ proxy: { ...side(), side: 'proxy' }, backend: null }, { via: false });
    expect(facts.reached).toBe('local');
  });

  test('an address of nobody on that side, and nothing listens: no finding', async () => {
    const backend = side({ commands: { ...ss, 'ss -ltnp': '' } });
    await expect(look({ proxy, backend }, { addresses: ['203.0.113.9'] })).rejects.toMatchObject({
      status: 'failed',
      message: expect.stringContaining('in between'),
    });
  });

  test('a port that is handed on by address translation, and nothing listens: no finding', async () => {
    const save =
      '*nat\n:PREROUTING ACCEPT [0:0]\n[5:300] -A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80\nCOMMIT\n';
    const backend = side({ commands: { ...ss, 'ss -ltnp': '', 'iptables-save': save }, connects: () => ({ outcome: 'refused' }) });
    await expect(look({ proxy, backend })).rejects.toMatchObject({
      status: 'failed',
      message: expect.stringContaining('hands the port on'),
    });
  });

  test('without the right to read the filter this is said, and no "no rules"', async () => {
    const refused = { exitCode: 4, stderr: 'Permission denied (you must be root)' };
    const backend = side({ commands: { ...ss, 'iptables-save': refused, nft: { exitCode: 1 } } });
    const { facts } = await look({ proxy, backend });
    expect(facts.firewall).toBeNull();
    expect(facts.firewallUnread).toContain('root');
  });

  test('a full queue is not filled further', async () => {
    const backend = side({ commands: { ...ss, 'ss -ltnp': 'LISTEN 101 100 0.0.0.0:8080 0.0.0.0:*\n' } });
    const { outcome } = await look({ proxy, backend });
    expect([outcome, backend.connected]).toEqual(['queue-full', []]);
  });

  test('with --passive nothing is connected to', async () => {
    const backend = side();
    await look({ proxy, backend }, { connect: false });
    expect(backend.connected).toEqual([]);
  });

  test('what may be private in the system’s log is not kept', async () => {
    const backend = side({ commands: { ...ss, journalctl: '1768478400.000000 web1 systemd[1]: secret.service: token=abc\n' } });
    const { commands } = await look({ proxy, backend });
    expect(JSON.stringify(commands.filter((command) => command.argv.includes('journalctl')))).not.toContain('token');
  });
});

test.each([
  ['a vantage', { via: { proxy: null, backend: ['ssh', 'web1'] } }, true],
  ['perhaps this machine', {}, true],
  ['offline', { offline: true }, false],
  ['offline, with a vantage', { offline: true, via: { proxy: null, backend: ['ssh', 'web1'] } }, true],
])('ready with %s: %s', (_what, inputs, ready) => {
  expect(backendProcess.prepare(known('192.0.2.2:8080', inputs), {}).ready).toBe(ready);
});

test('crashes count from shortly before the window', () => {
  const since = Date.UTC(2026, 0, 15, 12);
  expect(backendProcess.prepare(known('192.0.2.2:8080', { since }), {})).toMatchObject({ parameters: { since: since - 600_000 } });
});

test.each([
  ['192.0.2.2:8080', '--via backend="ssh 192.0.2.2"'],
  ['127.0.0.1:8080', '--via backend="ssh PROXY"'],
  ['localhost:8080', '--via backend="ssh PROXY"'],
])('logs from elsewhere name %s: the way to it is %s', (backend, way) => {
  expect(backendProcess.prepare(known(backend, { offline: true }), {})).toMatchObject({ ready: false, remedy: expect.stringContaining(way) });
});

describe('on a real kernel', () => {
  let network: Network;
  let hosts: { readonly proxy: Host; readonly backend: Host };
  beforeAll(async () => {
    network = await openNetwork();
    const { backend, proxy } = network;
    await Promise.all([
      backend.start(...listener('0.0.0.0', 8001, 'hold')),
      backend.start(...listener('127.0.0.1', 8002, 'hold')),
      backend.start(...listener('::', 8003, 'hold')),
      backend.start(...listener('0.0.0.0', 8004, 'ignore', 1)),
      backend.start(...listener('0.0.0.0', 8005, 'hold')),
      backend.start(...listener('0.0.0.0', 8006, 'hold')),
      backend.start(...listener('192.0.2.2', 8007, 'hold')),
    ]);
    await backend.run('iptables', ...'-A INPUT -p tcp --dport 8005 -j REJECT --reject-with tcp-reset'.split(' '));
    await backend.run(
      'nft',
      'add table inet fw; add chain inet fw in { type filter hook input priority 0; policy drop; }; add rule inet fw in iifname lo accept; add rule inet fw in ct state established accept; add rule inet fw in tcp dport 8006 ct count over 3 counter reject with tcp reset; add rule inet fw in tcp dport 8001-8006 accept',
    );
    hosts = { proxy: vantageHost('proxy', proxy.prefix), backend: vantageHost('backend', backend.prefix) };
    // Two fill the queue of backlog 1, the others wait with their SYN.
    const program =
      "import socket, time; s = [socket.socket() for _ in range(4)]; [(x.setblocking(False), x.connect_ex(('192.0.2.2', 8004))) for x in s]; print('trying', flush=True); time.sleep(60)";
    await proxy.start('/usr/bin/python3', '-c', program);
    await hosts.proxy.connect('192.0.2.2', 8005, { timeoutMs: 500 });
  });
  afterAll(() => network.close());

  test.each([
    [80, 'not-listening', 'Nothing listens on port 80'],
    [8001, 'listening', 'python3 listens on 0.0.0.0:8001'],
    [8002, 'other-address', 'python3 listens on 127.0.0.1:8002, not on 192.0.2.2'],
    [8003, 'listening', 'python3 listens on *:8003'],
    [8004, 'queue-full', '2 of 1 waiting'],
    [8005, 'filtered', '-j REJECT --reject-with tcp-reset (1 packets so far)'],
    [8006, 'listening', 'a limit is in force'],
    [8007, 'filtered', 'policy drop'],
  ])('port %d: %s', async (port, outcome, words) => {
    const seen = await look(hosts, { port });
    expect([seen.outcome, seen.summary]).toEqual([outcome, expect.stringContaining(words)]);
    expect(seen.facts.missing.filter((one) => !one.startsWith('journalctl'))).toEqual([]);
  });

  test('the process is known, with its start', async () => {
    const { facts } = await look(hosts, { port: 8001 });
    expect(facts.listeners[0]?.process).toBe('python3');
    expect(Math.abs(Date.parse(facts.listenerStartedAt ?? '') - Date.now())).toBeLessThan(120_000);
  });
});
