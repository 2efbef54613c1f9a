/** When the toggle's verdict is clear, how often it is wrong, and what is said meanwhile. */
import { describe, expect, test } from 'vitest';
import { longestStretch } from '../../../src/checks/keepalive-toggle/traffic.ts';
import { judge, outlook, requestsNeeded, type Count } from '../../../src/checks/keepalive-toggle/verdict.ts';

const count = (failed: number, requests: number): Count => ({ failed, requests });

/** A small generator with a seed (mulberry32): the same series on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How the test ends, looked at after every request, when requests fail at this share while the change is in force. */
function ends(share: number, seed: number): string {
  const next = random(seed);
  const before = count(60, 600);
  const during = { failed: 0, requests: 0 };
  while (during.requests < 2000) {
    during.requests += 1;
    if (next() < share) during.failed += 1;
    const { verdict } = judge(before, during);
    if (verdict !== 'not-yet') return verdict;
  }
  return 'not-yet';
}

const verdicts = (share: number): readonly string[] => Array.from({ length: 300 }, (_, seed) => ends(share, seed + 1));
const how = (all: readonly string[], verdict: string): number => all.filter((one) => one === verdict).length / all.length;

describe('the sequential test', () => {
  test('nothing fails any more: it helped, as soon as it can be said', () => {
    const before = count(60, 600);
    const needed = requestsNeeded(before) ?? 0;
    expect(judge(before, count(0, needed - 1)).verdict).toBe('not-yet');
    expect(judge(before, count(0, needed)).verdict).toBe('helped');
  });

  test('as many fail as before: “it helped” is said by chance in one of a hundred at most', () => {
    const all = verdicts(0.1);
    expect(how(all, 'helped')).toBeLessThanOrEqual(0.01);
    expect(how(all, 'no-change')).toBeGreaterThan(0.9);
  });

  test('nine of ten failures are gone: it helped, nearly always', () => {
    expect(how(verdicts(0.01), 'helped')).toBeGreaterThanOrEqual(0.95);
  });

  test('three times as many fail: it is put back at once', () => {
    const all = verdicts(0.3);
    expect(how(all, 'worse') + how(all, 'no-change')).toBe(1);
  });

  test('a pause as long as there were before is nothing new', () => {
    // Ten bursts of ten failures, a hundred requests apart.
    const startsMs = Array.from({ length: 1100 }, (_, i) => i * 100);
    const failedStartsMs = startsMs.filter((_, i) => i >= 100 && i % 100 < 10);
    const before = { ...count(failedStartsMs.length, 1100), longestStretch: (failures: number) => longestStretch({ startsMs, failedStartsMs }, failures) };
    expect(before.longestStretch(0)).toBe(90);
    expect(before.longestStretch(1)).toBe(91);
    expect(judge(count(100, 1100), count(0, 90)).verdict).toBe('helped');
    expect(judge(before, count(0, 90)).verdict).toBe('not-yet');
    expect(judge(before, count(0, 91)).verdict).toBe('helped');
    expect(requestsNeeded(before)).toBe(91);
  });

  test('a healthy time before the first failure is no pause, one after the last is', () => {
    expect(longestStretch({ startsMs: [1, 2, 3, 4, 5, 6, 7, 8], failedStartsMs: [5, 7] }, 0)).toBe(1);
    expect(longestStretch({ startsMs: [1, 2, 3, 4, 5, 6, 7, 8], failedStartsMs: [1, 3] }, 0)).toBe(5);
    expect(longestStretch({ startsMs: [1, 2, 3], failedStartsMs: [] }, 0)).toBe(0);
  });

  test('two failures before are too few for a verdict', () => {
    expect(judge(count(2, 100), count(0, 5000)).verdict).toBe('not-yet');
    expect(requestsNeeded(count(2, 100))).toBeNull();
  });
});

test.each<[string, Count, Count, number, number, RegExp]>([
  ['half of the requests in ten seconds', count(60, 600), count(0, 28), 10, 30, /^enough for a verdict in about \d+ s$/],
  ['fewer than the time allows', count(60, 600), count(0, 3), 10, 20, /more requests: too many for the time that is left/],
  ['none yet', count(60, 600), count(0, 0), 1, 30, /^waiting for requests: about \d+ are enough/],
  ['as many as are needed', count(60, 600), count(3, 400), 20, 10, /^enough requests for a verdict$/],
  ['too few failures before', count(1, 600), count(0, 10), 2, 30, /too few failures before/],
])('what is said meanwhile: %s', (_, before, during, elapsed, left, said) => {
  expect(outlook(before, during, elapsed, left)).toMatch(said);
});
