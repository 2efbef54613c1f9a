/**
 * A machine (or namespace, container, user) that is entered through an argv prefix. It is measured once, before its first use:
 * its clock and zone, its PATH, and which of the usual commands are there.
 *
 * Commands run as `PREFIX env LC_ALL=C PATH=… COMMAND …`: `env` carries the locale over ssh and into containers, finds commands in sbin
 * folders, and says by its exit status that there is none (127), where the prefixes themselves say it in many ways.
 */
import type { Side } from '../engine/evidence.ts';
import type { CommandOptions, CommandResult, Host, Reach } from './host.ts';
import { CouldNot } from '../checks/check.ts';
import { visible } from '../visible.ts';
import { connectManyWith } from './connect-tools.ts';
import { runProcess, streamProcess } from './process.ts';
import { throughPrefix, remoteShells } from './quote.ts';
import { searchFolders } from './search-path.ts';
import { resolveAt } from './vantage-resolve.ts';
import { vantageFiles } from './vantage-files.ts';
import { measureClock, type VantageClock } from './vantage-clock.ts';

/** Entering may mean a container's start or an ssh login. */
const enterMs = 15_000;
/** sshd drops logins beyond ten that have not come through yet (MaxStartups), and a container runtime has better things to do. */
const loginsAtOnce = 4;

/** Looked for in one go when the vantage is entered; others are looked for when they are asked for. */
const usualCommands = (
  'env ls stat cat tail head grep readlink getent date timeout setpriv python3 python perl bash nc curl ss netstat ip iptables ' +
  'ip6tables nft ping ethtool journalctl dmesg tcpdump tshark apache2 httpd apachectl apache2ctl rpm dpkg zcat'
).split(' ');

interface Entered {
  readonly reach: Reach;
  readonly folders: readonly string[];
  /** Null where it can't be known without starting the command (no `ls` there). */
  readonly there: Map<string, boolean> | null;
  readonly clock: VantageClock;
  /** A time limit that holds on that side too, when our end of the line is cut. */
  readonly timeout: boolean;
}

export function vantageHost(side: Side, prefix: readonly string[]): Host {
  const environment = { LC_ALL: 'C', PATH: searchFolders(process.env['PATH']).join(':') };
  // What is ended here ends there only where the prefix becomes the command (ip netns, nsenter, chroot) or passes signals on.
  const apart = remoteShells(prefix) > 0 || /(^|\/)(docker|podman|nerdctl|kubectl|oc|crictl|lxc|incus)$/.test(prefix[0] ?? '');

  const turn = turns(apart ? loginsAtOnce : Number.POSITIVE_INFINITY);
  const start = async (argv: readonly string[], options: CommandOptions): Promise<CommandResult> => {
    let given: readonly string[];
    try {
      given = throughPrefix(prefix, argv);
    } catch (error) {
      return notStarted([...prefix, ...argv], error instanceof Error ? error.message : String(error));
    }
    return turn(() => runProcess(given, options, environment));
  };

  let entering: Promise<Entered> | null = null;
  let entered: Entered | null = null;
  const enter = (): Promise<Entered> => {
    entering ??= measure(start).then((result) => {
      entered = result;
      return result;
    });
    return entering;
  };

  const dressed = async (argv: readonly string[], { timeLimitMs, user }: Pick<CommandOptions, 'timeLimitMs' | 'user'>) => {
    const { there, folders, timeout } = await enter();
    const asUser = user === undefined ? [] : ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--'];
    const limit = apart && timeout ? ['timeout', String(Math.ceil(timeLimitMs / 1000) + 2)] : [];
    const env = there === null || there.get('env') === true ? ['env', 'LC_ALL=C', `PATH=${folders.join(':')}`] : [];
    return [...env, ...limit, ...asUser, ...argv];
  };

  const has: Host['has'] = async (command) => {
    const { there, folders, reach } = await enter();
    if (!reach.ok) return false;
    if (there === null) {
      // Without `ls` the only way to know is to start it; an option that nothing knows keeps it from doing anything.
      const result = await start(['env', command, '--version'], { timeLimitMs: enterMs });
      return result.ended === 'exit' && result.exitCode !== 126 && result.exitCode !== 127;
    }
    const known = there.get(command);
    if (known !== undefined) return known;
    const found = (await look(start, [command], folders)).get(command) === true;
    there.set(command, found);
    return found;
  };

  const run: Host['run'] = async (argv, { user, ...options }) => {
    const { reach } = await enter();
    // What the prefix's own program says ("ssh: connect to host … Connection refused") must never pass for a command's answer.
    if (!reach.ok) return notStarted([...prefix, ...argv], notEntered(prefix, reach.reason));
    const result = await start(await dressed(argv, { timeLimitMs: options.timeLimitMs, ...(user === undefined ? {} : { user }) }), options);
    if (result.ended !== 'exit') return result;
    // 127 and 126 are env's words for "not found" and "could not be started"; a command could end with them too, so it is looked for.
    if (result.exitCode === 127 && !(await has(argv[0] ?? ''))) return { ...result, exitCode: null, ended: 'not-found' };
    if (result.exitCode === 126) return { ...result, exitCode: null, ended: 'not-allowed' };
    return result;
  };

  const stream = async function* (
    argv: readonly string[],
    signal: AbortSignal | undefined,
    judge: (exitCode: number | null, stderr: string) => Error | null,
  ): AsyncIterable<Buffer> {
    const { reach } = await enter();
    if (!reach.ok) throw judge(null, notEntered(prefix, reach.reason)) ?? new Error(reach.reason);
    yield* streamProcess(throughPrefix(prefix, await dressed(argv, { timeLimitMs: 600_000 })), environment, signal, judge);
  };

  const connectMany: Host['connectMany'] = async (attempts, plan) => {
    const { reach } = await enter();
    if (!reach.ok) throw new CouldNot('failed', notEntered(prefix, reach.reason), enterRemedy, reach.commands);
    return connectManyWith({ run, has }, attempts, plan);
  };

  return {
    side,
    vantage: prefix,
    reach: async () => (await enter()).reach,
    now: () => Date.now() + (entered?.clock.aheadMs ?? 0),
    zoneOffset: (at) => entered?.clock.zoneOffset(at) ?? 0,
    run,
    has,
    ...vantageFiles(run, stream),
    resolve: async (name) => {
      const { reach } = await enter();
      if (!reach.ok) throw new CouldNot('failed', notEntered(prefix, reach.reason), enterRemedy, reach.commands);
      return resolveAt({ run, has }, name);
    },
    connectMany,
    connect: async (address, port, { timeoutMs, lingerMs, signal }) => {
      const connects = await connectMany([{ address, port, ...(lingerMs === undefined ? {} : { lingerMs }) }], {
        intervalMs: 0,
        timeoutMs,
        atOnce: 1,
        ...(signal === undefined ? {} : { signal }),
      });
      let last: Awaited<ReturnType<Host['connect']>> | null = null;
      for await (const { index: _index, atMs: _atMs, ...result } of connects.results) last = { ...result, command: null };
      signal?.throwIfAborted();
      const [command = null] = connects.commands();
      return last === null
        ? { outcome: 'failed', code: null, address, latencyMs: 0, localPort: null, afterwards: null, command }
        : { ...last, command };
    },
  };
}

/** Lets so many pieces of work run at once; the others wait their turn. */
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}

const enterRemedy = 'Try that command by hand; it must work without asking for anything (a password, a new host key).';

function notEntered(prefix: readonly string[], reason: string): string {
  return `Nothing could be run through "${visible(prefix.join(' '))}": ${visible(reason)}`;
}

function notStarted(argv: readonly string[], stderr: string): CommandResult {
  return { argv, exitCode: null, durationMs: 0, output: stderr, stdout: '', stderr, ended: 'not-allowed' };
}

type Start = (argv: readonly string[], options: CommandOptions) => Promise<CommandResult>;

async function measure(start: Start): Promise<Entered> {
  const limit = { timeLimitMs: enterMs };
  const [path, clock] = await Promise.all([start(['printenv', 'PATH'], limit), measureClock((argv) => start(argv, limit))]);
  const folders = searchFolders(path.ended === 'exit' && path.exitCode === 0 ? path.stdout.trim() : undefined);
  const found = await look(start, usualCommands, folders);
  const there = [...found.values()].includes(true) ? found : null;
  // A vantage where not one of these could be started is not there (or holds nothing we could use).
  const answered = path.exitCode === 0 || clock.measured || there !== null;
  const timeout = there?.get('timeout') === true && (await start(['timeout', '5', 'date'], limit)).exitCode === 0;
  return { reach: answered ? { ok: true } : { ok: false, reason: whyNot(path), commands: [path] }, folders, there, clock, timeout };
}

function whyNot(result: CommandResult): string {
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  switch (result.ended) {
    case 'not-found':
      return `There is no command ${result.argv[0] ?? ''} on this machine.`;
    case 'time-limit':
      return 'It did not answer in time.';
    default:
      return said === '' ? `It ended with exit status ${result.exitCode ?? 'none'}.` : said;
  }
}

/** Which of the commands lie in one of the folders: one `ls` that names all places, and complains of those that are not there. */
async function look(start: Start, commands: readonly string[], folders: readonly string[]): Promise<Map<string, boolean>> {
  const places = commands.flatMap((command) => (command.includes('/') ? [command] : folders.map((folder) => `${folder}/${command}`)));
  const result = await start(['ls', '-1d', '--', ...places], { timeLimitMs: enterMs });
  const lines = new Set(result.stdout.split('\n'));
  return new Map(
    commands.map((command) => [
      command,
      command.includes('/') ? lines.has(command) : folders.some((folder) => lines.has(`${folder}/${command}`)),
    ]),
  );
}
