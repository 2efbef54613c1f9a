/** Messages of the kernel and of systemd: from the journal, or from the kernel's own buffer where there is no journal. Bounded. */
import type { CommandRecord } from '../../engine/evidence.ts';
import { FileError, type Host } from '../../host/host.ts';
import { readDmesg, readJournal, type Line } from './crashes.ts';

const limitMs = 8000;
const dayMs = 24 * 3600 * 1000;
const journalLines = 4000;
const maxBytes = 4 * 1024 * 1024;

export interface Look {
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly commands: CommandRecord[];
  readonly missing: string[];
}

export function journalCommand(since: number): readonly string[] {
  const only = ['-t', 'kernel', '-t', 'systemd', '-t', 'systemd-coredump'];
  return [
    'journalctl',
    '-q',
    '--no-pager',
    '-o',
    'short-unix',
    `--since=@${Math.floor(since / 1000)}`,
    '-n',
    String(journalLines),
    ...only,
  ];
}

/** Lines since then (ms since the epoch), never of more than the last day. What can't be read is noted in `missing`. */
export async function readSystemLog(
  { host, signal, commands, missing }: Look,
  wanted: number | null,
): Promise<{ readonly lines: readonly Line[]; readonly since: number }> {
  const since = Math.max(wanted ?? 0, host.now() - dayMs);
  const run = async (argv: readonly string[]) => {
    const result = await host.run(argv, { timeLimitMs: limitMs, maxBytes, signal });
    // What the messages say else is nobody's business: the lines that count stand in the facts.
    if (result.ended !== 'not-found') commands.push({ argv: result.argv, exitCode: result.exitCode, durationMs: result.durationMs });
    return result;
  };
  if (await host.has('journalctl')) {
    const result = await run(journalCommand(since));
    const lines = result.exitCode === 0 ? readJournal(result.stdout) : [];
    // A journal without lines: none is kept, or it is not ours to read.
    if (lines.length > 0) return { lines, since };
  }
  if (await host.has('dmesg')) {
    const result = await run(['dmesg']);
    if (result.exitCode === 0) return { lines: readDmesg(result.stdout, await bootedAt(host)), since };
  }
  missing.push('journalctl or dmesg (the right to read them: root, or group systemd-journal)');
  return { lines: [], since };
}

async function bootedAt(host: Host): Promise<number | null> {
  try {
    const up = Number((await host.readFile('/proc/uptime')).toString().split(' ')[0]);
    return Number.isNaN(up) ? null : host.now() - up * 1000;
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}
