/** The report as Markdown for an incident ticket: plain tables and lists that every ticket system shows. */
import { visible } from '../visible.ts';
import type { Report } from './schema.ts';
import { patternOf, stateOf } from './words.ts';

/** Text from outside as Markdown text: nothing in it is markup, and a table cell stays one cell. */
function plain(text: string): string {
  return visible(text).replace(/[\\`*_{}[\]<>|#]/g, (sign) => `\\${sign}`);
}

/** Text from outside as code; a fence longer than any run of backticks in it. */
function code(text: string): string {
  const clean = visible(text);
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${clean} ${fence}` : `${fence}${clean}${fence}`;
}

export function markdownReport(report: Report): string {
  const lines: string[] = [];
  for (const diagnosis of report.diagnoses) {
    lines.push(`# ${diagnosis.id} (${stateOf(diagnosis)})`, '', plain(diagnosis.summary), '');
    claims(lines, 'For', diagnosis.for);
    claims(lines, 'Against', diagnosis.against);
    claims(lines, 'Open', diagnosis.open);
    if (diagnosis.rivals.length > 0) {
      lines.push('## Rivals', '', '| rival | state | because |', '| --- | --- | --- |');
      for (const rival of diagnosis.rivals) lines.push(`| ${rival.id} | ${rival.state} | ${plain(rival.because)} |`);
      lines.push('');
    }
    if (diagnosis.pattern) {
      lines.push(`**Pattern:** ${code(patternOf(diagnosis.pattern))}, ${(100 * diagnosis.pattern.share).toFixed(0)} % of the failures`, '');
    }
    lines.push('## Do this, in order', '');
    diagnosis.remedies.forEach((remedy, index) => {
      lines.push(`${index + 1}. **${plain(remedy.title)}**${remedy.firstAid ? ' (first aid)' : ''}`);
      for (const step of remedy.steps) lines.push(`   - ${plain(step)}`);
      for (const command of remedy.commands) lines.push(`   - ${code(command)}`);
      if (remedy.undo !== null) lines.push(`   - undo: ${plain(remedy.undo)}`);
      lines.push(`   - verify: ${code(remedy.verify)}`);
    });
    lines.push('');
  }
  if (report.diagnoses.length === 0) lines.push(`# No diagnosis (${report.status})`, '');
  lines.push('## The case', '');
  if (report.impact) lines.push(`- Impact: ${report.impact.failed} of ${report.impact.requests} requests failed, ${report.impact.clients} clients`);
  if (report.window.from !== null) lines.push(`- Window: ${report.window.from} to ${report.window.to ?? 'now'}${report.window.covered ? '' : ' (the logs do not cover it)'}`);
  if (report.leftOut.length > 0) lines.push(`- Not examined: ${report.leftOut.map((one) => `${plain(one.backend)} (${one.failures} failures)`).join(', ')}`);
  for (const change of report.changes) lines.push(`- Change: ${plain(change.what)} (${code(change.file)}): ${change.state}`);
  for (const note of report.notes) lines.push(`- Note, ${note.at}: ${plain(note.text)}`);
  lines.push(`- Case ${report.case.id} on ${plain(report.case.host)}, ${report.case.startedAt}`, '', '## The way', '', '| step | outcome | decided by | because | evidence |', '| --- | --- | --- | --- | --- |');
  for (const visit of report.path) {
    const about = visit.subject === null ? '' : ` (${plain(visit.subject)})`;
    lines.push(`| ${plain(visit.title)}${about} | ${visit.outcome} | ${visit.decidedBy} | ${plain(visit.because)} | ${visit.evidence.join(' ')} |`);
  }
  lines.push('', '## Evidence', '', '| id | check | side | status | what was found | at | took |', '| --- | --- | --- | --- | --- | --- | --- |');
  for (const one of report.evidence) {
    lines.push(`| ${one.id} | ${one.check} | ${one.side} | ${one.status}${one.superseded === true ? ' (superseded)' : ''} | ${plain(one.summary)} | ${one.startedAt} | ${(one.durationMs / 1000).toFixed(1)} s |`);
  }
  lines.push('');
  for (const one of report.evidence.filter((entry) => entry.commands.length > 0)) {
    for (const command of one.commands) lines.push(`- ${one.id}: ${code(command.argv.join(' '))} → ${command.exitCode === null ? 'ended by a signal' : `exit ${command.exitCode}`}`);
  }
  lines.push('', `proxy-doctor ${report.tool.version}`);
  return `${lines.join('\n')}\n`;
}

function claims(lines: string[], title: string, all: readonly { text: string; evidence: readonly string[] }[]): void {
  if (all.length === 0) return;
  lines.push(`## ${title}`, '');
  for (const claim of all) lines.push(`- ${plain(claim.text)}${claim.evidence.length > 0 ? ` (${claim.evidence.join(', ')})` : ''}`);
  lines.push('');
}
