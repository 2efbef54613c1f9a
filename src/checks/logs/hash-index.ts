/** Number of a byte string by its 64-bit hash: an open-addressed table of integers, so that a million lines make no garbage. */

export class HashIndex {
  #first = new Int32Array(1024);
  #second = new Int32Array(1024);
  /** Value + 1; 0: empty. */
  #values = new Int32Array(1024);
  size = 0;

  /** The value kept for a hash, or -1. Two strings with the same 64 bits are taken for one: a chance of one in 10^9 for a hundred thousand. */
  get(first: number, second: number): number {
    const mask = this.#values.length - 1;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const value = this.#values[slot] as number;
      if (value === 0) return -1;
      if (this.#first[slot] === first && this.#second[slot] === second) return value - 1;
    }
  }

  set(first: number, second: number, value: number): void {
    if ((this.size + 1) * 2 > this.#values.length) this.#grow();
    const mask = this.#values.length - 1;
    let slot = first & mask;
    while (this.#values[slot] !== 0) {
      if (this.#first[slot] === first && this.#second[slot] === second) break;
      slot = (slot + 1) & mask;
    }
    if (this.#values[slot] === 0) this.size += 1;
    this.#first[slot] = first;
    this.#second[slot] = second;
    this.#values[slot] = value + 1;
  }

  #grow(): void {
    const [first, second, values] = [this.#first, this.#second, this.#values];
    this.#first = new Int32Array(values.length * 2);
    this.#second = new Int32Array(values.length * 2);
    this.#values = new Int32Array(values.length * 2);
    this.size = 0;
    for (let i = 0; i < values.length; i++)
      if (values[i] !== 0) this.set(first[i] as number, second[i] as number, (values[i] as number) - 1);
  }
}
