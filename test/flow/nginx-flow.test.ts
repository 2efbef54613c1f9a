/** The second flow, proven like the first: lint, every route walked by its scenarios, and each slip in it or in its diagnoses caught. */
import { describe, expect, test } from 'vitest';
import { flowLint } from '../../src/commands/flow.ts';
import { readScenarioFiles, realJudges } from '../../src/commands/flow/scenarios.ts';
import { defaultFlow } from '../../src/commands/find-flow.ts';
import { loadFlow, loadFlowText } from '../../src/commands/load-flow.ts';
import { judge } from '../../src/diagnosis/confidence.ts';
import type { Declared } from '../../src/diagnosis/declared.ts';
import type { SignName } from '../../src/diagnosis/signs/all.ts';
import { differences } from '../../src/flow/scenarios/compare.ts';
import { caughtBy, mutantsOf } from '../../src/flow/scenarios/mutants.ts';
import type { Walked } from '../../src/flow/scenarios/run-scenario.ts';
import type { Scenario } from '../../src/flow/scenarios/read-scenarios.ts';
import { formatSuite, runSuite } from '../../src/flow/scenarios/suite.ts';
import { mechanisms, refutations } from '../diagnosis/what-decides.ts';
import { weakened } from './shipped-mutants.ts';

const { flow, declared, file, source } = loadFlow('nginx-upstream');
const { scenarios, problems } = readScenarioFiles(file, flow, Object.keys(declared));
const judges = realJudges(declared);
const suite = runSuite(flow, scenarios, judges);
const walks = new Map<Scenario, Walked>(suite.results.map((result) => [result.scenario, result.walked]));

/** Signs that nginx's flow never reads: it has no toggle, and no pool that a request waits for. */
const leftOut: ReadonlySet<SignName> = new Set<SignName>(['toggle-helped', 'toggle-no-change', 'pool-exhausted']);

test('lint has nothing to complain about', () => {
  const { stdout, stderr, status } = flowLint('nginx-upstream');
  expect(stdout).toContain('nothing to complain about');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

test('every scenario holds, also with each of its sources taken away', () => {
  expect(problems).toEqual([]);
  const failed = suite.results.filter((result) => result.differences.length > 0 || result.overconfident.length > 0);
  expect(failed.length === 0 ? '' : formatSuite({ ...suite, results: failed })).toBe('');
});

test('every route is walked', () => expect(suite.coverage.missing).toEqual([]));

test('it has the diagnoses of the first flow, by the same ids', () => {
  expect(Object.keys(declared)).toEqual(Object.keys(loadFlow(defaultFlow).declared));
});

test('remedies speak of nginx', () => {
  const text = JSON.stringify(declared);
  expect(text).not.toMatch(/ProxyPass|BalancerMember|apachectl|SetEnv|disablereuse|MaxRequestWorkers/);
  expect(text).toMatch(/proxy_read_timeout/);
});

test('a case keeps its own diagnoses: the text of the flow alone brings them', () => {
  expect(loadFlowText(source, 'case 20261122-074441-0000').declared).toEqual(declared);
});

test('what belongs to nginx alone is read as nginx has it', () => {
  const dialects = [...flow.steps.values()].flatMap((step) =>
    step.kind === 'check' && ['proxy-config', 'error-log', 'access-log', 'proxy-version', 'proxy-resources'].includes(step.check)
      ? [step.with['dialect']]
      : [],
  );
  expect(new Set(dialects)).toEqual(new Set(['nginx']));
});

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

test('each slip in the flow is caught by a scenario', () => {
  const mutants = mutantsOf(flow);
  expect(mutants.length).toBeGreaterThan(100);
  expect(mutants.filter((mutant) => caughtBy(mutant, scenarios, judges, walks) === null).map((mutant) => mutant.title)).toEqual([]);
});

test('each slip in diagnoses.yaml is caught', () => {
  const uncaught = [...weakened(declared)].filter(({ id, changed }) => !isCaught(id, changed));
  // Where several signs hold at once one may hide another; those are told apart sign by sign.
  expect(uncaught.filter(({ id, changed }) => changed[id] && agrees(id, changed[id])).map(({ title }) => title)).toEqual([]);
});

/** Does a declaration still say what stands in what-decides, the signs that are left out aside? */
function agrees(id: string, entry: Declared): boolean {
  const judged = (signs: readonly SignName[]) =>
    judge(entry, (name) => ({ state: signs.includes(name) ? 'yes' : 'no', text: '', evidence: [] }), { overruled: false, answered: false });
  const { seen, unseen } = mechanisms[id] ?? { seen: [], unseen: [] };
  return (
    seen.filter((signs) => !signs.some((sign) => leftOut.has(sign))).every((signs) => judged(signs).confidence !== 'possible') &&
    unseen.every((signs) => judged(signs).confidence === 'possible') &&
    refutations.every(
      ([about, rival, sign]) =>
        about !== id || leftOut.has(sign) || judged([sign]).rivals.some((one) => one.id === rival && one.state === 'refuted'),
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
