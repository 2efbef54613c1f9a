/** Real runs of the built program that can be killed and resumed: the logs of a rehearsal, and a port where nothing listens. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { accessFormat, writeLogs } from '../../src/demo/log-writer.ts';
import { startBackend } from '../../src/demo/backends.ts';
import { scenarios } from '../../src/demo/scenarios.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Rehearsal {
  /** Holds logs and configuration. */
  readonly folder: string;
  /** Options of `run` that examine it. The checks that look at the rest of this machine are left out: others work on it. */
  readonly options: readonly string[];
}

export async function rehearsal(later?: Later): Promise<Rehearsal> {
  const folder = temporaryFolder(later);
  const scenario = scenarios.find((one) => one.id === 'backend-down');
  if (scenario === undefined) throw new Error('the rehearsal backend-down is gone');
  const backend = await startBackend(scenario.behaviour);
  await backend.close();
  const name = `127.0.0.1:${backend.port}`;
  const now = Date.now();
  const { error, access } = writeLogs(
    scenario.requests(now, name, () => 0.5),
    now - 2 * 3_600_000 - 60_000,
  );
  writeFileSync(join(folder, 'error.log'), error);
  writeFileSync(join(folder, 'access.log'), access);
  writeFileSync(
    join(folder, 'httpd.conf'),
    `ServerRoot "${folder}"\nListen 127.0.0.1:80\nErrorLog error.log\nLogFormat "${accessFormat}" timed\nCustomLog access.log timed\nProxyPass / http://${name}/\n`,
  );
  const given = [
    '--error-log',
    join(folder, 'error.log'),
    '--access-log',
    join(folder, 'access.log'),
    '--proxy-config',
    join(folder, 'httpd.conf'),
    '--backend',
    name,
  ];
  const left = ['proxy-version', 'proxy-resources', 'backend-process', 'interface-errors'].flatMap((check) => ['--skip', check]);
  return { folder, options: [...given, ...left] };
}

type Later = (clean: () => void) => void;

/** @param later where there is no test yet that could finish: keeps what to call in the end */
export function temporaryFolder(later: Later = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-rehearsal-'));
  later(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly ended: Promise<Ended>;
}

export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}, before: readonly string[] = []): Running {
  const [command = '', ...rest] = [...before, process.execPath, program, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  return { child, stderr: () => stderr, ended };
}

/** Looks until it is so; the run's own end ends the looking. */
export async function until(running: Running, holds: () => boolean): Promise<void> {
  let over = false;
  void running.ended.then(() => (over = true));
  while (!over && !holds()) await new Promise((resolve) => setTimeout(resolve, 3));
}

/** Text of the only journal of a state directory; empty before there is one. */
export function journalOf(state: string): string {
  try {
    const [id = ''] = readdirSync(join(state, 'cases'));
    return readFileSync(join(state, 'cases', id, 'journal.jsonl'), 'utf8');
  } catch {
    return '';
  }
}

export function stateIn(folder: string, name: string): string {
  const state = join(folder, name);
  mkdirSync(state);
  return state;
}
