/** The flow as a graph: what follows what, how far it is to an end. Iterative throughout: flows may be 10,000 steps deep. */
import type { ActionStep, CheckStep, Flow, Outcome, Route, Step, StepId } from './flow.ts';

export interface Edge {
  readonly from: StepId;
  readonly outcome: Outcome;
  readonly to: StepId;
  readonly label: string;
}

/** The routes of a step; none at an end. */
export function routesOf(step: Step): Readonly<Record<Outcome, Route>> {
  return step.kind === 'diagnosis' || step.kind === 'examine' ? {} : step.routes;
}

/** Every route of the flow. */
export function edgesOf(flow: Flow): readonly Edge[] {
  return [...flow.steps.values()].flatMap((step) =>
    Object.entries(routesOf(step)).map(([outcome, { to, label }]) => ({ from: step.id, outcome, to, label })),
  );
}

/** Steps that can come directly after this one; `examine` is followed by the first step of the suspect part. */
export function nextOf(flow: Flow, step: Step): readonly StepId[] {
  if (step.kind === 'examine') return [flow.suspect];
  return [...new Set(Object.values(routesOf(step)).map((route) => route.to))];
}

/** All steps that can be reached from these, themselves included. */
export function reachableFrom(flow: Flow, starts: readonly StepId[]): ReadonlySet<StepId> {
  const seen = new Set(starts);
  const open = [...seen];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = flow.steps.get(id);
    for (const next of step ? nextOf(flow, step) : []) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen;
}

/**
 * The steps so that each stands before what follows it. `cyclic` holds steps that lie on a circle or behind one (empty for a
 * sound flow); they are missing in `order`.
 */
export function inOrder(flow: Flow): { readonly order: readonly Step[]; readonly cyclic: readonly StepId[] } {
  const waitsFor = new Map<StepId, number>([...flow.steps.keys()].map((id) => [id, 0]));
  for (const step of flow.steps.values()) for (const next of nextOf(flow, step)) waitsFor.set(next, (waitsFor.get(next) ?? 0) + 1);
  const order: Step[] = [...flow.steps.values()].filter((step) => waitsFor.get(step.id) === 0);
  for (let index = 0; index < order.length; index += 1) {
    const step = order[index];
    for (const next of step ? nextOf(flow, step) : []) {
      const left = (waitsFor.get(next) ?? 0) - 1;
      waitsFor.set(next, left);
      const following = flow.steps.get(next);
      if (left === 0 && following) order.push(following);
    }
  }
  const placed = new Set(order.map((step) => step.id));
  return { order, cyclic: [...flow.steps.keys()].filter((id) => !placed.has(id)) };
}

interface Shape {
  readonly byCheck: ReadonlyMap<string, readonly (CheckStep | ActionStep)[]>;
  readonly followers: Map<StepId, ReadonlySet<StepId>>;
  left?: ReadonlyMap<StepId, StepsLeft>;
}

// A flow never changes once it is read; what is worked out from it is kept beside it.
const shapes = new WeakMap<Flow, Shape>();

function shapeOf(flow: Flow): Shape {
  let shape = shapes.get(flow);
  if (!shape) {
    const byCheck = new Map<string, (CheckStep | ActionStep)[]>();
    for (const step of flow.steps.values()) {
      if (step.kind !== 'check' && step.kind !== 'action') continue;
      const same = byCheck.get(step.check);
      if (same) same.push(step);
      else byCheck.set(step.check, [step]);
    }
    shape = { byCheck, followers: new Map() };
    shapes.set(flow, shape);
  }
  return shape;
}

/** The steps that run this check. */
export function stepsOfCheck(flow: Flow, check: string): readonly (CheckStep | ActionStep)[] {
  return shapeOf(flow).byCheck.get(check) ?? [];
}

/** All steps that can come after this one, itself left out. */
export function followersOf(flow: Flow, id: StepId): ReadonlySet<StepId> {
  const { followers } = shapeOf(flow);
  let found = followers.get(id);
  if (!found) {
    const step = flow.steps.get(id);
    found = reachableFrom(flow, step ? nextOf(flow, step) : []);
    followers.set(id, found);
  }
  return found;
}

/** Steps still to be walked from here to an end, this one included, the end itself not; over `examine`, one suspect. */
export interface StepsLeft {
  readonly fewest: number;
  readonly most: number;
}

/** How far it is to an end: for `step 3 of ~6`. */
export function stepsLeft(flow: Flow, id: StepId): StepsLeft {
  const shape = shapeOf(flow);
  if (!shape.left) {
    const left = new Map<StepId, StepsLeft>();
    for (const step of [...inOrder(flow).order].reverse()) {
      const own = step.kind === 'diagnosis' || step.kind === 'examine' ? 0 : 1;
      let fewest = Number.POSITIVE_INFINITY;
      let most = 0;
      for (const next of nextOf(flow, step)) {
        const after = left.get(next);
        if (!after) continue;
        fewest = Math.min(fewest, after.fewest);
        most = Math.max(most, after.most);
      }
      left.set(step.id, { fewest: own + (Number.isFinite(fewest) ? fewest : 0), most: own + most });
    }
    shape.left = left;
  }
  return shape.left.get(id) ?? { fewest: 0, most: 0 };
}
