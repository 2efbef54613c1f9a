/** A line of a screen, as data: pieces of clean text, each with its tone. Screens are made of these; Ink only paints them. */
import type { Theme, Tone } from './theme.ts';
import { cut, widthOf, wrap } from './width.ts';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}
export type Line = readonly Span[];

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone });
export const lineOf = (text: string, tone: Tone = 'plain'): Line => [span(text, tone)];
export const blank: Line = [];

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

export function lineText(line: Line): string {
  return line.map(({ text }) => text).join('');
}

/** Cuts a line at the width, with the mark. */
export function fit(line: Line, width: number, theme: Theme): Line {
  if (lineWidth(line) <= width) return line;
  const fitted: Span[] = [];
  let left = width;
  const mark = theme.sign('cut');
  for (const [index, piece] of line.entries()) {
    const wide = widthOf(piece.text);
    const rest = line.slice(index + 1).reduce((sum, { text }) => sum + widthOf(text), 0);
    if (wide + rest <= left) {
      fitted.push(piece);
      left -= wide;
      continue;
    }
    // Something behind this piece does not fit: it is cut here unless it leaves room for the mark behind it.
    if (wide <= left - widthOf(mark)) {
      fitted.push(piece);
      left -= wide;
      continue;
    }
    fitted.push({ ...piece, text: cut(`${piece.text}${rest > 0 ? mark + mark : ''}`, left, mark) });
    break;
  }
  return fitted;
}

/** Left and right end of one line, blanks between; the left is cut where both don't fit. */
export function spread(left: Line, right: Line, width: number, theme: Theme): Line {
  const wide = lineWidth(right);
  const start = fit(left, Math.max(0, width - wide - (wide > 0 ? 1 : 0)), theme);
  return [...start, span(' '.repeat(Math.max(0, width - lineWidth(start) - wide))), ...right];
}

/** Text as wrapped lines of one tone, indented; `first` stands before the first line instead of the indent. */
export function paragraph(text: string, width: number, theme: Theme, tone: Tone = 'plain', indent = 0, first: Line | null = null): Line[] {
  const before = first ? lineWidth(first) : indent;
  const hang = first ? before : indent;
  return wrap(theme.text(text), width - hang).map((part, index) => [
    ...(index === 0 && first ? first : [span(' '.repeat(hang))]),
    span(part, tone),
  ]);
}

export function indentBy(lines: readonly Line[], columns: number): Line[] {
  return lines.map((line) => (line.length === 0 ? line : [span(' '.repeat(columns)), ...line]));
}
