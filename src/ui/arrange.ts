/** Lines and lists brought into the room there is: windows with a mark for what is left out, lists in full or in part, fields. */
import type { Field } from './field.ts';
import { blank, fit, lineOf, span, type Line } from './line.ts';
import type { ChoiceList } from './look.ts';
import type { Theme } from './theme.ts';
import { take, widthOf } from './width.ts';

export interface ListView extends ChoiceList {
  /** Changes when the list begins anew: for other choices, or for another room. */
  readonly mount: string;
  /** How many choices are shown at once; null: all. */
  readonly limit: number | null;
  /** Every choice in full, or only the selected one. */
  readonly allFull: boolean;
}

export function fieldLine(prompt: string, field: Field, width: number, theme: Theme): Line {
  const before = theme.text(field.text.slice(0, field.cursor));
  const after = theme.text(field.text.slice(field.cursor));
  const room = width - widthOf(prompt) - 3;
  const mark = theme.sign('cut');
  let start = before;
  while (start !== '' && widthOf(start) > room) start = start.slice(Math.max(1, take(start, 8).length));
  const cutOff = start !== before;
  return fit(
    [span(` ${prompt}`, 'accent'), span(cutOff ? mark : ''), span(start), span(theme.sign('cursor'), 'accent'), span(after)],
    width,
    theme,
  );
}

/** A window on lines; where something is left out, a mark says how much. */
export function windowOn(
  lines: readonly Line[],
  height: number,
  scroll: number,
  theme: Theme,
  how: string,
): { readonly shown: Line[]; readonly most: number } {
  if (height <= 0) return { shown: [], most: 0 };
  if (lines.length <= height) return { shown: [...lines], most: 0 };
  const most = lines.length - Math.max(1, height - 1);
  const from = Math.min(scroll, most);
  const below = lines.length - from - (height - 1);
  const said = [from > 0 ? `${theme.sign('less')} ${from} above` : '', below > 0 ? `${theme.sign('more')} ${below} more` : '']
    .filter((text) => text !== '')
    .join('  ');
  return { shown: [...lines.slice(from, from + height - 1), lineOf(` ${said}  ${how}`, 'quiet')], most };
}

/** How many rows a list gets and takes: in full if it can, else only the selected choice in full, else a window of choices. */
export function placeList(list: ChoiceList, room: number): { readonly list: ListView; readonly rows: number } {
  const heights = list.choices.map(({ full }) => full.length);
  const all = heights.reduce((sum, height) => sum + height, 0) + 1;
  const mount = `${list.id} all`;
  if (all <= room) return { list: { ...list, mount, limit: null, allFull: true }, rows: all };
  const extra = Math.max(0, ...heights.map((height) => height - 1));
  const count = list.choices.length;
  const limit = Math.max(1, Math.min(count, room - 1 - extra));
  if (limit === count) return { list: { ...list, mount, limit: null, allFull: false }, rows: 1 + count + extra };
  const heading = `${list.heading} (${limit} of ${count})`;
  return { list: { ...list, heading, mount: `${list.id} ${limit}`, limit, allFull: false }, rows: 1 + limit + extra };
}

export const fill = (lines: readonly Line[], height: number): Line[] =>
  [...lines, ...Array.from({ length: Math.max(0, height - lines.length) }, () => blank)].slice(0, Math.max(0, height));

/** The line with what was found in it in the accent. Its first column makes room for the pointer. */
export function highlighted(line: Line, text: string): Line {
  const wanted = text.toLowerCase();
  return line.flatMap((piece, index) => {
    const clean = index === 0 && piece.text.startsWith(' ') ? piece.text.slice(1) : piece.text;
    const at = wanted === '' ? -1 : clean.toLowerCase().indexOf(wanted);
    if (at < 0) return [{ ...piece, text: clean }];
    return [
      { ...piece, text: clean.slice(0, at) },
      span(clean.slice(at, at + wanted.length), 'accent'),
      { ...piece, text: clean.slice(at + wanted.length) },
    ];
  });
}
