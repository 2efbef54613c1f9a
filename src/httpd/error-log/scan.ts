/**
 * Reads one log in one pass and bounded memory. Candidate lines are found in the raw bytes; only they are decoded and parsed. Everything
 * else is looked at no closer than to count its line feeds.
 */
import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Host } from '../../host/host.ts';
import type { Platform } from '../errno.ts';
import type { ErrorEntry } from './entry.ts';
import { plainFinder } from './finder.ts';
import { fixedStrings } from './needles.ts';
import { parseErrorLine, type Layout, type ParseOptions } from './parse.ts';
import { lineTime } from './line-time.ts';
import { toInstant, type Zone } from './zone.ts';
import type { LogSource } from './sources.ts';

export interface ScanOptions {
  /** The window, in milliseconds since the epoch; lines outside are counted and not passed on. Null: no limit. */
  readonly since?: number | null;
  readonly until?: number | null;
  /** The zone of the log's wall clock, for the window. Default: UTC. */
  readonly zone?: Zone;
  readonly layout?: Layout | null;
  readonly platform?: Platform | null;
  readonly signal?: AbortSignal;
  /** `total` is null where the size is not known. */
  readonly onProgress?: (bytes: number, total: number | null) => void;
  /** Moment before which dates without a year lie; default: the host's clock. */
  readonly reference?: number;
}

export interface ScanSummary {
  readonly path: string;
  /** Bytes that were read (of a `.gz`: after unpacking). */
  readonly bytes: number;
  /** Lines read; null where the other side filtered them, or a part was skipped. */
  readonly lines: number | null;
  /** Lines passed on that a message was found for, and those of the proxy path that no message fits. */
  readonly matched: number;
  readonly notRecognised: number;
  /** Wall clock of the first and the last line that has a time, whoever wrote it; null: no line has one. */
  readonly from: number | null;
  readonly to: number | null;
  /** The same as moments, where the lines carry a zone of their own. */
  readonly fromInstant: number | null;
  readonly toInstant: number | null;
  /** `2.4`, `2.2`, `syslog`, `json`, `custom`, or the name of the layout that was given; null: no line looks like an error log. */
  readonly layout: string | null;
  /** What a reader of the result must know: shortened lines, a file that changed while it was read. */
  readonly notes: readonly string[];
}

/** Called for each line of the proxy path and of httpd's life inside the window. `line` counts from 1; null where it is not known. */
export type OnEntry = (entry: ErrorEntry, line: number | null) => void;

const memoryBytes = 4 * 1024 * 1024;
/** Lines longer than the memory are read so far and the rest is skipped; httpd ends its own at 8192 bytes. */
const lineFeed = 10;

/** @throws {FileError} what the host reports for the file; the signal's reason when aborted. */
export async function scanErrorLog(host: Host, source: LogSource | string, options: ScanOptions, onEntry: OnEntry): Promise<ScanSummary> {
  const path = typeof source === 'string' ? source : source.path;
  const total = typeof source === 'string' ? null : source.size;
  const state = new Scan(path, host.now(), options, onEntry);
  const gzip = typeof source === 'string' ? path.endsWith('.gz') : source.kind === 'gzip';
  if (typeof source !== 'string' && source.stream !== null) await state.readAll(source.stream, null);
  else if (gzip) {
    const packed = Readable.from(host.readStream(path, options.signal ? { signal: options.signal } : {}));
    await state.readAll(packed.pipe(createGunzip()), null);
  } else if (host.readMatching !== null) {
    state.filtered = true;
    await state.readAll(host.readMatching(path, fixedStrings, options.signal), null);
    await state.readEnds(host, path);
  } else await state.readAll(host.readStream(path, options.signal ? { signal: options.signal } : {}), total);
  return state.summary();
}

class Scan {
  readonly path: string;
  readonly options: ScanOptions;
  readonly onEntry: OnEntry;
  readonly parse: ParseOptions;
  readonly finder = plainFinder(memoryBytes);
  readonly bytesOf: Buffer;
  filtered = false;
  bytes = 0;
  lines = 0;
  matched = 0;
  notRecognised = 0;
  from: { wallClock: number | null; instant: number | null } | null = null;
  to: { wallClock: number | null; instant: number | null } | null = null;
  layout: string | null = null;
  lastInstant: number | null = null;
  lastInside = true;
  shortened = 0;
  tail: Buffer = Buffer.alloc(0);

  constructor(path: string, now: number, options: ScanOptions, onEntry: OnEntry) {
    this.path = path;
    this.options = options;
    this.onEntry = onEntry;
    this.parse = { platform: options.platform ?? null, layout: options.layout ?? null, reference: options.reference ?? now };
    this.bytesOf = Buffer.from(this.finder.memory.buffer);
  }

  async readAll(chunks: AsyncIterable<Buffer>, total: number | null): Promise<void> {
    const { memory } = this.finder;
    let filled = 0;
    let skipping = false;
    for await (const chunk of chunks) {
      this.options.signal?.throwIfAborted();
      this.bytes += chunk.length;
      let taken = 0;
      while (taken < chunk.length) {
        if (skipping) {
          const feed = chunk.indexOf(lineFeed, taken);
          taken = feed < 0 ? chunk.length : feed + 1;
          skipping = feed < 0;
          if (!skipping) this.lines += 1;
          continue;
        }
        const part = Math.min(memory.length - filled, chunk.length - taken);
        memory.set(chunk.subarray(taken, taken + part), filled);
        taken += part;
        filled += part;
        if (filled < memory.length) continue;
        const end = this.bytesOf.lastIndexOf(lineFeed, filled - 1) + 1;
        if (end === 0) {
          // One line fills the whole memory: what is there stands for it.
          this.take(filled, true);
          this.shortened += 1;
          filled = 0;
          skipping = true;
          continue;
        }
        this.take(end, false);
        memory.copyWithin(0, end, filled);
        filled -= end;
      }
      this.options.onProgress?.(this.bytes, total);
    }
    if (filled > 0) this.take(filled, false);
    if (filled > 0 && memory[filled - 1] !== lineFeed) this.lines += 1;
  }

  /** Looks through whole lines (the last one of a file may lack its line feed). */
  take(length: number, partOfLine: boolean): void {
    const { finder, bytesOf } = this;
    if (this.from === null && !this.filtered) this.from = this.firstTime(length);
    const hits = finder.find(length);
    for (let index = 0; index < hits; index += 1) {
      const at = finder.hitAt[index] ?? 0;
      const start = bytesOf.lastIndexOf(lineFeed, at) + 1;
      const feed = bytesOf.indexOf(lineFeed, at);
      const end = feed < 0 || feed >= length ? length : feed;
      this.line(
        bytesOf.toString('utf8', start, Math.min(end, start + 65_536)),
        this.filtered ? null : this.lines + (finder.hitLine[index] ?? 0) + 1,
      );
    }
    this.lines += finder.newlines();
    if (!this.filtered && !partOfLine) this.to = this.lastTime(length) ?? this.to;
  }

  line(text: string, number: number | null): void {
    const entry = parseErrorLine(text, this.parse);
    if (entry === null || !this.inside(entry)) return;
    if (entry.message === null) this.notRecognised += 1;
    else this.matched += 1;
    this.onEntry(entry, number);
  }

  /** A line without a time belongs to the one before it. */
  inside(entry: ErrorEntry): boolean {
    const { since = null, until = null, zone = 0 } = this.options;
    if (since === null && until === null) return true;
    const instant = toInstant(entry, zone, this.lastInstant);
    if (instant === null) return this.lastInside;
    this.lastInstant = instant;
    this.lastInside = (since === null || instant >= since) && (until === null || instant <= until);
    return this.lastInside;
  }

  firstTime(length: number): { wallClock: number | null; instant: number | null } | null {
    let start = 0;
    for (let tries = 0; start < length && tries < 1000; tries += 1) {
      const feed = this.bytesOf.indexOf(lineFeed, start);
      const end = feed < 0 || feed >= length ? length : feed;
      const found = lineTime(
        this.bytesOf.toString('utf8', start, Math.min(end, start + 400)),
        this.parse.reference ?? 0,
        this.options.layout ?? null,
      );
      if (found !== null) {
        this.layout ??= found.layout;
        return found;
      }
      start = end + 1;
    }
    return null;
  }

  lastTime(length: number): { wallClock: number | null; instant: number | null } | null {
    let end = length;
    for (let tries = 0; end > 0 && tries < 200; tries += 1) {
      if (this.bytesOf[end - 1] === lineFeed) end -= 1;
      const start = end <= 0 ? 0 : this.bytesOf.lastIndexOf(lineFeed, end - 1) + 1;
      const found = lineTime(
        this.bytesOf.toString('utf8', start, Math.min(end, start + 400)),
        this.parse.reference ?? 0,
        this.options.layout ?? null,
      );
      if (found !== null) return found;
      end = start;
    }
    return null;
  }

  /** Where the other side filtered, the file's first and last lines are asked for by themselves. */
  async readEnds(host: Host, path: string): Promise<void> {
    const edge = 65_536;
    const head = await host.readFile(path, edge);
    this.finder.memory.set(head);
    this.from = this.firstTime(head.length);
    const { size } = await host.stat(path);
    const pieces: Buffer[] = [];
    for await (const piece of host.readStream(path, { from: Math.max(0, size - edge) })) pieces.push(piece);
    const last = Buffer.concat(pieces).subarray(-edge);
    this.finder.memory.set(last);
    this.to = this.lastTime(last.length);
  }

  summary(): ScanSummary {
    const notes =
      this.shortened === 0
        ? []
        : [`${this.shortened} line${this.shortened === 1 ? '' : 's'} longer than 4 MiB: only the beginning was read`];
    return {
      path: this.path,
      bytes: this.bytes,
      lines: this.filtered ? null : this.lines,
      matched: this.matched,
      notRecognised: this.notRecognised,
      from: this.from?.wallClock ?? null,
      to: this.to?.wallClock ?? null,
      fromInstant: this.from?.instant ?? null,
      toInstant: this.to?.instant ?? null,
      layout: this.layout,
      notes,
    };
  }
}
