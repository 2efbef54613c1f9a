/**
 * YAML (and so JSON) text → a tree of values that know where they stand. Strict where YAML is lavish: bounded depth, bounded aliases,
 * no tags, every key once, no keys that mean something to JavaScript's objects.
 */
import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';

type Event = ReturnType<typeof parseEvents>[number];
type Scalar = Extract<Event, { readonly type: typeof EVENT_ID.SCALAR }>;

/** Something that keeps the text from being used. */
export interface Trouble {
  readonly kind: 'syntax' | 'tag' | 'too-deep' | 'second-document' | 'too-many-aliases' | 'key' | 'duplicate-key' | 'value';
  /** Offset in the text. */
  readonly at: number;
  /** What is wrong, without a full stop. */
  readonly message: string;
}

export interface Tree {
  readonly at: number;
  readonly value: unknown;
  /** By key, where it is a map: where the key stands, and what it holds. */
  readonly entries: ReadonlyMap<string, { readonly at: number; readonly tree: Tree }> | null;
  readonly items: readonly Tree[] | null;
  /** Nodes in it, aliases written out, and how deep it nests. */
  readonly size: number;
  readonly height: number;
}

// A flow nests six deep; what is far beyond is no flow but an attempt on the stack.
const depthLimit = 40;
// Aliases save typing; what they stand for a thousand times over is a bomb.
const expansionLimit = 20_000;
const mostTroubles = 100;
const reserved = new Set(['__proto__', 'constructor', 'prototype']);

export interface Parsed {
  /** Null: nothing is there, or it can't be read. */
  readonly tree: Tree | null;
  readonly troubles: readonly Trouble[];
}

/** Never throws for what the text holds. */
export function parseTree(text: string): Parsed {
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: depthLimit });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const kind = error.reason.includes('maxDepth') ? 'too-deep' : 'syntax';
    const message = kind === 'too-deep' ? tooDeep : `no valid YAML: ${error.reason}`;
    return { tree: null, troubles: [{ kind, at: error.mark?.position ?? 0, message }] };
  }
  const builder = new Builder(text, events);
  try {
    const tree = builder.document();
    return { tree: builder.troubles.length > 0 ? null : tree, troubles: builder.troubles };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { tree: null, troubles: [error.trouble] };
  }
}

const tooDeep = `the file nests more than ${depthLimit} levels deep`;

class Stop extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(trouble.message);
    this.trouble = trouble;
  }
}

class Builder {
  readonly #text: string;
  readonly #events: readonly Event[];
  #next = 0;
  #expanded = 0;
  readonly #anchors = new Map<string, Tree>();
  readonly troubles: Trouble[] = [];

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  document(): Tree | null {
    const first = this.#take();
    if (first?.type !== EVENT_ID.DOCUMENT) return null;
    const tree = this.#peek()?.type === EVENT_ID.POP ? null : this.#node(0, 0);
    this.#take();
    if (this.#peek()?.type === EVENT_ID.DOCUMENT) {
      this.#take();
      const event = this.#peek();
      throw new Stop({
        kind: 'second-document',
        at: event ? startOf(event, this.#text.length) : this.#text.length,
        message: 'a second document begins here',
      });
    }
    return tree;
  }

  #peek(): Event | undefined {
    return this.#events[this.#next];
  }

  #take(): Event | undefined {
    const event = this.#events[this.#next];
    this.#next += 1;
    return event;
  }

  #complain(kind: Trouble['kind'], at: number, message: string): void {
    if (this.troubles.length < mostTroubles) this.troubles.push({ kind, at, message });
  }

  /** @param fallback where a value that is not written would stand */
  #node(depth: number, fallback: number): Tree {
    const event = this.#take();
    if (!event || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return leaf(null, fallback);
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event.anchorStart, event.anchorEnd, depth);
    if (event.tagStart >= 0)
      this.#complain('tag', event.tagStart, `nothing is to be tagged here (${this.#text.slice(event.tagStart, event.tagEnd)})`);
    const tree = this.#valueOf(event, depth, fallback);
    // Known only now: an alias inside of what it stands for is an alias of nothing.
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), tree);
    return tree;
  }

  #valueOf(
    event: Exclude<Event, { readonly type: typeof EVENT_ID.POP | typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.ALIAS }>,
    depth: number,
    fallback: number,
  ): Tree {
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event, fallback);
    return event.type === EVENT_ID.SEQUENCE ? this.#list(event.start, depth) : this.#map(event.start, depth);
  }

  #list(at: number, depth: number): Tree {
    const items: Tree[] = [];
    while (this.#inside()) items.push(this.#node(depth + 1, at));
    this.#take();
    return { at, value: items.map((item) => item.value), entries: null, items, ...measured(items) };
  }

  #map(at: number, depth: number): Tree {
    const entries = new Map<string, { at: number; tree: Tree }>();
    while (this.#inside()) {
      const event = this.#peek();
      const start = event ? startOf(event, at) : at;
      const key = event?.type === EVENT_ID.SCALAR ? this.#keyOf(event) : null;
      this.#node(depth + 1, start);
      const tree = this.#node(depth + 1, start);
      const before = key === null ? undefined : entries.get(key);
      if (key === null) this.#complain('key', start, 'this key is not plain text');
      else if (reserved.has(key)) this.#complain('key', start, `${key} can not be a key`);
      else if (before) this.#complain('duplicate-key', start, `${key} stands here twice, first on line ${lineOf(this.#text, before.at)}`);
      else entries.set(key, { at: start, tree });
    }
    this.#take();
    const value: Record<string, unknown> = {};
    for (const [key, { tree }] of entries) value[key] = tree.value;
    return { at, value, entries, items: null, ...measured([...entries.values()].map((entry) => entry.tree)) };
  }

  #inside(): boolean {
    const event = this.#peek();
    return event !== undefined && event.type !== EVENT_ID.POP;
  }

  /** A key as it is written: numbers and `true` are words when they stand as keys. Null: nothing is written. */
  #keyOf(event: Scalar): string | null {
    return event.valueStart < 0 ? null : getScalarValue(this.#text, event);
  }

  #scalar(event: Scalar, fallback: number): Tree {
    if (event.valueStart < 0) return leaf(null, fallback);
    const at = startOf(event, fallback);
    const text = getScalarValue(this.#text, event);
    const value = event.style === SCALAR_STYLE.PLAIN ? plainValue(text) : text;
    if (typeof value === 'number' && !Number.isFinite(value)) this.#complain('value', at, `${text} is no number to work with`);
    return leaf(value, at);
  }

  #alias(start: number, end: number, depth: number): Tree {
    const name = this.#text.slice(start, end);
    const target = this.#anchors.get(name);
    if (!target) {
      this.#complain('syntax', start - 1, `nothing is anchored as &${name} before`);
      return leaf(null, start - 1);
    }
    this.#expanded += target.size;
    if (this.#expanded > expansionLimit)
      throw new Stop({
        kind: 'too-many-aliases',
        at: start - 1,
        message: `aliases stand for more than ${expansionLimit} values up to here`,
      });
    if (depth + target.height > depthLimit) throw new Stop({ kind: 'too-deep', at: start - 1, message: tooDeep });
    return target;
  }
}

function leaf(value: unknown, at: number): Tree {
  return { at, value, entries: null, items: null, size: 1, height: 0 };
}

function measured(children: readonly Tree[]): Pick<Tree, 'size' | 'height'> {
  let size = 1;
  let height = 0;
  for (const child of children) {
    size += child.size;
    height = Math.max(height, child.height + 1);
  }
  return { size, height };
}

function startOf(event: Event, fallback: number): number {
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      if (event.valueStart < 0) return fallback;
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      return quoted ? event.valueStart - 1 : event.valueStart;
    }
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    case EVENT_ID.DOCUMENT:
    case EVENT_ID.POP:
      return fallback;
  }
}

/** The core schema of YAML 1.2 (10.3.2): `yes`, `no`, `on`, dates and 1_000 are text. */
function plainValue(text: string): unknown {
  if (/^(|~|null|Null|NULL)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (!/^[-+.\d]/.test(text)) return text;
  if (/^[-+]?\d+$/.test(text) || /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(text)) return Number(text);
  if (/^0o[0-7]+$/.test(text) || /^0x[\da-fA-F]+$/.test(text)) return Number(text);
  if (/^\.(nan|NaN|NAN)$/.test(text)) return Number.NaN;
  const infinite = /^([-+]?)\.(inf|Inf|INF)$/.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text;
}

function lineOf(text: string, at: number): number {
  let line = 1;
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', end + 1)) line += 1;
  return line;
}
