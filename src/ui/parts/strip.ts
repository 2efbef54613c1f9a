/** Connect attempts in the order they were made: a sign for how each ended, a bar for how long it took. */
import { lineOf, lineWidth, span, type Line, type Span } from '../line.ts';
import type { Theme, Tone } from '../theme.ts';
import { duration } from '../words.ts';

export interface Attempt {
  readonly address: string;
  readonly outcome: 'connected' | 'refused' | 'timed-out' | 'unreachable' | 'denied' | 'reset' | 'failed';
  readonly latencyMs: number;
  readonly afterwards?: 'silent' | 'sent' | 'closed' | 'reset' | null;
}

interface Look {
  readonly sign: (theme: Theme) => string;
  readonly tone: Tone;
  readonly name: string;
}
const looks: Readonly<Record<Attempt['outcome'] | 'dropped', Look>> = {
  connected: { sign: (theme) => theme.sign('ok'), tone: 'plain', name: 'accepted' },
  refused: { sign: (theme) => theme.sign('bad'), tone: 'broken', name: 'refused' },
  'timed-out': { sign: (theme) => theme.sign('unanswered'), tone: 'broken', name: 'no answer' },
  unreachable: { sign: () => '!', tone: 'broken', name: 'unreachable' },
  denied: { sign: () => '#', tone: 'broken', name: 'denied' },
  reset: { sign: () => '~', tone: 'broken', name: 'reset' },
  failed: { sign: () => 'E', tone: 'broken', name: 'failed' },
  dropped: { sign: () => '%', tone: 'broken', name: 'accepted, then dropped' },
};

function lookOf(attempt: Attempt): Look {
  const dropped = attempt.outcome === 'connected' && (attempt.afterwards === 'closed' || attempt.afterwards === 'reset');
  return looks[dropped ? 'dropped' : attempt.outcome];
}

function signs(attempts: readonly Attempt[], theme: Theme): Line {
  const spans: Span[] = [];
  for (const attempt of attempts) {
    const { sign, tone } = lookOf(attempt);
    const last = spans.at(-1);
    if (last?.tone === tone) spans[spans.length - 1] = { tone, text: last.text + sign(theme) };
    else spans.push({ tone, text: sign(theme) });
  }
  return spans;
}

/** Height of a latency on a scale of powers of ten from 0.1 ms to 10 s: 1 ms and 1 s differ at a glance. */
function level(ms: number, theme: Theme): string {
  const steps = theme.levels.length - 1;
  const height = 1 + Math.round(((Math.log10(Math.min(10_000, Math.max(0.1, ms))) + 1) / 5) * (steps - 1));
  return theme.levels[height] ?? '';
}

/** What the signs mean and how long it took: on one line, or on two. */
function legend(signs: Line, took: string, width: number): Line[] {
  if (lineWidth(signs) + took.length + 3 <= width) return [[...signs, span(`   ${took}`, 'quiet')]];
  return [signs, lineOf(took, 'quiet')];
}

/** `total`: how many there will be, for a strip that is being filled. The newest are shown where not all fit. */
export function stripPicture(attempts: readonly Attempt[], width: number, theme: Theme, total: number | null = null): Line[] {
  if (attempts.length === 0) return total === null ? [] : [lineOf(theme.sign('dot').repeat(Math.min(width, total)), 'quiet')];
  const cutOff = attempts.length > width;
  const shown = cutOff ? attempts.slice(attempts.length - width + 1) : attempts;
  const left = total === null || cutOff ? 0 : Math.min(width - shown.length, Math.max(0, total - attempts.length));
  const cut = theme.unicode ? '…' : '<';
  const kinds = [...new Map(attempts.map((attempt) => [lookOf(attempt).name, lookOf(attempt)])).values()];
  const times = attempts.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  const lines: Line[] = [
    [...(cutOff ? [span(cut, 'quiet')] : []), ...signs(shown, theme), span(theme.sign('dot').repeat(left), 'quiet')],
    [...(cutOff ? [span(cut, 'quiet')] : []), span(shown.map(({ latencyMs }) => level(latencyMs, theme)).join(''), 'quiet')],
    ...legend(
      kinds.flatMap(({ sign, tone, name }, index) => [span(`${index > 0 ? '  ' : ''}${sign(theme)}`, tone), span(` ${name}`, 'quiet')]),
      `took ${duration(times[0] ?? 0)} to ${duration(times.at(-1) ?? 0)}`,
      width,
    ),
  ];
  const addresses = [...new Set(attempts.map(({ address }) => address))];
  if (addresses.length > 1) {
    const wide = Math.max(...addresses.map((address) => theme.text(address).length));
    for (const address of addresses) {
      const own = attempts.filter((attempt) => attempt.address === address);
      const room = Math.max(1, width - wide - 2);
      lines.push([span(`${theme.text(address).padEnd(wide)}  `, 'quiet'), ...signs(own.slice(-room), theme)]);
    }
  }
  return lines;
}
