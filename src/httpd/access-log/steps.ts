/** A compiled format: the steps that the cutter takes through a line. */
import type { Role } from './roles.ts';
import type { TimePart } from './strftime.ts';

/** Kinds of steps, as numbers: the cutter's loop switches on them for every field of every line. */
export const literalStep = 0;
export const textStep = 1;
export const numberStep = 2;
export const statusStep = 3;
export const markStep = 4;
export const queryStep = 5;
export const clfStep = 6;
export const timeStep = 7;

export interface Step {
  readonly kind: number;
  /** Index into `roles`. */
  readonly role: number;
  /** The bytes of a literal; of a text, the literal that ends it (empty: the end of the line, or a field follows at once). */
  readonly literal: Uint8Array;
  /** A text that another field follows without a literal between: its end is not to be seen from the text alone. */
  readonly openEnded: boolean;
  readonly parts: readonly TimePart[];
  readonly end: boolean;
  readonly unitMs: number;
}

export interface LogFormat {
  /** The format string. */
  readonly source: string;
  readonly steps: readonly Step[];
  /**
   * Fields that nobody reads (Referer, User-Agent) make up most of a line. Steps `from` to `to` (exclusive) are such: the quick way
   * jumps over them and matches what follows from the line's end backwards. Null: there is nothing worth a jump.
   */
  readonly jump: { readonly from: number; readonly to: number } | null;
  readonly roles: ReadonlySet<Role>;
  /** The unit that durations are written in; null: the format has none. */
  readonly durationUnit: 'us' | 'ms' | 's' | null;
  /** `begin`, `end` or both: which moments of a request the format tells. */
  readonly moments: { readonly begin: boolean; readonly end: boolean };
}
