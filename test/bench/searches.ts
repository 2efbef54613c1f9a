/**
 * Ways to find the candidate lines of an error log, side by side: what docs/decisions/0006-byte-search.md quotes.
 *
 *   node tools/run-ts.mjs test/bench/searches.ts      on 64 MiB from a seed, in memory; processor time, the least of five
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFinder, plainFinder, type Finder } from '../../src/httpd/error-log/finder.ts';
import { fixedStrings, httpdNeedles } from '../../src/httpd/error-log/needles.ts';
import { parseErrorLine } from '../../src/httpd/error-log/parse.ts';
import { writeErrorLog } from './error-log-lines.ts';

const piece = 256 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'searches-'));
const path = join(folder, 'error.log');
writeErrorLog(path, { bytes: 64 * 1024 * 1024, seed: 1, share: 0.03, start: Date.UTC(2026, 10, 20), spacingMs: 30 });
const log = readFileSync(path);
rmSync(folder, { recursive: true });

/** Whole lines, about `piece` bytes of them at a time. */
function* pieces(): Iterable<Buffer> {
  for (let from = 0; from < log.length;) {
    const to = log.lastIndexOf(10, Math.min(log.length, from + piece) - 1) + 1;
    yield log.subarray(from, to);
    from = to;
  }
}

function withFinder(finder: Finder): number {
  let found = 0;
  for (const bytes of pieces()) {
    finder.memory.set(bytes, finder.begin);
    found += finder.find(finder.begin, finder.begin + bytes.length);
  }
  return found;
}

function linesIn(bytes: Buffer, hits: Iterable<number>): number {
  const lines = new Set<number>();
  for (const hit of hits) lines.add(bytes.lastIndexOf(10, hit));
  return lines.size;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
const anyNeedle = new RegExp(fixedStrings.map(escaped).join('|'), 'g');
const vectors = createFinder(httpdNeedles, piece, piece);
const plain = plainFinder(httpdNeedles, piece, piece);

const ways: Readonly<Record<string, () => number>> = {
  'vectors in WebAssembly': () => withFinder(vectors),
  'byte by byte in JavaScript': () => withFinder(plain),
  'one regular expression over decoded text': () => {
    let found = 0;
    for (const bytes of pieces())
      found += linesIn(
        bytes,
        [...bytes.toString('latin1').matchAll(anyNeedle)].map((match) => match.index),
      );
    return found;
  },
  'Buffer.indexOf, once for each needle': () => {
    let found = 0;
    for (const bytes of pieces()) {
      const hits: number[] = [];
      for (const needle of fixedStrings)
        for (let at = bytes.indexOf(needle, 0, 'latin1'); at >= 0; at = bytes.indexOf(needle, at + 1, 'latin1')) hits.push(at);
      found += linesIn(bytes, hits);
    }
    return found;
  },
  'no search: every line decoded and parsed': () => {
    let found = 0;
    for (const bytes of pieces()) for (const line of bytes.toString('utf8').split('\n')) if (parseErrorLine(line) !== null) found += 1;
    return found;
  },
};

process.stdout.write('| way | processor time | MB/s | lines found |\n| --- | --- | --- | --- |\n');
for (const [name, way] of Object.entries(ways)) {
  let best = Number.POSITIVE_INFINITY;
  let found = 0;
  for (let round = 0; round < 5; round += 1) {
    const before = process.cpuUsage();
    found = way();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  process.stdout.write(`| ${name} | ${best.toFixed(3)} s | ${Math.round(log.length / 1e6 / best)} | ${found} |\n`);
}
