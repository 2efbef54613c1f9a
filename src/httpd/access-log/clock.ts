/** Civil time and milliseconds since the epoch, without Date: an access log has millions of them. */

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
export const monthNames: readonly string[] = months;

const monthByBytes = new Map(months.map((name, index) => [key(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2)), index + 1]));

function key(a: number, b: number, c: number): number {
  return ((a | 0x20) << 16) | ((b | 0x20) << 8) | (c | 0x20);
}

/** 1 to 12, or 0 where the three letters are no English month. */
export function monthOf(a: number, b: number, c: number): number {
  return monthByBytes.get(key(a, b, c)) ?? 0;
}

/** Days since 1970-01-01 of a date of the Gregorian calendar (years counted from March, in eras of 400 years). */
export function daysOf(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** A wall clock as milliseconds since the epoch as if it were UTC. */
export function wallClockOf(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  return daysOf(year, month, day) * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000;
}

/** The number written in `count` digits at `at`; -1 where one of them is no digit. */
export function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = (bytes[at + i] ?? 0) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Minutes east of UTC of `+hhmm`, `+hh:mm` or `Z` at `at`, and where it ends; null where none stands there. */
export function zoneAt(bytes: Uint8Array, at: number): { readonly minutes: number; readonly end: number } | null {
  const sign = bytes[at];
  if (sign === 0x5a) return { minutes: 0, end: at + 1 };
  if (sign !== 0x2b && sign !== 0x2d) return null;
  const hours = digits(bytes, at + 1, 2);
  const colon = bytes[at + 3] === 0x3a ? 1 : 0;
  const minutes = digits(bytes, at + 3 + colon, 2);
  if (hours < 0 || minutes < 0) return null;
  return { minutes: (sign === 0x2d ? -1 : 1) * (hours * 60 + minutes), end: at + 5 + colon };
}
