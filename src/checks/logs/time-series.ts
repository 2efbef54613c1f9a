/**
 * Counts per second for many groups over a window of unknown length: when they would need too much memory, all seconds are joined in pairs.
 */

/** Buckets of all series together; 4 bytes each. */
const mostBuckets = 4_000_000;
/** Room for so many is made at once; so many for each series must fit. */
const leastRoom = 64;

/** Buckets that hold something, in order of time. */
export interface Counts {
  /** First moment of each, ms. */
  readonly from: Float64Array;
  readonly count: Uint32Array;
}

export class TimeSeries {
  widthMs = 1000;
  readonly #most: number;
  #series: { offset: number; counts: Uint32Array<ArrayBuffer>; length: number }[] = [];
  #buckets = 0;

  constructor(most = mostBuckets) {
    this.#most = most;
  }

  /** A further series, by its number. */
  add(): number {
    this.#series.push({ offset: 0, counts: new Uint32Array(0), length: 0 });
    return this.#series.length - 1;
  }

  count(index: number, moment: number): void {
    const bucket = Math.floor(moment / this.widthMs);
    const series = this.#series[index];
    if (series === undefined) return;
    if (series.length === 0) series.offset = bucket - 8;
    let place = bucket - series.offset;
    if (place < 0 || place >= series.counts.length) {
      if (this.#makeRoom(series, bucket)) return this.count(index, moment);
      place = bucket - series.offset;
    }
    series.counts[place] = (series.counts[place] as number) + 1;
    if (place >= series.length) series.length = place + 1;
  }

  /** @returns true where the buckets were widened, so that the place must be worked out again */
  #makeRoom(series: { offset: number; counts: Uint32Array<ArrayBuffer>; length: number }, bucket: number): boolean {
    const first = Math.min(series.length === 0 ? bucket : series.offset, bucket);
    const last = Math.max(series.offset + series.length - 1, bucket);
    const needed = last - first + 1;
    const size = Math.max(leastRoom, Math.ceil(needed * 1.5));
    if (this.#buckets + size - series.counts.length > this.#most) {
      this.#widen();
      return true;
    }
    // Earlier lines can follow later ones (a request's start is logged at its end): some room in front.
    const front = bucket < series.offset ? Math.min(size - needed, Math.ceil(needed / 4)) : Math.max(0, series.offset - first);
    const counts = new Uint32Array(size);
    const offset = first - Math.min(front, size - needed);
    for (let i = 0; i < series.length; i++) counts[series.offset + i - offset] = series.counts[i] as number;
    this.#buckets += size - series.counts.length;
    series.length = series.length === 0 ? 0 : series.offset + series.length - offset;
    series.offset = offset;
    series.counts = counts;
    return false;
  }

  #widen(): void {
    this.widthMs *= 2;
    this.#buckets = 0;
    for (const series of this.#series) {
      const offset = Math.floor(series.offset / 2);
      const counts = new Uint32Array(Math.ceil((series.length + 2) / 2) + 1);
      for (let i = 0; i < series.length; i++) {
        const place = Math.floor((series.offset + i) / 2) - offset;
        counts[place] = (counts[place] as number) + (series.counts[i] as number);
      }
      series.length = series.length === 0 ? 0 : Math.floor((series.offset + series.length - 1) / 2) - offset + 1;
      series.offset = offset;
      series.counts = counts;
      this.#buckets += counts.length;
    }
  }

  /** Counts of a series added to those of `into`, which begins at bucket `first`. */
  addTo(index: number, into: Float64Array, first: number): void {
    const series = this.#series[index];
    if (series === undefined) return;
    for (let i = 0; i < series.length; i++) {
      const place = series.offset + i - first;
      if (place >= 0 && place < into.length) into[place] = (into[place] as number) + (series.counts[i] as number);
    }
  }

  /** Every bucket that holds something, by its first moment. */
  each(index: number, visit: (moment: number, count: number) => void): void {
    const series = this.#series[index];
    if (series === undefined) return;
    for (let i = 0; i < series.length; i++) {
      const count = series.counts[i] as number;
      if (count > 0) visit((series.offset + i) * this.widthMs, count);
    }
  }

  /** The counts of several series as one. */
  together(indexes: readonly number[]): Counts {
    const heads = indexes.flatMap((index) => this.#series[index] ?? []).map((series) => ({ series, place: 0 }));
    const most = heads.reduce((sum, { series }) => sum + series.length, 0);
    const from = new Float64Array(most);
    const count = new Uint32Array(most);
    let size = 0;
    for (;;) {
      let bucket = Infinity;
      let sum = 0;
      for (const head of heads) {
        const { series } = head;
        while (head.place < series.length && series.counts[head.place] === 0) head.place += 1;
        if (head.place < series.length) bucket = Math.min(bucket, series.offset + head.place);
      }
      if (bucket === Infinity) return { from: from.slice(0, size), count: count.slice(0, size) };
      for (const head of heads) {
        if (head.place >= head.series.length || head.series.offset + head.place !== bucket) continue;
        sum += head.series.counts[head.place] as number;
        head.place += 1;
      }
      from[size] = bucket * this.widthMs;
      count[size] = sum;
      size += 1;
    }
  }
}
