/** A program that goes on while its output is read: a capture, a conversation through a vantage. */
import { execa } from 'execa';
import { endWithUs } from './end-with-us.ts';
import type { Host, RunningCommand } from './host.ts';
import { throughPrefix } from './quote.ts';
import { searchFolders } from './search-path.ts';

const keptComplaints = 64 * 1024;
/** tcpdump writes its counts after SIGINT; a program that has not left after this long is ended for good. */
const graceMs = 2000;

export interface StartOptions {
  readonly signal?: AbortSignal;
  readonly timeLimitMs: number;
}

/**
 * Starts `argv` on that side: here, or through the vantage's prefix. What is ended here may live on behind an ssh: give a program there
 * a bound of its own (`timeout`), or make it end with its standard input.
 */
export async function startCommand(host: Host, argv: readonly string[], options: StartOptions): Promise<RunningCommand> {
  if (host.start) return host.start(argv, options);
  const environment = { LC_ALL: 'C', PATH: searchFolders(process.env['PATH']).join(':') };
  if (host.vantage.length === 0) return startProcess(argv, environment, options);
  const path = await pathThere(host);
  return startProcess(throughPrefix(host.vantage, ['env', 'LC_ALL=C', ...path, ...argv]), environment, options);
}

const paths = new WeakMap<Host, Promise<readonly string[]>>();

/** The PATH that `run` gives to commands of that side, sbin folders included. */
function pathThere(host: Host): Promise<readonly string[]> {
  let path = paths.get(host);
  if (!path) {
    path = host
      .run(['printenv', 'PATH'], { timeLimitMs: 15_000 })
      .then((result) => (result.exitCode === 0 && result.stdout.trim() !== '' ? [`PATH=${result.stdout.trim()}`] : []));
    paths.set(host, path);
  }
  return path;
}

/** Starts `argv` on this machine, in a process group of its own, ended with this process and after `timeLimitMs`. */
export function startProcess(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  { signal, timeLimitMs }: StartOptions,
): RunningCommand {
  const [file = '', ...rest] = argv;
  const startedAt = performance.now();
  const child = execa(file, rest, {
    reject: false,
    encoding: 'buffer',
    buffer: false,
    stdin: 'pipe',
    timeout: Math.max(1, Math.round(timeLimitMs)),
    killDescendants: true,
    forceKillAfterDelay: graceMs,
    env: environment,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  endWithUs(child);
  let complaints = '';
  const listeners: (() => void)[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaints.length < keptComplaints) complaints += chunk.toString('latin1').slice(0, keptComplaints - complaints.length);
    for (const listener of listeners) listener();
  });
  // A program that has left does not read any more: what is written to it then is lost, which `ended` tells.
  child.stdin.on('error', () => {});
  const ended = child.then((result) => {
    for (const listener of listeners) listener();
    return { exitCode: result.exitCode ?? null, ended: howEnded(result), durationMs: Math.round(performance.now() - startedAt) };
  });
  return {
    output: child.stdout as AsyncIterable<Buffer>,
    complaints: () => complaints,
    onComplaint: (listener) => listeners.push(listener),
    write: (bytes) => {
      child.stdin.write(bytes);
    },
    endInput: () => {
      child.stdin.end();
    },
    stop: () => {
      child.kill('SIGINT');
    },
    ended,
  };
}

function howEnded(result: {
  readonly isCanceled: boolean;
  readonly timedOut: boolean;
  readonly signal?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly code?: string | undefined;
}): Awaited<RunningCommand['ended']>['ended'] {
  if (result.isCanceled) return 'aborted';
  if (result.timedOut) return 'time-limit';
  if (result.signal !== undefined) return 'signal';
  if (result.exitCode !== undefined) return 'exit';
  return result.code === 'ENOENT' ? 'not-found' : 'not-allowed';
}
