/** All keys, from the one table; those of the screen that `?` was pressed on come first. */
import { places, placeTitles, rowsOf, type KeyRow, type Place } from '../keys.ts';
import { blank, lineOf, paragraph, span, type Line } from '../line.ts';
import type { Look } from '../look.ts';
import type { Theme } from '../theme.ts';
import { widthOf } from '../width.ts';

const plainKeys: Readonly<Record<string, string>> = { '↑↓': 'Up Down', '⏎': 'Enter', '→': 'Right' };

/** The keys of a row as this terminal can write them. */
export function shownKeys({ shown }: KeyRow, theme: Theme): string {
  return theme.unicode ? shown : (plainKeys[shown] ?? shown);
}

export function keyLines(look: Look, place: Place): Line[] {
  const { theme, width } = look;
  const all = rowsOf(place, true);
  const rows = [...all.filter((row) => row.live !== true), ...all.filter((row) => row.live === true)];
  const wide = Math.min(12, Math.max(...rows.map((row) => widthOf(shownKeys(row, theme)))));
  return rows.flatMap((row) => {
    const keys = shownKeys(row, theme);
    return paragraph(row.does, width - 1, theme, 'plain', 0, [
      span(`   ${keys}${' '.repeat(Math.max(1, wide + 2 - widthOf(keys)))}`, 'accent'),
    ]);
  });
}

export function helpText(look: Look, from: Place): Line[] {
  const { theme, width } = look;
  const order = [from, ...places.filter((place) => place !== from && place !== 'leaving')];
  const signs = `${theme.sign('ok')} carried out  ${theme.sign('unanswered')} could not be checked  ${theme.sign('done')} walked  ${theme.sign('here')} here  ${theme.sign('todo')} ahead  ${theme.sign('cut')} cut, there is more`;
  return [
    ...paragraph(
      'The tool measures; you decide. The choice that the evidence favours is selected: Enter goes on. Nothing is changed on this machine without being asked first.',
      width - 1,
      theme,
      'plain',
      1,
    ),
    ...order.flatMap((place, index) => [
      blank,
      lineOf(` ${placeTitles[place]}${index === 0 ? ' (you are here)' : ''}`, 'strong'),
      ...keyLines(look, place),
    ]),
    blank,
    lineOf(' Signs', 'strong'),
    ...paragraph(signs, width - 1, theme, 'plain', 3),
  ];
}
