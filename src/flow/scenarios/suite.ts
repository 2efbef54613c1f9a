/** All scenarios of a flow: each carried through and compared; then once more for each of its sources taken away. */
import type { Flow } from '../../engine/flow.ts';
import { differences } from './compare.ts';
import { coverageOf, type Coverage } from './coverage.ts';
import type { Scenario } from './read-scenarios.ts';
import { runScenario, type Judges, type Walked } from './run-scenario.ts';

export interface Result {
  readonly scenario: Scenario;
  readonly walked: Walked;
  /** Empty: it holds. */
  readonly differences: readonly string[];
  /** Confident diagnoses that appear only because a source of data was taken away. */
  readonly overconfident: readonly string[];
}

export interface SuiteResult {
  readonly results: readonly Result[];
  readonly coverage: Coverage;
}

export function runSuite(flow: Flow, scenarios: readonly Scenario[], judges: Judges): SuiteResult {
  const results = scenarios.map((scenario): Result => {
    const walked = runScenario(flow, scenario, judges);
    return { scenario, walked, differences: differences(scenario, walked), overconfident: overconfident(flow, scenario, walked, judges) };
  });
  return {
    results,
    coverage: coverageOf(
      flow,
      results.map((result) => result.walked.path),
    ),
  };
}

/** "Could not check" is never "fine": without one of its sources a case may become vaguer, never confidently another. */
function overconfident(flow: Flow, scenario: Scenario, walked: Walked, judges: Judges): string[] {
  const before = new Set(walked.diagnoses.map((one) => one.id));
  return Object.keys(scenario.given).flatMap((key) => {
    if (['skipped', 'failed', 'timed-out'].includes(scenario.given[key]?.outcome ?? '')) return [];
    const without = { ...scenario, given: { ...scenario.given, [key]: { outcome: 'skipped', data: null } } };
    return runScenario(flow, without, judges)
      .diagnoses.filter((one) => one.confidence === 'confirmed' && !before.has(one.id))
      .map((one) => `without ${key} it is ${one.id} (confirmed), which it is not`);
  });
}

/** The suite for people. */
export function formatSuite({ results, coverage }: SuiteResult): string {
  const width = Math.max(0, ...results.map((result) => result.scenario.title.length));
  const lines = results.flatMap((result) => {
    const good = result.differences.length === 0 && result.overconfident.length === 0;
    const found = result.walked.diagnoses.map((one) => `${one.id} (${one.confidence})`).join(', ') || 'no diagnosis';
    if (good) return [`ok    ${result.scenario.title.padEnd(width)}  ${found}`];
    return [
      `FAIL  ${result.scenario.title}  ${result.scenario.file}:${result.scenario.line}`,
      ...[...result.differences, ...result.overconfident.map((text) => `! ${text}`)].map((line) => `        ${line}`),
    ];
  });
  const failed = results.filter((result) => result.differences.length > 0 || result.overconfident.length > 0).length;
  return [
    ...lines,
    '',
    ...coverageLines(coverage),
    `${results.length} scenarios, ${failed === 0 ? 'all hold' : `${failed} failed`}`,
    '',
  ].join('\n');
}

function coverageLines({ routes, missing }: Coverage): string[] {
  const walked = routes.length - missing.length;
  const share = routes.length === 0 ? 100 : Math.floor((100 * walked) / routes.length);
  const byStep = new Map<string, string[]>();
  for (const route of missing) {
    const words = route.outcomes.length > 1 ? 'could-not' : (route.outcomes[0] ?? '');
    byStep.set(route.step, [...(byStep.get(route.step) ?? []), words]);
  }
  const head = `routes walked: ${walked} of ${routes.length} (${share} %)${missing.length > 0 ? '; not walked:' : ''}`;
  return [head, ...[...byStep].map(([step, outcomes]) => `  ${step}: ${outcomes.join(', ')}`)];
}
