/** The map of the real flow: every step is on it, the way walked and the place where one is can be seen at any width. */
import { expect, test } from 'vitest';
import { lineText, lineWidth } from '../../src/ui/line.ts';
import { mapText } from '../../src/ui/screens/map.ts';
import { firstState } from '../../src/ui/state.ts';
import { createTheme } from '../../src/ui/theme.ts';
import type { CheckStep, Flow, Step } from '../../src/engine/flow.ts';
import { reached } from './reached.ts';
import { smallFlow } from './scripted/flow.ts';
import { overload } from './scripted/scripts.ts';

const theme = createTheme({ LANG: 'C.UTF-8' });

test.each([40, 60, 80, 160])('at %i columns every step is drawn whole', async (width) => {
  const { session, press, settle } = await reached(overload);
  press('1');
  await settle();
  const { lines, here } = mapText({ view: session.view(), state: firstState, theme, now: 0, width, rows: 24 });
  const text = lines.map(lineText);
  expect(lines.filter((line) => lineWidth(line) > width)).toEqual([]);
  // Words may be broken over lines; no step is left out.
  const joined = text.map((line) => line.trim()).join(' ');
  for (const step of smallFlow.steps.values()) expect(joined).toContain(step.kind === 'diagnosis' ? step.diagnosis : step.short);
  expect(text[here]).toContain('◉ how often');
  expect(joined).toContain('● log: failures');
});

test('outcomes that fill a line stand above the step that they lead to', async () => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`outcome-number-${index}`, { to: 'nothing', label: 'x' }]));
  const first = smallFlow.steps.get('error-log') as CheckStep;
  const flow: Flow = {
    ...smallFlow,
    steps: new Map([...smallFlow.steps, ['error-log', { ...first, routes: { ...first.routes, ...many } }]]),
  };
  const { session } = await reached({ ...overload, flow });
  const text = mapText({ view: session.view(), state: firstState, theme, now: 0, width: 60, rows: 24 }).lines.map(lineText);
  const at = text.findIndex((line) => line.trim() === '○ no-proxy-errors (diagnosis)');
  expect(text[at - 1]).toMatch(/outcome-number-11 →$/);
  expect(text.every((line) => line.trim().length !== 1)).toBe(true);
});

test('a flow deeper than the stack of a program is drawn', async () => {
  const steps = new Map<string, Step>();
  const first = smallFlow.steps.get('error-log') as CheckStep;
  const depth = 20_000;
  for (let index = 0; index < depth; index += 1) {
    const to = index + 1 === depth ? 'nothing' : `s${index + 1}`;
    steps.set(`s${index}`, { ...first, id: `s${index}`, short: `s${index}`, routes: { only: { to, label: 'on' } } });
  }
  for (const id of ['nothing']) steps.set(id, smallFlow.steps.get(id) as Step);
  const { session } = await reached(overload);
  const view = { ...session.view(), flow: { ...smallFlow, triage: 's0', suspect: 'nothing', steps } };
  expect(mapText({ view, state: firstState, theme, now: 0, width: 80, rows: 24 }).lines.length).toBeGreaterThan(depth);
});
