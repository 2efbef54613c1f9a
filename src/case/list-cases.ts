/** What `cases` lists: a summary kept beside each journal, so that listing ten thousand cases reads no journal. */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { CaseError, caseErrorFrom } from './case-error.ts';
import type { Header } from './journal.ts';
import { isOpen } from './lock.ts';
import { readJournal } from './read-journal.ts';
import { casesFolder, mustBeOwn } from './state-directory.ts';

const summaryName = 'summary.json';
export const journalName = 'journal.jsonl';

const shape = z.object({
  id: z.string(),
  startedAt: z.string(),
  host: z.string(),
  flow: z.string(),
  state: z.string(),
  diagnosis: z.string().nullable(),
});

export type CaseSummary = z.infer<typeof shape>;

/** Files read at a time: descriptors are few on some systems. */
const atOnce = 64;

/** Ids, oldest first. @throws {CaseError} */
export async function caseIds(stateDir: string): Promise<string[]> {
  try {
    const entries = await readdir(casesFolder(stateDir), { withFileTypes: true });
    await mustBeOwn(casesFolder(stateDir));
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    if (error instanceof CaseError) throw error;
    throw caseErrorFrom(error, 'list the cases', casesFolder(stateDir));
  }
}

/** Written at every change of state, in one piece. Best effort: the journal is the truth. */
export async function writeSummary(folder: string, summary: CaseSummary): Promise<void> {
  const path = join(folder, summaryName);
  try {
    await writeFile(`${path}.new`, JSON.stringify(summary), { mode: 0o600 });
    await rename(`${path}.new`, path);
  } catch {
    // The list shows the case without its state then; nothing is lost.
  }
}

/** Of a case that has just begun: it stands until the run ends, and for good where the run is killed. */
export function firstSummary(header: Header): CaseSummary {
  return { id: header.id, startedAt: header.startedAt, host: header.host, flow: header.flow.id, state: 'interrupted', diagnosis: null };
}

/** Summaries, newest first. */
export async function listCases(stateDir: string): Promise<CaseSummary[]> {
  const ids = (await caseIds(stateDir)).toReversed();
  const all: CaseSummary[] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    all.push(...(await Promise.all(ids.slice(from, from + atOnce).map((id) => summaryOf(join(casesFolder(stateDir), id), id)))));
  }
  return all;
}

/** The newest case that has no end yet and that nobody is at work on; null: there is none. Reads no further than to it. */
export async function newestInterrupted(stateDir: string): Promise<string | null> {
  for (const id of (await caseIds(stateDir)).toReversed()) {
    if ((await summaryOf(join(casesFolder(stateDir), id), id)).state === 'interrupted') return id;
  }
  return null;
}

async function summaryOf(folder: string, id: string): Promise<CaseSummary> {
  const summary = await storedSummary(folder, id);
  // Only what has no end yet can be at work.
  if (summary.state !== 'interrupted' && summary.state !== 'running') return summary;
  return { ...summary, state: (await isOpen(folder)) ? 'running' : 'interrupted' };
}

async function storedSummary(folder: string, id: string): Promise<CaseSummary> {
  try {
    return shape.parse(JSON.parse(await readFile(join(folder, summaryName), 'utf8')));
  } catch {
    try {
      return firstSummary((await readJournal(join(folder, journalName))).header);
    } catch (error) {
      return { id, startedAt: '', host: '', flow: '', state: error instanceof CaseError ? 'unreadable' : 'empty', diagnosis: null };
    }
  }
}
