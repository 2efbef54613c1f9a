/** How the room of a terminal is shared out. */
import { fit, paragraph, type Line } from './line.ts';
import type { Size } from './state.ts';
import type { Theme } from './theme.ts';

/** From here on the evidence stands beside the step. */
export const wideFrom = 110;

/** Below this nothing of use fits; keys work all the same. */
const leastColumns = 34;
const leastRows = 10;

export function isTooSmall({ columns, rows }: Size): boolean {
  return columns < leastColumns || rows < leastRows;
}

export function tooSmallText(size: Size, theme: Theme): Line[] {
  const text = paragraph(`Too small: ${size.columns}x${size.rows}. 40x12 is enough.`, size.columns, theme);
  return text.slice(0, Math.max(1, size.rows - 1)).map((line) => fit(line, size.columns, theme));
}

/** Columns of the step, and of the evidence beside it; null: there is no room for both. */
export function columnsOf({ columns, rows }: Size): { readonly step: number; readonly aside: number | null } {
  if (columns < wideFrom || rows < 16) return { step: columns, aside: null };
  const step = Math.max(72, Math.floor(columns * 0.6));
  return { step, aside: columns - step - 1 };
}

/** Rows between the header and the keys. */
export function heightBelow(header: readonly Line[], { rows }: Size): number {
  return Math.max(2, rows - header.length - 1);
}

/** Says with which keys the rest of a step's text is seen. */
export const pageKeys = '(PgDn, PgUp)';
