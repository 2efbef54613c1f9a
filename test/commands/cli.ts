/** Runs the built program as a user would: its own state directory, standard input closed unless given. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  readonly state?: string;
  /** `closed` (default), `open`: a pipe that never ends, or text. */
  readonly input?: 'closed' | 'open' | { readonly text: string };
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export function proxyDoctor(args: readonly string[], options: Options = {}): Promise<Ran> {
  const state = options.state ?? mkdtempSync(join(tmpdir(), 'proxy-doctor-state-'));
  const { input = 'closed' } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: [input === 'closed' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, XDG_STATE_HOME: state, NO_COLOR: '1', ...options.env },
      cwd: options.cwd,
    });
    if (typeof input === 'object') child.stdin?.end(input.text);
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (bytes: Buffer) => {
      stdout += bytes.toString();
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      stderr += bytes.toString();
    });
    child.on('error', reject);
    child.on('close', (status) => {
      child.stdin?.destroy();
      if (options.state === undefined) rmSync(state, { recursive: true, force: true });
      resolve({ status, stdout, stderr });
    });
  });
}
