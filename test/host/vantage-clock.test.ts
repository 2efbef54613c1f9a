import { expect, test } from 'vitest';
import { measureClock, offsetOf } from '../../src/host/vantage-clock.ts';
import { memoryHost, type MemoryCommand } from '../fakes/memory-host.ts';

const january = Date.UTC(2026, 0, 15);
const july = Date.UTC(2026, 6, 15);

function clock(date: MemoryCommand, localtime: MemoryCommand = { exitCode: 1 }) {
  const host = memoryHost({ commands: { date, 'readlink -f /etc/localtime': localtime } });
  return measureClock((argv) => host.run(argv, { timeLimitMs: 1000 }));
}
const seconds = () => Math.floor(Date.now() / 1000);

test.each([
  ['GNU', (at: number) => `${at}.500000000 +0530\n`],
  ['busybox, without nanoseconds', (at: number) => `${at}. +0530\n`],
  ['busybox, with the letter', (at: number) => `${at}.N +0530\n`],
])('the clock of a side that is an hour ahead: %s', async (_name, print) => {
  const measured = await clock(print(seconds() + 3600));
  expect(measured.measured).toBe(true);
  expect(Math.abs(measured.aheadMs - 3_600_000)).toBeLessThan(1100);
  expect(measured.zoneOffset(january)).toBe(330);
});

test('summer time is known where the zone has a name that fits', () => {
  const berlin = offsetOf('Europe/Berlin', 60, january);
  expect([berlin(january), berlin(july)]).toEqual([60, 120]);
  const newfoundland = offsetOf('America/St_Johns', -210, january);
  expect([newfoundland(january), newfoundland(july)]).toEqual([-210, -150]);
});

test.each([
  ['the name contradicts what date says', 'Europe/Berlin', 0],
  ['the name is unknown', 'Nowhere/Atall', -120],
  ['there is no name', null, 345],
])('%s: the offset of today holds', (_name, zone, offset) => {
  const at = offsetOf(zone, offset, january);
  expect([at(january), at(july)]).toEqual([offset, offset]);
});

test.each(['', 'date: invalid option\n', 'Thu Jan 15\n'])('%j is no clock', async (out) => {
  expect(await clock(out)).toMatchObject({ measured: false, aheadMs: 0 });
});
