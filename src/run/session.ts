/**
 * A session: one case being carried through, whoever drives it. The wizard and the unattended run both see this and nothing else
 * of the run: they read `view()`, are told of changes, and send intents.
 */
import type { Evidence } from '../engine/evidence.ts';
import type { Action, Flow, Outcome, StepId } from '../engine/flow.ts';
import type { Diagnosis } from '../engine/conclusion.ts';
import type { State } from '../engine/state.ts';
import type { Progress } from '../checks/check.ts';
import type { Verifying } from './verify.ts';

export interface RunningCheck {
  readonly key: string;
  readonly check: string;
  readonly subject: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly progress: Progress | null;
  /** The commands it runs, as one would type them. */
  readonly commands: readonly string[];
  /** Started ahead of need; nobody waits for it yet. */
  readonly ahead: boolean;
}

/** What the session waits for from its driver. `none`: it works by itself, or has ended. */
export type Awaiting =
  | { readonly kind: 'none' }
  | { readonly kind: 'choice'; readonly step: StepId; readonly subject: string | null }
  | { readonly kind: 'answer'; readonly step: StepId; readonly subject: string | null }
  | {
      readonly kind: 'consent';
      readonly step: StepId;
      readonly subject: string | null;
      readonly action: Action;
      /** What would be done, in full, before it is done: file, diff, bound in time. */
      readonly proposal: readonly string[];
    };

export interface SessionView {
  readonly caseId: string;
  readonly host: string;
  readonly startedAt: number;
  readonly flow: Flow;
  readonly state: State;
  readonly running: readonly RunningCheck[];
  readonly awaiting: Awaiting;
  /** One line that says what is known so far, from the first seconds on. */
  readonly soFar: string | null;
  /** Null until the case has ended. */
  readonly diagnoses: readonly Diagnosis[] | null;
  /** A change of the machine is live until then (ms since the epoch), or none is. */
  readonly liveChange: { readonly what: string; readonly file: string; readonly until: number; readonly keep?: boolean } | null;
  /** A verification that goes on until it is good or is stopped; null: none does. */
  readonly verifying: Verifying | null;
  readonly status: 'running' | 'diagnosed' | 'undetermined' | 'interrupted' | 'failed';
  /** The last complaint about an intent that could not be carried out; cleared by the next intent. */
  readonly complaint: string | null;
  /** Evidence ids that have become stale. */
  readonly stale: readonly string[];
  readonly evidenceOf: (step: StepId, subject: string | null) => Evidence | null;
}

export type Intent =
  /** Choose an outcome of the current step; `because` is needed where it goes against the evidence. */
  | { readonly type: 'choose'; readonly outcome: Outcome; readonly because: string | null }
  | { readonly type: 'consent'; readonly granted: boolean }
  | { readonly type: 'back' }
  | { readonly type: 'forward' }
  | { readonly type: 'rerun' }
  /** Give up the running check of the current step. */
  | { readonly type: 'skip' }
  /** After the diagnosis: a remedy (by its place in the list) is done, or is not after all. */
  | { readonly type: 'tick'; readonly diagnosis: number; readonly remedy: number }
  | { readonly type: 'note'; readonly text: string }
  /** Follow the evidence without asking, until something can't be decided; or stop doing so. */
  | { readonly type: 'follow'; readonly on: boolean }
  /** Put a live change back now; or keep it, as a setting with a name of its own, once its test has ended well. */
  | { readonly type: 'put-back' }
  | { readonly type: 'keep' }
  /** After the diagnosis: run the deciding check again and again until it is good; a second time: stop that. */
  | { readonly type: 'verify'; readonly diagnosis: number };

export interface Session {
  readonly view: () => SessionView;
  /** Called after every change of the view (many a second while checks run: throttle drawing, not reading). Returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly send: (intent: Intent) => void;
  /** Runs until the case has ended or `stop` was called; never rejects for what is found. */
  readonly start: () => Promise<void>;
  /** Saves and ends: running checks are aborted, changes are put back. */
  readonly stop: (signal: string | null) => Promise<void>;
}
