/** Where a text of a line ends: at the literal that the format has after it. */

const quote = 0x22;
const backslash = 0x5c;
const blank = 0x20;
const comma = 0x2c;

/** First place from `from` on where `literal` stands; a backslash takes the byte behind it along, as httpd escapes. -1: nowhere. */
export function endOfText(bytes: Uint8Array, view: DataView, from: number, end: number, literal: Uint8Array): number {
  const first = literal[0] as number;
  const length = literal.length;
  const last = end - length;
  // Between quotes texts are long, else short.
  for (let position = first === quote ? farFirst(view, from, last, first) : from; position <= last; position++) {
    const byte = bytes[position] as number;
    if (byte === backslash) {
      position++;
      continue;
    }
    if (byte !== first) continue;
    let i = 1;
    while (i < length && bytes[position + i] === literal[i]) i++;
    // `a, b, c`: a blank behind a comma does not end an unquoted list.
    if (i === length && !(first === blank && bytes[position - 1] === comma && position > from)) return position;
    // Between quotes an unescaped quote ends the field: what does not go on as the format says is another format.
    if (first === quote) return -1;
  }
  return -1;
}

const ones = 0x01010101;
const highBits = 0x80808080;
const backslashes = backslash * ones;

/** A place before which neither the byte nor a backslash stands: four are looked at at once, in which a byte that is wanted becomes zero. */
function farFirst(view: DataView, from: number, last: number, byte: number): number {
  const wanted = Math.imul(byte, ones);
  let position = from;
  for (; position + 4 <= last; position += 4) {
    const four = view.getInt32(position);
    const left = four ^ wanted;
    const right = four ^ backslashes;
    if (((((left - ones) & ~left) | ((right - ones) & ~right)) & highBits) !== 0) break;
  }
  return position;
}
