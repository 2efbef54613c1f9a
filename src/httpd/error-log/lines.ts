/**
 * Bytes in, candidate lines out. Works in a fixed piece of memory with two slots, so that one can be filled while the other is looked
 * through; a line that goes over the end of a slot is put together in the gap before the next one.
 */
import { createFinder, plainFinder, type Finder } from './finder.ts';
import { httpdNeedles, type Needles } from './needles.ts';

/** Longer lines are read so far; httpd ends its own at 8192 bytes (server/log.c, MAX_STRING_LEN). */
export const longestLine = 65_536;
const gapBytes = 2 * longestLine;
/** One read: it stays in the processor's own cache until it has been looked through. */
export const slotBytes = 256 * 1024;
const lineFeed = 10;

export type Slot = 0 | 1;

/** A candidate's text, and its number counted from 1 at the first byte that was given. */
export type OnLine = (text: string, line: number) => void;

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

  constructor(plain = false, needles: Needles = httpdNeedles) {
    const room = 2 * (gapBytes + slotBytes);
    const atOnce = gapBytes + slotBytes;
    this.#finder = plain ? plainFinder(room, atOnce, needles) : createFinder(room, atOnce, needles);
    this.#bytes = Buffer.from(this.#finder.memory.buffer);
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
      this.#onLine(this.#bytes.toString('utf8', start, Math.min(end, start + longestLine)), before + (found[index + 2] ?? 0));
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
