/**
 * What the events said, before any way is walked: the part of the fold that only grows by events. `walk.ts` makes the way of it.
 */
import type { CaseEvent, Subject } from './events.ts';
import type { Evidence } from './evidence.ts';
import type { Action, StepId } from './flow.ts';
import { subjectOfKey } from './keys.ts';
import type { State } from './state.ts';

export type EventOf<T extends CaseEvent['type']> = Extract<CaseEvent, { readonly type: T }>;

export interface Place {
  readonly step: StepId;
  readonly subject: string | null;
}

/** A change of the machine, with the step that was being carried out when it was made (null: none was known). */
export type Change = State['changes'][number] & { readonly madeAt: Place | null };

export interface Facts {
  readonly opened: boolean;
  readonly concluded: boolean;
  readonly evidence: readonly Evidence[];
  /** The evidence that serves a key: newest, not superseded, from before the conclusion. */
  readonly byKey: ReadonlyMap<string, Evidence>;
  /** The same by `check@subject`, whatever its parameters. */
  readonly byCheck: ReadonlyMap<string, Evidence>;
  /** By placeKey. */
  readonly suggestions: ReadonlyMap<string, EventOf<'suggested'>>;
  readonly choices: ReadonlyMap<string, EventOf<'chosen'>>;
  readonly subjects: readonly Subject[] | null;
  readonly leftOut: readonly Subject[];
  readonly consent: Readonly<Partial<Record<Action, boolean>>>;
  readonly changes: readonly Change[];
  readonly notes: State['notes'];
  readonly unfinished: State['unfinished'];
  readonly verified: State['verified'];
  readonly remediesDone: State['remediesDone'];
  /** The step that the engineer went back to; null: at the frontier. It stays while the way is cut short before it. */
  readonly cursor: Place | null;
}

export const nothing: Facts = {
  opened: false,
  concluded: false,
  evidence: [],
  byKey: new Map(),
  byCheck: new Map(),
  suggestions: new Map(),
  choices: new Map(),
  subjects: null,
  leftOut: [],
  consent: {},
  changes: [],
  notes: [],
  unfinished: [],
  verified: [],
  remediesDone: [],
  cursor: null,
};

/** Evidence of a backend's second subject (`host:port/mode`) is told apart by its key; `subject` itself is the backend. */
function checkKey(evidence: Evidence): string {
  const subject = subjectOfKey(evidence.key);
  return `${evidence.check}@${(subject === undefined ? evidence.subject : subject) ?? ''}`;
}

type Index = Pick<Facts, 'evidence' | 'byKey' | 'byCheck'>;

/** Adds evidence; what it supersedes stays, marked. */
export function addEvidence(facts: Facts, evidence: Evidence): Index {
  if (facts.concluded) return { ...facts, evidence: [...facts.evidence, { ...evidence, afterConclusion: true }] };
  if (evidence.superseded) return { ...facts, evidence: [...facts.evidence, evidence] };
  const older = facts.byKey.has(evidence.key)
    ? facts.evidence.map((one) => (one.key === evidence.key && !one.afterConclusion ? { ...one, superseded: true } : one))
    : facts.evidence;
  return {
    evidence: [...older, evidence],
    byKey: new Map(facts.byKey).set(evidence.key, evidence),
    byCheck: new Map(facts.byCheck).set(checkKey(evidence), evidence),
  };
}

/** Marks all evidence of these keys superseded: nothing serves them until they are measured again. */
export function supersede(facts: Facts, keys: ReadonlySet<string>): Index {
  const byKey = new Map<string, Evidence>();
  const byCheck = new Map<string, Evidence>();
  const evidence = facts.evidence.map((one) => (keys.has(one.key) && !one.superseded ? { ...one, superseded: true } : one));
  for (const one of evidence) {
    if (one.superseded || one.afterConclusion) continue;
    byKey.set(one.key, one);
    byCheck.set(checkKey(one), one);
  }
  return { evidence, byKey, byCheck };
}

/** The evidence of a check that serves a subject: its own, else the case-wide one; null: none yet. */
export function evidenceFor(facts: Pick<Facts, 'byCheck'>, check: string, subject: string | null): Evidence | null {
  const own = subject === null ? undefined : facts.byCheck.get(`${check}@${subject}`);
  return own ?? facts.byCheck.get(`${check}@`) ?? null;
}
