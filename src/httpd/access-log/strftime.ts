/**
 * `%{…}t`: a strftime pattern (C locale, as httpd runs in) or one of mod_log_config's own tokens (sec, msec, usec, msec_frac,
 * usec_frac), compiled into parts that are matched against bytes. A format may spread one moment over several directives
 * (`%{%F %T}t.%{msec_frac}t`), so parts fill a shared `Moment`.
 */
import { digits, monthOf, wallClockOf, zoneAt } from './clock.ts';

/** One moment being read. NaN: not told. */
export class Moment {
  year = NaN;
  month = 1;
  day = 1;
  hour = 0;
  minute = 0;
  second = 0;
  fractionMs = 0;
  /** Minutes east of UTC. */
  zone = NaN;
  /** Milliseconds since the epoch, where the log gives them as such. */
  epochMs = NaN;
  afternoon = false;
  told = false;

  clear(): void {
    this.year = NaN;
    this.month = 1;
    this.day = 1;
    this.hour = 0;
    this.minute = 0;
    this.second = 0;
    this.fractionMs = 0;
    this.zone = NaN;
    this.epochMs = NaN;
    this.afternoon = false;
    this.told = false;
  }

  /**
   * Milliseconds since the epoch; NaN where the parts do not make a moment.
   * @param zoneOf minutes east of UTC of a wall clock, for patterns without a zone
   */
  instant(zoneOf: (wallClock: number) => number): number {
    if (!Number.isNaN(this.epochMs)) return this.epochMs + this.fractionMs;
    if (Number.isNaN(this.year)) return NaN;
    const hour = this.afternoon && this.hour < 12 ? this.hour + 12 : this.hour;
    const wall = wallClockOf(this.year, this.month, this.day, hour, this.minute, this.second) + this.fractionMs;
    return wall - (Number.isNaN(this.zone) ? zoneOf(wall) : this.zone) * 60_000;
  }
}

/** Matches at `at` and returns where the match ends, or -1. */
export type TimePart = (bytes: Uint8Array, at: number, end: number, moment: Moment) => number;

type Setter = (moment: Moment, value: number) => void;

const fixed =
  (count: number, set: Setter): TimePart =>
  (bytes, at, end, moment) => {
    if (at + count > end) return -1;
    const value = digits(bytes, at, count);
    if (value < 0) return -1;
    set(moment, value);
    return at + count;
  };

/** `%e`, `%k`, `%l`: two columns, the first a blank where the number is small. */
const padded =
  (set: Setter): TimePart =>
  (bytes, at, end, moment) => {
    const skip = bytes[at] === 0x20 ? 1 : 0;
    const count = skip === 1 ? 1 : 2;
    if (at + 2 > end) return -1;
    const value = digits(bytes, at + skip, count);
    if (value < 0) return -1;
    set(moment, value);
    return at + 2;
  };

const number =
  (set: Setter): TimePart =>
  (bytes, at, end, moment) => {
    let value = 0;
    let position = at;
    for (; position < end; position++) {
      const digit = (bytes[position] ?? 0) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (position === at) return -1;
    set(moment, value);
    return position;
  };

const letters: TimePart = (bytes, at, end) => {
  let position = at;
  for (; position < end; position++) {
    const letter = (bytes[position] ?? 0) | 0x20;
    if (letter < 0x61 || letter > 0x7a) break;
  }
  return position === at ? -1 : position;
};

const monthName: TimePart = (bytes, at, end, moment) => {
  const month = at + 3 > end ? 0 : monthOf(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
  if (month === 0) return -1;
  moment.month = month;
  return letters(bytes, at, end, moment);
};

const zone: TimePart = (bytes, at, end, moment) => {
  const found = zoneAt(bytes, at);
  if (found === null || found.end > end) return -1;
  moment.zone = found.minutes;
  return found.end;
};

const halfOfDay: TimePart = (bytes, at, end, moment) => {
  if (at + 2 > end) return -1;
  moment.afternoon = ((bytes[at] ?? 0) | 0x20) === 0x70;
  return at + 2;
};

const literal =
  (text: string): TimePart =>
  (bytes, at, end) => {
    if (at + text.length > end) return -1;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return -1;
    return at + text.length;
  };

const conversions: Readonly<Record<string, TimePart>> = {
  Y: fixed(4, (m, v) => (m.year = v)),
  y: fixed(2, (m, v) => (m.year = v < 69 ? 2000 + v : 1900 + v)),
  m: fixed(2, (m, v) => (m.month = v)),
  d: fixed(2, (m, v) => (m.day = v)),
  e: padded((m, v) => (m.day = v)),
  H: fixed(2, (m, v) => (m.hour = v)),
  I: fixed(2, (m, v) => (m.hour = v % 12)),
  k: padded((m, v) => (m.hour = v)),
  l: padded((m, v) => (m.hour = v % 12)),
  M: fixed(2, (m, v) => (m.minute = v)),
  S: fixed(2, (m, v) => (m.second = v)),
  s: number((m, v) => (m.epochMs = v * 1000)),
  j: fixed(3, (m, v) => {
    m.month = 1;
    m.day = v;
  }),
  b: monthName,
  B: monthName,
  h: monthName,
  a: letters,
  A: letters,
  z: zone,
  Z: letters,
  p: halfOfDay,
  P: halfOfDay,
};

/** Conversions that stand for others, C locale. */
const short: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  D: '%m/%d/%y',
  R: '%H:%M',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  n: '\n',
  t: '\t',
};

const tokens: Readonly<Record<string, TimePart>> = {
  sec: number((m, v) => (m.epochMs = v * 1000)),
  msec: number((m, v) => (m.epochMs = v)),
  usec: number((m, v) => (m.epochMs = v / 1000)),
  msec_frac: fixed(3, (m, v) => (m.fractionMs = v)),
  usec_frac: fixed(6, (m, v) => (m.fractionMs = v / 1000)),
};

/** @returns the parts of a pattern, or null where it has a conversion that is not known */
export function compileTime(pattern: string): readonly TimePart[] | null {
  const token = tokens[pattern];
  if (token) return [token];
  const expanded = pattern.replace(/%([FTDRrcxXnt])/g, (_, letter: string) => short[letter] ?? '');
  const parts: TimePart[] = [];
  for (const piece of expanded.match(/%[EO_-]?.|[^%]+/gs) ?? []) {
    if (!piece.startsWith('%')) parts.push(literal(piece));
    else if (piece === '%%') parts.push(literal('%'));
    else {
      const part = conversions[piece.slice(-1)];
      if (!part) return null;
      parts.push(part);
    }
  }
  return parts;
}

/** Matches a pattern's parts one after the other. @returns where it ends, or -1 */
export function matchTime(parts: readonly TimePart[], bytes: Uint8Array, at: number, end: number, moment: Moment): number {
  let position = at;
  for (const part of parts) {
    position = part(bytes, position, end, moment);
    if (position < 0) return -1;
  }
  moment.told = true;
  return position;
}
