/**
 * What a lab leaves on a machine and how it goes away again: processes in its namespaces, the namespaces, their name server files, its
 * folder. Everything is found through the folder, so that another process can do it when the lab itself died.
 */
import { readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, tryRun } from './command.ts';

export const folderPrefix = 'proxy-doctor-lab-';

interface Owner {
  readonly pid: number;
  /** Start time of that process in clock ticks since boot: a pid can be given again. */
  readonly started: string;
  /** Every namespace of that lab begins so. */
  readonly namespaces: string;
}

/** Field 22 of /proc/PID/stat; null: no such process. */
async function startTime(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The name in brackets can hold blanks, so count from its end.
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null);
}

export async function sign(folder: string, namespaces: string): Promise<void> {
  const owner: Owner = { pid: process.pid, started: (await startTime(process.pid)) ?? '', namespaces };
  await writeFile(join(folder, 'owner.json'), JSON.stringify(owner));
}

async function namespacesOf(prefix: string): Promise<string[]> {
  const names = await readdir('/run/netns').catch(() => []);
  return names.filter((name) => name.startsWith(prefix));
}

export async function pidsIn(namespace: string): Promise<number[]> {
  const { stdout } = await tryRun(['ip', 'netns', 'pids', namespace]);
  return stdout.split('\n').filter(Boolean).map(Number);
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // Ended meanwhile.
    }
  }
}

/** Ends what runs in these namespaces, by pid (httpd gets a moment to give back its shared memory), then takes them away. */
export async function removeNamespaces(prefix: string): Promise<void> {
  const names = await namespacesOf(prefix);
  const pids = async (): Promise<number[]> => (await Promise.all(names.map(pidsIn))).flat();
  signal(await pids(), 'SIGTERM');
  const patience = Date.now() + 3000;
  for (let left = await pids(); left.length > 0; left = await pids()) {
    if (Date.now() > patience) signal(left, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  for (const name of names) {
    await run(['ip', 'netns', 'delete', name]);
    await rm(`/etc/netns/${name}`, { recursive: true, force: true });
  }
}

/** Takes away everything of the lab that owns this folder. */
export async function clear(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'owner.json'), 'utf8').catch(() => null);
  if (text === null) return;
  await removeNamespaces((JSON.parse(text) as Owner).namespaces);
  await rm(folder, { recursive: true, force: true });
  // Not where others have files there.
  await rmdir('/etc/netns').catch(() => {});
}

/** Clears what labs left whose process is gone; returns their folders. */
export async function clearDeadLabs(): Promise<string[]> {
  const cleared: string[] = [];
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const folder = join(tmpdir(), name);
    const text = await readFile(join(folder, 'owner.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    const owner = JSON.parse(text) as Owner;
    if ((await startTime(owner.pid)) === owner.started) continue;
    await clear(folder);
    cleared.push(folder);
  }
  return cleared;
}
