/** `flow test`: the scenarios beside a flow, judged by the real checks, classifiers and conclusion. */
import { dirname, join } from 'node:path';
import type { Check } from '../../checks/check.ts';
import { checks } from '../../checks/registry.ts';
import { classifiers } from '../../diagnosis/classifiers/all.ts';
import { answersOf, conclude } from '../../diagnosis/conclude.ts';
import type { Declared } from '../../diagnosis/declared.ts';
import { read } from '../../diagnosis/signs/all.ts';
import { listSuspects } from '../../diagnosis/suspects.ts';
import { viewOf } from '../../diagnosis/view.ts';
import type { Flow } from '../../engine/flow.ts';
import type { Problem } from '../../flow/problem.ts';
import { readFactsLibrary, readScenarios, type Scenario } from '../../flow/scenarios/read-scenarios.ts';
import type { Judges } from '../../flow/scenarios/run-scenario.ts';
import { isThere, namesIn } from '../../shipped-files.ts';
import { readText, shown } from './read.ts';

const factsFile = 'facts.yaml';

/** The program's own judgement, as a run uses it. */
export function realJudges(declared: Readonly<Record<string, Declared>>, all: Readonly<Record<string, Check>> = checks): Judges {
  return {
    checks: Object.fromEntries(
      Object.entries(all).map(([name, check]) => [
        name,
        {
          side: check.side,
          ahead: check.scope === 'case' && check.load === 'none',
          classify: (facts, subject) => check.classify(facts, subject),
        },
      ]),
    ),
    classify: (step, state, subject) => {
      const classifier = classifiers[step.classifier];
      if (!classifier) throw new Error(`step ${step.id}: there is no classifier ${step.classifier}`);
      const view = viewOf(state.evidence, subject, step.reads, answersOf(state.path, subject?.key ?? null));
      return classifier.classify(view, read(view));
    },
    suspects: (state) => listSuspects(viewOf(state.evidence, null, null, answersOf(state.path, null)), []),
    conclude: (state) => conclude(state, declared),
  };
}

export interface ScenarioFiles {
  readonly folder: string;
  readonly scenarios: readonly Scenario[];
  readonly problems: readonly Problem[];
}

/** Every scenario beside a flow file, in the order of the files' names. */
export function readScenarioFiles(flowFile: string, flow: Flow, diagnoses: readonly string[]): ScenarioFiles {
  const folder = join(dirname(flowFile), 'scenarios');
  const names = isThere(folder) ? namesIn(folder).filter((name) => /\.(ya?ml|json)$/.test(name)) : [];
  const facts = names.includes(factsFile)
    ? readFactsLibrary(readText(join(folder, factsFile)), shown(join(folder, factsFile)))
    : { library: {}, problems: [] };
  const files = names.filter((name) => name !== factsFile).sort();
  const read = files.map((name) =>
    readScenarios(readText(join(folder, name)), shown(join(folder, name)), flow, checks, diagnoses, facts.library),
  );
  return { folder, scenarios: read.flatMap((one) => one.scenarios), problems: [...facts.problems, ...read.flatMap((one) => one.problems)] };
}
