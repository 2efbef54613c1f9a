/** Whatever the size and wherever one is: the screen is filled exactly, nothing runs over, what is cut is marked. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineText, lineWidth, type Line } from '../../src/ui/line.ts';
import type { Screen } from '../../src/ui/view.ts';
import { reached } from './reached.ts';
import { scripts, slow, overload } from './scripted/scripts.ts';

/** Rows that the list takes with the choice selected that takes most. */
function listRows({ list }: Screen): number {
  if (!list) return 0;
  const heights = list.choices.map(({ full }) => full.length);
  const extra = Math.max(0, ...heights.map((height) => height - 1));
  const shown = list.limit ?? list.choices.length;
  return 1 + (list.allFull ? heights.reduce((sum, height) => sum + height, 0) : shown + extra);
}

/** What does not fit; nothing should be listed. */
function runsOver(screen: Screen, columns: number, rows: number): readonly string[] {
  const choices = screen.list?.choices.flatMap(({ full, short }) => [...full, short]) ?? [];
  const tooWide = (lines: readonly Line[], room: number): readonly string[] => lines.filter((line) => lineWidth(line) > room).map(lineText);
  const height = screen.header.length + screen.upper.length + listRows(screen) + screen.pinned.length + 1;
  const asideHeight = screen.header.length + (screen.aside ?? []).length + 1;
  return [
    ...tooWide([...screen.header, screen.footer], columns),
    ...tooWide([...screen.upper, ...screen.pinned], screen.leftWidth),
    // Three columns stand before a choice: the pointer and its blanks.
    ...tooWide(choices, screen.leftWidth - 3),
    ...tooWide(screen.aside ?? [], columns - screen.leftWidth - 1),
    ...(Math.max(height, asideHeight) > rows ? [`${height} and ${asideHeight} rows of ${rows}`] : []),
  ];
}

const places: readonly (readonly [string, readonly string[]])[] = [
  ['the log', []],
  ['a decision', ['1']],
  ['a check', ['1', '2']],
  ['a question', ['1', '2', '2']],
  ['consent', ['1', '2', '2', '1']],
  ['the diagnosis', ['1', '2', '2', '2']],
];
const layers: readonly (readonly [string, readonly string[]])[] = [
  ['the step itself', []],
  ['the evidence', ['e']],
  ['one piece of evidence', ['e', 'enter']],
  ['commands', ['c']],
  ['the map', ['m']],
  ['help', ['?']],
  ['a note', ['n', ...'a long note that goes on and on and on and on and on and on']],
];

describe.each(places)('at %s', (_, ways) => {
  test.each(layers)('with %s on top, at every size', async (_name, keys) => {
    const all = await reached(scripts['race'] ?? overload);
    for (const way of ways) {
      all.press(way);
      await all.settle();
    }
    all.press(...keys);
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 200 }), fc.integer({ min: 12, max: 60 }), fc.nat({ max: 12 }), (columns, rows, scrolled) => {
        all.store.resize({ columns, rows });
        expect(runsOver(all.store.screen(), columns, rows)).toEqual([]);
        for (let index = 0; index < scrolled; index += 1) all.press('pagedown');
        expect(runsOver(all.store.screen(), columns, rows)).toEqual([]);
      }),
      { numRuns: 6 },
    );
  });
});

test('a window too small for anything says so, at any size, and comes back', async () => {
  const { store } = await reached(overload);
  for (let columns = 1; columns < 40; columns += 3) {
    for (let rows = 1; rows < 12; rows += 1) {
      store.resize({ columns, rows });
      expect(runsOver(store.screen(), columns, Math.max(2, rows))).toEqual([]);
    }
  }
  store.resize({ columns: 40, rows: 12 });
  expect(lineText(store.screen().upper[0] ?? [])).toContain('What does the error log say?');
});

test('what is left out is said, and scrolling brings it', async () => {
  const { store, press, text } = await reached(overload, { columns: 40, rows: 12 });
  press('1');
  const seen = new Set<string>();
  for (let page = 0; page < 12; page += 1) {
    for (const line of store.screen().upper) seen.add(lineText(line).trim());
    press('pagedown');
  }
  store.resize({ columns: 40, rows: 60 });
  // A chart has as many rows as there is room for; everything in words is the same.
  const words = store
    .screen()
    .upper.map((line) => lineText(line).trim())
    .filter((line) => /[a-z]{3}/.test(line) && !line.startsWith('all requests'));
  expect(words.filter((line) => !seen.has(line))).toEqual([]);
  expect(text()).not.toMatch(/▾|▴/);
});

test('the mode stands on every header, however narrow', async () => {
  const { store } = await reached(overload);
  for (let columns = 40; columns < 130; columns += 1) {
    store.resize({ columns, rows: 12 });
    expect(lineText(store.screen().header[0] ?? [])).toContain('read-only');
  }
});

test('while a change is live it stands on the header, with its countdown', async () => {
  const { store, session, press, settle } = await reached({ ...slow, everyMs: 2, endless: ['keepalive-toggle'] });
  for (const way of ['1', '2', '2', '1']) {
    press(way);
    await settle();
  }
  session.send({ type: 'consent', granted: true });
  while (session.view().liveChange === null) await new Promise((resolve) => setImmediate(resolve));
  store.refresh();
  for (const columns of [40, 80, 160]) {
    store.resize({ columns, rows: 24 });
    expect(lineText(store.screen().header[0] ?? [])).toMatch(/CHANGED, back (at \d\d:\d\d:\d\d \(\d:\d\d\)|in \d:\d\d)/);
  }
  store.resize({ columns: 80, rows: 24 });
  expect(store.screen().upper.map(lineText).join(' ')).toMatch(/Put back by itself when it is clear, when it gets worse, or at \d\d:\d\d:\d\d/);
  await session.stop(null);
});

test('old evidence is marked wherever it is told', async () => {
  const { text, press } = await reached({ ...overload, stale: ['e1'] });
  expect(text()).toContain('it may be out of date. r measures it again');
  press('e');
  expect(text()).toMatch(/e1 error-log.*old/);
});

test('a complaint of the session is on the screen', async () => {
  const { press, settle, text } = await reached(overload);
  press('b');
  await settle();
  expect(text()).toMatch(/✗ .*back/i);
});
