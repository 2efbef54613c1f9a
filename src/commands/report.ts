/** `report`: the report of a case again, in any format, from its journal alone. */
import { writeFile } from 'node:fs/promises';
import { stateDirectory } from '../case/state-directory.ts';
import { openCase } from '../case/store.ts';
import type { CaseRecord } from '../case/journal.ts';
import { conclude } from '../diagnosis/conclude.ts';
import { derive } from '../engine/step.ts';
import { redact } from '../report/redact/redact.ts';
import { makeReport } from '../report/make-report.ts';
import { type Report, reportJsonSchema } from '../report/schema.ts';
import { verifyReport } from '../report/verify.ts';
import { version } from '../version.ts';
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
  const record = await openCase(stateDirectory(options.stateDir ?? null), wanted ?? null);
  if (record.warning !== null) io.err(`case ${record.header.id}: ${record.warning}`);
  const whole = reportOf(record);
  const report = options.redact === true ? redact(whole, sha256) : whole;
  if (options.verify === true) {
    const findings = verifyReport(report, sha256);
    for (const finding of findings) io.err(finding);
    io.out(findings.length === 0 ? `case ${report.case.id}: every claim has its evidence (${report.evidence.length} pieces)\n` : '');
    return findings.length === 0 ? 0 : 3;
  }
  const format: Format = options.format === undefined ? (options.output === undefined ? 'text' : formatOf(options.output)) : (options.format as Format);
  const text = await formatReport(report, format);
  if (options.output === undefined) io.out(text);
  else await writeFile(options.output, text, { mode: 0o600 });
  return 0;
}

/** A case's report from its journal: the same as the run itself wrote. */
export function reportOf(record: CaseRecord): Report {
  const { header, entries } = record;
  const loaded = loadFlowText(header.flow.source, `case ${header.id}`);
  const state = derive(
    loaded.flow,
    entries.map((entry) => entry.event),
  );
  const concluded = state.position.kind === 'end' && state.position.concluded;
  const diagnoses = concluded ? conclude(state, loaded.declared) : [];
  const status = !concluded ? 'interrupted' : diagnoses.every((one) => one.id === 'undetermined') ? 'undetermined' : 'diagnosed';
  const last = entries.findLast((entry) => entry.event.type === 'concluded') ?? entries.at(-1);
  return makeReport({ header, version, flow: loaded.flow, state, diagnoses, status, entries, endedAt: last?.at ?? null, digest: sha256 });
}
