/**
 * Two 32-bit hashes of bytes, made side by side, four bytes at a time. Use: `reset`, `bytes` and `byte` …, `finish`, then `first` and
 * `second`. The same bytes in the same calls give the same hashes, wherever they stand and on whatever machine.
 */
export class Hasher {
  first = 0;
  second = 0;
  #buffer: Uint8Array = new Uint8Array();
  #view = new DataView(this.#buffer.buffer);

  reset(): void {
    this.first = 0x811c9dc5 | 0;
    this.second = 0x9e3779b9 | 0;
  }

  byte(value: number): void {
    const first = Math.imul(this.first ^ value, 0x85ebca6b);
    this.first = first ^ (first >>> 15);
    this.second = Math.imul(this.second + value, 0x5bd1e995) ^ (this.second >>> 15);
  }

  bytes(buffer: Uint8Array, from: number, to: number): void {
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    }
    const view = this.#view;
    let first = this.first;
    let second = this.second;
    let i = from;
    for (const last = to - 4; i <= last; i += 4) {
      const value = view.getInt32(i, true);
      first = Math.imul(first ^ value, 0x85ebca6b);
      first ^= first >>> 15;
      second = Math.imul(second + value, 0x5bd1e995) ^ (second >>> 15);
    }
    // What is left, and how much that was: `ab` is not `ab\0`.
    let rest = to - i;
    for (; i < to; i++) rest = (rest << 8) | (buffer[i] as number);
    first = Math.imul(first ^ rest, 0x85ebca6b);
    this.first = first ^ (first >>> 15);
    this.second = Math.imul(second + rest, 0x5bd1e995) ^ (second >>> 15);
  }

  finish(): void {
    this.first = mixed(this.first);
    this.second = mixed(this.second);
  }
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
