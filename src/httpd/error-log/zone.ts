/** An error log has no time zone: its wall clock becomes a moment only with one that someone gives (the access log's, the host's). */
import type { ErrorEntry } from './entry.ts';

/** Minutes east of UTC, fixed; or by moment, for a place with summer time (`Host.zoneOffset`). */
export type Zone = number | ((instant: number) => number);

const minuteMs = 60_000;

/**
 * Milliseconds since the epoch of a line; null: it has no time. A line that carries its own zone keeps it. Where clocks were put back
 * an hour comes twice: without `after` (the moment of the line before) the first is taken, else the first that is not before it.
 */
export function toInstant(entry: Pick<ErrorEntry, 'wallClock' | 'instant'>, zone: Zone, after: number | null = null): number | null {
  if (entry.instant !== null) return entry.instant;
  return entry.wallClock === null ? null : wallClockToInstant(entry.wallClock, zone, after);
}

// Offsets change on a quarter of an hour: the lines of one need to ask only once, where no change is near.
const quarterMs = 15 * minuteMs;
let askedOf: Zone | null = null;
let quarter = Number.NaN;
let offset = Number.NaN;

export function wallClockToInstant(wallClock: number, zone: Zone, after: number | null = null): number {
  if (typeof zone === 'number') return wallClock - zone * minuteMs;
  if (zone === askedOf && Math.floor(wallClock / quarterMs) === quarter) return wallClock - offset * minuteMs;
  // The offset around that moment is one of those a day before and a day after (a change comes at most once in two days).
  const early = zone(wallClock - 86_400_000);
  const late = zone(wallClock + 86_400_000);
  if (early === late) {
    askedOf = zone;
    quarter = Math.floor(wallClock / quarterMs);
    offset = early;
  }
  const first = wallClock - Math.max(early, late) * minuteMs;
  const second = wallClock - Math.min(early, late) * minuteMs;
  const valid = [first, second].filter((instant) => instant + zone(instant) * minuteMs === wallClock);
  const [earliest, latest] = [valid[0] ?? first, valid.at(-1) ?? first];
  return after !== null && earliest < after ? latest : earliest;
}

/** The wall clock that a moment has in a zone. */
export function instantToWallClock(instant: number, zone: Zone): number {
  return instant + (typeof zone === 'number' ? zone : zone(instant)) * minuteMs;
}

/** Further from each other than the zones of the earth, the two are about different moments: an old line that was sent again. */
const widestZoneMs = 14 * 60 * minuteMs;
/** What the clocks of two machines may differ by. */
const skewMs = minuteMs;

/**
 * The moment of a line that has a clock of its own and stands in a wrapper with a zone (docker, journald, a shipper). The line's clock is
 * the exact one; the wrapper's is later by what the way took, up to a quarter of an hour. Zones are quarters of an hour, so what the two
 * differ by beyond that is httpd's zone.
 */
export function momentWithin(wallClock: number | null, instant: number | null): number | null {
  if (wallClock === null || instant === null) return instant;
  const zone = Math.ceil((wallClock - instant - skewMs) / quarterMs) * quarterMs;
  return Math.abs(zone) > widestZoneMs ? null : wallClock - zone;
}
