/**
 * One process a case. The lock is a file that names its holder by process id and start time; the holder's death frees it, since a
 * process id may come again but never with the same start time.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { CaseError, caseErrorFrom } from './case-error.ts';

const lockName = 'lock';

const shape = z.object({
  pid: z.number().int(),
  /** Field 22 of /proc/PID/stat: clock ticks since boot. Null where there is no /proc. */
  startTicks: z.string().nullable(),
  /** This boot of this machine; null where the system does not say. */
  boot: z.string().nullable(),
  /** Process ids mean something within one namespace only. */
  namespace: z.string().nullable(),
  host: z.string(),
  since: z.string(),
});
type Holder = z.infer<typeof shape>;

/** Resolves to how to give it back. @throws {CaseError} where another process has the case, which it names */
export async function takeLock(folder: string, now: () => number): Promise<() => Promise<void>> {
  const path = join(folder, lockName);
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const text = JSON.stringify(self(now));
  try {
    await writeFile(own, text, { mode: 0o600, flag: 'wx' });
    try {
      await claim(own, path, folder);
    } finally {
      await unlink(own).catch(() => undefined);
    }
  } catch (error) {
    throw error instanceof CaseError ? error : caseErrorFrom(error, 'lock the case', folder);
  }
  return async () => {
    if ((await textOf(path)) === text) await unlink(path).catch(() => undefined);
  };
}

/** Is a process at work on this case now? */
export async function isOpen(folder: string): Promise<boolean> {
  const holder = holderIn(await textOf(join(folder, lockName)));
  return holder !== null && lives(holder);
}

async function claim(own: string, path: string, folder: string): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      // A link is made whole or not at all: nobody ever reads half a lock.
      return await link(own, path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const before = await textOf(path);
    const holder = holderIn(before);
    if (holder !== null && lives(holder)) throw taken(holder, path, folder);
    if (before !== null) await takeAway(path, own, before);
  }
  throw new CaseError(`the case in ${folder} could not be locked: others try at the same time`, 'Try again');
}

/** Removes a dead process's lock. Where another was quicker, what was moved away is that one's fresh lock: it is put back. */
async function takeAway(path: string, own: string, stale: string): Promise<void> {
  const aside = `${own}.stale`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await textOf(aside)) !== stale) await link(aside, path).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

function taken(holder: Holder, path: string, folder: string): CaseError {
  const here = holder.host === hostname() && holder.namespace === namespace();
  const who = `process ${holder.pid}${here ? '' : ` on ${holder.host}`} has it since ${holder.since}`;
  const remedy = here
    ? 'Go on there, or end that process first; to read the case meanwhile: proxy-doctor report'
    : `That process can not be seen from here; when it is surely gone, remove ${path}`;
  return new CaseError(`the case in ${folder} is open already: ${who}`, remedy);
}

function self(now: () => number): Holder {
  return {
    pid: process.pid,
    startTicks: statOf(process.pid)?.startTicks ?? null,
    boot: boot(),
    namespace: namespace(),
    host: hostname(),
    since: new Date(now()).toISOString(),
  };
}

/** What can't be known counts as alive: better to ask a person than to let two write. */
function lives(holder: Holder): boolean {
  if (holder.boot !== boot()) return holder.host !== hostname();
  if (holder.boot === null && holder.host !== hostname()) return true;
  if (holder.namespace !== namespace()) return true;
  if (holder.startTicks !== null) {
    const stat = statOf(holder.pid);
    return stat !== null && stat.startTicks === holder.startTicks && !['Z', 'X'].includes(stat.state);
  }
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function statOf(pid: number): { state: string; startTicks: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything, brackets too: the fields begin behind the last one (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', startTicks = ''] = [fields[0], fields[19]];
    return { state, startTicks };
  } catch {
    return null;
  }
}

function boot(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

function namespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

function holderIn(text: string | null): Holder | null {
  if (text === null) return null;
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}
