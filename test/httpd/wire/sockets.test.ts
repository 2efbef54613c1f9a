import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Host, OpenSocket } from '../../../src/host/host.ts';
import { localHost } from '../../../src/host/local.ts';
import { openSocket } from '../../../src/host/socket.ts';
import { vantageHost } from '../../../src/host/vantage.ts';
import { ask } from '../../../src/httpd/wire/conversation.ts';
import type { Backend, Behaviour } from '../../fakes/backends.ts';
import { startBackend } from '../../fakes/backends.ts';

const running: Backend[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((backend) => backend.stop()));
});

async function backend(behaviour: Behaviour = {}): Promise<Backend> {
  const started = await startBackend(behaviour);
  running.push(started);
  return started;
}

/** A vantage on this very machine: only the way in is another one, and only these tools are said to be there. */
function through(...tools: string[]): Host {
  const host = vantageHost('proxy', ['env']);
  return { ...host, has: async (command) => tools.includes(command) && (await host.has(command)) };
}

const sides: readonly (readonly [string, Host])[] = [
  ['a socket of our own', localHost('proxy')],
  ['python3 at a vantage', through('python3')],
  ['perl at a vantage', through('perl')],
  ['bash at a vantage', through('bash')],
];

async function connect(host: Host, port: number): Promise<OpenSocket> {
  const opened = await openSocket(host, '127.0.0.1', port, { timeoutMs: 2000 });
  if (opened.socket === null) throw new Error(`not connected: ${opened.outcome}`);
  return opened.socket;
}

const get = { method: 'GET', target: '/', host: 'lab' } as const;

describe.each(sides)('%s', (_name, host) => {
  const open = (port: number) => connect(host, port);

  it('holds a conversation: two requests on one connection', async () => {
    const { port, connections, requests } = await backend();
    const socket = await open(port);
    expect(await ask(socket, get, 3000)).toMatchObject({ outcome: 'answered', bodyBytes: 6, open: true });
    expect(await ask(socket, get, 3000)).toMatchObject({ outcome: 'answered', bodyBytes: 6, open: true });
    socket.close();
    expect([connections(), requests.length]).toEqual([1, 2]);
  });

  it('tells a close from a reset from silence', async () => {
    const outcomes: string[] = [];
    for (const instead of ['close', 'reset', 'stall', 'half'] as const) {
      const { port } = await backend({ instead });
      const socket = await open(port);
      outcomes.push((await ask(socket, get, instead === 'stall' ? 300 : 3000)).outcome);
      socket.close();
    }
    expect(outcomes).toEqual(['closed', 'reset', 'no-answer', 'cut']);
  });

  it('notices a FIN on an idle connection', async () => {
    const { port } = await backend({ idleMs: 200 });
    const socket = await open(port);
    await ask(socket, get, 3000);
    expect((await socket.next(3000))?.kind).toBe('closed');
    socket.close();
  });

  it('says that a connect is refused', async () => {
    const { port, stop } = await backend();
    await stop();
    expect(await openSocket(host, '127.0.0.1', port, { timeoutMs: 2000 })).toEqual({
      outcome: 'refused',
      code: 'ECONNREFUSED',
      socket: null,
    });
  });

  it('stops waiting on abort', async () => {
    const { port } = await backend({ instead: 'stall' });
    const controller = new AbortController();
    const opened = await openSocket(host, '127.0.0.1', port, { timeoutMs: 2000, signal: controller.signal });
    const asked = opened.socket === null ? Promise.resolve() : ask(opened.socket, get, 20_000);
    controller.abort(new Error('given up'));
    await expect(asked).rejects.toThrow('given up');
  });
});

// Bash can't reset; there the TIME_WAIT is avoided by letting the backend close first.
it.each(sides.filter(([name]) => !name.startsWith('bash')))('%s leaves no TIME_WAIT on our side, whoever closes', async (_name, host) => {
  const staying = await backend();
  const closing = await backend({ fields: ['Connection: close'] });
  for (const { port } of [staying, closing]) {
    const socket = await connect(host, port);
    await ask(socket, { ...get, close: port === closing.port }, 3000);
    socket.close();
  }
  // The ends of the connections are seen at the backends, then our side is looked at.
  await expect.poll(() => [staying.open(), closing.open()]).toEqual([0, 0]);
  const { stdout } = await localHost('proxy').run(['ss', '-Htan', 'state', 'time-wait'], { timeLimitMs: 5000 });
  expect(stdout.split('\n').filter((line) => line.endsWith(`:${staying.port}`) || line.trimEnd().endsWith(`:${closing.port}`))).toEqual([]);
});

it('waiting many times for nothing leaves nothing behind on the signal', async () => {
  const { port } = await backend({ instead: 'stall' });
  const { signal } = new AbortController();
  const opened = await openSocket(localHost('proxy'), '127.0.0.1', port, { timeoutMs: 2000, signal });
  const before = getEventListeners(signal, 'abort').length;
  for (let index = 0; index < 20; index += 1) await opened.socket?.next(1);
  expect(getEventListeners(signal, 'abort')).toHaveLength(before);
  opened.socket?.close();
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

it('a side without a tool is told as that, not as a failing backend', async () => {
  await expect(openSocket(through(), '127.0.0.1', 1, { timeoutMs: 100 })).rejects.toMatchObject({ name: 'CouldNot', status: 'skipped' });
});
