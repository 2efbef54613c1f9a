/** The same world without being there: the collector gathers on the proxy's host with a bare shell, `run --bundle` diagnoses what it brought. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { node } from './child.ts';
import { run, tryRun } from './command.ts';
import { on } from './network.ts';
import type { Stage } from './stage.ts';
import type { Report, Verdict } from './tool.ts';
import type { Run } from './world.ts';

/** Shells of hosts where nothing may be installed. */
export const bareShells: readonly (readonly string[])[] = [['dash'], ['busybox', 'sh']];

export interface Gathered {
  readonly archive: string;
  /** What gathering left there besides; none is good. */
  readonly left: readonly string[];
}

/** Gathers as root on the proxy's host, with the script that the tool prints. */
export async function collect(stage: Stage, shell: readonly string[]): Promise<Gathered> {
  const folder = join(stage.folder, 'state-0');
  const temporary = join(folder, 'tmp');
  await run(['mkdir', '-p', temporary]);
  const script = join(folder, 'collect.sh');
  const archive = join(folder, 'bundle.tar.gz');
  await writeFile(script, (await run([node, stage.tool, 'collect', '--script'])).stdout);
  await run([...on(stage.namespace('px')), ...shell, script, '-o', archive], { env: { PATH: '/usr/bin:/bin', TMPDIR: temporary }, timeoutMs: 60_000 });
  const { stdout } = await run(['find', temporary, '-mindepth', '1']);
  return { archive, left: stdout.split('\n').filter(Boolean) };
}

/** Diagnoses it where none of the world's hosts is in reach, with the files' options of that run. */
export async function diagnoseBundle(stage: Stage, archive: string, { args = [] }: Run): Promise<{ readonly report: Report | null; readonly stderr: string }> {
  const words = ['run', '--no-input', '--json', '--state-dir', join(stage.folder, 'state-0'), '--bundle', archive, ...args.map((arg) => stage.fill(arg))];
  const { stdout, stderr } = await tryRun([node, stage.tool, ...words], { timeoutMs: 60_000 });
  try {
    return { report: JSON.parse(stdout) as Report, stderr };
  } catch {
    return { report: null, stderr };
  }
}

/** Complaints. `needs`: what a bundle cannot tell; then another end is fine, if it is not a confident one. Pure. */
export function judgeOffline(live: Verdict | undefined, offline: { readonly report: Report | null; readonly stderr: string }, needs: string | undefined): string[] {
  const first = offline.report?.diagnoses[0];
  if (first === undefined) return [`no diagnosis from the bundle: ${offline.stderr.slice(-600)}`];
  const same = first.id === live?.id && first.backend === live.backend;
  if (same) return [];
  if (needs !== undefined) return first.confidence === 'confirmed' ? [`from the bundle ${first.id} is confirmed, which nothing in it can show (${needs})`] : [];
  return [`from the bundle ${first.id} (${first.confidence}, ${first.backend ?? 'no backend'}), live ${live?.id} (${live?.backend ?? 'no backend'}): ${first.summary}`];
}
