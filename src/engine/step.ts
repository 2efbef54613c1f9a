/**
 * The engine: `step(flow, events, event) → [events, effects]`, pure. Effects are what the run has to do next, as data.
 */
import type { Action, Flow, StepId } from './flow.ts';
import type { CaseEvent } from './events.ts';
import type { State } from './state.ts';

export type Effect =
  | { readonly type: 'run-check'; readonly step: StepId; readonly subject: string | null; readonly key: string }
  | { readonly type: 'ask-consent'; readonly step: StepId; readonly subject: string | null; readonly action: Action }
  | { readonly type: 'classify'; readonly step: StepId; readonly subject: string | null; readonly basis: readonly string[] }
  | { readonly type: 'choose'; readonly step: StepId; readonly subject: string | null }
  | { readonly type: 'ask'; readonly step: StepId; readonly subject: string | null }
  | { readonly type: 'list-suspects'; readonly step: StepId }
  | { readonly type: 'conclude' };

/** An event that does not fit the state: what was tried, and why it is not possible now. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Takes one event. @throws {Refused} */
export declare function step(
  flow: Flow,
  events: readonly CaseEvent[],
  event: CaseEvent,
): readonly [readonly CaseEvent[], readonly Effect[]];

/** The state that these events lead to. @throws {Refused} for a journal that no run could have written. */
export declare function derive(flow: Flow, events: readonly CaseEvent[]): State;
