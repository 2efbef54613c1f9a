/** Buckets of a window in widths that people know, at most so many as a chart can show. */
import type { TimeSeries } from './time-series.ts';

const most = 120;
const widths = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800].map(
  (seconds) => seconds * 1000,
);

export interface Buckets {
  readonly start: number;
  readonly widthMs: number;
  readonly empty: () => number[];
  readonly count: (counts: number[], moment: number) => void;
  readonly addSeries: (counts: number[], series: TimeSeries, index: number) => void;
}

export function bucketsOf(from: number, to: number): Buckets {
  const span = Math.max(1, to - from);
  const widthMs = widths.find((width) => span / width < most - 1) ?? Math.ceil(span / most / 604_800_000) * 604_800_000;
  const start = Math.floor(from / widthMs) * widthMs;
  const size = Math.floor((to - start) / widthMs) + 1;
  const count = (counts: number[], moment: number, by = 1): void => {
    const place = Math.floor((moment - start) / widthMs);
    if (place >= 0 && place < size) counts[place] = (counts[place] ?? 0) + by;
  };
  return {
    start,
    widthMs,
    empty: () => Array.from({ length: size }, () => 0),
    count: (counts, moment) => count(counts, moment),
    addSeries: (counts, series, index) => series.each(index, (moment, many) => count(counts, moment, many)),
  };
}
