/**
 * Paths as they are written → operation, for those that come again and again: a page's files are asked for with each page, and to find their
 * template each time would take longest of all. A table of fixed size, in which a newer path takes an older one's place.
 */
import type { Cutter } from '../../httpd/access-log/cutter.ts';
import { Hasher } from './hash-index.ts';

const size = 1 << 15;

export class WrittenPaths {
  /** Of the operations that the table leads to. */
  generation = 0;
  readonly #first = new Int32Array(size);
  readonly #second = new Int32Array(size);
  /** Number + 1; 0: nothing. */
  readonly #values = new Int32Array(size);
  readonly #hasher = new Hasher();

  forget(generation: number): void {
    this.#values.fill(0);
    this.generation = generation;
  }

  /** Of method, path (with its query) and virtual host; -1 as `vhost`: the log's own. The place is good until the next one is asked for. */
  placeOf(cut: Cutter, file: number, vhost: number, vhostEnd: number): number {
    const hasher = this.#hasher;
    const { bytes } = cut;
    hasher.reset();
    hasher.byte(file);
    if (vhost >= 0) hasher.bytes(bytes, vhost, vhostEnd);
    hasher.byte(0);
    if (cut.targetStart >= 0) hasher.bytes(bytes, cut.targetStart, cut.targetEnd);
    else hasher.byte(1);
    hasher.byte(0);
    if (cut.methodStart >= 0) hasher.bytes(bytes, cut.methodStart, cut.methodEnd);
    hasher.finish();
    return hasher.first & (size - 1);
  }

  /** -1: another path, or none, is at this place. */
  get(place: number): number {
    const value = this.#values[place] as number;
    return value > 0 && this.#first[place] === this.#hasher.first && this.#second[place] === this.#hasher.second ? value - 1 : -1;
  }

  set(place: number, value: number): void {
    this.#first[place] = this.#hasher.first;
    this.#second[place] = this.#hasher.second;
    this.#values[place] = value + 1;
  }
}
