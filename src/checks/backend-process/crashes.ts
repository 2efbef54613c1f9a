/** Ends, kills and crashes of processes in the kernel's and systemd's messages. Pure. */
import type { BackendProcessFacts } from './facts.ts';

export type Crash = BackendProcessFacts['crashes'][number];

/**
 * The kernel's and systemd's own, constant words: mm/oom_kill.c, arch/x86/mm/fault.c and traps.c, systemd's service.c. Journals carry no code for
 * them that a plain reading of both sources has.
 */
const patterns: readonly RegExp[] = [
  /\b[Oo]ut of memory: Kill(?:ed)? process \d+/,
  /\bMemory cgroup out of memory: Kill(?:ed)? process \d+/,
  /\boom-kill:constraint=/,
  /\]?: segfault at /,
  /\btraps: .*\[\d+\]/,
  /\bgeneral protection (?:fault )?ip:/,
  /: Main process exited, code=(?:killed|dumped|exited), status=(?!0\/SUCCESS)/,
  /: Failed with result '(?!success)/,
  /: A process of this unit has been killed by the OOM killer/,
  /: Watchdog timeout/,
  /\bProcess \d+ \(.*\) of user \d+ (?:dumped core|terminated abnormally)/,
];

export interface Line {
  /** Milliseconds since the epoch; null: not told. */
  readonly at: number | null;
  readonly text: string;
}

/** `journalctl -o short-unix`: `1700000000.123456 HOST IDENT[PID]: TEXT`. */
export function readJournal(stdout: string): readonly Line[] {
  return stdout.split('\n').flatMap((line) => {
    const match = /^(\d+)\.(\d{3})\d* \S+ (.*)$/.exec(line);
    return match === null ? [] : [{ at: Number(match[1]) * 1000 + Number(match[2]), text: match[3] ?? '' }];
  });
}

/** `dmesg`: `[12345.678901] TEXT`, seconds since boot. */
export function readDmesg(stdout: string, bootedAt: number | null): readonly Line[] {
  return stdout.split('\n').flatMap((line) => {
    const match = /^\[\s*(\d+)\.(\d{3})\d*\] (.*)$/.exec(line);
    if (match === null) return line.trim() === '' ? [] : [{ at: null, text: line }];
    return [{ at: bootedAt === null ? null : bootedAt + Number(match[1]) * 1000 + Number(match[2]), text: match[3] ?? '' }];
  });
}

export interface Suspect {
  readonly process: string | null;
  readonly pids: readonly number[];
  readonly unit: string | null;
}

/** A kernel's process name has 15 bytes. */
const nameBytes = 15;

/** Lines that tell of a crash, of this process where one is known, newest first. */
export function crashesIn(lines: readonly Line[], suspect: Suspect, since: number, most: number): readonly Crash[] {
  return lines
    .filter(({ at, text }) => (at === null || at >= since) && patterns.some((pattern) => pattern.test(text)) && concerns(text, suspect))
    .toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0))
    .slice(0, most)
    .map(({ at, text }) => ({ time: at === null ? null : new Date(at).toISOString(), text: text.slice(0, 400) }));
}

function concerns(text: string, { process, pids, unit }: Suspect): boolean {
  // Nothing listens any more: whatever ended lately may have been it.
  if (process === null && unit === null && pids.length === 0) return true;
  if (unit !== null && text.includes(unit)) return true;
  if (pids.some((pid) => new RegExp(`\\b${pid}\\b`).test(text))) return true;
  const name = process?.slice(0, nameBytes).replace(/[.*+?^${}()|[\]\\]/g, '\\$&') ?? '';
  return name !== '' && new RegExp(`(?:^|[^\\w.-])${name}(?![\\w-])`).test(text);
}
