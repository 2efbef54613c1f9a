import { describe, expect, test } from 'vitest';
import { tcpConnect } from '../../../src/checks/tcp-connect/check.ts';
import type { Parameters } from '../../../src/checks/tcp-connect/parameters.ts';
import { barrier } from '../../../src/checks/tcp-connect/socket-file.ts';
import type { FileInfo } from '../../../src/host/host.ts';
import { memoryContext, memoryHost, type MemoryTables } from '../../fakes/memory-host.ts';
import { known } from '../known.ts';

const path = '/run/app/app.sock';
const file = (info: Partial<FileInfo>) => ({ content: '', info });
const daemon = { user: 'www-data', uid: 33 };
const parameters: Parameters = { count: 20, intervalMs: 0, timeoutMs: 500, host: path, port: 0, addresses: [path], daemon, capture: false, pid: 40 };

async function look(tables: MemoryTables, more: Partial<Parameters> = {}) {
  const { facts } = await tcpConnect.collect(memoryContext({ proxy: memoryHost(tables), backend: null }), { ...parameters, ...more });
  return { facts, ...tcpConnect.classify(tcpConnect.facts.parse(facts), null) };
}

test('a backend in the file system is ready, its path as it is written', () => {
  const prepared = tcpConnect.prepare(known('unix:/run/App.sock', { allow: ['packet-capture'] }), {});
  expect(prepared).toMatchObject({ ready: true, parameters: { host: '/run/App.sock', port: 0, addresses: ['/run/App.sock'], capture: false, pid: null } });
});

describe('what became of the connects', () => {
  const root = { 'id -u': '0', 'id -g -- 33': '33', 'id -G -- www-data': '33' };
  const files = { [path]: file({ mode: 0o660, uid: 7, gid: 7, inode: 5 }), [`/proc/40/root${path}`]: file({ inode: 5 }) };
  /** The daemon's connects come after twenty of our own; between its tries one of ours shows that others pass. */
  const onlyUs: MemoryTables['connects'] = (_address, _port, n) => (n < 20 ? { outcome: 'connected' } : { outcome: 'denied', code: 'EACCES' });

  test.each([
    ['ECONNREFUSED', `nobody listens on ${path}`],
    ['ENOENT', `there is no ${path}`],
  ])('%s', async (code, words) => {
    const { outcome, summary } = await look({ files, commands: root, connects: () => ({ outcome: 'refused', code }) });
    expect([outcome, summary]).toEqual(['refused', expect.stringContaining(words)]);
  });

  test('a mode that keeps httpd’s user out, and where', async () => {
    const { facts, outcome, summary } = await look({ files, commands: root, connects: onlyUs });
    expect(outcome).toBe('denied');
    expect(facts).toMatchObject({ asDaemon: { user: 'www-data', code: 'EACCES' }, barredAt: `${path} (mode 0660, owner 7:7)` });
    expect(summary).toContain(`${path} (mode 0660, owner 7:7) bars the way`);
  });

  test('httpd’s user has a second group, which the mode lets in: our process for that user lacked it, and nothing is said', async () => {
    const { facts, outcome } = await look({ files, commands: { ...root, 'id -G -- www-data': '33 7' }, connects: onlyUs });
    expect(outcome).toBe('connected');
    expect(facts).toMatchObject({ asDaemon: null, barredAt: null });
  });

  test('no mode bars it, and no group was missing: a policy', async () => {
    const open = { ...files, [path]: file({ mode: 0o666, uid: 7, gid: 7, inode: 5 }) };
    const { facts, outcome } = await look({ files: open, commands: root, connects: onlyUs });
    expect(outcome).toBe('denied');
    expect(facts).toMatchObject({ asDaemon: { code: 'EACCES' }, barredAt: null });
  });

  test('what this user may not open, httpd’s may', async () => {
    const mine = (uid: string) => look({ files, commands: { 'id -u': uid, 'id -g': uid }, connects: () => ({ outcome: 'denied', code: 'EACCES' }) });
    await expect(mine('1000')).rejects.toMatchObject({ status: 'skipped', message: expect.stringContaining('httpd') });
    expect((await mine('33')).outcome).toBe('denied');
  });

  test.each([
    ['another file of that name', { [`/proc/40/root${path}`]: file({ inode: 6 }), [path]: file({ inode: 5 }) }, path, false],
    ['a file that only httpd has', { [`/proc/40/root${path}`]: file({ inode: 6 }) }, path, false],
    ['the same file', { [`/proc/40/root${path}`]: file({ inode: 5 }), [path]: file({ inode: 5 }) }, path, true],
    ['no file, here and there', {}, path, true],
    ['no right to know', { [`/proc/40/root${path}`]: { error: 'EACCES' as const } }, path, true],
    ['no right to know, and each service has a folder of its own', { '/proc/40/root/tmp/app.sock': { error: 'EACCES' as const } }, '/tmp/app.sock', false],
  ])('as httpd sees the file system: %s', async (_what, views, host, same) => {
    const looking = look({ files: views, connects: () => ({ outcome: 'connected' }) }, { host, addresses: [host], daemon: null });
    if (same) expect((await looking).outcome).toBe('connected');
    else await expect(looking).rejects.toMatchObject({ status: 'skipped', remedy: expect.stringContaining('nsenter -t 40 -m') });
  });
});

test.each<[string, number, number, number, readonly number[], boolean]>([
  ['its owner may', 0o600, 33, 7, [33], true],
  ['its owner may not, though all others may', 0o066, 33, 7, [33], false],
  ['its group may', 0o660, 7, 8, [33, 8], true],
  ['its group may not, though others may', 0o606, 7, 8, [33, 8], false],
  ['others may', 0o602, 7, 8, [33], true],
  ['others may read and not write', 0o664, 7, 8, [33], false],
])('a socket: %s', async (_what, mode, uid, gid, groups, passes) => {
  const proxy = memoryHost({ files: { [path]: file({ mode, uid, gid }) } });
  expect((await barrier(proxy, path, { uid: 33, groups })) === null).toBe(passes);
});

test('a folder on the way that may not be entered', async () => {
  const proxy = memoryHost({ files: { '/run/app': file({ mode: 0o750, uid: 7, gid: 7 }), [path]: file({ mode: 0o666 }) } });
  expect(await barrier(proxy, path, { uid: 33, groups: [33] })).toBe('/run/app (mode 0750, owner 7:7)');
});
