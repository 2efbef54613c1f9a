/** What a session is made of. */
import type { Flow } from '../engine/flow.ts';
import type { Declared } from '../diagnosis/declared.ts';
import type { Checks } from '../checks/check.ts';
import type { Hosts } from '../host/host.ts';
import type { Inputs } from '../checks/inputs.ts';
import type { Journal } from '../case/journal.ts';
import type { CaseEvent } from '../engine/events.ts';

export interface SessionOptions {
  readonly flow: Flow;
  readonly flowHash: string;
  readonly declared: Readonly<Record<string, Declared>>;
  /** Called when the session starts: its first view is there before the checks are. */
  readonly loadChecks: () => Promise<Checks>;
  readonly hosts: Hosts;
  readonly inputs: Inputs;
  readonly journal: Journal;
  readonly changesFolder: () => Promise<string>;
  /** Events of an interrupted case, to go on with. */
  readonly before: readonly CaseEvent[];
  readonly caseId: string;
  readonly hostName: string;
  readonly startedAt: number;
  readonly now: () => number;
  /** When the whole run has to be over (ms since the epoch), or null: no limit. */
  readonly deadline: number | null;
  /** Take the way the evidence favours without asking. */
  readonly follow: boolean;
}
