/**
 * `/upload/123` and `/upload/456` are one operation: variable parts of a path become `{id}`. What is variable is told from one segment
 * alone (numbers, UUIDs, hashes, tokens, dates, addresses of mail); names that merely are many are folded later (operations.ts).
 */
import type { Hasher } from '../../httpd/access-log/hasher.ts';

/** What replaces a variable part. */
export const variable = '{id}';
/** Stands for `{id}` in a hash; no path holds this byte unescaped. */
const marker = 1;

const slash = 0x2f;
const question = 0x3f;
const dot = 0x2e;
const dash = 0x2d;
const underscore = 0x5f;
const percent = 0x25;
const at = 0x40;

/** A segment with this many characters, digits and letters mixed and no word signs in it, is a token. */
const tokenLength = 16;
const tokenDigits = 3;
/** Hexadecimal digits and hyphens, at least so many, some of them digits: a hash or a UUID. */
const hexLength = 8;
const hexDigits = 2;
/** Percent escapes in one segment: text that somebody typed. */
const escapes = 3;

/**
 * Where the variable part of a segment ends: -1: it is fixed; else the whole segment, or what stands before its extension
 * (`123.jpg` → `{id}.jpg`), is variable.
 */
export function variableEnd(bytes: Uint8Array, from: number, to: number): number {
  let digits = 0;
  let hex = 0;
  let separators = 0;
  let others = 0;
  let upper = 0;
  let lower = 0;
  let percents = 0;
  let lastDot = -1;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x30 && byte <= 0x39) digits += 1;
    else if (byte >= 0x61 && byte <= 0x7a) {
      lower += 1;
      if (byte <= 0x66) hex += 1;
    } else if (byte >= 0x41 && byte <= 0x5a) {
      upper += 1;
      if (byte <= 0x46) hex += 1;
    } else if (byte === dash || byte === underscore) separators += 1;
    else if (byte === dot) lastDot = i;
    else if (byte === at && i > from) return to;
    else if (byte === percent) percents += 1;
    else others += 1;
  }
  if (digits === 0) return percents >= escapes ? to : -1;
  const length = to - from;
  const letters = upper + lower;
  // 17, 2026-11-22, 12_7, 1,5
  if (letters === 0 && lastDot < 0 && percents === 0) return digits + separators + others === length ? to : -1;
  if (lastDot > from && lastDot < to - 1) {
    // An extension: what stands before it decides.
    const before = variableEnd(bytes, from, lastDot);
    if (before === lastDot) return lastDot;
    if (letters === 0) return to;
  }
  if (lastDot < 0 && others === 0 && percents === 0) {
    if (digits + hex + separators === length && letters === hex && digits + hex >= hexLength && digits >= hexDigits) return to;
    // Base 62 or base 64: no words joined by signs.
    if (length >= tokenLength && digits >= tokenDigits && separators <= 2 && (upper === 0 || lower === 0 || digits >= tokenDigits))
      return to;
  }
  return percents >= escapes ? to : -1;
}

/** What a byte can mean in a segment, as bits, so that those of a whole segment can be put together. */
const digitKind = 1;
const plainKind = 2;
const letterKind = 4;
/** Dots, `@` and `%`: what they mean depends on what stands around them. */
const markKind = 8;
const endKind = 128;
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x30 && byte <= 0x39) return digitKind;
  if ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)) return letterKind;
  if (byte === dot || byte === at || byte === percent) return markKind;
  return byte === slash || byte === question ? endKind : plainKind;
});

/**
 * Feeds the template of a path (up to its query) into a hash. `keep` says of a variable segment that it stays as it is (a part of a
 * configured route). @returns where the path ends
 */
export function hashTemplate(
  hasher: Hasher,
  bytes: Uint8Array,
  from: number,
  to: number,
  keep: ((from: number, to: number) => boolean) | null,
): number {
  for (let start = from; ; start += 1) {
    let position = start;
    let seen = 0;
    for (; position < to; position++) {
      const kind = kinds[bytes[position] as number] as number;
      if (kind === endKind) break;
      seen |= kind;
    }
    if (position > start) {
      // Most segments are words or numbers, and need no closer look.
      const end =
        (seen & (digitKind | markKind)) === 0 ? -1 : (seen & (letterKind | markKind)) === 0 ? position : variableEnd(bytes, start, position);
      if (end < 0 || (keep !== null && keep(start, position))) hasher.bytes(bytes, start, position);
      else {
        hasher.byte(marker);
        if (end < position) hasher.bytes(bytes, end, position);
      }
    }
    if (position >= to || bytes[position] === question) return position;
    hasher.byte(slash);
    start = position;
  }
}

/** The template as text. */
export function templateOf(path: string, keep: ReadonlySet<string> | null = null): string {
  const query = path.indexOf('?');
  return (query < 0 ? path : path.slice(0, query))
    .split('/')
    .map((segment) => {
      if (segment === '' || keep?.has(segment) === true) return segment;
      const bytes = Buffer.from(segment, 'latin1');
      const end = variableEnd(bytes, 0, bytes.length);
      return end < 0 ? segment : variable + bytes.toString('latin1', end);
    })
    .join('/');
}
