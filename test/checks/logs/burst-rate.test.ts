/** The rate of requests in bursts against that of other times. */
import { describe, expect, test } from 'vitest';
import { burstRates } from '../../../src/checks/logs/burst-rate.ts';
import { Successes } from '../../../src/checks/logs/successes.ts';

const second = 1000;
const minute = { from: 0, to: 60 * second };
/** Two requests a second, none of which succeeds from second 20 to 30. */
const steady = new Successes(0, second, Array.from({ length: 60 }, (_none, at) => (at >= 20 && at < 30 ? 0 : 2)));
const burst = (from: number, to: number, failures: number) => ({ first: 0, end: failures, failures, successes: 0, from: from * second, to: to * second });

describe('the rate in a burst, in times of the usual one', () => {
  test('gone for ten seconds, at two requests a second as before: as usual', () => expect(burstRates([burst(20, 30, 20)], 20, steady, minute)).toEqual([1]));
  test('a rush of ten a second: five times', () => expect(burstRates([burst(20, 30, 100)], 100, steady, minute)).toEqual([5]));
  test('what succeeds amid the failures counts too', () => expect(burstRates([burst(0, 10, 20)], 20, steady, minute)[0]).toBeGreaterThan(2));
  test('over within a second: it lasted one', () => expect(burstRates([burst(20, 20, 4)], 4, steady, minute)[0]).toBeCloseTo((4 * 59) / 100, 1));
  test('other bursts are no usual time', () => {
    const rates = burstRates([burst(20, 25, 50), burst(25, 30, 50)], 100, steady, minute);
    expect(rates).toEqual([5, 5]);
  });
  test('hardly a request outside: nobody knows', () => expect(burstRates([burst(20, 30, 20)], 20, new Successes(0, second, [5, 5, 5]), minute)).toEqual([null]));
});
