/** The evidence of the HTML report: what was found, how it was looked for, and the raw outputs, folded. */
import type { ReactElement, ReactNode } from 'react';
import { visible } from '../../visible.ts';
import type { Report, ReportEvidence } from '../schema.ts';
import { exitWords, marksOf, moment, seconds } from '../words.ts';
import { Chip } from './cause.tsx';
import { jsonText } from './json-text.ts';

/** Raw outputs are folded, and bounded: a report is read on a telephone too. The JSON report has them whole. */
const mostRaw = 20_000;

export function EvidenceList({ report }: { report: Report }): ReactNode {
  if (report.evidence.length === 0) return null;
  return (
    <section>
      <h2>Evidence</h2>
      {report.evidence.map((one) => (
        <One key={one.id} one={one} />
      ))}
    </section>
  );
}

function One({ one }: { one: ReportEvidence }): ReactElement {
  return (
    <article id={one.id} className="evidence">
      <h3>
        <span className="soft">{one.id}</span> {one.check}
        {marksOf(one).map((mark) => (
          <Chip key={mark} tone={mark === one.status ? 'warn' : ''}>
            {visible(mark)}
          </Chip>
        ))}
      </h3>
      <p>{visible(one.summary)}</p>
      {one.remedy !== null && <p className="small">To have it: {visible(one.remedy)}</p>}
      <p className="soft small">
        {moment(one.startedAt)}, {seconds(one.durationMs)}, seen from the {one.side}
      </p>
      {one.commands.map((command, index) => (
        <details key={`${index} ${command.argv.join(' ')}`}>
          <summary>
            <code>{visible(command.argv.join(' '))}</code> {exitWords(command.exitCode)}
          </summary>
          <pre>{raw(command.output ?? 'its output was not kept')}</pre>
        </details>
      ))}
      {one.data !== null && one.data !== undefined && (
        <details>
          <summary>facts</summary>
          <pre>{raw(jsonText(one.data))}</pre>
        </details>
      )}
    </article>
  );
}

/** Control characters visible, but lines stay lines. */
function raw(text: string): string {
  const shown =
    text.length > mostRaw ? `${text.slice(0, mostRaw)}\n… ${text.length - mostRaw} more characters; the JSON report has them all` : text;
  return shown.split('\n').map(visible).join('\n');
}
