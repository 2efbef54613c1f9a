/**
 * What an unattended run takes beyond its checks: its time against the longest chain of checks of which each began when the one before had
 * ended. Nothing that runs side by side counts twice.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Ran {
  readonly check: string;
  readonly from: number;
  readonly to: number;
}

export interface UnattendedRun {
  readonly seconds: number;
  readonly chainSeconds: number;
  readonly chain: readonly string[];
  readonly checks: number;
  readonly diagnosis: string;
}

/** The chain with the greatest sum of durations. */
export function longestChain(ran: readonly Ran[]): { readonly ms: number; readonly checks: readonly string[] } {
  const ordered = [...ran].sort((left, right) => left.to - right.to);
  const best: { readonly ms: number; readonly checks: readonly string[] }[] = [];
  for (const [index, each] of ordered.entries()) {
    let before: { readonly ms: number; readonly checks: readonly string[] } = { ms: 0, checks: [] };
    for (let earlier = 0; earlier < index; earlier += 1) {
      const sofar = best[earlier];
      if (sofar !== undefined && (ordered[earlier]?.to ?? Infinity) <= each.from && sofar.ms >= before.ms) before = sofar;
    }
    best.push({ ms: before.ms + each.to - each.from, checks: [...before.checks, each.check] });
  }
  return best.reduce((most, each) => (each.ms > most.ms ? each : most), { ms: 0, checks: [] });
}

/** A run on loopback: a port where nothing listens, and logs that say so. */
export async function measureUnattended(program: string): Promise<UnattendedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-run-'));
  try {
    const port = await freePort();
    const backend = `127.0.0.1:${port}`;
    const now = Date.now();
    const times = Array.from({ length: 200 }, (_, index) => new Date(now - (200 - index) * 1000));
    writeFileSync(
      join(folder, 'error.log'),
      times
        .map(
          (at) =>
            `[${at.toISOString().slice(0, 19).replace('T', ' ')}.000000] [proxy:error] [pid 7:tid 7] (111)Connection refused: AH00957: http: attempt to connect to ${backend} (${backend}) failed\n`,
        )
        .join(''),
    );
    const argv = [
      program,
      'run',
      '--no-input',
      '--json',
      '--backend',
      backend,
      '--error-log',
      join(folder, 'error.log'),
      '--state-dir',
      folder,
    ];
    const begun = performance.now();
    const run = spawnSync(process.execPath, argv, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' }, maxBuffer: 1 << 26 });
    const seconds = (performance.now() - begun) / 1000;
    const report = JSON.parse(run.stdout) as {
      readonly diagnoses: readonly { readonly id: string }[];
      readonly evidence: readonly { readonly check: string; readonly startedAt: string; readonly durationMs: number }[];
    };
    const ran = report.evidence.map((one) => ({
      check: one.check,
      from: Date.parse(one.startedAt),
      to: Date.parse(one.startedAt) + one.durationMs,
    }));
    const chain = longestChain(ran);
    return {
      seconds,
      chainSeconds: chain.ms / 1000,
      chain: chain.checks,
      checks: ran.length,
      diagnosis: report.diagnoses[0]?.id ?? 'none',
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of a server that was there and is gone. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address === null || typeof address === 'string' ? reject(new Error('no port')) : resolve(address.port)));
    });
  });
}
