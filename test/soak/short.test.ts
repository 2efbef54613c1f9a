/** The soak in short: each part with a few; `npm run test:soak` has the long version, and its figures are in docs/reliability.md. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FuzzInput, fuzz, fuzzInputs } from './fuzz.ts';
import { kills } from './kills.ts';
import { randomLines } from './lines.ts';
import * as load from './load.ts';

const possible = process.getuid?.() === 0 && process.env['PROXY_DOCTOR_LAB'] !== 'no';

test('killed twelve times at random, in a terminal and without, and in the middle of a write: nothing is lost, nothing comes twice', { timeout: 180_000 }, async () => {
  const seed = Date.now() % 100_000;
  const all = await kills({ unattended: 6, inAWrite: 3, interactive: 3, seed, atOnce: 6 }, onTestFinished);
  expect({ seed, wrong: all.flatMap((one) => one.wrong) }).toEqual({ seed, wrong: [] });
  expect(all.map((one) => one.how)).toHaveLength(12);
  expect(all.reduce((sum, one) => sum + one.shown, 0)).toBeGreaterThan(0);
});

test('twenty thousand random and damaged lines: none throws, none passes a control character on', { timeout: 60_000 }, async () => {
  const seed = Date.now() % 100_000;
  expect({ seed, wrong: (await randomLines(20_000, seed)).wrong }).toEqual({ seed, wrong: [] });
});

const right = (sizes: readonly load.Size[]): unknown => sizes.map((one) => one.wrong);
/** Of one process. */
const mostMemory = 300_000_000;

describe('much of everything stays bounded', () => {
  test('eight runs at once in one state directory', { timeout: 120_000 }, async () => {
    const sizes = await load.runsAtOnce([1, 8], onTestFinished);
    expect(right(sizes)).toEqual([[], []]);
    expect(Math.max(...sizes.map((one) => one.peakBytes))).toBeLessThan(mostMemory);
  });

  test('a log is read once, whatever its size, and in the same memory', { timeout: 60_000 }, async () => {
    const [small, large] = await load.logs([20, 80], onTestFinished);
    expect([small?.wrong, large?.wrong]).toEqual([[], []]);
    expect((large?.bytesRead ?? 0) - (small?.bytesRead ?? 0)).toBeLessThan(60_000_000 * 1.02);
    expect((large?.peakBytes ?? 0) - (small?.peakBytes ?? 0)).toBeLessThan(60_000_000);
  });

  test('hundreds of cases: listing them reads their summaries alone', { timeout: 60_000 }, async () => {
    const [few, many] = await load.cases([30, 300], onTestFinished);
    expect([few?.wrong, many?.wrong]).toEqual([[], []]);
    expect((many?.bytesRead ?? 0) - (few?.bytesRead ?? 0)).toBeLessThan(270 * 1000);
  });

  test('sixty backends in one configuration: five are examined', { timeout: 60_000 }, async () => {
    const sizes = await load.backends([5, 60], onTestFinished);
    expect(right(sizes)).toEqual([[], []]);
    expect(Math.max(...sizes.map((one) => one.peakBytes))).toBeLessThan(mostMemory);
  });
});

if (possible) {
  describe.concurrent('sixty fuzzed values start, write and reach nothing that is not planned:', () => {
    test.each(Object.keys(fuzzInputs) as FuzzInput[])('%s', { timeout: 120_000 }, async (input) => {
      const seed = Date.now() % 100_000;
      const done = await fuzz(input, input === 'paths through ssh' ? 20 : 60, seed);
      expect({ seed, wrong: done.wrong }).toEqual({ seed, wrong: [] });
      expect(done.values).toBeGreaterThanOrEqual(20);
    });
  });
} else {
  test('fuzzed values under strace need root', () => expect(possible).toBe(false));
}
