import { describe, expect, test } from 'vitest';
import { formatUsageError, UsageError } from '../../src/errors.ts';
import { inspectFlow, readFlow } from '../../src/flow/read-flow.ts';
import { nearest } from '../../src/flow/problem.ts';
import { catalogue, smallFlow, source } from './small-flow.ts';

const points = ['A01', 'A13'];

function edited(from: string, to: string): string {
  const text = source.replace(from, to);
  if (text === source) throw new Error(`the source has no ${from}`);
  return text;
}

/** Everything that keeps the flow from running, as it is said. */
const complaints = (text: string): string[] =>
  inspectFlow(text, 'small.yaml', catalogue)
    .problems.filter((problem) => problem.severity === 'error')
    .map((problem) => formatUsageError(new UsageError(problem.message, problem.remedy, problem.place)));

function thrown(text: string): string {
  try {
    readFlow(text, 'small.yaml', catalogue);
  } catch (error) {
    if (error instanceof UsageError) return formatUsageError(error);
    throw error;
  }
  return 'nothing';
}

describe('a sound flow', () => {
  test('becomes steps with parts, scopes, routes and labels', () => {
    const flow = smallFlow();
    expect([...flow.steps.values()].map((step) => `${step.id}:${step.kind}:${step.part}`)).toEqual([
      'log:check:triage',
      'when:question:triage',
      'backends:examine:triage',
      'connect:check:suspect',
      'shape:decide:suspect',
      'which:question:suspect',
      'toggle:action:suspect',
      'backend-not-running:diagnosis:suspect',
      'backend-overloaded:diagnosis:suspect',
      'race:diagnosis:suspect',
      'undecided:diagnosis:suspect',
      'all-well:diagnosis:triage',
    ]);
    expect(flow.steps.get('log')).toEqual({
      id: 'log',
      part: 'triage',
      kind: 'check',
      check: 'error-log',
      scope: 'case',
      with: {},
      title: 'Which failures are in the log?',
      short: 'log',
      why: 'It decides what comes next.',
      covers: ['A01', 'A13'],
      byHand: { commands: ["grep AH00957 error.log | awk '{print $1}'"], reading: 'Each line is a failure.' },
      routes: {
        failures: { to: 'backends', label: 'The log has failures' },
        'no-failures': { to: 'all-well', label: 'The log has none' },
        'not-covered': { to: 'when', label: 'Too old' },
        skipped: { to: 'when', label: 'It was not carried out' },
        failed: { to: 'when', label: 'It could not be carried out' },
        'timed-out': { to: 'when', label: 'It did not end in time' },
      },
    });
    expect(flow.steps.get('connect')).toMatchObject({
      scope: 'backend',
      with: { count: 20 },
      routes: {
        connected: { label: 'Connected' },
        skipped: { to: 'undecided' },
        failed: { to: 'shape', label: 'It broke off (failed)' },
        'timed-out': { to: 'shape', label: 'It broke off (timed out)' },
      },
    });
    expect(flow.steps.get('shape')).toMatchObject({ reads: ['error-log', 'tcp-connect'], routes: { every: { label: 'All fail' } } });
    expect(flow.steps.get('toggle')).toMatchObject({ action: 'keepalive-toggle', check: 'keepalive-toggle' });
    expect(flow.steps.get('which')).toMatchObject({ default: 'unknown' });
  });

  test('has nothing to complain about', () => expect(inspectFlow(source, 'small.yaml', catalogue, { points }).problems).toEqual([]));
  test('reads the same from JSON', () => {
    const text =
      '{"id":"j","version":1,"title":"t","summary":"s","triage":"a","suspect":"a","steps":{"a":{"kind":"diagnosis","diagnosis":"undetermined"}}}';
    expect(readFlow(text, 'j.json', catalogue).steps.get('a')).toMatchObject({ diagnosis: 'undetermined', part: 'triage' });
  });
});

describe('an unsound flow is refused at its line, with the nearest word', () => {
  test.each<[string, string, string, string, string]>([
    [
      'an outcome misspelt',
      'refused: shape',
      'refusd: shape',
      'next:\n      connected: toggle',
      'check tcp-connect can end as refused, and next has no route for it. Add refused: STEP.',
    ],
    [
      'an outcome too many',
      'refused: shape',
      'refused: shape\n      refuted: shape',
      'refuted: shape',
      'check tcp-connect has no outcome refuted. The nearest that is known is refused. Possible here: connected, refused, no-answer, skipped, failed, timed-out.',
    ],
    [
      'a step misspelt',
      'refused: shape',
      'refused: shpae',
      'shpae',
      'refused leads to shpae, and there is no such step. The nearest that is known is shape.',
    ],
    [
      'a step misspelt in a map',
      '{ to: when, label',
      '{ to: wehn, label',
      'wehn',
      'not-covered leads to wehn, and there is no such step. The nearest that is known is when.',
    ],
    [
      'a step misspelt for could-not',
      'could-not: when',
      'could-not: wen',
      'wen\n',
      'skipped leads to wen, and there is no such step. The nearest that is known is when.',
    ],
    [
      'the first step misspelt',
      'triage: log',
      'triage: lgo',
      'lgo',
      'triage begins at lgo, and there is no such step. The nearest that is known is log.',
    ],
    [
      'a check misspelt',
      'check: tcp-connect',
      'check: tcp-conect',
      'tcp-conect',
      'there is no check tcp-conect. The nearest that is known is tcp-connect.',
    ],
    [
      'a parameter misspelt',
      'with: { count: 20 }',
      'with: { conut: 20 }',
      'conut',
      'check tcp-connect has no parameter conut. The nearest that is known is count.',
    ],
    [
      'a parameter of another kind',
      'with: { count: 20 }',
      'with: { count: many }',
      'many',
      'parameter count of check tcp-connect: Invalid input: expected number',
    ],
    [
      'a classifier misspelt',
      'classifier: shape',
      'classifier: shap',
      'shap\n',
      'there is no classifier shap. The nearest that is known is shape.',
    ],
    [
      'a diagnosis misspelt',
      'diagnosis: undetermined',
      'diagnosis: undetermend',
      'undetermend',
      'there is no diagnosis undetermend. The nearest that is known is undetermined.',
    ],
    ['a kind misspelt', 'kind: examine', 'kind: exmaine', 'exmaine', 'exmaine is no kind of step. The nearest that is known is examine.'],
    [
      'a key misspelt',
      '    why: Only you know.',
      '    whi: Only you know.',
      'which:\n    kind',
      'why is missing in step which. Add why: text.',
    ],
    [
      'a key too many',
      '    kind: examine',
      '    kind: examine\n    next: {}',
      'next: {}',
      'step backends has no key next. The nearest that is known is',
    ],
    [
      'a route with a misspelt key',
      'label: Too old',
      'lable: Too old',
      'lable: Too old',
      'next.not-covered has no key lable. The nearest that is known is label.',
    ],
    [
      'a route that is a list',
      'refused: shape',
      'refused: [shape]',
      '[shape]',
      'next.refused is a list where it should be a step id or {to, label}. Write the id of a step',
    ],
    [
      'an option without words',
      'recently: { to: backends, label: "Within the hour" }',
      'recently: backends',
      'backends\n      before',
      'next.recently is text where it should be a map. Write a map here.',
    ],
    [
      'a version that is a word',
      'version: 3',
      'version: three',
      'three',
      'version is text where it should be a number. Write a number here.',
    ],
    ['an empty title', 'title: When did it fail?', 'title: ""', '""\n    short: when', 'title is empty. Write at least 1 character.'],
    [
      'an id with a capital',
      '  which:\n',
      '  Which:\n',
      'Which:\n',
      'Which can not be the id of a step. Write lower-case words joined by -.',
    ],
    [
      'an id twice',
      '  which:\n',
      '  shape:\n',
      'shape:\n    kind: question',
      'shape stands here twice, first on line 47. Rename one or take it out.',
    ],
    [
      'a question without unknown',
      "      unknown: { to: undecided, label: Don't know }\n",
      '',
      'next:\n      every: { to',
      'which has no option unknown. Add unknown',
    ],
    [
      'a default that is no option',
      'default: unknown',
      'default: maybe',
      'maybe\n',
      'the default maybe is no option of which. Name one of every, unknown.',
    ],
    [
      'a circle',
      'no-answer: undecided',
      'no-answer: connect',
      'no-answer: connect',
      'the way goes round in a circle: connect → connect. Lead this route on',
    ],
    [
      'a longer circle',
      'cannot-tell: which',
      'cannot-tell: connect',
      'cannot-tell: connect',
      'the way goes round in a circle: connect → shape → connect. Lead this route on',
    ],
    [
      'a step in both parts',
      'recently: { to: backends',
      'recently: { to: shape',
      'shape:\n    kind: decide',
      'shape is reached in the triage and for each suspect. Make two steps of it, one for each part.',
    ],
    [
      'the part misnamed',
      '    kind: decide',
      '    kind: decide\n    part: triage',
      'triage\n    classifier',
      'shape is reached in the part suspect, not in triage. Write part: suspect, or leave it out.',
    ],
    [
      'could-not at a decide step',
      'clusters: backend-overloaded',
      'clusters: backend-overloaded\n      could-not: undecided',
      'could-not: undecided\n      cannot-tell',
      'a classifier can always be carried out. Route its own outcome',
    ],
    [
      'could-not left with nothing',
      'skipped: undecided',
      'skipped: undecided\n      failed: undecided\n      timed-out: undecided',
      'could-not: { to: shape',
      'could-not has nothing left to stand for. Take it out',
    ],
    [
      'an action as a check',
      'kind: action\n    action:',
      'kind: check\n    check:',
      'check\n    check: keepalive',
      'check keepalive-toggle changes or captures something and needs consent. Write kind: action',
    ],
    [
      'a check that the classifier does not read',
      'classifier: shape',
      'classifier: shape\n    reads: [keepalive-toggle]',
      'keepalive-toggle]',
      'classifier shape does not read keepalive-toggle. The nearest that is known is',
    ],
  ])('%s', (_name, from, to, at, wanted) => {
    const text = edited(from, to);
    const said = complaints(text);
    const before = text.slice(0, text.indexOf(at)).split('\n');
    const place = `small.yaml:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: `;
    expect(text).toContain(at);
    expect(said.map((one) => one.slice(0, place.length + wanted.length))).toContain(`${place}${wanted}`);
    expect(thrown(text)).toBe(said[0]);
  });
});

describe('findings that do not keep a flow from running', () => {
  test.each<[string, string, string, string]>([
    ['a step that nothing leads to', 'cannot-tell: which', 'cannot-tell: undecided', 'unreachable 57'],
    ['two choices that read the same', 'label: Before that', 'label: Within the hour', 'same-label 30'],
    ['a word that the map cuts off', 'short: how often', 'short: how often does it fail', 'long-short 51'],
    ['a point named twice', 'covers: [A01, A13]', 'covers: [A01, A01]', 'point-twice 14'],
  ])('%s', (_name, from, to, wanted) => {
    const text = edited(from, to);
    const { problems } = inspectFlow(text, 'small.yaml', catalogue, { points });
    expect(problems.map((problem) => `${problem.kind} ${problem.place.line ?? 0}`)).toEqual([wanted]);
    expect(problems[0]?.severity).toBe('warning');
    expect(thrown(text)).toBe('nothing');
  });

  test('a point that the article does not have is an error of lint', () => {
    const { problems } = inspectFlow(edited('covers: [A01, A13]', 'covers: [A01, A31]'), 'small.yaml', catalogue, { points });
    expect(problems.map((problem) => `${problem.severity} ${problem.message}`)).toEqual([
      'error log covers A31, and there is no such point',
    ]);
  });

  test('a question whose answer nothing uses', () => {
    const text = edited('every: { to: backend-not-running, label: All }', 'every: { to: undecided, label: All }');
    const { problems } = inspectFlow(text, 'small.yaml', catalogue, { points });
    expect(problems.map((problem) => problem.kind)).toEqual(['decides-nothing']);
  });
});

test('everything that is wrong is said, in the order of the file', () => {
  const text = source
    .replace('triage: log', 'triage: lgo')
    .replace('refused: shape', 'refused: shpae')
    .replace('    why: Only you know.\n', '');
  expect(inspectFlow(text, 'small.yaml', catalogue).problems.map((problem) => `${problem.place.line ?? 0} ${problem.kind}`)).toEqual([
    '5 unknown-step',
    '43 unknown-step',
    '57 missing',
  ]);
});

test('one slip is said once, though three outcomes share it', () => {
  const problems = inspectFlow(edited('could-not: when', 'could-not: wen'), 'small.yaml', catalogue).problems.filter(
    (problem) => problem.kind === 'unknown-step',
  );
  expect(problems).toHaveLength(1);
});

test.each([
  ['refusd', ['connected', 'refused', 'refuted'], 'refused'],
  ['a', ['b', 'c'], 'b'],
  ['x', [], null],
])('nearest to %s', (word, words, wanted) => expect(nearest(word, words)).toBe(wanted));
