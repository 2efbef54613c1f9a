/** Over a slow link every byte counts: what a key, a second of a running check and an idle screen cost. */
import { expect, test } from 'vitest';
import { starter } from './started.ts';

const { start } = starter();

test('a key in a list at 80x24 costs less than 400 bytes', async () => {
  const screen = start('overload');
  await screen.shows('❯ 1 There are failures');
  screen.press('enter', 'enter');
  await screen.shows('❯ 2 Some are refused');
  const costs: number[] = [];
  const measure = async (key: string, shown: string): Promise<void> => {
    costs.push(
      await screen.bytesOf(async () => {
        screen.press(key);
        await screen.shows(shown);
      }),
    );
  };
  for (const number of [3, 4, 5, 6, 7, 8]) await measure('down', `❯ ${number} `);
  screen.press('e');
  await screen.shows('❯✓ e2');
  await measure('down', '❯✓ e1');
  await measure('up', '❯✓ e2');
  console.log(`bytes a key: ${costs.join(' ')}`);
  expect(Math.max(...costs)).toBeLessThan(400);
  expect(Math.min(...costs)).toBeGreaterThan(0);
});

test('a running check costs less than 2 KB a second', async () => {
  const screen = start('slow');
  await screen.shows('❯ 1 There are failures');
  screen.press('enter', 'enter');
  await screen.shows('of 20 attempts');
  const began = Date.now();
  const cost = await screen.bytesOf(() => screen.shows('❯ 2 Some are refused'));
  const perSecond = Math.round((cost * 1000) / (Date.now() - began));
  console.log(`bytes a second while a check runs: ${perSecond}`);
  expect(perSecond).toBeLessThan(2000);
});

test('an idle screen costs nothing', async () => {
  const screen = start('overload');
  await screen.shows('❯ 1 There are failures');
  // A second program on the same machine tells the time that has passed: its own screen changes every second, this one does not.
  const other = start('slow');
  await other.shows('❯ 1 There are failures');
  other.press('enter', 'enter');
  await other.shows('of 20 attempts');
  const cost = await screen.bytesOf(() => other.shows('12 of 20 connects'));
  console.log(`bytes of an idle screen in five seconds: ${cost}`);
  expect(cost).toBe(0);
});
