/** JSON-like lines: `{ "time":"[22/Nov/2026:06:34:39 +0000]", "status":"502", … }`. httpd writes them from a LogFormat, so keys and their order are fixed. */
import { directiveByName } from './names.ts';

interface Piece {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Scalars by their key, wherever they are nested. Escapes are httpd's (`\xhh` is none of JSON's), so this is no JSON parser. */
function piecesOf(line: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?|-(?=\s*[,}])|true|false|null))/g;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    const value = match[2] ?? match[3] ?? '';
    const to = pattern.lastIndex - (match[2] === undefined ? 0 : 1);
    pieces.push({ name: match[1] ?? '', from: to - value.length, to });
  }
  return pieces;
}

/** A LogFormat string for the lines' commonest set of keys; null where there is none. */
export function jsonFormatOf(lines: readonly string[]): string | null {
  const layouts = new Map<string, { readonly line: string; readonly pieces: readonly Piece[]; readonly values: string[][] }>();
  for (const line of lines) {
    if (!line.startsWith('{')) continue;
    const pieces = piecesOf(line);
    const layout = pieces.map((piece) => piece.name).join('\u0000');
    const known = layouts.get(layout) ?? { line, pieces, values: pieces.map(() => []) };
    layouts.set(layout, known);
    pieces.forEach((piece, index) => known.values[index]?.push(line.slice(piece.from, piece.to)));
  }
  let best: { readonly line: string; readonly pieces: readonly Piece[]; readonly values: string[][] } | null = null;
  for (const layout of layouts.values()) {
    if (layout.pieces.length > 1 && (best === null || (layout.values[0]?.length ?? 0) > (best.values[0]?.length ?? 0))) best = layout;
  }
  if (best === null) return null;
  let format = '';
  let position = 0;
  best.pieces.forEach((piece, index) => {
    format += literal(best.line.slice(position, piece.from)) + directiveByName(piece.name, best.values[index] ?? []);
    position = piece.to;
  });
  return format + literal(best.line.slice(position));
}

function literal(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('%', '%%');
}
