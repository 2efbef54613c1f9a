/** The HTML report: one file without network, verdict first, each claim linked to its evidence. */
import type { ReactElement, ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { visible } from '../../visible.ts';
import type { Report } from '../schema.ts';
import { patternOf, stateOf } from '../words.ts';
import { DurationsChart, TimelineChart } from './charts.tsx';
import { durationsOf, marksOf, timelineOf } from './drawn.ts';
import { style } from './style.ts';

type Diagnosis = Report['diagnoses'][number];

export function htmlReport(report: Report): string {
  return `<!doctype html>\n${renderToStaticMarkup(<Page report={report} />)}\n`;
}

function Page({ report }: { report: Report }): ReactElement {
  const first = report.diagnoses[0];
  const timeline = timelineOf(report);
  const durations = durationsOf(report);
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${first?.id ?? report.status}: proxy-doctor case ${report.case.id}`}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <header>
          <h1>{first?.id ?? `No diagnosis (${report.status})`}</h1>
          <p className="state">
            {visible(report.case.host)}, {report.case.startedAt}, case {report.case.id}
          </p>
        </header>
        <main>
          {report.diagnoses.map((diagnosis, index) => (
            <Verdict key={`${diagnosis.id} ${diagnosis.backend ?? ''}`} diagnosis={diagnosis} first={index === 0} />
          ))}
          <Facts report={report} />
          {timeline && (
            <section>
              <h2>Failures over time</h2>
              <TimelineChart timeline={timeline} marks={marksOf(report)} />
              <p className="state">Dots: checks, notes and changes of this case, and starts and stops of httpd. Times are UTC.</p>
            </section>
          )}
          {durations && (
            <section>
              <h2>Durations</h2>
              <DurationsChart durations={durations} />
              <p className="state">Box: median to 95 %; line: up to the longest. Upright: time limits of the configuration.</p>
            </section>
          )}
          <Way report={report} />
          <EvidenceList report={report} />
        </main>
        <footer className="state">proxy-doctor {report.tool.version}</footer>
      </body>
    </html>
  );
}

function Verdict({ diagnosis, first }: { diagnosis: Diagnosis; first: boolean }): ReactElement {
  return (
    <section>
      {!first && <h2>{diagnosis.id}</h2>}
      <div className={`verdict${diagnosis.ongoing === true ? ' ongoing' : ''}`}>
        <p>
          <strong>{visible(diagnosis.summary)}</strong>
        </p>
        <p className="state">
          {stateOf(diagnosis)}
          {diagnosis.pattern && `; ${(100 * diagnosis.pattern.share).toFixed(0)} % of the failures are ${visible(patternOf(diagnosis.pattern))}`}
        </p>
      </div>
      <Claims title="For" claims={diagnosis.for} />
      <Claims title="Against" claims={diagnosis.against} />
      <Claims title="Open" claims={diagnosis.open} />
      {diagnosis.rivals.length > 0 && (
        <>
          <h3>Other causes</h3>
          <ul>
            {diagnosis.rivals.map((rival) => (
              <li key={rival.id}>
                {rival.id}: {rival.state === 'refuted' ? 'no, ' : 'not tested, '}
                {visible(rival.because)}
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>Do this, in order</h3>
      <ol>
        {diagnosis.remedies.map((remedy) => (
          <li key={remedy.title}>
            <strong>{visible(remedy.title)}</strong>
            {remedy.firstAid && ' (first aid)'}
            <ul>
              {remedy.steps.map((step) => (
                <li key={step}>{visible(step)}</li>
              ))}
            </ul>
            {remedy.commands.length > 0 && <pre>{remedy.commands.map(visible).join('\n')}</pre>}
            {remedy.undo !== null && <p>Undo: {visible(remedy.undo)}</p>}
            <p>
              Verify: <code>{visible(remedy.verify)}</code>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Ids({ ids }: { ids: readonly string[] }): ReactNode {
  return (
    <span className="ids">
      {ids.map((id) => (
        <span key={id}>
          {' '}
          <a href={`#${id}`}>{id}</a>
        </span>
      ))}
    </span>
  );
}

function Claims({ title, claims }: { title: string; claims: readonly { text: string; evidence: readonly string[] }[] }): ReactNode {
  if (claims.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {claims.map((claim) => (
          <li key={claim.text}>
            {visible(claim.text)}
            <Ids ids={claim.evidence} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Facts({ report }: { report: Report }): ReactElement {
  const rows: [string, string][] = [];
  if (report.impact) rows.push(['Impact', `${report.impact.failed.toLocaleString('en-US')} of ${report.impact.requests.toLocaleString('en-US')} requests failed, ${report.impact.clients.toLocaleString('en-US')} clients`]);
  if (report.window.from !== null) rows.push(['Window', `${report.window.from} to ${report.window.to ?? 'now'}${report.window.covered ? '' : ' (the logs do not cover it)'}`]);
  if (report.leftOut.length > 0) rows.push(['Not examined', report.leftOut.map((one) => `${one.backend} (${one.failures} failures)`).join(', ')]);
  for (const change of report.changes) rows.push(['Change', `${change.what} (${change.file}): ${change.state}`]);
  for (const check of report.verified) rows.push(['Verified', `${check.at}: ${check.diagnosis} ${check.good ? 'is good now' : 'is not good yet'}`]);
  for (const note of report.notes) rows.push(['Note', `${note.at}: ${note.text}`]);
  return (
    <section>
      <h2>The case</h2>
      <table>
        <tbody>
          {rows.map(([name, text]) => (
            <tr key={name + text}>
              <th scope="row">{name}</th>
              <td>{visible(text)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Way({ report }: { report: Report }): ReactElement {
  return (
    <section>
      <h2>The way</h2>
      <ol className="way">
        {report.path.map((visit) => (
          <li key={`${visit.step} ${visit.subject ?? ''}`} className={visit.suggested !== null && visit.suggested !== visit.outcome ? 'against' : undefined}>
            {visible(visit.title)}
            {visit.subject !== null && <span className="state"> {visible(visit.subject)}</span>}
            <br />
            <strong>{visit.outcome}</strong> <span className="state">({visit.decidedBy})</span> {visible(visit.because)}
            <Ids ids={visit.evidence} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Raw facts are folded, and bounded: a report is read on a telephone too. */
const mostRaw = 20_000;

function EvidenceList({ report }: { report: Report }): ReactElement {
  return (
    <section>
      <h2>Evidence</h2>
      {report.evidence.map((one) => {
        const raw = JSON.stringify(one.data, null, 2) ?? 'null';
        return (
          <article key={one.id} id={one.id}>
            <h3>
              {one.id} {one.check}
              {one.subject !== null && ` ${visible(one.subject)}`}
            </h3>
            <p>
              {one.status === 'ok' ? '' : `${one.status}: `}
              {visible(one.summary)}
              {one.superseded === true && ' (measured again later)'}
            </p>
            <p className="state">
              {one.startedAt}, {(one.durationMs / 1000).toFixed(1)} s, seen from the {one.side}
            </p>
            {one.commands.map((command, index) => (
              <details key={`${index} ${command.argv.join(' ')}`}>
                <summary>
                  <code>{visible(command.argv.join(' '))}</code> {command.exitCode === null ? 'ended by a signal' : `exit ${command.exitCode}`}
                </summary>
                <pre>{lines(command.output ?? '')}</pre>
              </details>
            ))}
            {one.data !== null && (
              <details>
                <summary>facts</summary>
                <pre>{lines(raw.length > mostRaw ? `${raw.slice(0, mostRaw)}\n… ${raw.length - mostRaw} more characters; the JSON report has them all` : raw)}</pre>
              </details>
            )}
          </article>
        );
      })}
    </section>
  );
}

/** Control characters visible, but lines stay lines. */
function lines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
