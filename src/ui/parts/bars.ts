/** Rows of bars over time, and progress bars. */
import type { Theme } from '../theme.ts';

/**
 * Brings counts to at most `width` columns: neighbours are added up, or each is drawn several columns wide (at most four).
 * Adding up keeps bursts visible: a column is as high as what happened in it.
 */
export function columnsOf(counts: readonly number[], width: number): readonly number[] {
  if (counts.length === 0 || width <= 0) return [];
  if (counts.length <= width) {
    const wide = Math.min(4, Math.floor(width / counts.length));
    return counts.flatMap((value) => Array.from({ length: wide }, () => value));
  }
  const columns = Array.from({ length: width }, () => 0);
  for (const [index, value] of counts.entries()) {
    const column = Math.min(width - 1, Math.floor((index * width) / counts.length));
    columns[column] = (columns[column] ?? 0) + value;
  }
  return columns;
}

/** A bar chart of `rows` rows, highest row first; anything above nothing is at least the lowest level. */
export function bars(columns: readonly number[], rows: number, theme: Theme, highest = Math.max(0, ...columns)): readonly string[] {
  const steps = theme.levels.length - 1;
  const heights = columns.map((value) => (value <= 0 ? 0 : Math.max(1, Math.round((value / Math.max(highest, 1e-9)) * rows * steps))));
  return Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * steps;
    return heights
      .map((height) => {
        // The lowest row shows "nothing" as its lowest sign, so that the axis is there where nothing happened.
        if (height === 0) return below === 0 ? nothing(theme) : ' ';
        return theme.levels[Math.max(0, Math.min(steps, height - below))] ?? ' ';
      })
      .join('');
  });
}

function nothing(theme: Theme): string {
  return theme.unicode ? '▁' : '_';
}

/** `████░░░░` for a share between 0 and 1. */
export function meter(share: number, width: number, theme: Theme): string {
  const full = Math.max(0, Math.min(width, Math.round(share * width)));
  return theme.sign('full').repeat(full) + theme.sign('empty').repeat(width - full);
}
