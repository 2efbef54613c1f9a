import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CouldNot } from '../../src/checks/check.ts';
import type { FileInfo, Host } from '../../src/host/host.ts';
import { localHost } from '../../src/host/local.ts';
import { vantageHost } from '../../src/host/vantage.ts';

let folder: string;
const hosts = new Map<string, Host>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pd-vantage-'));
  // What sshd does: one line, made of the arguments joined with blanks, for the user's shell.
  await writeFile(path.join(folder, 'ssh'), '#!/bin/sh\nshift\nexec sh -c "$*"\n');
  await chmod(path.join(folder, 'ssh'), 0o755);
  await writeFile(path.join(folder, 'dead'), '#!/bin/sh\necho "ssh: connect to host web1 port 22: Connection refused" >&2\nexit 255\n');
  await chmod(path.join(folder, 'dead'), 0o755);
  await mkdir(path.join(folder, "it's a $(folder)"));
  await writeFile(path.join(folder, "it's a $(folder)", '-n'), 'one\ntwo\nthree\n');
  await symlink('-n', path.join(folder, "it's a $(folder)", 'link'));
  hosts.set('this machine', localHost('proxy'));
  hosts.set('env', vantageHost('proxy', ['env']));
  hosts.set('ssh', vantageHost('proxy', [path.join(folder, 'ssh'), 'web1']));
});
afterAll(() => rm(folder, { recursive: true }));

const at = (name: string): Host => {
  const host = hosts.get(name);
  if (host === undefined) throw new Error(name);
  return host;
};
async function drain(chunks: AsyncIterable<Buffer>, each: () => void = () => {}): Promise<string> {
  let all = '';
  for await (const chunk of chunks) {
    each();
    all += chunk.subarray(0, 1000).toString();
  }
  return all;
}
const nasty = () => path.join(folder, "it's a $(folder)");

describe.each(['this machine', 'env', 'ssh'])('a side reached through %s', (name) => {
  test('it is there', async () => {
    expect(await at(name).reach()).toEqual({ ok: true });
  });

  test('arguments arrive as they are', async () => {
    const argv = ['printf', '%s|', "it's", '$(id)', 'a  b', '', '--x', '*'];
    expect((await at(name).run(argv, { timeLimitMs: 5000 })).stdout).toBe("it's|$(id)|a  b||--x|*|");
  });

  test('commands speak C', async () => {
    expect((await at(name).run(['printenv', 'LC_ALL'], { timeLimitMs: 5000 })).stdout).toBe('C\n');
  });

  test.each([
    [['sh', '-c', 'exit 3'], 'exit', 3],
    [['no-such-command'], 'not-found', null],
    [['sleep', '30'], 'time-limit', null],
    [['yes'], 'too-much-output', null],
  ] as const)('%j ends with %s', async (argv, ended, exitCode) => {
    const result = await at(name).run(argv, { timeLimitMs: 500, maxBytes: 10_000 });
    expect(result).toMatchObject({ ended, exitCode });
  });

  test('which commands are there, sbin included', async () => {
    expect(await Promise.all(['sh', 'ip', 'no-such-command'].map((command) => at(name).has(command)))).toEqual([true, true, false]);
  });

  test('files are read, whatever their names', async () => {
    const host = at(name);
    const file = path.join(nasty(), '-n');
    expect((await host.readFile(file)).toString()).toBe('one\ntwo\nthree\n');
    expect((await host.readFile(file, 5)).toString()).toBe('one\nt');
    let rest = '';
    for await (const chunk of host.readStream(file, { from: 4 })) rest += chunk.toString();
    expect(rest).toBe('two\nthree\n');
    expect(await host.list(nasty())).toEqual(['-n', 'link']);
    expect(await host.readLink(path.join(nasty(), 'link'))).toBe('-n');
    expect(await host.readLink(file)).toBeNull();
    expect((await host.readFile('/proc/self/status')).toString()).toContain('Pid:');
  });

  test('all sides tell the same of a file', async () => {
    const file = path.join(nasty(), 'link');
    const told: FileInfo = await at(name).stat(file);
    const here = await at('this machine').stat(file);
    expect(told).toEqual({ ...here, modifiedAt: name === 'this machine' ? here.modifiedAt : Math.floor(here.modifiedAt / 1000) * 1000 });
    expect((await at(name).stat(folder)).kind).toBe('directory');
  });

  test.each([
    ['no-such-file', 'ENOENT'],
    ['ssh/below', 'ENOTDIR'],
    ['.', 'EISDIR'],
  ])('reading %s fails with %s', async (file, code) => {
    await expect(at(name).readFile(path.join(folder, file))).rejects.toMatchObject({
      name: 'FileError',
      code,
      path: path.join(folder, file),
    });
  });

  test('listing what is no folder fails', async () => {
    await expect(at(name).list(path.join(folder, 'ssh'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(at(name).list(path.join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(at(name).readLink(path.join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(at(name).stat(path.join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('names', async () => {
    expect(await at(name).resolve('127.0.0.1')).toMatchObject({ addresses: ['127.0.0.1'], code: null });
    expect(await at(name).resolve('no-such-name.invalid')).toMatchObject({ addresses: [], code: 'ENOTFOUND' });
  });
});

test('only matching lines travel', async () => {
  const read = at('ssh').readMatching;
  let lines = '';
  if (read) for await (const chunk of read(path.join(nasty(), '-n'), ['ne', "'; id; '"])) lines += chunk.toString();
  expect(lines).toBe('one\n');
  expect(at('this machine').readMatching).toBeNull();
});

test('no matching line is no error, a missing file is', async () => {
  const read = at('ssh').readMatching;
  if (read === null) throw new Error('a vantage filters');
  await expect(drain(read(path.join(nasty(), '-n'), ['four']))).resolves.toBe('');
  await expect(drain(read(path.join(folder, 'nowhere'), ['x']))).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('a vantage that can not be entered', () => {
  const dead = () => vantageHost('backend', [path.join(folder, 'dead'), 'web1']);

  test('says why', async () => {
    expect(await dead().reach()).toMatchObject({ ok: false, reason: 'ssh: connect to host web1 port 22: Connection refused' });
    expect(await vantageHost('backend', ['no-such-program', 'x']).reach()).toMatchObject({
      ok: false,
      reason: 'There is no command no-such-program on this machine.',
    });
  });

  test('its words never pass for what a check found', async () => {
    const failure = await dead()
      .connect('192.0.2.1', 80, { timeoutMs: 100 })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CouldNot);
    expect(failure).toMatchObject({ status: 'failed', message: expect.stringContaining('web1') });
    await expect(dead().resolve('localhost')).rejects.toBeInstanceOf(CouldNot);
    await expect(dead().stat('/etc')).rejects.toMatchObject({ name: 'FileError', code: 'OTHER' });
    expect(await dead().has('ss')).toBe(false);
    expect(await dead().run(['ss'], { timeLimitMs: 1000 })).toMatchObject({ ended: 'not-allowed', exitCode: null, stdout: '' });
  });
});

test('an aborted stream ends its command', async () => {
  const abort = new AbortController();
  const zeros = at('env').readStream('/dev/zero', { signal: abort.signal });
  await expect(drain(zeros, () => abort.abort())).rejects.toMatchObject({ name: 'AbortError' });
});

test('a command that is ended takes its children with it', async () => {
  const result = await at('this machine').run(['sh', '-c', 'sleep 60 & echo $!; wait'], { timeLimitMs: 300 });
  expect(result.ended).toBe('time-limit');
  const pid = Number(result.stdout);
  expect(pid).toBeGreaterThan(1);
  await expect
    .poll(() =>
      at('this machine')
        .readFile(`/proc/${pid}/status`)
        .then(String, () => 'gone'),
    )
    .toMatch(/gone|State:\s+Z/);
});
