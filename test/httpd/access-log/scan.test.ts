import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileLogFormat, parserOf } from '../../../src/httpd/access-log/compile.ts';
import { entryOf } from '../../../src/httpd/access-log/entry.ts';
import type { AccessEntry } from '../../../src/httpd/access-log/entry.ts';
import { Lines, longestLine, type LineVisitor } from '../../../src/httpd/access-log/lines.ts';
import { scanAccessLog } from '../../../src/httpd/access-log/scan.ts';
import type { Scanned } from '../../../src/httpd/access-log/scan.ts';
import { chunksOf } from './read.ts';

async function scan(
  text: string | Buffer,
  format: string | null = null,
  size = 1000,
): Promise<{ entries: AccessEntry[]; scanned: Scanned }> {
  const entries: AccessEntry[] = [];
  const scanned = await scanAccessLog(chunksOf(text, size), { format: format === null ? null : compileLogFormat(format) }, (cut) => {
    entries.push(entryOf(cut));
  });
  return { entries, scanned };
}

async function eachLine(chunks: AsyncIterable<Uint8Array>, visit: LineVisitor): Promise<Lines> {
  const lines = new Lines(visit);
  for await (const chunk of chunks) if (!lines.push(chunk)) return lines;
  lines.end();
  return lines;
}

const common = (i: number): string =>
  `10.0.0.${i % 250} - - [22/Nov/2026:06:${String(10 + (i % 50))}:07 +0000] "GET /a/${i} HTTP/1.1" 200 ${i}`;

describe('lines out of chunks', () => {
  test('wherever reads are split, the lines are the same', async () => {
    const line = fc.string({ maxLength: 30 }).map((text) => text.replaceAll('\n', ' '));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), fc.boolean(), async (lines, size, ended) => {
        const text = lines.join('\n') + (ended ? '\n' : '');
        const expected = text.split('\n').slice(0, text.endsWith('\n') || text === '' ? -1 : undefined);
        const seen: string[] = [];
        const read = await eachLine(chunksOf(text, size), (bytes, from, to) => {
          seen.push(Buffer.from(bytes.subarray(from, to)).toString('utf8'));
        });
        expect(seen).toEqual(expected);
        expect(read).toMatchObject({ bytes: Buffer.byteLength(text), lines: expected.length, tooLong: 0 });
      }),
      { numRuns: 150 },
    );
  });

  test('a line of 3 MB is counted and passed over, the ones around it are read', async () => {
    const long = Buffer.alloc(3 * longestLine, 0x78);
    const { entries, scanned } = await scan(
      Buffer.concat([Buffer.from(`${common(1)}\n`), long, Buffer.from(`\n${common(2)}\n`)]),
      'common',
      65_536,
    );
    expect(entries.map((entry) => entry.path)).toEqual(['/a/1', '/a/2']);
    expect(scanned.bytes).toBeGreaterThan(3 * longestLine);
  });
});

test('lines that are too long are counted, at the end of a file too', async () => {
  const long = 'x'.repeat(longestLine + 10);
  const read = async (text: string) => eachLine(chunksOf(text, 65_536), () => {});
  expect(await read(`a\n${long}\nb\n`)).toMatchObject({ lines: 3, tooLong: 1 });
  expect(await read(`a\n${long}`)).toMatchObject({ lines: 2, tooLong: 1 });
});

describe('a scan', () => {
  test('reads a file whose format nobody named', async () => {
    const { entries, scanned } = await scan(Array.from({ length: 500 }, (_, i) => common(i)).join('\n') + '\n');
    expect(entries).toHaveLength(500);
    expect(entries[499]?.path).toBe('/a/499');
    expect(scanned).toMatchObject({ lines: 500, notRead: 0, givenDoesNotFit: false });
  });

  test('two formats in one file are both read', async () => {
    const vhosts = (i: number): string => `www.example.org:80 ${common(i)} "-" "curl/8"`;
    const lines = Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? vhosts(i) : common(i)));
    const { entries, scanned } = await scan(`${lines.join('\n')}\n`);
    expect(scanned.formats.map((format) => format.source)).toEqual([
      '%h %l %u %t "%r" %>s %b',
      '%v:%p %h %l %u %t "%r" %>s %b "%{-}n" "%{-}n"',
    ]);
    // The first strays were needed to see their format.
    expect(entries.length + scanned.notRead).toBe(600);
    expect(scanned.notRead).toBeLessThanOrEqual(40);
  });

  test('a given format that does not fit is said to, and the right one is used', async () => {
    const { entries, scanned } = await scan(`${Array.from({ length: 50 }, (_, i) => common(i)).join('\n')}\n`, '%h %D %>s');
    expect(scanned.givenDoesNotFit).toBe(true);
    expect(entries).toHaveLength(50);
  });

  test('what is no access log is counted as not read', async () => {
    const { entries, scanned } = await scan('a\nb\nc\n\n');
    expect(entries).toHaveLength(0);
    expect(scanned).toMatchObject({ lines: 3, notRead: 3, notReadSample: 'a', formats: [] });
  });

  test('an empty file is an empty file', async () => {
    const { scanned } = await scan('');
    expect(scanned).toMatchObject({ lines: 0, notRead: 0, bytes: 0 });
  });

  test('the visitor can stop it', async () => {
    let seen = 0;
    await scanAccessLog(
      chunksOf(`${Array.from({ length: 900 }, (_, i) => common(i)).join('\n')}\n`, 500),
      { format: null },
      () => ++seen < 300,
    );
    expect(seen).toBe(300);
  });

  test('an aborted scan rejects', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(scanAccessLog(chunksOf('a\n', 1), { format: null, signal: stop.signal }, () => {})).rejects.toThrow('enough');
  });
});

describe('what httpd would write is read back', () => {
  const path = fc
    .array(fc.constantFrom('/a', '/é', '/x"y', '/\\z', '/1', '/%20', '/ü b'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(''));
  const request = fc.record({
    second: fc.integer({ min: 0, max: 59 }),
    client: fc.constantFrom('10.0.0.1', '2001:db8::1', 'host.example'),
    method: fc.constantFrom('GET', 'POST', 'OPTIONS'),
    path,
    status: fc.constantFrom(200, 304, 400, 408, 500, 502, 503, 504),
    bytes: fc.nat(1e6),
    micros: fc.nat(1e8),
    agent: fc.string({ maxLength: 20 }),
    user: fc.constantFrom('-', 'joe', 'jo e'),
  });
  /** As ap_escape_logitem does. */
  const escape = (text: string): string =>
    [...Buffer.from(text)]
      .map((byte) =>
        byte === 0x22 || byte === 0x5c
          ? `\\${String.fromCharCode(byte)}`
          : byte < 0x20 || byte > 0x7e
            ? `\\x${byte.toString(16).padStart(2, '0')}`
            : String.fromCharCode(byte),
      )
      .join('');
  const formats = [
    '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D',
    '%t %D %>s %b %h "%r" "%{User-Agent}i" %u',
    '{"t":"%t","d":%D,"s":%>s,"b":%b,"c":"%h","r":"%r","ua":"%{User-Agent}i","u":"%u"}',
  ];
  test('in any of three layouts', () => {
    fc.assert(
      fc.property(request, fc.constantFrom(...formats), (r, format) => {
        const values: Record<string, string> = {
          '%h': r.client,
          '%l': '-',
          '%u': escape(r.user),
          '%t': `[22/Nov/2026:06:34:${String(r.second).padStart(2, '0')} +0000]`,
          '%r': escape(`${r.method} ${r.path} HTTP/1.1`),
          '%>s': String(r.status),
          '%b': r.bytes === 0 ? '-' : String(r.bytes),
          '%{Referer}i': '-',
          '%{User-Agent}i': escape(r.agent),
          '%D': String(r.micros),
        };
        const line = format.replace(/%(?:\{[^}]*\})?>?[a-zA-Z]/g, (directive) => values[directive] ?? '');
        const cutter = parserOf(compileLogFormat(format));
        const bytes = Buffer.from(line);
        expect(cutter.cut(bytes, 0, bytes.length)).toBe(true);
        expect(entryOf(cutter)).toMatchObject({
          start: Date.UTC(2026, 10, 22, 6, 34, r.second),
          method: r.method,
          path: r.path,
          status: r.status,
          bytes: r.bytes,
          client: r.client,
        });
        expect(entryOf(cutter).durationMs).toBeCloseTo(r.micros / 1000, 6);
      }),
      { numRuns: 400 },
    );
  });

  test('mutated lines never throw, and work grows with length only', () => {
    const format = compileLogFormat('%{X-Forwarded-For}i %h %l %u %t "%r" %>s %b "%{Referer}i" %U %{Foo}i %D');
    const cutter = parserOf(format);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(' ', '"', '\\', '[', '1', '-', 'a', ', ', '[22/Nov/2026:06:34:39 +0000]', '" 200 '), { maxLength: 60 }),
        (parts) => {
          const bytes = Buffer.from(parts.join(''));
          cutter.cut(bytes, 0, bytes.length);
        },
      ),
      { numRuns: 500 },
    );
    // Six texts in a row and a line of nothing but blanks: trying every split would take longer than anyone lives.
    const blanks = Buffer.alloc(200_000, 0x20);
    expect(cutter.cut(blanks, 0, blanks.length)).toBe(false);
  });
});
