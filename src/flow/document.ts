/** A file of YAML or JSON as its author wrote it: the values, and the line and column of each. */
import type { Place } from '../errors.ts';
import type { Problem } from './problem.ts';
import { parseTree, type Tree, type Trouble } from './tree.ts';

export type Path = readonly (string | number)[];

export interface Source {
  /** Undefined where the text can't be used; null where it is empty. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where the key (or the item) at this path stands; the nearest that exists where the path does not. */
  readonly keyAt: (path: Path) => Place;
  /** Where the value at this path stands. */
  readonly valueAt: (path: Path) => Place;
  readonly has: (path: Path) => boolean;
}

export interface Limits {
  readonly bytes: number;
}

const remedies: Readonly<Record<Trouble['kind'], string>> = {
  syntax: 'Mend the syntax here or just before.',
  tag: 'Take the tag out: plain text, numbers, lists and maps are enough.',
  'too-deep': 'Flatten it.',
  'second-document': 'Keep one document in a file: take out the line ---.',
  'too-many-aliases': 'Write out what they stand for.',
  key: 'Write another word as the key, in quotes where it looks like something else.',
  'duplicate-key': 'Rename one or take it out.',
  value: 'Write a finite number.',
};

/** Reads the text; never throws for what it holds. */
export function readDocument(text: string, file: string, limits: Limits): Source {
  const nowhere = (): Place => ({ file, line: 1, column: 1 });
  const unusable = (problems: readonly Problem[]): Source => ({
    value: undefined,
    problems,
    keyAt: nowhere,
    valueAt: nowhere,
    has: () => false,
  });
  // No UTF-8 text is shorter in bytes than in UTF-16 units.
  if (text.length > limits.bytes) {
    const message = `the file goes on here beyond the ${limits.bytes} bytes that it may have`;
    return unusable([
      {
        severity: 'error',
        kind: 'too-big',
        place: { file, line: lineOf(text, limits.bytes) },
        message,
        remedy: 'Give a smaller file; this one can not be what it should be.',
      },
    ]);
  }
  const placeOf = placer(text, file);
  const { tree, troubles } = parseTree(text);
  if (troubles.length > 0)
    return unusable(
      troubles.map(({ kind, at, message }) => ({ severity: 'error', kind, place: placeOf(at), message, remedy: remedies[kind] })),
    );
  if (!tree) return { ...unusable([]), value: null };
  return {
    value: tree.value,
    problems: [],
    keyAt: (path) => placeOf(find(tree, path).key),
    valueAt: (path) => placeOf(find(tree, path).value),
    has: (path) => find(tree, path).whole,
  };
}

/** The line, from 1, in which this offset lies. */
function lineOf(text: string, end: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Offsets as lines and columns, both from 1; columns count UTF-16 units, as editors do. */
function placer(text: string, file: string): (at: number) => Place {
  let starts: number[] | null = null;
  return (at) => {
    if (!starts) {
      starts = [0];
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
    }
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return { file, line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  };
}

/** Where a path leads, as far as it does. */
function find(tree: Tree, path: Path): { readonly key: number; readonly value: number; readonly whole: boolean } {
  let here = tree;
  let key = tree.at;
  for (const part of path) {
    const entry = here.entries?.get(String(part));
    const next = entry?.tree ?? here.items?.[Number(part)];
    if (!next) return { key, value: here.at, whole: false };
    key = entry?.at ?? next.at;
    here = next;
  }
  return { key, value: here.at, whole: true };
}
