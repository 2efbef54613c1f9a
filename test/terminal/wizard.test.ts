/* oxlint-disable vitest/expect-expect -- screen.shows() fails the test, with the screen as it was */
/** The wizard in a real terminal: what a person sees and what their keys do. */
import { describe, expect, test } from 'vitest';
import { starter } from './started.ts';

const { start } = starter();

describe('the whole way, from the log to the diagnosis', () => {
  test('at 80x24', async () => {
    const screen = start('overload');
    await screen.shows('What does the error log say?', '1,204 of 9,870 requests', '❯ 1 There are failures', 'read-only', 'step 1 of ~');
    screen.press('enter');
    await screen.shows('How often do requests fail?', '❯ 2 Clusters', '← evidence', '● log failures', '◉ how often');
    screen.press('enter');
    await screen.shows('Can the proxy connect', 'web-px-2 → 10.0.0.5:8080', '✗✗✗✗✓✓✓', '❯ 2 Some are refused');
    screen.press('enter');
    await screen.shows('Do requests fail mostly after a quiet time?', 'ss -tno state established', /❯ 3 .*← nothing measured tells/);
    screen.press('1');
    await screen.shows('What would be done, in full', 'SetEnvIfExpr', '❯ 1 No: leave this out');
    screen.press('down', 'enter');
    await screen.shows('before  24 of 1,912', 'during  0 of 1,377', '❯ 1 It helped');
    screen.press('enter');
    await screen.shows('backend-overloaded', 'likely · ongoing', 'For', 'Against', 'Do this, in order');
    screen.press('q');
    expect(await screen.ends()).toEqual({ code: 0, signal: 0 });
    expect(screen.alternate()).toBe(false);
    expect(screen.text()).toMatch(/backend-overloaded \(likely\)[^]*Go on with it: proxy-doctor resume 7f3a[^]*ended by choice/);
  });

  test('at 160x50 the evidence stands beside the step', async () => {
    const screen = start('overload', { columns: 160, rows: 50 });
    await screen.shows('│ Evidence', 'e1 error-log', '❯ 1 There are failures');
    screen.press('enter', 'enter');
    await screen.shows('Can the proxy connect', 'e2 tcp-connect', 'Failures in the log');
    screen.press('enter', '2');
    await screen.shows('Do this, in order', '4 Verify');
  });

  test('at 40x12 one thing at a time, the rest behind a mark', async () => {
    const screen = start('overload', { columns: 40, rows: 12 });
    await screen.shows('What does the error log say?', /▾ \d+ more/, '❯ 1 There are failures');
    screen.press('enter');
    await screen.shows('7 bursts of 90 to 180', '❯ 2 Clusters');
    screen.press('pagedown');
    await screen.shows('connect to 10.0.0.5:8080, in 7', /▴ \d+ above/);
    screen.press('enter', 'enter', '1', 'down', 'enter', 'enter');
    await screen.shows('backend-overloaded', 'likely · ongoing');
    expect(screen.lines().every((line) => line.length <= 40)).toBe(true);
  });

  test('resized in the middle of it', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.press('enter', 'enter');
    await screen.shows('❯ 2 Some are refused');
    for (const [columns, rows] of [
      [100, 20],
      [40, 40],
      [160, 50],
      [40, 12],
      [80, 24],
    ] as const) {
      screen.resize(columns, rows);
      // As it is after the resize, and as it is drawn anew on an empty screen: nothing of the old size is left.
      await screen.shows(
        '? help',
        '❯ 2 Some are refused',
        columns >= 110 ? '│ Evidence' : columns < 60 ? /read-only +\d/ : 'proxy-doctor mod-proxy-http',
      );
      const clockless = (): string =>
        screen
          .text()
          .replaceAll(/\d\d:\d\d ?$/gm, '')
          .replaceAll(/ +$/gm, '');
      await screen.until(() => screen.lines().at(-1)?.includes('? help') === true, 'to fill its height');
      const after = clockless();
      const drawn = screen.output.length;
      screen.press('ctrl-l');
      await screen.wrote('\u001b[?1049h', drawn);
      await screen.until(() => clockless() === after, 'to be drawn anew as it was');
    }
    screen.press('enter');
    await screen.shows('Do requests fail mostly after a quiet time?');
  });
});

describe('keys', () => {
  test.each([1, 2, 3, 4, 5, 6])('a burst of down down enter takes the third choice (%i)', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.press('enter');
    await screen.shows('❯ 2 Clusters');
    screen.press('down', 'down', 'enter');
    await screen.shows('You choose: I can not tell yet');
  });

  test('typed ahead over several screens, in one write', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    // clusters; mixed; no
    screen.press('enter', 'down', 'up', 'enter', 'enter', 'up', 'enter');
    await screen.shows('backend-overloaded', '● idle no');
  });

  test('an arrow key split in the middle, also with a pause, moves by one', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.write('\u001b');
    screen.write('[B');
    await screen.shows('❯ 2 No failures');
    screen.write('\u001b[');
    // Something else on the screen shows that the program has read this before the rest comes.
    await screen.shows('❯ 2 No failures');
    screen.write('B');
    await screen.shows('❯ 3 The log does not cover');
  });

  test('an arrow key torn apart so far that its first byte was taken for Escape still moves by one', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.press('c');
    await screen.shows('By hand');
    screen.write('\u001b');
    // Escape was given out: it has closed what lay on top, which is harmless.
    await screen.shows('❯ 1 There are failures');
    screen.write('[B');
    await screen.shows('❯ 2 No failures');
    screen.write('\u001b[6');
    screen.write('~');
    screen.press('down');
    await screen.shows('❯ 3 The log does not cover');
  });

  test('Escape alone closes what lies on top, and never more', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.press('e', 'enter');
    await screen.shows('Raw lines');
    screen.press('escape');
    await screen.hides('Raw lines');
    await screen.shows('❯✓ e1');
    screen.press('escape');
    await screen.shows('❯ 1 There are failures');
    screen.press('escape');
    screen.press('m');
    await screen.shows('you are here');
  });

  test('a number takes its choice; against the evidence it asks for a word why, and goes on with it', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.press('enter');
    await screen.shows('❯ 2 Clusters');
    screen.press('1');
    await screen.shows('You choose: Every connect fails', 'The evidence favours: Clusters', 'In a word, why?');
    screen.press('enter');
    await screen.shows('A word why is needed');
    screen.write('the log is yesterday’s');
    await screen.shows('In a word, why? the log is yesterday’s');
    screen.press('enter');
    await screen.shows('● how often every!', 'Can the proxy connect');
  });

  test('pasted text is a note, never keys', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.write('\u001b[200~q\r\u001b[B\u001b[201~');
    await screen.shows('Pasted text is taken only where a line is written', '❯ 1 There are failures');
    screen.press('n');
    await screen.shows('New note:');
    screen.write('\u001b[200~two\nlines q\u001b[201~');
    screen.press('enter');
    await screen.shows('· two lines q (at log)');
  });

  test('back over several steps, forward again; what was measured stays', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.press('enter', 'enter');
    await screen.shows('❯ 2 Some are refused');
    screen.press('b', 'b');
    await screen.shows('What does the error log say?', 'your choice before', '○ how often');
    screen.press('right', 'right');
    await screen.shows('❯ 2 Some are refused', '✗✗✗✗✓✓✓');
  });

  test('a running check is skipped, and that is no finding', async () => {
    const screen = start('endless');
    await screen.shows('❯ 1 There are failures');
    screen.press('enter', 'enter');
    await screen.shows('of 20 attempts', 's skip');
    screen.press('e');
    await screen.shows('e1 error-log');
    screen.press('escape');
    await screen.shows('of 20 attempts');
    screen.press('s');
    await screen.shows('Could not be checked (skipped): given up', '← evidence');
  });

  test('the help screen is that of the table, for the place where one is', async () => {
    const screen = start('overload', { rows: 40 });
    await screen.shows('❯ 1 There are failures');
    screen.press('?');
    await screen.shows('Choosing the way (you are here)', 'asks for a word why');
    screen.press('/');
    await screen.shows('/▏');
    screen.write('osc 52');
    screen.press('enter');
    await screen.shows('1 of 2: osc 52', 'clipboard of your own terminal (OSC');
  });
});

describe('evidence', () => {
  test('a log full of escapes, marks and long lines does nothing to the screen, and is all there', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.press('e', 'enter');
    await screen.shows('\\e[2J\\e[31mred \\u202egnirts\\u202c', 'web-px-2');
    screen.press('/');
    await screen.shows('/▏');
    screen.write('end-of-the-long-line');
    screen.press('enter');
    await screen.shows('1 of 1', 'end-of-the-long-line');
    screen.press('G');
    await screen.shows(/▴ \d+ above/);
    expect(screen.lines()[0]).toContain('read-only');
  });

  test('y copies it to the clipboard of the terminal', async () => {
    const screen = start('overload');
    await screen.shows('❯ 1 There are failures');
    screen.press('e', 'enter');
    await screen.shows('Raw lines');
    screen.press('y');
    await screen.shows('Copied to the clipboard');
    const copied = /\u001b\]52;c;([^\u0007]*)\u0007/.exec(screen.output)?.[1] ?? '';
    const text = Buffer.from(copied, 'base64').toString();
    expect(text).toContain('1,204 of 9,870 requests failed to connect to 10.0.0.5:8080, in 7 clusters since 01:10');
    expect(text).toContain(`${'x'.repeat(10_000)} end-of-the-long-line`);
    expect(text).not.toContain('\u001b');
  });

  test('o opens it in the pager, and comes back', async () => {
    const screen = start('overload', { env: { PAGER: 'less' } });
    await screen.shows('❯ 1 There are failures');
    screen.press('e', 'enter');
    await screen.shows('Raw lines');
    screen.press('o');
    await screen.shows(/^:|^1,204/m);
    await screen.hides('read-only');
    screen.press('q');
    await screen.shows('Raw lines', 'read-only');
    screen.press('escape', 'escape');
    await screen.shows('❯ 1 There are failures');
  });

  test('a pager that is not there is said to be', async () => {
    const screen = start('overload', { env: { PAGER: '/no/such/pager' } });
    await screen.shows('❯ 1 There are failures');
    screen.press('e', 'o');
    await screen.shows('The pager /no/such/pager is not there');
  });
});

describe('the diagnosis', () => {
  test('remedies are ticked off, verify records, the report is written', async () => {
    const screen = start('race');
    await screen.shows('❯ 1 There are failures');
    screen.press('enter', 'enter', 'enter', '2');
    await screen.shows('keepalive-race  (1 of 2)', 'confirmed · ongoing', '❯[ ] 1 Stop the bleeding');
    screen.press('space', 'down', 'down');
    await screen.shows('[✓] 1 Stop the bleeding', '❯[ ] 3 Cap what the proxy sends');
    screen.press('v');
    await screen.shows('[✓] 4 Verify', '✓ good at');
    screen.press('tab');
    await screen.shows('backend-overloaded  (2 of 2)', 'Against');
    screen.press('w');
    await screen.shows('Write the report to which file?', 'proxy-doctor-7f3a.md');
    screen.press('enter');
    await screen.shows('Written: proxy-doctor-7f3a.md');
    screen.press('w');
    await screen.shows('File: proxy-doctor-7f3a.md');
    screen.write('\u0015/nowhere/x.md\r');
    await screen.shows('Not written: /nowhere/x.md: there is no such folder');
  });

  test('a source that could not be read is told as that, with what would make it possible', async () => {
    const screen = start('unreadable');
    await screen.shows(
      'Could not be checked (skipped): /var/log/apache2/error.log can not be read',
      'To make it possible: run as root',
      '← evidence',
    );
  });
});

describe('looks', () => {
  test('without colour nothing is coloured, and everything is still said', async () => {
    const screen = start('overload', { env: { NO_COLOR: '1' } });
    await screen.shows('❯ 1 There are failures');
    screen.press('enter', 'enter');
    await screen.shows('✗ refused  ✓ accepted');
    expect(screen.output).not.toMatch(/\u001b\[(3[0-7]|9[0-7]|4[0-7]|38|48)[;m]/);
  });

  test('in an ASCII locale nothing but ASCII is written', async () => {
    const screen = start('overload', { env: { LANG: 'C' } });
    await screen.shows('> 1 There are failures', '<- evidence');
    screen.press('enter', 'enter');
    await screen.shows('xxxx+++xxxxx', 'x refused  + accepted', 'Enter go on');
    screen.press('e', 'enter', 'escape', 'escape', 'm');
    await screen.shows('you are here');
    screen.press('q', '?');
    await screen.shows('Up Down');
    expect(screen.output).toMatch(/^[\u0000-\u007f]*$/);
  });

  test('with colour red is what is broken and the accent what is selected', async () => {
    const screen = start('overload', { env: { FORCE_COLOR: '1' } });
    await screen.shows('❯ 1 There are failures');
    screen.press('enter', 'enter');
    await screen.shows('✗ refused');
    expect(screen.output).toMatch(/\u001b\[31m✗/);
    expect(screen.output).toMatch(/\u001b\[36m.{0,12}❯/);
  });

  test('a live change is on every screen, with its countdown', async () => {
    const screen = start('slow');
    await screen.shows('❯ 1 There are failures');
    screen.press('enter', 'enter');
    await screen.shows('of 20 attempts');
    await screen.shows('❯ 2 Some are refused');
    screen.press('enter', '1', 'down', 'enter');
    await screen.shows(
      /CHANGED, back at \d\d:\d\d:\d\d \(\d:\d\d\)/,
      'before  24 of 1,912',
      'now     0 of 1,377',
      'x put it back',
      'In force for this test: SetEnv proxy-nokeepalive 1',
    );
    screen.press('K');
    await screen.shows('Keep the setting when the test has ended');
    screen.press('n');
    await screen.hides('Keep the setting when');
  });
});
