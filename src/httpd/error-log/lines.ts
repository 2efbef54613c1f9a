/**
 * Bytes in, candidate lines out. Works in a fixed piece of memory with two slots, so that one can be filled while the other is looked
 * through; a line that goes over the end of a slot is put together in the gap before the next one.
 */
import type { Finder } from './finder.ts';

/** Longer lines are read so far; httpd ends its own at 8192 bytes (server/log.c, MAX_STRING_LEN). */
export const longestLine = 65_536;
const gapBytes = 2 * longestLine;
/** One read: it stays in the processor's own cache until it has been looked through. */
export const slotBytes = 256 * 1024;
const lineFeed = 10;

export type Slot = 0 | 1;

/** A candidate: its bytes (gone after the call), and its number counted from 1 at the first byte that was given. */
export type OnLine = (bytes: Buffer, from: number, to: number, line: number) => void;

/** What a finder for a scanner has to hold, and is given at once. */
export const scannerRoom = 2 * (gapBytes + slotBytes);
export const scannerAtOnce = gapBytes + slotBytes;

/** Where a scanner stands between two slots, for another one to go on from there. */
export interface Standing {
  readonly lines: number;
  readonly shortened: number;
  readonly skipping: boolean;
  /** The beginning of a line that is not at its end yet. */
  readonly carried: Uint8Array;
}

export class LineScanner {
  /** Whole lines seen so far, candidates or not. */
  lines = 0;
  /** Lines that were longer than `longestLine`. */
  shortened = 0;
  readonly #finder: Finder;
  readonly #bytes: Buffer;
  #onLine: OnLine = () => {};
  /** Bytes of an unfinished line that stand before the current slot. */
  #carried = 0;
  /** The rest of a line that was too long is passed over. */
  #skipping = false;
  /** For `push`: the slot that is being filled. */
  #slot: Slot = 0;
  #filled = 0;

  /** @param finder with `scannerRoom` for the scanner, given `scannerAtOnce` bytes at most */
  constructor(finder: Finder) {
    this.#finder = finder;
    this.#bytes = Buffer.from(finder.memory.buffer);
  }

  begin(onLine: OnLine): void {
    this.#onLine = onLine;
    this.lines = 0;
    this.shortened = 0;
    this.#carried = 0;
    this.#skipping = false;
    this.#slot = 0;
    this.#filled = 0;
  }

  /** Goes on from where another scanner stood; the next bytes belong into slot 0. */
  resume(standing: Standing): void {
    this.lines = standing.lines;
    this.shortened = standing.shortened;
    this.#skipping = standing.skipping;
    this.#carried = standing.carried.length;
    this.memory.set(standing.carried, this.at(0) - this.#carried);
  }

  /** `slot`: the one that would have come next. */
  standing(slot: Slot): Standing {
    const at = this.at(slot);
    return {
      lines: this.lines,
      shortened: this.shortened,
      skipping: this.#skipping,
      carried: this.memory.slice(at - this.#carried, at),
    };
  }

  get memory(): Uint8Array<ArrayBuffer> {
    return this.#finder.memory;
  }

  /** Index in `memory` where the bytes of a slot belong, at most `slotBytes` of them. */
  at(slot: Slot): number {
    return this.#finder.begin + slot * (gapBytes + slotBytes) + gapBytes;
  }

  /** Bytes as they come, in pieces of any size. */
  push(chunk: Uint8Array): void {
    for (let taken = 0; taken < chunk.length;) {
      const part = Math.min(slotBytes - this.#filled, chunk.length - taken);
      this.memory.set(chunk.subarray(taken, taken + part), this.at(this.#slot) + this.#filled);
      this.#filled += part;
      taken += part;
      if (this.#filled === slotBytes) this.flush();
    }
  }

  /** Looks through what was pushed so far, all but an unfinished line. */
  flush(): void {
    if (this.#filled === 0) return;
    const next: Slot = this.#slot === 0 ? 1 : 0;
    this.process(this.#slot, this.#filled, next);
    this.#slot = next;
    this.#filled = 0;
  }

  /** Looks through the first `length` bytes of a slot; an unfinished line goes before the slot that comes next. */
  process(slot: Slot, length: number, next: Slot): void {
    const data = this.at(slot);
    const to = data + length;
    let from = data - this.#carried;
    this.#carried = 0;
    if (this.#skipping) {
      const feed = this.#bytes.indexOf(lineFeed, data);
      if (feed < 0 || feed >= to) return;
      this.lines += 1;
      this.#skipping = false;
      from = feed + 1;
    }
    from = this.#afterHole(from, to);
    const end = Math.max(this.#bytes.lastIndexOf(lineFeed, to - 1) + 1, from);
    if (end > from) this.#look(from, end);
    const start = this.#afterHole(end, to);
    if (to - start > gapBytes) this.#tooLong(start);
    else {
      this.#carried = to - start;
      this.memory.copyWithin(this.at(next) - this.#carried, start, to);
    }
  }

  /** The end: what is left is a line without a line feed. `slot` is the one that would have come next. */
  end(slot: Slot = this.#slot): void {
    if (this.#filled > 0) {
      this.flush();
      slot = this.#slot;
    }
    if (this.#skipping) this.lines += 1;
    if (this.#carried === 0) return;
    const to = this.at(slot);
    this.memory[to] = lineFeed;
    this.#look(to - this.#carried, to + 1);
    this.#carried = 0;
  }

  /** A log that was cut off while httpd kept its place in it begins with a hole of zeros: the line after it is whole. */
  #afterHole(from: number, to: number): number {
    let at = from;
    while (at < to && this.#bytes[at] === 0) at += 1;
    return at;
  }

  #look(from: number, to: number): void {
    const finder = this.#finder;
    const { found } = finder;
    const count = finder.find(from, to);
    const lines = finder.lines();
    const before = this.lines + 1;
    for (let index = 0; index < count * 3; index += 3) {
      const end = found[index + 1] ?? 0;
      const start = this.#afterHole(found[index] ?? 0, end);
      this.#onLine(this.#bytes, start, Math.min(end, start + longestLine), before + (found[index + 2] ?? 0));
    }
    this.lines += lines;
  }

  #tooLong(start: number): void {
    // The rest is passed over, so that its bytes may be written on.
    const end = start + longestLine;
    this.memory[end] = lineFeed;
    this.#look(start, end + 1);
    this.lines -= 1;
    this.shortened += 1;
    this.#skipping = true;
  }
}
