/** Versions of httpd: three numbers, compared in order. */
export type Version = readonly [major: number, minor: number, patch: number];

/** The first `N.N.N` (or `N.N`) of a text such as `Apache/2.4.71 (Debian)`; null where there is none. */
export function parseVersion(text: string): Version | null {
  const match = /(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5}))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : null;
}

/** Negative: `a` is older. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

export function formatVersion(version: Version): string {
  return version.join('.');
}

/**
 * The condition of `<IfVersion [!][=|<|>|<=|>=|~] VERSION>` (modules/metadata/mod_version.c); null where it can't be understood.
 */
export function versionCondition(args: readonly string[], version: Version): boolean | null {
  const [first = '', second] = args;
  const negated = first.startsWith('!');
  const operator = second === undefined ? '=' : negated ? first.slice(1) : first;
  const operand = second ?? (negated ? first.slice(1) : first);
  const holds = compare(operator === '' ? '=' : operator, operand, version);
  return holds === null ? null : holds !== negated;
}

function compare(operator: string, operand: string, version: Version): boolean | null {
  const asRegex = operator === '~' ? operand : ['=', '=='].includes(operator) ? /^\/(.*)\/$/.exec(operand)?.[1] : undefined;
  if (asRegex !== undefined) return regexMatches(asRegex, formatVersion(version));
  const numbers = /^\d+(?:\.\d+){0,2}$/.test(operand) ? operand.split('.').map(Number) : null;
  if (numbers === null) return null;
  const order = compareVersions(version, [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0]);
  switch (operator) {
    case '=':
    case '==':
      return order === 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
    default:
      return null;
  }
}

function regexMatches(source: string, text: string): boolean | null {
  try {
    return new RegExp(source).test(text);
  } catch {
    return null;
  }
}
