/** The cases on disk: a folder each, with `journal.jsonl` and what belongs to it. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseEvent } from '../engine/events.ts';
import { UsageError } from '../errors.ts';
import { CaseError, caseErrorFrom } from './case-error.ts';
import type { CaseRecord, Entry, Header, Journal } from './journal.ts';
import { readJournal } from './read-journal.ts';
import { casesFolder, ownFolder } from './state-directory.ts';

const journalName = 'journal.jsonl';
const summaryName = 'summary.json';

/** What `cases` lists: kept beside the journal, so that listing ten thousand cases reads no journal. */
export interface CaseSummary {
  readonly id: string;
  readonly startedAt: string;
  readonly host: string;
  readonly flow: string;
  readonly state: string;
  readonly diagnosis: string | null;
}

/** `20261122-031204-7f3a`: sorts by time, and its end is short enough to say over the telephone. */
export function newCaseId(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  return `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}

/** Makes a new case. @throws {CaseError} */
export async function createCase(stateDir: string, header: Header, now: () => number): Promise<Journal> {
  await ownFolder(stateDir);
  await ownFolder(casesFolder(stateDir));
  const folder = join(casesFolder(stateDir), header.id);
  await ownFolder(folder);
  const handle = await openJournal(folder, constants.O_CREAT | constants.O_EXCL);
  await write(handle, `${JSON.stringify(header)}\n`, folder);
  return journalOn(handle, header.id, folder, 0, now);
}

/** Opens a case to go on with it. A tail that was cut by a crash is taken off first. @throws {CaseError} */
export async function continueCase(record: CaseRecord, now: () => number): Promise<Journal> {
  const handle = await openJournal(record.folder, 0);
  const { goodBytes } = await readJournal(join(record.folder, journalName));
  await handle.truncate(goodBytes).catch((error: unknown) => Promise.reject(caseErrorFrom(error, 'mend the journal', record.folder)));
  return journalOn(handle, record.header.id, record.folder, record.entries.length, now);
}

async function openJournal(folder: string, flags: number): Promise<FileHandle> {
  const path = join(folder, journalName);
  try {
    return await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | flags, 0o600);
  } catch (error) {
    throw caseErrorFrom(error, 'open the journal', folder);
  }
}

async function write(handle: FileHandle, line: string, folder: string): Promise<void> {
  try {
    await handle.appendFile(line);
    await handle.datasync();
  } catch (error) {
    throw caseErrorFrom(error, 'write the case', folder);
  }
}

function journalOn(handle: FileHandle, id: string, folder: string, written: number, now: () => number): Journal {
  let seq = written;
  // One write after the other: the order in the file is the order of the calls.
  let last: Promise<unknown> = Promise.resolve();
  return {
    id,
    folder,
    append: (event: CaseEvent) => {
      seq += 1;
      const entry: Entry = { seq, at: new Date(now()).toISOString(), event };
      const done = last.then(() => write(handle, `${JSON.stringify(entry)}\n`, folder));
      last = done.catch(() => undefined);
      return done.then(() => entry);
    },
    close: async () => {
      await last;
      await handle.close();
    },
  };
}

/** @throws {UsageError} where no case fits; {CaseError} where its journal can't be read */
export async function openCase(stateDir: string, wanted: string | null): Promise<CaseRecord> {
  const ids = await caseIds(stateDir);
  const id = wanted === null ? ids[ids.length - 1] : (ids.find((one) => one === wanted) ?? only(ids, wanted));
  if (id === undefined) {
    throw wanted === null
      ? new UsageError(`there is no case in ${casesFolder(stateDir)}`, 'Start one with: proxy-doctor')
      : new UsageError(`there is no case ${wanted} in ${casesFolder(stateDir)}`, 'List the cases with: proxy-doctor cases');
  }
  const folder = join(casesFolder(stateDir), id);
  const { header, entries, warning } = await readJournal(join(folder, journalName));
  return { header, entries, folder, warning };
}

function only(ids: readonly string[], part: string): string | undefined {
  const fitting = ids.filter((id) => id.endsWith(part) || id.startsWith(part));
  if (fitting.length > 1) throw new UsageError(`${part} fits ${fitting.length} cases (${fitting.slice(0, 3).join(', ')} …)`, 'Give more of the id; list them with: proxy-doctor cases');
  return fitting[0];
}

/** Ids, oldest first. */
export async function caseIds(stateDir: string): Promise<string[]> {
  try {
    const entries = await readdir(casesFolder(stateDir), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw caseErrorFrom(error, 'list the cases', stateDir);
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

/** Summaries, newest first; a case whose summary is missing is read from its journal's first line. */
export async function listCases(stateDir: string): Promise<CaseSummary[]> {
  const ids = (await caseIds(stateDir)).toReversed();
  return Promise.all(ids.map((id) => summaryOf(join(casesFolder(stateDir), id), id)));
}

async function summaryOf(folder: string, id: string): Promise<CaseSummary> {
  try {
    return JSON.parse(await readFile(join(folder, summaryName), 'utf8')) as CaseSummary;
  } catch {
    try {
      const { header } = await readJournal(join(folder, journalName));
      return { id, startedAt: header.startedAt, host: header.host, flow: header.flow.id, state: 'interrupted', diagnosis: null };
    } catch (error) {
      return { id, startedAt: '', host: '', flow: '', state: error instanceof CaseError ? 'unreadable' : 'empty', diagnosis: null };
    }
  }
}
