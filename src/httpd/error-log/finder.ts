/**
 * Finds candidate lines in raw bytes: those that hold a code of ours or one of the fixed words. A candidate may still be none of ours;
 * what is no candidate never is.
 */
import { codeNumbers, words } from './needles.ts';

export interface Finder {
  /** Fill this from its beginning. */
  readonly memory: Uint8Array;
  /** Looks through the first `length` bytes; at most one hit a line is reported. Returns the number of hits. */
  readonly find: (length: number) => number;
  /** Of the last `find`: a byte inside the hit's line, and how many line feeds stand before it. */
  readonly hitAt: Int32Array;
  readonly hitLine: Int32Array;
  /** Line feeds in what was looked through. */
  readonly newlines: () => number;
}

const lineFeed = 10;
const encoder = new TextEncoder();

/** Byte by byte: the plain way, that the fast one is compared with, and what is left where WebAssembly has no vectors. */
export function plainFinder(capacity: number): Finder {
  const memory = new Uint8Array(capacity);
  const most = Math.ceil(capacity / 8);
  const hitAt = new Int32Array(most);
  const hitLine = new Int32Array(most);
  const codes = new Set(codeNumbers);
  const byFirst: Uint8Array[][] = Array.from({ length: 256 }, () => []);
  for (const word of words) {
    const bytes = encoder.encode(word);
    byFirst[bytes[0] ?? 0]?.push(bytes);
  }
  const interesting = new Uint8Array(256);
  for (const [first, list] of byFirst.entries()) interesting[first] = list.length > 0 ? 1 : 0;
  interesting[65] = 1;
  interesting[lineFeed] = 1;
  let newlines = 0;
  const find = (length: number): number => {
    let hits = 0;
    let lastLine = -1;
    newlines = 0;
    for (let at = 0; at < length; at += 1) {
      const byte = memory[at] ?? 0;
      if (interesting[byte] === 0) continue;
      if (byte === lineFeed) newlines += 1;
      else if (
        lastLine !== newlines &&
        ((byte === 65 && isCode(memory, at, length, codes)) || isWord(memory, at, length, byFirst[byte] ?? []))
      ) {
        hitAt[hits] = at;
        hitLine[hits] = newlines;
        hits += 1;
        lastLine = newlines;
      }
    }
    return hits;
  };
  return { memory, find, hitAt, hitLine, newlines: () => newlines };
}

function isCode(memory: Uint8Array, at: number, length: number, codes: ReadonlySet<number>): boolean {
  if (memory[at + 1] !== 72) return false;
  let value = 0;
  let digits = 0;
  for (let index = at + 2; index < length && digits < 6; index += 1, digits += 1) {
    const digit = (memory[index] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return digits >= 4 && codes.has(value);
}

function isWord(memory: Uint8Array, at: number, length: number, list: readonly Uint8Array[]): boolean {
  return list.some((word) => {
    if (at + word.length > length) return false;
    for (let index = 1; index < word.length; index += 1) if (memory[at + index] !== word[index]) return false;
    return true;
  });
}
