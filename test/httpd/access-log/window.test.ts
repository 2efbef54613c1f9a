import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localHost } from '../../../src/host/local.ts';
import type { Host } from '../../../src/host/host.ts';
import { openLogSources } from '../../../src/httpd/error-log/sources.ts';
import { edgesOf, openAccessLog } from '../../../src/httpd/access-log/source.ts';
import { scanAccessLog } from '../../../src/httpd/access-log/scan.ts';
import { accessTime } from '../../checks/logs/log-text.ts';

const start = Date.UTC(2026, 10, 22);
const host: Host = localHost('proxy');
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'access-log-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function sourceOf(name: string, content: string | Buffer) {
  const path = join(folder, name);
  await writeFile(path, content);
  const [source] = (await openLogSources(host, [path])).sources;
  if (source === undefined) throw new Error('no source');
  return source;
}

async function startsOf(name: string, content: string | Buffer, since: number | null, until: number | null) {
  const source = await sourceOf(name, content);
  const bytes = await openAccessLog(host, source, { since, until, format: null, zoneOf: () => 0 });
  const starts: number[] = [];
  const scanned = await scanAccessLog(bytes.chunks, { format: null }, (cut) => {
    if ((since === null || cut.start >= since) && (until === null || cut.start <= until)) starts.push(cut.start);
  });
  return { starts, scanned, partial: bytes.partial };
}

const padding = 'x'.repeat(300);
/** Written when requests end: every fiftieth began a minute earlier than its neighbours. */
const line = (i: number): string =>
  `10.0.0.${i % 200} - - [${accessTime(start + i * 1000 - (i % 50 === 0 ? 60_000 : 0))}] "GET /a/${i} HTTP/1.1" 200 17 "-" "${padding}"`;

describe('a window in a big log', () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => line(i));
  const text = `${lines.join('\n')}\n`;
  const inside = (since: number | null, until: number | null): number =>
    lines.filter((_, i) => {
      const at = start + i * 1000 - (i % 50 === 0 ? 60_000 : 0);
      return (since === null || at >= since) && (until === null || at <= until);
    }).length;

  test.each([
    ['its end', start + 55_000_000, null],
    ['its middle', start + 20_000_000, start + 21_000_000],
    ['its beginning', null, start + 1_000_000],
    ['before it', start - 9_000_000, null],
  ])('%s: no request is missed, and little else is read', async (_, since, until) => {
    const { starts, scanned, partial } = await startsOf('big.log', text, since, until);
    expect(starts).toHaveLength(inside(since, until));
    expect(scanned.notRead).toBe(0);
    const all = since === null ? until === null : since <= start;
    expect(partial).toBe(!all);
    expect(scanned.bytes).toBeLessThanOrEqual(all ? text.length : text.length / 2);
  });

  test('a window after it: nothing', async () => {
    expect((await startsOf('big.log', text, start + 90_000_000, null)).starts).toEqual([]);
  });
});

test('a packed log is read whole', async () => {
  const { starts } = await startsOf('old.log.gz', gzipSync(`${Array.from({ length: 500 }, (_, i) => line(i)).join('\n')}\n`), null, null);
  expect(starts).toHaveLength(500);
});

test('the edges of a log show its first and last lines', async () => {
  const text = `${Array.from({ length: 5000 }, (_, i) => line(i)).join('\n')}\n`;
  const edges = await edgesOf(host, await sourceOf('edges.log', text));
  expect(edges.head.toString().startsWith(line(0))).toBe(true);
  expect(edges.tail.toString().endsWith(`${line(4999)}\n`)).toBe(true);
  expect(edges.tail.toString().startsWith('10.0.0.')).toBe(true);
  const packed = await edgesOf(host, await sourceOf('edges.log.gz', gzipSync(text)));
  expect(packed.head.toString().startsWith(line(0))).toBe(true);
});
