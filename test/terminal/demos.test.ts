/**
 * The whole way of each rehearsal in a real terminal, at three sizes, with the built program and its real checks: Enter after Enter to
 * the diagnosis, and out. They mostly wait for connects and idle times, so several go side by side.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { scenarios } from '../../src/demo/scenarios.ts';
import { Screen } from './screen.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const sizes = [
  [80, 24],
  [160, 50],
  [40, 12],
] as const;

/** More steps than any way has. */
const mostSteps = 40;

/** What must hold of each screen that a person is asked at. */
function faultsOf(screen: Screen): readonly string[] {
  const lines = screen.lines();
  const faults: string[] = [];
  if (!lines[0]?.includes('read-only')) faults.push('the first line does not say that nothing is changed');
  if (!lines.at(-1)?.includes('? help')) faults.push('the last line does not tell how to get help');
  if (lines.filter((line) => line.includes('❯')).length > 1) faults.push('two things are selected');
  // A finding of several lines that ends in the middle of nothing: what does not fit is behind a mark.
  if (lines.slice(0, -1).every((line) => line !== '' && !/^─|[▾▴]/.test(line)) && lines.length === 12 && !screen.text().includes('…'))
    faults.push('a full small screen without a mark for what is left out');
  return faults;
}

describe.each(sizes)('at %sx%s', (columns, rows) => {
  test.concurrent.for(scenarios.map(({ id, teaches }) => [id, teaches] as const))(
    '%s leads to %s',
    async ([id, teaches], { expect, onTestFinished }) => {
      const state = mkdtempSync(join(tmpdir(), 'proxy-doctor-demos-'));
      const screen = new Screen(process.execPath, [program, 'demo', id, '--state-dir', state], { columns, rows });
      onTestFinished(() => {
        screen.close();
        rmSync(state, { recursive: true, force: true });
      });
      const faults: string[] = [];
      const titles: string[] = [];
      const title = (): string => screen.lines()[rows < 16 ? 1 : 3] ?? '';
      const atEnd = (): boolean => screen.lines().at(-1)?.includes('v verify') === true;
      for (let step = 0; step < mostSteps && !atEnd(); step += 1) {
        await screen.until(
          () => screen.whole() && (atEnd() || (screen.text().includes('❯') && title() !== titles.at(-1))),
          'to ask or to end',
        );
        if (atEnd()) break;
        titles.push(title());
        faults.push(...faultsOf(screen).map((fault) => `${title().trim()}: ${fault}\n${screen.text()}`));
        screen.press('enter');
      }
      await screen.shows(new RegExp(`^ ${teaches}\\b\\s[^]{0,90}\\b(confirmed|likely|possible)\\b`, 'm'));
      expect(faults).toEqual([]);
      expect(titles.length).toBeGreaterThan(6);
      screen.press('q');
      expect((await screen.ends()).code).toBe(0);
      expect(screen.alternate()).toBe(false);
      expect(screen.lines().join('')).toContain('Go on with it: proxy-doctor resume');
    },
  );
});

test('in plain text, evidence that arrives beside a step is a line, and the step is not told again', async ({ expect, onTestFinished }) => {
  const state = mkdtempSync(join(tmpdir(), 'proxy-doctor-demos-'));
  const screen = new Screen(process.execPath, [program, 'demo', 'healthy', '--plain', '--state-dir', state], { columns: 100, rows: 60 });
  onTestFinished(() => {
    screen.close();
    rmSync(state, { recursive: true, force: true });
  });
  // Checks that cost nothing start ahead; the first step waits for its answer meanwhile.
  await screen.shows(
    'Enter alone takes 1',
    /\] e\d error-log: /,
    /\] e\d access-log: /,
    /\] e\d proxy-resources: /,
    /\] e\d proxy-version: /,
  );
  screen.write('n told once\r');
  await screen.shows('Noted.');
  expect(screen.text().match(/== Step 1/g)).toHaveLength(1);
  expect(screen.text().match(/Enter alone takes 1/g)).toHaveLength(1);
});
