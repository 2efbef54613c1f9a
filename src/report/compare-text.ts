/** The comparison for people: the verdict first, then the table that it was concluded from. */
import { visible } from '../visible.ts';
import type { Pair } from './compare-pairs.ts';
import type { Comparison } from './compare.ts';

const mark: Readonly<Record<Pair['state'], string>> = { fails: 'FAILS', over: 'failed, over', works: 'works', quiet: 'no failure' };
/** A column wider than this makes a table that nobody can read. */
const widest = 34;

export function comparisonText(comparison: Comparison): string {
  const lines: string[] = [];
  for (const finding of comparison.findings) {
    lines.push(finding.summary, `  Because: ${finding.because}.`, `  Next: ${finding.next}`, '');
  }
  if (comparison.pairs.length > 0) lines.push(...table(comparison), '');
  if (comparison.changes.length > 0) {
    lines.push('Before and after');
    for (const one of comparison.changes)
      lines.push(`  ${one.proxy} → ${one.backend}: ${one.change}. ${one.because} (${one.from}, ${one.to})`);
    lines.push('');
  }
  for (const note of comparison.notes) lines.push(`Note: ${note}`);
  if (comparison.notes.length > 0) lines.push('');
  lines.push('Reports');
  for (const one of comparison.reports)
    lines.push(`  ${one.proxy}  ${one.startedAt}  ${one.diagnoses.join(', ') || one.status}  (${one.file})`);
  return `${lines.map(visible).join('\n')}\n`;
}

/** Proxies down, backends across; with many backends only those that fail somewhere. */
function table({ pairs }: Comparison): string[] {
  const all = [...new Set(pairs.map((pair) => pair.backend))];
  const failed = all.filter((backend) =>
    pairs.some((pair) => pair.backend === backend && (pair.state === 'fails' || pair.state === 'over')),
  );
  const backends = all.length <= 6 || failed.length === 0 ? all.slice(0, 12) : failed.slice(0, 12);
  const proxies = [...new Set(pairs.map((pair) => pair.proxy))];
  const rows = proxies.map((proxy) => [
    proxy,
    ...backends.map((backend) => {
      const pair = pairs.find((one) => one.proxy === proxy && one.backend === backend);
      return pair === undefined ? '?' : mark[pair.state];
    }),
  ]);
  const cells = [['proxy', ...backends], ...rows].map((row) => row.map((cell) => shorten(visible(cell))));
  const widths = (cells[0] ?? []).map((_cell, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const hidden = all.length - backends.length;
  return hidden > 0 ? [...lines, `(${hidden} more backends, not shown)`] : lines;
}

function shorten(text: string): string {
  return text.length <= widest ? text : `…${text.slice(-(widest - 1))}`;
}
