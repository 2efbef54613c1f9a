/** docs/reliability.md: the figures of each part of the soak between two marks, written by the run that obtained them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from './measured.ts';
import type { Size } from './load.ts';

const page = join(root, 'docs/reliability.md');

/** @throws where the page has no place for this part */
export function write(part: string, command: string, lines: readonly string[]): void {
  const [begin, end] = [`<!-- begin ${part} -->`, `<!-- end ${part} -->`];
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${page} has no place for ${part}`);
  const said = `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, Linux ${/^\d+\.\d+/.exec(release())?.[0] ?? release()}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB:`;
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n${said}\n\n${lines.join('\n')}\n${text.slice(to)}`);
}

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  return [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...rows.map((row) => `| ${row.join(' | ')} |`)];
}

export function sizesTable(what: string, sizes: readonly Size[]): string[] {
  return table(
    [what, 'seconds', 'processor seconds', 'peak memory', 'bytes read'],
    sizes.map((one) => [one.size.toLocaleString('en'), one.seconds.toFixed(1), one.cpuSeconds.toFixed(2), megabytes(one.peakBytes), megabytes(one.bytesRead)]),
  );
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
