/** How wide text is in a terminal, cutting it with a mark, wrapping it. All text here is clean already (Theme.text). */
import columnsOf, { oneColumnEach } from '../columns.ts';

let segmenter: Intl.Segmenter | null = null;

/** Made when it is first needed: that takes some milliseconds. */
function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Columns that the text takes. */
export function widthOf(text: string): number {
  return columnsOf(text);
}

/** The longest beginning that fits, never half a character. */
export function take(text: string, width: number): string {
  if (width <= 0) return '';
  if (oneColumnEach(text)) return text.slice(0, width);
  let taken = 0;
  let used = 0;
  for (const { segment, index } of segmentsOf(text)) {
    used += columnsOf(segment);
    if (used > width) break;
    taken = index + segment.length;
  }
  return text.slice(0, taken);
}

/** Cuts what does not fit and says so with the mark. */
export function cut(text: string, width: number, mark: string): string {
  if (widthOf(text) <= width) return text;
  return take(text, width - widthOf(mark)) + take(mark, width);
}

/** The same, from the left: for paths and ways whose end matters. */
export function cutStart(text: string, width: number, mark: string): string {
  if (widthOf(text) <= width) return text;
  const segments = [...segmentsOf(text)].map(({ segment }) => segment).reverse();
  let used = widthOf(mark);
  let kept = '';
  for (const segment of segments) {
    used += widthOf(segment);
    if (used > width) break;
    kept = segment + kept;
  }
  return take(mark, width) + kept;
}

/** Fills up with blanks on the right; too long is cut with the mark. */
export function pad(text: string, width: number, mark: string): string {
  const fitting = cut(text, width, mark);
  return fitting + ' '.repeat(Math.max(0, width - widthOf(fitting)));
}

/** Fills up with blanks on the left. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Breaks text into lines of at most `width` columns, at blanks where there are any; blanks at a break are left out. */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(1, width);
  if (widthOf(text) <= room) return [text];
  const lines: string[] = [];
  let current = '';
  let used = 0;
  const flush = (): void => {
    lines.push(current.trimEnd());
    current = '';
    used = 0;
  };
  for (const word of text.split(/(?<= )(?! )/)) {
    const wide = widthOf(word.trimEnd());
    if (used > 0 && used + wide > room) flush();
    let rest = word;
    while (widthOf(rest.trimEnd()) > room) {
      const head = take(rest, room) || rest.slice(0, 1);
      lines.push(head);
      rest = rest.slice(head.length);
    }
    current += rest;
    used += widthOf(rest);
  }
  if (current.trimEnd() !== '' || lines.length === 0) flush();
  return lines;
}

/** Breaks text hard at the width, blanks and all: for raw output, where each character counts. */
export function breakHard(text: string, width: number): readonly string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let rest = text;
  while (widthOf(rest) > room) {
    const head = take(rest, room) || rest.slice(0, 1);
    lines.push(head);
    rest = rest.slice(head.length);
  }
  return [...lines, rest];
}
