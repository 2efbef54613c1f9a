/** Times and durations of the command line. Pure. */
import { UsageError } from '../errors.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `250ms`, `30m`, `2h`, `1d`, `90` (seconds) → milliseconds. @throws {UsageError} */
export function readDuration(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d|w)?$/.exec(text.trim());
  const value = match === null ? Number.NaN : Number(match[1]) * (units[match[2] ?? 's'] ?? Number.NaN);
  if (!Number.isFinite(value)) throw new UsageError(`${option} ${text}: not a duration`, 'Write a number and a unit, such as 250ms, 30s, 5m, 2h or 1d');
  return value;
}

/** ISO 8601, or a duration ago → milliseconds since the epoch. @throws {UsageError} */
export function readWhen(text: string, option: string, now: number): number {
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?\s*(ms|s|min|m|h|d|w)$/.test(trimmed)) return now - readDuration(trimmed, option);
  const time = /^\d{4}-\d{2}-\d{2}/.test(trimmed) ? Date.parse(trimmed.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(time)) throw new UsageError(`${option} ${text}: not a time`, 'Write ISO 8601 (2026-11-22T03:12:00Z), or how long ago (30m, 2h, 1d)');
  return time;
}
