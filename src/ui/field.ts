/** A line that is being written, pure: text and cursor, and what each key does to them. */
import type { Key } from './key.ts';
import { visible } from '../visible.ts';

export interface Field {
  readonly text: string;
  /** Index in `text`, between whole characters. */
  readonly cursor: number;
}

/** More than anybody writes in a line; a pasted file must not become a note. */
const longest = 2000;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export const fieldOf = (text: string): Field => ({ text, cursor: text.length });

function before({ text, cursor }: Field): number {
  let start = 0;
  for (const { index } of segmenter.segment(text)) {
    if (index >= cursor) break;
    start = index;
  }
  return start;
}

function after({ text, cursor }: Field): number {
  for (const { index, segment } of segmenter.segment(text)) if (index >= cursor) return index + segment.length;
  return text.length;
}

function wordBefore({ text, cursor }: Field): number {
  return /\S*\s*$/.exec(text.slice(0, cursor))?.index ?? 0;
}

function cutOut({ text }: Field, from: number, to: number): Field {
  return { text: text.slice(0, from) + text.slice(to), cursor: from };
}

/** What the key makes of the line. Keys that mean nothing here change nothing. Line breaks of a paste become blanks. */
export function edit(field: Field, key: Key): Field {
  const { text, cursor } = field;
  switch (key.name) {
    case 'left':
    case 'ctrl-b':
      return { text, cursor: before(field) };
    case 'right':
    case 'ctrl-f':
      return { text, cursor: after(field) };
    case 'home':
    case 'ctrl-a':
      return { text, cursor: 0 };
    case 'end':
    case 'ctrl-e':
      return { text, cursor: text.length };
    case 'ctrl-left':
    case 'alt-left':
      return { text, cursor: wordBefore(field) };
    case 'backspace':
      return cursor === 0 ? field : cutOut(field, before(field), cursor);
    case 'delete':
    case 'ctrl-d':
      return { ...cutOut(field, cursor, after(field)), cursor };
    case 'ctrl-u':
      return cutOut(field, 0, cursor);
    case 'ctrl-k':
      return cutOut(field, cursor, text.length);
    case 'ctrl-w':
      return cutOut(field, wordBefore(field), cursor);
    default: {
      const written = key.name === 'paste' ? visible(key.text.replace(/[\r\n\t]+/g, ' ').trimEnd()) : key.text;
      const added = written.slice(0, longest - text.length);
      return added === '' ? field : { text: text.slice(0, cursor) + added + text.slice(cursor), cursor: cursor + added.length };
    }
  }
}
