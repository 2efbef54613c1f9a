/** Which unit is a column of durations written in, where no format string says so? */

/**
 * - A fraction is seconds (no httpd writes one; other servers and log shippers do).
 * - httpd's own directives are `%D` (microseconds) and `%T` (whole seconds). A proxied request takes at least a few hundred
 *   microseconds; whole seconds are mostly 0 or 1. What lies between is `%{ms}T`: small numbers that are still many different ones.
 */
export function durationUnitOf(values: readonly string[]): 'us' | 'ms' | 's' {
  if (values.some((value) => value.includes('.'))) return 's';
  const numbers = values
    .filter((value) => /^\d+$/.test(value))
    .map(Number)
    .toSorted((a, b) => a - b);
  const median = numbers[Math.floor(numbers.length / 2)] ?? 0;
  const lowest = numbers[Math.floor(numbers.length / 20)] ?? 0;
  const highest = numbers.at(-1) ?? 0;
  if (median <= secondsMedian && highest < secondsHighest) return 's';
  if (lowest < microsecondsLowest && highest < microsecondsHighest) return 'ms';
  return 'us';
}

/** Requests of a served site take less than this many seconds in the middle, and none takes longer than an hour. */
const secondsMedian = 2;
const secondsHighest = 3600;
/** The quickest twentieth of proxied requests takes longer than this in microseconds; no duration in milliseconds reaches the other. */
const microsecondsLowest = 100;
const microsecondsHighest = 400_000;

export const durationDirective = { us: '%D', ms: '%{ms}T', s: '%T' } as const;
