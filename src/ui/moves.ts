/** Where a move leads: in the list of evidence, in a text that is searched, in the list of remedies. Pure. */
import type { Evidence } from '../engine/evidence.ts';
import type { Line } from './line.ts';
import { evidenceMatches, foundIn } from './view.ts';

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));

/** The selected one of a list that may have grown since; the first where it is not there any more. */
export function selectedIn(entries: readonly Evidence[], id: string | null): Evidence | undefined {
  return entries.find((evidence) => evidence.id === id) ?? entries[0];
}

export function movedIn(entries: readonly Evidence[], id: string | null, by: number): string | null {
  const index = entries.findIndex((evidence) => evidence.id === id);
  return entries[clamp(Math.max(0, index) + by, entries.length - 1)]?.id ?? null;
}

/** The next piece of evidence (or the one before) that contains the text, round the end; null: there is none. */
export function foundEvidence(entries: readonly Evidence[], id: string | null, step: 1 | -1, text: string): string | null {
  const index = entries.findIndex((evidence) => evidence.id === id);
  const turned = [...entries.slice(index + 1), ...entries.slice(0, index + 1)];
  const order = step > 0 ? turned : [...turned.slice(0, -1).reverse(), ...turned.slice(-1)];
  return order.find((evidence) => evidenceMatches(evidence, text))?.id ?? null;
}

export interface FoundLine {
  readonly line: number;
  /** `2 of 7`, from 1. */
  readonly number: number;
  readonly of: number;
}

/** The next line (or the one before) that contains the text, round the end; null: there is none. */
export function foundLine(lines: readonly Line[], from: number, step: 1 | -1, text: string): FoundLine | null {
  const found = foundIn(lines, text);
  const next = step > 0 ? (found.find((line) => line > from) ?? found[0]) : (found.findLast((line) => line < from) ?? found.at(-1));
  return next === undefined ? null : { line: next, number: found.indexOf(next) + 1, of: found.length };
}

export interface Scrolled {
  readonly scroll: number;
  readonly mostScroll: number;
  readonly page: number;
}

/** A found line is brought to the upper third, unless it is seen already. */
export function scrollToLine(line: number, { scroll, mostScroll, page }: Scrolled): number {
  const seen = line >= scroll && line < scroll + page;
  return seen ? scroll : clamp(line - Math.floor(page / 3), mostScroll);
}

/** Lines `from` to `to` are brought into sight, their beginning first; null brings the beginning of all back. */
export function scrollToShow(focus: { readonly from: number; readonly to: number } | null, { scroll, mostScroll, page }: Scrolled): number {
  if (focus === null) return 0;
  if (focus.from < scroll) return clamp(focus.from, mostScroll);
  return focus.to > scroll + page ? clamp(Math.min(focus.from, focus.to - page), mostScroll) : clamp(scroll, mostScroll);
}

export function scrolledBy({ scroll, mostScroll }: Scrolled, lines: number): number {
  return clamp(Math.min(scroll, mostScroll) + lines, mostScroll);
}
