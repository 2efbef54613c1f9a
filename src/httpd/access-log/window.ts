/**
 * Where in a big access log a window of time begins: found by bisection. Lines are written when requests end, and show when they began;
 * the latest beginning in a block of lines is close to the moment when the block was written, as most requests are short.
 */
import type { OpenFile } from '../../host/host.ts';
import { parserOf } from './compile.ts';
import type { Cutter } from './cutter.ts';
import { recogniseFormat } from './recognise.ts';
import type { LogFormat } from './steps.ts';

/** Below this a file is read whole. */
export const bisectFrom = 16 * 1024 * 1024;
const blockBytes = 64 * 1024;
/** Narrow enough: the rest is read. */
const enough = 1024 * 1024;
/** A block without a short request may look this much too early. */
const marginMs = 60_000;
/** Requests that began in the window may end, and be written, so much later. */
const longestMs = 20 * 60_000;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Bytes of a file that hold all of a window; null: the lines' times can't be read or are in no order, so read it whole. */
export async function findAccessSpan(
  file: OpenFile,
  window: { readonly since: number | null; readonly until: number | null },
  format: LogFormat | null,
  zoneOf: (wallClock: number) => number,
): Promise<Span | null> {
  const size = file.info.size;
  const head = await linesAt(file, 0);
  const found = format ?? recogniseFormat(head.slice(0, 200).map((line) => line.toString('utf8')));
  if (found === null) return null;
  const cutter = parserOf(found, zoneOf);
  const first = latestStart(cutter, head);
  if (first === null) return null;
  const timeAt = async (position: number): Promise<number | null> => latestStart(cutter, await linesAt(file, position));
  const { since, until } = window;
  const from = since === null ? 0 : await bisect(timeAt, size, first, since - marginMs);
  const to = until === null ? size : await bisect(timeAt, size, first, until + longestMs);
  return from === null || to === null ? null : { from, to: until === null ? size : Math.min(size, to + 2 * enough) };
}

/** The greatest known position before which all is earlier than the target. */
async function bisect(
  timeAt: (position: number) => Promise<number | null>,
  size: number,
  first: number,
  target: number,
): Promise<number | null> {
  if (first >= target) return 0;
  let [low, high] = [0, size];
  let [earliest, latest] = [first, Infinity];
  while (high - low > enough) {
    const middle = Math.floor((low + high) / 2);
    const time = await timeAt(middle);
    if (time === null || time < earliest - longestMs || time > latest + longestMs) return null;
    if (time < target) [low, earliest] = [middle, time];
    else [high, latest] = [middle, time];
  }
  return low;
}

/** Whole lines of a block; the first one is left out unless the block is the file's beginning. */
async function linesAt(file: OpenFile, position: number): Promise<readonly Buffer[]> {
  const bytes = Buffer.alloc(blockBytes);
  const length = await file.read(bytes, 0, blockBytes, position);
  const lines: Buffer[] = [];
  let start = position === 0 ? 0 : bytes.indexOf(0x0a) + 1;
  for (let end = bytes.indexOf(0x0a, start); end >= 0 && end < length; end = bytes.indexOf(0x0a, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

function latestStart(cutter: Cutter, lines: readonly Buffer[]): number | null {
  let latest = -Infinity;
  for (const line of lines) if (cutter.cut(line, 0, line.length) && cutter.start > latest) latest = cutter.start;
  return latest === -Infinity ? null : latest;
}
