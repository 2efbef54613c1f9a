/* oxlint-disable vitest/expect-expect -- screen.shows() fails the test, with the screen as it was */
/** `--plain`: the same way as text that is only ever added to. */
import { expect, test } from 'vitest';
import { starter } from './started.ts';

const { start } = starter();

test('the whole way with numbers and Enter, nothing but lines', async () => {
  const screen = start('overload --plain', { rows: 60 });
  await screen.shows(
    'What does the error log say?',
    '1 There are failures of this kind  (favoured by the evidence)',
    'Enter alone takes 1',
  );
  screen.press('enter');
  await screen.shows('== Step 2: how often', '2 Clusters');
  screen.write('1\r');
  await screen.shows('The evidence favours: Clusters', 'In a word, why?');
  screen.write('I was there\r');
  await screen.shows('== Step 3: connect', 'Some are refused');
  screen.write('e\r');
  await screen.shows('e2 tcp-connect');
  screen.write('n the switch was replaced at noon\rn\r');
  await screen.shows('· the switch was replaced at noon (at connect)');
  screen.write('2\r');
  await screen.shows('Do requests fail mostly', 'ss -tno state established');
  screen.write('1\r');
  await screen.shows('What would be done, in full', 'Enter alone takes 1');
  screen.write('2\r');
  await screen.shows('It helped: the failures vanished');
  screen.press('enter');
  await screen.shows('backend-overloaded', 'Do this, in order');
  screen.write('v\r');
  await screen.shows('good at');
  screen.write('w r.md\r');
  await screen.shows('Written: r.md');
  screen.write('q\r');
  expect((await screen.ends()).code).toBe(0);
  expect(screen.history()).toContain('proxy-doctor resume 7f3a');
  // Nothing moves the cursor, colours or clears.
  expect(screen.output).not.toContain('\u001b');
});

test('while a check runs it tells how far it is, and s gives it up', async () => {
  const screen = start('endless --plain');
  await screen.shows('Running error-log');
  await screen.shows('Enter alone takes 1');
  screen.write('\r\r');
  await screen.shows('2 Clusters');
  await screen.shows('Running tcp-connect', /tcp-connect: \d+ refused, \d+ accepted; \d+ of 20 attempts/);
  screen.write('s\r');
  await screen.shows('e2 tcp-connect: could not be checked (skipped): given up');
});

test('Ctrl-C saves and says how to go on', async () => {
  const screen = start('endless --plain');
  await screen.shows('Enter alone takes 1');
  screen.press('ctrl-c');
  await screen.ends();
  expect(screen.text()).toContain('proxy-doctor resume 7f3a');
  expect(screen.text()).toContain('ended by SIGINT');
});
