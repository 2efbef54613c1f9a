/**
 * YAML (and so JSON) text → plain values, with the line and column of each. Strict where YAML is lavish: bounded size, depth and
 * aliases, no tags, every key once, no keys that mean something to JavaScript's objects.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Place } from '../errors.ts';
import { compose, type Trouble } from './compose.ts';
import type { Problem } from './problem.ts';

export type Path = readonly (string | number)[];

export interface Source {
  /** Undefined where the text is no YAML at all. */
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

// A flow nests six deep; what is far beyond is no flow but an attempt on the stack.
const depthLimit = 40;
// The parser keeps about two entries a level.
const stackLimit = 3 * depthLimit;
// Aliases save typing; hundreds of them are a bomb.
const aliasLimit = 200;
// A flow of 20,000 steps has about half of it; empty lines cost the parser as much as full ones.
const lineLimit = 300_000;
const reserved = new Set(['__proto__', 'constructor', 'prototype']);

class TooDeep extends Error {
  readonly offset: number;
  constructor(offset: number) {
    super();
    this.offset = offset;
  }
}

/** Reads the text; never throws for what it holds. */
export function readDocument(text: string, file: string, limits: Limits): Source {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  lines.addNewLine(0);
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return line > 0 ? { file, line, column: col } : { file, line: 1, column: 1 };
  };
  const complain = (kind: string, where: Place, message: string, remedy: string): void => {
    problems.push({ severity: 'error', kind, place: where, message, remedy });
  };
  const nowhere = (): Place => ({ file, line: 1, column: 1 });
  const unusable: Source = { value: undefined, problems, keyAt: nowhere, valueAt: nowhere, has: () => false };

  // No UTF-8 text is shorter in bytes than in UTF-16 units.
  if (text.length > limits.bytes) {
    complain(
      'too-big',
      { file },
      `the file has more than ${limits.bytes} bytes`,
      'Give a smaller file; this one can not be what it should be.',
    );
    return unusable;
  }

  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  if (count > lineLimit) {
    complain(
      'too-big',
      { file },
      `the file has more than ${lineLimit} lines`,
      'Give a smaller file; this one can not be what it should be.',
    );
    return unusable;
  }
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  const { root, troubles, resolve } = compose(text, stackLimit);
  for (const trouble of troubles) complain(trouble.kind, place(trouble.offset), ...wordsFor(trouble));
  if (problems.length > 0) return unusable;

  const start = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;
  let aliases = 0;

  const plain = (node: unknown, depth: number): unknown => {
    if (node === null || node === undefined) return null;
    if (depth > depthLimit) throw new TooDeep(start(node));
    if (isAlias(node)) {
      aliases += 1;
      if (aliases > aliasLimit) throw new TooMany(start(node));
      const target = resolve(node);
      if (target) return plain(target, depth + 1);
      complain('syntax', place(start(node)), `nothing is anchored as &${node.source}`, 'Anchor it before, or write out the value.');
      return null;
    }
    if (isScalar(node)) {
      if (typeof node.value === 'number' && !Number.isFinite(node.value))
        complain('value', place(start(node)), `${String(node.source)} is no number to work with`, 'Write a finite number.');
      return typeof node.value === 'bigint' ? Number(node.value) : node.value;
    }
    if (isSeq(node)) return node.items.map((item) => plain(item, depth + 1));
    if (isMap(node)) return plainMap(node, depth);
    complain('syntax', place(start(node)), 'nothing that a flow could hold', 'Write text, a number, a list or a map.');
    return null;
  };

  const plainMap = (map: YAMLMap, depth: number): Record<string, unknown> => {
    const found: Record<string, unknown> = {};
    const seen = new Map<string, number>();
    for (const pair of map.items) {
      const key = keyOf(pair);
      const offset = start(pair.key);
      if (key === null) {
        complain(
          'key',
          place(offset),
          'this key is not plain text',
          'Write the key as a word, in quotes where it looks like something else.',
        );
        continue;
      }
      if (reserved.has(key)) {
        complain('key', place(offset), `${key} can not be a key`, 'Choose another word.');
        continue;
      }
      const before = seen.get(key);
      if (before !== undefined) {
        complain(
          'duplicate-key',
          place(offset),
          `${key} stands here twice, first on line ${lines.linePos(before).line}`,
          'Rename one or take it out.',
        );
        continue;
      }
      seen.set(key, offset);
      found[key] = plain(pair.value, depth + 1);
    }
    return found;
  };

  let value: unknown;
  try {
    value = plain(root, 0);
  } catch (error) {
    if (error instanceof TooDeep)
      complain('too-deep', place(error.offset), ...wordsFor({ kind: 'too-deep', offset: error.offset, message: '' }));
    else if (error instanceof TooMany)
      complain(
        'too-many-aliases',
        place(error.offset),
        `more than ${aliasLimit} aliases are expanded here`,
        'Write out what they stand for.',
      );
    else throw error;
    return unusable;
  }

  // Many problems may ask for places in one big map: each map is indexed once.
  const indexes = new Map<YAMLMap, Map<string, Pair>>();
  const pairOf = (map: YAMLMap, key: string): Pair | undefined => {
    let index = indexes.get(map);
    if (!index) {
      index = new Map();
      for (const pair of map.items) {
        const name = keyOf(pair);
        if (name !== null && !index.has(name)) index.set(name, pair);
      }
      indexes.set(map, index);
    }
    return index.get(key);
  };
  const find = (path: Path): { readonly key: number; readonly value: number; readonly whole: boolean } => {
    let node: unknown = root;
    let found = { key: start(root), value: start(root), whole: false };
    for (const part of path) {
      if (isAlias(node)) node = resolve(node);
      if (isMap(node)) {
        const pair = pairOf(node, String(part));
        if (!pair) return found;
        const key = start(pair.key);
        found = { key, value: pair.value ? start(pair.value) : key, whole: false };
        node = pair.value;
      } else if (isSeq(node)) {
        const item = node.items[Number(part)];
        if (item === undefined) return found;
        found = { key: start(item), value: start(item), whole: false };
        node = item;
      } else return found;
    }
    return { ...found, whole: true };
  };

  return {
    value,
    problems,
    keyAt: (path) => place(find(path).key),
    valueAt: (path) => place(find(path).value),
    has: (path) => find(path).whole,
  };
}

class TooMany extends Error {
  readonly offset: number;
  constructor(offset: number) {
    super();
    this.offset = offset;
  }
}

/** A key as it is written; null where it is a list, a map or nothing. Numbers and `true` are words when they stand as keys. */
function keyOf(pair: Pair): string | null {
  if (!isScalar(pair.key)) return null;
  const { value, source } = pair.key;
  if (typeof value === 'string') return value;
  return value === null || source === undefined ? null : source;
}

/** What happened, and what to do. */
function wordsFor(trouble: Trouble): [string, string] {
  switch (trouble.kind) {
    case 'syntax':
      return [`no valid YAML: ${firstLine(trouble.message)}`, 'Mend the syntax here or just before.'];
    case 'tag':
      return [firstLine(trouble.message), 'Take the tag out: plain text, numbers, lists and maps are enough.'];
    case 'too-deep':
      return [`the file nests more than ${depthLimit} levels deep`, 'Flatten it.'];
    case 'second-document':
      return ['a second document begins here', 'Keep one document in a file: take out the line ---.'];
  }
}

function firstLine(message: string): string {
  const line = message.split('\n', 1)[0] ?? message;
  return line.replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
}
