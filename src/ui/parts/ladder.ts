/** The keepalive ladder: for each idle time that was tried, what became of the connection; and how long the proxy keeps one. */
import { span, type Line } from '../line.ts';
import type { Theme, Tone } from '../theme.ts';
import { cut } from '../width.ts';

export interface Rung {
  readonly seconds: number;
  readonly outcome: 'reused' | 'closed' | 'reset' | 'no-answer';
}
export interface Ladder {
  readonly rungs: readonly Rung[];
  readonly backendTimeoutSeconds: number | null;
  readonly proxyKeeps: { readonly seconds: number | null; readonly reuse: boolean; readonly because: string } | null;
}

const meanings: Readonly<Record<Rung['outcome'], { readonly text: string; readonly tone: Tone }>> = {
  reused: { text: 'still good', tone: 'plain' },
  closed: { text: 'closed by the backend', tone: 'live' },
  reset: { text: 'reset when used', tone: 'broken' },
  'no-answer': { text: 'swallowed: no answer', tone: 'broken' },
};

export function ladderPicture({ rungs, backendTimeoutSeconds, proxyKeeps }: Ladder, width: number, theme: Theme): Line[] {
  const sorted = [...rungs].sort((a, b) => a.seconds - b.seconds);
  if (sorted.length === 0) return [];
  const widest = Math.max(...sorted.map(({ seconds }) => `${seconds} s`.length));
  const longest = Math.max(...sorted.map(({ seconds }) => seconds), 1);
  const room = Math.max(4, Math.min(30, width - widest - 28));
  const lines: Line[] = sorted.map(({ seconds, outcome }) => {
    const { text, tone } = meanings[outcome];
    const length = Math.max(1, Math.round((seconds / longest) * room));
    const end = outcome === 'reused' ? theme.sign('ok') : outcome === 'no-answer' ? theme.sign('unanswered') : theme.sign('bad');
    return [
      span(`${`${seconds} s`.padStart(widest)} `, 'quiet'),
      span(theme.sign('rule').repeat(length), 'quiet'),
      span(end, tone),
      span(' '.repeat(Math.max(1, room - length + 1))),
      span(text, tone),
    ];
  });
  const proxy =
    proxyKeeps === null
      ? 'unknown'
      : !proxyKeeps.reuse
        ? 'never reuses one'
        : proxyKeeps.seconds === null
          ? 'without end'
          : `${proxyKeeps.seconds} s`;
  const backend = backendTimeoutSeconds === null ? 'not seen' : `${backendTimeoutSeconds} s`;
  lines.push([span(cut(`idle connections are kept: by the backend ${backend}, by the proxy ${proxy}`, width, theme.sign('cut')), 'quiet')]);
  return lines;
}
