/** Pictures: what they show at a glance, and that no shape of data breaks them. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineText, lineWidth, type Line } from '../../src/ui/line.ts';
import { bars, columnsOf, meter } from '../../src/ui/parts/bars.ts';
import { durationsPicture } from '../../src/ui/parts/durations.ts';
import { ladderPicture } from '../../src/ui/parts/ladder.ts';
import { livePictureOf, pictureOf } from '../../src/ui/parts/pictures.ts';
import { progressWords } from '../../src/ui/parts/progress.ts';
import { stripPicture, type Attempt } from '../../src/ui/parts/strip.ts';
import { timelinePicture } from '../../src/ui/parts/timeline.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { attempts, errorLog } from './scripted/found.ts';

const theme = createTheme({ LANG: 'C.UTF-8' });
const ascii = createTheme({ LANG: 'C' });
const texts = (lines: readonly Line[]): readonly string[] => lines.map(lineText);

describe('failures over time', () => {
  const start = '2026-11-20T01:00:00Z';
  const shape = (counts: readonly number[]): string =>
    texts(timelinePicture({ start, widthSeconds: 60, counts, requests: null }, counts.length, 1, theme))[0] ?? '';

  test('every: a block', () => {
    expect(shape(Array.from({ length: 20 }, () => 140))).toBe('█'.repeat(20));
  });
  test('clusters: towers, quiet between', () => {
    expect(shape([0, 0, 90, 80, 0, 0, 0, 85, 90, 0])).toBe('▁▁█▇▁▁▁██▁');
  });
  test('sporadic: single ticks', () => {
    expect(shape([0, 1, 0, 0, 0, 1, 0, 0, 1, 0])).toBe('▁█▁▁▁█▁▁█▁');
  });
  test('nothing at all', () => {
    expect(shape([0, 0, 0])).toBe('▁▁▁');
  });
  test('one failure among thousands is still seen', () => {
    expect(shape([5000, 1, 0])).toBe('█▁▁');
    expect(bars([5000, 1, 0], 1, ascii)[0]).toBe('#._');
  });

  test('more buckets than columns: added up, none lost; fewer: each drawn wider', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 100 }), (counts, width) => {
        const columns = columnsOf(counts, width);
        expect(columns.length).toBeLessThanOrEqual(width);
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
        const wide = columns.length / counts.length;
        expect(sum(columns)).toBe(sum(counts) * Math.max(1, wide));
      }),
    );
  });

  test('rows of a chart stand on each other', () => {
    expect(bars([0, 4, 8, 16], 2, theme)).toEqual(['   █', '▁▄██']);
  });

  test('says the span and the highest column in words', () => {
    const [, words] = texts(
      timelinePicture({ start, widthSeconds: 60, counts: Array.from({ length: 60 }, (_, at) => at), requests: null }, 60, 1, theme),
    );
    expect(words).toMatch(/^\d\d:00 +up to 59 failed in 60 s \(UTC\) +\d\d:00$/);
  });
});

describe('connect attempts', () => {
  test('a sign for each, its latency below, the meaning of each sign, every address', () => {
    const lines = texts(stripPicture(attempts, 60, theme));
    expect(lines[0]).toBe('✗✗✗✗✓✓✓✗✗✗✗✗✓✓✓✓✓✗✗✗');
    expect(lines[1]).toHaveLength(20);
    expect(lines[2]).toBe('✗ refused  ✓ accepted   took 0.3 ms to 0.9 ms');
    expect(lines.slice(3)).toEqual(['10.0.0.5     ✗✗✗✗✓✓✗✗✗✗✓✓✓✓✗✗', '2001:db8::5  ✓✗✓✗']);
  });

  test('no two outcomes look alike, in Unicode and in ASCII', () => {
    const outcomes: readonly Attempt['outcome'][] = ['connected', 'refused', 'timed-out', 'unreachable', 'denied', 'reset', 'failed'];
    const made = [
      ...outcomes.map((outcome) => ({ address: 'a', outcome, latencyMs: 1 })),
      { address: 'a', outcome: 'connected' as const, latencyMs: 1, afterwards: 'closed' as const },
    ];
    for (const look of [theme, ascii]) expect(new Set(texts(stripPicture(made, 40, look))[0])).toHaveProperty('size', 8);
  });

  test('a millisecond and a second differ at a glance', () => {
    const lines = texts(
      stripPicture(
        [0.3, 30, 3000].map((latencyMs) => ({ address: 'a', outcome: 'connected', latencyMs })),
        40,
        theme,
      ),
    );
    expect(lines[1]).toBe('▂▄▇');
  });

  test('what is still to come is dots; the newest stay in sight', () => {
    expect(texts(stripPicture(attempts.slice(0, 3), 60, theme, 6))[0]).toBe('✗✗✗···');
    expect(texts(stripPicture(attempts, 8, theme))[0]).toBe('…✓✓✓✓✗✗✗');
  });
});

test('durations: failed against good on one scale, with the timeout marked where it is set', () => {
  const lines = texts(
    durationsPicture(
      {
        failed: { p50: 60_000, p95: 60_100, max: 60_400 },
        good: { p50: 12, p95: 48, max: 900 },
        timeouts: [{ name: 'ProxyTimeout (px.conf:12)', ms: 60_000 }],
      },
      70,
      theme,
    ),
  );
  const good = lines[0] ?? '';
  const failed = lines[2] ?? '';
  const limit = lines[4] ?? '';
  expect(good.indexOf('●')).toBeLessThan(failed.indexOf('●'));
  expect(Math.abs(failed.indexOf('●') - limit.indexOf('▲'))).toBeLessThanOrEqual(1);
  expect(lines.join('\n')).toContain('▲ ProxyTimeout (px.conf:12) 60 s');
  expect(lines.join('\n')).toContain('half in 12 ms, 95 % in 48 ms');
});

test('the keepalive ladder: each rung in words, and who keeps how long', () => {
  const lines = texts(
    ladderPicture(
      {
        rungs: [
          { seconds: 15, outcome: 'no-answer' },
          { seconds: 1, outcome: 'reused' },
          { seconds: 5, outcome: 'closed' },
        ],
        backendTimeoutSeconds: 5,
        proxyKeeps: { seconds: 60, reuse: true, because: 'ttl' },
      },
      76,
      theme,
    ),
  );
  expect(lines[0]).toMatch(/^ 1 s ─+✓ +still good$/);
  expect(lines[1]).toMatch(/^ 5 s ─+✗ +closed by the backend$/);
  expect(lines[2]).toMatch(/^15 s ─+◌ +swallowed: no answer$/);
  expect(lines[3]).toBe('idle connections are kept: by the backend 5 s, by the proxy 60 s');
});

describe('how far a check is', () => {
  test.each([
    [
      'bytes',
      { done: 18_000_000, total: 48_000_000, unit: 'bytes' as const, text: '' },
      1000,
      '18.0 MB of 48.0 MB (38 %), 18.0 MB/s, about 0:02 left',
    ],
    ['bytes of unknown size', { done: 912, total: null, unit: 'bytes' as const, text: '' }, 0, '912 B read'],
    ['attempts', { done: 5, total: 20, unit: 'attempts' as const, text: '' }, 0, '5 of 20 attempts'],
    ['a wait', { done: 9, total: 30, unit: 'seconds' as const, text: '' }, 9000, '0:21 left of 0:30'],
    ['a wait without end', { done: 65, total: null, unit: 'seconds' as const, text: '' }, 65_000, '01:05 so far'],
    ['packets', { done: 1200, total: null, unit: 'packets' as const, text: '' }, 0, '1,200 packets'],
  ])('%s', (_, progress, elapsed, expected) => {
    expect(progressWords(progress, elapsed)).toBe(expected);
  });

  test('a meter never runs over', () => {
    expect(meter(0.5, 10, theme)).toBe('█████░░░░░');
    expect(meter(7, 4, ascii)).toBe('####');
    expect(meter(-1, 4, ascii)).toBe('....');
  });
});

describe('facts of any shape', () => {
  const room = { width: 60, rows: 2, theme };
  test('break no picture, and none is wider than its room', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('error-log', 'access-log', 'tcp-connect', 'keepalive-probe', 'keepalive-toggle', 'dns'),
        fc.anything(),
        fc.integer({ min: 8, max: 60 }),
        (name, data, width) => {
          const evidence = {
            id: 'e1',
            check: name,
            side: 'proxy' as const,
            subject: null,
            key: 'k',
            startedAt: '',
            durationMs: 0,
            status: 'ok' as const,
            outcome: 'x',
            summary: '',
            remedy: null,
            commands: [],
            data,
          };
          for (const line of pictureOf(evidence, evidence, { ...room, width })) expect(lineWidth(line)).toBeLessThanOrEqual(60);
          expect(() => livePictureOf(name, { done: 1, total: 2, unit: 'attempts', text: '', live: data }, room)).not.toThrow();
        },
      ),
    );
  });

  test('durations of the access log are in milliseconds whatever the log’s own unit is', () => {
    const data = { timeline: null, durations: { unit: 'us', failed: { p50: 60_000, p95: 60_001, max: 60_002 }, good: null } };
    const evidence = {
      id: 'e1',
      check: 'access-log',
      side: 'proxy' as const,
      subject: null,
      key: 'k',
      startedAt: '',
      durationMs: 0,
      ...errorLog,
      data,
    };
    expect(texts(pictureOf(evidence, null, room)).join('\n')).toContain('half in 60 s');
  });

  test('fields that came later, or are missing, do not cost the picture', () => {
    const { timeline } = errorLog.data as { timeline: unknown };
    const evidence = {
      id: 'e1',
      check: 'error-log',
      side: 'proxy' as const,
      subject: null,
      key: 'k',
      startedAt: '',
      durationMs: 0,
      ...errorLog,
      data: { timeline, of: 'a later version' },
    };
    expect(pictureOf(evidence, null, room).length).toBeGreaterThan(1);
  });

  test.each([
    ['a list', attempts],
    ['a list by name', { results: attempts }],
  ])('a running check may give %s', (_, live) => {
    expect(lineText(livePictureOf('tcp-connect', { done: 20, total: 20, unit: 'attempts', text: '', live }, room)[0] ?? [])).toContain(
      '✗✗✗✗✓✓✓',
    );
  });
});
