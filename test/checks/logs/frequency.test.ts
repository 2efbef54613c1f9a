import { describe, expect, test } from 'vitest';
import { judgeFrequency } from '../../../src/checks/logs/frequency.ts';
import { judgeTimes } from '../../../src/checks/logs/frequency-from-times.ts';
import { memberSuccesses } from '../../../src/checks/logs/member-successes.ts';
import { Successes } from '../../../src/checks/logs/successes.ts';
import { attemptsOf, generate, kinds, memberKinds, playBalancer, randomOf, timeKinds } from './series.ts';

const seeds = Array.from({ length: 40 }, (_, i) => 1000 + i);
/** What docs/frequency.md shows with 400 seeds, with room for other seeds. */
const right = { easy: 1, medium: 0.98, hard: 0.92 } as const;

describe('series with known answers', () => {
  test.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (_, kind) => {
    let all = 0;
    let hits = 0;
    for (const seed of seeds) {
      const attempts = generate(kind, seed);
      if (attempts === null) continue;
      all += 1;
      const verdict = judgeFrequency(attempts);
      if (verdict.frequency === kind.expected && (kind.outage !== true || verdict.outage !== null)) hits += 1;
    }
    expect(all).toBeGreaterThan(30);
    expect(hits / all).toBeGreaterThanOrEqual(right[kind.grade]);
  });

  test.each(memberKinds.map((kind) => [kind.name, kind] as const))('behind a balancer: %s', (_, kind) => {
    const verdicts = seeds.slice(0, 30).map((seed) => {
      const played = playBalancer(kind, seed);
      const successes = memberSuccesses(
        { start: played.start, widthMs: 1000, counts: played.requests },
        { share: 1 / played.members, retryMs: kind.retryMs },
        played.failures,
        played.failures,
      );
      return judgeFrequency({ failures: played.failures, successes, from: played.start, to: played.end });
    });
    const hits = verdicts.filter((verdict) => verdict.frequency === kind.expected);
    expect(hits.length / verdicts.length).toBeGreaterThanOrEqual(0.9);
  });

  test.each(timeKinds.map((kind) => [kind.name, kind] as const))('from the error log alone: %s', (_, kind) => {
    const hits = seeds.filter((seed) => {
      const failures = [...kind.times(randomOf(seed))].sort((a, b) => a - b);
      const verdict = judgeTimes({ failures, from: 0, to: (failures.at(-1) ?? 0) + 1000, retryMs: kind.retryMs });
      expect(verdict.because).toContain('no access log');
      return verdict.frequency === kind.expected;
    });
    expect(hits.length / seeds.length).toBeGreaterThanOrEqual(0.95);
  });
});

describe('stories', () => {
  const start = Date.UTC(2026, 10, 22, 6);
  const minute = 60_000;
  const each = (from: number, to: number, step: number, failed: boolean) =>
    Array.from({ length: Math.floor((to - from) / step) }, (_, i) => ({ at: start + from + i * step, failed }));

  test('a dead backend on a quiet site: one request a minute, all refused, is every', () => {
    const series = [...each(0, 60 * minute, minute, false), ...each(60 * minute, 120 * minute, minute, true)];
    const verdict = judgeFrequency(attemptsOf(series, start, start + 120 * minute));
    expect(verdict.frequency).toBe('every');
    expect(verdict.outage).toEqual({ from: start + 60 * minute, to: start + 119 * minute });
  });

  test('an outage that is over is every, and its span is the flat stretch', () => {
    const series = [
      ...each(0, 10 * minute, 1000, false),
      ...each(10 * minute, 12 * minute, 1000, true),
      ...each(12 * minute, 30 * minute, 1000, false),
    ];
    const verdict = judgeFrequency(attemptsOf(series, start, start + 30 * minute));
    expect(verdict).toMatchObject({ frequency: 'every', outage: { from: start + 10 * minute, to: start + 12 * minute - 1000 } });
    expect(verdict.because).toContain('120 requests in a row failed');
  });

  test('a single failure among many is sporadic, and said to be few', () => {
    const verdict = judgeFrequency(
      attemptsOf([...each(0, 30 * minute, 1000, false), { at: start + 5 * minute + 1, failed: true }], start, start + 30 * minute),
    );
    expect(verdict.frequency).toBe('sporadic');
    expect(verdict.because).toContain('too few to tell');
  });

  test('all of two requests failed: every, and said to be few', () => {
    const verdict = judgeFrequency(attemptsOf(each(0, 2000, 1000, true), start, start + minute));
    expect(verdict.frequency).toBe('every');
    expect(verdict.because).toContain('few requests: 2');
  });

  test('it died just now: three refused and nothing after is an outage', () => {
    const series = [...each(0, 10 * minute, 1000, false), ...each(10 * minute, 10 * minute + 3000, 1000, true)];
    expect(judgeFrequency(attemptsOf(series, start, start + 10 * minute + 3000))).toMatchObject({
      frequency: 'every',
      outage: { from: start + 10 * minute },
    });
  });

  test('three failures in a row in the middle of a good day are no outage', () => {
    const series = [
      ...each(0, 10 * minute, 1000, false),
      ...each(10 * minute, 10 * minute + 3000, 1000, true),
      ...each(11 * minute, 30 * minute, 1000, false),
    ];
    expect(judgeFrequency(attemptsOf(series, start, start + 30 * minute)).frequency).toBe('sporadic');
  });

  // The few whom it served are written later, when they are done: the order of lines shows none among those it turned away.
  test('a rush of which nearly all are turned away within a moment is no outage', () => {
    const series = [...each(0, minute, 200, false), ...each(minute, minute + 37, 1, true), ...each(minute + 300, minute + 303, 1, false), ...each(minute + 500, 2 * minute, 200, false)];
    expect(judgeFrequency({ ...attemptsOf(series, start, start + 2 * minute), gaps: new Float64Array(36) })).toMatchObject({ frequency: 'clusters', outage: null });
    const slower = [...each(0, minute, 200, false), ...each(minute, minute + 370, 10, true), ...each(minute + 500, 2 * minute, 200, false)];
    expect(judgeFrequency({ ...attemptsOf(slower, start, start + 2 * minute), gaps: new Float64Array(36) }).outage).not.toBeNull();
  });

  test('bursts are listed with their spans', () => {
    const burst = (at: number) => each(at, at + 20_000, 500, true).concat(each(at + 250, at + 20_000, 1000, false));
    const series = [...each(0, 30 * minute, 1000, false), ...burst(5 * minute), ...burst(20 * minute)];
    const verdict = judgeFrequency(attemptsOf(series, start, start + 30 * minute));
    expect(verdict.frequency).toBe('clusters');
    expect(verdict.bursts.map((burst) => [burst.from, burst.failures])).toEqual([
      [start + 5 * minute, 40],
      [start + 20 * minute, 40],
    ]);
  });
});

describe('successes', () => {
  const successes = new Successes(0, 1000, [10, 0, 20, 30]);
  test.each([
    [0, 4000, 60],
    [0, 500, 5],
    [500, 1500, 5],
    [2500, 3500, 25],
    [-5000, 99_000, 60],
    [3000, 2000, 0],
  ])('between %d and %d there are %d', (from, to, expected) => {
    expect(successes.between(from, to)).toBeCloseTo(expected, 10);
  });
  test('inside counts only whole buckets', () => {
    expect(successes.inside(500, 3500)).toBe(20);
    expect(successes.inside(500, 900)).toBe(0);
  });
});
