/** Processes as /proc shows them on one side; only what is needed to find httpd. Pure readers, and the look at many. */
import type { Host } from '../../host/host.ts';
import { FileError } from '../../host/host.ts';
import { readMany } from './many.ts';

export interface ProcessStatus {
  readonly parent: number;
  /** Real user and group. */
  readonly uid: number;
  readonly gid: number;
  readonly zombie: boolean;
}

/** /proc/PID/status; null where it is none. */
export function parseStatus(text: string): ProcessStatus | null {
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(text)?.[1];
  const [parent, uid, gid] = [field('PPid'), field('Uid'), field('Gid')].map(Number);
  if (parent === undefined || uid === undefined || gid === undefined || [parent, uid, gid].some(Number.isNaN)) return null;
  return { parent, uid, gid, zombie: field('State') === 'Z' };
}

/** Strings between NUL bytes: /proc/PID/cmdline and environ. (grep adds a newline at the end.) */
export function splitNul(content: Buffer): string[] {
  const text = content.toString('utf8').replace(/\n$/, '');
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0').filter((part, index, all) => part !== '' || all.length > 1);
}

/** Clock ticks a second: 100 on every Linux that httpd runs on (USER_HZ is part of the kernel's interface). */
const ticksPerSecond = 100;

/** When a process began, in ms since the epoch, from /proc/PID/stat (field 22) and /proc/stat (btime). */
export function startedAt(processStat: string, systemStat: string): number | null {
  // The name in parentheses may hold blanks and parentheses: count from the last one.
  const fields = processStat.slice(processStat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[19]);
  const boot = Number(/^btime (\d+)/m.exec(systemStat)?.[1]);
  return Number.isFinite(ticks) && Number.isFinite(boot) && boot > 0 ? boot * 1000 + Math.round((ticks / ticksPerSecond) * 1000) : null;
}

/** All process ids of that side's /proc, ascending. @throws {FileError} */
export async function processIds(host: Host): Promise<number[]> {
  const names = await host.list('/proc');
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The ids whose command name passes. A process that ends meanwhile is left out. */
export async function processesNamed(host: Host, wanted: (name: string) => boolean): Promise<number[]> {
  const ids = await processIds(host);
  const found = await readMany(
    host,
    ids.map((id) => `/proc/${id}/comm`),
    100,
  );
  return ids.filter((id) => {
    const name = found.get(`/proc/${id}/comm`);
    return name !== undefined && !(name instanceof FileError) && wanted(name.toString('utf8').trim());
  });
}

/** One file of each process, as text; processes whose file can't be read are left out. */
export async function textsOf(host: Host, ids: readonly number[], file: string, maxBytes = 64 * 1024): Promise<Map<number, Buffer>> {
  const found = await readMany(
    host,
    ids.map((id) => `/proc/${id}/${file}`),
    maxBytes,
  );
  const result = new Map<number, Buffer>();
  for (const id of ids) {
    const content = found.get(`/proc/${id}/${file}`);
    if (content !== undefined && !(content instanceof FileError)) result.set(id, content);
  }
  return result;
}
