/**
 * Finds candidate lines in raw bytes: those that hold a code of ours or one of the fixed words. A candidate may still be none of ours;
 * what is no candidate never is.
 */
import { finderModule } from './finder.generated.ts';
import type { Needles } from './needles.ts';

export interface Finder {
  /** Memory to work in; `room` bytes of it, from `begin` on, are the caller's. */
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly begin: number;
  readonly room: number;
  /**
   * Looks through whole lines from `from` to `to`, of which the last byte is a line feed. Returns how many candidates there are.
   * Bytes after `to` (64 of them) may be read and mean nothing.
   */
  readonly find: (from: number, to: number) => number;
  /** Of the last `find`, three numbers a candidate: its first byte, its end (the line feed), and how many lines stand before it. */
  readonly found: Int32Array;
  /** Lines of the last `find`. */
  readonly lines: () => number;
}

const lineFeed = 10;
/** A candidate holds at least one word, of five bytes or more, and its line feed. */
const shortestCandidate = 6;

const encoder = new TextEncoder();

/**
 * The fast finder where the processor has vectors for WebAssembly, else the plain one.
 * @param room bytes of memory for the caller
 * @param atOnce at most so many bytes are given to one `find`
 */
export function createFinder(needles: Needles, room: number, atOnce: number): Finder {
  return vectorFinder(needles, room, atOnce) ?? plainFinder(needles, room, atOnce);
}

/** Byte by byte: what the fast one is compared with, and what is left without it. */
export function plainFinder({ words, codeNumbers }: Needles, room: number, atOnce: number): Finder {
  const memory = new Uint8Array(room + padding);
  const found = new Int32Array(Math.ceil(atOnce / shortestCandidate) * 3);
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
  let lines = 0;
  const find = (from: number, to: number): number => {
    let count = 0;
    let start = from;
    let isCandidate = false;
    lines = 0;
    for (let at = from; at < to; at += 1) {
      const byte = memory[at] ?? 0;
      if (interesting[byte] === 0) continue;
      if (byte === lineFeed) {
        if (isCandidate) {
          found[count * 3] = start;
          found[count * 3 + 1] = at;
          found[count * 3 + 2] = lines;
          count += 1;
        }
        lines += 1;
        start = at + 1;
        isCandidate = false;
      } else if (!isCandidate) isCandidate = (byte === 65 && isCode(memory, at, codes)) || isWord(memory, at, byFirst[byte] ?? []);
    }
    return count;
  };
  return { memory, begin: 0, room, find, found, lines: () => lines };
}

function isCode(memory: Uint8Array, at: number, codes: ReadonlySet<number>): boolean {
  if (memory[at + 1] !== 72) return false;
  let value = 0;
  let digits = 0;
  for (let index = at + 2; digits < 6; index += 1, digits += 1) {
    const digit = (memory[index] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return digits >= 4 && codes.has(value);
}

function isWord(memory: Uint8Array, at: number, list: readonly Uint8Array[]): boolean {
  // No word holds a line feed, so that none is found across the end of a line.
  return list.some((word) => {
    for (let index = 1; index < word.length; index += 1) if (memory[at + index] !== word[index]) return false;
    return true;
  });
}

/** Where finder.wat expects its tables. */
const tables = { masks: 2048, buckets: 2304, words: 4096, caller: 65_536 } as const;
const padding = 128;
const fingerprint = 4;
const pageBytes = 65_536;

function vectorFinder(needles: Needles, room: number, atOnce: number): Finder | null {
  const results = tables.caller + room + padding;
  const pages = Math.ceil((results + Math.ceil(atOnce / shortestCandidate) * 12) / pageBytes);
  try {
    const wasm = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const memory = new Uint8Array(wasm.buffer as ArrayBuffer);
    fillTables(memory, needles);
    const module = new WebAssembly.Module(Buffer.from(finderModule, 'base64'));
    const { exports } = new WebAssembly.Instance(module, { finder: { memory: wasm, results } });
    const find = exports.find as (from: number, to: number) => number;
    const newlines = exports.newlines as WebAssembly.Global<'i32'>;
    const found = new Int32Array(wasm.buffer as ArrayBuffer, results);
    return { memory, begin: tables.caller, room, find, found, lines: () => newlines.value };
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return null;
    throw error;
  }
}

function fillTables(memory: Uint8Array, { words, codeNumbers }: Needles): void {
  for (const code of codeNumbers) memory[code >> 3] = (memory[code >> 3] ?? 0) | (1 << (code & 7));
  const view = new DataView(memory.buffer);
  // Every known code begins so; the rest is looked up in the bitmap.
  for (const begin of new Set(codeNumbers.map((code) => String(code).padStart(5, '0').slice(0, 2))))
    addFingerprint(memory, `AH${begin}`, 0);
  for (const code of codeNumbers) {
    addFingerprint(memory, `AH${String(code).slice(0, 2)}`, 0);
    addFingerprint(memory, `AH${String(code).padStart(6, '0').slice(0, 2)}`, 0);
  }
  const buckets = sorted(
    words.map((word) => ({ word: encoder.encode(word), at: rarest(word), print: word.slice(rarest(word), rarest(word) + fingerprint) })),
  );
  let end = tables.words;
  for (let bucket = 0; bucket < 8; bucket += 1) {
    view.setUint32(tables.buckets + bucket * 4, end, true);
    for (const { word, at, print } of bucket === 0 ? [] : (buckets[bucket - 1] ?? [])) {
      addFingerprint(memory, print, bucket);
      memory.set(encoder.encode(print), end);
      memory[end + 4] = at;
      memory[end + 5] = word.length;
      memory.set(word, end + 6);
      end += word.length + 6;
    }
    memory.fill(0, end, end + 6);
    end += 6;
  }
}

interface Print {
  readonly word: Uint8Array;
  /** Where in the word the fingerprint stands. */
  readonly at: number;
  readonly print: string;
}

/** Seven buckets such that chance hits are few: each word goes where it adds least to what its bucket matches. */
function sorted(prints: readonly Print[]): readonly (readonly Print[])[] {
  const buckets: Print[][] = Array.from({ length: 7 }, () => []);
  for (const each of prints) {
    const costs = buckets.map((bucket) => chance([...bucket, each]) - chance(bucket));
    buckets[costs.indexOf(Math.min(...costs))]?.push(each);
  }
  return buckets;
}

/** How likely four bytes at random have the halves that some fingerprint of the bucket has at each place. */
function chance(prints: readonly Print[]): number {
  if (prints.length === 0) return 0;
  let product = 1;
  for (let index = 0; index < fingerprint; index += 1) {
    const low = new Set(prints.map(({ print }) => print.charCodeAt(index) & 15));
    const high = new Set(prints.map(({ print }) => print.charCodeAt(index) >> 4));
    product *= low.size * high.size;
  }
  return product;
}

function addFingerprint(memory: Uint8Array, print: string, bucket: number): void {
  for (let index = 0; index < fingerprint; index += 1) {
    const byte = print.charCodeAt(index);
    const low = tables.masks + index * 32 + (byte & 15);
    const high = tables.masks + index * 32 + 16 + (byte >> 4);
    memory[low] = (memory[low] ?? 0) | (1 << bucket);
    memory[high] = (memory[high] ?? 0) | (1 << bucket);
  }
}

// Letters of English words, most frequent first; whatever is not among them is rare in a log.
const frequent = ' etaoinsrhldcumpfgybw';

/** Where in the word its four rarest bytes in a row begin. */
function rarest(word: string): number {
  let best = 0;
  let bestScore = -1;
  for (let at = 0; at + fingerprint <= word.length; at += 1) {
    let score = 0;
    for (const letter of word.slice(at, at + fingerprint)) {
      const place = frequent.indexOf(letter);
      score += place < 0 ? 30 : place;
    }
    if (score > bestScore) [best, bestScore] = [at, score];
  }
  return best;
}
