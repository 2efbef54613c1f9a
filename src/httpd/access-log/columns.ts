/** Lines of an unknown format laid out in columns: what stands between blanks, quotes and brackets. */

export type ColumnKind = 'clf' | 'iso' | 'quoted' | 'pair' | 'bare';

export interface Column {
  readonly kind: ColumnKind;
  /** Of `key=value`. */
  readonly key: string | null;
  /** What stands before the value (blanks, quotes, brackets, `key=`) and behind it up to the next column. */
  readonly before: string;
  readonly after: string;
  /** The values of all lines that have this layout. */
  readonly values: readonly string[];
}

interface Token {
  readonly kind: ColumnKind;
  readonly key: string | null;
  readonly before: string;
  readonly after: string;
  readonly value: string;
}

const clf = String.raw`(\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\])`;
const iso = String.raw`(\[?)(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?[+-]\d\d:?\d\d|Z)?)(\]?)`;
const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
const pair = String.raw`([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))`;
// A list of addresses with blanks (an unquoted X-Forwarded-For) is one value.
const bare = String.raw`([^\s",]+(?:, ?[^\s",]+)*)`;
const tokenPattern = new RegExp(`${clf}|${iso}|${quoted}|${pair}|${bare}`, 'y');

/** Null where the line has something that is no token (an odd quote). */
function tokensOf(line: string): readonly Token[] | null {
  const tokens: Token[] = [];
  let position = 0;
  while (position < line.length) {
    const blanks = /[ \t]*/y;
    blanks.lastIndex = position;
    const gap = blanks.exec(line)?.[0] ?? '';
    position += gap.length;
    if (position >= line.length) break;
    tokenPattern.lastIndex = position;
    const match = tokenPattern.exec(line);
    if (match === null) return null;
    tokens.push(tokenOf(match, gap));
    position = tokenPattern.lastIndex;
  }
  return tokens;
}

function tokenOf(match: RegExpExecArray, gap: string): Token {
  const [, time, open, stamp, close, text, key, quotedValue, plainValue, word] = match;
  if (time !== undefined) return { kind: 'clf', key: null, before: gap, after: '', value: time };
  if (stamp !== undefined) return { kind: 'iso', key: null, before: gap + (open ?? ''), after: close ?? '', value: stamp };
  if (text !== undefined) return { kind: 'quoted', key: null, before: `${gap}"`, after: '"', value: text };
  if (key !== undefined && quotedValue !== undefined)
    return { kind: 'pair', key, before: `${gap}${key}="`, after: '"', value: quotedValue };
  if (key !== undefined) return { kind: 'pair', key, before: `${gap}${key}=`, after: '', value: plainValue ?? '' };
  return { kind: 'bare', key: null, before: gap, after: '', value: word ?? '' };
}

/** The layout that most of the lines have, or null where none could be read. */
export function columnsOf(lines: readonly string[]): readonly Column[] | null {
  const layouts = new Map<string, (readonly Token[])[]>();
  for (const line of lines) {
    const tokens = tokensOf(line);
    if (tokens === null || tokens.length === 0) continue;
    const layout = tokens.map((token) => `${token.kind}\u0000${token.before}\u0000${token.after}`).join('\u0001');
    const same = layouts.get(layout);
    if (same) same.push(tokens);
    else layouts.set(layout, [tokens]);
  }
  let most: (readonly Token[])[] = [];
  for (const same of layouts.values()) if (same.length > most.length) most = same;
  const first = most[0];
  if (!first) return null;
  return first.map((token, index) => ({ ...token, values: most.map((tokens) => tokens[index]?.value ?? '') }));
}
