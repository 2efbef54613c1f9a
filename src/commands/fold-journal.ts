/** The events of a case that was written before, folded: a journal that does not hold together is said to be so. */
import { CaseError } from '../case/case-error.ts';
import type { CaseRecord } from '../case/journal.ts';
import type { Flow } from '../engine/flow.ts';
import type { State } from '../engine/state.ts';
import { advance, begin } from '../engine/step.ts';

/** @throws {CaseError} naming the line that does not fit those before it */
export function foldJournal(record: CaseRecord, flow: Flow): State {
  let folded = begin(flow);
  for (const { seq, event } of record.entries) {
    try {
      folded = advance(flow, folded, event);
    } catch (error) {
      throw doesNotHold(record, `line ${seq + 1} does not fit what stands before it: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return folded.state;
}

/** What is made of a journal that somebody changed may fail anywhere; that is no fault of the program. */
export function readingJournal<T>(record: CaseRecord, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (record.changed.length === 0 || error instanceof CaseError) throw error;
    throw doesNotHold(record, record.changed[0] ?? '');
  }
}

function doesNotHold(record: CaseRecord, why: string): CaseError {
  return new CaseError(
    `the journal of case ${record.header.id} does not hold together: ${why}`,
    'Somebody changed it, or another version wrote it. Its lines can be read by eye; start a new case with: proxy-doctor',
  );
}
