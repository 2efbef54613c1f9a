/** JSON for reading: what fits on a line stays on one, the rest is broken and indented. The same value as `JSON.stringify` gives. */

const widest = 96;

export function jsonText(value: unknown, indent = ''): string {
  const flat = JSON.stringify(value) ?? 'null';
  if (indent.length + flat.length <= widest || value === null || typeof value !== 'object') return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return `[\n${inner}${filled(
      items.map((item) => jsonText(item, inner)),
      inner,
    )}\n${indent}]`;
  }
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => `${JSON.stringify(name)}: ${jsonText(field, inner)}`);
  return `{\n${inner}${fields.join(`,\n${inner}`)}\n${indent}}`;
}

/** Short items share lines; one that is broken itself has its own. */
function filled(items: readonly string[], indent: string): string {
  let text = '';
  let column = indent.length;
  for (const [index, item] of items.entries()) {
    const piece = index < items.length - 1 ? `${item},` : item;
    const joins = index > 0 && !item.includes('\n') && item.length < widest / 3 && column + piece.length + 1 <= widest;
    if (index > 0) text += joins ? ' ' : `\n${indent}`;
    text += piece;
    column = joins ? column + piece.length + 1 : indent.length + piece.length;
  }
  return text;
}
