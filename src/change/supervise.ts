/** The tool's end of the supervisor: starts it, tells it what to do, and takes over where it dies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { byHand, type Told, undoChange } from './carry-out.ts';
import type { ChangeRecord } from './record.ts';
import { readRecord, writeRecord } from './record-store.ts';

export interface Supervised {
  /** Done, tested and serving; or what became of it. */
  readonly apply: () => Promise<Told>;
  /** Put back and verified; a supervisor that died is stood in for. */
  readonly restore: () => Promise<Told>;
  readonly keep: () => Promise<Told>;
  /** Resolves when it ended without being told to (killed, or the deadline passed). */
  readonly ended: Promise<void>;
}

/** How long it may take to start, and to undo with a reload. */
const armMs = 5000;
const answerMs = 40_000;

/** @param program the supervisor's JavaScript file, or the word that makes the single executable the supervisor @throws where it does not come up: then nothing was changed */
export async function supervise(program: string, path: string, record: ChangeRecord): Promise<Supervised> {
  await writeRecord(path, record);
  const child = spawn(process.execPath, [program, path], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  child.unref();
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const answers = queueOf(child);
  const armed = await answers.next(armMs);
  if (armed?.state !== 'armed') {
    child.kill('SIGKILL');
    throw new Error('the supervisor that would put the change back did not come up; nothing was changed');
  }
  const ask = async (word: string): Promise<Told | null> => {
    child.stdin.write(`${word}\n`);
    const answer = await answers.next(answerMs);
    return answer === null || answer.state === 'armed' ? null : { state: answer.state, told: answer.told };
  };
  const standIn = async (): Promise<Told> => {
    const now = await readRecord(path);
    if (now.state === 'reverted' || now.state === 'kept') return { state: now.state, told: now.told };
    const told = await undoChange(path, now);
    return told.state === 'failed' ? { ...told, told: `${told.told}. By hand: ${await byHand(now)}` } : { ...told, told: `${told.told} (the supervisor had died)` };
  };
  return {
    apply: async () => (await ask('apply')) ?? (await standIn()),
    restore: async () => (await ask('restore')) ?? (await standIn()),
    keep: async () => (await ask('keep')) ?? (await standIn()),
    ended: answers.ended,
  };
}

interface Answer {
  readonly state: Told['state'] | 'armed';
  readonly told: string;
}

interface Answers {
  /** Null: it ended, or did not answer in time. */
  readonly next: (limitMs: number) => Promise<Answer | null>;
  readonly ended: Promise<void>;
}

function queueOf(child: ChildProcess): Answers {
  const waiting: Answer[] = [];
  let wake: () => void = () => undefined;
  const life = { over: false };
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      life.over = true;
      wake();
      resolve();
    });
  });
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      waiting.push(JSON.parse(line) as Answer);
      wake();
    });
  }
  return {
    ended,
    next: async (limitMs) => {
      const end = Date.now() + limitMs;
      while (waiting.length === 0 && !life.over && Date.now() < end) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, end - Date.now());
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return waiting.shift() ?? null;
    },
  };
}
