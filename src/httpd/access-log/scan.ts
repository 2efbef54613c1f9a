/**
 * One pass over an access log. The format is the given one where it fits the lines, else it is recognised; a file that two CustomLogs
 * write to may hold two formats, so lines that do not fit are collected until a second format shows in them.
 */
import { parserOf } from './compile.ts';
import type { Cutter } from './cutter.ts';
import { ahead, Lines } from './lines.ts';
import { recogniseFormat, shareThatFits } from './recognise.ts';
import type { LogFormat } from './steps.ts';

export interface ScanOptions {
  /** The format that the configuration or an option names; null: recognise it. */
  readonly format: LogFormat | null;
  /** Minutes east of UTC of a wall clock, for formats without a zone. */
  readonly zoneOf?: (wallClock: number) => number;
  readonly signal?: AbortSignal;
  readonly progress?: (bytes: number) => void;
}

export interface Scanned {
  readonly bytes: number;
  /** Lines, blank ones left out. */
  readonly lines: number;
  /** Lines that no format fitted. */
  readonly notRead: number;
  readonly notReadSample: string | null;
  /** The formats that lines were read in, the commonest first; empty where none fitted. */
  readonly formats: readonly LogFormat[];
  /** The given format fitted so few lines that another was taken. */
  readonly givenDoesNotFit: boolean;
}

/** Called for each line that was read; the cutter is reused: copy what is kept. False ends the scan. @param format number of the cutter's format */
export type CutVisitor = (cut: Cutter, format: number) => boolean | void;

/** So many lines show a format. */
const sampleLines = 200;
/** A given format that fits less of the sample than this is taken for a mistake. */
const givenFits = 0.5;
/** After so many lines that did not fit, a further format is looked for, at most `mostFormats` in all. */
const strayLines = 40;
const mostFormats = 4;

export class AccessScan {
  readonly #format: LogFormat | null;
  readonly #zoneOf: ((wallClock: number) => number) | undefined;
  readonly #visit: CutVisitor;
  readonly #cutters: Cutter[] = [];
  /** Lines that each of them has read. */
  readonly #used: number[] = [];
  readonly #all: Lines;
  #waiting: Buffer[] | null = [];
  #strays: string[] = [];
  #lines = 0;
  #notRead = 0;
  #notReadSample: string | null = null;
  #givenDoesNotFit = false;

  constructor(options: Pick<ScanOptions, 'format' | 'zoneOf'>, visit: CutVisitor) {
    this.#format = options.format;
    this.#zoneOf = options.zoneOf;
    this.#visit = visit;
    this.#all = new Lines((bytes, from, to) => this.#line(bytes, from, to));
  }

  /** The formats that are tried, by number; more may come. */
  get formats(): readonly LogFormat[] {
    return this.#cutters.map((cutter) => cutter.format);
  }

  get bytes(): number {
    return this.#all.bytes;
  }

  /** @returns false where the visitor ended the scan */
  push(chunk: Uint8Array): boolean {
    return this.#all.push(chunk);
  }

  end(): Scanned {
    if (!this.#all.stopped) this.#all.end();
    if (this.#waiting !== null) this.#release(this.#waiting);
    const formats = this.#cutters
      .map(({ format }, index) => ({ format, lines: this.#used[index] ?? 0 }))
      .filter((each) => each.lines > 0)
      .toSorted((a, b) => b.lines - a.lines)
      .map(({ format }) => format);
    return {
      bytes: this.#all.bytes,
      lines: this.#lines,
      notRead: this.#notRead,
      notReadSample: this.#notReadSample,
      formats,
      givenDoesNotFit: this.#givenDoesNotFit,
    };
  }

  #line(bytes: Uint8Array, from: number, to: number): boolean | void {
    if (to === from || (to === from + 1 && bytes[from] === 0x0d)) return;
    this.#lines += 1;
    if (this.#waiting === null) return this.#read(bytes, from, to);
    this.#waiting.push(Buffer.from(bytes.subarray(from, to)));
    if (this.#waiting.length >= sampleLines) return this.#release(this.#waiting);
  }

  #read(bytes: Uint8Array, from: number, to: number): boolean | void {
    const cutters = this.#cutters;
    for (let index = 0; index < cutters.length; index++) {
      const cutter = cutters[index] as Cutter;
      if (!cutter.cut(bytes, from, to)) continue;
      this.#used[index] = (this.#used[index] as number) + 1;
      return this.#visit(cutter, index);
    }
    this.#notRead += 1;
    const text = Buffer.from(bytes.subarray(from, Math.min(to, from + 4096))).toString('utf8');
    this.#notReadSample ??= text;
    if (cutters.length < mostFormats && this.#strays.length < strayLines) {
      this.#strays.push(text);
      if (this.#strays.length === strayLines) {
        this.#add(recogniseFormat(this.#strays));
        this.#strays = [];
      }
    }
  }

  #release(held: readonly Buffer[]): boolean | void {
    this.#waiting = null;
    this.#choose(held.map((line) => line.toString('utf8')));
    for (const line of held) if (this.#read(line, 0, line.length) === false) return false;
  }

  #choose(sample: readonly string[]): void {
    const given = this.#format;
    const share = given === null ? 0 : shareThatFits(given, sample);
    if (given !== null && (share >= givenFits || sample.length === 0)) return this.#add(given);
    const recognised = recogniseFormat(sample);
    this.#givenDoesNotFit = given !== null && recognised !== null;
    this.#add(recognised ?? given);
    if (share > 0) this.#add(given);
  }

  #add(format: LogFormat | null): void {
    if (format !== null && !this.#cutters.some((cutter) => cutter.format.source === format.source))
      this.#used[this.#cutters.push(parserOf(format, this.#zoneOf)) - 1] = 0;
  }
}

/** @throws what the chunks throw, and the signal's reason when aborted */
export async function scanAccessLog(chunks: AsyncIterable<Uint8Array>, options: ScanOptions, visit: CutVisitor): Promise<Scanned> {
  const scan = new AccessScan(options, visit);
  for await (const chunk of ahead(chunks)) {
    options.signal?.throwIfAborted();
    if (!scan.push(chunk)) break;
    options.progress?.(scan.bytes);
  }
  return scan.end();
}
