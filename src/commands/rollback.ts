/** `rollback`: puts back whatever an interrupted live test left changed. */
import { byHand, undoChange } from '../change/carry-out.ts';
import { startTicksOf } from '../change/httpd-control.ts';
import type { ChangeRecord } from '../change/record.ts';
import { openRecords } from '../change/record-store.ts';
import { changesFolder, stateDirectory } from '../case/state-directory.ts';
import type { Output } from './output.ts';

export async function rollbackCommand(wanted: string | undefined, options: { stateDir?: string }, io: Output): Promise<number> {
  const folder = await changesFolder(stateDirectory(options.stateDir ?? null));
  const open = (await openRecords(folder)).filter(({ record }) => wanted === undefined || record.caseId === wanted || record.caseId.endsWith(wanted) || record.id === wanted);
  if (open.length === 0) {
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
    io.out(`${record.file}: ${told.told}\n`);
    if (told.state === 'failed') {
      io.err(`By hand: ${byHand(record)}`);
      status = 5;
    }
  }
  return status;
}

async function supervisorLives(record: ChangeRecord): Promise<boolean> {
  return record.supervisor !== null && (await startTicksOf(record.supervisor.pid)) === record.supervisor.startTicks;
}

/** For the start of a run: one line where something was left behind, else null. */
export async function leftOvers(stateDir: string): Promise<string | null> {
  const open = await openRecords(await changesFolder(stateDir)).catch(() => []);
  for (const { record } of open) {
    if (record.state === 'failed' || !(await supervisorLives(record))) return `An earlier run left a change in ${record.file} that may still be in force (${record.told}). Put it back with: proxy-doctor rollback`;
  }
  return null;
}
