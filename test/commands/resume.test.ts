/** Runs that are killed, stopped, or lose their disk: nothing is lost, nothing is measured twice, and the last line says how to go on. */
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { journalOf, type Rehearsal, rehearsal, start, stateIn, temporaryFolder, until } from './rehearsal.ts';

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const lastLine = (text: string): string => lines(text).at(-1) ?? '';
const verdict = (report: Report): unknown => [
  report.status,
  report.diagnoses.map(({ id, confidence, ongoing, for: speaksFor }) => ({
    id,
    confidence,
    ongoing,
    facts: speaksFor.map((one) => one.text.replace(/\d\d:\d\d(:\d\d)?/g, 'TIME')),
  })),
];

async function whole(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Report> {
  const { status, stdout, stderr } = await start([...args, '--no-input', '--json'], env).ended;
  expect([status, stdout === '' ? stderr : '']).toEqual([0, '']);
  return JSON.parse(stdout) as Report;
}

/** Kills a run when its journal has so many lines, resumes it, and compares with what was there. */
async function killedAt(count: number, { options }: Rehearsal, state: string, cut: boolean): Promise<Report> {
  const run = start(['run', ...options, '--no-input', '--json', '--state-dir', state]);
  await until(run, () => lines(journalOf(state)).length >= count);
  run.child.kill('SIGKILL');
  const { stderr } = await run.ended;
  const [id = ''] = readdirSync(join(state, 'cases'));
  const path = join(state, 'cases', id, 'journal.jsonl');
  if (cut) appendFileSync(path, '{"seq":99,"at":"2026-11-22T0');
  const before = evidenceIn(readFileSync(path, 'utf8'));
  // What the screen had shown is in the journal.
  for (const [, check] of stderr.matchAll(/^\[[\d:]+\] ([a-z-]+)/gm)) expect(before.map((one) => one.check)).toContain(check);
  const report = await whole(['resume', '--state-dir', state]);
  for (const one of before) {
    const now = report.evidence.filter((entry) => entry.check === one.check);
    expect(now.map(({ id, startedAt }) => [id, startedAt])).toEqual([[one.id, one.startedAt]]);
  }
  expect(report.evidence.filter((one) => one.superseded === true)).toEqual([]);
  expect(new Set(report.path.map((visit) => `${visit.step} ${visit.subject ?? ''}`)).size).toBe(report.path.length);
  return report;
}

function evidenceIn(journal: string): { id: string; check: string; startedAt: string }[] {
  return journal.split('\n').flatMap((line) => {
    try {
      const { event } = JSON.parse(line) as { event?: { type: string; evidence: { id: string; check: string; startedAt: string } } };
      return event?.type === 'evidence' ? [event.evidence] : [];
    } catch {
      return [];
    }
  });
}

describe('killed with SIGKILL', () => {
  test('at several moments: the diagnosis is the same, and nothing is measured or decided twice', { timeout: 120_000 }, async () => {
    const base = await rehearsal();
    const reference = await whole(['run', ...base.options, '--state-dir', stateIn(base.folder, 'whole')]);
    expect(reference.diagnoses.map((one) => one.id)).toEqual(['backend-not-running']);
    const total = lines(journalOf(join(base.folder, 'whole'))).length;
    const moments = [1, 2, 4, Math.floor(total / 3), Math.floor(total / 2), total - 3, total - 1];
    for (const part of [moments.slice(0, 4), moments.slice(4)]) {
      await Promise.all(
        part.map(async (count, index) => {
          const report = await killedAt(count, base, stateIn(base.folder, `killed-${count}`), index % 2 === 1);
          expect(verdict(report), `killed at line ${count} of ${total}`).toEqual(verdict(reference));
        }),
      );
    }
  });

  test('twice in a row', { timeout: 60_000 }, async () => {
    const base = await rehearsal();
    const state = stateIn(base.folder, 'state');
    for (const [command, count] of [
      ['run', 4],
      ['resume', 12],
    ] as const) {
      const run = start([command, ...(command === 'run' ? base.options : []), '--no-input', '--state-dir', state]);
      await until(run, () => lines(journalOf(state)).length >= count);
      run.child.kill('SIGKILL');
      await run.ended;
    }
    const report = await whole(['resume', '--state-dir', state]);
    expect(report.diagnoses.map((one) => one.id)).toEqual(['backend-not-running']);
  });
});

test('SIGHUP, SIGINT, SIGTERM: exit 129, 130, 143, and the last line is the command that goes on', { timeout: 60_000 }, async () => {
  const { options, folder } = await rehearsal();
  const stopped = async (signal: NodeJS.Signals): Promise<number | null> => {
    const state = stateIn(folder, `it's a state for ${signal}`);
    const run = start(['run', ...options, '--no-input', '--state-dir', state]);
    await until(run, () => run.stderr().includes('error-log'));
    run.child.kill(signal);
    const { status, stderr } = await run.ended;
    const [id = ''] = readdirSync(join(state, 'cases'));
    expect(lastLine(stderr)).toContain(`proxy-doctor resume ${id} --state-dir '${state.replace("'", String.raw`'\''`)}'`);
    expect((await whole(['resume', id, '--state-dir', state])).status).toBe('diagnosed');
    return status;
  };
  expect(await Promise.all([stopped('SIGHUP'), stopped('SIGINT'), stopped('SIGTERM')])).toEqual([129, 130, 143]);
});

test('a case that has its diagnosis shows it again', { timeout: 60_000 }, async () => {
  const { options, folder } = await rehearsal();
  const state = stateIn(folder, 'state');
  const first = await whole(['run', ...options, '--state-dir', state]);
  const again = await whole(['resume', '--state-dir', state]);
  expect(again.diagnoses).toEqual(first.diagnoses);
  expect(again.evidence).toEqual(first.evidence);
});

test('the newest interrupted case is meant, though another came to its end since', { timeout: 60_000 }, async () => {
  const { options, folder } = await rehearsal();
  const state = stateIn(folder, 'state');
  const run = start(['run', ...options, '--no-input', '--json', '--state-dir', state]);
  await until(run, () => lines(journalOf(state)).length >= 3);
  run.child.kill('SIGKILL');
  await run.ended;
  const [interrupted = ''] = readdirSync(join(state, 'cases'));
  const other = await whole(['run', ...options, '--state-dir', state]);
  const resumed = await whole(['resume', '--state-dir', state]);
  expect(resumed.case.id).toBe(interrupted);
  expect(other.case.id).not.toBe(interrupted);
  // Each has its end now: the newest is shown again, the one that was gone on with.
  expect((await whole(['resume', '--state-dir', state])).case.id).toBe(interrupted);
});

test('a machine whose clock is set forward by hours and back again gets the same diagnosis', { timeout: 60_000 }, async () => {
  const { options, folder } = await rehearsal();
  const shift = join(folder, 'shift');
  const jumping = join(folder, 'jumping.mjs');
  writeFileSync(shift, '0');
  writeFileSync(
    jumping,
    `import { readFileSync } from 'node:fs';
    const Real = Date;
    const now = () => Real.now() + Number(readFileSync(${JSON.stringify(shift)}, 'utf8'));
    globalThis.Date = class extends Real { constructor(...a) { a.length === 0 ? super(now()) : super(...a); } static now() { return now(); } };`,
  );
  const run = start(['run', ...options, '--no-input', '--json', '--state-dir', stateIn(folder, 'state')], {
    NODE_OPTIONS: `--import=${jumping}`,
  });
  await until(run, () => run.stderr().includes('access-log'));
  writeFileSync(shift, String(5 * 3_600_000));
  await until(run, () => run.stderr().includes('tcp-connect'));
  writeFileSync(shift, String(-9 * 3_600_000));
  const { status, stdout } = await run.ended;
  const report = JSON.parse(stdout) as Report;
  expect([status, report.diagnoses.map((one) => one.id)]).toEqual([0, ['backend-not-running']]);
  expect(report.evidence.filter((one) => one.status !== 'ok').map((one) => one.summary)).toEqual(
    report.evidence.filter((one) => /left out by --skip/.test(one.summary)).map((one) => one.summary),
  );
});

test('two processes on one case: the second says who has it, and leaves it alone', { timeout: 60_000 }, async () => {
  const { options, folder } = await rehearsal();
  const state = stateIn(folder, 'state');
  const run = start(['run', ...options, '--no-input', '--json', '--state-dir', state]);
  await until(run, () => run.stderr().includes('error-log'));
  const second = await start(['resume', '--no-input', '--state-dir', state]).ended;
  expect(second.status).toBe(1);
  expect(second.stderr).toMatch(new RegExp(`is open already: process ${run.child.pid} has it since`));
  expect((await start(['cases', '--state-dir', state]).ended).stdout).toMatch(/ running$/m);
  expect((await run.ended).status).toBe(0);
  expect((await start(['report', '--verify', '--state-dir', state]).ended).status).toBe(0);
});

describe('the state directory', () => {
  test('is closed to other users, whatever the umask', { timeout: 60_000 }, async () => {
    const { options, folder } = await rehearsal();
    const state = join(folder, 'made', 'by', 'us');
    const { status } = await start(
      ['run', ...options, '--no-input', '--skip', 'tcp-connect', '--state-dir', state, '--report', join(folder, 'r.html')],
      {},
      ['sh', '-c', 'umask 0; exec "$@"', 'sh'],
    ).ended;
    expect([0, 3]).toContain(status);
    const seen = readdirSync(state, { recursive: true, encoding: 'utf8' }).map((name) => join(state, name));
    expect(seen.length).toBeGreaterThan(4);
    for (const path of [state, ...seen, join(folder, 'r.html')]) expect([path, statSync(path).mode & 0o077]).toEqual([path, 0]);
  });

  test('that is removed meanwhile: exit 1, and it is said', { timeout: 60_000 }, async () => {
    const { options, folder } = await rehearsal();
    const state = stateIn(folder, 'state');
    const run = start(['run', ...options, '--no-input', '--state-dir', state]);
    await until(run, () => run.stderr().includes('error-log'));
    rmSync(state, { recursive: true });
    const { status, stderr } = await run.ended;
    expect(status).toBe(1);
    expect(lastLine(stderr)).toMatch(/could not write the case: .* is gone\. Somebody removed it/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test.each<[string, (folder: string) => string, RegExp]>([
    ['a file', (folder) => join(folder, 'error.log'), /is a file, not a folder\. Name another folder with --state-dir/],
    ['below a file', (folder) => join(folder, 'error.log', 'state'), /a part of .* is a file, not a folder/],
    ['not allowed on any system', () => '/proc/state', /could not make the folder for cases/],
  ])('that is %s: exit 1 with what to do', async (_name, place, expected) => {
    const { options, folder } = await rehearsal();
    const { status, stderr } = await start(['run', ...options, '--no-input', '--state-dir', place(folder)]).ended;
    expect([status, lines(stderr).length]).toEqual([1, 1]);
    expect(stderr).toMatch(expected);
  });
});

test('a journal whose tail was cut is resumed with a word about it', { timeout: 60_000 }, async () => {
  const { options, folder } = await rehearsal();
  const state = stateIn(folder, 'state');
  await whole(['run', ...options, '--state-dir', state]);
  const [id = ''] = readdirSync(join(state, 'cases'));
  const path = join(state, 'cases', id, 'journal.jsonl');
  const bytes = readFileSync(path);
  truncateSync(path, bytes.length - 200);
  const cut = readFileSync(path, 'utf8');
  const { status, stderr } = await start(['resume', '--no-input', '--state-dir', state]).ended;
  expect(status).toBe(0);
  expect(stderr).toMatch(/the journal ended in the middle of a line \(\d+ bytes left out\)/);
  expect(readFileSync(path, 'utf8').startsWith(cut.slice(0, cut.lastIndexOf('\n') + 1))).toBe(true);
});

test('where there is no case: exit 2, and how to begin', async () => {
  const { status, stderr } = await start(['resume', '--no-input', '--state-dir', temporaryFolder()]).ended;
  expect(status).toBe(2);
  expect(stderr).toMatch(/there is no case in .*\. Start one with: proxy-doctor/);
});
