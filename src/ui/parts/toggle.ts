/** Before and during a test that changes something: the same numbers side by side. */
import { lineOf, span, type Line } from '../line.ts';
import type { Theme, Tone } from '../theme.ts';
import { cut, pad } from '../width.ts';
import { count, duration, percent } from '../words.ts';

export interface Period {
  readonly requests: number;
  readonly failed: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly seconds: number;
}
export interface Toggle {
  readonly before: Period | null;
  readonly during: Period | null;
  readonly after: Period | null;
  /** The test still runs. */
  readonly live: boolean;
  readonly said: string | null;
}

export function togglePicture({ before, during, after, live, said }: Toggle, width: number, theme: Theme): Line[] {
  const row = (name: string, period: Period | null, tone: Tone): Line[] => {
    if (!period) return [];
    const share = period.requests > 0 ? ` (${percent(period.failed / period.requests)})` : '';
    const failed = `${count(period.failed)} of ${count(period.requests)} requests failed${share}`;
    const times = [
      period.p50 === null ? '' : `p50 ${duration(period.p50)}`,
      period.p95 === null ? '' : `p95 ${duration(period.p95)}`,
    ].filter((text) => text !== '');
    const mark = theme.sign('cut');
    const first = Math.max(20, Math.min(45, width - 8));
    return [
      [
        span(pad(name, 8, mark), 'quiet'),
        span(pad(failed, first, mark), tone),
        span(cut(times.join('   '), Math.max(0, width - 8 - first), mark), 'quiet'),
      ],
    ];
  };
  const lines = [...row('before', before, 'plain'), ...row(live ? 'now' : 'during', during, 'strong'), ...row('after', after, 'plain')];
  if (said !== null) lines.push(lineOf(cut(theme.text(said), width, theme.sign('cut')), 'quiet'));
  return lines;
}
