/**
 * The engine: `step(flow, events, event) → [events, effects]`, pure. Effects are what the case waits for now, as data: the same
 * effect comes again with every event that did not change what is waited for, so whoever carries effects out goes by their key.
 */
import { advance, foldAll, type Folded } from './derive.ts';
import type { CaseEvent } from './events.ts';
import type { Action, Flow, StepId } from './flow.ts';
import type { Position } from './state.ts';
import { stepOf } from './walk.ts';

export { Refused } from './refused.ts';
export { advance, begin, derive, foldAll, type Folded } from './derive.ts';

export type Effect =
  /** `subject` is null for a case-wide check, whoever is examined; `key` is the evidence key to record it under. */
  | { readonly type: 'run-check'; readonly step: StepId; readonly subject: string | null; readonly key: string }
  | { readonly type: 'ask-consent'; readonly step: StepId; readonly subject: string | null; readonly action: Action }
  | { readonly type: 'classify'; readonly step: StepId; readonly subject: string | null; readonly basis: readonly string[] }
  | { readonly type: 'choose'; readonly step: StepId; readonly subject: string | null }
  | { readonly type: 'ask'; readonly step: StepId; readonly subject: string | null }
  | { readonly type: 'list-suspects'; readonly step: StepId }
  | { readonly type: 'conclude' };

/** What a position asks of the run. */
export function effectsOf(flow: Flow, position: Position): readonly Effect[] {
  switch (position.kind) {
    case 'run-check': {
      const { step: id, subject, key } = position;
      const step = stepOf(flow, id);
      const caseWide = (step.kind === 'check' || step.kind === 'action') && step.scope === 'case';
      return [{ type: 'run-check', step: id, subject: caseWide ? null : subject, key }];
    }
    case 'ask-consent':
      return [{ type: 'ask-consent', step: position.step, subject: position.subject, action: position.action }];
    case 'classify':
      return [{ type: 'classify', step: position.step, subject: position.subject, basis: position.basis }];
    case 'choose':
      return [{ type: 'choose', step: position.step, subject: position.subject }];
    case 'ask':
      return [{ type: 'ask', step: position.step, subject: position.subject }];
    case 'list-suspects':
      return [{ type: 'list-suspects', step: position.step }];
    case 'end':
      return position.concluded ? [] : [{ type: 'conclude' }];
  }
}

// Journals grow by one event at a time: the fold of the events handed out last is kept, so that the next call is one `advance`.
const lastFold = new WeakMap<readonly CaseEvent[], { readonly flow: Flow; readonly folded: Folded; readonly length: number }>();

/** Takes one event: the events including it, and what the case waits for now. @throws {Refused} */
export function step(flow: Flow, events: readonly CaseEvent[], event: CaseEvent): readonly [readonly CaseEvent[], readonly Effect[]] {
  const kept = lastFold.get(events);
  const before = kept?.flow === flow && kept.length === events.length ? kept.folded : foldAll(flow, events);
  const folded = advance(flow, before, event);
  const all = [...events, event];
  lastFold.set(all, { flow, folded, length: all.length });
  return [all, effectsOf(flow, folded.state.position)];
}
