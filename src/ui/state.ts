/** What the person looks at: screen state, apart from the case. Plain data; store.ts changes it, view.ts reads it. */
import type { Diagnosis } from '../engine/conclusion.ts';
import type { Outcome, StepId } from '../engine/flow.ts';
import type { SessionView } from '../run/session.ts';
import type { Field } from './field.ts';
import type { Place } from './keys.ts';

/** Long text that is read and searched. */
export type Reading =
  | { readonly kind: 'evidence'; readonly id: string }
  | { readonly kind: 'commands' }
  | { readonly kind: 'map' }
  | { readonly kind: 'help'; readonly place: Place };

/** Something on top of the step; the last layer is what the keys work on. */
export type Layer =
  | { readonly kind: 'evidence'; readonly selected: string | null }
  | { readonly kind: 'reading'; readonly what: Reading; readonly scroll: number; readonly at: number | null }
  | { readonly kind: 'notes'; readonly field: Field }
  | { readonly kind: 'because'; readonly step: StepId; readonly outcome: Outcome; readonly field: Field }
  | { readonly kind: 'report'; readonly field: Field }
  | { readonly kind: 'find'; readonly field: Field }
  | { readonly kind: 'keep' }
  | { readonly kind: 'leaving'; readonly text: string };

export interface ScreenState {
  readonly layers: readonly Layer[];
  /** First line shown of the step's upper part; belongs to the place `scrolled`. */
  readonly scroll: number;
  readonly scrolled: string;
  readonly diagnosis: number;
  readonly remedy: number;
  /** The text last searched for. */
  readonly find: string | null;
  /** One line for the person, until the next key. */
  readonly notice: string | null;
  /** Follows the evidence without asking. */
  readonly following: boolean;
  /** What was selected last in which list, so that looking away does not lose it. */
  readonly highlighted: { readonly id: string; readonly value: string } | null;
}

export const firstState: ScreenState = {
  layers: [],
  scroll: 0,
  scrolled: '',
  diagnosis: 0,
  remedy: 0,
  find: null,
  notice: null,
  following: false,
  highlighted: null,
};

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The step on the screen, whatever lies on top of it. */
export function basePlace(view: SessionView): 'working' | 'choice' | 'consent' | 'diagnosis' {
  const { position } = view.state;
  const { awaiting } = view;
  if (position.kind === 'end') return view.diagnoses === null ? 'working' : 'diagnosis';
  // Between an answer and what follows from it the session's `awaiting` is the last step's: nothing can be chosen then.
  const here = awaiting.kind !== 'none' && 'step' in position && awaiting.step === position.step && subjectOf(view) === awaiting.subject;
  if (!here) return 'working';
  if (position.kind === 'ask-consent') return awaiting.kind === 'consent' ? 'consent' : 'working';
  return position.kind === 'choose' || position.kind === 'ask' ? 'choice' : 'working';
}

/** The subject under examination at the step on the screen, as its key. */
export function subjectOf({ state: { position } }: SessionView): string | null {
  return 'subject' in position ? position.subject : null;
}

/** Its backend. */
export function suspect(view: SessionView): string | null {
  const key = subjectOf(view);
  return view.state.subjects?.find((one) => one.key === key)?.backend ?? key;
}

/** Identity of the step on the screen: what was scrolled or selected belongs to it. */
export function baseOf(view: SessionView): string {
  const { position } = view.state;
  return 'step' in position ? `${position.step} ${subjectOf(view) ?? ''} ${basePlace(view)}` : `end ${basePlace(view)}`;
}

/** The diagnosis on the screen; null: there is none yet. */
export function diagnosisOf({ view, state }: { readonly view: SessionView; readonly state: ScreenState }): Diagnosis | null {
  return view.diagnoses?.[state.diagnosis] ?? view.diagnoses?.[0] ?? null;
}

/** What the keys work on now. */
export function placeOf(view: SessionView, state: ScreenState): Place {
  const top = state.layers.at(-1);
  switch (top?.kind) {
    case undefined:
      return basePlace(view);
    case 'evidence':
    case 'reading':
    case 'notes':
    case 'leaving':
      return top.kind;
    case 'because':
    case 'report':
    case 'find':
      return 'typing';
    case 'keep':
      return 'confirm';
  }
}

/** Changes whenever something other than progress does: then the screen is drawn at once, and keys that waited go on. */
export function markOf(view: SessionView): string {
  const { state, running, awaiting, complaint, diagnoses, liveChange, stale, status, verifying } = view;
  const { position, path, ahead, evidence, notes, verified, remediesDone, changes } = state;
  return JSON.stringify([
    position,
    path.length,
    ahead.length,
    evidence.length,
    notes.length,
    verified.length,
    remediesDone.length,
    verifying,
    changes,
    running.map(({ key }) => key),
    awaiting.kind,
    'step' in awaiting ? awaiting.step : null,
    complaint,
    diagnoses?.length ?? null,
    liveChange,
    stale,
    status,
  ]);
}

/** The case stands still for the person, or works visibly: no screen comes and goes by itself now. */
export function settled(view: SessionView): boolean {
  const { position } = view.state;
  if (view.complaint !== null || view.status === 'failed') return true;
  if (position.kind === 'run-check') return view.running.some(({ key }) => key === position.key);
  return basePlace(view) !== 'working';
}
