/** Does the change, and undoes it: each a sequence of small verified steps. Used by the supervisor, and by `rollback` after it. */
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
  try {
    await addText(record);
    const wrong = await syntaxTest(record.httpd);
    if (wrong !== null) throw new Error(`httpd's syntax test refuses it: ${wrong}`);
    const pid = await runningPid(record.httpd);
    if (pid === null) throw new Error('httpd does not run any more');
    const trouble = await reload(record.httpd, pid);
    if (trouble !== null) throw new Error(trouble);
  } catch (error) {
    const undone = await undoChange(path, record);
    return { state: undone.state, told: `not applied: ${error instanceof Error ? error.message : String(error)}; ${undone.told}` };
  }
  const told: Told = { state: 'applied', told: 'applied' };
  await writeRecord(path, { ...record, ...told });
  return told;
}

/** Takes the text out, tests, reloads, verifies. Safe to call again. */
export async function undoChange(path: string, record: ChangeRecord): Promise<Told> {
  const told = await undo(record);
  await writeRecord(path, { ...record, ...told }).catch(() => undefined);
  return told;
}

async function undo(record: ChangeRecord): Promise<Told> {
  try {
    const removed = await removeText(record);
    const kept = removed.edited ? `; somebody else changed ${record.file} meanwhile, and their edit is kept` : '';
    const pid = await runningPid(record.httpd);
    if (pid === null) return { state: 'reverted', told: `the configuration is as before${kept}; httpd does not run, so nothing was reloaded` };
    const wrong = await syntaxTest(record.httpd);
    if (wrong !== null) {
      return { state: 'failed', told: `our lines are out of ${record.file}${kept}, but the configuration does not pass httpd's syntax test, so the running httpd still has them: ${wrong}` };
    }
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
