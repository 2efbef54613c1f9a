/** A big file is searched in a thread of its own: what is passed on is the same, line for line, as when all is done in one thread. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Host } from '../../../src/host/host.ts';
import { localHost } from '../../../src/host/local.ts';
import { threadsToUse } from '../../../src/host/threads.ts';
import { scanErrorLog } from '../../../src/httpd/error-log/scan.ts';
import { randomFrom } from '../../bench/error-log-lines.ts';
import { httpdTime } from './render.ts';

const folder = mkdtempSync(join(tmpdir(), 'apart-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => void vi.stubEnv('PROXY_DOCTOR_THREADS', '2'));
afterEach(() => void vi.unstubAllEnvs());

const start = Date.UTC(2026, 10, 21, 6);
const head = (n: number): string => `[${httpdTime(start + n, 6)}]`;
const ours = (n: number): string =>
  `${head(n)} [proxy:error] [pid 7:tid 8] [client 203.0.113.7:4000] AH00898: Error reading from remote server returned by /n/${n}`;
const other = (n: number): string => `${head(n)} [php:warn] [pid 7:tid 8] PHP Warning: proxy failed on line ${n}`;

interface Read {
  readonly entries: readonly string[];
  readonly summary: unknown;
}

async function read(path: string, apart: boolean, host: Host = localHost('proxy')): Promise<Read> {
  const entries: string[] = [];
  const summary = await scanErrorLog(host, path, { apartFrom: apart ? 1 : Number.POSITIVE_INFINITY }, (entry, line) =>
    entries.push(`${line} ${entry.raw}`),
  );
  return { entries, summary };
}

async function both(content: string | Buffer): Promise<readonly [Read, Read]> {
  const path = join(folder, 'error.log');
  writeFileSync(path, content);
  return [await read(path, true), await read(path, false)];
}

describe('a thread of its own', () => {
  test('few of many lines are ours', async () => {
    const random = randomFrom(7);
    const lines = Array.from({ length: 60_000 }, (_, n) => (random() < 0.03 ? ours(n) : other(n)));
    const [apart, here] = await both(`${lines.join('\n')}\n`);
    expect(here.entries.length).toBeGreaterThan(1000);
    expect(apart).toEqual(here);
  });

  test('every line is ours: more than one batch holds, many times over', async () => {
    const [apart, here] = await both(Array.from({ length: 60_000 }, (_, n) => `${ours(n)}\n`).join(''));
    expect(here.entries).toHaveLength(60_000);
    expect(apart).toEqual(here);
  });

  test.each([
    ['a line that is not at its end', `${ours(1)}\n${ours(2)}`],
    ['a hole of zeros', Buffer.concat([Buffer.alloc(700_000), Buffer.from(`${ours(1)}\n`)])],
    ['lines too long, one of them the last', `${ours(1)}${'x'.repeat(300_000)}\n${ours(2)}\n${ours(3)}${'y'.repeat(900_000)}`],
    ['a line without an end that began before', `${other(0)}\n${'z'.repeat(2_000_000)}`],
    ['long lines that fill a batch with few', Array.from({ length: 60 }, (_, n) => `${ours(n)}${'x'.repeat(60_000)}\n`).join('')],
    ['nothing', ''],
  ])('%s', async (_name, content) => {
    const [apart, here] = await both(content);
    expect(apart).toEqual(here);
  });

  test('a file that is cut off before it is read to its end: what was left of it, and that it was', async () => {
    const path = join(folder, 'cut.log');
    writeFileSync(path, Array.from({ length: 5000 }, (_, n) => `${ours(n)}\n`).join(''));
    const local = localHost('proxy');
    const host: Host = {
      ...local,
      openFile: async (name) => {
        const file = await local.openFile?.(name);
        if (file === undefined) throw new Error('no file');
        // As if the rest went while the first part was read.
        truncateSync(path, 100 * (ours(0).length + 1) + 10);
        return file;
      },
    };
    const { entries, summary } = await read(path, true, host);
    expect(entries.length).toBeGreaterThanOrEqual(90);
    expect(entries.at(0)).toContain('/n/0');
    expect(summary).toMatchObject({ notes: [expect.stringContaining('cut off while it was read')] });
  });

  test('what a reader of entries throws ends the scan, and the thread', async () => {
    const path = join(folder, 'thrown.log');
    writeFileSync(path, Array.from({ length: 30_000 }, (_, n) => `${ours(n)}\n`).join(''));
    const scan = scanErrorLog(localHost('proxy'), path, { apartFrom: 1 }, () => {
      throw new Error('enough');
    });
    await expect(scan).rejects.toThrow('enough');
  });

  test('an abort ends it', async () => {
    const path = join(folder, 'aborted.log');
    writeFileSync(path, Array.from({ length: 30_000 }, (_, n) => `${ours(n)}\n`).join(''));
    const abort = new AbortController();
    const scan = scanErrorLog(localHost('proxy'), path, { apartFrom: 1, signal: abort.signal }, () => abort.abort(new Error('stop')));
    await expect(scan).rejects.toThrow('stop');
  });
});

describe('how many threads', () => {
  test.each([
    ['1', 1],
    ['2', 2],
    ['5', 5],
  ])('PROXY_DOCTOR_THREADS=%s is the cap', (cap, threads) => {
    expect(threadsToUse({ PROXY_DOCTOR_THREADS: cap })).toBe(threads);
  });

  test.each(['', '0', '-1', 'many', '1.5'])('%j sets none', (cap) => {
    expect(threadsToUse({ PROXY_DOCTOR_THREADS: cap })).toBe(threadsToUse({}));
  });
});
