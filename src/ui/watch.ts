/**
 * The living line of `check NAME --watch`: the last results as a strip, the newest in words. What changes stays above it as a line of
 * its own, with its time. Where no terminal is, each round is a line.
 */
import type { Progress } from '../checks/check.ts';
import type { Evidence } from '../engine/evidence.ts';
import { ansiOf } from './ansi.ts';
import { fit, span, type Line } from './line.ts';
import { createTheme } from './theme.ts';
import { progressWords } from './parts/progress.ts';
import { timeOfDay } from './words.ts';

export interface Watch {
  /** A round has begun, or goes on. */
  readonly working: (progress: Progress | null) => void;
  /** A round has ended; `good` as `check` judges it. */
  readonly round: (evidence: Evidence, good: boolean) => void;
  /** The last line stays as it is; `said` comes below it. */
  readonly end: (said: string | null) => void;
}

export interface WatchOptions {
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** Good rounds in a row that end it; null: it goes on for ever. */
  readonly needed: number | null;
}

/** Results that the strip holds; older ones fall off its left end. */
const longest = 40;
/** The line is drawn anew at most this often while a round goes on. */
const drawEveryMs = 500;

export function createWatch({ stdout, env, now, needed }: WatchOptions): Watch {
  const theme = createTheme(env);
  const living = stdout.isTTY === true && env['TERM'] !== 'dumb';
  const color = living && theme.color;
  const results: { readonly good: boolean; readonly checked: boolean }[] = [];
  let last: Evidence | null = null;
  let rounds = 0;
  let began = now();
  let drawn = 0;

  const sign = ({ good, checked }: (typeof results)[number]): string => theme.sign(!checked ? 'unanswered' : good ? 'ok' : 'bad');

  function stamped(evidence: Evidence): Line {
    const about = evidence.subject === null ? '' : ` ${evidence.subject}`;
    const remedy = evidence.remedy === null ? '' : ` (${evidence.remedy})`;
    return [
      span(`[${timeOfDay(Date.parse(evidence.startedAt))}] `, 'quiet'),
      span(theme.text(`${evidence.check}${about} ${evidence.outcome}: ${evidence.summary}${remedy}`)),
    ];
  }

  function draw(progress: Progress | null): void {
    if (!living) return;
    drawn = now();
    const inRow = results.length - 1 - results.findLastIndex(({ good }) => !good);
    const strip = results.slice(-longest).map((result) => span(sign(result), result.good ? 'plain' : 'broken'));
    const doing = progress
      ? `${theme.text(progress.text)}, ${progressWords(progress, now() - began)}`
      : last
        ? theme.text(last.summary)
        : 'looking';
    const count = `  round ${rounds}${needed === null ? '' : `, good ${inRow} of ${needed}`}  `;
    const line = fit(
      [...(results.length > longest ? [span(theme.sign('cut'), 'quiet')] : []), ...strip, span(count, 'quiet'), span(doing)],
      Math.max(20, (stdout.columns || 80) - 1),
      theme,
    );
    stdout.write(`\r\u001b[K${ansiOf(line, color ? 'color' : 'plain')}`);
  }

  return {
    working: (progress) => {
      if (progress === null) began = now();
      if (progress === null || now() - drawn >= drawEveryMs) draw(progress);
    },
    round: (evidence, good) => {
      rounds += 1;
      results.push({ good, checked: evidence.status === 'ok' });
      if (results.length > longest * 2) results.splice(0, results.length - longest - 1);
      const changed = last === null || last.outcome !== evidence.outcome;
      last = evidence;
      if (!living) stdout.write(`${ansiOf(stamped(evidence), 'plain')}\n`);
      else if (changed) stdout.write(`\r\u001b[K${ansiOf(stamped(evidence), color ? 'color' : 'plain')}\n`);
      draw(null);
    },
    end: (said) => {
      if (living && rounds > 0) stdout.write('\n');
      if (said !== null) stdout.write(`${theme.text(said)}\n`);
    },
  };
}
