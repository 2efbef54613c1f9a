/** A log's layout: how to read what stands before the message. */
import type { Head } from './head.ts';

export interface Layout {
  readonly name: string;
  /** Null: the line is not in this layout. `reference`: moment before which dates without a year lie (milliseconds since the epoch). */
  readonly read: (line: string, reference: number) => Head | null;
}
