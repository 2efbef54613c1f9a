/** Much at once, and much of everything: each returns what it took at several sizes, for the growth between them. */
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../src/report/schema.ts';
import { rehearsal, temporaryFolder } from '../commands/rehearsal.ts';
import { measured } from './measured.ts';

export interface Size {
  readonly size: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly bytesRead: number;
  /** What is wrong; none is good. */
  readonly wrong: readonly string[];
}

type Later = (clean: () => void) => void;

/** So many unattended runs side by side, in one state directory. Seconds: until the last is done; memory: of the largest; the rest: of all. */
export async function runsAtOnce(counts: readonly number[], later: Later): Promise<readonly Size[]> {
  const base = await rehearsal(later);
  const sizes: Size[] = [];
  for (const size of counts) {
    const state = join(base.folder, `at-once-${size}`);
    mkdirSync(state);
    const begun = performance.now();
    const all = await Promise.all(Array.from({ length: size }, () => measured(['run', ...base.options, '--no-input', '--json', '--state-dir', state])));
    const seconds = (performance.now() - begun) / 1000;
    const wrong = all.flatMap(({ status, stdout, stderr }) => {
      const first = stdout === '' ? undefined : (JSON.parse(stdout) as Report).diagnoses[0];
      return status === 0 && first?.id === 'backend-not-running' ? [] : [`${status} ${first?.id ?? stderr}`];
    });
    const listed = (await measured(['cases', '--state-dir', state])).stdout.split('\n').filter((line) => line.includes(' diagnosed ')).length;
    if (listed !== size) wrong.push(`${listed} of ${size} cases are listed as diagnosed`);
    sizes.push({ ...together(size, seconds, all), wrong });
  }
  return sizes;
}

/** An error log of so many megabytes: one outage an hour, in between what a busy proxy writes. Made, read once, and removed. */
export async function logs(megabytes: readonly number[], later: Later): Promise<readonly Size[]> {
  const folder = temporaryFolder(later);
  const sizes: Size[] = [];
  for (const size of megabytes) {
    const path = join(folder, 'error.log');
    const lines = writeLog(path, size * 1_000_000);
    const ran = await measured(['check', 'error-log', '--offline', '--error-log', path, '--json', '--time-limit', '10m']);
    rmSync(path);
    const data = ran.stdout === '' ? null : (JSON.parse(ran.stdout) as { status: string; data: { lines: number } | null; summary: string });
    const wrong = data?.data?.lines === lines ? [] : [`${data?.status ?? ran.stderr}: ${data?.data?.lines ?? 0} of ${lines} lines read; ${data?.summary ?? ''}`];
    sizes.push({ ...together(size, ran.seconds, [ran]), wrong });
  }
  return sizes;
}

/** Blocks of one hour each; the hour's digits are put into place in the bytes. @returns lines */
export function writeLog(path: string, bytes: number): number {
  const block = blockOfOneHour();
  const file = openSync(path, 'wx', 0o600);
  let written = 0;
  let lines = 0;
  try {
    for (let hour = 0; written < bytes; hour += 1) {
      const at = new Date(Date.UTC(2026, 0, 1) + hour * 3_600_000);
      // Fri Jan 02 13: the same length in every hour.
      const stamp = Buffer.from(`${at.toUTCString().slice(0, 3)} ${at.toUTCString().slice(8, 11)} ${at.toUTCString().slice(5, 7)} ${at.toUTCString().slice(17, 19)}`);
      for (const start of block.stamps) stamp.copy(block.bytes, start);
      for (const start of block.years) Buffer.from(String(at.getUTCFullYear())).copy(block.bytes, start);
      let end = block.bytes.length;
      let count = block.stamps.length;
      if (written + end > bytes) {
        const cut = block.stamps.findIndex((start) => start - 1 > bytes - written);
        count = cut === -1 ? count : Math.max(1, cut);
        end = (block.stamps[count] ?? end + 1) - 1;
      }
      writeSync(file, block.bytes, 0, end);
      written += end;
      lines += count;
      if (count < block.stamps.length) break;
    }
  } finally {
    closeSync(file);
  }
  return lines;
}

function blockOfOneHour(): { bytes: Buffer; stamps: readonly number[]; years: readonly number[] } {
  const parts: string[] = [];
  const stamps: number[] = [];
  const years: number[] = [];
  let length = 0;
  for (let index = 0; index < 120_000; index += 1) {
    const second = Math.floor((index * 3600) / 120_000);
    const time = `${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.${String(index % 1000).padStart(3, '0')}000`;
    const head = `[Thu Jan 01 00:${time} 2026] `;
    stamps.push(length + 1);
    years.push(length + head.length - 6);
    const failing = index % 4000 < 40;
    const text = failing
      ? `[proxy:error] [pid 812:tid 140${index % 100}] (111)Connection refused: AH00957: http: attempt to connect to 10.0.0.${5 + (index % 3)}:8080 (10.0.0.${5 + (index % 3)}) failed`
      : `[authz_core:error] [pid 812:tid 140${index % 100}] [client 198.51.100.${index % 250}:${20_000 + (index % 40_000)}] AH01630: client denied by server configuration: /srv/www/private/${index % 977}`;
    const line = `${head}${text}\n`;
    parts.push(line);
    length += Buffer.byteLength(line);
  }
  return { bytes: Buffer.from(parts.join('')), stamps, years };
}

/** So many cases in a state directory: listing them, and opening the newest. */
export async function cases(counts: readonly number[], later: Later): Promise<readonly Size[]> {
  const base = await rehearsal(later);
  const sizes: Size[] = [];
  let made = 0;
  const state = join(base.folder, 'many');
  mkdirSync(join(state, 'cases'), { recursive: true, mode: 0o700 });
  for (const size of counts) {
    for (; made < size - 1; made += 1) makeCase(state, made);
    const wrong: string[] = [];
    const run = await measured(['run', ...base.options, '--skip', 'tcp-connect', '--no-input', '--json', '--state-dir', state]);
    if (run.stdout === '') wrong.push(`a run beside them: ${run.stderr}`);
    const list = await measured(['cases', '--state-dir', state]);
    const listed = list.stdout.trimEnd().split('\n').length;
    const report = await measured(['report', '--state-dir', state, '--verify']);
    if (report.status !== 0) wrong.push(`the newest is not found: ${report.stderr}`);
    if (listed !== size) wrong.push(`${listed} of ${size} are listed`);
    // The run itself stays for the next size as one of them.
    made += 1;
    sizes.push({ ...together(size, list.seconds, [list]), wrong });
  }
  return sizes;
}

function makeCase(state: string, index: number): void {
  const id = `20251122-${String(100_000 + (index % 86_400)).slice(1).padStart(6, '0')}-${index.toString(16).padStart(5, '0')}`;
  mkdirSync(join(state, 'cases', id));
  const summary = { id, startedAt: '2025-11-22T03:00:00Z', host: 'px', flow: 'mod-proxy-http', state: 'diagnosed', diagnosis: 'backend-not-running (likely)' };
  writeFileSync(join(state, 'cases', id, 'summary.json'), JSON.stringify(summary));
}

/** A configuration with so many backends, all failing in the log. At most five are examined; how many are left out is said. */
export async function backends(counts: readonly number[], later: Later): Promise<readonly Size[]> {
  const base = await rehearsal(later);
  const sizes: Size[] = [];
  for (const size of counts) {
    const folder = join(base.folder, `backends-${size}`);
    mkdirSync(join(folder, 'state'), { recursive: true, mode: 0o700 });
    const now = Date.now();
    const name = (index: number): string => `127.${10 + (index >> 8)}.${index & 255}.1:9`;
    const log = Array.from({ length: size * 20 }, (_, index) => {
      const at = new Date(now - (size * 20 - index) * (1_800_000 / (size * 20)));
      const text = at.toString();
      const stamp = `${text.slice(0, 3)} ${text.slice(4, 7)} ${text.slice(8, 10)} ${text.slice(16, 24)}.000000 ${text.slice(11, 15)}`;
      const backend = name(index % size);
      return `[${stamp}] [proxy:error] [pid 812:tid 1401] (111)Connection refused: AH00957: http: attempt to connect to ${backend} (${backend.split(':')[0] ?? ''}) failed\n`;
    });
    writeFileSync(join(folder, 'error.log'), log.join(''));
    const routes = Array.from({ length: size }, (_, index) => `ProxyPass /app${index}/ http://${name(index)}/`).toReversed();
    writeFileSync(join(folder, 'httpd.conf'), `ServerRoot "${folder}"\nListen 127.0.0.1:80\nErrorLog error.log\n${routes.join('\n')}\n`);
    const skipped = ['proxy-version', 'proxy-resources', 'backend-process', 'interface-errors', 'reachability', 'tcp-connect'].flatMap((check) => ['--skip', check]);
    const ran = await measured(['run', '--no-input', '--json', '--proxy-config', join(folder, 'httpd.conf'), '--error-log', join(folder, 'error.log'), ...skipped, '--state-dir', join(folder, 'state')]);
    const wrong: string[] = [];
    if (ran.stdout === '') wrong.push(ran.stderr);
    else {
      const report = JSON.parse(ran.stdout) as Report;
      const found = (report.evidence.find((one) => one.check === 'proxy-config')?.data as { backends: unknown[] } | null)?.backends.length ?? 0;
      if (found < size) wrong.push(`${found} of ${size} backends were found in the configuration`);
      const examined = new Set(report.evidence.map((one) => one.subject).filter((one) => one !== null));
      if (examined.size > 5) wrong.push(`${examined.size} backends were examined`);
    }
    sizes.push({ ...together(size, ran.seconds, [ran]), wrong });
  }
  return sizes;
}

function together(size: number, seconds: number, all: readonly Omit<Size, 'size' | 'seconds' | 'wrong'>[]): Omit<Size, 'wrong'> {
  const sum = (of: (one: Omit<Size, 'size' | 'seconds' | 'wrong'>) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    size,
    seconds,
    cpuSeconds: sum((one) => one.cpuSeconds),
    peakBytes: Math.max(...all.map((one) => one.peakBytes)),
    bytesRead: sum((one) => one.bytesRead),
  };
}

/** Sentences where the time grew faster than the size. `slack`: of a shared machine. */
export function growth(what: string, sizes: readonly Size[], slack = 1.15): string[] {
  return sizes.slice(1).flatMap((one, index) => {
    const before = sizes[index];
    if (before === undefined) return [];
    const [size, time] = [one.size / before.size, one.cpuSeconds / before.cpuSeconds];
    return time <= size * slack ? [] : [`${what}: ${before.size} → ${one.size} is ${size.toFixed(1)} times as much and took ${time.toFixed(1)} times the processor time`];
  });
}
