/** Starts a program of `programs/` on a host and looks after it. It ends when its standard input does, so none outlives the lab. */
import { EventEmitter, once } from 'node:events';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Child {
  /** When it has said `ready`. */
  readonly ready: Promise<void>;
  readonly ended: Promise<Ended>;
  /** Writes a line to it. */
  readonly tell: () => void;
  /** Tells it that it is enough. */
  readonly endInput: () => void;
  /** Ends it at once. */
  readonly stop: () => Promise<void>;
}

export const root = join(import.meta.dirname, '../..');

/** The node that this project pins, else the one that runs this. */
export const node = existsSync(join(root, 'node_modules/.bin/node')) ? join(root, 'node_modules/.bin/node') : process.execPath;

export function child(program: 'backend' | 'client' | 'names', prefix: readonly string[], task: unknown): Child {
  const file = join(import.meta.dirname, 'programs', `${program}.ts`);
  const [command = '', ...args] = [...prefix, node, '--disable-warning=ExperimentalWarning', file, JSON.stringify(task)];
  const started = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const readiness = new EventEmitter();
  const ready = once(readiness, 'ready').then(() => {});
  // Nobody waits for the clients to be ready.
  ready.catch(() => {});
  readiness.on('error', () => {});
  started.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (stdout.startsWith('ready\n')) readiness.emit('ready');
  });
  started.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  started.stdin.on('error', () => {});
  const ended = new Promise<Ended>((resolve) => {
    const end = (exitCode: number | null): void => {
      if (!stdout.startsWith('ready\n'))
        readiness.emit('error', new Error(`${program} ended (exit status ${exitCode}) before it was ready: ${stderr}`));
      resolve({ exitCode, stdout, stderr });
    };
    started.on('error', (error) => {
      stderr += error.message;
      end(null);
    });
    started.on('close', end);
  });
  return {
    ready,
    ended,
    tell: () => void started.stdin.write('\n'),
    endInput: () => void started.stdin.end(),
    stop: async () => {
      started.kill('SIGKILL');
      await ended;
    },
  };
}
