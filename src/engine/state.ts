/**
 * What a case is, derived from its events alone. Two journals that fold to the same state are the same case.
 */
import type { Action, Outcome, StepId } from './flow.ts';
import type { DecidedBy, Subject } from './events.ts';
import type { Evidence } from './evidence.ts';

/** One step of the way walked so far. */
export interface Visit {
  readonly step: StepId;
  readonly subject: string | null;
  readonly outcome: Outcome;
  readonly suggested: Outcome | null;
  readonly decidedBy: DecidedBy;
  readonly because: string;
  readonly evidence: readonly string[];
}

export interface Suggestion {
  readonly outcome: Outcome;
  readonly because: string;
  readonly evidence: readonly string[];
}

export interface Ending {
  readonly subject: string | null;
  readonly step: StepId;
  readonly diagnosis: string;
}

/** Where the case stands and what it waits for. */
export type Position =
  | { readonly kind: 'run-check'; readonly step: StepId; readonly subject: string | null; readonly key: string }
  | { readonly kind: 'ask-consent'; readonly step: StepId; readonly subject: string | null; readonly action: Action }
  | { readonly kind: 'classify'; readonly step: StepId; readonly subject: string | null; readonly basis: readonly string[] }
  /** A suggestion is there; the driver (a person, or the unattended run) chooses. `chosen` is the earlier choice when one went back. */
  | {
      readonly kind: 'choose';
      readonly step: StepId;
      readonly subject: string | null;
      readonly suggestion: Suggestion;
      readonly chosen: Outcome | null;
    }
  | { readonly kind: 'ask'; readonly step: StepId; readonly subject: string | null; readonly chosen: Outcome | null }
  | { readonly kind: 'list-suspects'; readonly step: StepId }
  /** Every part ended; `concluded` says whether the conclusion has been written. */
  | { readonly kind: 'end'; readonly concluded: boolean };

export interface State {
  readonly opened: boolean;
  readonly evidence: readonly Evidence[];
  readonly subjects: readonly Subject[] | null;
  readonly leftOut: readonly Subject[];
  /** The way, up to the cursor when the engineer went back, else up to the frontier. */
  readonly path: readonly Visit[];
  /** Steps of the way that lie ahead of the cursor; empty at the frontier. */
  readonly ahead: readonly Visit[];
  readonly position: Position;
  readonly endings: readonly Ending[];
  readonly consent: Readonly<Partial<Record<Action, boolean>>>;
  readonly changes: readonly {
    readonly id: string;
    readonly what: string;
    readonly file: string;
    readonly state: 'applied' | 'reverted' | 'kept' | 'failed';
  }[];
  readonly notes: readonly { readonly text: string; readonly step: StepId | null }[];
  /** Checks that were started and have no evidence yet: running, or cut off by a crash. */
  readonly unfinished: readonly { readonly key: string; readonly check: string; readonly subject: string | null }[];
  /** Remedies whose test was run again after the conclusion, in order. */
  readonly verified: readonly {
    readonly diagnosis: string;
    readonly subject: string | null;
    readonly good: boolean;
    readonly evidence: string;
  }[];
  /** Remedies that are ticked off, in the order of their ticks. */
  readonly remediesDone: readonly { readonly diagnosis: string; readonly subject: string | null; readonly title: string }[];
}
