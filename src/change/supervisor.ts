/**
 * The supervisor: a small process in a session of its own that does the change and undoes it, whatever becomes of the tool. It is
 * told on its standard input (`apply`, `restore`, `keep`) and answers on its standard output, one JSON object a line. When the input
 * ends (the tool, its terminal or its connection died) or the deadline passes, it puts everything back.
 *
 * Called as: supervisor RECORD, or by the single executable as: proxy-doctor supervise-change RECORD
 */
import { createInterface } from 'node:readline';
import { applyChange, type Told, undoChange } from './carry-out.ts';
import { startTicksOf } from './httpd-control.ts';
import { readRecord, writeRecord } from './record-store.ts';

const path = process.argv.at(-1) ?? '';
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'] as const) process.on(signal, () => undefined);
process.stdout.on('error', () => undefined);

const given = await readRecord(path);
let record = { ...given, supervisor: { pid: process.pid, startTicks: (await startTicksOf(process.pid)) ?? '' } };
await writeRecord(path, record);

const say = (told: Told | { state: 'armed'; told: string }): void => void process.stdout.write(`${JSON.stringify(told)}\n`);
let applied = false;
let ending = false;

async function end(what: 'restore' | 'keep'): Promise<void> {
  if (ending) return;
  ending = true;
  // An apply that is under way is finished first; it may need to be undone.
  await work.catch(() => undefined);
  if (what === 'keep') {
    const told: Told = { state: 'kept', told: 'kept' };
    await writeRecord(path, { ...record, ...told });
    say(told);
  } else if (applied) {
    say(await undoChange(path, record));
  } else {
    const told: Told = { state: 'reverted', told: 'nothing was changed' };
    await writeRecord(path, { ...record, ...told });
    say(told);
  }
  process.exit(0);
}

let work: Promise<void> = Promise.resolve();
setTimeout(() => void end('restore'), Math.max(0, record.deadline - Date.now()));

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (line === 'apply' && !applied && !ending) {
    applied = true;
    work = applyChange(path, record).then((told) => {
      record = { ...record, ...told };
      applied = told.state === 'applied';
      say(told);
    });
  } else if (line === 'restore') void end('restore');
  else if (line === 'keep') void end('keep');
});
lines.on('close', () => void end('restore'));
say({ state: 'armed', told: 'armed' });
