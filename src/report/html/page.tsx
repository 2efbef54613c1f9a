/** The HTML report: one file without network and without scripts, verdict first, each claim linked to its evidence. */
import type { ReactElement, ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { visible } from '../../visible.ts';
import type { Report } from '../schema.ts';
import { caseFacts, moment, number, ongoingOf, withoutDiagnosis } from '../words.ts';
import { durationsOf, marksOf, timelineOf } from './drawn.ts';
import { DurationsChart } from './durations-chart.tsx';
import { EvidenceList } from './evidence.tsx';
import { Chip, Cause, toneOf } from './cause.tsx';
import { style } from './style.ts';
import { clock, groupsOf, groupWords, spanOf, spanWords, TimelineChart } from './timeline-chart.tsx';
import { Way } from './way.tsx';

/** Wide enough for a screen and for paper, and for a telephone: the words in a chart shrink with it. */
const widths = [
  { name: 'wide', width: 760 },
  { name: 'narrow', width: 380 },
] as const;

export function htmlReport(report: Report): string {
  return `<!doctype html>\n${renderToStaticMarkup(<Page report={report} />)}\n`;
}

function Page({ report }: { report: Report }): ReactElement {
  const first = report.diagnoses[0];
  const several = report.diagnoses.length > 1;
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta httpEquiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${first?.id ?? report.status}: proxy-doctor case ${report.case.id}`}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <header>
          <p className="soft small">
            {visible(report.case.host)} · <Time at={report.case.startedAt} /> · case {report.case.id}
          </p>
          {several ? <Causes report={report} /> : <Verdict report={report} />}
        </header>
        <main>
          <Figures report={report} />
          <Timeline report={report} />
          {report.diagnoses.map((diagnosis, index) => (
            <Cause key={`${diagnosis.id} ${diagnosis.backend ?? ''}`} diagnosis={diagnosis} place={`cause-${index + 1}`} headed={several} />
          ))}
          <Durations report={report} />
          <Facts report={report} />
          <Way report={report} />
          <EvidenceList report={report} />
        </main>
        <footer>proxy-doctor {report.tool.version}</footer>
      </body>
    </html>
  );
}

function Verdict({ report }: { report: Report }): ReactElement {
  const diagnosis = report.diagnoses[0];
  if (diagnosis === undefined) {
    return (
      <div className="verdict open">
        <h1>{withoutDiagnosis(report.status)}</h1>
      </div>
    );
  }
  return (
    <div className={`verdict ${toneOf(diagnosis)}`}>
      <p>
        <span className="id">{diagnosis.id}</span>
        <Chip>{diagnosis.confidence}</Chip>
        {diagnosis.id !== 'no-proxy-errors' && <Chip tone={diagnosis.ongoing === true ? 'bad' : ''}>{ongoingOf(diagnosis.ongoing)}</Chip>}
      </p>
      <h1>{visible(diagnosis.summary)}</h1>
    </div>
  );
}

function Causes({ report }: { report: Report }): ReactElement {
  return (
    <>
      <h1>{report.diagnoses.length} causes side by side, worst first</h1>
      <ol className="causes">
        {report.diagnoses.map((diagnosis, index) => (
          <li key={`${diagnosis.id} ${diagnosis.backend ?? ''}`} className={`verdict ${toneOf(diagnosis)}`}>
            <a href={`#cause-${index + 1}`} className="id">
              {diagnosis.id}
            </a>
            <Chip>{diagnosis.confidence}</Chip>
            <Chip tone={diagnosis.ongoing === true ? 'bad' : ''}>{ongoingOf(diagnosis.ongoing)}</Chip>
            <br />
            {visible(diagnosis.summary)}
          </li>
        ))}
      </ol>
    </>
  );
}

function Figures({ report }: { report: Report }): ReactNode {
  const { impact, window } = report;
  if (impact === null) return null;
  const share =
    impact.requests === 0 ? '' : ` (${((100 * impact.failed) / impact.requests).toFixed(impact.failed * 100 < impact.requests ? 1 : 0)} %)`;
  const figures: [string, string][] = [
    [`of ${number(impact.requests)} requests failed${share}`, number(impact.failed)],
    [impact.clients === 1 ? 'client' : 'clients', number(impact.clients)],
  ];
  if (impact.since !== null) figures.push([`first failure (UTC), ${impact.since.slice(0, 10)}`, clock(Date.parse(impact.since), true)]);
  if (window.from !== null && window.to !== null)
    figures.push(['of the log examined', lasting(Date.parse(window.to) - Date.parse(window.from))]);
  return (
    <dl className="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Timeline({ report }: { report: Report }): ReactNode {
  const timeline = timelineOf(report);
  if (timeline === null) return null;
  const marks = marksOf(report);
  const groups = groupsOf(spanOf(timeline, marks), marks);
  return (
    <section>
      <h2>Failures over time</h2>
      <figure>
        {widths.map(({ name, width }) => (
          <div key={name} className={name}>
            <TimelineChart timeline={timeline} marks={marks} width={width} />
          </div>
        ))}
        <figcaption>
          <span className="key failures" />
          failed
          {timeline.requests && (
            <>
              <span className="key requests" />
              all requests
            </>
          )}
          , in spans of {spanWords(timeline.widthSeconds)}; times are UTC; heights grow with the root of the number, so that single failures
          are seen
          <ol>
            {groups.map((group, index) => (
              <li key={group.at}>
                <span className="dot">{index + 1}</span>
                {clock(group.at, true)} {groupWords(group)}
              </li>
            ))}
          </ol>
        </figcaption>
      </figure>
    </section>
  );
}

function Durations({ report }: { report: Report }): ReactNode {
  const durations = durationsOf(report);
  if (durations === null) return null;
  return (
    <section>
      <h2>How long requests took</h2>
      <figure>
        {widths.map(({ name, width }) => (
          <div key={name} className={name}>
            <DurationsChart durations={durations} width={width} />
          </div>
        ))}
        <figcaption>
          Box: from the median to the time that 95 % stay below; line: up to the longest.
          {durations.limits.length > 0 && ' Upright: time limits of the configuration.'}
          {durations.cluster !== null && ` Failures pile up at ${durations.cluster} s.`}
        </figcaption>
      </figure>
    </section>
  );
}

function Facts({ report }: { report: Report }): ReactElement {
  return (
    <section>
      <h2>The case</h2>
      <table>
        <tbody>
          {caseFacts(report).map(({ name, text }) => (
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

function Time({ at }: { at: string }): ReactElement {
  return <time dateTime={at}>{moment(at)}</time>;
}

/** `2 h 1 min` */
function lasting(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return `${Math.round(milliseconds / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}` : `${Math.round(hours / 24)} days`;
}
