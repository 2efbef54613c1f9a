import { describe, expect, test } from 'vitest';
import type { CaseEvent } from '../../src/engine/events.ts';
import type { Flow } from '../../src/engine/flow.ts';
import type { State } from '../../src/engine/state.ts';
import { derive, effectsOf, Refused } from '../../src/engine/step.ts';
import { check, chosen, diagnosis, evidence, examine, flowOf, opened, small, suggested, suspects } from './flows.ts';

const down = 'a:1';
const logSays = [opened, evidence('e1', 'error-log', null, 'failures'), chosen('log', null, 'failures', 'failures')];
const listed = [...logSays, suspects(down)];
const refused = [...listed, evidence('e2', 'tcp-connect', down, 'refused'), chosen('connect', down, 'refused', 'refused')];
const judged = [...refused, suggested('shape', down, 'every', ['e1', 'e2'])];
const ended = [...judged, chosen('shape', down, 'every', 'every')];
const concluded: CaseEvent = { type: 'concluded' };
const back: CaseEvent = { type: 'back' };
const forward: CaseEvent = { type: 'forward' };
const rerun = (step: string, subject: string | null): CaseEvent => ({ type: 'rerun', step, subject });

const state = (events: readonly CaseEvent[], flow: Flow = small): State => derive(flow, events);
const effects = (events: readonly CaseEvent[], flow: Flow = small): unknown => effectsOf(flow, state(events, flow).position);
const way = ({ path, ahead }: State): string =>
  `${path.map((visit) => `${visit.step}:${visit.outcome}`).join(' ')} | ${ahead.map((visit) => visit.step).join(' ')}`;

function complaint(events: readonly CaseEvent[], flow: Flow = small): string {
  try {
    derive(flow, events);
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
  return 'not refused';
}

describe('a case from its opening to its conclusion', () => {
  test.each<[string, readonly CaseEvent[], unknown]>([
    ['opened, it runs the first check, case-wide', [opened], [{ type: 'run-check', step: 'log', subject: null, key: 'error-log@ {}' }]],
    ['evidence does not pass a step by itself', logSays.slice(0, 2), [{ type: 'choose', step: 'log', subject: null }]],
    ['the triage ends with the list of suspects', logSays, [{ type: 'list-suspects', step: 'suspects' }]],
    [
      'each suspect begins at the first step of its part',
      listed,
      [{ type: 'run-check', step: 'connect', subject: down, key: 'tcp-connect@a:1 {}' }],
    ],
    ['a decide step is judged by its classifier', refused, [{ type: 'classify', step: 'shape', subject: down, basis: ['e1', 'e2'] }]],
    ['a judgement waits to be chosen', judged, [{ type: 'choose', step: 'shape', subject: down }]],
    ['the last suspect ends: conclude', ended, [{ type: 'conclude' }]],
    ['concluded, nothing is left to do', [...ended, concluded], []],
    [
      'a second suspect follows the first',
      [...logSays, suspects(down, 'b:2'), ...ended.slice(listed.length)],
      [{ type: 'run-check', step: 'connect', subject: 'b:2', key: 'tcp-connect@b:2 {}' }],
    ],
    ['no suspects: straight to the end', [...logSays, suspects()], [{ type: 'conclude' }]],
  ])('%s', (_name, events, wanted) => expect(effects(events)).toEqual(wanted));

  test('the path says who decided, why, and by which evidence', () => {
    expect(state(ended).path).toEqual([
      {
        step: 'log',
        subject: null,
        outcome: 'failures',
        suggested: 'failures',
        decidedBy: 'evidence',
        because: 'error-log: failures',
        evidence: ['e1'],
      },
      {
        step: 'connect',
        subject: down,
        outcome: 'refused',
        suggested: 'refused',
        decidedBy: 'evidence',
        because: 'tcp-connect: refused',
        evidence: ['e2'],
      },
      {
        step: 'shape',
        subject: down,
        outcome: 'every',
        suggested: 'every',
        decidedBy: 'evidence',
        because: 'it looks like every',
        evidence: ['e1', 'e2'],
      },
    ]);
    expect(state(ended).endings).toEqual([{ subject: down, step: 'down', diagnosis: 'down' }]);
  });

  test('triage may end the case without any suspect', () => {
    const events = [
      opened,
      evidence('e1', 'error-log', null, 'no-failures'),
      chosen('log', null, 'no-failures', 'no-failures'),
      chosen('when', null, 'long-ago', null),
    ];
    expect(state(events).endings).toEqual([{ subject: null, step: 'all-well', diagnosis: 'all-well' }]);
  });

  test('a check that could not be carried out has a route of its own', () => {
    const events = [opened, evidence('e1', 'error-log', null, 'skipped'), chosen('log', null, 'skipped', 'skipped')];
    expect(effects(events)).toEqual([{ type: 'ask', step: 'when', subject: null }]);
  });

  test('newer evidence of the same measurement supersedes the older', () => {
    const events = [...refused, evidence('e3', 'tcp-connect', down, 'refused'), evidence('e4', 'tcp-connect', 'b:2', 'refused')];
    expect(state(events).evidence.map((one) => [one.id, one.superseded ?? false])).toEqual([
      ['e1', false],
      ['e2', true],
      ['e3', false],
      ['e4', false],
    ]);
  });

  test('a case-wide check in the suspect part runs once and serves every suspect', () => {
    const flow = flowOf('list', 'version', [
      examine('list'),
      check('version', 'suspect', 'proxy-version', { old: 'end', new: 'end' }, 'end', { scope: 'case', with: { b: 1, a: 2 } }),
      diagnosis('end'),
    ]);
    const before = [opened, suspects('a:1', 'b:2')];
    expect(effects(before, flow)).toEqual([{ type: 'run-check', step: 'version', subject: null, key: 'proxy-version@ {"a":2,"b":1}' }]);
    const found = [...before, evidence('e1', 'proxy-version', null, 'old', { a: 2, b: 1 }), chosen('version', 'a:1', 'old', 'old')];
    expect(effects(found, flow)).toEqual([{ type: 'choose', step: 'version', subject: 'b:2' }]);
  });

  test('evidence that came ahead of need is there when its step is reached', () => {
    const events = [...logSays, evidence('e2', 'tcp-connect', down, 'refused'), suspects(down)];
    expect(effects(events)).toEqual([{ type: 'choose', step: 'connect', subject: down }]);
  });
});

describe('consent', () => {
  const connected = [...listed, evidence('e2', 'tcp-connect', down, 'connected'), chosen('connect', down, 'connected', 'connected')];
  const says = (granted: boolean): CaseEvent => ({ type: 'consent', action: 'keepalive-toggle', granted, by: 'operator' });
  const runs = [{ type: 'run-check', step: 'toggle', subject: down, key: 'keepalive-toggle@a:1 {}' }];

  test('is asked before an action', () =>
    expect(effects(connected)).toEqual([{ type: 'ask-consent', step: 'toggle', subject: down, action: 'keepalive-toggle' }]));
  test('granted, the action runs', () => expect(effects([...connected, says(true)])).toEqual(runs));
  test('denied, the run records that it was skipped', () => {
    expect(effects([...connected, says(false)])).toEqual(runs);
    expect(state([...connected, says(false)]).consent).toEqual({ 'keepalive-toggle': false });
  });
  test('given in advance, it is not asked', () => expect(effects([opened, says(true), ...connected.slice(1)])).toEqual(runs));
});

describe('overruling the evidence', () => {
  const overruled = [...judged, chosen('shape', down, 'clusters', 'every', 'it comes in bursts, I watched it')];

  test('leads another way, and says what was suggested and why it was overruled', () => {
    const { path, endings } = state(overruled);
    expect(path.at(-1)).toMatchObject({
      outcome: 'clusters',
      suggested: 'every',
      decidedBy: 'operator',
      because: 'it comes in bursts, I watched it',
    });
    expect(endings).toEqual([{ subject: down, step: 'load', diagnosis: 'load' }]);
  });

  test('holds while new evidence suggests the same', () => {
    const again = [...overruled, evidence('e3', 'error-log', null, 'failures'), suggested('shape', down, 'every', ['e3', 'e2'])];
    expect(state(again).endings).toEqual([{ subject: down, step: 'load', diagnosis: 'load' }]);
  });

  test('falls when new evidence changes the suggestion', () => {
    const again = [...overruled, evidence('e3', 'error-log', null, 'failures'), suggested('shape', down, 'cannot-tell', ['e3', 'e2'])];
    expect(state(again).position).toMatchObject({ kind: 'choose', step: 'shape', suggestion: { outcome: 'cannot-tell' }, chosen: null });
  });

  test('so does a choice that agreed', () => {
    const again = [...ended, evidence('e3', 'tcp-connect', down, 'connected')];
    expect(state(again).position).toMatchObject({ kind: 'choose', step: 'connect', suggestion: { outcome: 'connected' } });
  });

  test('a choice made for what the evidence no longer says is refused', () => {
    const changed = [
      ...listed,
      evidence('e2', 'tcp-connect', down, 'refused'),
      evidence('e3', 'tcp-connect', down, 'connected'),
      chosen('connect', down, 'refused', 'refused'),
    ];
    expect(complaint(changed)).toBe(
      'choosing refused at connect@a:1: the evidence favours connected by now, the choice was made when it favoured refused; look again',
    );
  });
});

describe('back and forward', () => {
  test.each<[string, readonly CaseEvent[], string]>([
    ['back shows the last step that was passed', [...ended, back], 'log:failures connect:refused | shape'],
    ['back goes on to where it all began', [...ended, back, back, back], ' | log connect shape'],
    ['forward returns', [...ended, back, back, forward], 'log:failures connect:refused | shape'],
    ['forward reaches the frontier', [...ended, back, forward], 'log:failures connect:refused shape:every | '],
    [
      'the same choice again goes one step on',
      [...ended, back, back, chosen('connect', down, 'refused', 'refused')],
      'log:failures connect:refused | shape',
    ],
    [
      'another choice changes what follows',
      [...ended, back, chosen('shape', down, 'cannot-tell', 'every', 'no')],
      'log:failures connect:refused shape:cannot-tell | ',
    ],
    [
      'the way walked before lies ahead again',
      [...ended, back, back, chosen('connect', down, 'skipped', 'refused', 'no')],
      'log:failures connect:skipped | shape',
    ],
  ])('%s', (_name, events, wanted) => expect(way(state(events))).toBe(wanted));

  test('at the cursor the earlier choice is known', () => {
    expect(state([...ended, back]).position).toMatchObject({
      kind: 'choose',
      step: 'shape',
      chosen: 'every',
      suggestion: { outcome: 'every' },
    });
  });

  test.each<[string, readonly CaseEvent[], string]>([
    ['back at the start', [opened, back], 'going back: this is the first step'],
    ['forward at the frontier', [...ended, forward], 'going forward: nothing lies ahead that was walked before'],
    [
      'choosing at a step that is not at the cursor',
      [...ended, back, chosen('connect', down, 'refused', 'refused')],
      'choosing refused at connect@a:1: the case stands at shape@a:1',
    ],
  ])('%s is refused', (_name, events, wanted) => expect(complaint(events)).toBe(wanted));

  test('the cursor stays while a step before it is judged again', () => {
    const events = [...ended, back, evidence('e3', 'error-log', null, 'failures')];
    expect(state(events).position).toMatchObject({ kind: 'classify', step: 'shape' });
    const after = [...ended, back, back, evidence('e3', 'error-log', null, 'failures')];
    expect(state(after).position).toMatchObject({ kind: 'choose', step: 'connect' });
    expect(way(state(after))).toBe('log:failures | connect');
  });
});

describe('a change of the machine', () => {
  const change = (now: 'applied' | 'reverted' | 'kept' | 'failed'): CaseEvent => ({
    type: 'change',
    id: 'c1',
    what: 'keepalive off',
    file: 'px.conf',
    state: now,
  });
  const toggling = [
    ...listed,
    evidence('e2', 'tcp-connect', down, 'connected'),
    chosen('connect', down, 'connected', 'connected'),
    { type: 'consent', action: 'keepalive-toggle', granted: true, by: 'operator' } as const,
    change('applied'),
  ];

  test('back does not cross it while it is in force', () => {
    expect(complaint([...toggling, back])).toBe('going back: keepalive off (px.conf) is still in force; put it back or keep it first');
    expect(complaint([...toggling, rerun('connect', down)])).toContain('still in force');
  });
  test.each(['reverted', 'kept'] as const)('%s, back is free again', (now) =>
    expect(way(state([...toggling, change(now), back]))).toBe('log:failures | connect'),
  );
  test('back may move on this side of it', () => {
    const beyond = [...toggling, evidence('e3', 'keepalive-toggle', down, 'helped'), chosen('toggle', down, 'helped', 'helped')];
    expect(way(state([...beyond, back]))).toBe('log:failures connect:connected | toggle');
    expect(complaint([...beyond, back, back])).toContain('still in force');
  });
  test('nor does another choice, made while one looks back', () => {
    const looking = [...toggling.slice(0, -1), back, change('applied')];
    expect(complaint([...looking, chosen('connect', down, 'refused', 'connected', 'no')])).toContain('still in force');
    expect(complaint([...looking, chosen('connect', down, 'connected', 'connected')])).toBe('not refused');
  });
  test('the case knows what became of it', () => {
    expect(state([...toggling, change('reverted')]).changes).toEqual([
      { id: 'c1', what: 'keepalive off', file: 'px.conf', state: 'reverted' },
    ]);
  });
});

describe('running a step again', () => {
  const asked = [
    ...refused,
    suggested('shape', down, 'cannot-tell', ['e1', 'e2']),
    chosen('shape', down, 'cannot-tell', 'cannot-tell'),
    chosen('ask-shape', down, 'every', null),
  ];

  test('measures anew; the old evidence stays to be read', () => {
    const again = [...ended, rerun('connect', down)];
    expect(effects(again)).toEqual([{ type: 'run-check', step: 'connect', subject: down, key: 'tcp-connect@a:1 {}' }]);
    expect(state(again).evidence.map((one) => one.superseded ?? false)).toEqual([false, true]);
  });
  test('what follows is decided again, even where the evidence says the same', () => {
    const again = [
      ...ended,
      rerun('connect', down),
      evidence('e3', 'tcp-connect', down, 'refused'),
      chosen('connect', down, 'refused', 'refused'),
    ];
    expect(effects(again)).toEqual([{ type: 'classify', step: 'shape', subject: down, basis: ['e1', 'e3'] }]);
    expect(state([...again, suggested('shape', down, 'every', ['e1', 'e3'])]).position).toMatchObject({
      kind: 'choose',
      step: 'shape',
      chosen: null,
    });
  });
  test('answers to questions stay', () => {
    const again = [
      ...asked,
      rerun('shape', down),
      suggested('shape', down, 'cannot-tell', ['e1', 'e2']),
      chosen('shape', down, 'cannot-tell', 'cannot-tell'),
    ];
    expect(state(again).endings).toEqual([{ subject: down, step: 'down', diagnosis: 'down' }]);
  });
  test('another suspect keeps its choices', () => {
    const other = ended
      .slice(listed.length)
      .map((event): CaseEvent => JSON.parse(JSON.stringify(event).replaceAll(down, 'b:2').replaceAll('"e2"', '"e3"')));
    const both = [...logSays, suspects(down, 'b:2'), ...ended.slice(listed.length), ...other];
    expect(state(both).endings).toHaveLength(2);
    const again = [
      ...both,
      rerun('connect', down),
      evidence('e4', 'tcp-connect', down, 'refused'),
      chosen('connect', down, 'refused', 'refused'),
      suggested('shape', down, 'every', ['e1', 'e4']),
      chosen('shape', down, 'every', 'every'),
    ];
    expect(state(again).endings).toHaveLength(2);
  });
  test('in the triage, the suspects are listed again', () => {
    const again = [
      ...ended,
      rerun('log', null),
      evidence('e3', 'error-log', null, 'failures'),
      chosen('log', null, 'failures', 'failures'),
    ];
    expect(effects(again)).toEqual([{ type: 'list-suspects', step: 'suspects' }]);
    expect(state([...again, suspects(down)]).position).toMatchObject({ kind: 'choose', step: 'connect', chosen: null });
    expect(state([...again, suspects('b:2')]).subjects).toMatchObject([{ key: 'b:2' }]);
  });
  test.each<[string, readonly CaseEvent[], string]>([
    ['a step off the way', [...ended, rerun('toggle', down)], 'running toggle@a:1 again: it is not on the way of this case'],
    [
      'a question',
      [...asked, rerun('ask-shape', down)],
      'running ask-shape@a:1 again: a question is answered, not measured; go back to it and answer otherwise',
    ],
    ['an unknown step', [...ended, rerun('nowhere', down)], 'running nowhere@a:1 again: flow test has no step nowhere'],
  ])('%s is refused', (_name, events, wanted) => expect(complaint(events)).toBe(wanted));
});

describe('answers', () => {
  const unclear = [opened, evidence('e1', 'error-log', null, 'no-failures'), chosen('log', null, 'no-failures', 'no-failures')];
  const answered = [
    ...unclear,
    chosen('when', null, 'recently', null),
    suspects(down),
    evidence('e2', 'tcp-connect', down, 'refused'),
    chosen('connect', down, 'refused', 'refused'),
  ];
  const judgedBy = suggested('shape', down, 'every', ['e1', 'e2', 'when=recently']);

  test('a decide step is given the answers on its way', () =>
    expect(effects(answered)).toEqual([{ type: 'classify', step: 'shape', subject: down, basis: ['e1', 'e2', 'when=recently'] }]));
  test('another answer is judged anew, and the suspects are listed again', () => {
    const other = [...answered, judgedBy, chosen('shape', down, 'every', 'every'), back, back, back, chosen('when', null, 'unknown', null)];
    expect(effects(other)).toEqual([{ type: 'list-suspects', step: 'suspects' }]);
    expect(effects([...other, suspects(down)])).toEqual([
      { type: 'classify', step: 'shape', subject: down, basis: ['e1', 'e2', 'when=unknown'] },
    ]);
  });
  test('the same answer again changes nothing', () => {
    const same = [
      ...answered,
      judgedBy,
      chosen('shape', down, 'every', 'every'),
      back,
      back,
      back,
      chosen('when', null, 'recently', null),
      forward,
      forward,
    ];
    expect(state(same).endings).toEqual([{ subject: down, step: 'down', diagnosis: 'down' }]);
  });
});

describe('after the conclusion', () => {
  const verified: CaseEvent = { type: 'verified', diagnosis: 'down', subject: down, good: true, evidence: 'e3' };
  const tested = [...ended, concluded, evidence('e3', 'tcp-connect', down, 'connected'), verified];

  test('a remedy that is verified does not change the diagnosis', () => {
    expect(state(tested)).toMatchObject({
      position: { kind: 'end', concluded: true },
      endings: [{ diagnosis: 'down' }],
      verified: [{ diagnosis: 'down', good: true, evidence: 'e3' }],
    });
    expect(state(tested).evidence.map((one) => [one.id, one.superseded ?? false, one.afterConclusion ?? false])).toEqual([
      ['e1', false, false],
      ['e2', false, false],
      ['e3', false, true],
    ]);
  });
  test('remedies are ticked off, each once, and a tick can be taken back', () => {
    const tick = (title: string, done: boolean): CaseEvent => ({ type: 'remedy', diagnosis: 'down', subject: down, title, done });
    const done = (...events: readonly CaseEvent[]): readonly string[] => state([...ended, concluded, ...events]).remediesDone.map(({ title }) => title);
    expect(done(tick('start it', true), tick('move it', true), tick('start it', true))).toEqual(['move it', 'start it']);
    expect(done(tick('start it', true), tick('move it', true), tick('start it', false))).toEqual(['move it']);
    expect(complaint([...ended, tick('start it', true)])).toBe('ticking off “start it”: the case has no conclusion yet');
  });
  test('looking back and returning leaves it concluded', () => expect(effects([...ended, concluded, back, forward])).toEqual([]));
  test('deciding otherwise has to be concluded again', () =>
    expect(effects([...ended, concluded, back, chosen('shape', down, 'clusters', 'every', 'no')])).toEqual([{ type: 'conclude' }]));
  test('running a step again opens the case again', () => {
    const again = [...tested, rerun('connect', down), evidence('e4', 'tcp-connect', down, 'connected')];
    expect(state(again).position).toMatchObject({
      kind: 'choose',
      step: 'connect',
      suggestion: { outcome: 'connected', evidence: ['e4'] },
    });
  });
  test('the conclusion is refused while a way is open', () =>
    expect(complaint([...judged, concluded])).toBe('concluding: the case stands at shape@a:1'));
});

describe('a journal that no run could have written is refused', () => {
  const outcome = (more: object): CaseEvent => {
    const event = evidence('e9', 'tcp-connect', down, 'refused');
    return event.type === 'evidence' ? { ...event, evidence: { ...event.evidence, ...more } } : event;
  };
  test.each<[string, readonly CaseEvent[], string]>([
    ['it begins with something else', [back], 'taking the event back: the case is not open yet'],
    ['it is opened twice', [opened, opened], 'opening the case: it is open already'],
    [
      'it belongs to another flow',
      [{ type: 'opened', flow: { id: 'other', version: 1, hash: 'h' } }],
      'opening the case: it belongs to flow other, this is test',
    ],
    [
      'an id of evidence comes twice',
      [...logSays, evidence('e1', 'tcp-connect', down, 'refused')],
      'recording evidence e1 of tcp-connect: that id is taken',
    ],
    [
      'a check has a word of could-not as its outcome',
      [...logSays, outcome({ outcome: 'skipped' })],
      'recording evidence e9 of tcp-connect: outcome skipped is kept for checks that could not be carried out, and its status is ok',
    ],
    [
      'status and outcome contradict',
      [...logSays, outcome({ status: 'failed' })],
      'recording evidence e9 of tcp-connect: status failed and outcome refused contradict each other',
    ],
    [
      'an outcome has no route',
      [...logSays, outcome({ outcome: 'mixed' })],
      'recording evidence e9 of tcp-connect: connect has no outcome mixed; it has refused, connected, skipped, failed, timed-out',
    ],
    [
      'a check step is suggested',
      [...listed, suggested('connect', down, 'refused', [])],
      'suggesting refused at connect@a:1: it is a step of kind check; only a decide step is judged by a classifier',
    ],
    [
      'a judgement rests on evidence that is not there',
      [...refused, suggested('shape', down, 'every', ['e7'])],
      'suggesting every at shape@a:1: it rests on e7, and there is no such evidence',
    ],
    [
      'suspects are listed twice',
      [...listed, suspects(down)],
      'listing the suspects: they are listed already; run a step of the triage again first',
    ],
    ['one suspect is listed twice', [...logSays, suspects(down, down)], 'listing the suspects: a:1 is in the list twice'],
    [
      'an option does not exist',
      [...listed.slice(0, 1), chosen('when', null, 'maybe', null)],
      'choosing maybe at when: when has no outcome maybe; it has recently, long-ago, unknown',
    ],
    [
      'a choice comes before the check has ended',
      [...listed, chosen('connect', down, 'refused', 'refused')],
      'choosing refused at connect@a:1: the check at connect@a:1 has not ended',
    ],
    [
      'a remedy is verified before the conclusion',
      [...ended, { type: 'verified', diagnosis: 'down', subject: down, good: true, evidence: 'e1' }],
      'recording that down was verified: the case has no conclusion yet',
    ],
    ['a note is on no step', [opened, { type: 'note', text: 'x', step: 'nowhere' }], 'adding a note: flow test has no step nowhere'],
  ])('%s', (_name, events, wanted) => expect(complaint(events)).toBe(wanted));
});

test('a check that was started and has no evidence is known to be unfinished', () => {
  const started: CaseEvent = { type: 'started', key: 'error-log@ {}', check: 'error-log', subject: null };
  expect(state([opened, started, { type: 'interrupted', signal: 'SIGKILL' }]).unfinished).toEqual([
    { key: 'error-log@ {}', check: 'error-log', subject: null },
  ]);
  expect(state([opened, started, evidence('e1', 'error-log', null, 'failures')]).unfinished).toEqual([]);
});

test('two subjects on one backend have evidence of their own', () => {
  const events = [
    ...logSays,
    suspects('a:1', 'a:1/flight'),
    evidence('e2', 'tcp-connect', 'a:1', 'refused'),
    evidence('e3', 'tcp-connect', 'a:1/flight', 'connected'),
  ];
  const first = [...events, chosen('connect', 'a:1', 'refused', 'refused')];
  expect(effects(first)).toEqual([{ type: 'classify', step: 'shape', subject: 'a:1', basis: ['e1', 'e2'] }]);
});
