/** Several reports: one backend, one proxy, or one path between. */
import { describe, expect, test } from 'vitest';
import { comparisonText } from '../../src/report/compare-text.ts';
import { compareReports, type Comparison } from '../../src/report/compare.ts';
import { type Small, smallReport } from './reports.ts';

const a = '192.0.2.1:8080';
const b = '192.0.2.2:8080';
const down = 'backend-not-running';

function compare(...reports: readonly Small[]): Comparison {
  return compareReports(
    reports.map((small, index) => ({ file: `${index + 1}.json`, proxy: small.host ?? 'px1', report: smallReport(small) })),
  );
}

/** `backend px1,px2 → 192.0.2.1:8080` */
function said(comparison: Comparison): string[] {
  return comparison.findings.map(({ kind, proxies, backends }) => `${kind} ${proxies.join(',')} → ${backends.join(',')}`);
}

const both = [a, b];

describe('which', () => {
  test.each<[string, readonly Small[], readonly string[]]>([
    [
      'all proxies fail to the same backend, and work with another',
      [
        { host: 'px1', fails: { [a]: down }, configured: both },
        { host: 'px2', fails: { [a]: down }, configured: both },
      ],
      [`backend px1,px2 → ${a}`],
    ],
    [
      'all proxies fail to the only backend they know',
      [
        { host: 'px1', fails: { [a]: down } },
        { host: 'px2', fails: { [a]: 'network-blocked' } },
      ],
      [`backend px1,px2 → ${a}`],
    ],
    [
      'one proxy fails to all its backends, others work with them',
      [
        { host: 'px1', fails: { [a]: down, [b]: down } },
        { host: 'px2', configured: both },
      ],
      [`proxy px1 → ${a},${b}`],
    ],
    [
      'one pair only',
      [
        { host: 'px1', fails: { [a]: down }, configured: both },
        { host: 'px2', configured: both },
      ],
      [`path px1 → ${a}`],
    ],
    [
      'two of three proxies to one backend: what is between them',
      [
        { host: 'px1', fails: { [a]: down }, configured: both },
        { host: 'px2', fails: { [a]: down }, configured: both },
        { host: 'px3', configured: both },
      ],
      [`path px1,px2 → ${a}`],
    ],
    [
      'everything fails everywhere',
      [
        { host: 'px1', fails: { [a]: down, [b]: down } },
        { host: 'px2', fails: { [a]: down, [b]: down } },
      ],
      [`shared px1,px2 → ${a},${b}`],
    ],
    [
      'nothing fails',
      [
        { host: 'px1', configured: both },
        { host: 'px2', configured: both },
      ],
      ['no-failures px1,px2 → '],
    ],
    [
      'a bad proxy and a bad backend side by side',
      [
        { host: 'px1', fails: { [a]: down, [b]: down } },
        { host: 'px2', fails: { [a]: down }, configured: both },
        { host: 'px3', fails: { [a]: down }, configured: both },
      ],
      [`backend px1,px2,px3 → ${a}`, `undecided px1 → ${b}`],
    ],
    [
      'the proxy itself ran out',
      [
        { host: 'px1', also: ['proxy-exhausted'], configured: both },
        { host: 'px2', configured: both },
      ],
      ['proxy px1 → '],
    ],
    [
      'a live check counts as working without any log',
      [
        { host: 'px1', fails: { [a]: down }, connects: [b] },
        { host: 'px2', connects: [a], covered: false },
      ],
      [`path px1 → ${a}`],
    ],
    [
      'as does one made for a part of its failures',
      [
        { host: 'px1', fails: { [a]: down }, connects: [`${b}/in-flight-drops`] },
        { host: 'px2', connects: [a], covered: false },
      ],
      [`path px1 → ${a}`],
    ],
    [
      'backends that were left out fail too',
      [
        { host: 'px1', fails: { [a]: down }, leftOut: [b] },
        { host: 'px2', configured: both },
      ],
      [`proxy px1 → ${a},${b}`],
    ],
  ])('%s', (_name, reports, expected) => {
    expect(said(compare(...reports))).toEqual(expected);
  });
});

describe('what is not known decides nothing', () => {
  test.each<[string, readonly Small[]]>([
    ['one report alone', [{ host: 'px1', fails: { [a]: down }, configured: both }]],
    [
      'the other proxy does not use that backend',
      [
        { host: 'px1', fails: { [a]: down }, configured: both },
        { host: 'px2', configured: [b] },
      ],
    ],
    [
      "the other proxy's log does not cover the window",
      [
        { host: 'px1', fails: { [a]: down }, configured: both },
        { host: 'px2', configured: both, covered: false },
      ],
    ],
    [
      'the other proxy had no requests at all',
      [
        { host: 'px1', fails: { [a]: down }, configured: both },
        { host: 'px2', configured: both, requests: 0 },
      ],
    ],
    [
      'a proxy whose only backend fails: the proxy or the path',
      [
        { host: 'px1', fails: { [a]: down } },
        { host: 'px2', configured: [a] },
      ],
    ],
    [
      'the other run ended without a diagnosis',
      [
        { host: 'px1', also: ['undetermined'], status: 'undetermined', covered: false },
        { host: 'px2', configured: both },
      ],
    ],
  ])('%s', (_name, reports) => {
    expect(compare(...reports).findings.map((finding) => finding.kind)).toEqual(['undecided']);
  });
});

describe('the same backend under other names', () => {
  test('loopback is another backend on each proxy', () => {
    const local = '127.0.0.1:9000';
    const comparison = compare({ host: 'px1', fails: { [local]: down } }, { host: 'px2', fails: { [local]: down } });
    expect(comparison.pairs.map((pair) => pair.backend)).toEqual([`${local} on px1`, `${local} on px2`]);
    expect(comparison.findings.map((finding) => finding.kind)).toEqual(['undecided', 'undecided']);
  });

  test('a name that one proxy resolves to the address that the other one has', () => {
    const comparison = compare(
      { host: 'px1', fails: { 'app:8080': down }, resolves: { 'app:8080': [a] } },
      { host: 'px2', fails: { [a]: down } },
    );
    expect(comparison.findings.map((finding) => finding.kind)).toEqual(['backend']);
  });

  test('a name that resolves to different addresses joins nothing, and is said', () => {
    const comparison = compare(
      { host: 'px1', fails: { 'app:8080': down }, resolves: { 'app:8080': [a] } },
      { host: 'px2', connects: ['app:8080'], resolves: { 'app:8080': [b] }, configured: ['app:8080'] },
      { host: 'px3', configured: [a] },
    );
    expect(comparison.notes).toEqual([`app:8080 is not the same everywhere: px1 gets ${a}; px2 gets ${b}.`]);
    expect(comparison.pairs.map((pair) => pair.backend)).toEqual(['app:8080', 'app:8080', a]);
  });
});

describe('before and after', () => {
  const before = { fails: { [a]: down }, configured: both, at: '2026-11-22T03:00:00Z' };
  test.each<[string, Small, string]>([
    ['no failure any more', { configured: both }, 'gone'],
    ['the log still shows it, a live check does not', { fails: { [a]: down }, over: [a], configured: both }, 'over'],
    ['nothing helped', { fails: { [a]: 'network-blocked' }, configured: both }, 'still'],
    ['the new log does not reach back, and nothing was tested', { configured: both, covered: false }, 'unknown'],
  ])('%s', (_name, after, change) => {
    // Given in the wrong order: the times tell.
    const comparison = compare({ ...after, at: '2026-11-22T04:00:00Z' }, before);
    expect(comparison.changes.map((one) => [one.backend, one.change, one.from])).toEqual([[a, change, '2.json']]);
  });

  test('something new', () => {
    expect(compare({ ...before, fails: {} }, { fails: { [b]: down }, configured: both, at: '2026-11-22T04:00:00Z' }).changes).toMatchObject(
      [{ backend: b, change: 'new' }],
    );
  });
});

test('the text has the verdict, the table and where it comes from; nothing in it moves the cursor', () => {
  const text = comparisonText(compare({ host: 'px1', fails: { [a]: down }, configured: both }, { host: 'px2\u001b[2J', configured: both }));
  expect(text).toContain(`px1 → ${a}: the path between.`);
  expect(text).toMatch(/^px1 +FAILS +no failure$/m);
  expect(text).toMatch(/^px2\\e\[2J +no failure +no failure$/m);
  expect(text).not.toContain('\u001b');
});
