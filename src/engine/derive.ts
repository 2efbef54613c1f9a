/** The fold: events → state. `derive` folds a whole journal; `begin` and `advance` are the same fold, one event at a time. */
import { apply, positionNow } from './apply.ts';
import type { CaseEvent } from './events.ts';
import { nothing, type Facts } from './facts.ts';
import type { Flow } from './flow.ts';
import type { State } from './state.ts';
import { cursorAt, walk, type Walk } from './walk.ts';

/** What is carried from event to event. Only `state` is for others. */
export interface Folded {
  readonly state: State;
  readonly facts: Facts;
  readonly way: Walk;
}

function fold(flow: Flow, facts: Facts, way: Walk): Folded {
  const cursor = cursorAt(facts, way.visits) ?? way.visits.length;
  const state: State = {
    opened: facts.opened,
    evidence: facts.evidence,
    subjects: facts.subjects,
    leftOut: facts.leftOut,
    path: way.visits.slice(0, cursor),
    ahead: way.visits.slice(cursor),
    position: positionNow(flow, facts, way),
    endings: way.endings,
    consent: facts.consent,
    changes: facts.changes.map(({ id, what, file, state }) => ({ id, what, file, state })),
    notes: facts.notes,
    unfinished: facts.unfinished,
    verified: facts.verified,
    remediesDone: facts.remediesDone,
  };
  return { state, facts, way };
}

/** A case before its first event. */
export function begin(flow: Flow): Folded {
  return fold(flow, nothing, walk(flow, nothing));
}

/** After a choice at the cursor, the cursor goes one step on: to the next step walked before, else to the frontier. */
function stepOn(facts: Facts, before: number | null, way: Walk): Facts {
  const next = before === null ? undefined : way.visits[before + 1];
  return { ...facts, cursor: next ? { step: next.step, subject: next.subject } : null };
}

/** Takes one event. Costs one walk of the way. @throws {Refused} */
export function advance(flow: Flow, folded: Folded, event: CaseEvent): Folded {
  const facts = apply(flow, folded.facts, folded.way, event);
  const way = walk(flow, facts);
  if (event.type !== 'chosen') return fold(flow, facts, way);
  return fold(flow, stepOn(facts, cursorAt(folded.facts, folded.way.visits), way), way);
}

/** The state that these events lead to. @throws {Refused} for a journal that no run could have written. */
export function derive(flow: Flow, events: readonly CaseEvent[]): State {
  return foldAll(flow, events).state;
}

/** The same, to go on from with `advance`. @throws {Refused} */
export function foldAll(flow: Flow, events: readonly CaseEvent[]): Folded {
  return events.reduce((folded, event) => advance(flow, folded, event), begin(flow));
}
