/* oxlint-disable vitest/expect-expect -- screen.shows() fails the test, with the screen as it was */
/** However the wizard ends, the terminal is as it was, the case is saved, and the last line says how to go on. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { leftBehind } from './left-behind.ts';
import type { Screen } from './screen.ts';
import { starter } from './started.ts';

const { start, underShell } = starter();
const resume = 'Go on with it: proxy-doctor resume 7f3a';

describe('the terminal is as it was after', () => {
  const ways: readonly (readonly [string, (screen: Screen) => void, string])[] = [
    ['q', (screen) => screen.press('q'), 'ended by choice'],
    ['Ctrl-C', (screen) => screen.press('ctrl-c'), 'ended by SIGINT; stopped SIGINT'],
    ['SIGTERM', (screen) => screen.kill('SIGTERM'), 'ended by SIGTERM; stopped SIGTERM'],
    ['SIGINT', (screen) => screen.kill('SIGINT'), 'ended by SIGINT; stopped SIGINT'],
    ['SIGHUP', (screen) => screen.kill('SIGHUP'), 'ended by SIGHUP; stopped SIGHUP'],
  ];
  test.each(ways)('%s', async (_, leave, said) => {
    const screen = start('endless');
    await screen.shows('❯ 1 There are failures');
    screen.press('enter', 'enter');
    await screen.shows('of 20 attempts');
    leave(screen);
    await screen.ends();
    expect(screen.alternate()).toBe(false);
    expect(screen.text()).toContain(resume);
    expect(screen.text()).toContain(said);
    expect(leftBehind(screen)).toEqual([]);
  });

  test('a crash; the line how to go on comes last but for the failure itself', async () => {
    const screen = start('crash');
    await screen.shows('❯ 1 There are failures');
    screen.press('enter');
    expect((await screen.ends()).code).toBe(1);
    expect(screen.text()).toMatch(/proxy-doctor resume 7f3a\s+failed: something of ours broke/);
    expect(leftBehind(screen)).toEqual([]);
  });

  test('leaving from deep inside: a note that is being written', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.press('n');
    await screen.shows('New note:');
    screen.write('half a no');
    screen.press('ctrl-c');
    await screen.ends();
    expect(leftBehind(screen)).toEqual([]);
  });
});

describe('under a shell', () => {
  test('the line discipline is the shell’s own again', async () => {
    const shell = underShell('overload', "stty -a | grep -o '.icanon\\|.echo\\b' | tr '\\n' ' '; echo af''ter");
    await shell.shows('❯ 1 There are failures');
    shell.press('q');
    await shell.shows(resume, 'after');
    // Before the wizard and after it: canonical mode and echo, neither of them off.
    expect(shell.text()).toMatch(/ icanon  echo [^]*resume 7f3a[^]* icanon  echo after/);
  });

  test('Ctrl-Z gives the shell back; fg goes on where it was', async () => {
    const shell = underShell('overload');
    await shell.shows('❯ 1 There are failures');
    shell.press('enter');
    await shell.shows('❯ 2 Clusters');
    shell.press('down');
    await shell.shows('❯ 3 Sporadic');
    shell.press('ctrl-z');
    await shell.shows('Stopped', 'shell> ');
    expect(shell.alternate()).toBe(false);
    shell.write('echo $((6*7)) is typed to the shell\r');
    await shell.shows('42 is typed to the shell');
    shell.write('fg\r');
    await shell.shows('❯ 3 Sporadic', 'read-only');
    shell.press('up', 'enter');
    await shell.shows('Can the proxy connect');
    shell.press('q');
    await shell.shows(resume, 'shell> ');
  });

  test.each(['SIGTSTP', 'SIGSTOP'] as const)(
    'stopped from outside by %s and continued: it is drawn anew and takes keys',
    async (signal) => {
      const shell = underShell('overload');
      await shell.shows('❯ 1 There are failures');
      const wizard = Number(readFileSync(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8').trim());
      process.kill(wizard, signal);
      await shell.shows('Stopped');
      shell.write('fg\r');
      await shell.shows('❯ 1 There are failures', 'read-only');
      shell.press('down');
      await shell.shows('❯ 2 No failures');
      shell.press('q');
      await shell.shows(resume, 'shell> ');
    },
  );
});

test('the terminal is taken away: the case is saved all the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-hang-up-'));
  const told = join(folder, 'told');
  const screen = start('endless', { env: { ENDED: told } });
  await screen.shows('❯ 1 There are failures');
  screen.press('enter', 'enter');
  await screen.shows('of 20 attempts');
  screen.hangUp();
  await screen.ends();
  expect(readFileSync(told, 'utf8')).toBe('ended by SIGHUP; stopped SIGHUP');
  rmSync(folder, { recursive: true });
});
