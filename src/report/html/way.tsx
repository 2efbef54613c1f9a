/** The way through the decision tree as a picture: a line of stations, and a branch for each backend. */
import type { ReactElement, ReactNode } from 'react';
import { visible } from '../../visible.ts';
import type { Report } from '../schema.ts';
import { decisionWords } from '../words.ts';
import { Chip, Ids } from './cause.tsx';

type Visit = Report['path'][number];

export function Way({ report }: { report: Report }): ReactNode {
  if (report.path.length === 0) return null;
  return (
    <section>
      <h2>The way here</h2>
      <ol className="way">
        {report.path.map((visit, index) => [
          branch(report.path[index - 1], visit),
          <Station key={`${visit.step} ${visit.subject ?? ''}`} visit={visit} />,
        ])}
      </ol>
    </section>
  );
}

function branch(before: Visit | undefined, visit: Visit): ReactNode {
  if (visit.subject === null || visit.subject === before?.subject) return null;
  return (
    <li key={`for ${visit.subject}`} className="subject">
      <strong>{visible(visit.subject)}</strong>
    </li>
  );
}

function Station({ visit }: { visit: Visit }): ReactElement {
  const decision = decisionWords(visit);
  return (
    <li
      className={
        visit.suggested !== null && visit.suggested !== visit.outcome ? 'against' : visit.decidedBy === 'evidence' ? undefined : 'asked'
      }
    >
      {visible(visit.title)}
      <Chip>{visit.outcome}</Chip>
      {decision !== null && <Chip tone="warn">{decision}</Chip>}
      <br />
      <span className="soft small">
        {visible(visit.because)}
        <Ids ids={visit.evidence} />
      </span>
    </li>
  );
}
