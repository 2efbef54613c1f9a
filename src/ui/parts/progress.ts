/** How far a running check is, and what is left to do: bytes with their rate, attempts, a countdown for what waits. */
import type { Progress } from '../../checks/check.ts';
import { span, type Line } from '../line.ts';
import type { Theme } from '../theme.ts';
import { bytes, clock, count, countdown, percent } from '../words.ts';
import { cut } from '../width.ts';
import { meter } from './bars.ts';

/** In words, for the screen and for `--plain`. `elapsedMs`: since the check was started. */
export function progressWords({ done, total, unit }: Progress, elapsedMs: number): string {
  const rate = elapsedMs > 500 ? done / (elapsedMs / 1000) : null;
  const left = rate && total !== null && rate > 0 && total > done ? `, about ${countdown(((total - done) / rate) * 1000)} left` : '';
  switch (unit) {
    case 'bytes':
      return `${bytes(done)}${total === null ? ' read' : ` of ${bytes(total)} (${percent(total > 0 ? done / total : 1)})`}${rate ? `, ${bytes(rate)}/s` : ''}${left}`;
    case 'seconds':
      return total === null
        ? `${clock(done * 1000)} so far`
        : `${countdown(Math.max(0, total - done) * 1000)} left of ${countdown(total * 1000)}`;
    case 'attempts':
    case 'packets':
    case 'requests':
      return `${count(done)}${total === null ? '' : ` of ${count(total)}`} ${unit}${left}`;
  }
}

export function progressLine(progress: Progress, elapsedMs: number, width: number, theme: Theme): Line {
  const words = cut(progressWords(progress, elapsedMs), width, theme.sign('cut'));
  if (progress.total === null || progress.total <= 0 || width < 30) return [span(words, 'quiet')];
  const room = Math.max(8, Math.min(24, width - words.length - 2));
  if (room + 2 + words.length > width) return [span(words, 'quiet')];
  return [span(meter(progress.done / progress.total, room, theme), 'accent'), span(`  ${words}`, 'quiet')];
}
