/**
 * The way: a pure function of evidence, suggestions and choices, walked from the flow's first step to the first step that waits
 * for something. Nothing here knows in which order things happened.
 */
import { evidenceFor, type Facts } from './facts.ts';
import type { Evidence } from './evidence.ts';
import type { ActionStep, CheckStep, DecideStep, Flow, RoutedStep, Step, StepId } from './flow.ts';
import { evidenceKey, placeKey } from './keys.ts';
import type { Ending, Position, Suggestion, Visit } from './state.ts';

export interface Walk {
  /** The whole way, regardless of the cursor. */
  readonly visits: readonly Visit[];
  /** What the first step that could not be passed waits for. */
  readonly frontier: Position;
  readonly endings: readonly Ending[];
}

/** The step with this id. @throws {Error} for a flow that its reader would have refused */
export function stepOf(flow: Flow, id: StepId): Step {
  const step = flow.steps.get(id);
  if (!step) throw new Error(`flow ${flow.id} has no step ${id}`);
  return step;
}

/** The key that a check is run under at this step: case-wide checks are run once, whoever is examined. */
export function keyAt(step: CheckStep | ActionStep, subject: string | null): string {
  return evidenceKey(step.check, step.with, step.scope === 'case' ? null : subject);
}

/** The evidence that answers a check step: of this subject, else case-wide. */
export function evidenceAt(facts: Facts, step: CheckStep | ActionStep, subject: string | null): Evidence | null {
  return facts.byKey.get(evidenceKey(step.check, step.with, subject)) ?? facts.byKey.get(evidenceKey(step.check, step.with, null)) ?? null;
}

/**
 * What a decide step is given: ids of evidence in the order of its `reads` (absent evidence is left out), then the answers given on
 * the way to it, as `question=option`. Another answer, or another way to the same step, is judged anew.
 */
export function basisAt(facts: Facts, step: DecideStep, subject: string | null, before: readonly Visit[]): readonly string[] {
  const evidence = step.reads.map((check) => evidenceFor(facts, check, subject)?.id).filter((id) => id !== undefined);
  const answers = before.filter((visit) => visit.suggested === null && (visit.subject === null || visit.subject === subject));
  return [...evidence, ...answers.map((visit) => `${visit.step}=${visit.outcome}`)];
}

/** What the evidence favours at this step now, or what has to happen before anything can be favoured. @param before the way to it */
export function suggestionAt(
  facts: Facts,
  step: CheckStep | ActionStep | DecideStep,
  subject: string | null,
  before: readonly Visit[],
): Suggestion | Position {
  if (step.kind === 'decide') {
    const basis = basisAt(facts, step, subject, before);
    const said = facts.suggestions.get(placeKey(step.id, subject));
    if (!said || said.basis.join() !== basis.join()) return { kind: 'classify', step: step.id, subject, basis };
    return { outcome: said.outcome, because: said.because, evidence: said.evidence };
  }
  const evidence = evidenceAt(facts, step, subject);
  if (evidence) return { outcome: evidence.outcome, because: evidence.summary, evidence: [evidence.id] };
  if (step.kind === 'action' && facts.consent[step.action] === undefined)
    return { kind: 'ask-consent', step: step.id, subject, action: step.action };
  return { kind: 'run-check', step: step.id, subject, key: keyAt(step, subject) };
}

/** Passes a step, or says what it waits for. */
function pass(facts: Facts, step: RoutedStep, subject: string | null, before: readonly Visit[]): Visit | Position {
  const choice = facts.choices.get(placeKey(step.id, subject));
  if (step.kind === 'question') {
    if (!choice) return { kind: 'ask', step: step.id, subject, chosen: null };
    const because = choice.because ?? `answered: ${step.routes[choice.outcome]?.label ?? choice.outcome}`;
    return { step: step.id, subject, outcome: choice.outcome, suggested: null, decidedBy: choice.by, because, evidence: [] };
  }
  const suggestion = suggestionAt(facts, step, subject, before);
  if ('kind' in suggestion) return suggestion;
  if (choice?.suggested !== suggestion.outcome) return { kind: 'choose', step: step.id, subject, suggestion, chosen: null };
  return {
    step: step.id,
    subject,
    outcome: choice.outcome,
    suggested: suggestion.outcome,
    decidedBy: choice.by,
    because: choice.because ?? suggestion.because,
    evidence: suggestion.evidence,
  };
}

/** Walks one part for one subject and adds to `visits`; ends at a diagnosis, at `examine`, or where something is waited for. */
function walkPart(flow: Flow, facts: Facts, from: StepId, subject: string | null, visits: Visit[]): Position | Step {
  const limit = visits.length + flow.steps.size;
  let step = stepOf(flow, from);
  while (step.kind !== 'diagnosis' && step.kind !== 'examine') {
    if (visits.length > limit) throw new Error(`flow ${flow.id} goes round in a circle at ${step.id}`);
    const passed = pass(facts, step, subject, visits);
    if ('kind' in passed) return passed;
    visits.push(passed);
    const route = step.routes[passed.outcome];
    if (!route) throw new Error(`flow ${flow.id} has no route for ${passed.outcome} at ${step.id}`);
    step = stepOf(flow, route.to);
  }
  return step;
}

/** The way that these facts lead. */
export function walk(flow: Flow, facts: Facts): Walk {
  const visits: Visit[] = [];
  const endings: Ending[] = [];
  const triage = walkPart(flow, facts, flow.triage, null, visits);
  if (!('id' in triage)) return { visits, frontier: triage, endings };
  if (triage.kind === 'diagnosis') {
    endings.push({ subject: null, step: triage.id, diagnosis: triage.diagnosis });
  } else {
    if (facts.subjects === null) return { visits, frontier: { kind: 'list-suspects', step: triage.id }, endings };
    for (const { key } of facts.subjects) {
      const end = walkPart(flow, facts, flow.suspect, key, visits);
      if (!('id' in end)) return { visits, frontier: end, endings };
      if (end.kind !== 'diagnosis') throw new Error(`flow ${flow.id} lists suspects again at ${end.id}`);
      endings.push({ subject: key, step: end.id, diagnosis: end.diagnosis });
    }
  }
  return { visits, frontier: { kind: 'end', concluded: facts.concluded }, endings };
}

/** Where in the way the cursor stands; null: at the frontier. */
export function cursorAt(facts: Facts, visits: readonly Visit[]): number | null {
  const { cursor } = facts;
  if (!cursor) return null;
  const index = visits.findIndex((visit) => visit.step === cursor.step && visit.subject === cursor.subject);
  return index < 0 ? null : index;
}

/** A step that was passed, as a place to choose again. @param before the way to it */
export function positionOf(flow: Flow, facts: Facts, visit: Visit, before: readonly Visit[]): Position {
  const step = stepOf(flow, visit.step);
  const { subject, outcome } = visit;
  if (step.kind === 'question') return { kind: 'ask', step: step.id, subject, chosen: outcome };
  if (step.kind === 'diagnosis' || step.kind === 'examine') throw new Error(`${step.id} is no step to choose at`);
  const suggestion = suggestionAt(facts, step, subject, before);
  if ('kind' in suggestion) return suggestion;
  return { kind: 'choose', step: step.id, subject, suggestion, chosen: outcome };
}
