/** Who is examined, for what, in which order, and who is left out. */
import { describe, expect, test } from 'vitest';
import { listSuspects, mostSuspects } from '../../src/diagnosis/suspects.ts';
import { viewOf } from '../../src/diagnosis/view.ts';
import type { Evidence } from '../../src/engine/evidence.ts';
import { could, found } from './evidence.ts';

type Facts = Readonly<Record<string, unknown>>;

const failing = (backend: string, byMode: Readonly<Record<string, number>>, more: Facts = {}): Facts => ({
  backend,
  byMode,
  failures: Object.values(byMode).reduce((sum, count) => sum + count, 0),
  ...more,
});
const logOf = (backends: readonly Facts[], more: Facts = {}): Evidence =>
  found('error-log', { window: { covered: true }, backends, ...more });
const configOf = (...backends: readonly (readonly [backend: string, scheme: string])[]): Evidence =>
  found('proxy-config', { backends: backends.map(([backend, scheme]) => ({ backend, scheme })) }, null, 'e2');

function listed(
  evidence: readonly Evidence[],
  given: readonly string[] = [],
  answers: Readonly<Record<string, string>> = {},
): readonly string[] {
  return listSuspects(viewOf(evidence, null, null, answers), given).subjects.map(
    (subject) => `${subject.key} ${subject.mode} ${subject.failures}`,
  );
}

describe('order', () => {
  test.each<[string, readonly Facts[], readonly string[]]>([
    ['most failures first', [failing('a:1', { connect: 3 }), failing('b:1', { connect: 9 })], ['b:1 connect 9', 'a:1 connect 3']],
    [
      'what goes on stands before what is over',
      [failing('a:1', { connect: 90 }, { ongoing: false }), failing('b:1', { connect: 3 }, { ongoing: true })],
      ['b:1 connect 3', 'a:1 connect 90'],
    ],
    [
      'equals by name, so that two runs agree',
      [failing('b:1', { connect: 3 }), failing('a:1', { connect: 3 })],
      ['a:1 connect 3', 'b:1 connect 3'],
    ],
    ['without failures it is no suspect', [failing('a:1', { connect: 3 }), failing('b:1', {})], ['a:1 connect 3']],
    ['its commonest kind of failure is what it is examined for', [failing('a:1', { connect: 3, 'in-flight': 4 })], ['a:1 in-flight 4']],
  ])('%s', (_name, backends, wanted) => expect(listed([logOf(backends)])).toEqual(wanted));
});

describe('a second kind of failure', () => {
  test.each<[string, Readonly<Record<string, number>>, readonly string[]]>([
    ['a quarter of the failures, and five', { connect: 15, 'in-flight': 5 }, ['a:1 connect 15', 'a:1/in-flight in-flight 5']],
    ['less than a quarter', { connect: 16, 'in-flight': 5 }, ['a:1 connect 16']],
    ['fewer than five', { connect: 5, 'in-flight': 4 }, ['a:1 connect 5']],
    ['failures of no kind are none', { connect: 6, none: 60 }, ['a:1 connect 6']],
  ])('%s', (_name, byMode, wanted) => expect(listed([logOf([failing('a:1', byMode)])])).toEqual(wanted));
});

describe('a second kind of failure that came at other times', () => {
  const aside = (count: number): readonly string[] =>
    listed([logOf([failing('a:1', { connect: 400, 'in-flight': 12 }, { times: { connect: { aside: 400 }, 'in-flight': { aside: count } } })])]);
  test('is a suspect however few it is of all', () => expect(aside(5)).toEqual(['a:1 connect 400', 'a:1/in-flight in-flight 12']));
  test('fewer than five of them may be chance', () => expect(aside(4)).toEqual(['a:1 connect 400']));
});

describe('failures in flight that fall into parts', () => {
  const parts = [
    { part: 'timeouts', failures: 20 },
    { part: 'drops', failures: 30 },
  ];
  test('each is a suspect of its own, the greater one first', () => {
    const { subjects } = listSuspects(viewOf([logOf([failing('a:1', { 'in-flight': 50 }, { parts })])], null, null), []);
    expect(subjects).toEqual([
      { key: 'a:1', backend: 'a:1', mode: 'in-flight', part: 'drops', failures: 30 },
      { key: 'a:1/in-flight-timeouts', backend: 'a:1', mode: 'in-flight', part: 'timeouts', failures: 20 },
    ]);
  });
  test('beside a commoner kind of failure', () =>
    expect(listed([logOf([failing('a:1', { connect: 90, 'in-flight': 50 }, { parts })])])).toEqual([
      'a:1 connect 90',
      'a:1/in-flight in-flight 30',
      'a:1/in-flight-timeouts in-flight 20',
    ]));
  test('one part alone is no part', () => {
    const { subjects } = listSuspects(viewOf([logOf([failing('a:1', { 'in-flight': 50 }, { parts: parts.slice(1) })])], null, null), []);
    expect(subjects).toEqual([{ key: 'a:1', backend: 'a:1', mode: 'in-flight', failures: 50 }]);
  });
});

test('at most five are examined, and the others are named', () => {
  const many = Array.from({ length: mostSuspects + 2 }, (_one, index) => failing(`a:${index}`, { connect: 100 - index }));
  const { subjects, leftOut } = listSuspects(viewOf([logOf(many)], null, null), []);
  expect(subjects.map((one) => one.backend)).toEqual(['a:0', 'a:1', 'a:2', 'a:3', 'a:4']);
  expect(leftOut.map((one) => one.backend)).toEqual(['a:5', 'a:6']);
});

test('where there are more, each backend comes before a second kind of failure of one', () => {
  const many = Array.from({ length: mostSuspects }, (_one, index) => failing(`a:${index}`, { connect: 100 - index, 'in-flight': 50 }));
  expect(listed([logOf(many)])).toEqual(many.map((_one, index) => `a:${index} connect ${100 - index}`));
});

describe('limits of the proxy itself', () => {
  test('stand beside the worst backend', () =>
    expect(listed([logOf([failing('a:1', { connect: 3 })], { capacityCount: 2 })])).toEqual(['a:1 connect 3', 'a:1/capacity capacity 2']));
  test('alone, beside one that is configured', () =>
    expect(listed([logOf([], { capacityCount: 1 }), configOf(['a:1', 'http'])])[0]).toBe('a:1/capacity capacity 1'));
  test('once, where a backend has such failures of its own', () =>
    expect(listed([logOf([failing('a:1', { capacity: 9 })], { capacityCount: 1 })])).toEqual(['a:1 capacity 9']));
});

describe('nothing in the log', () => {
  const silent = logOf([]);
  test('the configured backends are examined live', () =>
    expect(listed([silent, configOf(['a:1', 'http'], ['b:1', 'https'])])).toEqual(['a:1 none 0', 'b:1 none 0']));
  test('once each, and those of other protocols not', () =>
    expect(listed([silent, configOf(['a:1', 'http'], ['a:1', 'http'], ['c:1', 'fcgi'])])).toEqual(['a:1 none 0']));
  test('quiet backends are left alone while another fails', () =>
    expect(listed([logOf([failing('a:1', { connect: 3 })]), configOf(['a:1', 'http'], ['b:1', 'http'])])).toEqual(['a:1 connect 3']));
  test('nobody is known', () => {
    const { subjects, because } = listSuspects(viewOf([silent], null, null), []);
    expect(subjects).toEqual([]);
    expect(because).toContain('no backend is known');
  });
  test.each([
    ['connect-refused', 'connect'],
    ['connect-timeout', 'connect'],
    ['body-failed', 'in-flight'],
    ['status-line-failed', 'in-flight'],
    ['dns-failed', 'dns'],
    ['tls-failed', 'tls'],
    ['client-upload', 'client'],
    ['capacity', 'capacity'],
    ['unknown', 'none'],
  ])('the symptom %s is examined as %s', (symptom, mode) =>
    expect(listed([could('error-log'), configOf(['a:1', 'http'])], [], { symptom })).toEqual([`a:1 ${mode} 0`]),
  );
});

describe('backends named by an option', () => {
  const both = logOf([failing('a:1', { connect: 9 }, { names: ['app.example:1'] }), failing('b:1', { connect: 3 })]);
  test('are examined alone', () => expect(listed([both], ['b:1'])).toEqual(['b:1 connect 3']));
  test('by any of their names', () => expect(listed([both], ['app.example:1'])).toEqual(['a:1 connect 9']));
  test('also without a failure', () => expect(listed([both], ['b:1', 'c:1'])).toEqual(['b:1 connect 3', 'c:1 none 0']));
});
