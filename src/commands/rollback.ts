/** `rollback`: puts back whatever an interrupted live test left changed. */
import { byHand, undoChange } from '../change/carry-out.ts';
import { startTicksOf } from '../change/httpd-control.ts';
import type { ChangeRecord } from '../change/record.ts';
import { forgetSettled, openRecords, writeRecord } from '../change/record-store.ts';
import { caseIds } from '../case/list-cases.ts';
import { changesFolder, stateDirectory } from '../case/state-directory.ts';
import { UsageError } from '../errors.ts';
import type { Output } from './output.ts';

export async function rollbackCommand(wanted: string | undefined, options: { stateDir?: string }, io: Output): Promise<number> {
  const stateDir = stateDirectory(options.stateDir ?? null);
  const folder = await changesFolder(stateDir);
  const open = (await openRecords(folder)).filter(({ record }) => wanted === undefined || record.caseId === wanted || record.caseId.endsWith(wanted) || record.id === wanted);
  if (open.length === 0) {
    // A case that is none is a slip, and “nothing is left” would be a false comfort.
    if (wanted !== undefined && !(await caseIds(stateDir)).some((id) => id.endsWith(wanted)))
      throw new UsageError(`there is no case ${wanted}, and nothing of it is left to put back`, 'List the cases with: proxy-doctor cases');
    io.out('Nothing is left to put back.\n');
    return 0;
  }
  let status = 0;
  for (const { path, record } of open) {
    if (record.state !== 'failed' && (await supervisorLives(record)) && Date.now() < record.deadline) {
      io.out(`${record.file}: a run is in the middle of it; its supervisor puts it back by ${new Date(record.deadline).toTimeString().slice(0, 8)}\n`);
      continue;
    }
    const told = await undoChange(path, record);
    await forgetSettled(path);
    io.out(`${record.file}: ${told.told}\n`);
    if (told.state === 'failed') {
      io.err(`By hand: ${await byHand(record)}`);
      status = 5;
    }
  }
  return status;
}

async function supervisorLives(record: ChangeRecord): Promise<boolean> {
  return record.supervisor !== null && (await startTicksOf(record.supervisor.pid)) === record.supervisor.startTicks;
}

/**
 * For the start of a run: what an earlier one left is put back where nobody is there any more to do it (tool and supervisor killed, a
 * reboot). @returns a line for each
 */
export async function putBackLeftOvers(stateDir: string): Promise<readonly string[]> {
  const open = await openRecords(await changesFolder(stateDir)).catch(() => []);
  const lines: string[] = [];
  for (const { path, record } of open) {
    if (record.state === 'planned') {
      // Planned and no more: nothing was written yet. A run may be about to start its supervisor.
      if (Date.now() > record.deadline) await writeRecord(path, { ...record, state: 'reverted', told: 'nothing was changed' }).catch(() => undefined);
      continue;
    }
    if (record.state !== 'failed' && (await supervisorLives(record))) continue;
    const told = await undoChange(path, record);
    await forgetSettled(path);
    lines.push(
      told.state === 'failed'
        ? `An earlier run left a change in ${record.file}: ${told.told}. By hand: ${await byHand(record)}`
        : `An earlier run was ended in the middle of its live test: the change in ${record.file} has been undone now (${told.told})`,
    );
  }
  return lines;
}

/** For the end of a run with exit status 5: what is still changed, and what to type. */
export async function stillChanged(stateDir: string): Promise<readonly string[]> {
  const open = await openRecords(await changesFolder(stateDir)).catch(() => []);
  const lines: string[] = [];
  for (const { record } of open) {
    if (record.state !== 'failed') continue;
    lines.push(`A change could not be put back: ${record.told}. Try: proxy-doctor rollback. By hand: ${await byHand(record)}`);
  }
  return lines;
}
