/** What a flow may name: checks, classifiers and diagnoses with their closed outcomes. Whoever reads a flow brings it along. */
import * as z from 'zod';
import type { Scope } from '../engine/flow.ts';

/** A closed set, with what each word means where that is known (it becomes the label of the choice). */
export type Outcomes = Readonly<Record<string, string>> | readonly string[];

export interface CatalogueCheck {
  readonly outcomes: Outcomes;
  readonly scope: Scope;
  /** Set where the check needs consent. */
  readonly action?: string | null;
  /** The schema of all its parameters; what a step sets in `with` has to be among them. */
  readonly parameters?: z.ZodType;
}

/** The parameters of a check by name; null where they are not known. */
export function parametersOf(check: CatalogueCheck): Readonly<Record<string, z.core.$ZodType>> | null {
  return check.parameters instanceof z.ZodObject ? check.parameters.shape : null;
}

export interface Catalogue {
  readonly checks: Readonly<Record<string, CatalogueCheck>>;
  /** `reads`: the checks whose evidence the classifier knows to read. */
  readonly classifiers: Readonly<Record<string, { readonly outcomes: Outcomes; readonly reads: readonly string[] }>>;
  readonly diagnoses: readonly string[];
}

/** The words of a closed set with their descriptions. */
export function described(outcomes: Outcomes): Readonly<Record<string, string>> {
  if (!isList(outcomes)) return outcomes;
  return Object.fromEntries(outcomes.map((word) => [word, inWords(word)]));
}

function isList(outcomes: Outcomes): outcomes is readonly string[] {
  return Array.isArray(outcomes);
}

/** `host-answers` → `Host answers`. */
export function inWords(word: string): string {
  const text = word.replaceAll('-', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Labels of the ways in which any check can not be carried out. */
export const couldNotLabels = {
  skipped: 'It was not carried out',
  failed: 'It could not be carried out',
  'timed-out': 'It did not end in time',
} as const;
