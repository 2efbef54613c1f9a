/** The state directory on disks that are full or read-only, behind links, of other users, and with very many cases. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { isRoot } from '../host/network.ts';
import { journalOf, rehearsal, start, stateIn, temporaryFolder } from './rehearsal.ts';

/** A file system of so many bytes in memory. */
function disk(size: string): string {
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'proxy-doctor-test', folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

const noStack = (stderr: string): void => expect(stderr).not.toMatch(/^\s+at .*:\d+/m);

if (isRoot) {
  describe('a disk that is full', () => {
    test('at any moment: exit 1 and what to do; with room again the case goes on', { timeout: 120_000 }, async () => {
      const { options, folder } = await rehearsal();
      const reference = stateIn(folder, 'reference');
      expect((await start(['run', ...options, '--no-input', '--state-dir', reference]).ended).status).toBe(0);
      const journal = journalOf(reference);
      const first = journal.indexOf('\n') / 1024;
      const rest = journal.length / 1024 - first;
      // From no room at all to room for all but the last lines.
      const rooms = [0, first / 2, first + 4, first + 0.4 * rest, first + 0.8 * rest].map((room) => Math.floor(room / 4) * 4);
      const reached = await Promise.all(
        rooms.map(async (kilobytes) => {
          const state = disk('1m');
          const filler = join(state, 'filler');
          writeFileSync(filler, Buffer.alloc((1024 - kilobytes) * 1024));
          const { status, stderr } = await start(['run', ...options, '--no-input', '--state-dir', state]).ended;
          expect([kilobytes, status]).toEqual([kilobytes, 1]);
          expect(stderr).toMatch(/the disk of .* is full\. Free some room there, or name another folder with --state-dir/);
          noStack(stderr);
          const begun = /go on with: proxy-doctor resume (\S+)/.exec(stderr)?.[1];
          rmSync(filler);
          if (begun === undefined) return 'not begun';
          const resumed = await start(['resume', begun, '--no-input', '--json', '--state-dir', state]).ended;
          expect(resumed.stderr).not.toMatch(/damaged/);
          return (JSON.parse(resumed.stdout) as Report).diagnoses[0]?.id;
        }),
      );
      expect(reached.filter((one) => one !== 'not begun' && one !== 'backend-not-running')).toEqual([]);
      expect(new Set(reached)).toEqual(new Set(['not begun', 'backend-not-running']));
    });
  });

  test('a read-only file system: exit 1 and what to do; its cases can still be listed and reported', { timeout: 60_000 }, async () => {
    const { options } = await rehearsal();
    const state = disk('4m');
    expect((await start(['run', ...options, '--no-input', '--state-dir', state]).ended).status).toBe(0);
    execFileSync('mount', ['-o', 'remount,ro', state]);
    for (const args of [['run', ...options], ['resume']]) {
      const { status, stderr } = await start([...args, '--no-input', '--state-dir', state]).ended;
      expect([args[0], status]).toEqual([args[0], 1]);
      expect(stderr).toMatch(/is on a read-only file system\. Name a writable folder with --state-dir/);
      noStack(stderr);
    }
    expect((await start(['cases', '--state-dir', state]).ended).stdout).toContain('diagnosed');
    expect((await start(['report', '--verify', '--state-dir', state]).ended).status).toBe(0);
  });

  test('another user can read nothing of a case, and a case that another user planted is not opened', { timeout: 60_000 }, async () => {
    const { options, folder } = await rehearsal();
    const state = stateIn(folder, 'state');
    expect((await start(['run', ...options, '--no-input', '--state-dir', state]).ended).status).toBe(0);
    const [id = ''] = readdirSync(join(state, 'cases'));
    const journal = join(state, 'cases', id, 'journal.jsonl');
    for (const path of [folder, state]) execFileSync('chmod', ['0755', path]);
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    expect(() => execFileSync('setpriv', [...asNobody.slice(1), 'cat', journal], { stdio: 'ignore' })).toThrow(/Command failed/);
    chownSync(join(state, 'cases', id), 65534, 65534);
    for (const command of ['resume', 'report']) {
      const { status, stderr } = await start([command, ...(command === 'resume' ? ['--no-input'] : []), '--state-dir', state]).ended;
      expect([command, status]).toEqual([command, 1]);
      expect(stderr).toMatch(/belongs to another user \(uid 65534\)/);
    }
  });
} else {
  test('full and read-only disks need root', () => expect(isRoot).toBe(false));
}

test('a state directory behind a symbolic link is not written to', async () => {
  const { options, folder } = await rehearsal();
  const target = stateIn(folder, 'target');
  symlinkSync(target, join(folder, 'link'));
  const { status, stderr } = await start(['run', ...options, '--no-input', '--state-dir', join(folder, 'link')]).ended;
  expect(status).toBe(1);
  expect(stderr).toMatch(/is a symbolic link, and cases are not kept behind one\. Name the folder itself with --state-dir/);
  expect(readdirSync(target)).toEqual([]);
});

test('a journal that was swapped for a link makes it write nowhere else', { timeout: 60_000 }, async () => {
  const { options, folder } = await rehearsal();
  const state = stateIn(folder, 'state');
  expect((await start(['run', ...options, '--no-input', '--state-dir', state]).ended).status).toBe(0);
  const [id = ''] = readdirSync(join(state, 'cases'));
  const journal = join(state, 'cases', id, 'journal.jsonl');
  const victim = join(folder, 'victim');
  renameSync(journal, victim);
  symlinkSync(victim, journal);
  const before = readFileSync(victim, 'utf8');
  const { status, stderr } = await start(['resume', '--no-input', '--state-dir', state]).ended;
  expect(status).toBe(1);
  expect(stderr).toMatch(/journal\.jsonl is a symbolic link/);
  expect(readFileSync(victim, 'utf8')).toBe(before);
});

test('the mode of a folder that somebody named stays as it was: it may be /tmp', { timeout: 60_000 }, async () => {
  const { options, folder } = await rehearsal();
  const state = stateIn(folder, 'shared');
  execFileSync('chmod', ['1777', state]);
  await start(['run', ...options, '--no-input', '--skip', 'tcp-connect', '--state-dir', state]).ended;
  expect(statSync(state).mode & 0o7777).toBe(0o1777);
  expect(statSync(join(state, 'cases')).mode & 0o777).toBe(0o700);
});

test('ten thousand cases are listed, newest first', { timeout: 60_000 }, async () => {
  const state = temporaryFolder();
  mkdirSync(join(state, 'cases'), { mode: 0o700 });
  const ids = Array.from(
    { length: 10_000 },
    (_, index) =>
      `20261122-${String(100_000 + index)
        .slice(1)
        .padStart(6, '0')}-${index.toString(16).padStart(4, '0')}`,
  );
  for (const id of ids) {
    mkdirSync(join(state, 'cases', id));
    writeFileSync(
      join(state, 'cases', id, 'summary.json'),
      JSON.stringify({
        id,
        startedAt: '2026-11-22T03:00:00Z',
        host: 'px',
        flow: 'mod-proxy-http',
        state: 'diagnosed',
        diagnosis: 'backend-not-running (likely)',
      }),
    );
  }
  const begun = performance.now();
  const { status, stdout } = await start(['cases', '--state-dir', state]).ended;
  console.log(`10,000 cases listed in ${Math.round(performance.now() - begun)} ms, the start of the program included`);
  expect(status).toBe(0);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(ids.toReversed());
});
