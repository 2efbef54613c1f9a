import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Diagnosis } from '../../src/engine/conclusion.ts';
import { complete, overlay, type Unfit } from '../../src/flow/scenarios/complete.ts';
import { differences } from '../../src/flow/scenarios/compare.ts';
import {
  readFactsLibrary,
  readScenarios,
  type FactsLibrary,
  type Scenario,
  type ScenarioCheck,
} from '../../src/flow/scenarios/read-scenarios.ts';
import { caughtBy, mutantsOf } from '../../src/flow/scenarios/mutants.ts';
import { runScenario, type Judges } from '../../src/flow/scenarios/run-scenario.ts';
import { formatSuite, runSuite } from '../../src/flow/scenarios/suite.ts';
import { catalogue, smallFlow } from './small-flow.ts';

const flow = smallFlow();
const facts = z.object({
  refused: z.number(),
  note: z.string(),
  times: z.array(z.object({ at: z.number(), how: z.enum(['slow', 'fast']) })),
  peer: z.object({ name: z.string() }).nullable(),
});
const checks: Readonly<Record<string, ScenarioCheck>> = Object.fromEntries(
  Object.entries(catalogue.checks).map(([name, check]) => [name, { outcomes: check.outcomes, facts }]),
);
const anyFacts = z.object({ refused: z.number() }).catch({ refused: 0 });

/** Judges as plain as the test: refused above ten is `refused`; the shape is read from the note. */
const judges: Judges = {
  checks: Object.fromEntries(
    Object.keys(catalogue.checks).map((name) => [
      name,
      {
        side: 'proxy',
        ahead: name === 'error-log',
        classify: (found) => ({
          outcome: name !== 'tcp-connect' ? 'failures' : anyFacts.parse(found).refused > 10 ? 'refused' : 'connected',
          summary: `${anyFacts.parse(found).refused} refused`,
        }),
      },
    ]),
  ),
  classify: (_step, state) => ({
    outcome: state.evidence.some((one) => one.status !== 'ok') ? 'cannot-tell' : 'every',
    because: 'all of them',
    evidence: state.evidence.map((one) => one.id),
  }),
  suspects: () => ({ subjects: [{ key: 'a:1', backend: 'a:1', mode: 'connect', failures: 3 }], leftOut: [], because: 'listed' }),
  conclude: (state) =>
    state.endings.map((ending): Diagnosis => ({
      id: ending.diagnosis,
      backend: ending.subject,
      confidence: state.evidence.some((one) => one.status !== 'ok') ? 'likely' : 'confirmed',
      ongoing: true,
      summary: '',
      evidence: [],
      for: [],
      against: [],
      open: [],
      rivals: [{ id: 'network-blocked', state: 'not-tested', because: 'nobody looked' }],
      pattern: null,
      remedies: [],
    })),
};

const read = (text: string, library: FactsLibrary = {}): ReturnType<typeof readScenarios> =>
  readScenarios(text, 's.yaml', flow, checks, catalogue.diagnoses, library);

function one(text: string, library: FactsLibrary = {}): Scenario {
  const { scenarios, problems } = read(text, library);
  const [scenario] = scenarios;
  if (!scenario || problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('; '));
  return scenario;
}

const way = (text: string): string =>
  runScenario(flow, one(text), judges)
    .path.map((visit) => `${visit.step}=${visit.outcome}`)
    .join(' ');
const head = 'title: t\nexpect: undetermined\n';

describe('a scenario walks the flow', () => {
  test.each<[string, string, string]>([
    ['by outcomes alone', `${head}given: { error-log: failures, tcp-connect: refused }`, 'log=failures connect=refused shape=every'],
    [
      'by facts that the check judges',
      `${head}given: { error-log: failures, tcp-connect: { facts: { refused: 11 } } }`,
      'log=failures connect=refused shape=every',
    ],
    ['a check that is not given is skipped', `${head}given: { error-log: failures }`, 'log=failures connect=skipped'],
    ['questions take the answers', `${head}given: {}\nanswers: { when: before }`, 'log=skipped when=before'],
    [
      'and where there is none, unknown',
      `${head}given: { tcp-connect: failed }`,
      'log=skipped when=unknown connect=failed shape=cannot-tell which=unknown',
    ],
    [
      'an answer for one suspect',
      `${head}given: { tcp-connect: failed }\nanswers: { "which@a:1": every }`,
      'log=skipped when=unknown connect=failed shape=cannot-tell which=every',
    ],
    [
      'an action without consent is skipped',
      `${head}given: { error-log: failures, tcp-connect: connected, keepalive-toggle: helped }`,
      'log=failures connect=connected toggle=skipped',
    ],
    [
      'and with it carried out',
      `${head}allow: [keepalive-toggle]\ngiven: { error-log: failures, tcp-connect: connected, keepalive-toggle: helped }`,
      'log=failures connect=connected toggle=helped',
    ],
    [
      'a decision may be given',
      `${head}given: { error-log: failures, tcp-connect: refused }\ndecided: { shape: clusters }`,
      'log=failures connect=refused shape=clusters',
    ],
    [
      'evidence may be overruled',
      `${head}given: { error-log: failures, tcp-connect: refused }\nchoose: { "connect@a:1": no-answer }`,
      'log=failures connect=no-answer',
    ],
    [
      'suspects may be given, each with its own evidence',
      `${head}suspects: [a:1, { backend: b:2, key: b:2/flight }]\ngiven: { error-log: failures, tcp-connect: no-answer, "tcp-connect@b:2/flight": refused }`,
      'log=failures connect=no-answer connect=refused shape=every',
    ],
  ])('%s', (_name, text, wanted) => expect(way(text)).toBe(wanted));

  test('several in one file', () =>
    expect(
      read(
        `scenarios:\n  - { title: a, given: {}, expect: undetermined }\n  - { title: b, given: {}, expect: undetermined }`,
      ).scenarios.map((scenario) => `${scenario.title}:${scenario.line}`),
    ).toEqual(['a:2', 'b:3']));
});

describe('facts', () => {
  const unfit: Unfit[] = [];
  test('are completed with what says nothing', () => {
    expect(complete(facts, { refused: 3, times: [{ at: 1 }], peer: {} }, [], unfit)).toEqual({
      refused: 3,
      note: '',
      times: [{ at: 1, how: 'slow' }],
      peer: { name: '' },
    });
    expect(complete(facts, {}, [], unfit)).toEqual({ refused: 0, note: '', times: [], peer: null });
    expect(unfit).toEqual([]);
  });
  test('are laid over named ones, items of lists by their number', () => {
    expect(overlay({ a: 1, b: { c: 2, d: 3 }, e: [{ f: 1 }, { f: 2 }] }, { b: { c: 9 }, e: { 1: { g: 3 } } })).toEqual({
      a: 1,
      b: { c: 9, d: 3 },
      e: [{ f: 1 }, { f: 2, g: 3 }],
    });
    expect(overlay({ e: [1] }, { e: [2, 3] })).toEqual({ e: [2, 3] });
  });
  test('named ones come from facts.yaml', () => {
    const { library } = readFactsLibrary('tcp-connect:\n  closed: { refused: 20, note: all }\n', 'facts.yaml');
    const scenario = one(`${head}given: { tcp-connect: { like: closed, facts: { note: most } } }`, library);
    expect(scenario.given['tcp-connect']?.data).toEqual({ refused: 20, note: 'most', times: [], peer: null });
  });
  test('and an outcome that contradict each other are a failure', () => {
    const scenario = one(
      'title: t\nexpect: { path: [] }\ngiven: { error-log: failures, tcp-connect: { outcome: refused, facts: { refused: 2 } } }',
    );
    expect(differences(scenario, runScenario(flow, scenario, judges))).toEqual([
      '! tcp-connect: its facts are judged connected, the scenario calls them refused',
    ]);
  });
});

describe('what a scenario names has to exist', () => {
  test.each<[string, string, string]>([
    ['a check', `${head}given: { tcp-conect: refused }`, '3:10 there is no check tcp-conect. The nearest that is known is tcp-connect.'],
    [
      'an outcome',
      `${head}given: { tcp-connect: refusd }`,
      '3:23 check tcp-connect has no outcome refusd. The nearest that is known is refused.',
    ],
    [
      'a field of the facts',
      `${head}given: { tcp-connect: { facts: { refusd: 1 } } }`,
      '3:34 the facts have no field refusd. The nearest that is known is refused.',
    ],
    [
      'a deep field of the facts',
      `${head}given: { tcp-connect: { facts: { times: [{ att: 1 }] } } }`,
      '3:44 the facts have no field times.0.att. The nearest that is known is at.',
    ],
    ['a value of the facts', `${head}given: { tcp-connect: { facts: { refused: many } } }`, '3:43 facts of tcp-connect: refused: '],
    ['named facts', `${head}given: { tcp-connect: { like: closd } }`, '3:31 facts.yaml has no facts closd of tcp-connect.'],
    [
      'a step of the path',
      'title: t\ngiven: {}\nexpect: { path: [conect=refused] }',
      '3:18 flow small has no step conect. The nearest that is known is connect.',
    ],
    [
      'an outcome of the path',
      'title: t\ngiven: {}\nexpect: { path: [connect=refusd] }',
      '3:18 step connect has no outcome refusd. The nearest that is known is refused.',
    ],
    [
      'a diagnosis',
      'title: t\ngiven: {}\nexpect: undetermind',
      '3:9 there is no diagnosis undetermind. The nearest that is known is undetermined.',
    ],
    [
      'a question',
      `${head}given: {}\nanswers: { whne: before }`,
      '4:12 flow small has no question whne. The nearest that is known is when.',
    ],
    [
      'an option',
      `${head}given: {}\nanswers: { when: befor }`,
      '4:18 question when has no option befor. The nearest that is known is before.',
    ],
    ['a key', `${head}givn: {}`, '3:1 a scenario has no key givn. The nearest that is known is given.'],
  ])('%s', (_name, text, wanted) => {
    const said = read(text).problems.map((problem) =>
      `${problem.place.line ?? 0}:${problem.place.column ?? 0} ${problem.message}. ${problem.remedy}`.slice(0, wanted.length),
    );
    expect(said).toContain(wanted);
  });
});

describe('the difference is shown', () => {
  const given = 'given: { error-log: failures, tcp-connect: refused }';
  const shown = (expectation: string): readonly string[] => {
    const scenario = one(`title: t\n${given}\nexpect: ${expectation}`);
    return differences(scenario, runScenario(flow, scenario, judges));
  };
  test.each<[string, string, readonly string[]]>([
    [
      'nothing where all holds',
      '{ diagnosis: backend-not-running, backend: "a:1", confidence: confirmed, ongoing: true, rivals: { network-blocked: not-tested }, path: [log=failures, shape], never: [undetermined] }',
      [],
    ],
    ['the diagnosis', 'undetermined', ['diagnoses', '- undetermined', '+ backend-not-running a:1 (confirmed, ongoing): another diagnosis']],
    [
      'the confidence, with the rivals that stand',
      '{ diagnosis: backend-not-running, confidence: likely }',
      [
        'diagnoses',
        '- backend-not-running (likely)',
        '+ backend-not-running a:1 (confirmed, ongoing): confirmed, not likely (rivals not refuted: network-blocked)',
      ],
    ],
    [
      'whether it goes on',
      '{ diagnosis: backend-not-running, ongoing: false }',
      ['diagnoses', '- backend-not-running (over)', '+ backend-not-running a:1 (confirmed, ongoing): ongoing, not over'],
    ],
    [
      'the pattern',
      '{ diagnosis: backend-not-running, pattern: { method: POST, path: /upload } }',
      ['diagnoses', '- backend-not-running', '+ backend-not-running a:1 (confirmed, ongoing): the pattern is none'],
    ],
    [
      'the backend',
      '{ diagnosis: backend-not-running, backend: "b:2" }',
      ['diagnoses', '- backend-not-running b:2', '+ backend-not-running a:1 (confirmed, ongoing): for a:1, not b:2'],
    ],
    [
      'one that is missing',
      '{ diagnoses: [{ diagnosis: backend-not-running }, { diagnosis: keepalive-race }] }',
      ['diagnoses', '  backend-not-running a:1 (confirmed, ongoing)', '- keepalive-race'],
    ],
    [
      'one that must not be',
      '{ never: [backend-not-running] }',
      ['+ backend-not-running a:1 (confirmed, ongoing), which must not be among the diagnoses'],
    ],
    [
      'where the ways part',
      '{ path: [log=failures, connect=no-answer, which=unknown] }',
      ['way', '  log=failures', '- connect=no-answer', '+ connect@a:1=refused   refused', '- which=unknown', '  …'],
    ],
    [
      'a step that did not come',
      '{ path: [shape=every, connect=refused] }',
      ['way', '  log=failures', '  connect@a:1=refused', '  shape@a:1=every', '- connect=refused'],
    ],
    [
      'a rival',
      '{ diagnosis: backend-not-running, rivals: { network-blocked: refuted } }',
      [
        'diagnoses',
        '- backend-not-running',
        '+ backend-not-running a:1 (confirmed, ongoing): rival network-blocked is not-tested (nobody looked), not refuted',
      ],
    ],
  ])('%s', (_name, expectation, wanted) => expect(shown(expectation)).toEqual(wanted));
});

describe('the suite', () => {
  test('says which routes no scenario walks', () => {
    const { coverage } = runSuite(flow, [one(`${head}given: { error-log: failures, tcp-connect: refused }`)], judges);
    expect(coverage.missing.map((route) => `${route.step}:${route.outcomes.join(',')}`)).toEqual([
      'log:no-failures',
      'log:not-covered',
      'log:skipped,failed,timed-out',
      'when:recently',
      'when:before',
      'when:unknown',
      'connect:connected',
      'connect:no-answer',
      'connect:skipped',
      'connect:failed,timed-out',
      'shape:clusters',
      'shape:cannot-tell',
      'which:every',
      'which:unknown',
      'toggle:helped',
      'toggle:no-change',
      'toggle:skipped,failed,timed-out',
    ]);
  });

  test('a diagnosis that gets confident because a source is missing fails', () => {
    const rash: Judges = { ...judges, conclude: (state) => judges.conclude(state).map((found) => ({ ...found, confidence: 'confirmed' })) };
    const scenario = one('title: t\ngiven: { error-log: failures, tcp-connect: refused }\nexpect: backend-not-running');
    const [result] = runSuite(flow, [scenario], rash).results;
    expect(result?.differences).toEqual([]);
    expect(result?.overconfident).toEqual([
      'without error-log it is undetermined (confirmed), which it is not',
      'without tcp-connect it is undetermined (confirmed), which it is not',
    ]);
    expect(runSuite(flow, [scenario], judges).results[0]?.overconfident).toEqual([]);
  });

  test('prints what holds, what does not, and how much was walked', () => {
    const text = formatSuite(
      runSuite(
        flow,
        [
          one('title: holds\ngiven: { error-log: failures, tcp-connect: refused }\nexpect: backend-not-running'),
          one('title: does not\ngiven: { error-log: no-failures }\nexpect: undetermined'),
        ],
        judges,
      ),
    );
    expect(text.split('\n').slice(0, 6)).toEqual([
      'ok    holds     backend-not-running (confirmed)',
      'FAIL  does not  s.yaml:1',
      '        diagnoses',
      '        - undetermined',
      '        + no-proxy-errors (confirmed, ongoing): another diagnosis',
      '',
    ]);
    expect(text).toContain('routes walked: 4 of 20 (20 %); not walked:\n  log: not-covered, could-not\n');
    expect(text.trimEnd().endsWith('2 scenarios, 1 failed')).toBe(true);
  });
});

describe('mutants', () => {
  const mutants = mutantsOf(flow);
  const walks = (scenarios: readonly Scenario[]): ReadonlyMap<Scenario, ReturnType<typeof runScenario>> =>
    new Map(scenarios.map((scenario) => [scenario, runScenario(flow, scenario, judges)]));

  test('differ from the flow in one place each', () => {
    const titles = mutants.map((mutant) => mutant.title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles).toEqual(
      expect.arrayContaining([
        'log: failures and no-failures swapped',
        'connect: refused and no-answer swapped',
        'shape left out',
        'race: concludes undetermined',
      ]),
    );
  });

  test('are caught by a scenario that passes there and expects what it finds', () => {
    const scenarios = [
      one(
        'title: down\ngiven: { error-log: failures, tcp-connect: refused }\nexpect: { diagnosis: backend-not-running, path: [log, connect, shape] }',
      ),
    ];
    const survivors = mutants
      .filter((mutant) => caughtBy(mutant, scenarios, judges, walks(scenarios)) === null)
      .map((mutant) => mutant.title);
    expect(survivors).not.toContain('log: failures and no-failures swapped');
    expect(survivors).not.toContain('shape left out');
    expect(survivors).not.toContain('backend-not-running: concludes backend-overloaded');
    expect(survivors).toContain('toggle left out');
  });
});
