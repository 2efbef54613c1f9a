import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectManyWith } from '../../src/host/connect-tools.ts';
import type { Connects, NumberedConnect } from '../../src/host/host.ts';
import { localHost } from '../../src/host/local.ts';

const plan = { intervalMs: 10, timeoutMs: 1500, atOnce: 4 };
const host = localHost('proxy');
let folder = '';
let servers: net.Server[] = [];
const at = (name: string): string => join(folder, name);

async function listen(name: string, serve: (socket: net.Socket) => void): Promise<net.Server> {
  const server = net.createServer((socket) => serve(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(at(name), resolve));
  return server;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-doctor-sockets-'));
  servers = [await listen('held', (socket) => socket.resume()), await listen('greeting', (socket) => socket.write('220 hello\r\n')), await listen('closing', (socket) => socket.end())];
  // The file of a program that ended without taking it away.
  const gone = await listen('passing', () => {});
  await rename(at('passing'), at('left'));
  await new Promise((resolve) => gone.close(resolve));
  await writeFile(at('plain'), '');
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true });
});

async function gather(connects: Connects): Promise<readonly NumberedConnect[]> {
  const results: NumberedConnect[] = [];
  for await (const result of connects.results) results.push(result);
  return results.sort((a, b) => a.index - b.index);
}

const many = {
  'sockets of this process': host.connectMany,
  python3: (attempts, options) => connectManyWith({ run: host.run, has: (command) => Promise.resolve(command === 'python3') }, attempts, options),
  perl: (attempts, options) => connectManyWith({ run: host.run, has: (command) => Promise.resolve(command === 'perl') }, attempts, options),
} satisfies Record<string, typeof host.connectMany>;

describe.each(Object.entries(many))('connects to sockets in the file system with %s', (how, connectMany) => {
  test('what the kernel says of each, and what the peer does then', async () => {
    const attempts = [{ name: 'held', lingerMs: 50 }, { name: 'greeting', lingerMs: 500 }, { name: 'closing', lingerMs: 500 }, { name: 'held' }, { name: 'left' }, { name: 'none' }, { name: 'plain' }];
    const connects = await connectMany(attempts.map(({ name, ...more }) => ({ address: at(name), port: 0, ...more })), plan);
    expect(connects.how).toBe(how);
    expect((await gather(connects)).map(({ outcome, code, afterwards }) => [outcome, code, afterwards])).toEqual([
      ['connected', null, 'silent'],
      ['connected', null, 'sent'],
      ['connected', null, 'closed'],
      ['connected', null, null],
      ['refused', 'ECONNREFUSED', null],
      ['refused', 'ENOENT', null],
      ['refused', 'ECONNREFUSED', null],
    ]);
  });
});

test('bash, nc and curl can not connect there', async () => {
  const bash = { run: host.run, has: (command: string) => Promise.resolve(['bash', 'nc', 'curl'].includes(command)) };
  await expect(connectManyWith(bash, [{ address: at('held'), port: 0 }], plan)).rejects.toMatchObject({ status: 'skipped', message: expect.stringContaining('python3 or perl') });
});
