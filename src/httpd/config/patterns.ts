/** Shell patterns as apr_fnmatch reads them, for Include and for path sections. */

/** Does it hold a wildcard at all? (apr_fnmatch_test: `[` counts only with its `]`.) */
export function isPattern(text: string): boolean {
  return /[*?]/.test(text) || /\[[^\]]*\]/.test(text);
}

/**
 * A test for one path component. A leading dot must be matched by a dot (APR_FNM_PERIOD), as Include does. Runs of `*` are one.
 */
export function componentMatcher(pattern: string): (name: string) => boolean {
  const expression = patternExpression(pattern);
  return (name) => (name.startsWith('.') && !pattern.startsWith('.') ? false : expression.test(name));
}

export function patternExpression(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    if (character === '*') {
      if (pattern[at - 1] !== '*') source += '[^/]*';
    } else if (character === '?') source += '[^/]';
    else if (character === '[') {
      const close = pattern.indexOf(']', at + 2);
      if (close < 0) source += '\\[';
      else {
        source += characterClass(pattern.slice(at + 1, close));
        at = close;
      }
    } else if (character === '\\' && at + 1 < pattern.length) {
      at += 1;
      source += escaped(pattern[at] ?? '');
    } else source += escaped(character);
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return new RegExp(`^${[...pattern].map(escaped).join('')}$`, 's');
  }
}

function characterClass(body: string): string {
  const negated = body.startsWith('!') || body.startsWith('^');
  return `[${negated ? '^' : ''}${(negated ? body.slice(1) : body).replace(/[\\\]^[]/g, '\\$&')}]`;
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
