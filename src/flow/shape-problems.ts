/** What zod finds wrong with a file's shape, in words for its author, at the line where it stands. */
import * as z from 'zod';
import type { Path, Source } from './document.ts';
import { instead, type Problem } from './problem.ts';

type Issue = z.core.$ZodIssue;

// A file of something else altogether has thousands; the first ones say so.
const mostUnknown = 50;

/** The keys that may stand in the map at this path; empty where any may. */
function keysAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  const [head, ...rest] = path;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap((option) => keysAt(option, path)))];
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
    if (head === undefined) return Object.keys(shape);
    const field = Object.hasOwn(shape, head) ? shape[head] : undefined;
    return field ? keysAt(field, rest) : [];
  }
  if (schema instanceof z.ZodRecord && head !== undefined) return keysAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray && head !== undefined) return keysAt(schema.element, rest);
  return [];
}

function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) {
    if (here === null || typeof here !== 'object' || !Object.hasOwn(here, part)) return undefined;
    here = (here as Readonly<Record<string | number, unknown>>)[part];
  }
  return here;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

const expected: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** How the file is called in complaints, and what a value may be that has several shapes. */
export interface Wording {
  readonly file: string;
  readonly union: { readonly what: string; readonly remedy: string };
}

const flowWording: Wording = {
  file: 'a flow',
  union: { what: 'a step id or {to, label}', remedy: 'Write the id of a step, or {to: STEP, label: TEXT}.' },
};

/**
 * @param value what was read
 * @param base where it stands in the file
 */
export function shapeProblems(
  error: z.ZodError,
  schema: z.core.$ZodType,
  value: unknown,
  source: Source,
  base: Path,
  wording: Wording = flowWording,
): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (kind: string, path: Path, at: 'key' | 'value', message: string, remedy: string): void => {
    const full = [...base, ...path];
    problems.push({ severity: 'error', kind, place: at === 'key' ? source.keyAt(full) : source.valueAt(full), message, remedy });
  };
  const take = (issue: Issue): void => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    const name = path.length > 0 ? path.join('.') : (base.at(-1)?.toString() ?? 'the file');
    const found = valueAt(value, path);
    switch (issue.code) {
      case 'unrecognized_keys': {
        const keys = keysAt(schema, path);
        const owner = path.length > 0 ? name : base.length > 0 ? `step ${name}` : wording.file;
        for (const key of issue.keys.slice(0, mostUnknown))
          add('unknown-key', [...path, key], 'key', `${owner} has no key ${key}`, instead(key, keys));
        return;
      }
      case 'invalid_type': {
        const want = expected[issue.expected] ?? issue.expected;
        if (found === undefined) add('missing', path.slice(0, -1), 'key', `${name} is missing${owned(base)}`, `Add ${name}: ${want}.`);
        else add('type', path, 'value', `${name} is ${kindOf(found)} where it should be ${want}`, `Write ${want} here.`);
        return;
      }
      case 'invalid_value': {
        const words = issue.values.map(String);
        if (found === undefined)
          add('missing', path.slice(0, -1), 'key', `${name} is missing${owned(base)}`, `Add ${name}: one of ${words.join(', ')}.`);
        else add('unknown-word', path, 'value', `${name} can not be ${String(found)}`, instead(String(found), words));
        return;
      }
      case 'invalid_format':
        add('format', path, 'value', `${name} is ${JSON.stringify(found)}, which is not ${issue.message}`, `Write ${issue.message}.`);
        return;
      case 'too_small':
        add(
          'empty',
          path,
          'value',
          issue.origin === 'string' || issue.origin === 'array' ? `${name} is empty` : `${name} is too small`,
          `Write at least ${String(issue.minimum)}${issue.origin === 'string' ? ' character' : ''}.`,
        );
        return;
      case 'too_big':
        add('too-long', path, 'value', `${name} is longer than ${String(issue.maximum)}`, 'Shorten it.');
        return;
      case 'invalid_key':
        add('format', path, 'key', `${String(path.at(-1))} can not be a name here`, 'Write lower-case words joined by -.');
        return;
      case 'invalid_union': {
        // The one of the shapes that fits the value's kind says what is wrong with it.
        const fitting = issue.errors.find((issues) => !issues.some((one) => one.code === 'invalid_type' && one.path.length === 0));
        if (fitting && fitting.length > 0) for (const one of fitting) take({ ...one, path: [...issue.path, ...one.path] } as Issue);
        else add('type', path, 'value', `${name} is ${kindOf(found)} where it should be ${wording.union.what}`, wording.union.remedy);
        return;
      }
      default:
        add('shape', path, 'value', `${name}: ${issue.message}`, 'Mend it.');
    }
  };
  for (const issue of error.issues) take(issue);
  return problems;
}

function owned(base: Path): string {
  const [group, id] = base;
  return group === 'steps' && id !== undefined ? ` in step ${id}` : '';
}
