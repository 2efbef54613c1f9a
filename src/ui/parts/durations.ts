/** How long failed and good requests took, on one scale of powers of ten, with the timeouts of the configuration marked. */
import { span, type Line } from '../line.ts';
import type { Theme, Tone } from '../theme.ts';
import { duration } from '../words.ts';
import { padStart } from '../width.ts';

export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}
export interface Mark {
  readonly name: string;
  readonly ms: number;
}
export interface Durations {
  /** All in milliseconds. */
  readonly failed: Spread | null;
  readonly good: Spread | null;
  readonly timeouts: readonly Mark[];
}

export function durationsPicture({ failed, good, timeouts }: Durations, width: number, theme: Theme): Line[] {
  const values = [failed, good]
    .flatMap((spread) => (spread ? [spread.p50, spread.p95, spread.max] : []))
    .concat(timeouts.map(({ ms }) => ms));
  if (!failed && !good) return [];
  const label = 8;
  const room = Math.max(8, width - label - 1);
  const low = Math.log10(Math.max(0.1, Math.min(...values)));
  const high = Math.max(low + 1, Math.log10(Math.max(...values, 1)));
  const at = (ms: number): number =>
    Math.max(0, Math.min(room - 1, Math.round(((Math.log10(Math.max(0.1, ms)) - low) / (high - low)) * (room - 1))));
  const lines: Line[] = [];
  const row = (name: string, spread: Spread | null, tone: Tone): void => {
    if (!spread) return;
    const cells = Array.from({ length: room }, () => ' ');
    for (let index = at(spread.p50); index <= at(spread.max); index += 1) cells[index] = theme.sign('rule');
    for (let index = at(spread.p50); index <= at(spread.p95); index += 1) cells[index] = theme.unicode ? '━' : '=';
    cells[at(spread.max)] = theme.sign('wall');
    cells[at(spread.p50)] = theme.sign('done');
    lines.push([span(name.padEnd(label), 'quiet'), span(cells.join('').trimEnd(), tone)]);
    lines.push([
      span(' '.repeat(label)),
      span(`half in ${duration(spread.p50)}, 95 % in ${duration(spread.p95)}, slowest ${duration(spread.max)}`, 'quiet'),
    ]);
  };
  row('good', good, 'plain');
  row('failed', failed, 'broken');
  const marks = [...timeouts].sort((a, b) => a.ms - b.ms);
  if (marks.length > 0) {
    const cells = Array.from({ length: room }, () => ' ');
    for (const { ms } of marks) cells[at(ms)] = theme.sign('mark');
    lines.push([span('limits'.padEnd(label), 'quiet'), span(cells.join('').trimEnd(), 'accent')]);
    for (const { name, ms } of marks)
      lines.push([span(' '.repeat(label)), span(`${theme.sign('mark')} ${theme.text(name)} ${duration(ms)}`, 'quiet')]);
  }
  const from = duration(10 ** low);
  lines.push([span(' '.repeat(label)), span(from + padStart(duration(10 ** high), Math.max(1, room - from.length)), 'quiet')]);
  return lines;
}
