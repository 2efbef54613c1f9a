/** From a wall clock to a moment, summer time included. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantToWallClock, momentWithin, toInstant, wallClockToInstant, type Zone } from '../../../src/httpd/error-log/zone.ts';

const hour = 3_600_000;
/** Berlin in 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC. */
const berlin: Zone = (at) => (at >= Date.UTC(2026, 2, 29, 1) && at < Date.UTC(2026, 9, 25, 1) ? 120 : 60);
/** New York in 2026: from 8 March 07:00 UTC to 1 November 06:00 UTC. */
const newYork: Zone = (at) => (at >= Date.UTC(2026, 2, 8, 7) && at < Date.UTC(2026, 10, 1, 6) ? -240 : -300);

describe('toInstant', () => {
  test('a fixed zone', () => {
    expect(wallClockToInstant(Date.UTC(2026, 10, 21, 12), 60)).toBe(Date.UTC(2026, 10, 21, 11));
    expect(wallClockToInstant(Date.UTC(2026, 10, 21, 12), -330)).toBe(Date.UTC(2026, 10, 21, 17, 30));
  });

  test('a line with a zone of its own keeps its moment', () => {
    expect(toInstant({ wallClock: Date.UTC(2026, 0, 1), instant: 7 }, 60)).toBe(7);
    expect(toInstant({ wallClock: null, instant: null }, 60)).toBeNull();
  });

  test('clocks put forward: 01:59 is followed by 03:00', () => {
    expect(wallClockToInstant(Date.UTC(2026, 2, 29, 1, 59), berlin)).toBe(Date.UTC(2026, 2, 29, 0, 59));
    expect(wallClockToInstant(Date.UTC(2026, 2, 29, 3), berlin)).toBe(Date.UTC(2026, 2, 29, 1));
  });

  test('clocks put back: the hour that comes twice is told by the line before', () => {
    const twice = Date.UTC(2026, 9, 25, 2, 30);
    expect(wallClockToInstant(twice, berlin)).toBe(Date.UTC(2026, 9, 25, 0, 30));
    expect(wallClockToInstant(twice, berlin, Date.UTC(2026, 9, 25, 0, 59))).toBe(Date.UTC(2026, 9, 25, 1, 30));
    expect(wallClockToInstant(twice, berlin, Date.UTC(2026, 9, 25, 0, 20))).toBe(Date.UTC(2026, 9, 25, 0, 30));
  });

  test('a log across the change comes back in order, each moment itself', () => {
    for (const zone of [berlin, newYork]) {
      let before: number | null = null;
      const start = zone === berlin ? Date.UTC(2026, 9, 24, 22) : Date.UTC(2026, 10, 1, 3);
      for (let at = start; at < start + 8 * hour; at += 7 * 60_000) {
        const found = wallClockToInstant(instantToWallClock(at, zone), zone, before);
        expect(found).toBe(at);
        before = found;
      }
    }
  });

  test('outside the doubled hour it is the way back from the wall clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2026, 0, 2), max: Date.UTC(2026, 11, 30) }), fc.constantFrom(berlin, newYork), (at, zone) => {
        const wall = instantToWallClock(at, zone);
        const found = wallClockToInstant(wall, zone);
        expect(instantToWallClock(found, zone)).toBe(wall);
        expect(Math.abs(found - at)).toBeLessThanOrEqual(hour);
      }),
    );
  });
});

describe("a wrapper's moment and the line's own clock", () => {
  const at = Date.UTC(2026, 10, 22, 6, 34, 9, 319);
  const minute = 60_000;

  test.each([
    ['docker, a moment later', at, at + 3, at],
    ['a shipper ten minutes late', at, at + 10 * minute, at],
    ['another machine whose clock is behind', at, at - 40_000, at],
    ['httpd in Kathmandu', at + 345 * minute, at + 12, at],
    ['httpd in Los Angeles, the shipper a minute late', at - 480 * minute, at + minute, at],
    ['no clock of its own', null, at, at],
    ['no wrapper', at, null, null],
    ['an old line that was sent again today: the wrapper says nothing of when it was', at, at + 3 * 86_400_000, null],
  ])('%s', (_, wallClock, instant, expected) => {
    expect(momentWithin(wallClock, instant)).toBe(expected);
  });
});
