/** Where in a big file a window of time begins and ends: found by bisection, as logs are in order of time. */
import type { OpenFile } from '../../host/host.ts';
import { lineTime, type LineTime } from './line-time.ts';
import type { Layout } from './layout.ts';
import { toInstant, type Zone } from './zone.ts';

export interface TimeWindow {
  /** Milliseconds since the epoch; null: no limit. */
  readonly since: number | null;
  readonly until: number | null;
  readonly zone: Zone;
}

export interface Reading {
  readonly layout: Layout | null;
  /** Moment before which dates without a year lie. */
  readonly reference: number;
}

/** Below this a file is read whole, and its lines keep their numbers. */
export const bisectFrom = 32 * 1024 * 1024;
const probeBytes = 32 * 1024;
const farthestProbe = 1024 * 1024;
/** Narrow enough: the rest is read. */
const enough = 256 * 1024;
/** Processes write their lines a little out of order, and long requests are logged late. */
const disorderMs = 5 * 60_000;
/** Where clocks are put back an hour comes twice. */
const summerTimeMs = 2 * 3_600_000;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Null: times are missing or in no order, so that the file has to be read whole. */
export async function findSpan(file: OpenFile, window: TimeWindow, reading: Reading): Promise<Span | null> {
  const size = file.info.size;
  const margin = disorderMs + (typeof window.zone === 'number' ? 0 : summerTimeMs);
  const probe = prober(file, window.zone, reading);
  const first = await probe(0);
  if (first === null || !(await isInOrder(probe, size, first.time))) return null;
  const { since, until } = window;
  const from = since === null ? 0 : await bisect(probe, size, first.time, since - margin);
  if (from === null) return null;
  const to = until === null ? size : await bisect(probe, size, first.time, until + margin);
  // `bisect` ends before the first later line; what follows for a little is later too.
  return to === null ? null : { from, to: until === null ? size : Math.min(size, to + 2 * enough) };
}

/** A few looks along the file: logs that were put together, or whose clock was set back, are read whole. */
async function isInOrder(probe: Prober, size: number, first: number): Promise<boolean> {
  let before = first;
  for (const share of [0.2, 0.4, 0.6, 0.8, 0.98]) {
    const found = await probe(Math.floor(size * share));
    if (found === null || found.time < before - disorderMs) return false;
    before = Math.max(before, found.time);
  }
  return true;
}

interface Probe {
  /** Where the line begins that the time is of. */
  readonly offset: number;
  readonly time: number;
}

type Prober = (position: number) => Promise<Probe | null>;

/** The greatest known beginning of a line whose time is before the target; 0 where there is none. */
async function bisect(probe: Prober, size: number, first: number, target: number): Promise<number | null> {
  let [low, high] = [0, size];
  let [earliest, latest] = [first, Number.POSITIVE_INFINITY];
  if (first >= target) return 0;
  while (high - low > enough) {
    const middle = Math.floor((low + high) / 2);
    const found = await probe(middle);
    if (found === null || found.time < earliest - disorderMs || found.time > latest + disorderMs) return null;
    if (found.time < target) {
      // The line found may lie beyond `high` where lines are long.
      if (found.offset >= high) return low;
      [low, earliest] = [found.offset, found.time];
    } else [high, latest] = [middle, found.time];
  }
  return low;
}

function prober(file: OpenFile, zone: Zone, reading: Reading): Prober {
  const bytes = Buffer.alloc(probeBytes);
  return async (position) => {
    for (let at = position; at < Math.min(file.info.size, position + farthestProbe); at += probeBytes - 512) {
      const length = await fill(file, bytes, at);
      let start = at === 0 ? 0 : bytes.indexOf(10) + 1;
      if (start === 0 && at !== 0) continue;
      while (start < length) {
        const feed = bytes.indexOf(10, start);
        const end = feed < 0 || feed >= length ? length : feed;
        const time = lineTime(bytes.toString('utf8', start, Math.min(end, start + 400)), reading.reference, reading.layout);
        const instant = time === null ? null : toInstant(time, zone);
        if (instant !== null) return { offset: at + start, time: instant };
        start = end + 1;
      }
    }
    return null;
  };
}

/** Times of the first and the last line that have one, looked for near both ends. */
export async function findEnds(
  file: OpenFile,
  reading: Reading,
): Promise<{ readonly first: LineTime | null; readonly last: LineTime | null }> {
  const size = file.info.size;
  const head = Buffer.alloc(Math.min(size, farthestProbe));
  const headLength = await fill(file, head, 0);
  const first = firstTime(head.subarray(0, headLength), reading);
  for (let length = Math.min(size, 65_536); ; length = Math.min(size, length * 8)) {
    const tail = Buffer.alloc(length);
    const tailLength = await fill(file, tail, size - length);
    const last = lastTime(tail.subarray(0, tailLength), reading);
    if (last !== null || length >= Math.min(size, 4 * farthestProbe)) return { first, last };
  }
}

/** Reads until the buffer is full or the file ends. Returns how many bytes. */
async function fill(file: OpenFile, into: Buffer, position: number): Promise<number> {
  let length = 0;
  while (length < into.length) {
    const got = await file.read(into, length, into.length - length, position + length);
    if (got === 0) break;
    length += got;
  }
  return length;
}

export function firstTime(bytes: Buffer, reading: Reading): LineTime | null {
  for (let start = 0, tries = 0; start < bytes.length && tries < 2000; tries += 1) {
    const feed = bytes.indexOf(10, start);
    const end = feed < 0 ? bytes.length : feed;
    const found = timeAt(bytes, start, end, reading);
    if (found !== null) return found;
    start = end + 1;
  }
  return null;
}

export function lastTime(bytes: Buffer, reading: Reading): LineTime | null {
  let end = bytes.length;
  for (let tries = 0; end > 0 && tries < 2000; tries += 1) {
    if (bytes[end - 1] === 10) end -= 1;
    const start = end <= 0 ? 0 : bytes.lastIndexOf(10, end - 1) + 1;
    const found = timeAt(bytes, start, end, reading);
    if (found !== null) return found;
    end = start;
  }
  return null;
}

function timeAt(bytes: Buffer, start: number, end: number, reading: Reading): LineTime | null {
  let at = start;
  while (at < end && bytes[at] === 0) at += 1;
  return lineTime(bytes.toString('utf8', at, Math.min(end, at + 400)), reading.reference, reading.layout);
}
