import { describe, expect, test } from 'vitest';
import { findPatterns } from '../../../src/checks/access-log/patterns.ts';
import type { Counted } from '../../../src/checks/access-log/patterns.ts';
import { findDurationCluster } from '../../../src/checks/access-log/duration-cluster.ts';
import type { FailedDurations } from '../../../src/checks/access-log/duration-cluster.ts';
import { fisherTail } from '../../../src/checks/logs/statistics.ts';
import { configOf } from '../logs/run.ts';
import { randomOf } from '../logs/series.ts';

const op = (method: string, path: string, requests: number, failed: number): Counted => ({ method, path, requests, failed });
const patternsOf = (...operations: Counted[]) => {
  const failed = operations.reduce((sum, one) => sum + one.failed, 0);
  return findPatterns([{ backend: '10.0.0.1:80', operations }], failed).patterns.map((pattern) => [
    pattern.method,
    pattern.path,
    pattern.failed,
  ]);
};

describe('a pattern is', () => {
  test('one operation whose requests mostly fail', () => {
    expect(patternsOf(op('GET', '/', 900, 1), op('POST', '/upload/{id}', 50, 48), op('GET', '/items/{id}', 400, 0))).toEqual([
      ['POST', '/upload/{id}', 48],
    ]);
  });

  test('a method as such, where all its operations fail alike', () => {
    expect(
      patternsOf(
        op('GET', '/', 900, 0),
        op('POST', '/a', 40, 38),
        op('POST', '/b', 30, 29),
        op('POST', '/c', 35, 33),
        op('GET', '/a', 100, 1),
      ),
    ).toEqual([['POST', null, 100]]);
  });

  test('not the method, where one operation holds its failures', () => {
    expect(patternsOf(op('GET', '/', 900, 0), op('POST', '/a', 40, 38), op('POST', '/b', 300, 1), op('POST', '/c', 350, 0))).toEqual([
      ['POST', '/a', 38],
    ]);
  });

  test('a folder, where many of its names fail a little each', () => {
    const files = Array.from({ length: 12 }, (_, i) => op('GET', `/files/f${String.fromCharCode(97 + i)}.pdf`, 4, 4));
    expect(patternsOf(op('GET', '/', 900, 2), ...files)).toEqual([['GET', '/files/{id}', 48]]);
  });

  test('an operation of which only a part fails, when hardly anything else does', () => {
    expect(patternsOf(op('GET', '/', 5000, 0), op('POST', '/upload/{id}', 300, 40))).toEqual([['POST', '/upload/{id}', 40]]);
  });

  test('two operations, each by itself', () => {
    expect(patternsOf(op('GET', '/', 900, 0), op('POST', '/a', 40, 40), op('GET', '/report/{id}', 30, 30))).toEqual([
      ['POST', '/a', 40],
      ['GET', '/report/{id}', 30],
    ]);
  });
});

describe('a pattern is not', () => {
  test.each([
    ['less than a handful of failures', [op('GET', '/', 900, 0), op('POST', '/a', 4, 4)]],
    ['the only operation that there is', [op('GET', '/', 900, 500)]],
    ['failures spread as requests are', [op('GET', '/', 900, 90), op('POST', '/a', 100, 11), op('GET', '/b', 500, 48)]],
    ['an operation that fails somewhat more often', [op('GET', '/', 900, 45), op('POST', '/a', 100, 12)]],
    ['no failure', [op('GET', '/', 900, 0)]],
  ])('%s', (_, operations) => {
    expect(patternsOf(...operations)).toEqual([]);
  });

  test('chance among many operations: of 200 logs with random failures hardly one shows a pattern', () => {
    let found = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomOf(seed);
      const operations = Array.from({ length: 60 }, (_, i) => {
        const requests = Math.ceil(random() * 80);
        let failed = 0;
        for (let n = 0; n < requests; n++) if (random() < 0.05) failed += 1;
        return op(i % 3 === 0 ? 'POST' : 'GET', `/op${i}`, requests, failed);
      });
      if (patternsOf(...operations).length > 0) found += 1;
    }
    expect(found).toBeLessThanOrEqual(2);
  });

  test('another backend’s requests are not compared', () => {
    const strata = [
      { backend: 'a', operations: [op('GET', '/a', 100, 100)] },
      { backend: 'b', operations: [op('GET', '/b', 900, 0)] },
    ];
    expect(findPatterns(strata, 100).patterns).toEqual([]);
  });
});

test('the p-value is corrected for everything that was tried', () => {
  const others = Array.from({ length: 30 }, (_, i) => op('GET', `/op${i}/x`, 40, 1));
  const { patterns, tried } = findPatterns(
    [{ backend: null, operations: [op('GET', '/', 950, 0), op('GET', '/u/x', 20, 19), ...others] }],
    49,
  );
  expect(tried).toBe(31);
  expect((patterns[0]?.pValue ?? 0) / fisherTail(19, 20, 49, 2170)).toBeCloseTo(31, 6);
});

test('share, odds and p-value are those of the table', () => {
  const [pattern] = findPatterns([{ backend: null, operations: [op('GET', '/', 950, 5), op('POST', '/u', 50, 45)] }], 50).patterns;
  expect(pattern).toMatchObject({ share: 0.9, requests: 50, failed: 45, backend: null });
  expect(pattern?.oddsRatio).toBeCloseTo((45.5 * 945.5) / (5.5 * 5.5), 1);
  expect(pattern?.pValue).toBeLessThan(1e-40);
  expect(pattern?.because).toBe('90 % of its 50 requests failed, 0.5 % of 950 others');
});

describe('the timeout that failures pile up at', () => {
  const at = { file: '/etc/apache2/site.conf', line: 7 };
  const random = randomOf(2);
  const near = (ms: number, many: number): number[] => Array.from({ length: many }, () => ms + random() * 60);
  const durations = (values: number[], more: Partial<FailedDurations> = {}): FailedDurations => ({
    values,
    grainMs: 0.001,
    byTwoClocks: false,
    mode: 'in-flight',
    backends: ['10.0.0.1:80'],
    ...more,
  });
  const site = (parameters: Record<string, string> = {}, more = {}) => configOf([{ path: '/', backend: '10.0.0.1:80', parameters }], more);
  const directive = (failed: FailedDurations, config = site()) =>
    findDurationCluster(failed, config)?.directive?.name ?? findDurationCluster(failed, config)?.note ?? null;

  test.each([
    ['worker timeout=', durations(near(30_000, 20)), site({ timeout: '30' }), 'timeout='],
    ['ProxyTimeout', durations(near(45_000, 20)), site({}, { proxyTimeout: { seconds: 45, at } }), 'ProxyTimeout'],
    ['Timeout', durations(near(120_000, 20)), site({}, { timeout: { seconds: 120, at } }), 'Timeout'],
    ['httpd’s own default', durations(near(60_000, 20)), site(), "Timeout 60, httpd's own default"],
    [
      'connectiontimeout, before timeout',
      durations(near(2000, 20), { mode: 'connect' }),
      site({ connectiontimeout: '2', timeout: '2' }),
      'connectiontimeout=',
    ],
    [
      'connectiontimeout in milliseconds',
      durations(near(700, 20), { mode: 'connect' }),
      site({ connectiontimeout: '700ms' }),
      'connectiontimeout=',
    ],
    ['timeout=500ms is 500 s', durations(near(500_000, 20)), site({ timeout: '500ms' }), 'timeout='],
    ['acquire, in milliseconds', durations(near(1500, 20), { mode: 'capacity' }), site({ acquire: '1500' }), 'acquire='],
    [
      'RequestReadTimeout',
      durations(near(20_000, 20), { mode: 'client' }),
      site(
        {},
        { directives: [{ name: 'RequestReadTimeout', value: 'header=20-40,MinRate=500 body=20,MinRate=500', virtualHost: null, at }] },
      ),
      'RequestReadTimeout',
    ],
    [
      '%T in whole seconds',
      durations(
        Array.from({ length: 20 }, () => 30_000),
        { grainMs: 1000 },
      ),
      site({ timeout: '30' }),
      'timeout=',
    ],
    [
      'by the clocks of both logs',
      durations(
        near(30_000, 20).map((ms, i) => ms + i * 45),
        { grainMs: 1000, byTwoClocks: true },
      ),
      site({ timeout: '30' }),
      'timeout=',
    ],
    ['none that fits', durations(near(17_000, 20)), site({ timeout: '30' }), null],
  ])('%s', (_, failed, config, expected) => {
    expect(directive(failed, config)).toBe(expected);
  });

  test('seconds and share', () => {
    expect(findDurationCluster(durations([...near(60_000, 30), 5, 900, 12_000]), null)).toMatchObject({
      seconds: 60,
      failures: 30,
      share: 0.909,
    });
  });

  test.each([
    ['spread out', Array.from({ length: 40 }, (_, i) => 500 + i * 700)],
    ['quick', near(3, 30)],
    ['few', near(60_000, 3)],
  ])('failures that are %s pile up nowhere', (_, values) => {
    expect(findDurationCluster(durations(values), site())).toBeNull();
  });
});
