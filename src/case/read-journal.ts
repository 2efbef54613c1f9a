/** Reads a journal back: whole lines count; a line that a crash cut short is left out and said. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CaseError, caseErrorFrom } from './case-error.ts';
import type { Entry, Header } from './journal.ts';

export interface ReadJournal {
  readonly header: Header;
  readonly entries: readonly Entry[];
  readonly warning: string | null;
  /** Where the good part ends. */
  readonly goodBytes: number;
}

/** @throws {CaseError} where there is no header, or it is of a newer make */
export async function readJournal(path: string): Promise<ReadJournal> {
  let bytes: Buffer;
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    bytes = await handle.readFile().finally(() => handle.close());
  } catch (error) {
    throw caseErrorFrom(error, 'read the journal', path);
  }
  const { lines, goodBytes } = wholeLines(bytes);
  const header = lines[0] as Header | undefined;
  if (header === undefined) throw new CaseError(`${path} holds no case: it was cut off before its first line was whole`, 'Start a new case with: proxy-doctor');
  if (header.journal !== 1) throw new CaseError(`${path} was written by another version (journal format ${String(header.journal)}; this one reads 1)`, 'Use that version to read it');
  const warning = goodBytes < bytes.length ? `the journal ended in the middle of a line (${bytes.length - goodBytes} bytes left out): the last event before the interruption was not whole` : null;
  return { header, entries: lines.slice(1) as Entry[], warning, goodBytes };
}

/** Lines from the start up to the first that is not whole JSON. */
function wholeLines(bytes: Buffer): { lines: unknown[]; goodBytes: number } {
  const lines: unknown[] = [];
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1) return { lines, goodBytes: start };
    try {
      const value: unknown = JSON.parse(bytes.toString('utf8', start, end));
      if (typeof value !== 'object' || value === null) return { lines, goodBytes: start };
      lines.push(value);
    } catch {
      return { lines, goodBytes: start };
    }
    start = end + 1;
  }
}
