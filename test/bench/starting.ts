/** How soon the wizard is there: the time until its first frame stands in a real pseudo-terminal. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { median, type Measured } from './measure.ts';

/** Long after anything that is still starting. */
const patienceMs = 20_000;

async function firstFrame(program: string, folder: string): Promise<number> {
  const log = join(folder, 'error.log');
  writeFileSync(
    log,
    '[Sat Nov 21 10:15:42.104233 2026] [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/2.4.71 (Unix) configured -- resuming normal operations\n',
  );
  const begun = performance.now();
  const terminal = spawn(process.execPath, [program, 'run', '--offline', '--error-log', log, '--state-dir', folder], {
    cols: 100,
    rows: 30,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
  });
  const ended = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  let seen = '';
  const taken = await new Promise<number>((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(`no frame came: ${JSON.stringify(seen.slice(0, 400))}`)), patienceMs);
    terminal.onData((text) => {
      seen += text;
      if (!seen.includes('proxy-doctor')) return;
      clearTimeout(patience);
      resolve(performance.now() - begun);
    });
  }).finally(() => terminal.kill('SIGKILL'));
  await ended;
  return taken / 1000;
}

/** Medians over `rounds`, after one that fills the caches. Memory is not measured. */
export async function measureFirstFrame(program: string, rounds: number): Promise<Measured> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-frame-'));
    try {
      const seconds = await firstFrame(program, folder);
      if (round > 0) times.push(seconds);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
  return { name: 'first frame', seconds: median(times), peak: null };
}
