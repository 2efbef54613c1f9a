/** The commands that checks use are missing, other versions, hang, flood or end oddly: bounded time and memory, and an honest outcome. */
import { cpSync, copyFileSync, chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { isRoot } from '../host/network.ts';
import { type Measured, measured, root } from '../soak/measured.ts';
import { rehearsal, type Rehearsal } from './rehearsal.ts';

const possible = isRoot && process.env['PROXY_DOCTOR_LAB'] !== 'no';

/** Commands that a check may call. */
const commands = ['ss', 'ip', 'tcpdump', 'iptables-save', 'ip6tables-save', 'nft', 'tshark', 'ping', 'ps', 'apache2', 'apache2ctl', 'apachectl', 'httpd', 'journalctl', 'dmesg', 'ethtool', 'conntrack', 'dpkg', 'dpkg-query', 'rpm', 'netstat', 'getent', 'timeout', 'find', 'nc', 'python3', 'perl', 'bash', 'curl', 'grep', 'date', 'head', 'tail', 'cat', 'ls', 'stat', 'tc'];

async function base(later: (clean: () => void) => void): Promise<Rehearsal> {
  const made = await rehearsal(later);
  // Nothing is left out: every check meets these commands.
  const options = made.options.filter((word, index) => word !== '--skip' && made.options[index - 1] !== '--skip');
  return { ...made, options: [...options, '--allow', 'packet-capture', '--time-limit', '20s'] };
}

const sure = { possible: 0, likely: 1, confirmed: 2 };

/** Right or open, never another cause; and each check says what became of it. */
function expectHonest(ran: Measured): Report {
  expect([ran.status, ran.stdout === '' ? ran.stderr : '']).toEqual([0, '']);
  const report = JSON.parse(ran.stdout) as Report;
  expect(report.diagnoses.map((one) => [one.id, sure[one.confidence] <= 2])).toEqual([['backend-not-running', true]]);
  for (const one of report.evidence) {
    expect(['ok', 'skipped', 'failed', 'timed-out']).toContain(one.status);
    expect([one.check, one.summary]).not.toEqual([one.check, '']);
    expect(`${one.check}: ${one.summary}`).not.toMatch(/undefined|NaN|\[object|TypeError|is not a function|Cannot read/);
  }
  expect(ran.peakBytes).toBeLessThan(400_000_000);
  // What a command printed is kept in part.
  expect(ran.stdout.length).toBeLessThan(4_000_000);
  return report;
}

/** Runs where the usual folders of commands hold only what is in `tools`. */
async function runWithOnly(made: Rehearsal, tools: string): Promise<Measured> {
  const state = join(made.folder, 'state');
  mkdirSync(state, { mode: 0o700 });
  for (const name of ['dist', 'flows', 'package.json']) cpSync(join(root, name), join(made.folder, 'tool', name), { recursive: true });
  const node = join(made.folder, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  const hide = 'for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin; do mount --bind "$TOOLS" "$folder"; done; exec "$NODE" "$@"';
  const took = join(made.folder, 'took.json');
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['-m', 'sh', '-c', hide, 'sh', join(made.folder, 'tool/dist/main.js'), 'run', ...made.options, '--no-input', '--json', '--state-dir', state],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { PATH: '/usr/sbin:/usr/bin', TOOLS: tools, NODE: node, NO_COLOR: '1', HOME: made.folder, NODE_OPTIONS: `--import=${join(root, 'test/soak/programs/measure.mjs')}`, PROXY_DOCTOR_MEASURED: took },
    },
  );
  return { status, stdout, stderr, seconds: 0, ...(JSON.parse(readFileSync(took, 'utf8')) as Omit<Measured, 'status' | 'stdout' | 'stderr' | 'seconds'>) };
}

if (possible) {
  test('no command at all: what needs one is skipped with its name, and the diagnosis is the same', { timeout: 120_000 }, async () => {
    const made = await base(onTestFinished);
    const tools = join(made.folder, 'none');
    mkdirSync(tools);
    const report = expectHonest(await runWithOnly(made, tools));
    expect(report.evidence.filter((one) => one.status === 'failed').map((one) => `${one.check}: ${one.summary}`)).toEqual([]);
    // No command was started: there is none.
    expect(report.evidence.flatMap((one) => one.commands.map((command) => command.exitCode)).filter((status) => status !== null)).toEqual([]);
  });

  test('busybox instead of everything', { timeout: 120_000 }, async () => {
    const made = await base(onTestFinished);
    const tools = join(made.folder, 'busybox');
    mkdirSync(tools);
    const busybox = ['/usr/bin/busybox', '/bin/busybox'].find((path) => existsSync(path)) ?? '';
    copyFileSync(busybox, join(tools, 'busybox'));
    chmodSync(join(tools, 'busybox'), 0o755);
    const applets = spawnSync(busybox, ['--list'], { encoding: 'utf8' }).stdout.split('\n').filter((name) => name !== '' && name !== 'busybox');
    for (const name of applets) symlinkSync('busybox', join(tools, name));
    const report = expectHonest(await runWithOnly(made, tools));
    expect(report.evidence.filter((one) => one.status === 'failed').map((one) => `${one.check}: ${one.summary}`)).toEqual([]);
  });

  describe.concurrent('commands that', () => {
    test.each<[string, string]>([
      ['hang and do not leave when they are told to', 'trap "" TERM INT HUP; while :; do sleep 1; done'],
      ['flood a gigabyte', 'yes "2: eth0: <UP> 10.0.0.1 LISTEN 0 128 *:80 state {}[]" | head -c 1000000000'],
      ['flood one line of zeros, in answers and complaints', 'head -c 1000000000 /dev/zero; head -c 1000000000 /dev/zero >&2'],
      ['end with 255 and half a line', 'printf "{\\"nftables\\": [{\\"rule\\": {"; kill -SEGV $$'],
      ['say yes to everything', 'echo ok; exit 0'],
    ])('%s', { timeout: 180_000 }, async (_name, script) => {
      // They run side by side: each clears up behind itself.
      const cleans: (() => void)[] = [];
      const made = await base((one) => cleans.push(one));
      const tools = join(made.folder, 'strange');
      mkdirSync(tools);
      const pids = join(made.folder, 'pids');
      // The real path of the tools inside: the strange ones stand before them.
      const text = `#!/bin/sh\nPATH=/usr/bin:/bin\necho $$ >> ${pids}\n${script}\n`;
      for (const name of commands) writeFileSync(join(tools, name), text, { mode: 0o755 });
      const state = join(made.folder, 'state');
      mkdirSync(state, { mode: 0o700 });
      const ran = await measured(['run', ...made.options, '--no-input', '--json', '--state-dir', state], [], { PATH: `${tools}:/usr/bin:/bin` });
      const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
      for (const clean of cleans) clean();
      expectHonest(ran);
      expect(started.length).toBeGreaterThan(3);
      expect(started.filter((pid) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')))).toEqual([]);
    });
  });

  test('a language of the user does not reach the commands, nor the figures of the report', { timeout: 60_000 }, async () => {
    const made = await base(onTestFinished);
    const tools = join(made.folder, 'german');
    mkdirSync(tools);
    const seen = join(made.folder, 'languages');
    for (const name of commands.slice(0, 20)) writeFileSync(join(tools, name), `#!/bin/sh\necho "$LC_ALL,$LANGUAGE" >> ${seen}\nexit 1\n`, { mode: 0o755 });
    const said: string[] = [];
    for (const language of ['C', 'de_DE.UTF-8', 'tr_TR.UTF-8']) {
      const state = join(made.folder, language);
      mkdirSync(state, { mode: 0o700 });
      const env = { PATH: `${tools}:/usr/bin:/bin`, LANG: language, LC_ALL: language, LANGUAGE: language.slice(0, 2) };
      const ran = await measured(['run', ...made.options, '--skip', 'tcp-connect', '--skip', 'reachability', '--skip', 'backend-process', '--skip', 'interface-errors', '--no-input', '--state-dir', state], [], env);
      said.push((/^For .*?\n\n/ms.exec(ran.stdout)?.[0] ?? ran.stdout.slice(0, 400)).replaceAll(/\d\d:\d\d(:\d\d)?/g, 'TIME'));
    }
    expect(new Set(said).size).toBe(1);
    expect(new Set(readFileSync(seen, 'utf8').trim().split('\n'))).toEqual(new Set(['C,']));
  });
} else {
  test('hiding the commands of a machine needs root', () => expect(possible).toBe(false));
}
