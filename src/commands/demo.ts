/** `demo`: a complete rehearsal on loopback: a faulty backend, a configuration and logs that fit it, and the wizard against them. */
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { startBackend } from '../demo/backends.ts';
import { accessFormat, writeLogs } from '../demo/log-writer.ts';
import { type Scenario, scenarios } from '../demo/scenarios.ts';
import { UsageError } from '../errors.ts';
import { wrap } from '../report/wrap.ts';
import type { RawOptions } from './options.ts';
import type { Output } from './output.ts';
import { runCommand } from './run.ts';

export const defaultDemo = 'backend-down';

export async function demoCommand(wanted: string | undefined, raw: RawOptions & { list?: boolean }, io: Output): Promise<number> {
  if (raw.list === true) {
    for (const one of scenarios) io.out(`${one.id.padEnd(14)}${one.title}\n`);
    return 0;
  }
  const scenario = scenarios.find((one) => one.id === (wanted ?? defaultDemo));
  if (scenario === undefined) throw new UsageError(`there is no rehearsal ${wanted ?? ''}`, `They are: ${scenarios.map((one) => one.id).join(', ')}`);
  return rehearse(scenario, raw, io);
}

/** On a terminal with nothing to examine: says so, and lets the engineer choose a rehearsal. @param nothing why there is nothing to examine */
export async function offerDemos(raw: RawOptions, io: Output, nothing: string): Promise<number> {
  const width = (process.stderr.columns ?? 80) - 1;
  const told = (text: string): void => wrap(text, width).forEach((line) => io.err(line));
  told(nothing);
  told('On a proxy, run proxy-doctor there, or name what to look at (--error-log, --backend; see proxy-doctor run --help).');
  io.err('\nRehearsals, with a small faulty backend on a loopback port:\n');
  scenarios.forEach((one, index) => io.err(`  ${index + 1}  ${one.id.padEnd(14)}${one.title}`));
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await reader.question('\nWhich one? [1, q to leave] ')).trim();
    if (answer === 'q') return 0;
    const scenario = answer === '' ? scenarios[0] : (scenarios[Number(answer) - 1] ?? scenarios.find((one) => one.id === answer));
    if (scenario === undefined) throw new UsageError(`there is no rehearsal ${answer}`, 'Give a number of the list, or: proxy-doctor demo --list');
    reader.close();
    return await rehearse(scenario, raw, io);
  } finally {
    reader.close();
  }
}

async function rehearse(scenario: Scenario, raw: RawOptions, io: Output): Promise<number> {
  const backend = await startBackend(scenario.behaviour);
  const folder = await mkdtemp(join(tmpdir(), 'proxy-doctor-demo-'));
  // A signal ends the process past what stands in `finally`.
  const leave = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', leave);
  try {
    const name = `127.0.0.1:${backend.port}`;
    const now = Date.now();
    const { error, access } = writeLogs(scenario.requests(now, name, seeded(7)), now - 2 * 3_600_000 - 60_000);
    const paths = { error: join(folder, 'error.log'), access: join(folder, 'access.log'), config: join(folder, 'httpd.conf') };
    await writeFile(paths.error, error);
    await writeFile(paths.access, access);
    await writeFile(paths.config, configuration(folder, name));
    const options: RawOptions = { ...raw, errorLog: [paths.error], accessLog: [paths.access], proxyConfig: paths.config, backend: [name] };
    return await runCommand(undefined, options, io, { title: `Rehearsal “${scenario.id}”: ${scenario.title}. Nothing in it is real.` });
  } finally {
    await backend.close();
    leave();
    process.off('exit', leave);
  }
}

function configuration(folder: string, backend: string): string {
  return [
    `ServerRoot "${folder}"`,
    'Listen 127.0.0.1:80',
    'LoadModule proxy_module modules/mod_proxy.so',
    'LoadModule proxy_http_module modules/mod_proxy_http.so',
    'LoadModule mpm_event_module modules/mod_mpm_event.so',
    'LogLevel warn',
    'ErrorLog error.log',
    `LogFormat "${accessFormat}" timed`,
    'CustomLog access.log timed',
    'Timeout 60',
    'ProxyTimeout 60',
    `ProxyPass / http://${backend}/`,
    '',
  ].join('\n');
}

/** A small generator with a seed (mulberry32), so that a rehearsal is the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
