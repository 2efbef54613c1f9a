/** nginx's configuration as tokens (ngx_conf_file.c, ngx_conf_read_token): words, quoted words, `;`, `{` and `}`. Pure. */

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly line: number }
  | { readonly kind: ';' | '{' | '}'; readonly line: number };

const blank = /\s/;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** `…_by_lua_block { … }` holds another language: the reader takes it whole, as one word. */
const foreign = /_by_lua_block$/;

/** Never throws; what is left open at the end is simply over. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '\n') line += 1;
    if (blank.test(character)) at += 1;
    else if (character === '#') at = endOfLine(text, at);
    else if (character === ';' || character === '}') {
      tokens.push({ kind: character, line });
      at += 1;
    } else if (character === '{') {
      const before = tokens.at(-1);
      const own = before?.kind === 'word' && foreign.test(firstWordOf(tokens));
      if (own) {
        const end = endOfBlock(text, at);
        line += count(text, at, end);
        tokens.push({ kind: ';', line });
        at = end;
      } else {
        tokens.push({ kind: '{', line });
        at += 1;
      }
    } else {
      const word = wordAt(text, at);
      tokens.push({ kind: 'word', text: word.text, line });
      line += count(text, at, word.end);
      at = word.end;
    }
  }
  return tokens;
}

function firstWordOf(tokens: readonly Token[]): string {
  let at = tokens.length - 1;
  while (at > 0 && tokens[at - 1]?.kind === 'word') at -= 1;
  const first = tokens[at];
  return first?.kind === 'word' ? first.text : '';
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Quotes count at a word's beginning only; `${name}` does not open a block. */
function wordAt(text: string, from: number): { readonly text: string; readonly end: number } {
  const quote = text[from] === '"' || text[from] === "'" ? text[from] : null;
  let at = quote === null ? from : from + 1;
  let word = '';
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\' && at + 1 < text.length) {
      const next = text[at + 1] ?? '';
      word +=
        next === '"' || next === "'" || next === '\\' || (quote === null && (next === ' ' || next === ';'))
          ? next
          : (escapes[next] ?? `\\${next}`);
      at += 1;
    } else if (quote !== null) {
      if (character === quote) return { text: word, end: at + 1 };
      word += character;
    } else if (character === '$' && text[at + 1] === '{') {
      const end = text.indexOf('}', at);
      if (end < 0) return { text: word + text.slice(at), end: text.length };
      word += text.slice(at, end + 1);
      at = end;
    } else if (blank.test(character) || character === ';' || character === '{') break;
    else word += character;
  }
  return { text: word, end: at };
}

/** Braces are counted as they come: strings of the other language are left alone. */
function endOfBlock(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function count(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at += 1) if (text.charCodeAt(at) === 10) lines += 1;
  return lines;
}
