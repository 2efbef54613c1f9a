/**
 * Facts for scenarios: an author writes the fields that matter, the rest is blank (0, empty, null, the first word of a set), so that
 * a scenario stays readable and survives a new field. A field that a check's facts do not have is an error, not a blank.
 */
import * as z from 'zod';
import type { Path } from '../document.ts';

type Schema = z.core.$ZodType;

export interface Unfit {
  readonly path: Path;
  readonly message: string;
  /** Words that could stand here, for the nearest one. */
  readonly words: readonly string[];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The value that stands for "nothing worth saying". */
function blank(schema: Schema): unknown {
  if (schema instanceof z.ZodNullable) return null;
  if (schema instanceof z.ZodObject) return complete(schema, {}, [], []);
  if (schema instanceof z.ZodArray) return [];
  if (schema instanceof z.ZodRecord) return {};
  if (schema instanceof z.ZodNumber) return 0;
  if (schema instanceof z.ZodBoolean) return false;
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodLiteral) return schema.value;
  if (schema instanceof z.ZodUnion) return schema.options[0] ? blank(schema.options[0]) : null;
  return '';
}

/** The value with every field that the schema asks for. @param unfit is added to */
export function complete(schema: Schema, value: unknown, path: Path, unfit: Unfit[]): unknown {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return value === null || value === undefined ? value : complete(schema.unwrap(), value, path, unfit);
  if (schema instanceof z.ZodObject && isMap(value)) return completeObject(schema.shape, value, path, unfit);
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((item, index) => complete(schema.element, item, [...path, index], unfit));
  if (schema instanceof z.ZodRecord && isMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, complete(schema.valueType, item, [...path, key], unfit)]));
  return value;
}

function completeObject(
  shape: Readonly<Record<string, Schema>>,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  unfit: Unfit[],
): Record<string, unknown> {
  for (const key of Object.keys(value))
    if (!Object.hasOwn(shape, key))
      unfit.push({ path: [...path, key], message: `the facts have no field ${[...path, key].join('.')}`, words: Object.keys(shape) });
  const found: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(shape)) {
    if (Object.hasOwn(value, key)) found[key] = complete(field, value[key], [...path, key], unfit);
    else if (!(field instanceof z.ZodOptional || field instanceof z.ZodDefault)) found[key] = blank(field);
  }
  return found;
}

/** `over` laid on `under`, map by map. A map with numbers as keys changes single items of a list: `backends: {0: {failures: 3}}`. */
export function overlay(under: unknown, over: unknown): unknown {
  if (Array.isArray(under) && isMap(over) && Object.keys(over).every((key) => /^\d+$/.test(key))) {
    const items: unknown[] = [...under];
    for (const [key, item] of Object.entries(over)) items[Number(key)] = overlay(items[Number(key)], item);
    return items;
  }
  if (!isMap(under) || !isMap(over)) return over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, item] of Object.entries(over)) merged[key] = Object.hasOwn(under, key) ? overlay(under[key], item) : item;
  return merged;
}
