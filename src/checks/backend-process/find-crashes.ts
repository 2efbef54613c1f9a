/** Looks for ends and crashes in the journal, or in the kernel's messages where there is no journal. Bounded in time, lines and bytes. */
import type { CommandRecord } from '../../engine/evidence.ts';
import { FileError, type Host } from '../../host/host.ts';
import { crashesIn, readDmesg, readJournal, type Crash, type Suspect } from './crashes.ts';

const limitMs = 8000;
const dayMs = 24 * 3600 * 1000;
const journalLines = 4000;
const maxBytes = 4 * 1024 * 1024;
const most = 10;

interface Look {
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly commands: CommandRecord[];
  readonly missing: string[];
}

/** The kernel and systemd alone, in seconds since the epoch; never more than the last day. */
export function journalCommand(since: number): readonly string[] {
  return [
    'journalctl',
    '-q',
    '--no-pager',
    '-o',
    'short-unix',
    `--since=@${Math.floor(since / 1000)}`,
    '-n',
    String(journalLines),
    '-t',
    'kernel',
    '-t',
    'systemd',
    '-t',
    'systemd-coredump',
  ];
}

export async function findCrashes(
  { host, signal, commands, missing }: Look,
  suspect: Suspect,
  wanted: number | null,
): Promise<readonly Crash[]> {
  const since = Math.max(wanted ?? 0, host.now() - dayMs);
  let read = 0;
  const lines: { readonly at: number | null; readonly text: string }[] = [];
  const run = async (argv: readonly string[]) => {
    const result = await host.run(argv, { timeLimitMs: limitMs, maxBytes, signal });
    // What the messages say else is nobody's business: the lines that count stand in the facts.
    if (result.ended !== 'not-found') commands.push({ argv: result.argv, exitCode: result.exitCode, durationMs: result.durationMs });
    return result;
  };
  if (await host.has('journalctl')) {
    const result = await run(journalCommand(since));
    if (result.exitCode === 0) read += lines.push(...readJournal(result.stdout));
  }
  // A journal without kernel lines: not kept, or not ours to read.
  if (read === 0 && (await host.has('dmesg'))) {
    const result = await run(['dmesg']);
    if (result.exitCode === 0) read += 1 + lines.push(...readDmesg(result.stdout, await bootedAt(host)));
  }
  if (read === 0) missing.push('journalctl or dmesg (the right to read them: root, or group systemd-journal)');
  return crashesIn(lines, suspect, since, most);
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
