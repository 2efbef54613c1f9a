/**
 * How soon the wizard is there, in a real pseudo-terminal: the time until its own first step stands there, and until it takes keys (`?` is typed
 * at once, and the help comes). A bare start of Node is measured in turn with it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { median, run, type Command } from './measure.ts';

/** Long after anything that is still starting. */
const patienceMs = 20_000;

/** What the first frame says: flow, mode, the way, the question and that it is worked on. A blank or a header alone is none. */
const frame = ['proxy-doctor mod-proxy-http', 'read-only', 'step 1 of', 'Which proxy is this', 'Working', 'help'];
const help = 'you are here';

/** Seconds. */
export interface Started {
  readonly frame: number;
  readonly keys: number;
}

async function start(program: string, folder: string): Promise<Started> {
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
  terminal.write('?');
  const ended = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  let seen = '';
  let framed: number | null = null;
  const started = await new Promise<Started>((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(`it did not come: ${JSON.stringify(seen.slice(0, 400))}`)), patienceMs);
    terminal.onData((text) => {
      const now = (performance.now() - begun) / 1000;
      seen += text;
      if (framed === null && frame.every((one) => seen.includes(one))) framed = now;
      if (framed === null || !seen.includes(help)) return;
      clearTimeout(patience);
      resolve({ frame: framed, keys: now });
    });
  }).finally(() => terminal.kill('SIGKILL'));
  await ended;
  return started;
}

/** Medians over `rounds`, after one that fills the caches. */
export async function measureStart(program: string, idle: Command, rounds: number): Promise<Started & { readonly idle: number }> {
  const idles: number[] = [];
  const starts: Started[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-frame-'));
    try {
      const { seconds } = await run(idle);
      const started = await start(program, folder);
      if (round === 0) continue;
      idles.push(seconds);
      starts.push(started);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
  return { idle: median(idles), frame: median(starts.map((one) => one.frame)), keys: median(starts.map((one) => one.keys)) };
}
