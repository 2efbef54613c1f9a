/**
 * Mutants of a flow: each differs from it in one place, as a slip of the pen would make it. Scenarios are good enough when each mutant
 * fails at least one of them.
 */
import type { Flow, Route, RoutedStep, Step, StepId } from '../../engine/flow.ts';
import { nextOf, reachableFrom } from '../../engine/paths.ts';
import { differences } from './compare.ts';
import { authoredRoutes } from './coverage.ts';
import type { Scenario } from './read-scenarios.ts';
import { runScenario, type Judges, type Walked } from './run-scenario.ts';

export interface Mutant {
  /** What was changed: `port: refused and mixed swapped`. */
  readonly title: string;
  /** Where, so that scenarios that pass there can be tried first. */
  readonly step: StepId;
  readonly flow: Flow;
}

function replaced(flow: Flow, step: Step): Flow {
  return { ...flow, steps: new Map(flow.steps).set(step.id, step) };
}

function isRouted(step: Step): step is RoutedStep {
  return step.kind !== 'diagnosis' && step.kind !== 'examine';
}

/** Two routes of a step swapped, for each pair of neighbours that lead apart. */
function swapped(flow: Flow): Mutant[] {
  const mutants: Mutant[] = [];
  const all = authoredRoutes(flow);
  for (const step of flow.steps.values()) {
    if (!isRouted(step)) continue;
    const { id } = step;
    const routes = all.filter((route) => route.step === id);
    for (const [index, one] of routes.entries()) {
      const other = routes.slice(index + 1).find((route) => route.to !== one.to);
      if (!other) continue;
      const moved: Record<string, Route> = { ...step.routes };
      for (const [outcomes, to] of [[one.outcomes, other.to] as const, [other.outcomes, one.to] as const])
        for (const outcome of outcomes) {
          const route = step.routes[outcome];
          if (route) moved[outcome] = { ...route, to };
        }
      mutants.push({
        title: `${id}: ${one.outcomes.join(', ')} and ${other.outcomes.join(', ')} swapped`,
        step: id,
        flow: replaced(flow, { ...step, routes: moved }),
      });
    }
  }
  return mutants;
}

/** A step left out: what led to it leads to where most of its own routes lead. */
function dropped(flow: Flow): Mutant[] {
  return [...flow.steps.values()].flatMap((step): Mutant[] => {
    if (!isRouted(step)) return [];
    const counts = new Map<StepId, number>();
    for (const { to } of Object.values(step.routes)) counts.set(to, (counts.get(to) ?? 0) + 1);
    const [next] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
    if (next === undefined) return [];
    const redirect = (to: StepId): StepId => (to === step.id ? next : to);
    const steps = new Map<StepId, Step>();
    for (const [id, one] of flow.steps) {
      const routes = isRouted(one)
        ? Object.fromEntries(Object.entries(one.routes).map(([outcome, route]) => [outcome, { ...route, to: redirect(route.to) }]))
        : {};
      steps.set(id, isRouted(one) ? { ...one, routes } : one);
    }
    return [
      {
        title: `${step.id} left out`,
        step: step.id,
        flow: { ...flow, triage: redirect(flow.triage), suspect: redirect(flow.suspect), steps },
      },
    ];
  });
}

/** A diagnosis named another. */
function renamed(flow: Flow): Mutant[] {
  const ends = [...flow.steps.values()].filter((step) => step.kind === 'diagnosis');
  return ends.flatMap((step, index): Mutant[] => {
    const other = ends[(index + 1) % ends.length];
    if (!other || other.diagnosis === step.diagnosis) return [];
    return [
      { title: `${step.id}: concludes ${other.diagnosis}`, step: step.id, flow: replaced(flow, { ...step, diagnosis: other.diagnosis }) },
    ];
  });
}

/** Every mutant that still is a flow: acyclic, and with steps that can be walked. */
export function mutantsOf(flow: Flow): readonly Mutant[] {
  return [...swapped(flow), ...dropped(flow), ...renamed(flow)].filter((mutant) => !circular(mutant));
}

function circular({ flow, step: id }: Mutant): boolean {
  const step = flow.steps.get(id);
  return step !== undefined && reachableFrom(flow, nextOf(flow, step)).has(id);
}

/** The first scenario that fails on the mutant; null: it survives. @param walks what the scenarios walk on the flow itself, to try the likeliest first */
export function caughtBy(
  mutant: Mutant,
  scenarios: readonly Scenario[],
  judges: Judges,
  walks: ReadonlyMap<Scenario, Walked>,
): Scenario | null {
  const passes = (scenario: Scenario): boolean => {
    const walked = walks.get(scenario);
    return (
      walked === undefined ||
      walked.path.some((visit) => visit.step === mutant.step) ||
      walked.endings.some((ending) => ending.step === mutant.step)
    );
  };
  // A scenario that never comes to the place walks the mutant as it walks the flow.
  return scenarios.filter(passes).find((scenario) => differences(scenario, runScenario(mutant.flow, scenario, judges)).length > 0) ?? null;
}
