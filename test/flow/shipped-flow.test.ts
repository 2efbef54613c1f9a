/** The flow that is shipped: proven by lint, walked whole by its scenarios, and no slip of the pen in it would go unnoticed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { flowLint, flowSchema } from '../../src/commands/flow.ts';
import { readScenarioFiles, realJudges } from '../../src/commands/flow/scenarios.ts';
import { defaultFlow } from '../../src/commands/find-flow.ts';
import { loadFlow } from '../../src/commands/load-flow.ts';
import { judge } from '../../src/diagnosis/confidence.ts';
import type { Declared } from '../../src/diagnosis/declared.ts';
import type { SignName } from '../../src/diagnosis/signs/all.ts';
import { differences } from '../../src/flow/scenarios/compare.ts';
import { caughtBy, mutantsOf } from '../../src/flow/scenarios/mutants.ts';
import { runScenario, type Walked } from '../../src/flow/scenarios/run-scenario.ts';
import type { Scenario } from '../../src/flow/scenarios/read-scenarios.ts';
import { formatSuite, runSuite } from '../../src/flow/scenarios/suite.ts';
import { mechanisms, refutations } from '../diagnosis/what-decides.ts';
import { weakened } from './shipped-mutants.ts';

const { flow, declared, file } = loadFlow(defaultFlow);
const { scenarios, problems } = readScenarioFiles(file, flow, Object.keys(declared));
const judges = realJudges(declared);
const suite = runSuite(flow, scenarios, judges);
const walks = new Map<Scenario, Walked>(suite.results.map((result) => [result.scenario, result.walked]));

test('lint has nothing to complain about, and the article is carried out whole', () => {
  const { stdout, stderr, status } = flowLint(defaultFlow);
  expect(stdout).toContain('30 of 30 points of the article; nothing to complain about');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

test('every scenario holds, also with each of its sources taken away', () => {
  expect(problems).toEqual([]);
  const failed = suite.results.filter((result) => result.differences.length > 0 || result.overconfident.length > 0);
  // The text says where and how; the list alone would not.
  expect(failed.length === 0 ? '' : formatSuite({ ...suite, results: failed })).toBe('');
});

test('every route is walked', () => expect(suite.coverage.missing).toEqual([]));

describe.each(Object.keys(declared))('%s', (id) => {
  const about = scenarios.filter((scenario) => scenario.expect.diagnoses?.some((one) => one.diagnosis === id));

  test('is expected by scenarios, with the surest confidence that its evidence can give', () => {
    const words = new Set(
      about.flatMap((scenario) => (scenario.expect.diagnoses ?? []).filter((one) => one.diagnosis === id).map((one) => one.confidence)),
    );
    expect(about.length).toBeGreaterThan(1);
    expect(words).toContain(id === 'undetermined' ? 'possible' : 'confirmed');
  });

  test('has a near miss: what looks like it and is another', () => {
    const misses = scenarios.filter((scenario) => scenario.title.startsWith('near miss') && scenario.expect.never.includes(id));
    return expect(misses.map((scenario) => scenario.title)).not.toEqual([]);
  });
});

test('each slip in the flow is caught by a scenario: routes swapped, steps left out, outcomes changed', () => {
  const mutants = mutantsOf(flow);
  expect(mutants.length).toBeGreaterThan(100);
  expect(mutants.filter((mutant) => caughtBy(mutant, scenarios, judges, walks) === null).map((mutant) => mutant.title)).toEqual([]);
});

test('each slip in diagnoses.yaml is caught: a sign left out of a mechanism, a refutation, a group, or a rival', () => {
  const uncaught = [...weakened(declared)].filter(({ id, changed }) => !isCaught(id, changed));
  // Where several signs hold at once one may hide another; those are told apart sign by sign.
  expect(uncaught.filter(({ id, changed }) => changed[id] && agrees(id, changed[id])).map(({ title }) => title)).toEqual([]);
});

/** Does a declaration still say what stands in what-decides? */
function agrees(id: string, entry: Declared): boolean {
  const judged = (signs: readonly SignName[]) =>
    judge(entry, (name) => ({ state: signs.includes(name) ? 'yes' : 'no', text: '', evidence: [] }), { overruled: false, answered: false });
  const { seen, unseen } = mechanisms[id] ?? { seen: [], unseen: [] };
  return (
    seen.every((signs) => judged(signs).confidence !== 'possible') &&
    unseen.every((signs) => judged(signs).confidence === 'possible') &&
    refutations.every(
      ([about, rival, sign]) => about !== id || judged([sign]).rivals.some((one) => one.id === rival && one.state === 'refuted'),
    )
  );
}

/** The way does not depend on what diagnoses declare: only the conclusion is drawn again, where the diagnosis is among the endings. */
function isCaught(id: string, changed: Readonly<Record<string, Declared>>): boolean {
  const { conclude } = realJudges(changed);
  return suite.results.some(({ scenario, walked }) => {
    if (!walked.endings.some((ending) => ending.diagnosis === id)) return false;
    return differences(scenario, { ...walked, diagnoses: conclude(walked.state) }).length > 0;
  });
}

describe('the schema beside the flow', () => {
  const schemaFile = join(file, '..', '..', 'flow.schema.json');

  test('is the one that `flow schema` prints', () =>
    // If not: proxy-doctor flow schema > flows/flow.schema.json
    expect(readFileSync(schemaFile, 'utf8')).toBe(flowSchema('flow').stdout));

  test('is named by the first line of the flow, for editors', () =>
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('# yaml-language-server: $schema=../flow.schema.json'));
});

test('scenarios are walked alike each time', () => {
  const [first] = scenarios;
  if (first === undefined) throw new Error('there are scenarios');
  expect(runScenario(flow, first, judges).path).toEqual(walks.get(first)?.path);
});
