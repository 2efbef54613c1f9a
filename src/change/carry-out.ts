/** Does the change, and undoes it: each a sequence of small verified steps. Used by the supervisor, and by `rollback` after it. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { quoteForShell } from '../host/quote.ts';
import { addText, removeText } from './edit.ts';
import { reload, runningPid, syntaxTest } from './httpd-control.ts';
import { type ChangeRecord } from './record.ts';
import { writeRecord } from './record-store.ts';

export interface Told {
  readonly state: ChangeRecord['state'];
  readonly told: string;
}

/** Adds the text, tests, reloads. Undoes itself where a step fails. @returns `applied`, or what became of it */
export async function applyChange(path: string, record: ChangeRecord): Promise<Told> {
  // Written first: whoever finds the record knows that the file may hold the text.
  await writeRecord(path, { ...record, state: 'applied', told: 'being applied' });
  let told: 'httpd' | 'nobody' = 'nobody';
  try {
    const full = await fullDisk(record);
    if (full !== null) throw new Error(`the disk of ${full} is full, and httpd can end in a reload where it can not write`);
    await addText(record);
    const wrong = await syntaxTest(record.httpd);
    if (wrong !== null) throw new Error(`httpd's syntax test refuses it: ${wrong}`);
    const pid = await runningPid(record.httpd);
    if (pid === null) throw new Error('httpd does not run any more');
    told = 'httpd';
    const trouble = await reload(record.httpd, pid);
    if (trouble !== null) throw new Error(trouble);
  } catch (error) {
    // What the running httpd was never told of needs no reload: a reload is a risk of its own.
    const undone = await undoChange(path, record, told);
    return { state: undone.state, told: `not applied: ${error instanceof Error ? error.message : String(error)}; ${undone.told}` };
  }
  const done: Told = { state: 'applied', told: 'applied' };
  await writeRecord(path, { ...record, ...done });
  return done;
}

/**
 * httpd can end in a reload where it can not write (its PID file: server/log.c, ap_log_pid; seen on 2.4.71), and then the proxy is gone.
 * @returns the folder whose disk has no room
 */
async function fullDisk(record: ChangeRecord): Promise<string | null> {
  for (const folder of [dirname(record.file), '/run']) {
    const { bfree, bsize } = await statfs(folder).catch(() => ({ bfree: 1, bsize: leastRoom }));
    if (bfree * bsize < leastRoom) return folder;
  }
  return null;
}

const leastRoom = 64 * 1024;

/** Takes the text out, tests, reloads, verifies. Safe to call again. @param told who may have the change in force */
export async function undoChange(path: string, record: ChangeRecord, told: 'httpd' | 'nobody' = 'httpd'): Promise<Told> {
  const done = await undo(record, told);
  await writeRecord(path, { ...record, ...done }).catch(() => undefined);
  return done;
}

async function undo(record: ChangeRecord, told: 'httpd' | 'nobody'): Promise<Told> {
  try {
    const removed = await removeText(record);
    const kept = removed.edited ? `; somebody else changed ${record.file} meanwhile, and their edit is kept` : '';
    if (told === 'nobody') return { state: 'reverted', told: `the configuration is as before${kept}, and httpd was not reloaded` };
    const pid = await runningPid(record.httpd);
    if (pid === null) return { state: 'reverted', told: `the configuration is as before${kept}; httpd does not run, so nothing was reloaded` };
    const wrong = await syntaxTest(record.httpd);
    if (wrong !== null) {
      return { state: 'failed', told: `our lines are out of ${record.file}${kept}, but the configuration does not pass httpd's syntax test, so the running httpd still has them: ${wrong}` };
    }
    const full = await fullDisk(record);
    if (full !== null) return { state: 'failed', told: `the configuration is as before${kept}, but the running httpd still has the change: the disk of ${full} is full, and httpd can end in a reload where it can not write; free some room` };
    const trouble = await reload(record.httpd, pid);
    if (trouble !== null) return { state: 'failed', told: `the configuration is as before${kept}, but ${trouble}` };
    return { state: 'reverted', told: `put back and reloaded${kept}` };
  } catch (error) {
    return { state: 'failed', told: `could not put ${record.file} back: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** What to type where the tool could not put it back itself. */
export async function byHand(record: ChangeRecord): Promise<string> {
  const file = quoteForShell(record.file);
  const take =
    record.placement === 'new-file' ? `rm -- ${file}` : `sed -i '/^# BEGIN proxy-doctor ${record.id}$/,/^# END proxy-doctor ${record.id}$/d' ${file}`;
  const pid = await runningPid(record.httpd);
  return pid === null ? take : `${take} && kill -USR1 ${pid}`;
}
