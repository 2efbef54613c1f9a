/** What a run of the tool leaves in a world that was not there before: nothing, it should be. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pidsIn } from './leftovers.ts';
import type { Trace } from './trace.ts';

export interface Traces {
  /** Command line by pid, without httpd's own children and the world's programs, which come and go. */
  readonly processes: ReadonlyMap<number, string>;
  /** Content by path, of all files of the configuration. */
  readonly files: ReadonlyMap<string, string>;
}

const own = /\/apache2(\0|$)|^apache2|^nginx: |lab\/programs\//;
const notConfiguration = /^(logs|var|run|tls|bin|state-\d+|trace-\d+)$/;

export async function tracesOf(folder: string, namespaces: readonly string[]): Promise<Traces> {
  const processes = new Map<number, string>();
  for (const pid of (await Promise.all(namespaces.map(pidsIn))).flat()) {
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (argv !== '' && !own.test(argv)) processes.set(pid, argv.replaceAll('\0', ' ').trim());
  }
  const files = new Map<string, string>();
  for (const name of await readdir(folder)) if (!notConfiguration.test(name)) await read(join(folder, name), files);
  return { processes, files };
}

async function read(path: string, into: Map<string, string>): Promise<void> {
  const names = await readdir(path).catch(() => null);
  // A socket has nothing to read.
  if (names === null) into.set(path, (await stat(path)).isFile() ? await readFile(path, 'utf8') : '');
  else for (const name of names) await read(join(path, name), into);
}

/** Complaints: a process or a file that is new, changed or gone. Pure. */
export function compareTraces(before: Traces, after: Traces): string[] {
  const complaints: string[] = [];
  for (const [pid, argv] of after.processes) if (!before.processes.has(pid)) complaints.push(`a process was left behind: ${argv}`);
  for (const [path, content] of after.files) {
    const was = before.files.get(path);
    if (was === undefined) complaints.push(`a file was left behind: ${path}`);
    else if (was !== content) complaints.push(`a file was changed: ${path}`);
  }
  for (const path of before.files.keys()) if (!after.files.has(path)) complaints.push(`a file is gone: ${path}`);
  return complaints;
}

/** How long a process may outlive the tool: its supervisor ends when it is told that all is done. */
const graceSeconds = 1;

/** Complaints: files that are still there outside the case, locks and halves of files inside it, processes that went on without the tool. */
export async function leftBehind(trace: Trace, stateDir: string): Promise<string[]> {
  const complaints = trace.outlived.filter(({ seconds }) => seconds > graceSeconds).map(({ argv, seconds }) => `went on for ${seconds.toFixed(1)} s after the tool: ${argv.join(' ')}`);
  const kept = [/^\/cases(\/[\w-]+(\/(journal\.jsonl|summary\.json|[\w.-]+\.pcap))?)?$/, /^\/changes$/, /^\/newest$/];
  for (const path of trace.written) {
    const inside = path.startsWith(`${stateDir}/`) && kept.some((pattern) => pattern.test(path.slice(stateDir.length)));
    if (inside || path.startsWith('/dev/')) continue;
    const there = await stat(path).catch(() => null);
    // The configuration was there before; `compareTraces` looks whether it is the same.
    if (there !== null && !/\/(conf\.d|conf-enabled|sites-enabled|[\w.]+\.conf)(\/|$)/.test(path)) complaints.push(`was left behind: ${path}`);
  }
  return complaints;
}
