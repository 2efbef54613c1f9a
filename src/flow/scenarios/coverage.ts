/** Which routes of a flow its scenarios walk. */
import { couldNotCheck } from '../../engine/evidence.ts';
import type { Flow, Outcome, StepId } from '../../engine/flow.ts';
import { routesOf } from '../../engine/paths.ts';
import type { Visit } from '../../engine/state.ts';

/** One way on from a step; the three outcomes of could-not are one where they lead to the same step. */
export interface Route {
  readonly step: StepId;
  readonly outcomes: readonly Outcome[];
  readonly to: StepId;
}

export interface Coverage {
  readonly routes: readonly Route[];
  readonly missing: readonly Route[];
}

/** The routes of a flow as its author wrote them. */
export function authoredRoutes(flow: Flow): readonly Route[] {
  return [...flow.steps.values()].flatMap((step) => {
    const routes: Route[] = [];
    const unable = new Map<StepId, Outcome[]>();
    for (const [outcome, { to }] of Object.entries(routesOf(step))) {
      const isUnable = (step.kind === 'check' || step.kind === 'action') && couldNotCheck.some((word) => word === outcome);
      if (!isUnable) routes.push({ step: step.id, outcomes: [outcome], to });
      else unable.set(to, [...(unable.get(to) ?? []), outcome]);
    }
    return [...routes, ...[...unable].map(([to, outcomes]) => ({ step: step.id, outcomes, to }))];
  });
}

/** @param ways the paths that were walked */
export function coverageOf(flow: Flow, ways: readonly (readonly Visit[])[]): Coverage {
  const walked = new Set(ways.flatMap((way) => way.map((visit) => `${visit.step}=${visit.outcome}`)));
  const routes = authoredRoutes(flow);
  return { routes, missing: routes.filter((route) => !route.outcomes.some((outcome) => walked.has(`${route.step}=${outcome}`))) };
}
