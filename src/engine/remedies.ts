/** Which remedies are done, as the engineer ticked them off. */
import type { State } from './state.ts';

/** A remedy of one diagnosis; `subject` is the diagnosis's backend. */
export type RemedyMark = State['remediesDone'][number];

export function sameRemedy(one: RemedyMark, other: RemedyMark): boolean {
  return one.diagnosis === other.diagnosis && one.subject === other.subject && one.title === other.title;
}

export function isDone({ remediesDone }: Pick<State, 'remediesDone'>, remedy: RemedyMark): boolean {
  return remediesDone.some((one) => sameRemedy(one, remedy));
}
