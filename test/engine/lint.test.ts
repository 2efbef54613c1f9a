import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Flow, Route, Step } from '../../src/engine/flow.ts';
import { lint, uncovered } from '../../src/engine/lint.ts';
import { inOrder, reachableFrom, stepsLeft } from '../../src/engine/paths.ts';
import { anyFlow, check, decide, diagnosis, examine, flowOf, question, small } from './flows.ts';

/** A long sound flow: triage, then `length` decide steps in a row, each with a way out. */
function chain(length: number): Flow {
  const steps: Step[] = [examine('list')];
  for (let index = 0; index < length; index += 1)
    steps.push(decide(`s${index}`, 'suspect', ['error-log'], { on: index + 1 < length ? `s${index + 1}` : 'end', out: 'end' }));
  return flowOf('list', 's0', [...steps, diagnosis('end')]);
}

function changed(flow: Flow, id: string, change: (step: Step) => Step): Flow {
  const step = flow.steps.get(id);
  if (!step) throw new Error(`no step ${id}`);
  return { ...flow, steps: new Map([...flow.steps, [id, change(step)]]) };
}

const routed =
  (change: (routes: Readonly<Record<string, Route>>) => Record<string, Route>) =>
  (step: Step): Step =>
    'routes' in step ? { ...step, routes: change(step.routes) } : step;
const kinds = (flow: Flow): string[] => lint(flow).map((finding) => `${finding.kind} ${finding.step ?? ''}`);

test('sound flows are clean', () => {
  expect(lint(small)).toEqual([]);
  fc.assert(
    fc.property(anyFlow, (flow) => {
      expect(lint(flow).filter((finding) => finding.severity === 'error')).toEqual([]);
    }),
  );
});

describe('ten seeded defects of each kind are ten findings', () => {
  const places = [3, 17, 29, 42, 58, 66, 71, 80, 93, 97];
  const ids = places.map((place) => `s${place}`);
  const seeded = (change: (step: Step) => Step): Flow => ids.reduce((flow, id) => changed(flow, id, change), chain(100));

  test.each<[string, Flow, readonly string[]]>([
    [
      'routes to nowhere',
      seeded(routed((routes) => ({ ...routes, out: { to: 'nowhere', label: 'out' } }))),
      ids.map((id) => `unknown-step ${id}`),
    ],
    [
      'circles',
      seeded((step) => routed((routes) => ({ ...routes, out: { to: `s${Number(step.id.slice(1)) - 2}`, label: 'back' } }))(step)),
      ids.map((id) => `circle ${id}`),
    ],
    [
      'dead ends',
      {
        ...seeded((step) => step),
        steps: new Map([
          ...chain(100).steps,
          ...ids.map((id): [string, Step] => [`${id}x`, decide(`${id}x`, 'suspect', [], {})]),
          ...ids.map((id): [string, Step] => [id, decide(id, 'suspect', [], { on: `s${Number(id.slice(1)) + 1}`, out: `${id}x` })]),
        ]),
      },
      ids.map((id) => `dead-end ${id}x`),
    ],
    [
      'steps that nothing leads to',
      {
        ...chain(100),
        steps: new Map([
          ...chain(100).steps,
          ...ids.map((id): [string, Step] => [`${id}x`, decide(`${id}x`, 'suspect', [], { on: 'end', off: 'end' })]),
        ]),
      },
      ids.map((id) => `unreachable ${id}x`),
    ],
    ['missing titles', seeded((step) => ({ ...step, title: ' ' })), ids.map((id) => `missing-text ${id}`)],
    ['missing reasons', seeded((step) => ({ ...step, why: '' })), ids.map((id) => `missing-text ${id}`)],
    [
      'choices that read the same',
      seeded(
        routed((routes) =>
          Object.fromEntries(Object.entries(routes).map(([outcome, route]) => [outcome, { ...route, label: 'the same' }])),
        ),
      ),
      ids.map((id) => `same-label ${id}`),
    ],
    [
      'checks that forget could-not',
      seeded((step) => ({
        ...check(step.id, 'suspect', 'dns', { ok: `s${Number(step.id.slice(1)) + 1}` }, 'end'),
        routes: {
          ok: { to: `s${Number(step.id.slice(1)) + 1}`, label: 'ok' },
          skipped: { to: 'end', label: 's' },
          failed: { to: 'end', label: 'f' },
        },
      })),
      ids.map((id) => `unrouted ${id}`),
    ],
    [
      'questions that force to guess',
      seeded((step) => question(step.id, 'suspect', { yes: `s${Number(step.id.slice(1)) + 1}`, no: 'end' })),
      ids.map((id) => `no-unknown ${id}`),
    ],
    [
      'defaults that are no option',
      seeded((step) => ({
        ...question(step.id, 'suspect', { yes: `s${Number(step.id.slice(1)) + 1}`, unknown: 'end' }),
        default: 'maybe',
      })),
      ids.map((id) => `unknown-option ${id}`),
    ],
    ['points that do not exist', seeded((step) => ({ ...step, covers: ['A99'] })), ids.map((id) => `unknown-point ${id}`)],
  ])('%s', (_name, flow, wanted) => {
    const found = lint(flow, { points: ['A01'] }).map((finding) => `${finding.kind} ${finding.step ?? ''}`);
    expect(found.filter((one) => wanted[0]?.startsWith(one.split(' ')[0] ?? '')).sort()).toEqual([...wanted].sort());
  });
});

describe('parts', () => {
  test('a step of both parts', () => {
    const flow = changed(
      small,
      'when',
      routed((routes) => ({ ...routes, recently: { to: 'shape', label: 'recently' } })),
    );
    expect(kinds(flow)).toEqual(['part shape', 'part ask-shape']);
  });
  test('suspects listed while one is examined', () => {
    const flow = changed(
      small,
      'ask-shape',
      routed((routes) => ({ ...routes, every: { to: 'suspects', label: 'every' } })),
    );
    expect(kinds(flow)).toContain('part suspects');
  });
  test('a diagnosis may end both', () => {
    const flow = changed(
      small,
      'when',
      routed((routes) => ({ ...routes, 'long-ago': { to: 'open', label: 'long ago' } })),
    );
    expect(kinds(flow)).toEqual(['unreachable all-well']);
  });
  test('a beginning that is not there', () => expect(kinds({ ...small, triage: 'nowhere' })).toEqual(['unknown-step ']));
});

test('a question that nothing uses: no option leads elsewhere, and no decide step comes after it', () => {
  const useless = changed(
    small,
    'ask-shape',
    routed((routes) => ({ ...routes, every: { to: 'open', label: 'every' } })),
  );
  expect(kinds(useless)).toEqual(['decides-nothing ask-shape']);
  const useful = changed(
    small,
    'when',
    routed((routes) => ({ ...routes, 'long-ago': { to: 'suspects', label: 'long ago' } })),
  );
  expect(kinds(useful)).toEqual(['unreachable all-well']);
});

test('a circle is told from a way that joins again', () => {
  const diamond = flowOf('list', 'a', [
    examine('list'),
    decide('a', 'suspect', [], { x: 'b', y: 'c' }),
    decide('b', 'suspect', [], { x: 'd', y: 'end' }),
    decide('c', 'suspect', [], { x: 'd', y: 'end' }),
    decide('d', 'suspect', [], { x: 'end', y: 'other' }),
    diagnosis('end'),
    diagnosis('other'),
  ]);
  expect(kinds(diamond)).toEqual([]);
});

test('10,000 steps in a row are linted, ordered and measured without running out of stack', () => {
  const long = chain(10_000);
  expect(lint(long)).toEqual([]);
  expect(inOrder(long).order).toHaveLength(10_002);
  expect(reachableFrom(long, ['s0']).size).toBe(10_001);
  expect(stepsLeft(long, 's0')).toEqual({ fewest: 1, most: 10_000 });
  const knotted = changed(
    long,
    's9999',
    routed((routes) => ({ ...routes, on: { to: 's0', label: 'on' } })),
  );
  expect(kinds(knotted)).toEqual(['circle s9999']);
});

test.each([
  ['log', { fewest: 2, most: 5 }],
  ['connect', { fewest: 2, most: 3 }],
  ['shape', { fewest: 1, most: 2 }],
  ['down', { fewest: 0, most: 0 }],
])('steps left from %s', (id, wanted) => expect(stepsLeft(small, id)).toEqual(wanted));

test('points of the article that no step covers', () => {
  const flow = changed(small, 'log', (step) => ({ ...step, covers: ['A02'] }));
  expect(uncovered(flow, ['A01', 'A02', 'A03'])).toEqual(['A01', 'A03']);
});
