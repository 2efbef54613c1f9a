/** Candidate lines on their way from the thread that finds them to the one that parses them: a ring of batches in shared memory. */
import { batchesAtOnce } from '../ring.ts';
import { longestLine, type Standing } from './lines.ts';
import type { Needles } from './needles.ts';

const mostLines = 4096;
const lineBytes = 384 * 1024;
const indexBytes = (1 + 3 * mostLines) * 4;
const batchBytes = indexBytes + lineBytes;
export const ringBytes = batchesAtOnce * batchBytes;

export interface ApartJob {
  readonly descriptor: number;
  readonly from: number;
  readonly to: number;
  readonly needles: Needles;
}

export interface HandedOver {
  /** So far was read. */
  readonly position: number;
}
/** It came to the end, or to where nothing can be read. */
export interface Ended extends HandedOver {
  readonly standing: Standing;
}

export class Batch {
  /** Number of lines; then of each its first byte, its end, and its number in the file. */
  readonly #index: Int32Array;
  readonly #bytes: Buffer;
  #filled = 0;

  constructor(memory: SharedArrayBuffer, place: number) {
    this.#index = new Int32Array(memory, place * batchBytes, indexBytes / 4);
    this.#bytes = Buffer.from(memory as unknown as ArrayBuffer, place * batchBytes + indexBytes, lineBytes);
  }

  clear(): void {
    this.#index[0] = 0;
    this.#filled = 0;
  }

  /** False: it is full. An empty batch takes any line. */
  add(bytes: Buffer, from: number, to: number, line: number): boolean {
    const count = this.#index[0] ?? 0;
    const length = Math.min(to - from, longestLine);
    if (count === mostLines || this.#filled + length > lineBytes) return false;
    bytes.copy(this.#bytes, this.#filled, from, from + length);
    this.#index[1 + count * 3] = this.#filled;
    this.#index[2 + count * 3] = this.#filled + length;
    this.#index[3 + count * 3] = line;
    this.#filled += length;
    this.#index[0] = count + 1;
    return true;
  }

  each(visit: (bytes: Buffer, from: number, to: number, line: number) => void): void {
    const count = this.#index[0] ?? 0;
    for (let at = 1; at < 1 + count * 3; at += 3)
      visit(this.#bytes, this.#index[at] ?? 0, this.#index[at + 1] ?? 0, this.#index[at + 2] ?? 0);
  }
}
