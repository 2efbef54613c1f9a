/* oxlint-disable vitest/expect-expect -- screen.shows() fails the test, with the screen as it was */
/** The whole program from its first byte: what it says of a mistake, and what is there before all of it is loaded. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leftBehind } from './left-behind.ts';
import { Screen } from './screen.ts';

const program = new URL('../../dist/main.js', import.meta.url).pathname;
const enter = '\u001b[?1049h';
let folder = '';
let log = '';
const screens: Screen[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-start-'));
  log = join(folder, 'error.log');
  writeFileSync(log, '');
});
afterEach(() => {
  for (const screen of screens.splice(0)) screen.close();
  rmSync(folder, { recursive: true });
});

/** @param settings for env(1): the pseudo-terminal has a TERM of its own */
function start(args: readonly string[], settings: readonly string[] = []): Screen {
  const screen = new Screen('/usr/bin/env', [...settings, process.execPath, program, 'run', '--offline', '--state-dir', join(folder, 'state'), ...args], { cwd: folder });
  screens.push(screen);
  return screen;
}

test('the first thing on the screen is the wizard’s own first step', async () => {
  const screen = start(['--error-log', log]);
  await screen.until(() => screen.output.includes('? '), 'to be drawn');
  const [, drawn = ''] = screen.output.split(enter);
  for (const wanted of ['proxy-doctor mod-proxy-http', 'Which proxy is this', 'Working']) expect(drawn.indexOf(wanted)).toBeGreaterThan(0);
  // Drawn over, not wiped: nothing flickers.
  await screen.shows(/❯ \d/);
  expect(screen.output.split(enter)).toHaveLength(2);
  screen.press('q');
  await screen.ends();
  expect(leftBehind(screen)).toEqual([]);
});

test('what is typed before it is there is taken by it', async () => {
  const screen = start(['--error-log', log]);
  screen.press('?');
  await screen.shows('you are here');
  screen.press('escape', 'n');
  await screen.shows('New note:');
});

test('left as soon as it can be seen', async () => {
  const screen = start(['--error-log', log]);
  await screen.until(() => screen.output.includes(enter), 'to begin');
  screen.press('ctrl-c');
  expect((await screen.ends()).code).toBe(130);
  await screen.until(() => !screen.alternate(), 'to be the shell’s');
  expect(leftBehind(screen)).toEqual([]);
});

describe('is told on the normal screen, which nothing was drawn on', () => {
  const mistakes: readonly (readonly [string, () => readonly string[], string])[] = [
    ['an unknown option', () => ['--error-lgo', 'x'], 'proxy-doctor: unknown option'],
    ['a missing log', () => ['--error-log', join(folder, 'nowhere')], 'there is no such file'],
    ['an unknown flow', () => ['mod-proxy-htpp', '--error-log', log], 'Did you mean mod-proxy-http?'],
    ['a broken flow', () => [join(folder, 'flow.yaml'), '--error-log', log], 'flow.yaml:1:'],
    ['a duration that is none', () => ['--error-log', log, '--time-limit', 'soon'], '--time-limit soon'],
    ['a report of no known kind', () => ['--error-log', log, '--report', 'x.pdf'], 'the ending picks the format'],
  ];
  test.each(mistakes)('%s', async (_, args, said) => {
    writeFileSync(join(folder, 'flow.yaml'), 'id: 7\n');
    const screen = start(args());
    await screen.until(() => screen.text().replaceAll('\n', '').includes(said), `to say ${said}`);
    expect((await screen.ends()).code).toBe(2);
    expect(screen.output).not.toContain(enter);
  });
});

test('a case that can not be made is told on the normal screen', async () => {
  writeFileSync(join(folder, 'state'), 'a file where the folder should be');
  const screen = start(['--error-log', log]);
  await screen.shows('is a file, not a folder');
  expect((await screen.ends()).code).toBe(1);
  await screen.until(() => !screen.alternate(), 'to be the shell’s');
  expect(leftBehind(screen)).toEqual([]);
});

test.each([
  ['--plain', ['--plain'], []],
  ['a dumb terminal', [], ['TERM=dumb']],
] as const)('%s: no screen is entered', async (_, more, settings) => {
  const screen = start(['--error-log', log, ...more], settings);
  await screen.shows('Which proxy is this');
  expect(screen.output).not.toContain('\u001b[?');
});

test('without a terminal nothing of a screen is written', async () => {
  const screen = start(['--error-log', log, '--no-input']);
  await screen.ends();
  expect(screen.output).not.toContain('\u001b[');
  expect(readdirSync(join(folder, 'state', 'cases'))).toHaveLength(1);
});
