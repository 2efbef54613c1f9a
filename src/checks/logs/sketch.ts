/** Counts of very many keys in fixed memory. */

const rows = 4;
const columns = 1 << 16;

/** Count-min sketch (Cormode and Muthukrishnan 2005): never too low, and too high by a 40,000th of all that was counted, mostly. */
export class CountMin {
  readonly #cells = new Uint32Array(rows * columns);
  used = false;

  add(first: number, second: number, count: number): void {
    this.used = true;
    for (let row = 0; row < rows; row++) {
      const cell = this.#cell(row, first, second);
      this.#cells[cell] = (this.#cells[cell] as number) + count;
    }
  }

  estimate(first: number, second: number): number {
    if (!this.used) return 0;
    let least = Infinity;
    for (let row = 0; row < rows; row++) least = Math.min(least, this.#cells[this.#cell(row, first, second)] as number);
    return least;
  }

  #cell(row: number, first: number, second: number): number {
    return row * columns + ((Math.imul(row, second | 1) + first) & (columns - 1));
  }
}

/** How many different keys: a bitmap of their hashes (linear counting, Whang 1990). Exact to 1 % up to ten millions, in 512 kB. */
export class Distinct {
  readonly #bits = new Uint32Array(1 << 17);
  #set = 0;

  add(hash: number): void {
    const bit = hash & ((1 << 22) - 1);
    const word = bit >>> 5;
    const mask = 1 << (bit & 31);
    if (((this.#bits[word] as number) & mask) !== 0) return;
    this.#bits[word] = (this.#bits[word] as number) | mask;
    this.#set += 1;
  }

  get count(): number {
    const all = 1 << 22;
    return this.#set === 0 ? 0 : Math.round(-all * Math.log(1 - Math.min(this.#set, all - 1) / all));
  }
}
