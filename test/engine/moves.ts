/** Draws events for a case: mostly what fits where it stands, sometimes what does not. */
import type { CaseEvent } from '../../src/engine/events.ts';
import type { Flow } from '../../src/engine/flow.ts';
import { subjectOfKey } from '../../src/engine/keys.ts';
import type { State } from '../../src/engine/state.ts';
import { chosen, evidence, outcomesOf, subjectAt, suggested } from './flows.ts';

const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % list.length];

/** What a run and its driver would do next; null once the case has been concluded. */
export function fitting(flow: Flow, state: State, number: number): CaseEvent | null {
  const { position } = state;
  const step = 'step' in position ? flow.steps.get(position.step) : undefined;
  switch (position.kind) {
    case 'run-check': {
      if (step?.kind !== 'check' && step?.kind !== 'action') throw new Error('a check is run at a step that is none');
      const made = evidence(
        `e${state.evidence.length + 1}`,
        step.check,
        subjectOfKey(position.key) ?? null,
        pick(outcomesOf(step.check), number) ?? 'skipped',
        step.with,
      );
      return made;
    }
    case 'ask-consent':
      return { type: 'consent', action: position.action, granted: number % 2 === 0, by: 'operator' };
    case 'classify':
      return suggested(position.step, position.subject, pick(['a', 'b', 'cannot-tell'], number) ?? 'a', position.basis);
    case 'choose': {
      const routes = step && 'routes' in step ? Object.keys(step.routes) : [];
      const outcome = number % 3 === 0 ? (pick(routes, number) ?? '') : position.suggestion.outcome;
      return chosen(position.step, position.subject, outcome, position.suggestion.outcome, 'so it is');
    }
    case 'ask':
      return chosen(position.step, position.subject, pick(['yes', 'no', 'unknown'], number) ?? 'yes', null);
    case 'list-suspects': {
      const subjects = ['a:1', 'b:2', 'b:2/flight'].slice(0, number % 4).map(subjectAt);
      return { type: 'suspects', subjects, leftOut: [], because: 'drawn' };
    }
    case 'end':
      return position.concluded ? null : { type: 'concluded' };
  }
}

/** Anything, whether it fits or not. */
export function wild(flow: Flow, state: State, number: number): CaseEvent {
  const ids = [...flow.steps.keys()];
  const step = pick(ids, number) ?? 't0';
  const subject = pick([null, 'a:1', 'b:2'], Math.floor(number / 7)) ?? null;
  const outcome = pick(['a', 'yes', 'refused', 'some', 'skipped', 'nonsense'], Math.floor(number / 3)) ?? 'a';
  const suggestedOutcome = pick([null, 'a', 'refused', 'some'], Math.floor(number / 5)) ?? null;
  const id = `e${state.evidence.length + 1}`;
  const kinds: readonly (() => CaseEvent)[] = [
    () => ({ type: 'back' }),
    () => ({ type: 'back' }),
    () => ({ type: 'forward' }),
    () => ({ type: 'rerun', step, subject }),
    () => ({ type: 'rerun', step: state.path.at(-1)?.step ?? step, subject: state.path.at(-1)?.subject ?? null }),
    () => evidence(id, pick(['error-log', 'tcp-connect', 'dns'], number) ?? 'dns', subject, outcome),
    () => evidence(id, 'tcp-connect', null, 'refused'),
    () => evidence('e1', 'error-log', null, 'some'),
    () => chosen(step, subject, outcome, suggestedOutcome),
    () =>
      suggested(
        step,
        subject,
        outcome,
        state.evidence.slice(0, number % 3).map((one) => one.id),
      ),
    () => ({ type: 'suspects', subjects: [subjectAt('a:1'), subjectAt('a:1')], leftOut: [], because: '' }),
    () => ({ type: 'consent', action: 'keepalive-toggle', granted: number % 2 === 0, by: 'operator' }),
    () => ({
      type: 'change',
      id: 'c1',
      what: 'keepalive off',
      file: 'px.conf',
      state: pick(['applied', 'reverted', 'kept', 'failed'] as const, number) ?? 'applied',
    }),
    () => ({ type: 'concluded' }),
    () => ({ type: 'note', text: 'hm', step: number % 2 ? step : 'nowhere' }),
    () => ({ type: 'started', key: 'k', check: 'dns', subject }),
    () => ({ type: 'verified', diagnosis: 'end-a', subject, good: true, evidence: 'e1' }),
    () => ({ type: 'remedy', diagnosis: 'end-a', subject, title: 'start it', done: number % 2 === 0 }),
    () => ({ type: 'opened', flow: { id: 'test', version: 1, hash: 'h' } }),
    () => ({ type: 'interrupted', signal: 'SIGINT' }),
  ];
  return (pick(kinds, number) ?? kinds[0] ?? ((): CaseEvent => ({ type: 'back' })))();
}
