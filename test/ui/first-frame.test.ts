/** The first screen is made of fewer parts than the others; it must be the one that those would make. */
import { describe, expect, test } from 'vitest';
import { flowIds } from '../../src/commands/find-flow.ts';
import { loadFlow } from '../../src/commands/load-flow.ts';
import { firstView } from '../../src/run/first-view.ts';
import { fill } from '../../src/ui/arrange.ts';
import { firstFrame } from '../../src/ui/first-frame.ts';
import { lineText, lineWidth, span, type Line } from '../../src/ui/line.ts';
import { firstState, type Size } from '../../src/ui/state.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { screenOf } from '../../src/ui/view.ts';

const startedAt = Date.UTC(2026, 10, 22, 7, 44, 41);
const flows = flowIds().map((id) => [id, loadFlow(id).flow] as const);
const themes = [createTheme({ LANG: 'C.UTF-8' }), createTheme({ LANG: 'C' })];
const bare = (line: Line): string => JSON.stringify(line.filter(({ text }) => text !== ''));

describe.each(flows)('%s', (_, flow) => {
  const view = firstView(flow, '', 'web-px-2', startedAt);

  test.each(themes)('line for line what the wizard draws, at every size (unicode: $unicode)', (theme) => {
    const now = startedAt + 1400;
    for (let columns = 20; columns <= 170; columns += columns < 120 ? 3 : 10)
      for (let rows = 6; rows <= 52; rows += rows < 20 ? 1 : 8) {
        const size: Size = { columns, rows };
        const { header, upper, aside, leftWidth, footer } = screenOf({ view, state: firstState, theme, now, size });
        const beside = upper.map((line, row): Line => {
          if (aside === null) return line;
          return [...line, span(' '.repeat(leftWidth - lineWidth(line))), span(theme.sign('wall'), 'quiet'), ...(aside[row] ?? [])];
        });
        const screen = [...fill([...header, ...beside], rows - 1), footer];
        expect(firstFrame(view, theme, now, size).map(bare)).toEqual(screen.map(bare));
      }
  });

  test('says where one is, what is looked at and why', () => {
    const text = firstFrame(view, createTheme({ LANG: 'C.UTF-8' }), startedAt, { columns: 80, rows: 24 }).map(lineText).join('\n');
    const position = view.state.position;
    const first = 'step' in position ? flow.steps.get(position.step) : undefined;
    for (const wanted of [`proxy-doctor ${flow.id}`, 'web-px-2', 'read-only', 'step 1 of ~', first?.title ?? 'no first step', (first?.why ?? 'no reason').slice(0, 40), '? help']) expect(text).toContain(wanted);
  });
});
