import { describe, expect, test } from 'vitest';
import { backendProcess } from '../../../src/checks/backend-process/check.ts';
import { readUnix } from '../../../src/checks/backend-process/socket.ts';
import type { Parameters } from '../../../src/checks/backend-process/parameters.ts';
import { memoryContext, memoryHost, type MemoryTables } from '../../fakes/memory-host.ts';
import { known } from '../known.ts';

const path = '/run/app.sock';
const line = (name: string, queue: number, users = 'users:(("gunicorn",pid=41,fd=5),("gunicorn",pid=40,fd=5))'): string =>
  `u_str LISTEN ${queue} 64 ${name} 17021 * 0 ${users}\n`;
const parameters: Parameters = { host: path, port: 0, socket: { path, httpd: null }, addresses: [path], via: false, connect: true, since: null };

async function look(tables: MemoryTables, more: Partial<Parameters> = {}) {
  const proxy = memoryHost(tables);
  // A way to some backend's side leads elsewhere: both ends of a socket are on the proxy.
  const { facts } = await backendProcess.collect(memoryContext({ proxy, backend: memoryHost({ side: 'backend' }) }), { ...parameters, ...more });
  return { proxy, facts, ...backendProcess.classify(backendProcess.facts.parse(facts), null) };
}

const connected: MemoryTables['connects'] = () => ({ outcome: 'connected' });

test('what is looked for, and that --via backend does not lead there', () => {
  const via = { proxy: null, backend: ['ssh', 'be'] };
  expect(backendProcess.prepare(known(`unix:${path}`, { via }), {})).toMatchObject({ ready: true, parameters: { socket: { path, httpd: null }, addresses: [path], via: false } });
  expect(backendProcess.prepare(known(`unix:${path}`, { via, offline: true }), {})).toMatchObject({ ready: false });
});

test('ss names who listens there, and nobody else', () => {
  const text = `Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n${line('/run/app.sock2', 1)}${line(path, 3)}u_str ESTAB 0 0 ${path} 1 * 2\nu_dgr UNCONN 0 0 /run/log 1 * 0\n`;
  expect(readUnix(text, path)).toEqual([{ address: path, port: 0, process: 'gunicorn', pid: 40, queue: 3, backlog: 64, pids: [40, 41] }]);
  expect(readUnix(line(path, 0, ''), path)).toMatchObject([{ process: null, pid: null }]);
});

describe('what it comes to', () => {
  test('a program listens', async () => {
    const { outcome, summary, facts } = await look({ commands: { 'ss -xlp': line(path, 0) }, connects: connected });
    expect([outcome, summary]).toEqual(['listening', expect.stringContaining(`gunicorn listens on ${path}, 0 of 64`)]);
    expect(facts).toMatchObject({ reached: 'local', socket: path, firewall: [] });
  });

  test('its queue is full, and not asked for the last place', async () => {
    const { outcome, proxy } = await look({ commands: { 'ss -xlp': line(path, 64) }, connects: connected });
    expect(outcome).toBe('queue-full');
    expect(proxy.connected).toEqual([]);
  });

  test.each([
    ['the file is left', 'ECONNREFUSED'],
    ['there is no file', 'ENOENT'],
  ])('nobody listens: %s', async (_what, code) => {
    const { outcome, summary } = await look({ commands: { 'ss -xlp': '' }, connects: () => ({ outcome: 'refused', code }) });
    expect([outcome, summary]).toEqual(['not-listening', expect.stringContaining(`Nobody listens on ${path} (${code})`)]);
  });

  test('a program holds a socket whose file was taken away', async () => {
    const { outcome } = await look({ commands: { 'ss -xlp': line(path, 0) }, connects: () => ({ outcome: 'refused', code: 'ENOENT' }) });
    expect(outcome).toBe('not-listening');
  });

  test('it listens in another network namespace, which ss does not show', async () => {
    const { outcome, summary } = await look({ commands: { 'ss -xlp': '' }, connects: connected });
    expect([outcome, summary]).toEqual(['listening', expect.stringContaining(`${path} accepts`)]);
  });

  test('what could not be asked is not "nobody": no right, or --passive', async () => {
    const files = { [path]: '' };
    const denied: MemoryTables['connects'] = () => ({ outcome: 'denied', code: 'EACCES' });
    await expect(look({ files, commands: { 'ss -xlp': '' }, connects: denied })).rejects.toMatchObject({ status: 'skipped' });
    await expect(look({ files, commands: { 'ss -xlp': '' }, connects: connected }, { connect: false })).rejects.toMatchObject({ status: 'skipped', message: expect.stringContaining('--passive') });
    expect((await look({ commands: { 'ss -xlp': '' } }, { connect: false })).outcome).toBe('not-listening');
  });

  test('another file than httpd’s is not looked at', async () => {
    const files = { [path]: '', [`/proc/40/root${path}`]: { content: '', info: { inode: 9 } } };
    await expect(look({ files, commands: { 'ss -xlp': '' }, connects: connected }, { socket: { path, httpd: 40 } })).rejects.toMatchObject({ status: 'skipped', remedy: expect.stringContaining('nsenter -t 40 -m') });
  });
});
