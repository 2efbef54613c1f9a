/**
 * Which location takes a path, as rules that are tried one after the other: exact ones, `^~` prefixes, expressions in their order, then prefixes,
 * the longest first (ngx_http_core_module.c, ngx_http_core_find_location). A longer ordinary prefix below a `^~` one is the only case in which
 * nginx would choose otherwise. Pure.
 */
import type { Directive } from '../../../nginx/config/read.ts';
import type { Place } from './blocks.ts';

export interface NginxLocation {
  readonly kind: 'exact' | 'first-prefix' | 'expression' | 'prefix' | 'named';
  /** As written: a prefix, an expression, or the name after `@`. */
  readonly text: string;
  /** An expression for routes.ts. */
  readonly pattern: string;
  readonly place: Place;
  /** The location's own directives, those of `if` and `limit_except` in it among them. */
  readonly own: readonly { readonly directive: Directive; readonly conditional: boolean }[];
  readonly block: Directive;
}

/** All locations of a server, nested ones too, in the order in which they are tried. */
export function locationsOf(server: readonly Directive[], outer: Place): readonly NginxLocation[] {
  const all = collect(server, [...outer, server]);
  const of = (kind: NginxLocation['kind']): NginxLocation[] => all.filter((location) => location.kind === kind);
  const longest = (list: NginxLocation[]): NginxLocation[] => list.sort((a, b) => b.text.length - a.text.length);
  return [...of('exact'), ...longest(of('first-prefix')), ...of('expression'), ...longest(of('prefix')), ...of('named')];
}

function collect(level: readonly Directive[], place: Place): NginxLocation[] {
  return level.flatMap((block) => {
    if (block.name !== 'location' || block.children === null) return [];
    const inner = [...place, block.children];
    return [{ ...readName(block.args), place: inner, own: ownOf(block.children, false), block }, ...collect(block.children, inner)];
  });
}

function readName(args: readonly string[]): Pick<NginxLocation, 'kind' | 'text' | 'pattern'> {
  const [first = '', second] = args;
  // `location =/x` and `location ~*\.php$` may be written without the blank.
  const glued = /^(=|\^~|~\*|~)(.+)$/.exec(first);
  const modifier = second === undefined ? (glued?.[1] ?? '') : first;
  const text = second ?? glued?.[2] ?? first;
  if (modifier === '' && text.startsWith('@')) return { kind: 'named', text: text.slice(1), pattern: '' };
  switch (modifier) {
    case '=':
      return { kind: 'exact', text, pattern: `^${escaped(text)}$` };
    case '^~':
      return { kind: 'first-prefix', text, pattern: `^${escaped(text)}` };
    case '~':
      return { kind: 'expression', text, pattern: text };
    case '~*':
      return { kind: 'expression', text, pattern: `(?i)${text}` };
    default:
      return { kind: 'prefix', text, pattern: `^${escaped(text)}` };
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function ownOf(level: readonly Directive[], conditional: boolean): NginxLocation['own'] {
  return level.flatMap((directive) =>
    directive.children === null
      ? [{ directive, conditional }]
      : directive.name === 'if' || directive.name === 'limit_except'
        ? ownOf(directive.children, true)
        : [],
  );
}
