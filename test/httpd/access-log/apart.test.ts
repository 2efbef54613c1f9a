/** A big log is cut in a thread of its own: what is found is the same, line for line, as when all is done in one thread. */
import { appendFileSync, closeSync, mkdtempSync, openSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FileError, type Host, type OpenFile } from '../../../src/host/host.ts';
import { localHost } from '../../../src/host/local.ts';
import { openLocalFile } from '../../../src/host/open-file.ts';
import { readApart } from '../../../src/httpd/access-log/apart.ts';
import { compileLogFormat } from '../../../src/httpd/access-log/compile.ts';
import type { Cutter } from '../../../src/httpd/access-log/cutter.ts';
import { entryOf } from '../../../src/httpd/access-log/entry.ts';
import { longestLine } from '../../../src/httpd/access-log/lines.ts';
import { readAccessLog } from '../../../src/httpd/access-log/read.ts';
import { scanAccessLog } from '../../../src/httpd/access-log/scan.ts';
import { chunksOf } from '../../../src/httpd/access-log/source.ts';
import type { LogFormat } from '../../../src/httpd/access-log/steps.ts';
import { openLogSources } from '../../../src/httpd/error-log/sources.ts';
import { accessTime } from '../../checks/logs/log-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'apart-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => void vi.stubEnv('PROXY_DOCTOR_THREADS', '2'));
afterEach(() => void vi.unstubAllEnvs());

const start = Date.UTC(2026, 10, 22, 6);
const timed = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D';
const line = (n: number): string =>
  `203.0.113.${n % 250} - - [${accessTime(start + n * 200)}] "GET /shop/${n % 90}/é${n} HTTP/1.1" ${n % 7 === 0 ? 502 : 200} ${n} "-" "curl/8 \\"x\\"" ${n * 31}`;
const forwarded = (n: number): string => `198.51.100.7, 10.0.0.${n % 9} www.example.org:443 ${line(n)} X=${n % 2 === 0 ? '+' : '-'} k=${n % 5}`;
/** A wall clock without a zone: only the host can tell what moment that is. */
const zoneless = (n: number): string => `2026-11-${10 + (n % 20)} 06:34:${10 + (n % 50)}.250 10.0.0.1 "POST /u/${n}?a=1 HTTP/1.1" 200 ${n}`;
const zonelessFormat = '%{%F %T}t.%{msec_frac}t %h "%r" %>s %b';
const zoneOf = (wallClock: number): number => (wallClock % 120_000 < 60_000 ? 60 : 120);

interface Read {
  readonly seen: readonly string[];
  readonly scanned: unknown;
}

const shown = (cut: Cutter): string =>
  JSON.stringify([entryOf(cut), cut.zone, Buffer.from(cut.bytes.subarray(cut.lineStart, cut.lineEnd)).toString('latin1')]);
const named = <T extends { readonly formats: readonly LogFormat[] }>(scanned: T) => ({
  ...scanned,
  formats: scanned.formats.map((format) => format.source),
});

interface Wanted {
  readonly format?: string;
  readonly from?: number;
  readonly to?: number;
  readonly atOnce?: number;
  /** What happens to the file between its opening and its reading. */
  readonly meanwhile?: (path: string) => void;
}

let logs = 0;

async function read(content: string | Buffer, wanted: Wanted, apart: boolean): Promise<Read> {
  const path = join(folder, `access-${logs++}.log`);
  writeFileSync(path, content);
  const file = await openLocalFile(path);
  wanted.meanwhile?.(path);
  const piece = { file, from: Math.min(wanted.from ?? 0, file.info.size), to: Math.min(wanted.to ?? Infinity, file.info.size) };
  const options = { format: wanted.format === undefined ? null : compileLogFormat(wanted.format), zoneOf };
  const seen: string[] = [];
  const visit = (cut: Cutter): void => void seen.push(shown(cut));
  if (!apart) return { seen, scanned: named(await scanAccessLog(chunksOf(piece, undefined), options, visit)) };
  try {
    const scanned = await readApart(piece, file.descriptor ?? -1, options, visit, wanted.atOnce);
    if (scanned === null) throw new Error('no thread');
    return { seen, scanned: named(scanned) };
  } finally {
    await file.close();
  }
}

async function expectSame(content: string | Buffer, wanted: Wanted = {}): Promise<Read> {
  const here = await read(content, wanted, false);
  expect(await read(content, wanted, true)).toEqual(here);
  return here;
}

const many = (count: number, make: (n: number) => string, end = '\n'): string => Array.from({ length: count }, (_, n) => make(n) + end).join('');

describe('lines cut in a thread of their own', () => {
  test('whatever the lines are, wherever the piece begins and ends, and wherever reads are split', async () => {
    const made = fc.constantFrom(line, forwarded, zoneless, () => '', () => 'no access log', (n: number) => `${line(n)}\r`, (n: number) => line(n).slice(0, -7));
    const content = fc
      .array(fc.tuple(made, fc.integer({ min: 1, max: 90 })), { minLength: 1, maxLength: 5 })
      .map((runs) => runs.map(([make, count]) => many(count, make)).join(''));
    const cutOff = fc.constantFrom(0, 1, 30);
    const place = fc.nat(20_000);
    await fc.assert(
      fc.asyncProperty(
        content,
        cutOff,
        fc.option(place, { nil: 0 }),
        fc.option(place, { nil: Infinity }),
        fc.integer({ min: 20, max: 3000 }),
        fc.constantFrom(undefined, timed, zonelessFormat),
        async (text, off, from, length, atOnce, format) => {
          const wanted = { from, to: from + length, atOnce, ...(format === undefined ? {} : { format }) };
          await expectSame(text.slice(0, text.length - off), wanted);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  test.each([
    ['more than the ring holds, many times over', many(40_000, line), {}],
    ['so short that a batch is full before its chunk is at its end', many(200_000, (n) => `9 ${200 + (n % 9)} [22/Nov/2026:06:00:00 +0000]`), { format: '%h %>s %t' }],
    ['fields of which a batch holds few', many(9000, forwarded), {}],
    ['without a zone', many(9000, zoneless), { format: zonelessFormat }],
    ['ended by carriage returns too', many(9000, line, '\r\r\n'), {}],
    ['longer than a chunk', `${many(300, line)}${line(1).replace('curl', 'x'.repeat(900_000))}\n${many(300, line)}`, {}],
    ['one after the other longer than a chunk', many(6, (n) => line(n).replace('curl', 'x'.repeat(700_000))), { format: timed }],
    ['too long to be looked at', `${many(300, line)}${'y'.repeat(3 * longestLine)}\n${many(300, line)}${'z'.repeat(longestLine)}`, {}],
    ['of no format that is known', many(5000, (n) => `what ${n}`), {}],
    ['of another format than was named', many(5000, line), { format: '%h %D %>s' }],
  ])('%s', async (_name, content, wanted) => {
    const { scanned } = await expectSame(content, wanted);
    expect(scanned).toMatchObject({ bytes: Buffer.byteLength(content) });
  });

  test('nothing', async () => {
    expect(await expectSame('')).toMatchObject({ seen: [], scanned: { lines: 0 } });
  });

  test('a log that grows while it is read is read to where it ended when it was opened', async () => {
    const { seen } = await expectSame(many(3000, line), { meanwhile: (path) => appendFileSync(path, many(500, line)) });
    expect(seen).toHaveLength(3000);
  });

  test('a log that is cut off while it is read', async () => {
    const { seen } = await expectSame(many(3000, line), { meanwhile: (path) => truncateSync(path, 5000) });
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.length).toBeLessThan(60);
  });

  test('a log that is rotated while it is read is read under its new name', async () => {
    const rotate = (path: string): void => {
      renameSync(path, `${path}.1`);
      writeFileSync(path, many(10, zoneless));
    };
    const { seen } = await expectSame(many(3000, line), { meanwhile: rotate });
    expect(seen).toHaveLength(3000);
  });

  test('a disk that fails is said to', async () => {
    const path = join(folder, 'failing.log');
    writeFileSync(path, many(100, line));
    const opened = await openLocalFile(path);
    const directory = openSync(folder, 'r');
    const failing = (read: OpenFile['read']) =>
      readApart({ file: { ...opened, read }, from: 0, to: opened.info.size }, directory, { format: null }, () => {});
    try {
      await expect(failing(() => Promise.reject(new FileError('EIO', path, 'an input/output error')))).rejects.toThrow('an input/output error');
      await expect(failing(opened.read)).rejects.toThrow('it could not be read to its end');
    } finally {
      closeSync(directory);
      await opened.close();
    }
  });
});

describe('reading one log', () => {
  async function sourceOf(name: string, content: string | Buffer) {
    const path = join(folder, name);
    writeFileSync(path, content);
    const [source] = (await openLogSources(localHost('proxy'), [path])).sources;
    if (source === undefined) throw new Error('no source');
    return source;
  }
  const options = { since: null, until: null, format: null, zoneOf, apartFrom: 1 };

  /** How often the file was read from here, and not from a thread. */
  function watched(): { readonly host: Host; readonly reads: () => number } {
    const local = localHost('proxy');
    let reads = 0;
    const openFile = async (path: string): Promise<OpenFile> => {
      const file = await openLocalFile(path);
      return {
        ...file,
        read: (...args) => {
          reads += 1;
          return file.read(...args);
        },
      };
    };
    return { host: { ...local, openFile }, reads: () => reads };
  }

  test.each([
    ['a core is to spare', '2', 1, true],
    ['there is none', '1', 1, false],
    ['the log is small', '2', Infinity, false],
  ])('%s', async (_name, threads, from, apart) => {
    vi.stubEnv('PROXY_DOCTOR_THREADS', threads);
    const { host, reads } = watched();
    const source = await sourceOf('one.log', many(2000, line));
    const seen: string[] = [];
    const scanned = await readAccessLog(host, source, { ...options, apartFrom: from }, (cut) => void seen.push(shown(cut)));
    expect(scanned).toMatchObject({ lines: 2000, notRead: 0 });
    expect(seen).toHaveLength(2000);
    expect(reads() === 0).toBe(apart);
  });

  test('what is packed, or comes from standard input, is read as ever', async () => {
    const host = localHost('proxy');
    const text = many(2000, line);
    const packed = await sourceOf('packed.log.gz', gzipSync(text));
    const stream = (async function* () {
      yield Buffer.from(text);
    })();
    const piped = { ...packed, path: '-', kind: 'stdin' as const, stream };
    for (const source of [packed, piped]) expect(await readAccessLog(host, source, options, () => {})).toMatchObject({ lines: 2000, notRead: 0 });
  });

  test('what counts the lines may throw, or be stopped: that ends the thread, and closes the file', async () => {
    const source = await sourceOf('stopped.log', many(30_000, line));
    const closed: string[] = [];
    const host: Host = {
      ...localHost('proxy'),
      openFile: async (path) => {
        const file = await openLocalFile(path);
        return { ...file, close: () => file.close().then(() => void closed.push(path)) };
      },
    };
    const throwing = readAccessLog(host, source, options, () => {
      throw new Error('enough');
    });
    await expect(throwing).rejects.toThrow('enough');
    const abort = new AbortController();
    const stopped = readAccessLog(host, source, { ...options, signal: abort.signal }, () => abort.abort(new Error('stop')));
    await expect(stopped).rejects.toThrow('stop');
    expect(closed).toHaveLength(2);
  });
});
