/** More ways to die in the middle of a change, on a real httpd: what was changed is as before, or it is said how to put it back. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { describeFile } from '../../src/change/edit.ts';
import { startTicksOf } from '../../src/change/httpd-control.ts';
import type { ChangeRecord } from '../../src/change/record.ts';
import { readRecord, writeRecord } from '../../src/change/record-store.ts';
import { textOf } from '../../src/checks/keepalive-toggle/directive.ts';
import { isRoot } from '../host/network.ts';
import { program } from '../soak/measured.ts';
import { Screen } from '../terminal/screen.ts';
import { type Httpd, startHttpd, until } from './httpd.ts';

const supervisor = fileURLToPath(new URL('../../src/change/supervisor.ts', import.meta.url));
const toolProgram = fileURLToPath(new URL('./tool.ts', import.meta.url));
const id = 'night';

interface Stage {
  readonly httpd: Httpd;
  readonly original: Buffer;
  readonly state: string;
  readonly path: string;
}

async function stage(more: Partial<ChangeRecord> = {}): Promise<Stage> {
  const httpd = await startHttpd();
  const state = mkdtempSync(join(tmpdir(), 'proxy-doctor-state-'));
  onTestFinished(async () => {
    if (existsSync(join(httpd.folder, 'httpd.pid'))) await end(httpd.pid());
    await httpd.stop();
    rmSync(state, { recursive: true, force: true });
  });
  mkdirSync(join(state, 'changes'), { mode: 0o700 });
  const path = join(state, 'changes', `${id}.json`);
  const deadline = Date.now() + 60_000;
  const record: ChangeRecord = {
    format: 1,
    id,
    caseId: 'case-of-the-night',
    placement: 'block',
    file: httpd.config,
    text: textOf('SetEnvIfExpr', id, new Date(deadline), false),
    before: await describeFile(httpd.config),
    httpd: { pid: httpd.pid(), startTicks: (await startTicksOf(httpd.pid())) ?? '', argv: [...httpd.argv], environment: { PATH: process.env['PATH'] ?? '' }, listen: { address: '127.0.0.1', port: httpd.port } },
    deadline,
    supervisor: null,
    state: 'planned',
    told: '',
    ...more,
  };
  await writeRecord(path, record);
  return { httpd, original: readFileSync(httpd.config), state, path };
}

const argv = ({ path }: Stage, holdMs: number): string[] => [toolProgram, path, supervisor, String(holdMs)];

function tool(one: Stage, holdMs = 60_000): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, argv(one, holdMs), { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, said: () => said };
}

async function end(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    return;
  }
  await until(() => !existsSync(`/proc/${pid}`), 'it ends');
}

const says = async (path: string, state: string): Promise<void> => until(async () => (await readRecord(path)).state === state, `the record says ${state}`);

async function setting({ httpd }: Stage): Promise<string> {
  const log = join(httpd.folder, 'logs/access.log');
  const before = existsSync(log) ? statSync(log).size : 0;
  await new Promise<void>((resolve) => {
    get({ port: httpd.port, path: `/${Math.random()}`, agent: false }, (response) => response.resume().on('end', () => resolve())).on('error', () => resolve());
  });
  await until(() => existsSync(log) && statSync(log).size > before, 'the request is in the access log');
  return /nokeepalive=(\S+)/.exec(readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? '')?.[1] ?? '';
}

async function asBefore(one: Stage): Promise<void> {
  expect(readFileSync(one.httpd.config).equals(one.original)).toBe(true);
  const { mode, uid } = statSync(one.httpd.config);
  expect([mode & 0o7777, uid]).toEqual([0o640, process.getuid?.()]);
  expect(await setting(one)).toBe('-');
}

async function killBoth(one: Stage, child: ChildProcess): Promise<void> {
  const { supervisor: alive } = await readRecord(one.path);
  if (alive === null) throw new Error('the record names no supervisor');
  process.kill(alive.pid, 'SIGKILL');
  child.kill('SIGKILL');
  await until(() => !existsSync(`/proc/${alive.pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${alive.pid}/status`, 'utf8')), 'the supervisor is gone');
}

const start = ([command = '', ...args]: readonly string[]): void => void execFileSync(command, args, { stdio: 'ignore' });
const doctor = (one: Stage, args: readonly string[]): { status: number | null; stdout: string; stderr: string } => spawnSync(process.execPath, [program, ...args, '--state-dir', one.state], { encoding: 'utf8' });
const aRun = ['run', '--no-input', '--offline', '--passive', '--error-log', '/dev/null'];

test.each(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)('the tool is ended by %s', async (signal) => {
  const one = await stage();
  const { child, said } = tool(one);
  await until(() => said().includes('applied'), 'it is applied');
  child.kill(signal);
  await says(one.path, 'reverted');
  await asBefore(one);
});

test('its terminal is closed', async () => {
  const one = await stage();
  const screen = new Screen(process.execPath, argv(one, 60_000));
  await screen.shows('applied');
  expect(await setting(one)).toBe('1');
  screen.hangUp();
  await says(one.path, 'reverted');
  await asBefore(one);
});

test('httpd is stopped meanwhile: the bytes are as before, and nothing is started that did not run', async () => {
  const one = await stage();
  const { said } = tool(one, 1500);
  await until(() => said().includes('applied'), 'it is applied');
  await end(one.httpd.pid());
  await until(() => said().includes('reverted'), 'it is put back');
  expect(said()).toContain('httpd does not run, so nothing was reloaded');
  expect(existsSync(join(one.httpd.folder, 'httpd.pid'))).toBe(false);
  start(one.httpd.argv);
  await until(() => existsSync(join(one.httpd.folder, 'httpd.pid')), 'httpd is there again');
  await asBefore(one);
});

test('httpd is restarted meanwhile: the new one is reloaded', async () => {
  const one = await stage();
  const { said } = tool(one, 2500);
  await until(() => said().includes('applied'), 'it is applied');
  await end(one.httpd.pid());
  start(one.httpd.argv);
  await until(() => said().includes('reverted'), 'it is put back');
  expect(said()).toContain('put back and reloaded');
  await asBefore(one);
});

test('somebody breaks the configuration meanwhile: ours is out, exit 5 says so and what to type, and with theirs mended rollback ends it', { timeout: 120_000 }, async () => {
  const one = await stage();
  const { said } = tool(one, 800);
  await until(() => said().includes('applied'), 'it is applied');
  appendFileSync(one.httpd.config, '\nNoSuchDirective on\n');
  await until(() => said().includes('failed'), 'it says that it failed');
  expect(readFileSync(one.httpd.config, 'utf8')).toBe(`${one.original.toString()}\nNoSuchDirective on\n`);
  const refused = doctor(one, ['rollback']);
  expect(refused.status).toBe(5);
  expect(refused.stdout + refused.stderr).toMatch(/does not pass httpd's syntax test, so the running httpd still has them[^]*By hand: sed -i '\/\^# BEGIN proxy-doctor night\$\/,.*&& kill -USR1 \d+/);
  writeFileSync(one.httpd.config, one.original);
  // Named by its case, as `cases` shows it.
  expect(doctor(one, ['rollback', 'case-of-the-night'])).toMatchObject({ status: 0, stdout: expect.stringContaining('put back and reloaded') as string });
  await asBefore(one);
});

test('what is to be typed by hand does it', async () => {
  const one = await stage();
  const { child, said } = tool(one);
  await until(() => said().includes('applied'), 'it is applied');
  await killBoth(one, child);
  const { byHand } = await import('../../src/change/carry-out.ts');
  execFileSync('sh', ['-c', await byHand(await readRecord(one.path))]);
  expect(readFileSync(one.httpd.config, 'utf8').trimEnd()).toBe(one.original.toString());
  await until(async () => (await setting(one)) === '-', 'httpd has read it');
});

test('tool and supervisor are killed: the next start puts it back and says so', { timeout: 60_000 }, async () => {
  const one = await stage();
  const { child, said } = tool(one);
  await until(() => said().includes('applied'), 'it is applied');
  await killBoth(one, child);
  expect(await setting(one)).toBe('1');
  expect(doctor(one, aRun).stderr).toMatch(/An earlier run was ended in the middle of its live test: the change in .*httpd\.conf has been undone now \(put back and reloaded\)/);
  await asBefore(one);
  expect(doctor(one, aRun).stderr).not.toContain('An earlier run');
});

test('a reboot: no process is left, httpd starts with the change in its configuration; the next start puts it back', { timeout: 60_000 }, async () => {
  const one = await stage();
  const { child, said } = tool(one);
  await until(() => said().includes('applied'), 'it is applied');
  await killBoth(one, child);
  await end(one.httpd.pid());
  start(one.httpd.argv);
  await until(() => existsSync(join(one.httpd.folder, 'httpd.pid')), 'httpd is there again');
  expect(await setting(one)).toBe('1');
  expect(doctor(one, aRun).stderr).toContain('has been undone now (put back and reloaded)');
  await asBefore(one);
});

test('a configuration behind a link is not written through', async () => {
  const one = await stage();
  const elsewhere = join(one.httpd.folder, 'elsewhere.conf');
  renameSync(one.httpd.config, elsewhere);
  symlinkSync(elsewhere, one.httpd.config);
  const { said } = tool(one, 100);
  await until(() => /reverted|failed/.test(said()), 'it says what became of it');
  expect(said()).toContain('reverted');
  expect(readFileSync(elsewhere).equals(one.original)).toBe(true);
  expect(await setting(one)).toBe('-');
});

if (isRoot) {
  test('the disk with the configuration is full: not applied, as before, and httpd lives: a reload would have ended it', async () => {
    const disk = mkdtempSync(join(tmpdir(), 'proxy-doctor-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'proxy-doctor-test', disk]);
    onTestFinished(() => {
      execFileSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true, force: true });
    });
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = disk;
    const httpd = await startHttpd();
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
    execFileSync('chmod', ['755', disk]);
    onTestFinished(() => httpd.stop());
    // The file's own last page has room: it is filled up to its end.
    appendFileSync(httpd.config, `\n# ${'x'.repeat(4096 - ((statSync(httpd.config).size + 3) % 4096))}`);
    const original = readFileSync(httpd.config);
    const one = await stage({ file: httpd.config, before: await describeFile(httpd.config), httpd: { pid: httpd.pid(), startTicks: (await startTicksOf(httpd.pid())) ?? '', argv: [...httpd.argv], environment: { PATH: process.env['PATH'] ?? '' }, listen: null } });
    expect(() => writeFileSync(join(disk, 'filler'), Buffer.alloc(8_000_000))).toThrow(/ENOSPC/);
    const { said } = tool(one, 100);
    await until(() => /reverted|failed/.test(said()), 'it says what became of it');
    expect(await readRecord(one.path)).toMatchObject({ state: 'reverted', told: expect.stringContaining('httpd was not reloaded') as string });
    expect(said()).not.toMatch(/^applied/m);
    expect(existsSync(`/proc/${httpd.pid()}`)).toBe(true);
    expect(readFileSync(httpd.config).equals(original)).toBe(true);
  });
}
