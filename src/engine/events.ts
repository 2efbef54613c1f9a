/**
 * Everything that happens in a case, as data. The journal on disk is these events in order; the state is a fold over them.
 * No event holds a clock reading that the engine would need: times are for people (the journal's envelope stamps each event).
 */
import type { Action, Outcome, StepId } from './flow.ts';
import type { Evidence } from './evidence.ts';

/**
 * What is examined in the second part of a flow: a backend, and the kind of failure it is examined for. A backend with two
 * unrelated kinds of failure is two subjects. `key` is `host:port`, or `host:port/mode` for the second one; where failures of one mode fall
 * into parts, `host:port/mode-part`.
 */
export interface Subject {
  readonly key: string;
  readonly backend: string;
  readonly mode: string;
  /** Part of the failures of that mode; left out: all of them. */
  readonly part?: string;
  /** Failed requests that made it a suspect. */
  readonly failures: number;
}

export type DecidedBy = 'evidence' | 'answer' | 'operator' | 'default';

export type CaseEvent =
  | { readonly type: 'opened'; readonly flow: { readonly id: string; readonly version: number; readonly hash: string } }
  /** A check was started (so that a read that did not end is known after a crash). */
  | { readonly type: 'started'; readonly key: string; readonly check: string; readonly subject: string | null }
  | { readonly type: 'evidence'; readonly evidence: Evidence }
  /**
   * What a classifier made of the evidence; `basis` is what it was given (ids of evidence, then answers as `question=option`), so that
   * new evidence and other answers are noticed.
   */
  | {
      readonly type: 'suggested';
      readonly step: StepId;
      readonly subject: string | null;
      readonly outcome: Outcome;
      readonly because: string;
      /** Evidence that the reason rests on (a part of `basis`). */
      readonly evidence: readonly string[];
      readonly basis: readonly string[];
    }
  /** The way was chosen. `suggested` is what the evidence favoured then (null at a question); another `outcome` overrules it. */
  | {
      readonly type: 'chosen';
      readonly step: StepId;
      readonly subject: string | null;
      readonly outcome: Outcome;
      readonly suggested: Outcome | null;
      readonly by: DecidedBy;
      readonly because: string | null;
    }
  | { readonly type: 'suspects'; readonly subjects: readonly Subject[]; readonly leftOut: readonly Subject[]; readonly because: string }
  | { readonly type: 'consent'; readonly action: Action; readonly granted: boolean; readonly by: DecidedBy }
  /** Moves the cursor; nothing that was measured is lost. */
  | { readonly type: 'back' }
  | { readonly type: 'forward' }
  /** Measure or decide this step again; what follows from it is decided again too. */
  | { readonly type: 'rerun'; readonly step: StepId; readonly subject: string | null }
  /** A change of the machine: `applied` may not be crossed by `back` until it is `reverted` or `kept`. */
  | {
      readonly type: 'change';
      readonly id: string;
      readonly what: string;
      readonly file: string;
      readonly state: 'applied' | 'reverted' | 'kept' | 'failed';
    }
  | { readonly type: 'note'; readonly text: string; readonly step: StepId | null }
  | { readonly type: 'concluded' }
  /** The remedy's test was run again after the diagnosis: good or not. */
  | {
      readonly type: 'verified';
      readonly diagnosis: string;
      readonly subject: string | null;
      readonly good: boolean;
      readonly evidence: string;
    }
  /** A remedy of a diagnosis was ticked off as done by the engineer, or the tick was taken back. `subject` is the diagnosis's backend. */
  | { readonly type: 'remedy'; readonly diagnosis: string; readonly subject: string | null; readonly title: string; readonly done: boolean }
  | { readonly type: 'interrupted'; readonly signal: string | null };
