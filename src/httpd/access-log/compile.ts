/** A LogFormat string → a parser of lines. The parser works on bytes: see cutter.ts. */
import { nicknames, readFormat } from './format.ts';
import type { Directive, Item } from './format.ts';
import { meaningOf, roles } from './roles.ts';
import type { Meaning, Role } from './roles.ts';
import { compileTime } from './strftime.ts';
import { clfStep, literalStep, markStep, numberStep, queryStep, statusStep, textStep, timeStep } from './steps.ts';
import type { LogFormat, Step } from './steps.ts';
import { Cutter } from './cutter.ts';

/** Where several directives tell one field, the better one is kept: an address before a name that may be looked up, the finer unit. */
function rank(directive: Directive, meaning: Meaning): number {
  if (meaning.role === 'client' || meaning.role === 'peer') return directive.letter === 'a' ? 2 : 1;
  if (meaning.role === 'duration') return 1 / (meaning.unitMs ?? 1);
  if (meaning.role === 'path' || meaning.role === 'request') return directive.of === '>' ? 1 : 2;
  return 1;
}

/**
 * Compiles a LogFormat string, or a nickname of httpd's own (`combined`).
 * Every string compiles; directives that are not known match any text up to the literal behind them.
 */
export function compileLogFormat(format: string): LogFormat {
  const source = nicknames[format] ?? format;
  const items = readFormat(source);
  const meanings = items.map((item) => (item.kind === 'directive' ? meaningOf(item) : null));
  const best = new Map<Role, number>();
  items.forEach((item, index) => {
    const meaning = meanings[index];
    if (item.kind !== 'directive' || !meaning || meaning.role === 'none') return;
    const before = best.get(meaning.role);
    const rival = before === undefined ? null : items[before];
    const rivalMeaning = before === undefined ? null : meanings[before];
    if (rival?.kind === 'directive' && rivalMeaning && rank(rival, rivalMeaning) >= rank(item, meaning)) return;
    best.set(meaning.role, index);
  });
  const steps = items.map((item, index) => stepOf(items, meanings, index, item, best));
  const found = new Set<Role>(best.keys());
  const moments = { begin: false, end: false };
  for (const meaning of meanings) if (meaning?.moment) moments[meaning.moment] = true;
  const durationAt = best.get('duration');
  const unitMs = durationAt === undefined ? undefined : meanings[durationAt]?.unitMs;
  return {
    source,
    steps,
    jump: jumpOf(steps),
    roles: found,
    durationUnit: unitMs === undefined ? null : unitMs === 0.001 ? 'us' : unitMs === 1 ? 'ms' : 's',
    moments,
  };
}

/** Unread steps (texts and the literals between them) that only literals, numbers and marks follow. */
function jumpOf(steps: readonly Step[]): LogFormat['jump'] {
  const unread = (step: Step | undefined): boolean => step !== undefined && step.kind === textStep && step.role === 0 && !step.openEnded;
  const reversible = (step: Step | undefined): boolean =>
    step !== undefined && (step.kind === literalStep || step.kind === numberStep || step.kind === markStep);
  let to = steps.length;
  while (to > 0 && reversible(steps[to - 1])) to -= 1;
  let from = to;
  while (from > 0 && (unread(steps[from - 1]) || steps[from - 1]?.kind === literalStep)) from -= 1;
  while (from < to && !unread(steps[from])) from += 1;
  // A literal must bound what is jumped over at both ends, else there would be nothing to check.
  const bounded = steps[from - 1]?.kind === literalStep && (to === steps.length || steps[to]?.kind === literalStep);
  return from < to && bounded ? { from, to } : null;
}

function stepOf(
  items: readonly Item[],
  meanings: readonly (Meaning | null)[],
  index: number,
  item: Item,
  best: ReadonlyMap<Role, number>,
): Step {
  const plain = { role: 0, literal: new Uint8Array(), openEnded: false, parts: [], end: false, unitMs: 1 };
  if (item.kind === 'literal') return { ...plain, kind: literalStep, literal: bytesOf(item.text) };
  const meaning = meanings[index] ?? { role: 'none', shape: 'text' };
  const next = items[index + 1];
  const step = {
    ...plain,
    role: best.get(meaning.role) === index ? roles.indexOf(meaning.role) : 0,
    literal: next?.kind === 'literal' ? bytesOf(next.text) : plain.literal,
    openEnded: next?.kind === 'directive',
    end: meaning.moment === 'end',
    unitMs: meaning.unitMs ?? 1,
  };
  // A field that is written for some statuses only is a dash for the others.
  if (item.conditional && meaning.shape !== 'number' && meaning.shape !== 'status') return { ...step, kind: textStep };
  switch (meaning.shape) {
    case 'text':
      return { ...step, kind: textStep };
    case 'number':
    case 'decimal':
      return { ...step, kind: numberStep };
    case 'status':
      return { ...step, kind: statusStep };
    case 'mark':
      return { ...step, kind: markStep };
    case 'query':
      return { ...step, kind: queryStep };
    case 'clf':
      return { ...step, kind: clfStep };
    case 'strftime': {
      const parts = compileTime(meaning.pattern ?? '');
      return parts === null ? { ...step, kind: textStep } : { ...step, kind: timeStep, parts };
    }
  }
}

/** All of one class: the cutter's loops over them stay quick. */
function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

/**
 * A parser for lines of one format. It is reused from line to line: read what it found before the next call.
 * @param zoneOf minutes east of UTC of a wall clock, for formats that write times without a zone
 */
export function parserOf(format: LogFormat, zoneOf: (wallClock: number) => number = () => 0): Cutter {
  return new Cutter(format, zoneOf);
}
