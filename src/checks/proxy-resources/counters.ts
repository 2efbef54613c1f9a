/** Readers of the kernel's counters and limits. Pure; each gives null for text that is not of its form. */

/** /proc/sys/fs/file-nr: allocated, free, limit. */
export function parseFileNumbers(text: string): { used: number; limit: number } | null {
  const [allocated, free, limit] = text.trim().split(/\s+/).map(Number);
  if (allocated === undefined || free === undefined || limit === undefined || [allocated, free, limit].some(Number.isNaN)) return null;
  return { used: allocated - free, limit };
}

/** Soft limit of open files in /proc/PID/limits; `unlimited` is Infinity. */
export function parseOpenFilesLimit(text: string): number | null {
  const value = /^Max open files\s+(\S+)/m.exec(text)?.[1];
  return value === undefined ? null : value === 'unlimited' ? Number.POSITIVE_INFINITY : Number(value);
}

/** Packets dropped because the table was full: columns `drop` and `early_drop` of /proc/net/stat/nf_conntrack, hexadecimal, a line a CPU. */
export function parseConntrackStat(text: string): number | null {
  const [heading = '', ...lines] = text.trim().split('\n');
  const names = heading.trim().split(/\s+/);
  const columns = [names.indexOf('drop'), names.indexOf('early_drop')].filter((index) => index >= 0);
  if (columns.length === 0) return null;
  let drops = 0;
  for (const line of lines) {
    const fields = line.trim().split(/\s+/);
    for (const column of columns) drops += Number.parseInt(fields[column] ?? '0', 16) || 0;
  }
  return drops;
}

/** What `conntrack -S` prints: `cpu=0 found=0 … drop=0 early_drop=0 …` a CPU. */
export function parseConntrackCommand(text: string): number | null {
  const all = [...text.matchAll(/\b(?:early_)?drop=(\d+)/g)];
  return all.length === 0 ? null : all.reduce((sum, match) => sum + Number(match[1]), 0);
}

/** Is TCP's memory above the kernel's mark? /proc/net/sockstat (pages) against net.ipv4.tcp_mem (low, pressure, high). */
export function memoryPressure(sockstat: string, tcpMem: string): boolean | null {
  const pages = Number(/^TCP:.*\bmem (\d+)/m.exec(sockstat)?.[1]);
  const pressure = Number(tcpMem.trim().split(/\s+/)[1]);
  return Number.isFinite(pages) && Number.isFinite(pressure) ? pages >= pressure : null;
}

/** mod_status with `?auto`: workers that are at a request or a connection. Null where the page is something else. */
export function parseServerStatus(text: string): { busy: number; idle: number; graceful: number } | null {
  const field = (name: string): number | null => {
    const value = new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1];
    return value === undefined ? null : Number(value);
  };
  const busy = field('BusyWorkers') ?? field('BusyServers');
  const idle = field('IdleWorkers') ?? field('IdleServers');
  if (busy === null || idle === null) return null;
  return { busy, idle, graceful: field('GracefulWorkers') ?? 0 };
}
