/** `${NAME}` in configuration text (ap_resolve_env in server/core.c): from Define first, then from httpd's environment, once a line. */

/** A line that grows beyond this by its variables is left as it is: variables made of variables can double at each step. */
export const longestResolved = 100_000;

export interface Resolved {
  readonly text: string;
  /** Names that are defined nowhere; httpd warns (AH00111) and leaves `${NAME}` standing. */
  readonly undefined: readonly string[];
  readonly tooLong: boolean;
}

/** A name with `:` is no variable of the configuration (`${map:key}` belongs to mod_rewrite). */
export function resolveVariables(text: string, lookup: (name: string) => string | undefined): Resolved {
  if (!text.includes('${')) return { text, undefined: [], tooLong: false };
  const missing: string[] = [];
  const resolved = replaceBounded(text, /\$\{([^}]*)\}/g, (whole) => {
    // `${NAME?=default}` is of httpd's trunk.
    const [name = '', fallback] = splitDefault(whole.slice(2, -1));
    const value = lookup(name) ?? fallback;
    if (value === undefined && !name.includes(':')) missing.push(name);
    return value ?? whole;
  });
  return { text: resolved ?? text, undefined: missing, tooLong: resolved === null };
}

/** `text.replace`, given up (null) as soon as the result would be longer than a line may be. */
export function replaceBounded(text: string, pattern: RegExp, replacement: (found: string) => string): string | null {
  let length = text.length;
  let tooLong = false;
  const result = text.replace(pattern, (found) => {
    if (tooLong) return '';
    const value = replacement(found);
    length += value.length - found.length;
    tooLong = value.length > found.length && length > longestResolved;
    return tooLong ? '' : value;
  });
  return tooLong ? null : result;
}

function splitDefault(inner: string): [string, string | undefined] {
  const at = inner.indexOf('?=');
  return at < 0 ? [inner, undefined] : [inner.slice(0, at), inner.slice(at + 2)];
}
