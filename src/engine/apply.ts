/** One event onto the facts: whether it fits, and what it changes. */
import { couldNotCheck } from './evidence.ts';
import { addEvidence, supersede, type Change, type EventOf, type Facts, type Place } from './facts.ts';
import type { CaseEvent } from './events.ts';
import type { Flow, Outcome, Step } from './flow.ts';
import { evidenceKey, placeKey } from './keys.ts';
import { followersOf, stepsOfCheck } from './paths.ts';
import { Refused } from './refused.ts';
import { sameRemedy } from './remedies.ts';
import type { Position } from './state.ts';
import { cursorAt, positionOf, stepOf, type Walk } from './walk.ts';

type Apply<T extends CaseEvent['type']> = (flow: Flow, facts: Facts, way: Walk, event: EventOf<T>) => Facts;

const at = (place: Place): string => placeKey(place.step, place.subject);
const words = (list: readonly string[]): string => list.join(', ') || 'none';

function known(flow: Flow, id: string, tried: string): Step {
  const step = flow.steps.get(id);
  if (!step) throw new Refused(tried, `flow ${flow.id} has no step ${id}`);
  return step;
}

function routed(step: Step, outcome: Outcome, tried: string): void {
  if (step.kind === 'diagnosis' || step.kind === 'examine')
    throw new Refused(tried, `nothing is chosen at ${step.id}, a step of kind ${step.kind}`);
  if (!Object.hasOwn(step.routes, outcome))
    throw new Refused(tried, `${step.id} has no outcome ${outcome}; it has ${words(Object.keys(step.routes))}`);
}

/** Index in the way of the step that a live change was made at; -1: no change is live. */
function liveChangeAt(facts: Facts, way: Walk): { readonly index: number; readonly change: Change | null } {
  let index = -1;
  let change: Change | null = null;
  for (const one of facts.changes) {
    if (one.state !== 'applied') continue;
    const { madeAt } = one;
    const found = madeAt ? way.visits.findIndex((visit) => at(visit) === at(madeAt)) : -1;
    const here = found < 0 ? way.visits.length : found;
    if (here > index) [index, change] = [here, one];
  }
  return { index, change };
}

function refuseCrossing(facts: Facts, way: Walk, target: number, tried: string): void {
  const { index, change } = liveChangeAt(facts, way);
  if (change && target < index) throw new Refused(tried, `${change.what} (${change.file}) is still in force; put it back or keep it first`);
}

/** Where the engineer stands: at the cursor, else at the frontier. */
export function positionNow(flow: Flow, facts: Facts, way: Walk): Position {
  const cursor = cursorAt(facts, way.visits);
  const visit = cursor === null ? undefined : way.visits[cursor];
  return visit && cursor !== null ? positionOf(flow, facts, visit, way.visits.slice(0, cursor)) : way.frontier;
}

/** What a position waits for, in words for a refusal. */
function waiting(position: Position): string {
  switch (position.kind) {
    case 'run-check':
      return `the check at ${at(position)} has not ended`;
    case 'ask-consent':
      return `consent for ${position.action} is asked at ${at(position)}`;
    case 'classify':
      return `the evidence at ${at(position)} is being judged`;
    case 'choose':
    case 'ask':
      return `the case stands at ${at(position)}`;
    case 'list-suspects':
      return 'the suspects are not listed yet';
    case 'end':
      return 'the case is at its end';
  }
}

const opened: Apply<'opened'> = (flow, facts, _way, event) => {
  if (facts.opened) throw new Refused('opening the case', 'it is open already');
  if (event.flow.id !== flow.id) throw new Refused('opening the case', `it belongs to flow ${event.flow.id}, this is ${flow.id}`);
  return { ...facts, opened: true };
};

const started: Apply<'started'> = (_flow, facts, _way, { key, check, subject }) => ({
  ...facts,
  unfinished: [...facts.unfinished.filter((one) => one.key !== key), { key, check, subject }],
});

const evidence: Apply<'evidence'> = (flow, facts, _way, { evidence: found }) => {
  const tried = `recording evidence ${found.id} of ${found.check}`;
  if (facts.evidence.some((one) => one.id === found.id)) throw new Refused(tried, 'that id is taken');
  const could = found.status === 'ok';
  if (could && couldNotCheck.some((word) => word === found.outcome))
    throw new Refused(tried, `outcome ${found.outcome} is kept for checks that could not be carried out, and its status is ok`);
  if (!could && found.outcome !== found.status)
    throw new Refused(tried, `status ${found.status} and outcome ${found.outcome} contradict each other`);
  for (const step of stepsOfCheck(flow, found.check)) routed(step, found.outcome, tried);
  const unfinished = facts.unfinished.filter((one) => one.key !== found.key);
  return { ...facts, ...addEvidence(facts, found), unfinished };
};

const suggested: Apply<'suggested'> = (flow, facts, _way, event) => {
  const tried = `suggesting ${event.outcome} at ${at(event)}`;
  const step = known(flow, event.step, tried);
  if (step.kind !== 'decide') throw new Refused(tried, `it is a step of kind ${step.kind}; only a decide step is judged by a classifier`);
  routed(step, event.outcome, tried);
  // Answers in the basis read `question=option`; no evidence id does.
  const strange = event.basis.find((id) => !id.includes('=') && !facts.evidence.some((one) => one.id === id));
  if (strange !== undefined) throw new Refused(tried, `it rests on ${strange}, and there is no such evidence`);
  const loose = event.evidence.find((id) => !event.basis.includes(id));
  if (loose !== undefined) throw new Refused(tried, `its reason cites ${loose}, which it was not given`);
  return { ...facts, suggestions: new Map(facts.suggestions).set(at(event), event) };
};

const chosen: Apply<'chosen'> = (flow, facts, way, event) => {
  const tried = `choosing ${event.outcome} at ${at(event)}`;
  const step = known(flow, event.step, tried);
  routed(step, event.outcome, tried);
  const position = positionNow(flow, facts, way);
  if ((position.kind !== 'choose' && position.kind !== 'ask') || at(position) !== at(event)) throw new Refused(tried, waiting(position));
  const favoured = position.kind === 'choose' ? position.suggestion.outcome : null;
  if (event.suggested !== favoured) {
    const said = event.suggested ?? 'nothing';
    throw new Refused(
      tried,
      `the evidence favours ${favoured ?? 'nothing'} by now, the choice was made when it favoured ${said}; look again`,
    );
  }
  const here = cursorAt(facts, way.visits);
  const differs = position.chosen !== event.outcome;
  if (here !== null && differs) refuseCrossing(facts, way, here, tried);
  const choices = new Map(facts.choices).set(at(event), event);
  // The suspects were listed by what the triage found and was told; another way through it lists them anew.
  const relist = event.subject === null && differs ? { subjects: null, leftOut: [] } : {};
  return { ...facts, ...relist, choices, concluded: facts.concluded && !differs };
};

const suspects: Apply<'suspects'> = (_flow, facts, _way, { subjects, leftOut }) => {
  const tried = 'listing the suspects';
  if (facts.subjects !== null) throw new Refused(tried, 'they are listed already; run a step of the triage again first');
  const keys = [...subjects, ...leftOut].map((subject) => subject.key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new Refused(tried, `${twice} is in the list twice`);
  return { ...facts, subjects, leftOut, concluded: false };
};

const consent: Apply<'consent'> = (_flow, facts, _way, { action, granted }) => ({
  ...facts,
  consent: { ...facts.consent, [action]: granted },
});

const back: Apply<'back'> = (_flow, facts, way) => {
  const tried = 'going back';
  const target = (cursorAt(facts, way.visits) ?? way.visits.length) - 1;
  const visit = way.visits[target];
  if (!visit) throw new Refused(tried, 'this is the first step');
  refuseCrossing(facts, way, target, tried);
  return { ...facts, cursor: { step: visit.step, subject: visit.subject } };
};

const forward: Apply<'forward'> = (_flow, facts, way) => {
  const here = cursorAt(facts, way.visits);
  if (here === null) throw new Refused('going forward', 'nothing lies ahead that was walked before');
  const next = way.visits[here + 1];
  return { ...facts, cursor: next ? { step: next.step, subject: next.subject } : null };
};

const rerun: Apply<'rerun'> = (flow, facts, way, event) => {
  const tried = `running ${at(event)} again`;
  const step = known(flow, event.step, tried);
  const { frontier } = way;
  const walked = way.visits.findIndex((visit) => at(visit) === at(event));
  const waits = 'step' in frontier && at({ step: frontier.step, subject: 'subject' in frontier ? frontier.subject : null }) === at(event);
  if (walked < 0 && !waits) throw new Refused(tried, 'it is not on the way of this case');
  if (step.kind === 'question') throw new Refused(tried, 'a question is answered, not measured; go back to it and answer otherwise');
  const { change, index } = liveChangeAt(facts, way);
  const here = walked < 0 ? way.visits.length : walked;
  if (change && here <= index) throw new Refused(tried, `${change.what} (${change.file}) is still in force; put it back or keep it first`);

  const followers = followersOf(flow, step.id);
  const examines = [...followers].some((id) => flow.steps.get(id)?.kind === 'examine') || step.kind === 'examine';
  const falls = (place: Place): boolean => {
    if (at(place) === at(event)) return true;
    if (stepOf(flow, place.step).kind === 'question') return false;
    if (place.subject === event.subject) return followers.has(place.step);
    return event.subject === null && examines;
  };
  const keep = <V extends Place>(map: ReadonlyMap<string, V>): Map<string, V> => new Map([...map].filter(([, one]) => !falls(one)));
  const measured =
    step.kind === 'check' || step.kind === 'action'
      ? supersede(facts, new Set([evidenceKey(step.check, step.with, event.subject), evidenceKey(step.check, step.with, null)]))
      : {};
  const relist = event.subject === null && examines ? { subjects: null, leftOut: [] } : {};
  // Whoever refused an action and asks for it again is asked again.
  const { consent } = facts;
  const asked =
    step.kind === 'action' && consent[step.action] === false
      ? { consent: Object.fromEntries(Object.entries(consent).filter(([action]) => action !== step.action)) }
      : {};
  return {
    ...facts,
    ...measured,
    ...relist,
    ...asked,
    suggestions: keep(facts.suggestions),
    choices: keep(facts.choices),
    concluded: false,
    cursor: null,
  };
};

const change: Apply<'change'> = (flow, facts, way, { id, what, file, state }) => {
  const before = facts.changes.find((one) => one.id === id);
  const { frontier } = way;
  const running = frontier.kind === 'run-check' && stepOf(flow, frontier.step).kind === 'action' ? frontier : null;
  const madeAt = before?.madeAt ?? (running ? { step: running.step, subject: running.subject } : null);
  const now: Change = { id, what, file, state, madeAt };
  return { ...facts, changes: before ? facts.changes.map((one) => (one === before ? now : one)) : [...facts.changes, now] };
};

const note: Apply<'note'> = (flow, facts, _way, { text, step }) => {
  if (step !== null) known(flow, step, 'adding a note');
  return { ...facts, notes: [...facts.notes, { text, step }] };
};

const concluded: Apply<'concluded'> = (_flow, facts, way) => {
  if (way.frontier.kind !== 'end') throw new Refused('concluding', waiting(way.frontier));
  return { ...facts, concluded: true };
};

const verified: Apply<'verified'> = (_flow, facts, _way, { diagnosis, subject, good, evidence: id }) => {
  const tried = `recording that ${diagnosis} was verified`;
  if (!facts.concluded) throw new Refused(tried, 'the case has no conclusion yet');
  if (!facts.evidence.some((one) => one.id === id)) throw new Refused(tried, `there is no evidence ${id}`);
  return { ...facts, verified: [...facts.verified, { diagnosis, subject, good, evidence: id }] };
};

const remedy: Apply<'remedy'> = (_flow, facts, _way, { diagnosis, subject, title, done }) => {
  if (!facts.concluded) throw new Refused(`ticking off “${title}”`, 'the case has no conclusion yet');
  const mark = { diagnosis, subject, title };
  const others = facts.remediesDone.filter((one) => !sameRemedy(one, mark));
  return { ...facts, remediesDone: done ? [...others, mark] : others };
};

/** The facts after one event. @param way the way before it. @throws {Refused} */
export function apply(flow: Flow, facts: Facts, way: Walk, event: CaseEvent): Facts {
  if (!facts.opened && event.type !== 'opened') throw new Refused(`taking the event ${event.type}`, 'the case is not open yet');
  switch (event.type) {
    case 'opened':
      return opened(flow, facts, way, event);
    case 'started':
      return started(flow, facts, way, event);
    case 'evidence':
      return evidence(flow, facts, way, event);
    case 'suggested':
      return suggested(flow, facts, way, event);
    case 'chosen':
      return chosen(flow, facts, way, event);
    case 'suspects':
      return suspects(flow, facts, way, event);
    case 'consent':
      return consent(flow, facts, way, event);
    case 'back':
      return back(flow, facts, way, event);
    case 'forward':
      return forward(flow, facts, way, event);
    case 'rerun':
      return rerun(flow, facts, way, event);
    case 'change':
      return change(flow, facts, way, event);
    case 'note':
      return note(flow, facts, way, event);
    case 'concluded':
      return concluded(flow, facts, way, event);
    case 'verified':
      return verified(flow, facts, way, event);
    case 'remedy':
      return remedy(flow, facts, way, event);
    case 'interrupted':
      return facts;
  }
}
