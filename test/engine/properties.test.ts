import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CaseEvent } from '../../src/engine/events.ts';
import type { Flow } from '../../src/engine/flow.ts';
import { advance, begin, derive, effectsOf, Refused, step, type Folded } from '../../src/engine/step.ts';
import { anyFlow, opened } from './flows.ts';
import { fitting, wild } from './moves.ts';

const moves = fc.array(fc.record({ fits: fc.integer({ min: 0, max: 3 }).map((drawn) => drawn > 0), number: fc.nat(10_000) }), {
  minLength: 30,
  maxLength: 90,
  size: 'max',
});
type Moves = readonly { readonly fits: boolean; readonly number: number }[];

interface Played {
  readonly journal: readonly CaseEvent[];
  readonly folds: readonly Folded[];
  readonly refusals: readonly Refused[];
}

/** The case after the event; null where it was refused. */
function attempt(flow: Flow, before: Folded, event: CaseEvent): Folded | null {
  try {
    return advance(flow, before, event);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** Plays drawn moves; what is refused must leave no trace, and only `Refused` may be thrown. */
function play(flow: Flow, drawn: Moves): Played {
  const journal: CaseEvent[] = [opened];
  const folds = [advance(flow, begin(flow), opened)];
  const refusals: Refused[] = [];
  for (const { fits, number } of drawn) {
    const now = folds[folds.length - 1];
    if (!now) break;
    const event = fits ? fitting(flow, now.state, number) : wild(flow, now.state, number);
    if (!event) continue;
    try {
      folds.push(advance(flow, now, event));
      journal.push(event);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refusals.push(error);
    }
  }
  return { journal, folds, refusals };
}

describe('any flow, any events', () => {
  test('a sequence is refused with a reason, or replays to the same state, however it is folded', () => {
    fc.assert(
      fc.property(anyFlow, moves, (flow, drawn) => {
        const { journal, folds, refusals } = play(flow, drawn);
        for (const refusal of refusals) {
          expect(refusal.tried).not.toBe('');
          expect(refusal.why).not.toBe('');
        }
        const last = folds[folds.length - 1]?.state;
        expect(derive(flow, journal)).toEqual(last);
        let events: readonly CaseEvent[] = [];
        for (const event of journal) {
          const [next, effects] = step(flow, events, event);
          events = next;
          expect(effects).toEqual(effectsOf(flow, derive(flow, events).position));
        }
        expect(events).toEqual(journal);
      }),
      { numRuns: 150 },
    );
  });

  test('events that fit are never refused', () => {
    fc.assert(
      fc.property(anyFlow, fc.array(fc.nat(10_000), { minLength: 30, maxLength: 90, size: 'max' }), (flow, numbers) => {
        const { refusals } = play(
          flow,
          numbers.map((number) => ({ fits: true, number })),
        );
        expect(refusals).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('back, then forward, is where one was', () => {
    let tried = 0;
    fc.assert(
      fc.property(anyFlow, moves, (flow, drawn) => {
        for (const before of play(flow, drawn).folds) {
          const back = attempt(flow, before, { type: 'back' });
          if (!back) continue;
          tried += 1;
          expect(advance(flow, back, { type: 'forward' }).state).toEqual(before.state);
        }
      }),
      { numRuns: 100 },
    );
    expect(tried).toBeGreaterThan(500);
  });

  test('every way ends, whatever is found and chosen', () => {
    fc.assert(
      fc.property(anyFlow, fc.infiniteStream(fc.nat(10_000)), (flow, numbers) => {
        let now = advance(flow, begin(flow), opened);
        // Each step of each of at most three suspects takes at most four events.
        const bound = 4 * 4 * flow.steps.size + 10;
        for (let count = 0; count < bound && !(now.state.position.kind === 'end' && now.state.position.concluded); count += 1) {
          const event = fitting(flow, now.state, numbers.next().value ?? 0);
          if (event) now = advance(flow, now, event);
        }
        expect(now.state.position).toEqual({ kind: 'end', concluded: true });
        expect(now.state.endings.length).toBe(now.state.subjects === null ? 1 : now.state.subjects.length || now.state.endings.length);
      }),
      { numRuns: 150 },
    );
  });

  test('a journal cut anywhere is a case that can go on', () => {
    fc.assert(
      fc.property(anyFlow, moves, fc.nat(), (flow, drawn, where) => {
        const { journal, folds } = play(flow, drawn);
        const cut = where % (journal.length + 1);
        const state = derive(flow, journal.slice(0, cut));
        expect(state).toEqual(cut === 0 ? begin(flow).state : folds[cut - 1]?.state);
      }),
      { numRuns: 150 },
    );
  });

  test('the way is a chain of routes, from a first step to the step where the case stands', () => {
    fc.assert(
      fc.property(anyFlow, moves, (flow, drawn) => {
        for (const { state } of play(flow, drawn).folds) {
          const way = [...state.path, ...state.ahead];
          way.forEach((visit, index) => {
            const previous = way[index - 1];
            const before = previous && previous.subject === visit.subject ? flow.steps.get(previous.step) : undefined;
            const from =
              before && 'routes' in before && previous
                ? before.routes[previous.outcome]?.to
                : visit.subject === null
                  ? flow.triage
                  : flow.suspect;
            expect(visit.step).toBe(from);
          });
          for (const visit of way) {
            const step = flow.steps.get(visit.step);
            if (step?.kind !== 'check' && step?.kind !== 'action') continue;
            expect(visit.suggested).toBe(state.evidence.find((one) => one.id === visit.evidence[0])?.outcome);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
