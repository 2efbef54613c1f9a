/**
 * Cut lines on their way from the thread that cuts them to the one that counts them: a ring of batches in shared memory, each with the chunk of
 * the file that its lines stand in, and of each line what the cutter found.
 */
import { batchesAtOnce } from '../ring.ts';
import type { Cutter } from './cutter.ts';
import { longestLine } from './lines.ts';
import type { Scanned } from './scan.ts';

/** One read: it stays in the processor's own cache while it is worked on. */
export const chunkBytes = 256 * 1024;
/** Lines that began in another chunk. */
const spillBytes = longestLine + 64 * 1024;
const mostLines = 8192;
/** In integers, of each line: where it stands and ends, the number of its format, whether it is to be cut again; then what the cutter found. */
const headIntegers = 4;
/** Room for what is found in so many lines, by the measure of the usual formats. */
const integersAtOnce = mostLines * (headIntegers + 8);
const numbersAtOnce = mostLines * 6;
const countBytes = 8;
const batchBytes = countBytes + numbersAtOnce * 8 + integersAtOnce * 4 + chunkBytes + spillBytes;
export const ringBytes = batchesAtOnce * batchBytes;

/** What the thread that cuts is to do. */
export interface CutJob {
  readonly descriptor: number;
  readonly from: number;
  readonly to: number;
  readonly format: string | null;
  /** The most bytes of one read. */
  readonly atOnce: number;
}

/** With each batch: the bytes so far, and the format strings that its lines name by number. */
export interface Cuttings {
  readonly bytes: number;
  readonly formats: readonly string[];
}

/** The file could not be read at a place: whoever reads it there meets the same, and can say what it is. */
export type CutEnd = { readonly scanned: Omit<Scanned, 'formats'> & { readonly formats: readonly string[] } } | { readonly failedAt: number };

export class Batch {
  /** Where a chunk is read into. */
  readonly chunk: Buffer;
  /** The chunk, and behind it the lines that stand elsewhere. */
  readonly #bytes: Buffer;
  readonly #count: Int32Array;
  readonly #numbers: Float64Array;
  readonly #integers: Int32Array;
  #spilled = 0;
  /** How far the two are filled, or read. */
  #integerAt = 0;
  #numberAt = 0;

  constructor(memory: SharedArrayBuffer, place: number) {
    const at = place * batchBytes;
    const integers = at + countBytes + numbersAtOnce * 8;
    this.#count = new Int32Array(memory, at, 1);
    this.#numbers = new Float64Array(memory, at + countBytes, numbersAtOnce);
    this.#integers = new Int32Array(memory, integers, integersAtOnce);
    this.#bytes = Buffer.from(memory as unknown as ArrayBuffer, integers + integersAtOnce * 4, chunkBytes + spillBytes);
    this.chunk = this.#bytes.subarray(0, chunkBytes);
  }

  clear(): void {
    this.#count[0] = 0;
    this.#spilled = 0;
    this.#integerAt = 0;
    this.#numberAt = 0;
  }

  /**
   * False: it is full. An empty batch takes any line.
   * @param again its time depends on a time zone that only the other side knows
   */
  add(cut: Cutter, format: number, again: boolean): boolean {
    const at = this.#integerAt;
    const found = at + headIntegers;
    if (found + cut.savedIntegers > integersAtOnce || this.#numberAt + cut.savedNumbers > numbersAtOnce) return false;
    const length = cut.lineEnd - cut.lineStart;
    const from = this.#placeOf(cut, length);
    if (from < 0) return false;
    const integers = this.#integers;
    integers[at] = from;
    integers[at + 1] = from + length;
    integers[at + 2] = format;
    integers[at + 3] = again ? 1 : 0;
    cut.save(integers, found, this.#numbers, this.#numberAt, from);
    this.#integerAt = found + cut.savedIntegers;
    this.#numberAt += cut.savedNumbers;
    this.#count[0] = (this.#count[0] as number) + 1;
    return true;
  }

  /** @param cutters by the number of their format */
  each(cutters: readonly Cutter[], visit: (cut: Cutter) => void): void {
    const integers = this.#integers;
    let at = 0;
    let numberAt = 0;
    for (let left = this.#count[0] as number; left > 0; left--) {
      const from = integers[at] as number;
      const to = integers[at + 1] as number;
      const cutter = cutters[integers[at + 2] as number] as Cutter;
      if (integers[at + 3] === 1) cutter.cut(this.#bytes, from, to);
      else cutter.load(integers, at + headIntegers, this.#numbers, numberAt, this.#bytes, from, to);
      at += headIntegers + cutter.savedIntegers;
      numberAt += cutter.savedNumbers;
      visit(cutter);
    }
  }

  /** Where in the batch the line stands: in its chunk, or it is copied behind it; -1: there is no room. */
  #placeOf(cut: Cutter, length: number): number {
    const { bytes, lineStart } = cut;
    const within = bytes.byteOffset - this.#bytes.byteOffset + lineStart;
    if (bytes.buffer === this.#bytes.buffer && within >= 0 && within + length <= chunkBytes) return within;
    if (this.#spilled + length > spillBytes) return -1;
    const place = chunkBytes + this.#spilled;
    this.#bytes.set(bytes.subarray(lineStart, cut.lineEnd), place);
    this.#spilled += length;
    return place;
  }
}
