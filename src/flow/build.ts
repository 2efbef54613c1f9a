/** The shape of a flow file → the engine's flow: looks up every name, fills in labels, and says what can't be found. */
import { safeParse } from 'zod';
import { couldNotCheck } from '../engine/evidence.ts';
import type { Flow, Outcome, Part, Route, Step, StepId } from '../engine/flow.ts';
import { partOf, partsOf } from '../engine/lint.ts';
import { couldNotLabels, described, inWords, parametersOf, type Catalogue, type CatalogueCheck } from './catalogue.ts';
import type { Path, Source } from './document.ts';
import { instead, type Problem } from './problem.ts';
import type { HeadShape, Kind, StepShape } from './schema.ts';

type ShapeOf<K extends Kind> = Extract<StepShape, { readonly kind: K }>;

export interface Building {
  readonly source: Source;
  readonly catalogue: Catalogue;
  readonly problems: Problem[];
}

type Say = (kind: string, path: Path, at: 'key' | 'value', message: string, remedy: string) => void;

/** Adds problems of one step, with paths relative to it. */
function sayer({ source, problems }: Building, id: StepId): Say {
  return (kind, path, at, message, remedy) => {
    const full = ['steps', id, ...path];
    problems.push({ severity: 'error', kind, place: at === 'key' ? source.keyAt(full) : source.valueAt(full), message, remedy });
  };
}

type RouteShape = string | { readonly to: string; readonly label?: string | undefined };

function routeOf(shape: RouteShape, label: string): Route {
  return typeof shape === 'string' ? { to: shape, label } : { to: shape.to, label: shape.label ?? label };
}

/** Routes of a closed set; every outcome must have one, and no other may. */
function closedRoutes(
  say: Say,
  next: Readonly<Record<string, RouteShape>>,
  labels: Readonly<Record<Outcome, string>>,
  whose: string,
): Record<Outcome, Route> {
  const outcomes = Object.keys(labels);
  for (const outcome of Object.keys(next))
    if (!Object.hasOwn(labels, outcome))
      say('unknown-outcome', ['next', outcome], 'key', `${whose} has no outcome ${outcome}`, instead(outcome, outcomes));
  const routes: Record<Outcome, Route> = {};
  for (const [outcome, label] of Object.entries(labels)) {
    const shape = Object.hasOwn(next, outcome) ? next[outcome] : undefined;
    if (shape === undefined)
      say('unrouted', ['next'], 'key', `${whose} can end as ${outcome}, and next has no route for it`, `Add ${outcome}: STEP.`);
    else routes[outcome] = routeOf(shape, label);
  }
  return routes;
}

/** Routes of a check: its own outcomes one by one; `could-not` stands for those of the three that are not written. */
function checkRoutes(building: Building, say: Say, step: ShapeOf<'check' | 'action'>, check: string): Record<Outcome, Route> {
  const entry = own(building.catalogue.checks, check);
  const { 'could-not': couldNot, ...next } = step.next;
  const expanded: Record<string, RouteShape> = { ...next };
  if (couldNot !== undefined) {
    const open = couldNotCheck.filter((outcome) => !Object.hasOwn(next, outcome));
    if (open.length === 0)
      say(
        'unused-route',
        ['next', 'could-not'],
        'key',
        'could-not has nothing left to stand for',
        'Take it out: skipped, failed and timed-out have their own routes.',
      );
    for (const outcome of open) expanded[outcome] = couldNot;
  }
  // An unknown check has said so already; its routes are kept as they are, so that the graph can be looked at.
  if (!entry) return Object.fromEntries(Object.entries(expanded).map(([outcome, shape]) => [outcome, routeOf(shape, inWords(outcome))]));
  const routes = closedRoutes(say, expanded, { ...described(entry.outcomes), ...couldNotLabels }, `check ${check}`);
  if (couldNot !== undefined && typeof couldNot !== 'string' && couldNot.label !== undefined)
    for (const outcome of couldNotCheck) {
      // One label for three outcomes would make three choices that read the same.
      const route = routes[outcome];
      if (route && !Object.hasOwn(next, outcome))
        routes[outcome] = { ...route, label: `${couldNot.label} (${inWords(outcome).toLowerCase()})` };
    }
  return routes;
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function texts(shape: StepShape, id: StepId, part: Part): Pick<Step, 'id' | 'part' | 'title' | 'short' | 'why' | 'covers'> {
  const words = inWords(id);
  const fallback =
    shape.kind === 'examine'
      ? { title: 'Which backends are under suspicion?', short: 'suspects', why: 'Each is examined by itself, the worst first.' }
      : { title: words, short: words.toLowerCase(), why: `The evidence leads to ${words.toLowerCase()}.` };
  return {
    id,
    part: shape.part ?? part,
    title: shape.title ?? fallback.title,
    short: shape.short ?? fallback.short,
    why: shape.why ?? fallback.why,
    covers: shape.covers ?? [],
  };
}

/** Parameters that the step sets: known to the check, and of the kind that it takes. */
function lintWith(say: Say, name: string, entry: CatalogueCheck, set: Readonly<Record<string, unknown>>): void {
  const parameters = parametersOf(entry);
  if (!parameters) return;
  for (const [key, value] of Object.entries(set)) {
    const schema = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (!schema) {
      say('unknown-parameter', ['with', key], 'key', `check ${name} has no parameter ${key}`, instead(key, Object.keys(parameters)));
      continue;
    }
    const read = safeParse(schema, value);
    const issue = read.success ? undefined : read.error.issues[0];
    if (issue)
      say(
        'parameter',
        ['with', key, ...issue.path.filter((part) => typeof part !== 'symbol')],
        'value',
        `parameter ${key} of check ${name}: ${issue.message}`,
        "See the check's parameters.",
      );
  }
}

function checkOf(
  building: Building,
  say: Say,
  name: string,
  field: string,
  set: Readonly<Record<string, unknown>>,
): { readonly scope: 'case' | 'backend' } {
  const entry = own(building.catalogue.checks, name);
  if (!entry) say('unknown-check', [field], 'value', `there is no check ${name}`, instead(name, Object.keys(building.catalogue.checks)));
  else lintWith(say, name, entry, set);
  return { scope: entry?.scope ?? 'backend' };
}

function decideStep(
  building: Building,
  say: Say,
  shape: ShapeOf<'decide'>,
): { readonly reads: readonly string[]; readonly routes: Record<Outcome, Route> } {
  const { catalogue } = building;
  const entry = own(catalogue.classifiers, shape.classifier);
  for (const [index, name] of (shape.reads ?? []).entries()) {
    if (!own(catalogue.checks, name))
      say(
        'unknown-check',
        ['reads', index],
        'value',
        `there is no check ${name}`,
        instead(name, entry?.reads ?? Object.keys(catalogue.checks)),
      );
    else if (entry && !entry.reads.includes(name))
      say('unread', ['reads', index], 'value', `classifier ${shape.classifier} does not read ${name}`, instead(name, entry.reads));
  }
  if (!entry) {
    say(
      'unknown-classifier',
      ['classifier'],
      'value',
      `there is no classifier ${shape.classifier}`,
      instead(shape.classifier, Object.keys(catalogue.classifiers)),
    );
    return {
      reads: shape.reads ?? [],
      routes: Object.fromEntries(Object.entries(shape.next).map(([outcome, to]) => [outcome, routeOf(to, inWords(outcome))])),
    };
  }
  if (Object.hasOwn(shape.next, 'could-not') && !Object.hasOwn(described(entry.outcomes), 'could-not')) {
    const rest: Record<string, RouteShape> = { ...shape.next };
    delete rest['could-not'];
    say(
      'unknown-outcome',
      ['next', 'could-not'],
      'key',
      'a classifier can always be carried out',
      'Route its own outcome for evidence that is not there (cannot-tell).',
    );
    return {
      reads: shape.reads ?? entry.reads,
      routes: closedRoutes(say, rest, described(entry.outcomes), `classifier ${shape.classifier}`),
    };
  }
  return {
    reads: shape.reads ?? entry.reads,
    routes: closedRoutes(say, shape.next, described(entry.outcomes), `classifier ${shape.classifier}`),
  };
}

function stepOf(building: Building, id: StepId, shape: StepShape): Step {
  const say = sayer(building, id);
  const base = texts(shape, id, 'triage');
  switch (shape.kind) {
    case 'check': {
      const { scope } = checkOf(building, say, shape.check, 'check', shape.with ?? {});
      if (own(building.catalogue.checks, shape.check)?.action)
        say(
          'kind',
          ['kind'],
          'value',
          `check ${shape.check} changes or captures something and needs consent`,
          `Write kind: action and action: ${shape.check}.`,
        );
      return {
        ...base,
        kind: 'check',
        check: shape.check,
        scope,
        with: shape.with ?? {},
        byHand: shape['by-hand'] ?? null,
        routes: checkRoutes(building, say, shape, shape.check),
      };
    }
    case 'action': {
      const check = shape.check ?? shape.action;
      const { scope } = checkOf(building, say, check, shape.check === undefined ? 'action' : 'check', shape.with ?? {});
      return {
        ...base,
        kind: 'action',
        action: shape.action,
        check,
        scope,
        with: shape.with ?? {},
        byHand: shape['by-hand'] ?? null,
        routes: checkRoutes(building, say, shape, check),
      };
    }
    case 'decide': {
      const { reads, routes } = decideStep(building, say, shape);
      return { ...base, kind: 'decide', classifier: shape.classifier, reads, routes };
    }
    case 'question': {
      const routes = Object.fromEntries(Object.entries(shape.next).map(([option, to]): [Outcome, Route] => [option, to]));
      return { ...base, kind: 'question', byHand: shape['by-hand'] ?? null, default: shape.default ?? null, routes };
    }
    case 'examine':
      return { ...base, kind: 'examine' };
    case 'diagnosis': {
      const diagnosis = shape.diagnosis ?? id;
      if (!building.catalogue.diagnoses.includes(diagnosis))
        say(
          'unknown-diagnosis',
          [shape.diagnosis === undefined ? 'kind' : 'diagnosis'],
          'value',
          `there is no diagnosis ${diagnosis}`,
          instead(diagnosis, building.catalogue.diagnoses),
        );
      return { ...base, kind: 'diagnosis', diagnosis };
    }
  }
}

/** Builds as much as can be built; what can't be found is added to the problems. */
export function buildFlow(building: Building, head: HeadShape, shapes: ReadonlyMap<StepId, StepShape>): Flow {
  const steps = new Map<StepId, Step>();
  for (const [id, shape] of shapes) steps.set(id, stepOf(building, id, shape));
  const { id, version, title, summary, triage, suspect } = head;
  const draft: Flow = { id, version, title, summary, triage, suspect, steps };
  const parts = partsOf(draft);
  for (const [name, step] of steps) {
    const reached = partOf(parts, name);
    const said = shapes.get(name)?.part;
    const known = parts.triage.has(name) || parts.suspect.has(name);
    if (said !== undefined && known && !parts[said].has(name))
      sayer(building, name)(
        'part',
        ['part'],
        'value',
        `${name} is reached in the part ${reached}, not in ${said}`,
        `Write part: ${reached}, or leave it out.`,
      );
    steps.set(name, { ...step, part: said ?? reached });
  }
  return draft;
}
