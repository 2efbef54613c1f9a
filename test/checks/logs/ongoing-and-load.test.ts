import { describe, expect, test } from 'vitest';
import { judgeOngoing } from '../../../src/checks/logs/ongoing.ts';
import { loadCorrelation } from '../../../src/checks/logs/load.ts';
import { Successes } from '../../../src/checks/logs/successes.ts';
import type { Verdict } from '../../../src/checks/logs/frequency.ts';
import { randomOf } from './series.ts';

const verdict = (frequency: Verdict['frequency'], bursts: Verdict['bursts'] = []): Verdict => ({
  frequency,
  because: '',
  outage: null,
  bursts,
});
const each = (many: number, gap: number): number[] => Array.from({ length: many }, (_, i) => i * gap);
const minute = 60_000;

describe('does it still happen', () => {
  const cases: readonly (readonly [string, Parameters<typeof judgeOngoing>[0], boolean | null])[] = [
    [
      'refused a second ago, nothing good since',
      { failures: each(100, 1000), verdict: verdict('every'), successesSince: 0, share: 1, now: 100_000 },
      true,
    ],
    [
      'an outage, and successes since',
      { failures: each(100, 1000), verdict: verdict('every'), successesSince: 50, share: 0.5, now: 110_000 },
      false,
    ],
    [
      'an outage, and nobody came since',
      { failures: each(100, 1000), verdict: verdict('every'), successesSince: 0, share: 1, now: 100_000 + 60 * minute },
      null,
    ],
    [
      'sporadic, the usual gap ago',
      { failures: each(20, 10 * minute), verdict: verdict('sporadic'), successesSince: 40, share: 0.02, now: 205 * minute },
      true,
    ],
    [
      'sporadic, and thousands of good requests since',
      { failures: each(20, 10 * minute), verdict: verdict('sporadic'), successesSince: 5000, share: 0.02, now: 600 * minute },
      false,
    ],
    [
      'sporadic for some seconds, then half a minute with hundreds of good requests',
      { failures: each(28, 270), verdict: verdict('sporadic'), successesSince: 483, share: 0.044, now: 28 * 270 + 31_000 },
      false,
    ],
    [
      'sporadic, and half a minute with too few requests to tell',
      { failures: each(28, 270), verdict: verdict('sporadic'), successesSince: 100, share: 0.044, now: 28 * 270 + 31_000 },
      true,
    ],
    [
      'sporadic, but few requests since',
      { failures: each(20, 10 * minute), verdict: verdict('sporadic'), successesSince: 30, share: 0.02, now: 600 * minute },
      null,
    ],
    [
      'no access log, a moment ago',
      { failures: each(20, 10_000), verdict: verdict('sporadic'), successesSince: null, share: null, now: 200_000 },
      true,
    ],
    [
      'no access log, hours ago',
      { failures: each(20, 10_000), verdict: verdict('sporadic'), successesSince: null, share: null, now: 200_000 + 300 * minute },
      false,
    ],
    ['never', { failures: [], verdict: verdict('none'), successesSince: 10, share: 0, now: 0 }, false],
  ];
  test.each(cases)('%s', (_, recent, expected) => {
    const judged = judgeOngoing(recent);
    expect(judged.ongoing).toBe(expected);
    expect(judged.because).not.toBe('');
  });

  test('between bursts it goes on', () => {
    const burst = (from: number) => ({ from, to: from + minute, failures: 30, successes: 0, first: 0, end: 30 });
    const bursts = [burst(0), burst(60 * minute), burst(120 * minute)];
    const failures = bursts.flatMap(({ from }) => each(30, 2000).map((at) => at + from));
    const recent = { failures, verdict: verdict('clusters', bursts), successesSince: 900, share: 0.02 };
    expect(judgeOngoing({ ...recent, now: 200 * minute }).ongoing).toBe(true);
    expect(judgeOngoing({ ...recent, now: 900 * minute }).ongoing).toBe(false);
  });
});

describe('failures and load', () => {
  const seconds = 1200;
  const play = (seed: number, share: (rate: number) => number) => {
    const random = randomOf(seed);
    const counts = new Float64Array(seconds);
    const failures: number[] = [];
    for (let s = 0; s < seconds; s++) {
      const rate = 5 + 4 * Math.sin(s / 60);
      for (let n = 0; n < rate; n++) {
        if (random() < share(rate)) failures.push(s * 1000 + random() * 1000);
        else counts[s] = (counts[s] ?? 0) + 1;
      }
    }
    return loadCorrelation(
      failures.sort((a, b) => a - b),
      new Successes(0, 1000, counts),
      { from: 0, to: seconds * 1000 },
    );
  };

  test('more failures of the requests under more load: correlated', () => {
    const found = play(1, (rate) => (rate > 7 ? 0.2 : 0.01));
    expect(found?.r).toBeGreaterThan(0.5);
    expect(found?.pValue).toBeLessThan(0.01);
  });

  test('the same share at any load: not, though their number rises with the load', () => {
    const significant = Array.from({ length: 40 }, (_, seed) => play(seed + 1, () => 0.05)).filter((found) => (found?.pValue ?? 1) < 0.05);
    expect(significant.length).toBeLessThan(8);
  });

  test('twenty requests a second, now and then one more: their rank is no load', () => {
    const counts = new Float64Array(300);
    const failures: number[] = [];
    for (let s = 0; s < 300; s++) {
      const gone = s % 60 < 6;
      for (let n = 0; n < (gone ? 21 : 20); n++) if (gone) failures.push(s * 1000 + n * 40);
      if (!gone) counts[s] = 20;
    }
    expect(loadCorrelation(failures, new Successes(0, 1000, counts), { from: 0, to: 300_000 })).toBeNull();
  });

  test('too little to tell', () => {
    expect(loadCorrelation([1000], new Successes(0, 1000, [1, 1, 1]), { from: 0, to: 3000 })).toBeNull();
    expect(loadCorrelation([], new Successes(0, 1000, new Float64Array(1000).fill(1)), { from: 0, to: 1e6 })).toBeNull();
  });
});
