/** What is wrong with a flow or answers file, where, and what to write instead. */
import { distance } from 'fastest-levenshtein';
import { UsageError, type Place } from '../errors.ts';
import { visible } from '../visible.ts';

export interface Problem {
  /** `error`: the file can't be used. `warning`: it can, and its author will want to know. */
  readonly severity: 'error' | 'warning';
  /** The kind of problem in one word, stable: `unknown-outcome`. */
  readonly kind: string;
  readonly place: Place;
  /** What is wrong, without a full stop. */
  readonly message: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
}

/** The word that was most likely meant; null where there is none to choose from. */
export function nearest(word: string, words: readonly string[]): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of words) {
    const far = distance(word, candidate);
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
}

// Longer lists say less than the nearest word alone.
const listed = 24;

/** The remedy for a word that is not in a closed set: names the nearest, then all of them where they are few. */
export function instead(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  if (near === null) return 'Leave it out: nothing can stand here.';
  const all = words.length > 1 && words.length <= listed ? ` Possible here: ${words.join(', ')}.` : '';
  return `The nearest that is known is ${near}.${all}`;
}

/** The first error of a file, to be thrown. */
export function usageError(problem: Problem): UsageError {
  return new UsageError(problem.message, problem.remedy, problem.place);
}

/** What a file holds may be long and may hold control characters; its complaints are one readable line. */
export function tidy(problem: Problem): Problem {
  return { ...problem, message: readable(problem.message), remedy: readable(problem.remedy) };
}

function readable(text: string): string {
  return visible(text.length > 600 ? `${text.slice(0, 300)} … ${text.slice(-100)}` : text);
}
