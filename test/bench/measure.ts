/** Runs commands and takes their time and memory, turn by turn, so that what else the machine does meets all alike. */
import { spawn } from 'node:child_process';
import { openSync, readFileSync, closeSync } from 'node:fs';

export interface Command {
  readonly name: string;
  readonly argv: readonly string[];
  /** A file that is its standard input. */
  readonly input?: string;
}

export interface Run {
  readonly seconds: number;
  /** Peak resident memory in bytes; null where the system does not tell. */
  readonly peak: number | null;
}

export interface Measured {
  readonly name: string;
  /** Medians over the runs. */
  readonly seconds: number;
  readonly peak: number | null;
}

/** Output is read and thrown away: grep stops at its first match when it writes to /dev/null. */
export async function run(command: Command): Promise<Run> {
  const input = command.input === undefined ? null : openSync(command.input, 'r');
  const [file = '', ...args] = command.argv;
  const begun = performance.now();
  const child = spawn(file, args, { stdio: [input ?? 'ignore', 'pipe', 'ignore'], env: { ...process.env, LC_ALL: 'C' } });
  child.stdout?.resume();
  let peak: number | null = null;
  const watch = setInterval(() => {
    peak = peakOf(child.pid) ?? peak;
  }, 10);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    // check: 3 is a finding.
    if (status !== 0 && status !== 1 && status !== 3) throw new Error(`${command.argv.join(' ')}: exit status ${status}`);
    return { seconds: (performance.now() - begun) / 1000, peak };
  } finally {
    clearInterval(watch);
    if (input !== null) closeSync(input);
  }
}

/** Linux keeps the peak itself, so that looking now and then is enough. */
function peakOf(pid: number | undefined): number | null {
  try {
    const match = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match === null ? null : Number(match[1]) * 1024;
  } catch {
    return null;
  }
}

/** Each command once to fill the caches, then all of them in turn, `rounds` times. */
export async function measure(commands: readonly Command[], rounds: number): Promise<readonly Measured[]> {
  for (const command of commands) await run(command);
  const runs = new Map<string, Run[]>(commands.map((command) => [command.name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const command of commands) runs.get(command.name)?.push(await run(command));
  }
  return commands.map(({ name }) => {
    const all = runs.get(name) ?? [];
    const peaks = all.flatMap((each) => (each.peak === null ? [] : [each.peak]));
    return { name, seconds: median(all.map((each) => each.seconds)), peak: peaks.length === 0 ? null : Math.max(...peaks) };
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
