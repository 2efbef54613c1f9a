/**
 * A sign: one plain statement about the case that evidence shows, contradicts or leaves open. Diagnoses are declared in terms of
 * signs (flows/…/diagnoses.yaml): which show the mechanism, which refute a rival. "Could not check" is `unknown`, never `no`.
 */
import type { Looked, View } from '../view.ts';

export interface Sign {
  readonly state: 'yes' | 'no' | 'unknown';
  /** The statement with its numbers, as the report says it when it holds. */
  readonly text: string;
  readonly evidence: readonly string[];
  /** Where it is unknown: the checks that it was looked for in. */
  readonly asked?: readonly string[];
}

export type SignOf = (view: View) => Sign;
export type Signs = Readonly<Record<string, SignOf>>;

export const unknown: Sign = { state: 'unknown', text: '', evidence: [] };

/** A sign from one check: `unknown` unless the check was carried out. */
export function from<F>(looked: Looked<F>, test: (facts: F) => boolean | null, text: (facts: F) => string): Sign {
  if (looked.facts === null || looked.evidence === null) return unknown;
  const holds = test(looked.facts);
  if (holds === null) return unknown;
  return { state: holds ? 'yes' : 'no', text: holds ? text(looked.facts) : '', evidence: [looked.evidence.id] };
}

/** Sum of the counts under these names. */
export function sum(counts: Readonly<Record<string, number>>, names: readonly string[]): number {
  return names.reduce((total, name) => total + (counts[name] ?? 0), 0);
}

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sofar, count) => sofar + count, 0);
}

/** At least half of the counts: what most failures have in common. */
export function mostly(counts: Readonly<Record<string, number>>, names: readonly string[]): boolean {
  const all = total(counts);
  return all > 0 && sum(counts, names) * 2 >= all;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const share = (100 * part) / whole;
  return `${share >= 10 || share === 0 ? share.toFixed(0) : share.toFixed(1)} %`;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** An ISO time in a sentence: `2026-11-22 19:55:04 UTC`. */
export function moment(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
