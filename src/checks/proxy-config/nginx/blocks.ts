/** nginx's configuration as nested places: what is in force at one of them, and values as nginx reads them. Pure. */
import type { Directive } from '../../../nginx/config/read.ts';
import type { At } from '../facts.ts';

/** From the outermost (the file) to the innermost block. */
export type Place = readonly (readonly Directive[])[];

/** Of the directives with this name, the last one of the innermost level that has any. */
export function inForce(place: Place, name: string): Directive | null {
  return allInForce(place, name).at(-1) ?? null;
}

/** Directives that add up (`proxy_set_header`, `access_log`): all of the innermost level that has any. */
export function allInForce(place: Place, name: string): readonly Directive[] {
  for (const level of place.toReversed()) {
    const own = level.filter((directive) => directive.name === name);
    if (own.length > 0) return own;
  }
  return [];
}

export function blocks(level: readonly Directive[], name: string): readonly (Directive & { readonly children: readonly Directive[] })[] {
  return level.flatMap((directive) =>
    directive.name === name && directive.children !== null ? [{ ...directive, children: directive.children }] : [],
  );
}

const unitSeconds: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
};

/** `60`, `60s`, `1m 30s`, `500ms` in seconds; null: it is no time (a variable). */
export function seconds(text: string): number | null {
  if (!/^(?:\d+(?:ms|[smhdwMy])?\s*)+$/.test(text)) return null;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/(\d+)(ms|[smhdwMy])?/g)) sum += Number(number) * (unitSeconds[unit ?? 's'] ?? 1);
  return sum;
}

export interface TimeInForce {
  readonly seconds: number;
  /** Null: nginx's own default. */
  readonly at: At | null;
  /** `proxy_read_timeout 60s` */
  readonly said: string;
}

export function timeInForce(place: Place, name: string, usual: number): TimeInForce {
  const own = inForce(place, name);
  const value = own === null ? null : seconds(own.args.join(' '));
  if (own === null || value === null) return { seconds: usual, at: null, said: `${name} ${usual}s` };
  return { seconds: value, at: own.at, said: `${name} ${own.args.join(' ')}` };
}
