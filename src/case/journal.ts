/**
 * The journal: the case's events on disk, one JSON object a line, each written and synced before the next step is taken.
 */
import type { CaseEvent } from '../engine/events.ts';
import type { Inputs } from '../checks/inputs.ts';

/** A line of the journal. `at` is ISO 8601 UTC, for people; the order of lines is what counts. */
export interface Entry {
  readonly seq: number;
  readonly at: string;
  readonly event: CaseEvent;
}

/** The first line of a journal. */
export interface Header {
  readonly journal: 1;
  readonly id: string;
  readonly startedAt: string;
  readonly host: string;
  readonly tool: string;
  readonly mode: 'interactive' | 'unattended';
  readonly inputs: Inputs;
  /** The flow's own source, so that the case can go on when the installed flow has changed. */
  readonly flow: { readonly id: string; readonly version: number; readonly hash: string; readonly source: string };
}

export interface CaseRecord {
  readonly header: Header;
  readonly entries: readonly Entry[];
  /** The folder of the case, mode 0700; captures and reports lie beside the journal. */
  readonly folder: string;
  /** Said to people when the journal's tail was cut (a crash in the middle of a write). */
  readonly warning: string | null;
  /** Lines whose seal does not hold, in words: somebody changed them after they were written. */
  readonly changed: readonly string[];
}

export interface Journal {
  readonly id: string;
  readonly folder: string;
  /** Resolves when the event is on disk. @throws {CaseError} (disk full, state directory gone) */
  readonly append: (event: CaseEvent) => Promise<Entry>;
  readonly close: () => Promise<void>;
}
