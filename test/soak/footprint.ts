/**
 * What a run takes of a proxy's host while the proxy is at full load: a real httpd in namespaces of its own, wrk beside it. Once for
 * processor, memory and bytes, as the run itself counts them; once more under strace for the connections it opens.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../src/report/schema.ts';
import { Lab } from '../lab/lab.ts';
import { on } from '../lab/network.ts';
import { argvOf } from '../lab/tool.ts';
import { worldNamed } from '../lab/worlds/index.ts';
import type { World } from '../lab/world.ts';
import { type Measured, measured } from './measured.ts';
import { megabytes, table } from './page.ts';
import { traced } from './trace.ts';

/** What a run may take of the proxy's host. Also in docs/reliability.md. */
export const budgets = {
  /** Of one core, the start of the program, its commands and both logs included. */
  cpuSeconds: 5,
  peakBytes: 300_000_000,
  /** Beyond one reading of each log. */
  bytesBeside: 64_000_000,
  /** To the backend, by all checks of a run together. */
  connections: 150,
  packets: 20_000,
} as const;

/** The lab's healthy world, but for a backend that drops a request now and then: so that a run goes all the way, captures included. */
const healthy = worldNamed('healthy');
const busy: World = {
  ...healthy,
  name: 'busy',
  backends: healthy.backends.map((one) => ({ ...one, plan: { rules: [{ every: 200, deed: { do: 'reset', at: 'end' } }] } })),
  logged: { error: [] },
};

export interface Footprint {
  readonly run: Measured;
  readonly logBytes: number;
  readonly connections: number;
  readonly packets: number;
  /** Requests a second that the proxy served meanwhile. */
  readonly load: number;
}

const load = ['wrk', '-t1', '-c32'];

export async function footprint(seconds: number): Promise<Footprint> {
  const lab = await Lab.open();
  try {
    const stage = await lab.build(busy);
    const px = on(stage.namespace('px'));
    const wrk = async (forSeconds: number): Promise<number> => Number(/^Requests\/sec:\s+([\d.]+)$/m.exec(await said([...px, ...load, `-d${forSeconds}s`, 'http://127.0.0.1:8080/x']))?.[1] ?? 0);
    const args = ['run', '--no-input', '--json', '--allow', 'packet-capture', '--url', 'http://127.0.0.1:8080/x', '--time-limit', '60s'];
    const state = (name: string): string[] => {
      const folder = join(stage.folder, name);
      mkdirSync(folder, { mode: 0o700 });
      return ['--state-dir', folder];
    };
    await wrk(5);
    const [served, run] = await Promise.all([wrk(seconds), measured([...args, '--nice', ...state('state-90')], px)]);
    const logBytes = [stage.errorLog, stage.accessLog].reduce((sum, path) => sum + (path === null ? 0 : statSync(path).size), 0);
    const argv = await argvOf(stage, { ...busy.runs[0], allow: ['packet-capture'], url: '/x', args: ['--time-limit', '60s'] });
    const [, trace] = await Promise.all([wrk(seconds), traced(argv)]);
    const report = JSON.parse(run.stdout) as Report;
    return {
      run,
      logBytes,
      connections: trace.connects.filter((address) => !/:(0|53)$/.test(address)).length,
      packets: report.evidence.reduce((sum, one) => sum + packetsOf(one.data), 0),
      load: served,
    };
  } finally {
    await lab.close();
  }
}

function packetsOf(data: unknown): number {
  if (typeof data !== 'object' || data === null || !('points' in data) || !Array.isArray(data.points)) return 0;
  return data.points.reduce((sum: number, point: unknown) => sum + (typeof point === 'object' && point !== null && 'packets' in point && typeof point.packets === 'number' ? point.packets : 0), 0);
}

function said([command = '', ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

export function footprintRows(done: Footprint): string[] {
  return table(
    [`beside ${Math.round(done.load).toLocaleString('en')} requests a second`, 'measured', 'budget'],
    [
      ['processor seconds', done.run.cpuSeconds.toFixed(2), budgets.cpuSeconds],
      ['peak memory', megabytes(done.run.peakBytes), megabytes(budgets.peakBytes)],
      ['bytes read', `${megabytes(done.run.bytesRead)}, logs of ${megabytes(done.logBytes)}`, `the logs once, and ${megabytes(budgets.bytesBeside)}`],
      ['connections opened', done.connections, budgets.connections],
      ['packets captured', done.packets, budgets.packets],
    ],
  );
}

export function judgeFootprint(done: Footprint): string[] {
  const { run } = done;
  const wrong: string[] = [];
  const over = (what: string, is: number, most: number): void => {
    if (is > most) wrong.push(`${what}: ${is}, more than ${most}`);
  };
  if (run.status !== 0 && run.status !== 3) wrong.push(`the run ended with ${run.status}: ${run.stderr}`);
  over('processor seconds', run.cpuSeconds, budgets.cpuSeconds);
  over('peak memory', run.peakBytes, budgets.peakBytes);
  over('bytes read', run.bytesRead, done.logBytes + budgets.bytesBeside);
  over('connections', done.connections, budgets.connections);
  over('packets', done.packets, budgets.packets);
  return wrong;
}
