import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localHost } from '../../src/host/local.ts';

let folder: string;
const host = localHost('proxy');
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pd-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a log that grows while it is read ends where it ended when it was opened', async () => {
  const file = path.join(folder, 'growing.log');
  await writeFile(file, 'x'.repeat(600_000));
  let length = 0;
  for await (const chunk of host.readStream(file)) {
    length += chunk.length;
    await appendFile(file, 'y'.repeat(300_000));
  }
  expect(length).toBe(600_000);
});

test('a named pipe is not read: what it carries is meant for its reader', async () => {
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  await expect(host.readFile(pipe)).rejects.toMatchObject({ code: 'OTHER', message: expect.stringContaining('pipe') });
  expect((await host.stat(pipe)).kind).toBe('fifo');
});

test('links that lead in a circle', async () => {
  const link = path.join(folder, 'circle');
  await symlink('circle', link);
  await expect(host.readFile(link)).rejects.toMatchObject({ code: 'ELOOP' });
  expect(await host.readLink(link)).toBe('circle');
});

test('a path from outside is made visible in the error', async () => {
  await expect(host.readFile('/no\u001b[2Jsuch')).rejects.toThrow('/no\\e[2Jsuch: there is no such file or folder');
});
