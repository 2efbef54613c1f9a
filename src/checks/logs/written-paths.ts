/**
 * What was asked for, as it is written → operation, for what comes again and again: a page's files are asked for with each page, and to find
 * their template each time would take longest of all. A table of fixed size, in which a newer one takes an older one's place.
 */

const size = 1 << 15;

export class WrittenPaths {
  /** Of the operations that the table leads to. */
  generation = 0;
  /** First hash, second hash, number + 1 (0: nothing): side by side, so that one look into memory brings them all. */
  readonly #table = new Int32Array(size * 4);

  forget(generation: number): void {
    this.#table.fill(0);
    this.generation = generation;
  }

  /** -1: another one, or none, is at its place. */
  get(first: number, second: number): number {
    const table = this.#table;
    const at = placeOf(first);
    const value = table[at + 2] as number;
    return value > 0 && table[at] === first && table[at + 1] === second ? value - 1 : -1;
  }

  set(first: number, second: number, value: number): void {
    const at = placeOf(first);
    this.#table[at] = first;
    this.#table[at + 1] = second;
    this.#table[at + 2] = value + 1;
  }
}

function placeOf(first: number): number {
  return (first & (size - 1)) * 4;
}
