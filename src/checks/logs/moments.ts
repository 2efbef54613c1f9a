/**
 * Moments of failures, ascending. The first hundred thousand are known one by one; of those beyond only how many there were in each second, and
 * they are worked out when they are asked for, spread evenly over it: a bad day has millions, and a piece of memory for each would have no bound.
 */
import type { Counts, TimeSeries } from './time-series.ts';

/** What is asked of a list of numbers that may not be stored as such; arrays fit. */
export interface Series {
  readonly length: number;
  /** Undefined outside of it; -1 is the last. */
  at(index: number): number | undefined;
}

/** Consecutive moments that are either all known, or spread evenly over a stretch of time. */
interface Stretches {
  /** Index of its first moment; one more entry at the end: that of no stretch. */
  readonly first: Float64Array;
  /** Its first moment, and from each to the next, ms; only where it is spread. */
  readonly from: Float64Array;
  readonly step: Float64Array;
  /** Place of its first moment among the known ones; -1: it is spread. */
  readonly known: Int32Array;
}

export class Moments implements Series {
  readonly length: number;
  readonly #known: Float64Array;
  /** Null: all are known. */
  readonly #stretches: Stretches | null;
  /** The stretch that was asked for last: they are mostly read in order. */
  #current = 0;

  private constructor(length: number, known: Float64Array, stretches: Stretches | null) {
    this.length = length;
    this.#known = known;
    this.#stretches = stretches;
  }

  /** @param known ms since the epoch, ascending */
  static known(known: Float64Array): Moments {
    return new Moments(known.length, known, null);
  }

  /**
   * @param known ms since the epoch, ascending
   * @param counted numbers of the series that those beyond are counted in; @param last the last moment of these
   */
  static withCounts(known: Float64Array, series: TimeSeries, counted: readonly number[], last: number): Moments {
    const buckets = series.together(counted);
    if (buckets.from.length === 0) return Moments.known(known);
    const stretches = stretchesOf(known, buckets, series.widthMs, last);
    return new Moments(stretches.first.at(-1) ?? 0, known, stretches);
  }

  at(index: number): number | undefined {
    const i = index < 0 ? this.length + index : index;
    const stretches = this.#stretches;
    if (stretches === null) return this.#known[i];
    if (i < 0 || i >= this.length) return undefined;
    const stretch = this.#stretchOf(i, stretches.first);
    const first = stretches.first[stretch] as number;
    const place = stretches.known[stretch] as number;
    if (place >= 0) return this.#known[place + i - first];
    return (stretches.from[stretch] as number) + (i - first) * (stretches.step[stretch] as number);
  }

  #stretchOf(index: number, first: Float64Array): number {
    let current = this.#current;
    if (index < (first[current] as number) || index >= (first[current + 1] as number)) {
      current += 1;
      if (index < (first[current] as number) || !(index < (first[current + 1] ?? -1))) current = lastAtMost(first, index);
      this.#current = current;
    }
    return current;
  }
}

/** What is known of a bucket that others were counted in is spread with them: in which order they came, nobody knows. */
function stretchesOf(known: Float64Array, buckets: Counts, widthMs: number, last: number): Stretches {
  const most = 2 * buckets.from.length + 1;
  const stretches = { first: new Float64Array(most + 1), from: new Float64Array(most), step: new Float64Array(most), known: new Int32Array(most) };
  let size = 0;
  let index = 0;
  let place = 0;
  const open = (count: number, firstKnown: number, from: number, step: number): void => {
    stretches.first[size] = index;
    stretches.known[size] = firstKnown;
    stretches.from[size] = from;
    stretches.step[size] = step;
    size += 1;
    index += count;
  };
  const passed = (moment: number): number => {
    const before = place;
    while (place < known.length && (known[place] as number) < moment) place += 1;
    return place - before;
  };
  for (let i = 0; i < buckets.from.length; i++) {
    const from = buckets.from[i] as number;
    const before = passed(from);
    if (before > 0) open(before, place - before, 0, 0);
    const inside = place;
    const count = (buckets.count[i] as number) + passed(from + widthMs);
    const end = Math.max(last, inside === place ? from : (known[place - 1] as number));
    // The last of all is known, and tells whether it still happens: it stands where it was.
    if (end < from + widthMs) open(count, -1, from + (end - from) / count, (end - from) / count);
    else open(count, -1, from + widthMs / 2 / count, widthMs / count);
  }
  const after = passed(Infinity);
  if (after > 0) open(after, place - after, 0, 0);
  stretches.first[size] = index;
  return { ...stretches, first: stretches.first.subarray(0, size + 1) };
}

/** Index of the last value that is no greater. */
function lastAtMost(ascending: Float64Array, wanted: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
