/** Lines of text in a width: words stay whole where they can, and nothing from outside moves the cursor. Pure. */
import columnsOf from '../columns.ts';
import { visible } from '../visible.ts';

/** @param first columns of the first line, where a label takes some of it */
export function wrap(text: string, width: number, first = width): string[] {
  const lines: string[] = [];
  let line = '';
  let room = Math.max(1, first);
  const next = (): void => {
    lines.push(line);
    line = '';
    room = Math.max(1, width);
  };
  for (const word of visible(text).split(' ')) {
    let rest = word;
    if (line !== '' && columnsOf(line) + 1 + columnsOf(rest) > room && (columnsOf(rest) <= width || columnsOf(line) > room / 2))
      next();
    while (columnsOf(line === '' ? rest : `${line} ${rest}`) > room) {
      const before = line === '' ? '' : `${line} `;
      const cut = cutAt(rest, Math.max(1, room - columnsOf(before)));
      line = before + rest.slice(0, cut);
      rest = rest.slice(cut);
      next();
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return [...lines, line];
}

/** A first line behind a label, the others under where its text began. */
export function hang(label: string, text: string, width: number, indent = label.length): string[] {
  return wrap(text, width - indent, width - label.length).map((line, index) => (index === 0 ? label : ' '.repeat(indent)) + line);
}

/** Where a word that is longer than its line is cut: behind a sign that separates, else where the line ends. */
function cutAt(word: string, room: number): number {
  let used = 0;
  let end = 0;
  let sign = 0;
  for (const character of word) {
    used += columnsOf(character);
    if (used > room && end > 0) break;
    end += character.length;
    if ('/,;&?=|'.includes(character)) sign = end;
  }
  return sign > end / 2 ? sign : end;
}
