/** Reads `[22/Nov/2026:06:34:39 +0000]`, the time of the common log format. A busy log has many lines a second: the last one is remembered. */
import { digits, monthOf, wallClockOf, zoneAt } from './clock.ts';

/** Bytes, with the brackets. */
export const clfLength = 28;

export class ClfClock {
  /** Of the last time read: minutes east of UTC. */
  zone = 0;
  // The last date seen, and its midnight: the next line most likely has the same.
  #day = -1;
  #monthBytes = -1;
  #year = -1;
  #midnight = 0;
  // The last time, as four bytes at a time and one by one, and the moments of it and of its minute.
  readonly #second = new Int32Array(clfLength / 4);
  readonly #minute = new Uint8Array(clfLength);
  #secondMs = NaN;
  #minuteMs = NaN;

  /** @param view of the same bytes. @returns milliseconds since the epoch; NaN where no such time stands */
  read(bytes: Uint8Array, view: DataView, position: number, end: number): number {
    if (bytes[position] !== 0x5b || position + clfLength > end) return NaN;
    if (this.#isSameSecond(view, position)) return this.#secondMs;
    if (this.#isSameMinute(bytes, position)) {
      const second = digits(bytes, position + 19, 2);
      return second < 0 ? NaN : this.#keep(view, position, this.#minuteMs + second * 1000);
    }
    return this.#readWhole(bytes, view, position);
  }

  #readWhole(bytes: Uint8Array, view: DataView, position: number): number {
    const day = digits(bytes, position + 1, 2);
    const year = digits(bytes, position + 8, 4);
    const hour = digits(bytes, position + 13, 2);
    const minute = digits(bytes, position + 16, 2);
    const second = digits(bytes, position + 19, 2);
    if (day < 0 || year < 0 || hour < 0 || minute < 0 || second < 0) return NaN;
    if (bytes[position + 3] !== 0x2f || bytes[position + 12] !== 0x3a || bytes[position + 27] !== 0x5d) return NaN;
    const zone = zoneAt(bytes, position + 22);
    if (zone === null) return NaN;
    const monthBytes = ((bytes[position + 4] as number) << 16) | ((bytes[position + 5] as number) << 8) | (bytes[position + 6] as number);
    if (day !== this.#day || monthBytes !== this.#monthBytes || year !== this.#year) {
      const month = monthOf(monthBytes >> 16, (monthBytes >> 8) & 0xff, monthBytes & 0xff);
      if (month === 0) return NaN;
      this.#day = day;
      this.#monthBytes = monthBytes;
      this.#year = year;
      this.#midnight = wallClockOf(year, month, day, 0, 0, 0);
    }
    this.#minute.set(bytes.subarray(position, position + clfLength));
    this.zone = zone.minutes;
    this.#minuteMs = this.#midnight + hour * 3_600_000 + minute * 60_000 - zone.minutes * 60_000;
    return this.#keep(view, position, this.#minuteMs + second * 1000);
  }

  #keep(view: DataView, position: number, ms: number): number {
    for (let i = 0; i < this.#second.length; i++) this.#second[i] = view.getInt32(position + i * 4);
    this.#secondMs = ms;
    return ms;
  }

  /** From the back, where it differs first. */
  #isSameSecond(view: DataView, position: number): boolean {
    const second = this.#second;
    for (let i = clfLength / 4 - 1; i >= 0; i--) if (view.getInt32(position + i * 4) !== second[i]) return false;
    return true;
  }

  /** The same text but for the seconds: from the back of the minute, then zone and bracket. */
  #isSameMinute(bytes: Uint8Array, position: number): boolean {
    const minute = this.#minute;
    for (let i = 18; i > 0; i--) if (bytes[position + i] !== minute[i]) return false;
    for (let i = 21; i < clfLength; i++) if (bytes[position + i] !== minute[i]) return false;
    return true;
  }
}
