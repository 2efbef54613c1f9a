/**
 * Reads one log in one pass and bounded memory. Candidate lines are found in the raw bytes; only they are decoded and parsed. Everything
 * else is looked at no closer than to count its lines.
 */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Host, OpenFile } from '../../host/host.ts';
import { threadsToUse } from '../../host/threads.ts';
import type { Platform } from '../errno.ts';
import type { LogDialect } from './dialect.ts';
import type { ErrorEntry } from './entry.ts';
import type { Layout } from './layout.ts';
import type { LineTime } from './line-time.ts';
import { apartFrom, readApart } from './apart.ts';
import { createFinder } from './finder.ts';
import { LineScanner, scannerAtOnce, scannerRoom, slotBytes, type OnLine, type Slot } from './lines.ts';
import { httpdNeedles, type Needles } from './needles.ts';
import { parseErrorLine, type ParseOptions } from './parse.ts';
import { continuation, openSource, type LogSource } from './sources.ts';
import { bisectFrom, findEnds, findSpan, firstTime, lastTime, type Reading, type Span } from './window.ts';
import { toInstant, type Zone } from './zone.ts';

export interface ScanOptions {
  /** The window, in milliseconds since the epoch; lines outside are not passed on. Null: no limit. */
  readonly since?: number | null;
  readonly until?: number | null;
  /** The zone of the log's wall clock, for the window. Default: UTC. */
  readonly zone?: Zone;
  readonly layout?: Layout | null;
  /** Whose log it is; left out: httpd's. */
  readonly dialect?: LogDialect | null;
  readonly platform?: Platform | null;
  readonly signal?: AbortSignal;
  /** `total` is null where the size is not known. */
  readonly onProgress?: (bytes: number, total: number | null) => void;
  /** Moment before which dates without a year lie; default: the host's clock. */
  readonly reference?: number;
  /** From so many bytes on a file is read in a thread of its own, where one is to spare. */
  readonly apartFrom?: number;
}

export interface ScanSummary {
  readonly path: string;
  /** Bytes that were read (of a `.gz`: after unpacking). */
  readonly bytes: number;
  /** Lines of the file; null where a part of it was not read (bisection, or the other side filtered). */
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
  /** What a reader of the result must know, as sentences: shortened lines, a file that changed while it was read. */
  readonly notes: readonly string[];
}

/** Called for each line of the proxy path and of httpd's life inside the window. `line` counts from 1; null where it is not known. */
export type OnEntry = (entry: ErrorEntry, line: number | null) => void;

const edgeBytes = 65_536;
/** A piece that took longer did not come from memory. */
const quickMs = 5;
/** 8 MiB, some milliseconds' work. */
const piecesAtOnce = 32;

/**
 * Lines are passed on in the order of the file, in one turn of the event loop for some milliseconds' worth of them.
 * @throws {FileError} what the host reports for the file; the signal's reason when aborted
 */
export async function scanErrorLog(host: Host, source: LogSource | string, options: ScanOptions, onEntry: OnEntry): Promise<ScanSummary> {
  const scan = new Scan(host, source, options, onEntry);
  try {
    return await scan.run();
  } finally {
    scan.release();
  }
}

/** The scanner's memory is used again by the next scan. */
let spare: LineScanner | null = null;

class Scan {
  readonly #host: Host;
  readonly #source: LogSource | string;
  readonly #path: string;
  readonly #options: ScanOptions;
  readonly #onEntry: OnEntry;
  readonly #parse: ParseOptions;
  readonly #reading: Reading;
  readonly #parseLine: LogDialect['parse'];
  readonly #needles: Needles;
  readonly #scanner: LineScanner;
  readonly #notes: string[] = [];
  #bytes = 0;
  #matched = 0;
  #notRecognised = 0;
  #first: LineTime | null = null;
  #last: LineTime | null = null;
  #lastInstant: number | null = null;
  #lastInside = true;
  /** Lines before the first byte read are not counted. */
  #numbered = true;

  constructor(host: Host, source: LogSource | string, options: ScanOptions, onEntry: OnEntry) {
    this.#host = host;
    this.#source = source;
    this.#path = typeof source === 'string' ? source : source.path;
    this.#options = options;
    this.#onEntry = onEntry;
    const reference = options.reference ?? host.now();
    const { dialect = null } = options;
    this.#parse = { platform: options.platform ?? null, layout: options.layout ?? null, reference };
    this.#reading = { layout: dialect?.layout ?? options.layout ?? null, reference };
    this.#parseLine = dialect?.parse ?? parseErrorLine;
    this.#needles = dialect?.needles ?? httpdNeedles;
    this.#scanner = (dialect === null ? spare : null) ?? new LineScanner(createFinder(this.#needles, scannerRoom, scannerAtOnce));
    if (dialect === null) spare = null;
    this.#scanner.begin(this.#found);
  }

  release(): void {
    if (!this.#options.dialect) spare = this.#scanner;
  }

  async run(): Promise<ScanSummary> {
    const { signal } = this.#options;
    const source = this.#source;
    const kind = typeof source === 'string' ? (source.endsWith('.gz') ? 'gzip' : 'plain') : source.kind;
    if (typeof source !== 'string' && source.stream !== null) await this.#stream(source.stream, null);
    else if (kind === 'gzip') await this.#unpack(this.#host.readStream(this.#path, signal ? { signal } : {}));
    else if (this.#host.readMatching !== null) await this.#filtered(this.#host.readMatching);
    else if (this.#host.openFile === undefined) await this.#stream(this.#host.readStream(this.#path, signal ? { signal } : {}), null);
    else await this.#file();
    return this.#summary();
  }

  async #file(): Promise<void> {
    const { file, note } = await openSource(this.#host, this.#source);
    if (note !== null) this.#notes.push(note);
    try {
      const ends = await findEnds(file, this.#reading);
      this.#first = ends.first;
      this.#last = ends.last;
      const span = await this.#span(file);
      this.#numbered = span.from === 0;
      const reached = await this.#pieces(file, span, await this.#apart(file, span));
      // Cut off while it was read (copytruncate): its lines went on living in a copy.
      const left = reached < span.to ? await continuation(this.#host, this.#source, file, reached) : null;
      if (left !== null) {
        this.#notes.push(left.note);
        if (left.file !== null) {
          try {
            await this.#pieces(left.file, { from: reached, to: Math.min(span.to, left.file.info.size) });
          } finally {
            await left.file.close();
          }
        }
      }
      this.#scanner.end(this.#slot);
    } finally {
      await file.close();
    }
  }

  async #span(file: OpenFile): Promise<Span> {
    const { since = null, until = null, zone = 0 } = this.#options;
    const whole = { from: 0, to: file.info.size };
    if ((since === null && until === null) || file.info.size < bisectFrom) return whole;
    return (await findSpan(file, { since, until, zone }, this.#reading)) ?? whole;
  }

  #slot: Slot = 0;

  /**
   * Reads piece by piece. What the system has in its cache is there sooner than a waiting thread would wake; every so often a piece is
   * waited for all the same, so that others get their turn, and to see whether the disk is still quick. Returns how far it came.
   */
  async #pieces(file: OpenFile, span: Span, begun = span.from): Promise<number> {
    const scanner = this.#scanner;
    let position = begun;
    let atOnce = 0;
    while (position < span.to) {
      this.#options.signal?.throwIfAborted();
      const at = scanner.at(this.#slot);
      const wanted = Math.min(slotBytes, span.to - position);
      let length: number;
      if (atOnce > 0 && file.readNow !== undefined) {
        length = file.readNow(scanner.memory, at, wanted, position);
        atOnce -= 1;
      } else {
        const begun = performance.now();
        length = await file.read(scanner.memory, at, wanted, position);
        if (performance.now() - begun < quickMs) atOnce = piecesAtOnce;
        this.#options.onProgress?.(position + length - span.from, span.to - span.from);
      }
      if (length === 0) break;
      position += length;
      this.#bytes += length;
      const next: Slot = this.#slot === 0 ? 1 : 0;
      scanner.process(this.#slot, length, next);
      this.#slot = next;
    }
    this.#options.onProgress?.(position - span.from, span.to - span.from);
    return position;
  }

  /** The most of a big file is read in a thread of its own. Returns how far that came; what is left, or can't be read there, is read here. */
  async #apart(file: OpenFile, span: Span): Promise<number> {
    const { signal, onProgress } = this.#options;
    const { from, to } = span;
    if (to - from < (this.#options.apartFrom ?? apartFrom) || file.descriptor === undefined || threadsToUse() < 2) return from;
    const onPosition = (position: number): void => onProgress?.(position - from, to - from);
    const ended = await readApart({
      descriptor: file.descriptor,
      from,
      to,
      signal,
      needles: this.#needles,
      onLine: this.#found,
      onPosition,
    });
    if (ended === null) return from;
    this.#bytes += ended.position - from;
    this.#scanner.resume(ended.standing);
    this.#slot = 0;
    return ended.position;
  }

  /** Bytes that come one after the other; the ends are seen as they pass. */
  async #stream(chunks: AsyncIterable<Uint8Array>, total: number | null): Promise<void> {
    let edge = Buffer.alloc(0);
    let opening = Buffer.alloc(0);
    for await (const chunk of chunks) {
      this.#options.signal?.throwIfAborted();
      this.#bytes += chunk.length;
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      edge = chunk.length >= edgeBytes ? Buffer.from(bytes.subarray(-edgeBytes)) : Buffer.concat([edge, bytes]).subarray(-edgeBytes);
      if (this.#first === null && opening.length < edgeBytes) {
        opening = Buffer.concat([opening, bytes.subarray(0, edgeBytes)]);
        this.#first = firstTime(opening, this.#reading);
      }
      this.#scanner.push(chunk);
      // A pipe is answered at once, a file that streams in big pieces fills the slots.
      if (chunk.length < edgeBytes) this.#scanner.flush();
      this.#options.onProgress?.(this.#bytes, total);
    }
    this.#scanner.end();
    this.#last = lastTime(edge, this.#reading);
  }

  async #unpack(packed: AsyncIterable<Buffer>): Promise<void> {
    const source = Readable.from(packed);
    const unpacked = createGunzip({ chunkSize: 256 * 1024 });
    source.on('error', (error) => unpacked.destroy(error));
    try {
      await this.#stream(source.pipe(unpacked), null);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_'))) throw error;
      this.#scanner.end();
      this.#notes.push(`it can be unpacked only in part (${error.code}): what came before the damage was read`);
    }
  }

  /** The other side sends the lines that hold one of the fixed strings; the ends of the file are asked for by themselves. */
  async #filtered(readMatching: NonNullable<Host['readMatching']>): Promise<void> {
    this.#numbered = false;
    const host = this.#host;
    const head = await host.readFile(this.#path, edgeBytes);
    const { size } = await host.stat(this.#path);
    const tail: Buffer[] = [];
    for await (const piece of host.readStream(this.#path, { from: Math.max(0, size - edgeBytes) })) tail.push(piece);
    for await (const chunk of readMatching(this.#path, this.#needles.fixedStrings, this.#options.signal)) {
      this.#options.signal?.throwIfAborted();
      this.#bytes += chunk.length;
      this.#scanner.push(chunk);
      this.#options.onProgress?.(this.#bytes, null);
    }
    this.#scanner.end();
    this.#first = firstTime(head, this.#reading);
    this.#last = lastTime(Buffer.concat(tail).subarray(-edgeBytes), this.#reading);
  }

  readonly #found: OnLine = (bytes, from, to, line) => this.#line(bytes.toString('utf8', from, to), line);

  #line(text: string, number: number): void {
    const entry = this.#parseLine(text, this.#parse);
    if (entry === null || !this.#inside(entry)) return;
    if (entry.message === null) this.#notRecognised += 1;
    else this.#matched += 1;
    this.#onEntry(entry, this.#numbered ? number : null);
  }

  /** A line without a time belongs to the one before it. */
  #inside(entry: ErrorEntry): boolean {
    const { since = null, until = null, zone = 0 } = this.#options;
    if (since === null && until === null) return true;
    const instant = toInstant(entry, zone, this.#lastInstant);
    if (instant === null) return this.#lastInside;
    this.#lastInstant = instant;
    this.#lastInside = (since === null || instant >= since) && (until === null || instant <= until);
    return this.#lastInside;
  }

  #summary(): ScanSummary {
    const { shortened, lines } = this.#scanner;
    if (shortened > 0)
      this.#notes.push(`${shortened === 1 ? 'one line was' : `${shortened} lines were`} longer than 64 KiB: only the beginning was read`);
    return {
      path: this.#path,
      bytes: this.#bytes,
      lines: this.#numbered ? lines : null,
      matched: this.#matched,
      notRecognised: this.#notRecognised,
      from: this.#first?.wallClock ?? null,
      to: this.#last?.wallClock ?? null,
      fromInstant: this.#first?.instant ?? null,
      toInstant: this.#last?.instant ?? null,
      layout: this.#first?.layout ?? null,
      notes: this.#notes,
    };
  }
}
