/** Runs the built program and takes what the run itself says it took: processor time, memory, bytes. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const program = join(root, 'dist/main.js');

export interface Took {
  readonly cpuSeconds: number;
  /** Of the program itself: highest resident memory. */
  readonly peakBytes: number;
  /** Given to it by read(2) and the like, its children's included. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

export interface Measured extends Took {
  readonly status: number | null;
  readonly seconds: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param before an argv prefix: `ip netns exec px` */
export async function measured(args: readonly string[], before: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-measured-'));
  const into = join(folder, 'took.json');
  const [command = '', ...rest] = [...before, process.execPath, program, ...args];
  const begun = performance.now();
  try {
    const child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: `--import=${join(import.meta.dirname, 'programs/measure.mjs')}`, PROXY_DOCTOR_MEASURED: into, ...env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const seconds = (performance.now() - begun) / 1000;
    const took = JSON.parse(readFileSync(into, 'utf8')) as Took;
    return { ...took, status, seconds, stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
