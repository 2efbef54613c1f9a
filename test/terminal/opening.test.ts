/* oxlint-disable vitest/expect-expect -- screen.shows() fails the test, with the screen as it was */
/** The wizard's first moment, before the wizard is loaded: what is there, what becomes of keys, and how the terminal is left. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { leftBehind } from './left-behind.ts';
import type { Screen } from './screen.ts';
import { starter } from './started.ts';

const { start, underShell } = starter('opening-app.tsx');
const first = ['proxy-doctor mod-proxy-http', 'web-px-2', 'read-only', '◉ log', 'step 1 of ~', 'What does the error log say?', 'Working…', '? help'] as const;

describe('the first screen', () => {
  test.each([
    [80, 24],
    [160, 50],
    [100, 17],
  ])('at %ix%i it fills its rows, and the wizard draws the same over it', async (columns, rows) => {
    const screen = start('wizard', { columns, rows });
    await screen.shows(...first);
    const before = screen.lines();
    expect(before.at(-1)).toContain('? help');
    screen.press('m', 'enter');
    await screen.shows('you are here');
    screen.press('escape');
    await screen.shows('❯ 1 There are failures');
    // From then on it is Ink's, with nothing of the first screen left.
    const drawn = screen.output.length;
    const timeless = (): string => screen.text().replaceAll(/\d\d:\d\d|just now|\d+ s ago/g, '').replaceAll(/ +$/gm, '');
    const text = timeless();
    screen.press('ctrl-l');
    await screen.wrote('\u001b[?1049h', drawn);
    await screen.until(() => timeless() === text, 'to be drawn anew as it was');
    screen.press('q');
    await screen.ends();
    expect(leftBehind(screen)).toEqual([]);
  });

  test('after a resize it is made for the new size, and the wizard goes on with that', async () => {
    const screen = start('wizard');
    await screen.shows(...first);
    screen.resize(160, 50);
    await screen.shows('│ Evidence', 'None yet.');
    await screen.until(() => screen.lines().at(-1)?.includes('? help') === true, 'to fill its height');
    screen.resize(60, 20);
    await screen.until(() => screen.lines().at(-1)?.includes('? help') === true && !screen.text().includes('None yet.'), 'to fill its height again');
    screen.press('n', 'escape', 'enter');
    await screen.shows('❯ 1 There are failures');
    expect(screen.lines().every((line) => line.length <= 60)).toBe(true);
  });

  test('without colour it is as without colour later', async () => {
    const screen = start('wait', { env: { NO_COLOR: '1' } });
    await screen.shows(...first);
    expect(screen.output).not.toMatch(/\u001b\[3\dm/);
    expect(screen.output).toContain('\u001b[1m');
  });
});

describe('keys of the first moment', () => {
  test('are taken by the wizard, once each and in their order, and never echoed', async () => {
    const screen = start('slow');
    await screen.shows(...first);
    screen.press('n');
    screen.write('typed too soon');
    // The first Enter ends the note and lets the wizard begin.
    screen.press('enter', 'escape');
    await screen.shows('❯ 1 There are failures');
    screen.press('n');
    await screen.shows('typed too soon', 'New note:');
    expect(screen.text().match(/typed too soon/g)).toHaveLength(1);
    expect(screen.output.slice(0, screen.output.indexOf('❯ 1 There are failures'))).not.toMatch(/\^|\u0007/);
  });

  test('an arrow key whose end comes later is an arrow key', async () => {
    const screen = start('slow');
    await screen.shows(...first);
    screen.press('c', 'escape', 'enter');
    screen.write('\u001b[');
    await screen.shows('❯ 1 There are failures');
    screen.write('B');
    await screen.shows('❯ 2 No failures');
  });
});

describe('the terminal is as it was after', () => {
  const ways: readonly (readonly [string, (screen: Screen) => void, number])[] = [
    ['Ctrl-C', (screen) => screen.press('ctrl-c'), 130],
    ['Ctrl-C behind other keys', (screen) => screen.press('down', 'x', 'ctrl-c'), 130],
    ['SIGINT', (screen) => screen.kill('SIGINT'), 130],
    ['SIGTERM', (screen) => screen.kill('SIGTERM'), 143],
    ['SIGHUP', (screen) => screen.kill('SIGHUP'), 129],
  ];
  test.each(ways)('%s', async (_, leave, code) => {
    const screen = start('wait');
    await screen.shows(...first);
    leave(screen);
    expect((await screen.ends()).code).toBe(code);
    await screen.until(() => !screen.alternate(), 'to be the shell’s');
    expect(leftBehind(screen)).toEqual([]);
  });

  test.each(['crash', 'reject'])('a failure of ours, which is told on the normal screen (%s)', async (mode) => {
    const screen = start(mode);
    await screen.shows(...first);
    screen.press('x');
    await screen.shows('Error: something of ours broke');
    expect((await screen.ends()).code).toBe(1);
    await screen.until(() => !screen.alternate(), 'to be the shell’s');
    expect(leftBehind(screen)).toEqual([]);
  });

  test('the terminal itself is gone', async () => {
    const screen = start('wait');
    await screen.shows(...first);
    screen.hangUp();
    // By its own exit, or by a second SIGHUP (the kernel's and that of who held the terminal) on its way out.
    expect(await screen.ends()).not.toEqual({ code: 0, signal: 0 });
  });

  test('what is said beside it stands on the normal screen', async () => {
    const screen = start('beside');
    await screen.shows(...first);
    screen.press('enter');
    await screen.until(() => screen.output.split('\u001b[?1049h').length === 3, 'to come back');
    await screen.shows(...first);
    screen.press('q');
    await screen.shows(/^an earlier run left a change\nclosed/);
    await screen.ends();
  });
});

describe('under a shell', () => {
  test.each(['SIGTSTP', 'SIGSTOP'] as const)('stopped by %s it gives the shell back; fg draws it anew', async (signal) => {
    const shell = underShell('wizard');
    await shell.shows(...first);
    process.kill(Number(readFileSync(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8').trim()), signal);
    await shell.shows('Stopped', 'shell> ');
    shell.write('echo $((6*7)) is typed to the shell\r');
    await shell.shows('42 is typed to the shell');
    shell.write('fg\r');
    await shell.shows(...first);
    shell.press('n', 'escape', 'enter');
    await shell.shows('❯ 1 There are failures');
    shell.press('q');
    await shell.shows(/ended by choice\s+shell>\s*$/);
    shell.write("stty -a | grep -o '.icanon\\|.echo\\b' | tr '\\n' ' '; echo af''ter\r");
    await shell.shows(/ icanon {2}echo after/);
  });
});
