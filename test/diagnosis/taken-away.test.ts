/** “Could not check” is never “fine”: with less evidence a case may become vaguer, never surer. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScenarioFiles, realJudges } from '../../src/commands/flow/scenarios.ts';
import { loadFlow } from '../../src/commands/load-flow.ts';
import { flowsFolder } from '../../src/shipped-files.ts';
import { judge } from '../../src/diagnosis/confidence.ts';
import { conclude } from '../../src/diagnosis/conclude.ts';
import { read, signs, type SignName } from '../../src/diagnosis/signs/all.ts';
import { viewOf } from '../../src/diagnosis/view.ts';
import type { Diagnosis } from '../../src/engine/conclusion.ts';
import type { Evidence } from '../../src/engine/evidence.ts';
import { runScenario } from '../../src/flow/scenarios/run-scenario.ts';
import { app, could, found } from './evidence.ts';

const { flow, declared, file } = loadFlow('mod-proxy-http');
const { scenarios } = readScenarioFiles(file, flow, Object.keys(declared));
const judges = realJudges(declared);
const rank = { possible: 0, likely: 1, confirmed: 2 } as const;

const confirmed = (all: readonly Diagnosis[]): string[] =>
  all.filter((one) => one.confidence === 'confirmed').map((one) => `${one.id} ${one.backend ?? ''}`);

describe('in every scenario of the shipped flow', () => {
  test('walked again without one of its sources, nothing is confirmed that was not', () => {
    const surer = scenarios.flatMap((scenario) => {
      const before = confirmed(runScenario(flow, scenario, judges).diagnoses);
      return Object.keys(scenario.given).flatMap((key) => {
        const less = { ...scenario, given: { ...scenario.given, [key]: { outcome: 'skipped', data: null } } };
        return confirmed(runScenario(flow, less, judges).diagnoses)
          .filter((one) => !before.includes(one))
          .map((one) => `${scenario.title}, without ${key}: ${one}`);
      });
    });
    expect(surer).toEqual([]);
  });

  test('concluded again without one piece of its evidence, no diagnosis becomes surer', () => {
    const surer = scenarios.flatMap((scenario) => {
      const { state } = runScenario(flow, scenario, judges);
      const before = new Map(conclude(state, declared).map((one) => [`${one.id} ${one.backend ?? ''}`, rank[one.confidence]]));
      return state.evidence.flatMap((gone) => {
        const evidence = state.evidence.map((one) => (one === gone ? could(one.check, one.subject, one.id) : one));
        return conclude({ ...state, evidence }, declared)
          .filter((one) => rank[one.confidence] > (before.get(`${one.id} ${one.backend ?? ''}`) ?? rank.confirmed))
          .map((one) => `${scenario.title}, without ${gone.check}: ${one.id} ${one.confidence}`);
      });
    });
    expect(surer).toEqual([]);
  });
});

/** Facts of the scenarios, thrown together at random: contradictory cases too. */
const library: unknown = parse(readFileSync(join(flowsFolder(), 'mod-proxy-http', 'scenarios', 'facts.yaml'), 'utf8'));
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const choices = Object.entries(isMap(library) ? library : {}).map(([check, named]) => ({
  check,
  all: isMap(named) ? Object.values(named).filter(isMap) : [],
}));
const anyCase = fc.tuple(
  fc.constantFrom('connect', 'in-flight', 'dns', 'tls', 'client', 'capacity', 'none'),
  ...choices.map(({ check, all }, index) =>
    fc
      .option(fc.constantFrom(...all), { freq: 6 })
      .map((facts): Evidence => (facts === null ? could(check, null, `e${index}`) : found(check, facts, null, `e${index}`))),
  ),
);
const names = Object.keys(signs).filter((name): name is SignName => Object.hasOwn(signs, name));

test('whatever was found: without one piece of it no sign holds that did not, and no diagnosis is surer', () => {
  expect(choices.map(({ check }) => check)).toHaveLength(15);
  fc.assert(
    fc.property(anyCase, ([mode, ...evidence]) => {
      const subject = { ...app, mode };
      const signsOf = (all: readonly Evidence[]) => read(viewOf(all, subject, null));
      const before = signsOf(evidence);
      for (const gone of evidence) {
        const after = signsOf(evidence.map((one) => (one === gone ? could(one.check, null, one.id) : one)));
        expect(names.filter((name) => after(name).state === 'yes' && before(name).state !== 'yes')).toEqual([]);
        for (const entry of Object.values(declared)) {
          const sure = (sign: typeof before): number => rank[judge(entry, sign, { overruled: false, answered: false }).confidence];
          expect(sure(after)).toBeLessThanOrEqual(sure(before));
        }
      }
    }),
    { numRuns: 150 },
  );
});
