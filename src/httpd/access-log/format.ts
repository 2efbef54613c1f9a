/**
 * A LogFormat string as mod_log_config reads it (modules/loggers/mod_log_config.c: parse_log_string, parse_log_item): literal text
 * and directives `%[!][status,…][<|>][{argument}]letter`. Nothing is judged here; an unknown letter is kept as it is.
 */

export interface Directive {
  readonly kind: 'directive';
  /** The letter, or `^FB`, `^ti`, `^to`. */
  readonly letter: string;
  readonly argument: string | null;
  /** `<`: of the original request, `>`: of the last one after internal redirects; null: the letter's own default. */
  readonly of: '<' | '>' | null;
  /** With statuses (`%400,501{…}i`, `%!200{…}i`) httpd prints `-` for the others: any field can then be a dash. */
  readonly conditional: boolean;
}

export interface Literal {
  readonly kind: 'literal';
  readonly text: string;
}

export type Item = Literal | Directive;

/** Nicknames of the formats that httpd's own configuration files define; people give these names where a string is asked for. */
export const nicknames: Readonly<Record<string, string>> = {
  common: '%h %l %u %t "%r" %>s %b',
  combined: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
  combinedio: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O',
  vhost_combined: '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
  vhost_common: '%v %h %l %u %t "%r" %>s %b',
};

/** mod_log_config's own default where CustomLog names no format. */
export const defaultFormat = nicknames['common'] ?? '';

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

/**
 * Literals and directives of a format string, adjoining literals joined. `\"` and `\\` are taken as the quote and the backslash that they
 * were in the configuration file: people copy the string from there.
 */
export function readFormat(format: string): readonly Item[] {
  const items: Item[] = [];
  let literal = '';
  let at = 0;
  const endLiteral = (): void => {
    if (literal !== '') items.push({ kind: 'literal', text: literal });
    literal = '';
  };
  while (at < format.length) {
    const character = format.charAt(at);
    if (character === '\\' && at + 1 < format.length) {
      const next = format.charAt(at + 1);
      literal += escapes[next] ?? `\\${next}`;
      at += 2;
    } else if (character === '%') {
      const { item, next } = readDirective(format, at);
      if (item.kind === 'literal') literal += item.text;
      else {
        endLiteral();
        items.push(item);
      }
      at = next;
    } else {
      literal += character;
      at += 1;
    }
  }
  endLiteral();
  return items;
}

function readDirective(format: string, from: number): { readonly item: Item; readonly next: number } {
  let at = from + 1;
  let conditional = false;
  let of: '<' | '>' | null = null;
  let argument: string | null = null;
  // The parts before the letter may come in any order (parse_log_item loops over them).
  while (at < format.length) {
    const character = format.charAt(at);
    if (character === '!' || character === ',' || (character >= '0' && character <= '9')) {
      conditional = true;
      at += 1;
    } else if (character === '<' || character === '>') {
      of = character;
      at += 1;
    } else if (character === '{') {
      const close = format.indexOf('}', at);
      argument = format.slice(at + 1, close < 0 ? format.length : close);
      at = close < 0 ? format.length : close + 1;
    } else if (character === '%') {
      return { item: { kind: 'literal', text: '%' }, next: at + 1 };
    } else {
      // `%^FB`, `%{…}^ti`, `%{…}^to`: a caret and two letters.
      const letter = character === '^' ? format.slice(at, at + 3) : character;
      return { item: { kind: 'directive', letter, argument, of, conditional }, next: at + letter.length };
    }
  }
  return { item: { kind: 'literal', text: format.slice(from) }, next: format.length };
}
