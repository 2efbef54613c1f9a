/** Runs the lab's own commands, argv only. A command that fails says what it was and what it printed. */
import { execFile } from 'node:child_process';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  /** Exit statuses that are fine; left out: 0 alone. */
  readonly fine?: readonly number[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

export async function run(argv: readonly string[], options: Options = {}): Promise<Ran> {
  const ran = await tryRun(argv, options);
  if (!(options.fine ?? [0]).includes(ran.exitCode)) {
    throw new Error(`${argv.join(' ')}: exit status ${ran.exitCode}: ${(ran.stderr || ran.stdout).trim()}`);
  }
  return ran;
}

/** The same, for callers that look at the exit status themselves; -1: killed or could not be started. */
export function tryRun(argv: readonly string[], options: Options = {}): Promise<Ran> {
  const [command = '', ...args] = argv;
  return new Promise((resolve) => {
    const settings = { cwd: options.cwd, env: options.env, timeout: options.timeoutMs ?? 30_000, maxBuffer: 256 * 1024 * 1024 };
    execFile(command, args, { ...settings, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr: exitCode === -1 && error !== null ? `${stderr}${error.message}` : stderr });
    });
  });
}
