import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listCases } from '../../src/case/list-cases.ts';
import { isOpen, takeLock } from '../../src/case/lock.ts';
import { continueCase, createCase, openCase } from '../../src/case/store.ts';
import { at, headerOf, notes, stateDir } from './cases.ts';

const now = (): number => at;
const lockOf = (folder: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, 'lock'), 'utf8')) as Record<string, unknown>;

/** Another process that holds the lock until it is killed. */
async function holder(folder: string): Promise<{ pid: number; kill: () => Promise<void> }> {
  const lock = new URL('../../src/case/lock.ts', import.meta.url).href;
  const program = `const { takeLock } = await import(${JSON.stringify(lock)}); await takeLock(${JSON.stringify(folder)}, Date.now); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    kill: async () => {
      const end = once(child, 'exit');
      child.kill('SIGKILL');
      await end;
    },
  };
}

test('a second process is told who has the case and since when; the death of the first frees it', async () => {
  const folder = stateDir();
  const first = await holder(folder);
  try {
    expect(await isOpen(folder)).toBe(true);
    await expect(takeLock(folder, now)).rejects.toThrow(new RegExp(`is open already: process ${first.pid} has it since 20`));
  } finally {
    await first.kill();
  }
  expect(await isOpen(folder)).toBe(false);
  const release = await takeLock(folder, now);
  expect(lockOf(folder)).toMatchObject({ pid: process.pid, since: '2026-11-22T03:12:04.000Z' });
  await release();
  expect(readdirSync(folder)).toEqual([]);
});

describe('whose lock is dead', () => {
  const cases: readonly [string, (own: Record<string, unknown>) => Record<string, unknown>, 'free' | 'held'][] = [
    ['this process', (own) => own, 'held'],
    ['the same process id, another start time: the id came again', (own) => ({ ...own, startTicks: '1' }), 'free'],
    ['a process id that is not there', (own) => ({ ...own, pid: 4_194_305 }), 'free'],
    ['this machine before it was started again', (own) => ({ ...own, boot: 'another' }), 'free'],
    ['another machine on a shared disk: nothing can be known', (own) => ({ ...own, boot: 'another', host: 'elsewhere' }), 'held'],
    ['another container: its process ids mean nothing here', (own) => ({ ...own, namespace: 'pid:[1]' }), 'held'],
    ['nobody: the file is empty after a power cut', () => ({}), 'free'],
  ];
  test.each(cases)('%s', async (_name, change, expected) => {
    const folder = stateDir();
    const release = await takeLock(folder, now);
    writeFileSync(join(folder, 'lock'), JSON.stringify(change(lockOf(folder))));
    expect(await isOpen(folder)).toBe(expected === 'held');
    const second = await takeLock(folder, now).then(
      (give) => give().then(() => 'free'),
      (error: Error) => (error.message.includes('is open already') ? 'held' : error.message),
    );
    expect(second).toBe(expected);
    await release();
  });
});

test('of many that find a dead lock at once, one gets it', async () => {
  const folder = stateDir();
  for (let round = 0; round < 20; round += 1) {
    const release = await takeLock(folder, now);
    writeFileSync(join(folder, 'lock'), JSON.stringify({ ...lockOf(folder), startTicks: '1' }));
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(folder, now)));
    const got = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(got).toHaveLength(1);
    for (const give of [...got, release]) await give();
    expect(readdirSync(folder)).toEqual([]);
  }
});

test('a case that is open is listed as running and can be read, but not be opened twice', async () => {
  const folder = stateDir();
  const journal = await createCase(folder, headerOf('one'), now);
  for (const event of notes('a')) await journal.append(event);
  expect((await listCases(folder)).map((one) => one.state)).toEqual(['running']);
  const record = await openCase(folder, 'one');
  expect(record.entries).toHaveLength(1);
  await expect(continueCase(record, now)).rejects.toThrow(/is open already/);
  await journal.close();
  expect((await listCases(folder)).map((one) => one.state)).toEqual(['interrupted']);
});

test('a case that another process carried on after it was read is not carried on from the old state', async () => {
  const folder = stateDir();
  const journal = await createCase(folder, headerOf('one'), now);
  const old = await openCase(folder, 'one');
  for (const event of notes('a')) await journal.append(event);
  await journal.close();
  await expect(continueCase(old, now)).rejects.toThrow(/has gone on in another process/);
  expect(readdirSync(join(folder, 'cases', 'one'))).not.toContain('lock');
});
