import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CouldNot } from '../../src/checks/check.ts';
import { connectOutcome } from '../../src/host/connect-outcome.ts';
import { connectManyWith } from '../../src/host/connect-tools.ts';
import type { ConnectAttempt, Connects, Host, NumberedConnect } from '../../src/host/host.ts';
import { localHost } from '../../src/host/local.ts';
import { vantageHost } from '../../src/host/vantage.ts';
import { listener, openNetwork, type Network } from './network.ts';

/** Linux sends one ICMP error a second to a peer, beyond a few at first: an attempt may have to send its SYN twice. */
const plan = { intervalMs: 10, timeoutMs: 1500, atOnce: 4 };

async function gather(connects: Connects): Promise<readonly NumberedConnect[]> {
  const results: NumberedConnect[] = [];
  for await (const result of connects.results) results.push(result);
  return results.sort((a, b) => a.index - b.index);
}

let network: Network;
let host: Host;
const held = 8001;
const resetting = 8002;
const closing = 8003;
const greeting = 8004;
const full = 8005;

beforeAll(async () => {
  network = await openNetwork();
  const { backend } = network;
  await Promise.all([
    backend.start(...listener('0.0.0.0', held, 'hold')),
    backend.start(...listener('::', held + 1000, 'hold')),
    backend.start(...listener('0.0.0.0', resetting, 'reset')),
    backend.start(...listener('0.0.0.0', closing, 'close')),
    backend.start(...listener('0.0.0.0', greeting, 'greet')),
    backend.start(...listener('0.0.0.0', full, 'ignore', 0)),
  ]);
  const reject = (port: number, ...how: readonly string[]) =>
    backend.run('iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', String(port), '-j', ...how);
  await reject(8101, 'REJECT', '--reject-with', 'tcp-reset');
  await reject(8102, 'REJECT', '--reject-with', 'icmp-port-unreachable');
  await reject(8103, 'REJECT', '--reject-with', 'icmp-admin-prohibited');
  await reject(8104, 'REJECT', '--reject-with', 'icmp-net-unreachable');
  await reject(8105, 'DROP');
  await network.proxy.run('ip', 'route', 'add', 'prohibit', '198.51.100.0/24');
  host = vantageHost('proxy', network.proxy.prefix);
});
afterAll(() => network.close());

/** What the kernel says, whatever tool asks it. */
const cases: readonly (readonly [what: string, address: string, port: number, outcome: string, code: string | null])[] = [
  ['a listener', '192.0.2.2', held, 'connected', null],
  ['a listener on IPv6', '2001:db8::2', held + 1000, 'connected', null],
  ['no listener', '192.0.2.2', 9, 'refused', 'ECONNREFUSED'],
  ['a reject with reset', '192.0.2.2', 8101, 'refused', 'ECONNREFUSED'],
  ['a reject with port unreachable', '192.0.2.2', 8102, 'refused', 'ECONNREFUSED'],
  ['a reject with admin prohibited', '192.0.2.2', 8103, 'unreachable', 'EHOSTUNREACH'],
  ['a reject with net unreachable', '192.0.2.2', 8104, 'unreachable', 'ENETUNREACH'],
  ['dropped packets', '192.0.2.2', 8105, 'timed-out', null],
  ['no route', '203.0.113.1', 80, 'unreachable', 'ENETUNREACH'],
  ['a policy against it', '198.51.100.1', 80, 'denied', 'EACCES'],
];

describe.each(['python3', 'perl', 'bash'])('connects with %s at a vantage', (tool) => {
  test.each(cases)('%s', async (_what, address, port, outcome, code) => {
    const only = { run: host.run, has: (command: string) => Promise.resolve(command === tool) };
    const connects = await connectManyWith(only, [{ address, port }], plan);
    expect(connects.how).toBe(tool);
    expect(await gather(connects)).toMatchObject([{ index: 0, address, outcome, code }]);
    expect(connects.commands().map((command) => command.argv.includes(address))).toEqual([true]);
  });
});

describe.each(['python3', 'perl'])('many connects with one %s', (tool) => {
  const only = () => ({ run: host.run, has: (command: string) => Promise.resolve(command === tool) });

  test('what the peer does after accepting is watched where asked', async () => {
    const attempts: readonly ConnectAttempt[] = [
      { address: '192.0.2.2', port: held, lingerMs: 100 },
      { address: '192.0.2.2', port: resetting, lingerMs: 100 },
      { address: '192.0.2.2', port: closing, lingerMs: 100 },
      { address: '192.0.2.2', port: greeting, lingerMs: 100 },
      { address: '192.0.2.2', port: held },
    ];
    const connects = await connectManyWith(only(), attempts, plan);
    const results = await gather(connects);
    // The reset may arrive while connect(2) still looks at the socket.
    const seen = results.map(({ outcome, afterwards }) => (outcome === 'connected' ? afterwards : outcome));
    expect(seen).toEqual(['silent', 'reset', 'closed', 'sent', null]);
    expect(connects.commands()).toHaveLength(1);
  });

  test('no TIME_WAIT stays with the proxy', async () => {
    const attempts = [held, greeting, resetting, closing, held].map((port) => ({ address: '192.0.2.2', port, lingerMs: 20 }));
    const before = await network.proxy.run('ss', '-Htan', 'state', 'time-wait');
    await gather(await connectManyWith(only(), attempts, plan));
    expect(await network.proxy.run('ss', '-Htan', 'state', 'time-wait')).toBe(before);
  });

  test('no more wait at once than allowed', async () => {
    const attempts = Array.from({ length: 6 }, () => ({ address: '192.0.2.2', port: 8105 }));
    const results = await gather(await connectManyWith(only(), attempts, { intervalMs: 0, timeoutMs: 200, atOnce: 2 }));
    const spans = results.map(({ atMs, latencyMs }) => [atMs, atMs + latencyMs] as const);
    for (const [at] of spans) expect(spans.filter(([from, to]) => from <= at && at < to - 5).length).toBeLessThanOrEqual(2);
    expect(results).toHaveLength(6);
  });

  test('leaving the loop ends the process', async () => {
    const attempts = Array.from({ length: 500 }, () => ({ address: '192.0.2.2', port: held }));
    const connects = await connectManyWith(only(), attempts, { intervalMs: 100, timeoutMs: 400, atOnce: 1 });
    for await (const result of connects.results) if (result.index === 1) break;
    await expect.poll(() => connects.commands().length).toBe(1);
    expect(connects.commands()[0]?.exitCode).toBeNull();
  });
});

test('a full accept queue is seen as time-outs, as Linux drops what does not fit', async () => {
  const attempts = Array.from({ length: 4 }, () => ({ address: '192.0.2.2', port: full }));
  const results = await gather(await host.connectMany(attempts, { intervalMs: 30, timeoutMs: 400, atOnce: 4 }));
  expect(results.map((result) => result.outcome)).toContain('connected');
  expect(results.map((result) => result.outcome)).toContain('timed-out');
});

test('a vantage without a tool is a check that could not be made, with what to install', async () => {
  const none = { run: host.run, has: () => Promise.resolve(false) };
  const failure = await connectManyWith(none, [{ address: '192.0.2.2', port: held }], plan).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CouldNot);
  expect(failure).toMatchObject({ status: 'skipped', remedy: expect.stringContaining('Install') });
});

test('a stub of python that can not run gives way to the next tool', async () => {
  const run: Host['run'] = (argv, options) =>
    argv[0] === 'python3'
      ? host.run(['sh', '-c', 'echo "pyenv: python3: command not found" >&2; exit 127'], options)
      : host.run(argv, options);
  const connects = await connectManyWith({ run, has: host.has }, [{ address: '192.0.2.2', port: held }], plan);
  expect(connects.how).toBe('perl');
  expect(await gather(connects)).toMatchObject([{ outcome: 'connected' }]);
});

describe('sockets of our own', () => {
  const local = localHost('proxy');

  async function withServer(serve: (socket: net.Socket) => void, use: (port: number) => Promise<void>): Promise<void> {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      serve(socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    await use(address.port);
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }

  test.each([
    ['silent', () => {}],
    ['sent', (socket: net.Socket) => socket.write('hello')],
    ['closed', (socket: net.Socket) => socket.end()],
  ] as const)('%s after accepting', async (afterwards, serve) => {
    await withServer(serve, async (port) => {
      expect(await local.connect('127.0.0.1', port, { timeoutMs: 1000, lingerMs: 200 })).toMatchObject({
        outcome: 'connected',
        afterwards,
        command: null,
      });
    });
  });

  test('reset after accepting: in the middle of our connect, or after it', async () => {
    await withServer(
      (socket) => socket.resetAndDestroy(),
      async (port) => {
        const { outcome, afterwards } = await local.connect('127.0.0.1', port, { timeoutMs: 1000, lingerMs: 200 });
        expect(['reset null', 'connected reset']).toContain(`${outcome} ${afterwards}`);
      },
    );
  });

  test('refused, with its errno', async () => {
    expect(await local.connect('127.0.0.1', 1, { timeoutMs: 1000 })).toMatchObject({ outcome: 'refused', code: 'ECONNREFUSED' });
  });

  test('the backend sees a reset, so that neither end keeps a TIME_WAIT', async () => {
    const seen: string[] = [];
    await withServer(
      (socket) => socket.on('error', (error: NodeJS.ErrnoException) => seen.push(error.code ?? '')),
      async (port) => {
        const { results } = await local.connectMany([{ address: '127.0.0.1', port }], plan);
        for await (const result of results) expect(result.outcome).toBe('connected');
        await expect.poll(() => seen).toEqual(['ECONNRESET']);
      },
    );
  });

  test('an abort ends the attempts, without an error', async () => {
    await withServer(
      () => {},
      async (port) => {
        const abort = new AbortController();
        const attempts = Array.from({ length: 50 }, () => ({ address: '127.0.0.1', port }));
        const { results } = await local.connectMany(attempts, { ...plan, intervalMs: 20, signal: abort.signal });
        let seen = 0;
        for await (const { index } of results) if ((seen = index) === 3) abort.abort();
        expect(seen).toBeLessThan(50);
      },
    );
  });
});

test.each([
  ['ECONNREFUSED', 'refused'],
  ['ETIMEDOUT', 'timed-out'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EINVAL', 'unreachable'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
  ['ECONNRESET', 'reset'],
  ['EADDRNOTAVAIL', 'failed'],
  [null, 'failed'],
] as const)('%s is %s', (code, outcome) => {
  expect(connectOutcome(code, false)).toBe(outcome);
});
