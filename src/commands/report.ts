/** `report`: the report of a case again, in any format, from its journal alone. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { stateDirectory } from '../case/state-directory.ts';
import { writeOwnFile } from '../case/own-file.ts';
import { openCase } from '../case/store.ts';
import type { CaseRecord } from '../case/journal.ts';
import { conclude } from '../diagnosis/conclude.ts';
import { UsageError } from '../errors.ts';
import { redact } from '../report/redact/redact.ts';
import { makeReport } from '../report/make-report.ts';
import { type Report, report as schema, reportJsonSchema } from '../report/schema.ts';
import { verifyReport } from '../report/verify.ts';
import { version } from '../version.ts';
import { visible } from '../visible.ts';
import { foldJournal, readingJournal } from './fold-journal.ts';
import { loadFlowText } from './load-flow.ts';
import type { Output } from './output.ts';
import { type Format, formatOf, formatReport } from './report-formats.ts';
import { sha256 } from './digest.ts';

interface Options {
  readonly format?: string;
  readonly output?: string;
  readonly redact?: boolean;
  readonly verify?: boolean;
  readonly schema?: boolean;
  readonly stateDir?: string;
}

export async function reportCommand(wanted: string | undefined, options: Options, io: Output): Promise<number> {
  if (options.schema === true) {
    io.out(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
    return 0;
  }
  const { whole, complaints } = await theReport(wanted, options, io);
  const report = options.redact === true ? redact(whole, sha256) : whole;
  if (options.verify === true) {
    const findings = [...complaints, ...verifyReport(report, sha256)];
    for (const finding of findings) io.err(visible(finding));
    io.out(findings.length === 0 ? `case ${report.case.id}: every claim has its evidence (${report.evidence.length} pieces), and none was changed\n` : '');
    return findings.length === 0 ? 0 : 3;
  }
  for (const complaint of complaints) io.err(`${visible(complaint)}; see proxy-doctor report ${report.case.id} --verify`);
  const format: Format = options.format === undefined ? (options.output === undefined ? 'text' : formatOf(options.output)) : (options.format as Format);
  const text = await formatReport(report, format);
  if (options.output === undefined) io.out(text);
  else await writeReport(options.output, text, report.case.id);
  return 0;
}

/** From a case, or from a JSON report that somebody sent. `complaints`: what was changed since it was written. */
async function theReport(wanted: string | undefined, options: Options, io: Output): Promise<{ whole: Report; complaints: readonly string[] }> {
  if (wanted?.endsWith('.json') === true) return { whole: await readReport(wanted), complaints: [] };
  const record = await openCase(stateDirectory(options.stateDir ?? null), wanted ?? null);
  if (record.warning !== null) io.err(`case ${record.header.id}: ${record.warning}`);
  return { whole: reportOf(record), complaints: record.changed };
}

async function readReport(file: string): Promise<Report> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`the report can not be read (${codeOf(error)})`, 'Name a JSON report, or a case: proxy-doctor cases', { file });
  });
  try {
    // Its own key order and its own further keys: the digests are of what stands there.
    const value: unknown = JSON.parse(text);
    schema.parse(value);
    return value as Report;
  } catch (error) {
    const issue = error instanceof z.ZodError ? `${error.issues[0]?.path.join('.') ?? ''}: ${error.issues[0]?.message ?? ''}` : 'no JSON';
    throw new UsageError(`this is no report of proxy-doctor (${issue})`, 'Make one with: proxy-doctor report --format json', { file });
  }
}

async function writeReport(file: string, text: string, id: string): Promise<void> {
  try {
    await writeOwnFile(file, text);
  } catch (error) {
    throw new UsageError(`the report could not be written (${codeOf(error)})`, `Name another file; the case is kept: proxy-doctor report ${id} --output FILE`, { file });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** A case's report from its journal: the same as the run itself wrote. */
export function reportOf(record: CaseRecord): Report {
  return readingJournal(record, () => makeReportOf(record));
}

function makeReportOf(record: CaseRecord): Report {
  const { header, entries } = record;
  const loaded = loadFlowText(header.flow.source, `case ${header.id}`);
  const state = foldJournal(record, loaded.flow);
  const concluded = state.position.kind === 'end' && state.position.concluded;
  const diagnoses = concluded ? conclude(state, loaded.declared) : [];
  const status = !concluded ? 'interrupted' : diagnoses.every((one) => one.id === 'undetermined') ? 'undetermined' : 'diagnosed';
  const last = entries.findLast((entry) => entry.event.type === 'concluded') ?? entries.at(-1);
  return makeReport({ header, version, flow: loaded.flow, state, diagnoses, status, entries, endedAt: last?.at ?? null, digest: sha256 });
}
