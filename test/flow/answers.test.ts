import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatUsageError, UsageError } from '../../src/errors.ts';
import { answersTemplate } from '../../src/flow/answers-template.ts';
import { flowOfAnswers, readAnswers, writeAnswers, type Answers } from '../../src/flow/answers.ts';
import { answersSchema } from '../../src/flow/json-schema.ts';
import { smallFlow } from './small-flow.ts';

const flow = smallFlow();

function complaint(text: string): string {
  try {
    readAnswers(text, 'answers.yaml', flow);
  } catch (error) {
    if (error instanceof UsageError) return formatUsageError(error);
    throw error;
  }
  return 'nothing';
}

test('the form that CONTRACT shows is read', () => {
  const text = `flow: small
inputs:
  error_log: [/var/log/apache2/error.log]
  backend: [10.0.0.5:8080, "[2001:db8::1]:80"]
  access_log: /var/log/apache2/access.log
  via: { proxy: ssh px, backend: ssh web1 }
  passive: true
  since: 2h
  time_limit: 90
answers:
  when: recently
  which@10.0.0.5:8080: every
  which: unknown
allow: [keepalive-toggle]
`;
  const read = readAnswers(text, 'answers.yaml', flow);
  expect(read).toMatchObject({
    flow: 'small',
    inputs: {
      error_log: ['/var/log/apache2/error.log'],
      backend: ['10.0.0.5:8080', '[2001:db8::1]:80'],
      access_log: ['/var/log/apache2/access.log'],
      via: ['proxy=ssh px', 'backend=ssh web1'],
      passive: true,
      since: '2h',
      time_limit: '90',
    },
    answers: { when: 'recently', 'which@10.0.0.5:8080': 'every', which: 'unknown' },
    allow: ['keepalive-toggle'],
  });
  expect(read.placeOf('since')).toEqual({ file: 'answers.yaml', line: 8, column: 10 });
  expect(flowOfAnswers(text, 'answers.yaml')).toBe('small');
});

test.each([
  ['JSON', '{"flow": "small", "answers": {"when": "before"}}', { answers: { when: 'before' } }],
  ['nothing at all', '', { flow: null, inputs: {}, answers: {}, allow: [] }],
  ['empty parts', 'inputs:\nanswers:\nallow:\n', { inputs: {}, answers: {}, allow: [] }],
  ['one vantage', 'inputs: { via: { backend: ssh web1 } }', { inputs: { via: ['backend=ssh web1'] } }],
  ['a flow given as a path', 'flow: ./flows/small/flow.yaml', { flow: './flows/small/flow.yaml' }],
])('%s is read', (_name, text, wanted) => expect(readAnswers(text, 'a', flow)).toMatchObject(wanted));

describe('what is not known is refused at its line, with the nearest word', () => {
  test.each<[string, string, string]>([
    [
      'a question',
      'flow: small\nanswers:\n  whne: before',
      'answers.yaml:3:3: flow small has no question whne. The nearest that is known is when.',
    ],
    [
      'an option',
      'answers:\n  when: recent',
      'answers.yaml:2:9: question when has no option recent. The nearest that is known is recently. Possible here: recently, before, unknown.',
    ],
    [
      'an option for one backend',
      'answers:\n  which@a:1: evry',
      'answers.yaml:2:14: question which has no option evry. The nearest that is known is every.',
    ],
    [
      'a step that is no question',
      'answers:\n  log: failures',
      'answers.yaml:2:3: log is no question but a step of kind check, which evidence decides.',
    ],
    [
      'a backend for a question of the triage',
      'answers:\n  when@a:1: before',
      'answers.yaml:2:3: when is asked once, before any backend is looked at. Write when without the @',
    ],
    ['a backend without a name', 'answers:\n  which@: every', 'answers.yaml:2:3: which@ names no backend after the @.'],
    ['an input', 'inputs:\n  error-log: [a]', 'answers.yaml:2:3: inputs has no key error-log. The nearest that is known is error_log.'],
    ['a key', 'answer:\n  when: before', 'answers.yaml:1:1: an answers file has no key answer. The nearest that is known is answers.'],
    [
      'an action',
      'allow: [keepalive-togle]',
      'answers.yaml:1:9: there is no action keepalive-togle to allow. The nearest that is known is keepalive-toggle.',
    ],
    ['a flow', 'flow: nginx', 'answers.yaml:1:7: these answers are for the flow nginx, not for small.'],
    [
      'a value of the wrong kind',
      'inputs:\n  passive: perhaps',
      'answers.yaml:2:12: inputs.passive is text where it should be true or false.',
    ],
    ['a list of numbers', 'inputs:\n  backend: [8080]', 'answers.yaml:2:13: inputs.backend.0 is a number where it should be text.'],
    ['a map for an answer', 'answers:\n  when: {a: b}', 'answers.yaml:2:9: answers.when is a map where it should be'],
    ['broken YAML', 'answers: [', 'answers.yaml:1:11: no valid YAML'],
    ['a question twice', 'answers:\n  when: before\n  when: recently', 'answers.yaml:3:3: when stands here twice, first on line 2.'],
    ['control characters in a word', 'answers:\n  "wh\\e[31m": before', 'answers.yaml:2:3: flow small has no question wh\\e[31m.'],
  ])('%s', (_name, text, wanted) => expect(complaint(text).slice(0, wanted.length)).toBe(wanted));
});

const word = fc.string({ minLength: 1, maxLength: 20 });
const answers: fc.Arbitrary<Answers> = fc.record({
  flow: fc.constantFrom('small', null),
  inputs: fc.record(
    { error_log: fc.array(word, { minLength: 1, maxLength: 3 }), url: word, passive: fc.boolean(), since: word },
    { requiredKeys: [] },
  ),
  answers: fc.dictionary(fc.constantFrom('when', 'which', 'which@a:1', 'which@[2001:db8::1]:80'), fc.constant('unknown'), {
    noNullPrototype: true,
  }),
  allow: fc.uniqueArray(fc.constantFrom('keepalive-toggle', 'packet-capture')),
});

test('what --record writes is read back as it was', () => {
  fc.assert(
    fc.property(answers, (given) => {
      const { placeOf: _placeOf, ...read } = readAnswers(writeAnswers(given), 'recorded.yaml', flow);
      expect(read).toEqual(given);
    }),
  );
});

describe('the template', () => {
  const template = answersTemplate(flow);
  test('is an answers file as it stands', () =>
    expect(readAnswers(template, 'template.yaml', flow)).toMatchObject({ flow: 'small', inputs: {}, answers: {} }));
  test('is one with everything filled in', () => {
    const filled = template.replaceAll(/^ {2}# (when:|which:|- |error_log:|backend:|since:|access_log:)/gm, '  $1');
    expect(readAnswers(filled, 'template.yaml', flow)).toMatchObject({
      inputs: { backend: ['10.0.0.5:8080'] },
      answers: { when: 'recently', which: 'unknown' },
      allow: ['keepalive-toggle'],
    });
  });
  test('says of each question what it may be answered with, and when it is asked', () => {
    expect(template).toContain(
      [
        '  # When did it fail?',
        '  #   asked when log (Which failures are in the log?) ends as not-covered, skipped, failed, timed-out',
        '  #   recently  Within the hour',
        '  #   before    Before that',
        "  #   unknown   I don't know",
        '  # when: recently',
      ].join('\n'),
    );
    expect(template).toContain("unknown  Don't know (taken when nothing is said)");
  });
});

test('the schema of answers knows the questions and their options', () => {
  const schema = JSON.parse(JSON.stringify(answersSchema(flow))) as {
    properties: { answers: { properties: object; patternProperties: object }; inputs: { properties: object } };
  };
  expect(Object.keys(schema.properties.answers.properties)).toEqual(['when', 'which']);
  expect(Object.keys(schema.properties.answers.patternProperties)).toEqual(['^which@.+$']);
  expect(schema.properties.answers.properties).toMatchObject({
    when: { oneOf: [{ const: 'recently' }, { const: 'before' }, { const: 'unknown' }] },
  });
  expect(Object.keys(schema.properties.inputs.properties)).toContain('error_log');
});
