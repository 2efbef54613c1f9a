/** The cases on disk: a folder each, with `journal.jsonl` and what belongs to it. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { CaseError, caseErrorFrom } from './case-error.ts';
import type { CaseRecord, Header, Journal } from './journal.ts';
import { caseIds, firstSummary, journalName, writeSummary } from './list-cases.ts';
import { takeLock } from './lock.ts';
import { readJournal } from './read-journal.ts';
import { sealOf } from './seal.ts';
import { casesFolder, mustBeOwn, ownFolder } from './state-directory.ts';
import { journalOn, writeLine } from './write-journal.ts';

/** The case that was opened last. Its time does not tell: clocks are put back. */
const newestName = 'newest';

/** `20261122-031204-7f3a`: sorts by time, and its end is short enough to say over the telephone. */
export function newCaseId(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  return `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}

/** Makes a new case. @throws {CaseError} */
export async function createCase(stateDir: string, header: Header, now: () => number): Promise<Journal> {
  await ownFolder(stateDir, 'theirs');
  await ownFolder(casesFolder(stateDir));
  const folder = join(casesFolder(stateDir), header.id);
  await ownFolder(folder);
  const release = await takeLock(folder, now);
  return openedOr(release, async () => {
    const handle = await openJournal(folder, constants.O_CREAT | constants.O_EXCL);
    const line = JSON.stringify(header);
    const bytes = await writeLine(handle, line, folder).catch((error: unknown) => handle.close().then(() => Promise.reject(error)));
    await syncFolder(folder);
    await writeSummary(folder, firstSummary(header));
    await setNewest(stateDir, header.id);
    return journalOn(handle, { id: header.id, folder, written: 0, seal: sealOf('', line), bytes }, now, release);
  });
}

/** Opens a case to go on with it. A tail that was cut by a crash is put aside first. @throws {CaseError} */
export async function continueCase(record: CaseRecord, now: () => number): Promise<Journal> {
  const { folder, header } = record;
  const release = await takeLock(folder, now);
  return openedOr(release, async () => {
    const path = join(folder, journalName);
    const { goodBytes, bytes, entries, seal } = await readJournal(path);
    if (entries.length !== record.entries.length)
      throw new CaseError(
        `case ${header.id} has gone on in another process meanwhile`,
        `Read it again with: proxy-doctor resume ${header.id}`,
      );
    const handle = await openJournal(folder, 0);
    if (bytes > goodBytes) {
      try {
        await keepTail(folder, path, goodBytes);
        await handle.truncate(goodBytes);
      } catch (error) {
        await handle.close();
        throw caseErrorFrom(error, 'mend the journal', folder);
      }
    }
    await setNewest(join(folder, '..', '..'), header.id);
    return journalOn(handle, { id: header.id, folder, written: entries.length, seal, bytes: goodBytes }, now, release);
  });
}

async function openedOr(release: () => Promise<void>, opening: () => Promise<Journal>): Promise<Journal> {
  try {
    return await opening();
  } catch (error) {
    await release();
    throw error;
  }
}

/** Nothing that was ever written is thrown away: what can't be read goes to a file of its own. */
async function keepTail(folder: string, path: string, goodBytes: number): Promise<void> {
  const tail = (await readFile(path)).subarray(goodBytes);
  await writeFile(join(folder, `journal.cut-at-${goodBytes}`), tail, { mode: 0o600 });
}

async function openJournal(folder: string, flags: number): Promise<FileHandle> {
  const path = join(folder, journalName);
  try {
    return await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | flags, 0o600);
  } catch (error) {
    throw caseErrorFrom(error, 'open the journal', path);
  }
}

/** The journal's name must outlast a power cut too. Some file systems can't sync a folder; then theirs to keep. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY).catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function setNewest(stateDir: string, id: string): Promise<void> {
  const path = join(stateDir, newestName);
  try {
    await writeFile(`${path}.${process.pid}`, id, { mode: 0o600 });
    await rename(`${path}.${process.pid}`, path);
  } catch {
    // The greatest id is taken then.
  }
}

/** @throws {UsageError} where no case fits; {CaseError} where its journal can't be read */
export async function openCase(stateDir: string, wanted: string | null): Promise<CaseRecord> {
  const ids = await caseIds(stateDir);
  const id = wanted === null ? await newestOf(stateDir, ids) : (ids.find((one) => one === wanted) ?? only(ids, wanted));
  if (id === undefined) {
    throw wanted === null
      ? new UsageError(`there is no case in ${casesFolder(stateDir)}`, 'Start one with: proxy-doctor')
      : new UsageError(`there is no case ${wanted} in ${casesFolder(stateDir)}`, 'List the cases with: proxy-doctor cases');
  }
  const folder = join(casesFolder(stateDir), id);
  await mustBeOwn(folder);
  const { header, entries, warning, changed } = await readJournal(join(folder, journalName));
  return { header, entries, folder, warning, changed };
}

async function newestOf(stateDir: string, ids: readonly string[]): Promise<string | undefined> {
  const named = await readFile(join(stateDir, newestName), 'utf8').catch(() => null);
  return ids.find((id) => id === named) ?? ids[ids.length - 1];
}

function only(ids: readonly string[], part: string): string | undefined {
  const fitting = ids.filter((id) => id.endsWith(part) || id.startsWith(part));
  if (fitting.length > 1)
    throw new UsageError(
      `${part} fits ${fitting.length} cases (${fitting.slice(0, 3).join(', ')} …)`,
      'Give more of the id; list them with: proxy-doctor cases',
    );
  return fitting[0];
}
