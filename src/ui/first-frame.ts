/**
 * The wizard's first screen as whole lines: what view.ts makes of a case that has just begun, from the few parts that this takes. The rest (what
 * draws evidence, and Ink) is loaded behind it; first-frame.test.ts holds the two to each other.
 */
import type { SessionView } from '../run/session.ts';
import { fill, windowOn } from './arrange.ts';
import { columnsOf, heightBelow, isTooSmall, pageKeys, tooSmallText } from './layout.ts';
import { fit, lineWidth, span, type Line } from './line.ts';
import type { Look } from './look.ts';
import { footer, header } from './screens/frame.ts';
import { noEvidence, stepOf, told, waiting } from './screens/told.ts';
import { firstState, type Size } from './state.ts';
import type { Theme } from './theme.ts';

/** @returns a line for each row */
export function firstFrame(view: SessionView, theme: Theme, now: number, size: Size): readonly Line[] {
  if (isTooSmall(size)) return fill(tooSmallText(size, theme), size.rows);
  const whole: Look = { view, state: firstState, theme, now, width: size.columns, rows: size.rows };
  const head = header(whole);
  const height = heightBelow(head, size);
  const { step: width, aside } = columnsOf(size);
  const look: Look = { ...whole, width, rows: height };
  const step = stepOf(look);
  const text = step ? told(look, step, waiting(look)) : waiting(look);
  const left = fill(windowOn(text, height, 0, theme, pageKeys).shown, height).map((line) => fit(line, width, theme));
  const right = aside === null ? null : fill(noEvidence(), height).map((line) => fit(line, aside, theme));
  const body = right === null ? left : left.map((line, row) => [...line, span(' '.repeat(width - lineWidth(line))), span(theme.sign('wall'), 'quiet'), ...(right[row] ?? [])]);
  return [...head.map((line) => fit(line, size.columns, theme)), ...body, fit(footer(whole, 'working'), size.columns, theme)];
}
