/** Fuzzed values of every input, given to the program under strace in a network of its own: it starts, writes and reaches what is planned. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { canary, hostile } from './hostile.ts';
import { numbers } from './measured.ts';
import { traced } from './trace.ts';

/** Commands of the checks of a backend, and of a far side's files and clock. */
const beside = ['ip', 'ping', 'python3', 'perl', 'ss', 'netstat', 'cat', 'iptables-save', 'ip6tables-save', 'nft', 'journalctl', 'dmesg', 'conntrack', 'ethtool', 'ps', 'tcpdump', 'timeout', 'getent'];
const throughShell = ['ssh', 'sh', 'bash', 'env', 'printenv', 'timeout', 'date', 'test', 'readlink', 'stat', 'find', 'ls', 'head', 'tail', 'cat', 'grep', 'apache2', 'apache2ctl'];

/** What may be started for each: the commands of the checks concerned, as `plan` lists them. */
export const fuzzInputs = {
  'error-log lines': [],
  'access-log lines': [],
  configurations: [],
  'error-log paths': [],
  'backends given': ['ip'],
  'hosts of a log': beside,
  'hosts of a log, through ssh': [...throughShell, ...beside],
  'paths through ssh': throughShell,
  URLs: [],
  times: [],
  'case names': [],
  'answers files': [],
  flows: [],
  journals: [],
} as const satisfies Record<string, readonly string[]>;
export type FuzzInput = keyof typeof fuzzInputs;

export interface Fuzzed {
  readonly values: number;
  /** Said to be unusable, in one line. */
  readonly refused: number;
  readonly programs: readonly string[];
  readonly writes: number;
  /** What is wrong; none is good. */
  readonly wrong: readonly string[];
}

const program = join(import.meta.dirname, 'programs/fuzz.ts');

/** Needs strace, and root for the network namespace. */
export async function fuzz(input: FuzzInput, count: number, seed: number): Promise<Fuzzed> {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-fuzz-'));
  const made = join(folder, 'made');
  const cwd = join(folder, 'a/b');
  for (const path of [made, cwd]) mkdirSync(path, { recursive: true, mode: 0o700 });
  // As ssh does it: the arguments joined, for a shell there.
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'ssh'), '#!/bin/sh\nshift\nexec sh -c "$*"\n', { mode: 0o755 });
  try {
    const argv = [process.execPath, '--disable-warning=ExperimentalWarning', program, input, String(count), String(seed), made];
    const ran = await traced(['unshare', '--net', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh', ...argv], {
      cwd,
      env: { TMPDIR: made, XDG_STATE_HOME: made, HOME: made, PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin` },
    });
    const wrong: string[] = [];
    const said = ran.stdout.trim().split('\n').at(-1) ?? '';
    const done = said.startsWith('{') ? (JSON.parse(said) as { values: number; refused: number; wrong: string[] }) : { values: 0, refused: 0, wrong: [`it ended with ${ran.status}: ${ran.stderr.slice(-2000)}`] };
    wrong.push(...done.wrong);
    // The first are our own: unshare, sh, ip, and the program itself.
    const ours = new Set<string>(['unshare', 'ip link', basename(process.execPath)]);
    const allowed = new Set<string>(fuzzInputs[input]);
    const random = numbers(seed);
    const optionLike = Array.from({ length: count }, () => hostile(random)).filter((value) => value.startsWith('-') && value.length > 3);
    const programs = new Set<string>();
    for (const [command = '', ...rest] of ran.started) {
      const name = basename(command);
      if (ours.has(name) || ours.has(`${name} ${rest[0] ?? ''}`) || (name === 'sh' && rest.includes('ip link set lo up; exec "$@"'))) continue;
      programs.add(name);
      const given = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : rest.length);
      if (name !== 'ssh' && given.some((word) => optionLike.some((value) => word.startsWith(value)))) wrong.push(`given as an option: ${JSON.stringify([command, ...rest]).slice(0, 300)}`);
      if (!allowed.has(name)) wrong.push(`started ${JSON.stringify([command, ...rest]).slice(0, 300)}`);
    }
    const outside = ran.written.filter((path) => path !== made && !path.startsWith(`${made}/`));
    wrong.push(...outside.map((path) => `wrote ${path}`));
    wrong.push(...ran.reached.filter((address) => !/^(127\.|::1|::ffff:127\.)|:0$/.test(address)).map((address) => `reached ${address}`));
    if (existsSync(join(folder, canary)) || existsSync(join(tmpdir(), canary)) || readdirSync(cwd).length > 0) wrong.push(`${canary} was made`);
    return { values: done.values, refused: done.refused, programs: [...programs].sort(), writes: ran.written.length - outside.length, wrong: wrong.slice(0, 20) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
