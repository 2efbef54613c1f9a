import { describe, expect, test } from 'vitest';
import { freshConnects } from '../../../src/checks/logs/pooled-breaks.ts';
import { Successes } from '../../../src/checks/logs/successes.ts';

const second = 1000;
const each = (from: number, to: number, step: number): number[] => Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
/** So many successes in each of the seconds of which one says so. */
const succeeded = (perSecond: (second: number) => number): Successes => new Successes(0, second, Float64Array.from({ length: 120 }, (_, i) => perSecond(i)));
const refused = each(60 * second, 90 * second, 100);

describe('requests that broke in flight, beside connects that failed', () => {
  const untilTheOutage = succeeded((s) => (s < 60 ? 10 : 0));
  const rows: readonly (readonly [string, readonly number[], readonly number[], Successes, readonly number[]])[] = [
    ['no connect failed: all of them connected', [5, 7000], [], untilTheOutage, [5, 7000]],
    ['amid successes', [5 * second], refused, untilTheOutage, [5 * second]],
    ['just before the first refusal, and in the second after it', [59_950, 60_050, 60_990], refused, untilTheOutage, []],
    ['a few later ones: the pool held them', [63_000, 75_000], refused, untilTheOutage, []],
    ['more than a pool holds', each(61_500, 73_500, second), refused, untilTheOutage, each(61_500, 73_500, second)],
    ['many of few', [62_000, 63_000, 64_000], each(60 * second, 66 * second, second), untilTheOutage, [62_000, 63_000, 64_000]],
    ['as many, but none in the later half: each child had one', [61_500, 62_000, 62_500], each(60 * second, 66 * second, second), untilTheOutage, []],
    ['successes between them and the refusals', [70_500], [60_000, 60_100, 80_000], succeeded(() => 10), [70_500]],
  ];
  test.each(rows)('%s', (_, breaks, connects, successes, expected) => {
    expect(breaks.filter(freshConnects(breaks, connects, successes))).toEqual(expected);
  });
});
