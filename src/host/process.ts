/** Starts one program on this machine, bounded in time and output, and ends its whole process group when a bound is reached. */
import type { Readable } from 'node:stream';
import { endWithUs } from './end-with-us.ts';
import type { CommandOptions, CommandResult } from './host.ts';

/** A tenth of all code that a start would load, and the first screen starts no program. */
const loadExeca = (): Promise<typeof import('execa')> => import('execa');

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
  const most = options.maxBytes ?? defaultMaxBytes;
  const enough = new AbortController();
  const { execa } = await loadExeca();
  const child = execa(file, rest, {
    reject: false,
    encoding: 'buffer',
    // Kept here: what execa keeps it also puts into a message, with every control character escaped, which takes gigabytes for a flood.
    buffer: false,
    timeout: Math.max(1, Math.round(options.timeLimitMs)),
    killDescendants: true,
    forceKillAfterDelay: graceMs,
    env: environment,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    cancelSignal: options.signal === undefined ? enough.signal : AbortSignal.any([options.signal, enough.signal]),
    ...(options.user === undefined ? {} : { uid: options.user.uid, gid: options.user.gid }),
  });
  endWithUs(child);
  const printed = keep(child.stdout, most, () => enough.abort(), options.onOutput);
  const complained = keep(child.stderr, most, () => enough.abort());
  const result = await child;
  await Promise.race([Promise.all([printed.over, complained.over]), new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
  const ended = printed.tooMuch() || complained.tooMuch() ? 'too-much-output' : ending(result);
  const stdout = printed.text();
  const stderr = complained.text();
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

interface Kept {
  readonly text: () => string;
  readonly tooMuch: () => boolean;
  /** Nothing more can come. */
  readonly over: Promise<void>;
}

/** What comes out of a stream, up to a bound; what is beyond it is let go. */
function keep(stream: Readable, most: number, enough: () => void, onOutput?: (text: string) => void): Kept {
  const chunks: Buffer[] = [];
  const decoder = new TextDecoder();
  let length = 0;
  let tooMuch = false;
  stream.on('data', (chunk: Buffer) => {
    if (tooMuch) return;
    const part = chunk.subarray(0, most - length);
    chunks.push(part);
    length += part.length;
    onOutput?.(decoder.decode(part, { stream: true }));
    if (part.length === chunk.length) return;
    tooMuch = true;
    enough();
  });
  stream.on('error', () => undefined);
  return {
    text: () => text(Buffer.concat(chunks, length)),
    tooMuch: () => tooMuch,
    over: new Promise((resolve) => {
      if (stream.closed) resolve();
      else stream.once('close', () => resolve());
    }),
  };
}

function ending(result: {
  readonly isCanceled: boolean;
  readonly timedOut: boolean;
  readonly signal?: string;
  readonly exitCode?: number;
  readonly code?: string;
}): CommandResult['ended'] {
  if (result.isCanceled) return 'aborted';
  if (result.timedOut) return 'time-limit';
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
  const { execa } = await loadExeca();
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
  endWithUs(child);
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
