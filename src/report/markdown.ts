/** The report as Markdown for an incident ticket: headings, lists and code only, which GitHub, GitLab, Jira and Slack all show. Pure. */
import type { Report, ReportEvidence } from './schema.ts';
import { code, codeBlock, plain } from './markdown-text.ts';
import { caseFacts, exitWords, marksOf, moment, patternWords, reasonOf, rivalWords, seconds, stateOf, withoutDiagnosis } from './words.ts';

export function markdownReport(report: Report): string {
  const lines: string[] = [];
  for (const diagnosis of report.diagnoses) verdict(lines, diagnosis);
  if (report.diagnoses.length === 0) lines.push(`# ${withoutDiagnosis(report.status)}`, '');
  lines.push('## The case', '');
  for (const fact of caseFacts(report)) lines.push(`- **${fact.name}:** ${plain(fact.text)}`);
  lines.push('');
  way(lines, report);
  if (report.evidence.length > 0) lines.push('## Evidence', '');
  for (const one of report.evidence) evidence(lines, one);
  lines.push('', `proxy-doctor ${plain(report.tool.version)}`);
  return `${lines.join('\n')}\n`;
}

function verdict(lines: string[], diagnosis: Report['diagnoses'][number]): void {
  lines.push(`# ${diagnosis.id} (${stateOf(diagnosis)})`, '', plain(diagnosis.summary), '');
  claims(lines, 'For', diagnosis.for);
  claims(lines, 'Against', diagnosis.against);
  claims(lines, 'Open', diagnosis.open);
  if (diagnosis.rivals.length > 0) {
    lines.push('## Other causes', '');
    for (const rival of diagnosis.rivals) lines.push(`- ${rival.id}, **${rivalWords(rival.state)}**: ${plain(rival.because)}`);
    lines.push('');
  }
  if (diagnosis.pattern) {
    const { before, what } = patternWords(diagnosis.pattern);
    lines.push(`**Pattern:** ${before} ${code(what)}`, '');
  }
  if (diagnosis.remedies.length === 0) return;
  lines.push('## Do this, in order', '');
  diagnosis.remedies.forEach((remedy, index) => {
    const label = `${index + 1}. `;
    const under = ' '.repeat(label.length);
    lines.push(`${label}**${plain(remedy.title).trim()}**${remedy.firstAid ? ' (first aid)' : ''}`);
    for (const step of remedy.steps) lines.push(`${under}- ${plain(step)}`);
    if (remedy.undo !== null) lines.push(`${under}- Undo: ${plain(remedy.undo)}`);
    lines.push(`${under}- Verify: ${code(remedy.verify)}`);
    if (remedy.commands.length > 0) lines.push('', ...codeBlock(remedy.commands, under), '');
  });
  lines.push('');
}

function claims(lines: string[], title: string, all: readonly { text: string; evidence: readonly string[] }[]): void {
  if (all.length === 0) return;
  lines.push(`## ${title}`, '');
  for (const claim of all) lines.push(`- ${plain(claim.text)}${cited(claim.evidence)}`);
  lines.push('');
}

function way(lines: string[], report: Report): void {
  if (report.path.length === 0) return;
  lines.push('## The way', '');
  for (const visit of report.path) {
    const about = visit.subject === null ? '' : ` (${plain(visit.subject)})`;
    const reason = reasonOf(report, visit);
    lines.push(
      `- ${plain(visit.title)}${about} **${visit.outcome}**${reason === null ? '' : `: ${plain(reason)}`}${cited(visit.evidence)}`,
    );
  }
  lines.push('');
}

function evidence(lines: string[], one: ReportEvidence): void {
  const marks = [...marksOf(one), `seen from the ${one.side}`, moment(one.startedAt), seconds(one.durationMs)].map(plain).join(', ');
  lines.push(`- **${one.id} ${one.check}:** ${plain(one.summary)} (${marks})`);
  if (one.remedy !== null) lines.push(`  - To have it: ${plain(one.remedy)}`);
  for (const command of one.commands) lines.push(`  - ${code(command.argv.join(' '))}, ${exitWords(command.exitCode)}`);
}

function cited(ids: readonly string[]): string {
  return ids.length > 0 ? ` (${ids.join(', ')})` : '';
}
