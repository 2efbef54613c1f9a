/** `compare REPORT…`: reads JSON reports and says what they have in common. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { comparisonText } from '../report/compare-text.ts';
import { compareReports } from '../report/compare.ts';
import type { Source } from '../report/compare-pairs.ts';
import { report as schema, type Report } from '../report/schema.ts';
import type { Output } from './output.ts';

/** No report comes near; a log named by mistake does. */
const largest = 64 * 1024 * 1024;
const remedy = 'Name JSON reports of proxy-doctor: proxy-doctor --no-input --json > px1.json, or proxy-doctor report --format json';

/** @returns 0: it says which; 3: these reports do not decide. @throws {UsageError} with the file */
export function compareCommand(named: readonly string[], options: { readonly json?: boolean }, io: Output): number {
  const comparison = compareReports(named.map(readSource));
  io.out(options.json === true ? `${JSON.stringify(comparison)}\n` : comparisonText(comparison));
  return comparison.findings.every((finding) => finding.kind === 'undecided') ? 3 : 0;
}

/** `FILE`, or `PROXY=FILE` where the report's own host name does not tell proxies apart. */
function readSource(word: string): Source {
  const match = /^([^=/]+)=(.+)$/s.exec(word);
  const given = match !== null && !existsSync(word) ? { proxy: match[1] ?? '', file: match[2] ?? '' } : { proxy: null, file: word };
  const report = readReport(given.file);
  return { file: given.file, proxy: given.proxy ?? report.case.host, report };
}

function readReport(file: string): Report {
  const parsed = schema.safeParse(parse(text(file), file));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.map(String).join('.')}: ${issue.message})`;
  throw new UsageError(`this is no report of proxy-doctor${where}`, remedy, { file });
}

function text(file: string): string {
  try {
    const info = statSync(file);
    if (info.isDirectory()) throw new UsageError('this is a folder, not a report', remedy, { file });
    if (info.size > largest) throw new UsageError('this is larger than any report', remedy, { file });
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new UsageError(code === 'ENOENT' ? 'there is no such report' : `the report can not be read (${code})`, remedy, { file });
  }
}

function parse(source: string, file: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new UsageError(`this is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`, remedy, { file });
  }
}
