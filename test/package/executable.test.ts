/**
 * The single executable where nothing is installed: a root folder with the file, the C library that it is linked to, and logs. No Node,
 * no npm, no shell; read-only but for the state directory; as a user who owns nothing.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeLogs } from '../../src/demo/log-writer.ts';
import { scenarios } from '../../src/demo/scenarios.ts';

const tools = fileURLToPath(new URL('../../tools', import.meta.url));
const nobody = 65_534;
let folder = '';
let bare = '';
let executable = '';
let backend = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-executable-'));
  chmodSync(folder, 0o755);
  executable = join(folder, 'built/proxy-doctor');
  execFileSync(process.execPath, [join(tools, 'build-executable.mjs'), executable], { stdio: 'ignore' });

  bare = join(folder, 'root');
  for (const path of ['opt', 'logs', 'state', 'proc', 'dev']) mkdirSync(join(bare, path), { recursive: true });
  copyFileSync(executable, join(bare, 'opt/pd'));
  for (const [library] of execFileSync('ldd', [executable], { encoding: 'utf8' }).matchAll(/\/\S+(?= \()/g)) {
    mkdirSync(join(bare, dirname(library)), { recursive: true });
    copyFileSync(library, join(bare, library));
  }
  backend = `127.0.0.1:${await freePort()}`;
  const down = scenarios.find((one) => one.id === 'backend-down');
  const now = Date.now();
  const { error, access } = writeLogs(down?.requests(now, backend, () => 0.5) ?? [], now - 7_260_000);
  writeFileSync(join(bare, 'logs/error.log'), error);
  writeFileSync(join(bare, 'logs/access.log'), access);
  chownSync(join(bare, 'state'), nobody, nobody);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Nothing accepts on it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** Runs it with that folder as its root, read-only but for /state. */
function inside(args: readonly string[]): ReturnType<typeof spawnSync> {
  const script =
    'set -e; mount --bind "$0" "$0"; mount --bind "$0/state" "$0/state"; mount -t proc proc "$0/proc"; mount -o remount,ro,bind "$0"; root=$0; exec chroot --userspec=65534:65534 "$root" /opt/pd "$@"';
  return spawnSync('unshare', ['--mount', '/bin/sh', '-c', script, bare, ...args], {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', XDG_STATE_HOME: '/state', HOME: '/nonexistent' },
  });
}

test('the notices of what is inside are written beside it', () => {
  const notices = readFileSync(`${executable}.LICENCES.txt`, 'utf8');
  for (const inside of ['shescape', 'zod', 'ink', 'Node.js']) expect(notices).toContain(inside);
});

test('diagnoses a dead backend, and keeps the case', () => {
  const { status, stdout, stderr } = inside([
    '--no-input',
    '--json',
    '--error-log',
    '/logs/error.log',
    '--access-log',
    '/logs/access.log',
    '--backend',
    backend,
  ]);
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(String(stdout))).toMatchObject({
    status: 'diagnosed',
    diagnoses: [{ id: 'backend-not-running', backend, ongoing: true }],
  });
  expect(String(inside(['cases']).stdout)).toContain('backend-not-running');
}, 120_000);

test('its root really is read-only, and has no Node', () => {
  expect(inside(['--no-input', '--offline', '--error-log', '/logs/error.log', '--state-dir', '/logs/here']).status).toBe(1);
  expect(() => statSync(join(bare, 'usr/bin/node'))).toThrow('ENOENT');
});

describe('what is shipped is inside', () => {
  test.each([
    [['flow', 'list'], /mod-proxy-http/],
    [['flow', 'lint'], /nothing to complain about/],
    [['flow', 'show', '--format', 'md'], /^# /m],
    [
      ['explain', '[proxy:error] [pid 1] (111)Connection refused: AH00957: http: attempt to connect to 192.0.2.2:80 (192.0.2.2) failed'],
      /connect-failed|refused/i,
    ],
    [['completion', 'bash'], /complete -F _proxy_doctor/],
  ])('%s', (args, expected) => {
    const { status, stdout, stderr } = inside(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(String(stdout)).toMatch(expected);
  });
});

test('it is its own supervisor: put back when the tool goes away', async () => {
  const record = join(folder, 'record.json');
  const known = { pid: 1, startTicks: '', argv: [], environment: {}, listen: { address: '127.0.0.1', port: 1 } };
  const change = {
    format: 1,
    id: 'a',
    caseId: '',
    placement: 'block',
    file: '/nonexistent',
    text: '',
    before: null,
    httpd: known,
    deadline: Date.now() + 60_000,
    supervisor: null,
    state: 'planned',
    told: 'planned',
  };
  writeFileSync(record, JSON.stringify(change));
  const child = spawn(executable, ['supervise-change', record], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  child.stdout.on('data', (bytes: Buffer) => {
    lines.push(...bytes.toString().trim().split('\n'));
    // Its standard input ends, as when the tool is killed.
    if (lines.length === 1) child.stdin.end();
  });
  await new Promise((resolve) => {
    child.once('close', resolve);
  });
  expect(lines.map((line) => (JSON.parse(line) as { state: string }).state)).toEqual(['armed', 'reverted']);
});

test('size and start-up are told', () => {
  const startedAt = performance.now();
  execFileSync(executable, ['--version']);
  const bytes = statSync(executable).size;
  console.log(`single executable: ${(bytes / 2 ** 20).toFixed(0)} MiB, --version in ${(performance.now() - startedAt).toFixed(0)} ms`);
  // Node alone, stripped, is 115 MiB: symbols that were left in, or a folder packed by mistake, show.
  expect(bytes).toBeLessThan(140 * 2 ** 20);
});
