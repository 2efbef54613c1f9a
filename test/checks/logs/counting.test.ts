import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HashIndex } from '../../../src/checks/logs/hash-index.ts';
import { Histogram } from '../../../src/checks/logs/histogram.ts';
import { Operations } from '../../../src/checks/logs/operations.ts';
import { hashTemplate, templateOf } from '../../../src/checks/logs/path-template.ts';
import { CountMin, Distinct } from '../../../src/checks/logs/sketch.ts';
import { Tally } from '../../../src/checks/logs/tally.ts';
import { TimeSeries } from '../../../src/checks/logs/time-series.ts';
import { bucketsOf } from '../../../src/checks/logs/timeline.ts';
import { compileLogFormat, parserOf } from '../../../src/httpd/access-log/compile.ts';
import { Hasher } from '../../../src/httpd/access-log/hasher.ts';
import { randomOf } from './series.ts';

describe('path templates', () => {
  test.each([
    ['/', '/'],
    ['/shop/items/17', '/shop/items/{id}'],
    ['/upload/123?part=4', '/upload/{id}'],
    ['/a/550e8400-e29b-41d4-a716-446655440000/b', '/a/{id}/b'],
    ['/blob/9f86d081884c7d65', '/blob/{id}'],
    ['/day/2026-11-22/x', '/day/{id}/x'],
    ['/img/4711.jpg', '/img/{id}.jpg'],
    ['/s/eyJhbGciOiJIUzI1NiJ9x7', '/s/{id}'],
    ['/mail/joe@example.org', '/mail/{id}'],
    ['/q/%C3%A4%C3%B6', '/q/{id}'],
    ['/api/v2/users', '/api/v2/users'],
    ['/lib/jquery-3.6.0.min.js', '/lib/jquery-3.6.0.min.js'],
    ['/app.js', '/app.js'],
    ['/deadbeef', '/deadbeef'],
    ['/index.php', '/index.php'],
    ['//double//slash/5', '//double//slash/{id}'],
  ])('%s → %s', (path, template) => {
    expect(templateOf(path)).toBe(template);
  });

  test('a part of a configured route stays', () => {
    expect(templateOf('/2026/17', new Set(['2026']))).toBe('/2026/{id}');
  });

  test('paths have one hash exactly when they have one template', () => {
    const part = fc.constantFrom('a', 'b', '1', '22', 'x9', '9f86d081884c7d65', '4.jpg', '7.jpg', 'é', '');
    const path = fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    const hash = (text: string): string => {
      const hasher = new Hasher();
      const bytes = Buffer.from(text);
      hasher.reset();
      hashTemplate(hasher, bytes, 0, bytes.length, null);
      hasher.finish();
      return `${hasher.first} ${hasher.second}`;
    };
    fc.assert(
      fc.property(path, path, fc.boolean(), (left, right, query) => {
        const asked = query ? `${left}?x=1` : left;
        expect(hash(asked) === hash(right)).toBe(templateOf(left) === templateOf(right));
      }),
      { numRuns: 500 },
    );
  });
});

describe('hashes of bytes', () => {
  const hash = (bytes: Uint8Array, from: number, to: number): string => {
    const hasher = new Hasher();
    hasher.reset();
    hasher.bytes(bytes, from, to);
    hasher.finish();
    return `${hasher.first} ${hasher.second}`;
  };
  const few = fc.uint8Array({ maxLength: 9, max: 2 });

  test('are the same exactly for the same bytes, wherever these stand', () => {
    fc.assert(
      fc.property(few, few, fc.nat(7), fc.nat(7), (left, right, before, behind) => {
        const line = Buffer.concat([Buffer.alloc(before, 0x78), right, Buffer.alloc(behind, 0x79)]);
        const same = Buffer.compare(left, right) === 0;
        expect(hash(left, 0, left.length) === hash(line, before, before + right.length)).toBe(same);
      }),
      { numRuns: 1000 },
    );
  });

  test('either half alone tells a hundred thousand paths apart', () => {
    const halves = [new Set<string>(), new Set<string>()] as const;
    for (let i = 0; i < 100_000; i++) {
      const bytes = Buffer.from(`/shop/article/${i}/view`);
      const [first = '', second = ''] = hash(bytes, 0, bytes.length).split(' ');
      halves[0].add(first);
      halves[1].add(second);
    }
    // By chance alone one pair of them has the same 32 bits.
    for (const half of halves) expect(half.size).toBeGreaterThan(99_990);
  });
});

test('a hash index gives back what was put in, however much', () => {
  const index = new HashIndex();
  const random = randomOf(3);
  const keys = Array.from({ length: 5000 }, () => [Math.floor(random() * 2 ** 32) | 0, Math.floor(random() * 2 ** 32) | 0] as const);
  keys.forEach(([a, b], i) => index.set(a, b, i));
  expect(keys.every(([a, b], i) => index.get(a, b) === i)).toBe(true);
  expect(index.get(1, 2)).toBe(-1);
  expect(index.size).toBe(5000);
});

describe('operations in bounded memory', () => {
  const hash = (text: string): [number, number] => {
    const hasher = new Hasher();
    const bytes = Buffer.from(text);
    hasher.reset();
    hasher.bytes(bytes, 0, bytes.length);
    hasher.finish();
    return [hasher.first, hasher.second];
  };
  const count = (operations: Operations, path: string, times = 1): void => {
    const [first, second] = hash(path);
    let index = operations.find(first, second);
    if (index < 0) index = operations.add(first, second, { method: 'GET', path, vhost: null }, null, () => 0);
    const operation = operations.get(index);
    if (operation) operation.requests += times;
  };
  const byPath = (operations: Operations): Map<string, number> =>
    new Map(operations.list.flatMap((operation) => (operation === null ? [] : [[operation.path ?? '', operation.requests] as const])));

  test('names that are too many become {id}, and no request is lost', () => {
    const operations = new Operations();
    for (let i = 0; i < 30_000; i++) count(operations, `/people/${'abcdefghij'.charAt(i % 10)}-name-${i.toString(36)}/photo`);
    for (let i = 0; i < 50; i++) count(operations, '/login', 10);
    const counts = byPath(operations);
    expect(counts.get('/people/{id}/photo')).toBe(30_000);
    expect(counts.get('/login')).toBe(500);
    expect(operations.estimated).toBe(false);
    // What comes later falls into the same one at once.
    count(operations, '/people/z-new/photo');
    expect(byPath(operations).get('/people/{id}/photo')).toBe(30_001);
  });

  test('paths without any order: the heavy ones stay exact, the rest goes into a sketch and that is said', () => {
    const operations = new Operations();
    count(operations, '/heavy', 1000);
    for (let i = 0; i < 45_000; i++) count(operations, `/p${i % 150}-x/q${Math.floor(i / 150)}-y`);
    expect(byPath(operations).get('/heavy')).toBe(1000);
    expect(operations.list.filter((operation) => operation !== null).length).toBeLessThanOrEqual(20_001);
  });
});

describe('paths that were seen before', () => {
  test('are counted where they belong, also after their operation was forgotten meanwhile', () => {
    const tally = new Tally<null>({ since: null, until: null, keep: new Set(), watched: new Map(), routeOf: () => null });
    const format = compileLogFormat('%h %t "%r" %>s %b');
    const cutter = parserOf(format, () => 0);
    const ask = (path: string): void => {
      const line = Buffer.from(`192.0.2.1 [22/Nov/2026:06:34:39 +0000] "GET ${path} HTTP/1.1" 200 5`);
      if (!cutter.cut(line, 0, line.length)) throw new Error('not cut');
      tally.add(cutter, 0, null);
    };
    const rare = [...'abcdefghijklmnopqrst'].map((letter) => `/rare-${letter}`);
    rare.forEach(ask);
    // One more than is kept: the rarest are forgotten.
    for (let i = 0; i < 20_000; i++) ask(`/p${i % 150}-x/q${Math.floor(i / 150)}-y`);
    for (let i = 0; i < 7; i++) rare.forEach(ask);
    const counts = rare.map((path) => tally.operations.list.find((operation) => operation?.path === path)?.requests ?? 0);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(7);
  });
});

describe('sketches', () => {
  test('count-min is never too low', () => {
    const sketch = new CountMin();
    const random = randomOf(5);
    const keys = Array.from({ length: 3000 }, () => [Math.floor(random() * 2 ** 32) | 0, Math.floor(random() * 2 ** 32) | 0] as const);
    keys.forEach(([a, b], i) => sketch.add(a, b, i + 1));
    expect(keys.every(([a, b], i) => sketch.estimate(a, b) >= i + 1)).toBe(true);
    const exact = keys.filter(([a, b], i) => sketch.estimate(a, b) === i + 1).length;
    expect(exact).toBeGreaterThan(2900);
  });

  test.each([1, 311, 50_000])('%d different keys are counted to 1 %%', (many) => {
    const distinct = new Distinct();
    const random = randomOf(9);
    const keys = Array.from({ length: many }, () => Math.floor(random() * 2 ** 32) | 0);
    for (const key of [...keys, ...keys]) distinct.add(key);
    expect(Math.abs(distinct.count - many)).toBeLessThanOrEqual(many * 0.01);
  });
});

test('quantiles of a histogram are within 3 %', () => {
  const histogram = new Histogram();
  const random = randomOf(11);
  const values = Array.from({ length: 5000 }, () => Math.exp(random() * 14 - 3)).sort((a, b) => a - b);
  for (const value of values) histogram.add(value);
  for (const share of [0.05, 0.5, 0.95]) {
    const exact = values[Math.ceil(share * values.length) - 1] ?? 0;
    expect(Math.abs(histogram.quantile(share) / exact - 1)).toBeLessThan(0.03);
  }
  expect(histogram.summary()?.max).toBeCloseTo(values.at(-1) ?? 0, 0);
  expect(new Histogram().summary()).toBeNull();
});

describe('series of counts', () => {
  test('what was counted is there, in whatever order it came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 60 }), (seconds) => {
        const series = new TimeSeries();
        const index = series.add();
        const base = 1_795_000_000;
        for (const second of seconds) series.count(index, (base + second) * 1000 + 17);
        const seen = new Map<number, number>();
        series.each(index, (moment, count) => seen.set(moment / 1000 - base, count));
        const expected = new Map<number, number>();
        for (const second of seconds) expected.set(second, (expected.get(second) ?? 0) + 1);
        expect(new Map([...seen].sort((a, b) => a[0] - b[0]))).toEqual(new Map([...expected].sort((a, b) => a[0] - b[0])));
      }),
      { numRuns: 100 },
    );
  });

  test('a window of years is kept in wider buckets, and nothing is lost', () => {
    const series = new TimeSeries();
    const index = series.add();
    const years = 4 * 365 * 86_400;
    for (let i = 0; i < 2000; i++) series.count(index, ((i * years) / 2000) * 1000);
    expect(series.widthMs).toBeGreaterThan(1000);
    let all = 0;
    series.each(index, (_, count) => (all += count));
    expect(all).toBe(2000);
  });
});

test.each([
  [60, 1],
  [3600, 60],
  [86_400, 900],
  [86_400 * 30, 43_200],
])('a window of %d s is shown in buckets of %d s', (seconds, width) => {
  const buckets = bucketsOf(1_795_000_000_000, 1_795_000_000_000 + seconds * 1000);
  expect(buckets.widthMs).toBe(width * 1000);
  expect(buckets.empty().length).toBeLessThanOrEqual(121);
});
