/** Failures over time: one look tells `every` (a flat block) from `clusters` (towers) and `sporadic` (single ticks). */
import { lineOf, span, type Line } from '../line.ts';
import type { Theme } from '../theme.ts';
import { count, duration, timeOfDayUtc } from '../words.ts';
import { padStart, widthOf } from '../width.ts';
import { bars, columnsOf } from './bars.ts';

export interface Timeline {
  /** ISO 8601. */
  readonly start: string;
  readonly widthSeconds: number;
  readonly counts: readonly number[];
  /** Requests in the same buckets, where an access log tells. */
  readonly requests: readonly number[] | null;
}

export function timelinePicture(timeline: Timeline, width: number, rows: number, theme: Theme): Line[] {
  const { counts, requests, widthSeconds } = timeline;
  const start = Date.parse(timeline.start);
  if (counts.length === 0 || Number.isNaN(start)) return [];
  const columns = columnsOf(counts, width);
  const perColumn =
    columns.length >= counts.length ? widthSeconds / (columns.length / counts.length) : (counts.length * widthSeconds) / columns.length;
  const highest = Math.max(...columns);
  const end = start + counts.length * widthSeconds * 1000;
  const lines: Line[] = bars(columns, rows, theme).map((row) => lineOf(row, 'accent'));
  const from = timeOfDayUtc(start, end - start < 600_000);
  const to = timeOfDayUtc(end, end - start < 600_000);
  const said = `up to ${count(highest)} failed in ${duration(Math.max(1000, perColumn * 1000))} (UTC)`;
  const middle = ` ${said} `;
  const room = columns.length - widthOf(from) - widthOf(to);
  lines.push(
    room >= widthOf(middle)
      ? [
          span(from, 'quiet'),
          span(padStart(middle, Math.floor((room + widthOf(middle)) / 2)), 'quiet'),
          span(padStart(to, Math.ceil((room - widthOf(middle)) / 2) + widthOf(to)), 'quiet'),
        ]
      : [span(`${from} ${theme.sign('dash')} ${to}`, 'quiet')],
  );
  if (requests && requests.length > 0 && rows > 1) {
    lines.push([span(bars(columnsOf(requests, width), 1, theme).join(''), 'quiet')]);
    lines.push(lineOf(`all requests, up to ${count(Math.max(...columnsOf(requests, width)))} in the same time`, 'quiet'));
  }
  return lines;
}
