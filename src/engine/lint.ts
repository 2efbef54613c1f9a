/**
 * Proofs about a flow as a graph: every step reached, every way ends, every question has a way out. Linear in steps and routes,
 * without recursion. What names outside the flow mean (checks, classifiers, diagnoses) its reader has looked up already.
 */
import { couldNotCheck } from './evidence.ts';
import type { Flow, Part, QuestionStep, Step, StepId } from './flow.ts';
import { nextOf, reachableFrom, routesOf } from './paths.ts';

export interface Finding {
  readonly severity: 'error' | 'warning';
  /** Stable word for the kind of finding. */
  readonly kind: string;
  readonly step: StepId | null;
  /** Where in the step: `next.refused`, `title`, `covers`; null: the step as a whole. */
  readonly field: string | null;
  /** What is wrong, without a full stop. */
  readonly message: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
  /** The step id that is not known, so that a reader may name the nearest. */
  readonly word?: string;
}

export interface LintOptions {
  /** The points that `covers` may name; null: any. */
  readonly points?: readonly string[] | null;
}

// The map of an 80-column screen has room for about five of them.
const shortLimit = 16;

/** Everything that is wrong with the flow's graph and texts, in the order of its steps. */
export function lint(flow: Flow, options: LintOptions = {}): readonly Finding[] {
  const findings: Finding[] = [...lintStarts(flow), ...lintCircles(flow)];
  const { unreached, inBoth } = reach(flow);
  const judged = leadingToDecide(flow);
  for (const step of flow.steps.values()) {
    findings.push(...lintRoutes(flow, step, judged), ...lintTexts(step), ...lintCovers(step, options.points ?? null));
    if (unreached.has(step.id)) {
      const remedy = 'Lead a route to it, or take it out.';
      findings.push({
        severity: 'warning',
        kind: 'unreachable',
        step: step.id,
        field: null,
        message: `no way leads to step ${step.id}`,
        remedy,
      });
    } else findings.push(...lintPart(step, inBoth));
  }
  return findings;
}

function lintStarts(flow: Flow): Finding[] {
  return (['triage', 'suspect'] as const)
    .filter((part) => !flow.steps.has(flow[part]))
    .map((part) => ({
      severity: 'error',
      kind: 'unknown-step',
      step: null,
      field: part,
      message: `${part} begins at ${flow[part]}, and there is no such step`,
      remedy: 'Name the step that it begins with.',
      word: flow[part],
    }));
}

/** Every route that leads back to a step which the way has passed already. */
function lintCircles(flow: Flow): Finding[] {
  const findings: Finding[] = [];
  const done = new Set<StepId>();
  for (const start of [flow.triage, flow.suspect, ...flow.steps.keys()]) {
    if (done.has(start)) continue;
    // Depth first, by hand: `trail` is the way to here, `ways` what is still to be tried at each of its steps.
    const trail: StepId[] = [];
    const depth = new Map<StepId, number>();
    const ways: Iterator<StepId>[] = [];
    const enter = (id: StepId): void => {
      const step = flow.steps.get(id);
      depth.set(id, trail.length);
      trail.push(id);
      ways.push((step ? nextOf(flow, step) : [])[Symbol.iterator]());
    };
    enter(start);
    while (trail.length > 0) {
      const here = trail[trail.length - 1] ?? start;
      const next = ways[ways.length - 1]?.next();
      if (!next || next.done) {
        done.add(here);
        depth.delete(here);
        trail.pop();
        ways.pop();
        continue;
      }
      const back = depth.get(next.value);
      if (back !== undefined) findings.push(circle(flow, here, next.value, trail, back));
      else if (!done.has(next.value)) enter(next.value);
    }
  }
  return findings;
}

function circle(flow: Flow, from: StepId, to: StepId, trail: readonly StepId[], since: number): Finding {
  const length = trail.length - since;
  const steps = length > 8 ? [...trail.slice(since, since + 4), '…', ...trail.slice(-3)] : trail.slice(since);
  const step = flow.steps.get(from);
  const outcome = Object.entries(step ? routesOf(step) : {}).find(([, route]) => route.to === to)?.[0];
  return {
    severity: 'error',
    kind: 'circle',
    step: from,
    field: outcome === undefined ? null : `next.${outcome}`,
    message: `the way goes round in a circle: ${[...steps, to].join(' → ')}`,
    remedy: 'Lead this route on to a step that was not passed; to measure again is a key on the screen, not a route.',
  };
}

interface Reach {
  readonly unreached: ReadonlySet<StepId>;
  readonly inBoth: ReadonlySet<StepId>;
}

/** Which part reaches which step. */
export function partsOf(flow: Flow): { readonly triage: ReadonlySet<StepId>; readonly suspect: ReadonlySet<StepId> } {
  const suspect = reachableFrom(flow, [flow.suspect]);
  // Triage ends at `examine`: what comes after it belongs to the other part.
  const triage = new Set<StepId>([flow.triage]);
  const open = [flow.triage];
  let examines = false;
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = flow.steps.get(id);
    if (step?.kind === 'examine') examines = true;
    for (const { to } of step ? Object.values(routesOf(step)) : []) {
      if (triage.has(to)) continue;
      triage.add(to);
      open.push(to);
    }
  }
  return { triage, suspect: examines ? suspect : new Set() };
}

function reach(flow: Flow): Reach {
  // Where a part has no beginning, every step of it would be called unreachable; the missing beginning is the finding.
  if (!flow.steps.has(flow.triage) || !flow.steps.has(flow.suspect)) return { unreached: new Set(), inBoth: new Set() };
  const { triage, suspect } = partsOf(flow);
  const all = [...flow.steps.keys()];
  return {
    unreached: new Set(all.filter((id) => !triage.has(id) && !suspect.has(id))),
    inBoth: new Set(all.filter((id) => triage.has(id) && suspect.has(id))),
  };
}

function lintPart(step: Step, inBoth: ReadonlySet<StepId>): Finding[] {
  const finding = (kind: string, message: string, remedy: string): Finding => ({
    severity: 'error',
    kind,
    step: step.id,
    field: null,
    message,
    remedy,
  });
  if (inBoth.has(step.id) && step.kind === 'examine')
    return [finding('part', `${step.id} lists the suspects while one is being examined`, 'Lead the suspect part to diagnoses only.')];
  if (inBoth.has(step.id) && step.kind !== 'diagnosis')
    return [finding('part', `${step.id} is reached in the triage and for each suspect`, 'Make two steps of it, one for each part.')];
  return [];
}

function lintRoutes(flow: Flow, step: Step, judged: ReadonlySet<StepId>): Finding[] {
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], kind: string, field: string | null, message: string, remedy: string): void => {
    findings.push({ severity, kind, step: step.id, field, message, remedy });
  };
  if (step.kind === 'diagnosis' || step.kind === 'examine') return findings;
  const routes = Object.entries(step.routes);
  if (routes.length === 0) add('error', 'dead-end', null, `the way ends at ${step.id} without a diagnosis`, 'Give it routes under next.');
  const labels = new Map<string, string>();
  for (const [outcome, { to, label }] of routes) {
    if (!flow.steps.has(to))
      findings.push({
        severity: 'error',
        kind: 'unknown-step',
        step: step.id,
        field: `next.${outcome}`,
        message: `${outcome} leads to ${to}, and there is no such step`,
        remedy: 'Name a step of this flow.',
        word: to,
      });
    const same = labels.get(label);
    if (same !== undefined)
      add(
        'warning',
        'same-label',
        `next.${outcome}`,
        `${outcome} and ${same} read the same: ${label}`,
        'Give each choice words of its own.',
      );
    labels.set(label, outcome);
  }
  if (step.kind === 'check' || step.kind === 'action')
    for (const outcome of couldNotCheck)
      if (!Object.hasOwn(step.routes, outcome))
        add(
          'error',
          'unrouted',
          'next',
          `${step.id} has no route for ${outcome}`,
          `Add ${outcome}, or could-not for all three ways in which a check can not be carried out.`,
        );
  if (step.kind === 'question') findings.push(...lintQuestion(step, judged));
  return findings;
}

/** Steps after which a decide step can come: it may read what was answered there, whatever the route. */
function leadingToDecide(flow: Flow): ReadonlySet<StepId> {
  const before = new Map<StepId, StepId[]>();
  for (const step of flow.steps.values())
    for (const next of nextOf(flow, step)) {
      const known = before.get(next);
      if (known) known.push(step.id);
      else before.set(next, [step.id]);
    }
  const leading = new Set<StepId>();
  const open = [...flow.steps.values()].filter((step) => step.kind === 'decide').map((step) => step.id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const earlier of before.get(id) ?? []) {
      if (leading.has(earlier)) continue;
      leading.add(earlier);
      open.push(earlier);
    }
  }
  return leading;
}

function lintQuestion(step: QuestionStep, judged: ReadonlySet<StepId>): Finding[] {
  const findings: Finding[] = [];
  const options = Object.keys(step.routes);
  const add = (severity: Finding['severity'], kind: string, field: string, message: string, remedy: string): void => {
    findings.push({ severity, kind, step: step.id, field, message, remedy });
  };
  if (!options.includes('unknown'))
    add(
      'error',
      'no-unknown',
      'next',
      `${step.id} has no option unknown`,
      'Add unknown: nobody may be forced to guess, and a run without a person takes it.',
    );
  if (step.default !== null && !options.includes(step.default))
    add(
      'error',
      'unknown-option',
      'default',
      `the default ${step.default} is no option of ${step.id}`,
      `Name one of ${options.join(', ')}.`,
    );
  // A later decide step may read the answer.
  if (!judged.has(step.id) && options.length > 0 && new Set(Object.values(step.routes).map((route) => route.to)).size === 1)
    add(
      'warning',
      'decides-nothing',
      'next',
      `every option of ${step.id} leads to the same step`,
      'Lead the options apart, or do not ask.',
    );
  if (options.length === 1) add('warning', 'one-option', 'next', `${step.id} has a single option`, 'Name the answers that it can have.');
  return findings;
}

function lintTexts(step: Step): Finding[] {
  const findings = (['title', 'short', 'why'] as const)
    .filter((field) => step[field].trim() === '')
    .map((field): Finding => ({
      severity: 'error',
      kind: 'missing-text',
      step: step.id,
      field,
      message: `${step.id} has no ${field}`,
      remedy: `Write its ${field}.`,
    }));
  if (step.kind !== 'diagnosis' && step.short.length > shortLimit)
    findings.push({
      severity: 'warning',
      kind: 'long-short',
      step: step.id,
      field: 'short',
      message: `${step.short} has ${step.short.length} characters and is cut off on the map`,
      remedy: `Use ${shortLimit} at most.`,
    });
  return findings;
}

function lintCovers(step: Step, points: readonly string[] | null): Finding[] {
  const known = points ? new Set(points) : null;
  return step.covers.flatMap((point, index): Finding[] => {
    const field = `covers.${index}`;
    if (known && !known.has(point))
      return [
        {
          severity: 'error',
          kind: 'unknown-point',
          step: step.id,
          field,
          message: `${step.id} covers ${point}, and there is no such point`,
          remedy: `Name points from ${points?.[0] ?? ''} to ${points?.at(-1) ?? ''}.`,
        },
      ];
    if (step.covers.indexOf(point) !== index)
      return [
        {
          severity: 'warning',
          kind: 'point-twice',
          step: step.id,
          field,
          message: `${step.id} covers ${point} twice`,
          remedy: 'Name it once.',
        },
      ];
    return [];
  });
}

/** Points that no step covers. */
export function uncovered(flow: Flow, points: readonly string[]): readonly string[] {
  const covered = new Set([...flow.steps.values()].flatMap((step) => step.covers));
  return points.filter((point) => !covered.has(point));
}

/** The part that a step belongs to by where it is reached; diagnoses that both parts reach count to the suspects. */
export function partOf(parts: ReturnType<typeof partsOf>, id: StepId): Part {
  return parts.suspect.has(id) ? 'suspect' : 'triage';
}
