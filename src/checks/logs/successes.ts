/** Requests to a backend that succeeded, as counts in time: an access log's times are whole seconds, so nothing finer is kept. */

export class Successes {
  readonly start: number;
  readonly widthMs: number;
  readonly total: number;
  /** Successes before bucket i. */
  readonly #before: Float64Array;

  /** @param counts per bucket of `widthMs` from `start` on; fractions are allowed (a balancer member's share) */
  constructor(start: number, widthMs: number, counts: ArrayLike<number>) {
    this.start = start;
    this.widthMs = widthMs;
    this.#before = new Float64Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) this.#before[i + 1] = (this.#before[i] ?? 0) + (counts[i] ?? 0);
    this.total = this.#before[counts.length] ?? 0;
  }

  /** Successes in [from, to); inside a bucket they are taken to be spread evenly. */
  between(from: number, to: number): number {
    return to <= from ? 0 : this.#until(to) - this.#until(from);
  }

  /** Successes in the whole buckets that lie within [from, to): without the ones whose order to the edges is not known. */
  inside(from: number, to: number): number {
    const first = Math.floor((from - this.start) / this.widthMs) + 1;
    const last = Math.floor((to - this.start) / this.widthMs);
    return last <= first ? 0 : this.#at(last) - this.#at(first);
  }

  #until(moment: number): number {
    const place = (moment - this.start) / this.widthMs;
    const whole = Math.floor(place);
    const before = this.#at(whole);
    return before + (place - whole) * (this.#at(whole + 1) - before);
  }

  #at(index: number): number {
    return this.#before[Math.max(0, Math.min(this.#before.length - 1, index))] ?? 0;
  }
}
