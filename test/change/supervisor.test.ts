/** The change is undone whatever dies: on a real httpd, with bytes, mode, owner and behaviour looked at afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { undoChange } from '../../src/change/carry-out.ts';
import { describeFile } from '../../src/change/edit.ts';
import { startTicksOf } from '../../src/change/httpd-control.ts';
import type { ChangeRecord } from '../../src/change/record.ts';
import { readRecord, writeRecord } from '../../src/change/record-store.ts';
import { textOf } from '../../src/checks/keepalive-toggle/directive.ts';
import { type Httpd, startHttpd, until } from './httpd.ts';

const supervisor = fileURLToPath(new URL('../../src/change/supervisor.ts', import.meta.url));
const toolProgram = fileURLToPath(new URL('./tool.ts', import.meta.url));

let httpd: Httpd;
let original: Buffer;
beforeAll(async () => {
  httpd = await startHttpd();
  original = readFileSync(httpd.config);
});
afterAll(() => httpd.stop());

let count = 0;
async function plan(deadlineMs = 60_000): Promise<{ path: string; record: ChangeRecord }> {
  count += 1;
  const pid = httpd.pid();
  const deadline = Date.now() + deadlineMs;
  const id = `test${count}`;
  const record: ChangeRecord = {
    format: 1,
    id,
    caseId: 'test',
    placement: 'block',
    file: httpd.config,
    text: textOf('SetEnvIfExpr', id, new Date(deadline), false),
    before: await describeFile(httpd.config),
    httpd: { pid, startTicks: (await startTicksOf(pid)) ?? '', argv: [...httpd.argv], environment: { PATH: process.env['PATH'] ?? '' }, listen: { address: '127.0.0.1', port: httpd.port } },
    deadline,
    supervisor: null,
    state: 'planned',
    told: '',
  };
  const path = join(httpd.folder, `${id}.json`);
  await writeRecord(path, record);
  return { path, record };
}

/** The tool, and what it has said so far. */
function startTool(path: string, holdMs: number): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, [toolProgram, path, supervisor, String(holdMs)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  return { child, said: () => said };
}

async function setting(): Promise<string> {
  const log = join(httpd.folder, 'logs/access.log');
  const before = existsSync(log) ? statSync(log).size : 0;
  await new Promise<void>((resolve) => {
    import('node:http').then(({ get }) => get({ port: httpd.port, path: `/${Math.random()}`, agent: false }, (response) => response.resume().on('end', resolve)).on('error', () => resolve()));
  });
  await until(() => existsSync(log) && statSync(log).size > before, 'the request is in the access log');
  return /nokeepalive=(\S+)/.exec(readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? '')?.[1] ?? '';
}

async function asBefore(): Promise<void> {
  expect(readFileSync(httpd.config).equals(original)).toBe(true);
  expect(statSync(httpd.config).mode & 0o7777).toBe(0o640);
  expect(await setting()).toBe('-');
}

test('applied, in force in the virtual host, and put back', async () => {
  const { path } = await plan();
  const { child, said } = startTool(path, 1500);
  await until(() => said().includes('applied'), 'it is applied');
  expect(await setting()).toBe('1');
  await until(() => said().includes('reverted'), 'it is put back');
  await until(() => child.exitCode === 0, 'the tool ends');
  await asBefore();
});

describe('the tool is killed', () => {
  // Moments from before the change to the middle of putting back (the tool holds for 400 ms).
  const moments = [0, 40, 80, 120, 200, 300, 450, 600, 800, 1000, 1250, 1500, 1800];
  test.each(moments)('%i ms after the supervisor was armed: everything is put back', async (moment) => {
    const { path } = await plan();
    const { child, said } = startTool(path, 400);
    await until(() => said().includes('armed'), 'the supervisor is armed');
    await new Promise((resolve) => setTimeout(resolve, moment));
    child.kill('SIGKILL');
    await until(async () => (await readRecord(path)).state === 'reverted', 'the record says reverted');
    await asBefore();
  });
});

test('the supervisor is killed: the tool puts it back itself', async () => {
  const { path } = await plan();
  const { said } = startTool(path, 1200);
  await until(() => said().includes('applied'), 'it is applied');
  const { supervisor: alive } = await readRecord(path);
  if (alive === null) throw new Error('the record names no supervisor');
  process.kill(alive.pid, 'SIGKILL');
  await until(() => said().includes('reverted'), 'it is put back');
  expect(said()).toContain('the supervisor had died');
  await asBefore();
});

test('both are killed: rollback puts it back, and until then the setting expires by itself', async () => {
  const { path } = await plan(4000);
  const { child, said } = startTool(path, 60_000);
  await until(() => said().includes('applied'), 'it is applied');
  const { supervisor: alive } = await readRecord(path);
  if (alive === null) throw new Error('the record names no supervisor');
  process.kill(alive.pid, 'SIGKILL');
  child.kill('SIGKILL');
  expect(readFileSync(httpd.config).equals(original)).toBe(false);
  await until(async () => (await setting()) === '-', 'the setting has expired');
  const told = await undoChange(path, await readRecord(path));
  expect(told.state).toBe('reverted');
  await asBefore();
});

test('the deadline passes while the tool hangs: the supervisor puts it back', async () => {
  const { path } = await plan(6000);
  const { child, said } = startTool(path, 60_000);
  await until(() => said().includes('applied'), 'it is applied');
  child.kill('SIGSTOP');
  await until(async () => (await readRecord(path)).state === 'reverted', 'the record says reverted');
  child.kill('SIGKILL');
  await asBefore();
});

test('somebody edits the file meanwhile: their edit stays, ours goes, and it says so', async () => {
  const { path } = await plan();
  const { said } = startTool(path, 800);
  await until(() => said().includes('applied'), 'it is applied');
  appendFileSync(httpd.config, '\n# an edit of somebody else\n');
  await until(() => said().includes('reverted'), 'it is put back');
  expect(said()).toContain('their edit is kept');
  expect(readFileSync(httpd.config, 'utf8')).toBe(`${original.toString()}\n# an edit of somebody else\n`);
  writeFileSync(httpd.config, original);
});

test('a directive that httpd refuses is taken out before any reload', async () => {
  const { path, record } = await plan();
  await writeRecord(path, { ...record, text: '\nNoSuchDirective on\n' });
  const { said } = startTool(path, 100);
  await until(() => /reverted|failed/.test(said()), 'it says what became of it');
  expect(readFileSync(httpd.config).equals(original)).toBe(true);
  expect(await setting()).toBe('-');
});

test('a file that was changed between plan and change is left alone', async () => {
  const { path } = await plan();
  appendFileSync(httpd.config, '\n# earlier\n');
  const { said } = startTool(path, 100);
  await until(() => /reverted|failed/.test(said()), 'it says what became of it');
  expect(readFileSync(httpd.config, 'utf8')).toBe(`${original.toString()}\n# earlier\n`);
  writeFileSync(httpd.config, original);
  rmSync(path);
});
