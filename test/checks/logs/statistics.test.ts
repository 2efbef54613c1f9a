import { describe, expect, test } from 'vitest';
import {
  fisherTail,
  holm,
  logGamma,
  normalTail,
  oddsRatio,
  quantile,
  spearman,
  wilsonLower,
  wilsonUpper,
} from '../../../src/checks/logs/statistics.ts';

describe('known values', () => {
  test.each([
    [1, 0],
    [5, Math.log(24)],
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [101, 363.73937555556347],
    [1e6, 12815504.56914761],
  ])('ln gamma(%d)', (x, expected) => {
    expect(logGamma(x)).toBeCloseTo(expected, x > 1e5 ? 4 : 9);
  });

  // Fisher's lady tasting tea: 4 of 4 right has the chance 1/70, 3 or more 17/70.
  test('the lady tasting tea', () => {
    expect(fisherTail(4, 4, 4, 8)).toBeCloseTo(1 / 70, 12);
    expect(fisherTail(3, 4, 4, 8)).toBeCloseTo(17 / 70, 12);
  });

  test('the tail of a hypergeometric distribution summed by hand', () => {
    // 5 of 10 draws from 50 with 5 marked: C(5,5)C(45,5)/C(50,10) = 1221759 / 10272278170
    expect(fisherTail(5, 5, 10, 50)).toBeCloseTo(1221759 / 10272278170, 15);
    expect(fisherTail(0, 5, 10, 50)).toBe(1);
    expect(fisherTail(1, 5, 10, 50)).toBeCloseTo(1 - 658008 / 2118760, 10);
  });

  test('large tables do not overflow', () => {
    const p = fisherTail(900, 1000, 1000, 1_000_000);
    expect(p).toBeGreaterThanOrEqual(0);
    expect(p).toBeLessThan(1e-200);
  });

  test('odds ratio', () => {
    expect(oddsRatio(50, 100, 100, 1000)).toBeCloseTo((50.5 * 850.5) / (50.5 * 50.5), 10);
    expect(oddsRatio(10, 10, 10, 100)).toBeGreaterThan(1000);
  });

  test('Holm', () => {
    expect(holm([0.01, 0.04, 0.03], 3)).toEqual([0.03, 0.06, 0.06]);
    expect(holm([0.01], 100)[0]).toBeCloseTo(1, 10);
  });

  test.each([
    [0, 0.5],
    [1.6449, 0.05],
    [1.96, 0.0249979],
    [3.0902, 0.001],
    [-1.6449, 0.95],
  ])('normal tail beyond %d', (z, expected) => {
    expect(normalTail(z)).toBeCloseTo(expected, 5);
  });

  test('Wilson', () => {
    // Both ends of the two-sided 90 % interval for 10 of 50 (R: prop.test(10, 50, conf.level = 0.9, correct = FALSE)).
    expect(wilsonLower(10, 50)).toBeCloseTo(0.1237, 3);
    expect(wilsonUpper(10, 50)).toBeCloseTo(0.3074, 3);
    expect(wilsonLower(0, 10)).toBe(0);
  });

  test('Spearman', () => {
    expect(spearman([1, 2, 3, 4, 5], [2, 4, 6, 8, 100])?.r).toBeCloseTo(1, 12);
    // The textbook example of IQ and hours of television: rho = -0.17575…
    const r = spearman([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]);
    expect(r?.r).toBeCloseTo(-29 / 165, 10);
    expect(spearman([1, 1, 1, 1, 1], [1, 2, 3, 4, 5])).toBeNull();
    expect(spearman([1, 2], [1, 2])).toBeNull();
  });

  test('quantiles', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
    expect(quantile([1, 2, 3, 4], 0.95)).toBe(4);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
