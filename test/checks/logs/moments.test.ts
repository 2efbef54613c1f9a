import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FailureTable } from '../../../src/checks/logs/failure-table.ts';
import { Gaps } from '../../../src/checks/logs/bursts.ts';
import { Moments } from '../../../src/checks/logs/moments.ts';
import { Successes } from '../../../src/checks/logs/successes.ts';
import { TimeSeries } from '../../../src/checks/logs/time-series.ts';

const base = 1_795_000_000_000;
const times = fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 80 }).map((list) => list.map((ms) => base + ms));
/** A few seconds a bucket. */
const narrow = 64 * 3;

function built(known: readonly number[], counted: readonly (readonly number[])[], most?: number): { moments: Moments; widthMs: number } {
  const series = new TimeSeries(most);
  const indexes = counted.map((list) => {
    const index = series.add();
    for (const moment of list) series.count(index, moment);
    return index;
  });
  const last = Math.max(0, ...counted.flat());
  return { moments: Moments.withCounts(Float64Array.from(known).sort(), series, indexes, last), widthMs: series.widthMs };
}

const listed = (moments: Moments): number[] => Array.from({ length: moments.length }, (_, i) => moments.at(i) ?? NaN);
const byBucket = (list: readonly number[], widthMs: number): Map<number, number> => {
  const counts = new Map<number, number>();
  // The last is worked out with fractions.
  for (const moment of list.toSorted((a, b) => a - b)) counts.set(Math.floor((moment + 1e-3) / widthMs), (counts.get(Math.floor((moment + 1e-3) / widthMs)) ?? 0) + 1);
  return counts;
};

describe('moments of failures', () => {
  test('known one by one: they are what they were', () => {
    fc.assert(
      fc.property(times, (known) => {
        const { moments } = built(known, []);
        expect(listed(moments)).toEqual(known.toSorted((a, b) => a - b));
        expect(moments.at(-1)).toBe(moments.length === 0 ? undefined : Math.max(...known));
        expect(moments.at(moments.length)).toBeUndefined();
      }),
    );
  });

  test('some known, others counted: as many in each stretch of time, in order, and the last where it was', () => {
    fc.assert(
      fc.property(times, fc.array(times, { minLength: 1, maxLength: 3 }), fc.constantFrom(undefined, narrow), (known, counted, most) => {
        const { moments, widthMs } = built(known, counted, most);
        const all = [...known, ...counted.flat()];
        const found = listed(moments);
        expect(moments.length).toBe(all.length);
        expect(found).toEqual(found.toSorted((a, b) => a - b));
        expect(byBucket(found, widthMs)).toEqual(byBucket(all, widthMs));
        if (all.length > 0) expect(moments.at(-1)).toBeCloseTo(Math.max(...all), 3);
      }),
    );
  });

  test('asked for in any order', () => {
    fc.assert(
      fc.property(times, fc.array(times, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(300), { maxLength: 40 }), (known, counted, order) => {
        const { moments } = built(known, counted);
        const found = listed(moments);
        for (const index of order) {
          expect(moments.at(index)).toBe(found[index]);
          expect(moments.at(-index - 1)).toBe(found.at(-index - 1));
        }
      }),
    );
  });
});

test('successes between two failures are worked out when asked for', () => {
  const gaps = new Gaps([base, base + 1500, base + 4000], new Successes(base, 1000, [4, 2, 8, 6]));
  expect([gaps.length, gaps.at(0), gaps.at(1)]).toEqual([2, 5, 15]);
});

test('failures that no row is left for take no more memory however many backends their lines name', () => {
  const table = new FailureTable();
  for (let i = 0; i < 5000; i++) table.countBeyond(base + i * 3_600_000, `192.0.2.1:${i}`, 'connect-failed');
  expect(table.beyond.size).toBe(1001);
  expect(table.beyond.get('connect-failed ')).toMatchObject({ backend: null, count: 4000, last: base + 4999 * 3_600_000 });
  expect([...table.beyond.values()].reduce((sum, { count }) => sum + count, 0)).toBe(5000);
});
