/** Writes the lines of a journal, each on disk before the next step is taken. */
import type { FileHandle } from 'node:fs/promises';
import type { CaseEvent } from '../engine/events.ts';
import { CaseError, caseErrorFrom } from './case-error.ts';
import type { Entry, Journal } from './journal.ts';
import { sealed, sealOf } from './seal.ts';

export interface Start {
  readonly id: string;
  readonly folder: string;
  /** Lines that are there, without the first. */
  readonly written: number;
  readonly seal: string;
  /** Of the file. */
  readonly bytes: number;
}

/** @param release called once, after the last line */
export function journalOn(handle: FileHandle, start: Start, now: () => number, release: () => Promise<void>): Journal {
  let { written, seal, bytes } = start;
  let broken: unknown = null;
  // One write after the other: the order in the file is the order of the calls.
  let last: Promise<unknown> = Promise.resolve();

  const append = async (event: CaseEvent): Promise<Entry> => {
    // After a write that failed, a later one would leave a gap.
    if (broken !== null) throw broken;
    const entry: Entry = { seq: written + 1, at: new Date(now()).toISOString(), event };
    const body = JSON.stringify(entry);
    const next = sealOf(seal, body);
    try {
      bytes += await writeLine(handle, sealed(body, next), start.folder);
    } catch (error) {
      broken = error;
      // Half a line would be left out on the next reading; it is better not there.
      await handle.truncate(bytes).catch(() => undefined);
      throw error;
    }
    written += 1;
    seal = next;
    return entry;
  };

  return {
    id: start.id,
    folder: start.folder,
    append: (event) => {
      const done = last.then(() => append(event));
      last = done.catch(() => undefined);
      return done;
    },
    close: async () => {
      await last;
      await handle.close();
      await release();
    },
  };
}

/** @returns bytes written. @throws {CaseError} */
export async function writeLine(handle: FileHandle, line: string, folder: string): Promise<number> {
  const bytes = Buffer.from(`${line}\n`);
  try {
    await handle.appendFile(bytes);
    await handle.datasync();
    // A journal that was removed takes lines as before, and keeps none.
    if ((await handle.stat()).nlink === 0)
      throw new CaseError(
        `could not write the case: ${folder} is gone`,
        'Somebody removed it while the case was open; start again, or name another folder with --state-dir',
      );
  } catch (error) {
    throw error instanceof CaseError ? error : caseErrorFrom(error, 'write the case', folder);
  }
  return bytes.length;
}
