/** The report as plain text, for a terminal or a mail: verdict first, then what it rests on, then what to do. Pure. */
import { visible } from '../visible.ts';
import type { Report, ReportEvidence } from './schema.ts';
import { caseFacts, exitWords, marksOf, moment, patternWords, reasonOf, rivalWords, seconds, stateOf, withoutDiagnosis } from './words.ts';
import { hang, wrap } from './wrap.ts';

/** A mail that is answered twice still fits its window. */
const mailWidth = 72;
const column = 9;

/**
 * @param width columns to wrap at; commands are never wrapped, so that they can be copied
 * @param depth `short`: the verdict, why, and what to do, for the end of a run on a terminal
 */
export function textReport(report: Report, width = mailWidth, depth: 'whole' | 'short' = 'whole'): string {
  const lines: string[] = [];
  for (const diagnosis of report.diagnoses) verdict(lines, diagnosis, width);
  if (report.diagnoses.length === 0) lines.push(`${withoutDiagnosis(report.status)}.`, '');
  for (const fact of caseFacts(report)) lines.push(...hang(`${fact.name}: `, fact.text, width, 2));
  if (depth === 'whole') {
    way(lines, report, width);
    if (report.evidence.length > 0) lines.push('', 'Evidence');
    for (const one of report.evidence) evidence(lines, one, width);
  }
  lines.push('', `proxy-doctor ${report.tool.version}`);
  return `${lines.join('\n')}\n`;
}

function verdict(lines: string[], diagnosis: Report['diagnoses'][number], width: number): void {
  lines.push(`${diagnosis.id}  (${stateOf(diagnosis)})`, ...wrap(diagnosis.summary, width), '');
  section(lines, 'For', diagnosis.for, width);
  section(lines, 'Against', diagnosis.against, width);
  section(lines, 'Open', diagnosis.open, width);
  if (diagnosis.rivals.length > 0) {
    lines.push('Other causes');
    for (const rival of diagnosis.rivals)
      lines.push(...hang(`  ${rival.id}: `, `${rivalWords(rival.state)}; ${rival.because}`, width, column));
    lines.push('');
  }
  if (diagnosis.pattern) {
    const { before, what } = patternWords(diagnosis.pattern);
    lines.push(...hang('Pattern  ', `${before} ${what}`, width), '');
  }
  if (diagnosis.remedies.length === 0) return;
  lines.push('Do this, in order');
  diagnosis.remedies.forEach((remedy, index) => {
    lines.push(...hang(`${String(index + 1).padStart(3)} `, `${remedy.title}${remedy.firstAid ? ' (first aid)' : ''}`, width));
    for (const step of remedy.steps) lines.push(...hang('    - ', step, width));
    for (const command of remedy.commands) lines.push(`      $ ${visible(command)}`);
    if (remedy.undo !== null) lines.push(...hang('    Undo: ', remedy.undo, width, 6));
    lines.push('    Verify:', `      $ ${visible(remedy.verify)}`);
  });
  lines.push('');
}

function section(lines: string[], title: string, claims: readonly { text: string; evidence: readonly string[] }[], width: number): void {
  if (claims.length === 0) return;
  claims.forEach((claim, index) => {
    lines.push(...hang((index === 0 ? title : '').padEnd(column), claim.text + cited(claim.evidence), width));
  });
  lines.push('');
}

function way(lines: string[], report: Report, width: number): void {
  if (report.path.length === 0) return;
  lines.push('', 'The way');
  let subject: string | null = null;
  for (const visit of report.path) {
    if (visit.subject !== subject && visit.subject !== null) lines.push(...hang('  ', `for ${visit.subject}`, width));
    subject = visit.subject;
    lines.push(...hang(subject === null ? '  ' : '    ', `${visit.title} ${visit.outcome}${cited(visit.evidence)}`, width, 8));
    const reason = reasonOf(report, visit);
    if (reason !== null) lines.push(...hang('        ', reason, width));
  }
}

function evidence(lines: string[], one: ReportEvidence, width: number): void {
  const marks = marksOf(one);
  const indent = 6;
  lines.push(
    ...hang(
      `  ${one.id.padEnd(4)}`,
      [one.check, ...marks, `seen from the ${one.side}`, moment(one.startedAt), seconds(one.durationMs)].join(', '),
      width,
      indent,
    ),
  );
  lines.push(...hang(' '.repeat(indent), one.summary, width));
  if (one.remedy !== null) lines.push(...hang(`${' '.repeat(indent)}To have it: `, one.remedy, width, indent + 2));
  for (const command of one.commands)
    lines.push(`${' '.repeat(indent)}$ ${visible(command.argv.join(' '))}  (${exitWords(command.exitCode)})`);
}

function cited(ids: readonly string[]): string {
  return ids.length > 0 ? ` [${ids.join(',')}]` : '';
}
