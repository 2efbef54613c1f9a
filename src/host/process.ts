/** Starts one program on this machine, bounded in time and output, and ends its whole process group when a bound is reached. */
import { execa } from 'execa';
import type { CommandOptions, CommandResult } from './host.ts';

const defaultMaxBytes = 4 * 1024 * 1024;
/** Enough of what a command printed to follow a claim, little enough for a journal. */
const keptOutput = 2000;
/** A program that does not leave on SIGTERM is ended for good after this long. */
const graceMs = 500;

/**
 * Runs `argv` as it is. Never rejects for what the program does.
 * `killDescendants` puts it into a process group of its own: no terminal of ours to ask for passwords on (ssh, sudo fail instead of
 * hanging), and nothing of it stays when it is ended or when this process exits.
 */
export async function runProcess(
  argv: readonly string[],
  options: CommandOptions,
  environment: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const [file = '', ...rest] = argv;
  const startedAt = performance.now();
  const child = execa(file, rest, {
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    timeout: Math.max(1, Math.round(options.timeLimitMs)),
    maxBuffer: options.maxBytes ?? defaultMaxBytes,
    killDescendants: true,
    forceKillAfterDelay: graceMs,
    env: environment,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.user === undefined ? {} : { uid: options.user.uid, gid: options.user.gid }),
  });
  const { onOutput } = options;
  if (onOutput !== undefined) {
    const decoder = new TextDecoder();
    child.stdout.on('data', (chunk: Buffer) => onOutput(decoder.decode(chunk, { stream: true })));
  }
  const result = await child;
  const ended = ending(result);
  const stdout = text(result.stdout);
  const stderr = text(result.stderr);
  return {
    argv,
    // A status with which it answered to being ended says nothing.
    exitCode: ended === 'exit' ? (result.exitCode ?? null) : null,
    durationMs: Math.round(performance.now() - startedAt),
    output: (stdout + stderr).slice(0, keptOutput),
    stdout,
    stderr: stderr === '' && result.code !== undefined ? (result.originalMessage ?? '') : stderr,
    ended,
  };
}

function ending(result: {
  readonly isCanceled: boolean;
  readonly timedOut: boolean;
  readonly isMaxBuffer: boolean;
  readonly signal?: string;
  readonly exitCode?: number;
  readonly code?: string;
}): CommandResult['ended'] {
  if (result.isCanceled) return 'aborted';
  if (result.timedOut) return 'time-limit';
  if (result.isMaxBuffer) return 'too-much-output';
  if (result.signal !== undefined) return 'signal';
  if (result.exitCode !== undefined) return 'exit';
  // It could not be started: ENOENT, or EACCES, EPERM, E2BIG …
  return result.code === 'ENOENT' ? 'not-found' : 'not-allowed';
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}

/** What a program prints, chunk by chunk. The program is ended when the reader leaves. `failed` is called once it has ended badly. */
export async function* streamProcess(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
  judge: (exitCode: number | null, stderr: string) => Error | null,
): AsyncIterable<Buffer> {
  const [file = '', ...rest] = argv;
  const leaving = new AbortController();
  const child = execa(file, rest, {
    reject: false,
    encoding: 'buffer',
    buffer: { stdout: false, stderr: true },
    maxBuffer: 64 * 1024,
    stdin: 'ignore',
    killDescendants: true,
    forceKillAfterDelay: graceMs,
    env: environment,
    cancelSignal: signal === undefined ? leaving.signal : AbortSignal.any([leaving.signal, signal]),
  });
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const result = await child;
    signal?.throwIfAborted();
    const error = judge(result.exitCode ?? null, text(result.stderr));
    if (error !== null) throw error;
  } finally {
    leaving.abort();
    await child;
  }
}
