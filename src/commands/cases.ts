/** `cases`: what is in the state directory, newest first. */
import { stateDirectory } from '../case/state-directory.ts';
import { listCases } from '../case/list-cases.ts';
import { visible } from '../visible.ts';
import type { Output } from './output.ts';

export async function casesCommand(options: { json?: boolean; stateDir?: string }, io: Output): Promise<number> {
  const stateDir = stateDirectory(options.stateDir ?? null);
  const cases = await listCases(stateDir);
  if (options.json === true) {
    io.out(`${JSON.stringify(cases)}\n`);
    return 0;
  }
  if (cases.length === 0) {
    io.err(`There is no case in ${stateDir}. Start one with: proxy-doctor`);
    return 0;
  }
  const rows = cases.map((one) => [one.id, one.startedAt.slice(0, 16).replace('T', ' '), visible(one.host), one.state, one.diagnosis ?? '']);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) io.out(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`);
  return 0;
}
