/** When a process was started, and which systemd unit it belongs to. */
import { FileError, type Host } from '../../host/host.ts';

export interface ProcessInfo {
  /** ISO 8601 of the oldest of the processes: the one that opened the port. */
  readonly startedAt: string | null;
  readonly unit: string | null;
}

/** USER_HZ, in which /proc tells times to programs: 100 on every architecture of Linux that matters here (asm/param.h). */
const ticksPerSecond = 100;
/** A server with a process for each connection need not be read whole. */
const mostProcesses = 4;

export async function processOf(host: Host, pids: readonly number[]): Promise<ProcessInfo> {
  const some = [...new Set(pids)].sort((a, b) => a - b).slice(0, mostProcesses);
  if (some.length === 0) return { startedAt: null, unit: null };
  const [uptime, cgroup, ...stats] = await Promise.all([
    read(host, '/proc/uptime'),
    read(host, `/proc/${some[0]}/cgroup`),
    ...some.map((pid) => read(host, `/proc/${pid}/stat`)),
  ]);
  const up = Number(uptime?.split(' ')[0]);
  const starts = stats.map(startTicks).filter((ticks) => ticks !== null);
  const startedAt =
    uptime === null || Number.isNaN(up) || starts.length === 0 ? null : host.now() - (up - Math.min(...starts) / ticksPerSecond) * 1000;
  return { startedAt: startedAt === null ? null : new Date(Math.round(startedAt / 1000) * 1000).toISOString(), unit: unitOf(cgroup) };
}

/** Field 22 of /proc/PID/stat; the name in parentheses before may hold blanks. */
export function startTicks(stat: string | null): number | null {
  const rest = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(rest?.[19]);
  return stat === null || Number.isNaN(ticks) ? null : ticks;
}

/** `0::/system.slice/nginx.service` → `nginx.service`. */
export function unitOf(cgroup: string | null): string | null {
  return /([^/\n]+\.(?:service|scope))(?:\/|\n|$)/.exec(cgroup ?? '')?.[1] ?? null;
}

async function read(host: Host, path: string): Promise<string | null> {
  try {
    return (await host.readFile(path, 64 * 1024)).toString();
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}
