/** The report as plain text, for a terminal or a mail: verdict first, then what it rests on, then what to do. */
import { visible } from '../visible.ts';
import type { Report } from './schema.ts';
import { patternOf, stateOf } from './words.ts';

/** @param width columns to wrap at */
export function textReport(report: Report, width = 80): string {
  const lines: string[] = [];
  for (const diagnosis of report.diagnoses) {
    lines.push(`${diagnosis.id}  (${stateOf(diagnosis)})`, ...wrap(diagnosis.summary, width), '');
    section(lines, 'For', diagnosis.for, width);
    section(lines, 'Against', diagnosis.against, width);
    section(lines, 'Open', diagnosis.open, width);
    if (diagnosis.rivals.length > 0) {
      for (const rival of diagnosis.rivals) lines.push(...hang(`Not ${rival.id}: `, `${rival.state === 'refuted' ? '' : 'not tested; '}${rival.because}`, width));
      lines.push('');
    }
    if (diagnosis.pattern) {
      lines.push(...wrap(`Pattern: ${patternOf(diagnosis.pattern)}, ${(100 * diagnosis.pattern.share).toFixed(0)} % of the failures.`, width), '');
    }
    lines.push('Do this, in order');
    diagnosis.remedies.forEach((remedy, index) => {
      lines.push(...hang(`  ${index + 1} `, `${remedy.title}${remedy.firstAid ? ' (first aid)' : ''}`, width));
      for (const step of remedy.steps) lines.push(...hang('    - ', step, width));
      for (const command of remedy.commands) lines.push(`      $ ${visible(command)}`);
      if (remedy.undo !== null) lines.push(...hang('    undo: ', remedy.undo, width));
      lines.push(...hang('    verify: ', remedy.verify, width));
    });
    lines.push('');
  }
  if (report.diagnoses.length === 0) lines.push(`The run ended without a diagnosis (${report.status}).`, '');
  if (report.impact) lines.push(...wrap(`Impact: ${report.impact.failed.toLocaleString('en-US')} of ${report.impact.requests.toLocaleString('en-US')} requests failed, ${report.impact.clients.toLocaleString('en-US')} clients.`, width));
  if (report.window.from !== null) lines.push(...wrap(`Window: ${report.window.from} to ${report.window.to ?? 'now'}${report.window.covered ? '' : ' (the logs do not cover it)'}.`, width));
  if (report.leftOut.length > 0) lines.push(...wrap(`Not examined: ${report.leftOut.map((one) => `${one.backend} (${one.failures} failures)`).join(', ')}.`, width));
  lines.push('', 'Evidence');
  for (const one of report.evidence.filter((entry) => entry.superseded !== true)) {
    lines.push(...hang(`  ${one.id.padEnd(4)}${one.check.padEnd(17)}${one.status === 'ok' ? '' : `${one.status}: `}`, one.summary, width));
  }
  for (const change of report.changes) lines.push(...wrap(`Change: ${change.what} (${change.file}): ${change.state}.`, width));
  for (const note of report.notes) lines.push(...wrap(`Note ${note.at}: ${note.text}`, width));
  lines.push('', `Case ${report.case.id} on ${report.case.host}, ${report.case.startedAt}. proxy-doctor ${report.tool.version}`);
  return `${lines.join('\n')}\n`;
}

function section(lines: string[], title: string, claims: readonly { text: string; evidence: readonly string[] }[], width: number): void {
  if (claims.length === 0) return;
  claims.forEach((claim, index) => {
    const cited = claim.evidence.length > 0 ? `  [${claim.evidence.join(' ')}]` : '';
    lines.push(...hang(index === 0 ? title.padEnd(9) : ' '.repeat(9), claim.text + cited, width));
  });
  lines.push('');
}

/** First line behind a label, the others indented under it. */
function hang(label: string, text: string, width: number): string[] {
  const indent = ' '.repeat(Math.min(label.length, 12));
  return wrap(text, width - label.length).map((line, index) => (index === 0 ? label : indent) + line);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of visible(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
