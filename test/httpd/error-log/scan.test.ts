/** Reading whole logs: nothing lost, nothing twice, whatever happens to the file meanwhile. */
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../../src/host/host.ts';
import type { ErrorEntry } from '../../../src/httpd/error-log/entry.ts';
import { createFinder, plainFinder } from '../../../src/httpd/error-log/finder.ts';
import { LineScanner, scannerAtOnce, scannerRoom } from '../../../src/httpd/error-log/lines.ts';
import { httpdNeedles } from '../../../src/httpd/error-log/needles.ts';
import { parseErrorLine } from '../../../src/httpd/error-log/parse.ts';
import { scanErrorLog, type ScanOptions, type ScanSummary } from '../../../src/httpd/error-log/scan.ts';
import { openLogSources, type LogSource } from '../../../src/httpd/error-log/sources.ts';
import { makeDisk } from './disk.ts';
import { httpdTime } from './render.ts';

const start = Date.UTC(2026, 10, 21, 6);

/** Line `n` of a log: every third one is the proxy's, its path tells its number. */
function line(n: number, padding = 0): string {
  const head = `[${httpdTime(start + n * 1000, 6)}]`;
  if (n % 3 === 0)
    return `${head} [proxy:error] [pid 7:tid 8] [client 203.0.113.7:4000] AH00898: Error reading from remote server returned by /n/${n}`;
  if (n % 3 === 1)
    return `${head} [php:warn] [pid 7:tid 8] [client 203.0.113.7:4000] PHP Warning: proxy failed on line ${n}${' '.repeat(padding)}`;
  return `${head} [core:info] [pid 7:tid 8] [client 203.0.113.7:4000] AH00128: File does not exist: /var/www/${n}`;
}

const log = (from: number, to: number, padding = 0): string =>
  Array.from({ length: to - from }, (_, index) => `${line(from + index, padding)}\n`).join('');

interface Result {
  readonly summary: ScanSummary;
  /** Numbers of the events that were passed on, and the numbers of their lines. */
  readonly events: readonly number[];
  readonly lines: readonly (number | null)[];
  readonly entries: readonly ErrorEntry[];
}

async function scan(host: Host, source: LogSource | string, options: ScanOptions = {}): Promise<Result> {
  const entries: ErrorEntry[] = [];
  const lines: (number | null)[] = [];
  const summary = await scanErrorLog(host, source, options, (entry, number) => {
    entries.push(entry);
    lines.push(number);
  });
  return { summary, events: entries.map((entry) => Number(/\/n\/(\d+)/.exec(entry.path ?? '')?.[1] ?? Number.NaN)), lines, entries };
}

const everyThird = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index).filter((n) => n % 3 === 0);

describe('one file', () => {
  /** Six megabytes. */
  const long = log(0, 12_000, 1200);

  test('is counted and summed up', async () => {
    const disk = makeDisk();
    const text = `${log(0, 30)}[Sat Nov 21 06:00:30.500000 2026] [proxy:error] [pid 7:tid 8] AH19999: of tomorrow\n`;
    disk.write('/log/error.log', text);
    const { summary, events, lines } = await scan(disk.host, '/log/error.log');
    expect(events.slice(0, 10)).toEqual(everyThird(0, 30));
    expect(lines).toEqual([...everyThird(0, 30).map((n) => n + 1), 31]);
    expect(summary).toEqual({
      path: '/log/error.log',
      bytes: Buffer.byteLength(text),
      lines: 31,
      matched: 10,
      notRecognised: 1,
      from: start,
      to: start + 30_500,
      fromInstant: null,
      toInstant: null,
      layout: '2.4',
      notes: [],
    });
  });

  test('that is empty, or no error log, has neither times nor layout', async () => {
    const disk = makeDisk();
    disk.write('/log/empty', '');
    disk.write('/log/other', 'hello\nworld\n');
    expect((await scan(disk.host, '/log/empty')).summary).toMatchObject({ lines: 0, bytes: 0, from: null, layout: null });
    expect((await scan(disk.host, '/log/other')).summary).toMatchObject({ lines: 2, matched: 0, from: null, layout: null });
  });

  test("that is not there is the host's error", async () => {
    await expect(scan(makeDisk().host, '/log/error.log')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('2.2 and syslog are told by their layouts', async () => {
    const disk = makeDisk();
    disk.write('/log/22', '[Sat Nov 21 10:15:42 2009] [error] proxy: HTTP: disabled connection for (app)\n');
    disk.write('/log/syslog', 'Nov 21 10:15:42 web1 httpd[7]: [proxy:error] [pid 7] AH00940: http: disabled connection for (app)\n');
    expect((await scan(disk.host, '/log/22')).summary).toMatchObject({
      layout: '2.2',
      matched: 1,
      from: Date.UTC(2009, 10, 21, 10, 15, 42),
    });
    expect((await scan(disk.host, '/log/syslog')).summary).toMatchObject({
      layout: 'syslog',
      matched: 1,
      from: Date.UTC(2026, 10, 21, 10, 15, 42),
    });
  });

  test('more than fits into memory at once', async () => {
    const disk = makeDisk();
    disk.write('/log/error.log', long);
    const { summary, events, lines } = await scan(disk.host, '/log/error.log');
    expect(summary.bytes).toBeGreaterThan(6_000_000);
    expect(events).toEqual(everyThird(0, 12_000));
    expect(lines).toEqual(events.map((n) => n + 1));
  });

  test('can be given up', async () => {
    const disk = makeDisk();
    disk.write('/log/error.log', long);
    const controller = new AbortController();
    const reading = scan(disk.host, '/log/error.log', {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(reading).rejects.toThrow('enough');
  });

  test('says how far it is', async () => {
    const disk = makeDisk();
    disk.write('/log/error.log', long);
    const seen: (readonly [number, number | null])[] = [];
    await scan(disk.host, '/log/error.log', { onProgress: (bytes, total) => void seen.push([bytes, total]) });
    expect(seen.map(([bytes]) => bytes)).toEqual(seen.map(([bytes]) => bytes).toSorted((left, right) => left - right));
    expect(seen.at(-1)).toEqual([long.length, long.length]);
  });
});

describe('however it is cut', () => {
  const text = log(0, 24);

  test('reads of any size give the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (sizes, streamsOnly) => {
          const size = (reads: number): number => sizes[reads % sizes.length] ?? 1;
          const disk = makeDisk({ atMost: size, chunk: size, streamsOnly });
          disk.write('/log/error.log', text);
          const { events, lines, summary } = await scan(disk.host, '/log/error.log');
          expect(events).toEqual(everyThird(0, 24));
          expect(lines).toEqual(events.map((n) => n + 1));
          expect(summary).toMatchObject({ lines: 24, bytes: text.length, from: start, to: start + 23_000 });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a file that ends at any byte gives all its whole lines, and the last one as far as it goes', async () => {
    const ends: number[] = [];
    for (let at = 0; at < text.length; at += 1) if (text[at] === '\n') ends.push(at);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length }), async (length) => {
        const disk = makeDisk();
        disk.write('/log/error.log', text.slice(0, length));
        const { events, summary } = await scan(disk.host, '/log/error.log');
        const whole = ends.filter((end) => end <= length).length;
        const last = text.slice((ends[whole - 1] ?? -1) + 1, length);
        expect(events.slice(0, everyThird(0, whole).length)).toEqual(everyThird(0, whole));
        expect(events.length - everyThird(0, whole).length).toBe(last === '' || parseErrorLine(last) === null ? 0 : 1);
        expect(summary.lines).toBe(whole + (last === '' ? 0 : 1));
      }),
      { numRuns: 150 },
    );
  });
});

describe('bytes that are no text', () => {
  async function linesAround(middle: Buffer): Promise<Result> {
    const disk = makeDisk();
    disk.write('/log/error.log', Buffer.concat([Buffer.from(log(0, 3)), middle, Buffer.from(log(3, 9))]));
    return scan(disk.host, '/log/error.log');
  }

  test('a line of ten megabytes is passed over, and said', async () => {
    const { events, lines, summary } = await linesAround(Buffer.concat([Buffer.alloc(10_000_000, 'x'), Buffer.from('\n')]));
    expect(events).toEqual([0, 3, 6]);
    expect(lines).toEqual([1, 5, 8]);
    expect(summary).toMatchObject({ lines: 10, notes: ['one line was longer than 64 KiB: only the beginning was read'] });
  });

  test('a long line of the proxy itself is read as far as its beginning goes', async () => {
    const { events, summary } = await linesAround(Buffer.from(`${line(300)}${'y'.repeat(9_000_000)}\n`));
    expect(events).toEqual([0, 300, 3, 6]);
    expect(summary.lines).toBe(10);
  });

  test('a hole of zeros (a file cut off under its writer) does not swallow the line after it', async () => {
    for (const size of [1, 700, 65_536, 5_000_000]) {
      const { events, lines } = await linesAround(Buffer.alloc(size));
      expect([events, lines]).toEqual([
        [0, 3, 6],
        [1, 4, 7],
      ]);
    }
  });

  test('bytes that are no UTF-8 stand where they stood as replacement characters', async () => {
    const odd = Buffer.concat([
      Buffer.from(
        '[Sat Nov 21 06:00:02.000000 2026] [proxy:error] [pid 7:tid 8] AH00898: Error reading from remote server returned by /n/12/',
      ),
      Buffer.from([0xff, 0xc3, 0x28, 0xe2, 0x82]),
      Buffer.from('\n'),
    ]);
    const { entries } = await linesAround(odd);
    expect(entries[1]?.path).toMatch(/^\/n\/12\/\ufffd+\(\ufffd+$/);
  });

  test('any mixture of bytes is read without a word, and what was whole is found', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(line(0), line(3), 'AH00957: ', '[proxy:', '\u0000', '\r')), {
          maxLength: 30,
        }),
        async (pieces) => {
          const junk = Buffer.concat(pieces.map((piece) => Buffer.concat([Buffer.from(piece), Buffer.from('\n')])));
          const { events } = await linesAround(junk);
          expect(events[0]).toBe(0);
          expect(events.slice(-2)).toEqual([3, 6]);
        },
      ),
      { numRuns: 80 },
    );
  });
});

describe('the quick search and the plain one', () => {
  test('lead to the same entries', () => {
    const words = fc.constantFrom(
      'AH00957: ',
      'AH00128: ',
      'AH010117: x',
      'AH3305: ',
      'proxy: ',
      'HTTP: attempt to connect to a:1 (b) failed',
      '[proxy:error] ',
      '[core:error] ',
      '[ssl:error] ',
      '(24)Too many open files: ',
      'SSL Library Error: x',
      '[Sat Nov 21 06:00:02.000000 2026] ',
      '[Sat Nov 21 06:00:02 2009] [error] ',
      'caught SIGTERM, shutting down',
      'x configured -- resuming normal operations',
      ' ',
      'A',
      'AH',
      'AHAH01102: ',
      'AH5 ',
      'AH00128 ',
      'AH01961:  failed to enable ssl support [Hint: if using mod_ssl, see SSLProxyEngine]',
      '[pid 7:tid 8] ',
      'error reading response',
    );
    const lineOf = fc
      .array(fc.oneof(words, fc.string({ maxLength: 12 })), { maxLength: 7 })
      .map((parts) => parts.join('').replaceAll('\n', ''));
    const [vectors, plain] = [createFinder, plainFinder].map((create) => new LineScanner(create(httpdNeedles, scannerRoom, scannerAtOnce)));
    const scanWith = (scanner: LineScanner | undefined, text: string): readonly string[] => {
      const found: string[] = [];
      if (scanner === undefined) throw new Error('no scanner');
      scanner.begin((bytes, from, to, number) => {
        const entry = parseErrorLine(bytes.toString('utf8', from, to));
        if (entry !== null) found.push(`${number} ${entry.message} ${entry.raw}`);
      });
      scanner.push(Buffer.from(text));
      scanner.end();
      return [...found, String(scanner.lines)];
    };
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            lineOf,
            fc.nat({ max: 30 }).map((n) => line(n)),
          ),
          { maxLength: 12 },
        ),
        (lines) => {
          const text = lines.map((each) => `${each}\n`).join('');
          const direct = lines.flatMap((each, index) => {
            const entry = parseErrorLine(each);
            return entry === null ? [] : [`${index + 1} ${entry.message} ${entry.raw}`];
          });
          expect(scanWith(vectors, text)).toEqual([...direct, String(lines.length)]);
          expect(scanWith(plain, text)).toEqual([...direct, String(lines.length)]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("a log under the reader's hands", () => {
  const list = async (host: Host, since: number | null = null): Promise<readonly LogSource[]> =>
    (await openLogSources(host, ['/log/error.log'], { since })).sources;

  async function scanAll(host: Host, sources: readonly LogSource[]): Promise<Result> {
    const results: Result[] = [];
    for (const source of sources) results.push(await scan(host, source));
    const last = results.at(-1);
    if (last === undefined) throw new Error('nothing to read');
    return { ...last, events: results.flatMap((result) => result.events) };
  }

  test('that grows is read up to where it was', async () => {
    const disk = makeDisk({ atMost: () => 400 });
    disk.write('/log/error.log', log(0, 30));
    disk.beforeRead(() => disk.append('/log/error.log', log(90, 93)));
    expect((await scan(disk.host, '/log/error.log')).events).toEqual(everyThird(0, 30));
  });

  test('that is renamed while it is read is read to its end', async () => {
    const disk = makeDisk({ atMost: () => 400 });
    disk.write('/log/error.log', log(0, 30));
    disk.beforeRead((reads) => {
      if (reads !== 4) return;
      disk.rename('/log/error.log', '/log/error.log.1');
      disk.write('/log/error.log', log(30, 33));
    });
    expect((await scan(disk.host, '/log/error.log')).events).toEqual(everyThird(0, 30));
  });

  test('that is renamed after it was listed is found under its new name, also in a chain of names', async () => {
    const disk = makeDisk();
    disk.write('/log/error.log.1', log(0, 30), start + 30_000);
    disk.write('/log/error.log', log(30, 60), start + 60_000);
    const sources = await list(disk.host, start);
    expect(sources.map((source) => source.path)).toEqual(['/log/error.log.1', '/log/error.log']);
    disk.rename('/log/error.log.1', '/log/error.log.2');
    disk.rename('/log/error.log', '/log/error.log.1');
    disk.write('/log/error.log', log(60, 63));
    expect((await scanAll(disk.host, sources)).events).toEqual(everyThird(0, 60));
  });

  test('that is copied and cut off while it is read goes on in its copy', async () => {
    const disk = makeDisk({ atMost: () => 400 });
    disk.write('/log/error.log', log(0, 30));
    disk.beforeRead((reads) => {
      if (reads === 5) disk.copyTruncate('/log/error.log', '/log/error.log.1');
    });
    const { events, summary } = await scan(disk.host, (await list(disk.host))[0] ?? '');
    expect(events).toEqual(everyThird(0, 30));
    expect(summary.notes).toEqual(['it was cut off while it was read: the rest was read in /log/error.log.1']);
  });

  test('that is copied and cut off after it was listed is read in its copy', async () => {
    const disk = makeDisk();
    disk.write('/log/error.log', log(0, 30));
    const sources = await list(disk.host);
    disk.copyTruncate('/log/error.log', '/log/error.log.1');
    disk.append('/log/error.log', log(30, 33));
    expect((await scanAll(disk.host, sources)).events).toEqual(everyThird(0, 30));
  });

  test('that is cut off for good is said to have lost bytes', async () => {
    const disk = makeDisk({ atMost: () => 400 });
    disk.write('/log/error.log', log(0, 30));
    disk.beforeRead((reads) => {
      if (reads === 5) disk.truncate('/log/error.log', 0);
    });
    const { summary } = await scan(disk.host, (await list(disk.host))[0] ?? '');
    expect(summary.notes[0]).toMatch(/cut off while it was read: \d+ bytes of it were not seen/);
  });
});

describe('packed, piped, filtered elsewhere', () => {
  test('a .gz is unpacked', async () => {
    const disk = makeDisk();
    disk.write('/log/error.log.2.gz', gzipSync(log(0, 3000)));
    const { events, summary } = await scan(disk.host, '/log/error.log.2.gz');
    expect(events).toEqual(everyThird(0, 3000));
    expect(summary).toMatchObject({ lines: 3000, from: start, to: start + 2_999_000 });
  });

  test('a damaged .gz is read up to the damage, and said', async () => {
    const disk = makeDisk();
    const packed = gzipSync(log(0, 3000));
    disk.write('/log/error.log.2.gz', packed.subarray(0, packed.length - 2000));
    const { events, summary } = await scan(disk.host, '/log/error.log.2.gz');
    expect(events.length).toBeGreaterThan(50);
    expect(summary.notes[0]).toMatch(/unpacked only in part/);
  });

  test('standard input is read as it comes', async () => {
    const disk = makeDisk();
    async function* piped(): AsyncIterable<Buffer> {
      yield Buffer.from(log(0, 10));
      yield Buffer.from(log(10, 20));
    }
    const { sources } = await openLogSources(disk.host, ['-'], { stdin: piped() });
    const { events, summary } = await scan(disk.host, sources[0] ?? '');
    expect(events).toEqual(everyThird(0, 20));
    expect(summary).toMatchObject({ path: '-', lines: 20, to: start + 19_000 });
  });

  test("lines that another machine filtered give the same entries, and the file's own ends", async () => {
    const disk = makeDisk({ streamsOnly: true });
    disk.write('/log/error.log', log(1, 3002));
    const asked: string[][] = [];
    const far: Host = {
      ...disk.host,
      readMatching: async function* (path, fixed) {
        asked.push([...fixed]);
        const text = (await disk.host.readFile(path)).toString();
        for (const each of text.split('\n')) if (fixed.some((word) => each.includes(word))) yield Buffer.from(`${each}\n`);
      },
    };
    const near = await scan(disk.host, '/log/error.log');
    const { entries, summary } = await scan(far, '/log/error.log');
    expect(entries).toEqual(near.entries);
    expect(summary).toMatchObject({ from: start + 1000, to: start + 3_001_000, lines: null, matched: near.summary.matched, layout: '2.4' });
    expect(asked).toHaveLength(1);
  });
});

describe('a window of time', () => {
  const within = { since: start + 600_000, until: start + 700_000 };
  const inside = everyThird(600, 701);

  test('lines outside are not passed on', async () => {
    const disk = makeDisk();
    disk.write('/log/error.log', log(0, 2000));
    const { events, lines, summary } = await scan(disk.host, '/log/error.log', within);
    expect(events).toEqual(inside);
    expect(lines[0]).toBe((inside[0] ?? 0) + 1);
    expect(summary).toMatchObject({ from: start, to: start + 1_999_000, lines: 2000, matched: inside.length });
  });

  test("the log's zone moves it", async () => {
    const disk = makeDisk();
    disk.write('/log/error.log', log(0, 2000));
    const moved = { since: within.since - 7_200_000, until: within.until - 7_200_000, zone: 120 };
    expect((await scan(disk.host, '/log/error.log', moved)).events).toEqual(inside);
    const summer = { ...moved, zone: () => 120 };
    expect((await scan(disk.host, '/log/error.log', summer)).events).toEqual(inside);
  });

  test('a line without a time goes with the one before it', async () => {
    const disk = makeDisk();
    const bare = 'AH00940: http: disabled connection for (app)\n';
    disk.write('/log/error.log', `${log(0, 1)}${bare}${log(600, 601)}${bare}${log(900, 901)}${bare}`);
    expect((await scan(disk.host, '/log/error.log', within)).entries.map((entry) => entry.code)).toEqual(['AH00898', 'AH00940']);
  });

  /** Forty megabytes; httpd pads nothing, but time is dear. */
  const count = 24_000;
  const halves = [log(0, count / 2, 4800), log(count / 2, count, 4800)] as const;

  test('in a big file is found without reading the rest', async () => {
    const disk = makeDisk();
    disk.write('/log/error.log', halves.join(''));
    const { size } = await disk.host.stat('/log/error.log');
    expect(size).toBeGreaterThan(33_000_000);
    const from = 15_000;
    const { events, lines, summary } = await scan(disk.host, '/log/error.log', {
      since: start + from * 1000,
      until: start + (from + 600) * 1000,
    });
    expect(events).toEqual(everyThird(from, from + 601));
    expect(new Set(lines)).toEqual(new Set([null]));
    expect(summary).toMatchObject({ from: start, to: start + (count - 1) * 1000, lines: null });
    expect(disk.readBytes()).toBeLessThan(size / 4);
  });

  test('in a big file that is in no order is found by reading it all', async () => {
    const disk = makeDisk();
    disk.write('/log/error.log', halves.toReversed().join(''));
    const { events } = await scan(disk.host, '/log/error.log', { since: start + 2_000_000, until: start + 2_600_000 });
    expect(events).toEqual(everyThird(2000, 2601));
  });
});
