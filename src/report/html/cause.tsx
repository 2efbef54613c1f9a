/** One diagnosis of the HTML report: why, what else was thought of, and what to do. */
import type { ReactElement, ReactNode } from 'react';
import { visible } from '../../visible.ts';
import type { Report } from '../schema.ts';
import { patternWords, rivalWords } from '../words.ts';

type Diagnosis = Report['diagnoses'][number];
type Tone = 'bad' | 'good' | 'warn' | '';

export function Chip({ tone = '', children }: { tone?: Tone; children: ReactNode }): ReactElement {
  return <span className={`chip ${tone}`.trim()}>{children}</span>;
}

/** Red only for what goes on now. */
export function toneOf(diagnosis: Diagnosis): 'bad' | 'good' | 'open' | '' {
  if (diagnosis.id === 'no-proxy-errors') return 'good';
  if (diagnosis.id === 'undetermined') return 'open';
  return diagnosis.ongoing === true ? 'bad' : '';
}

/** @param headed one of several: it has its own heading, and its parts are a level deeper */
export function Cause({ diagnosis, place, headed }: { diagnosis: Diagnosis; place: string; headed: boolean }): ReactElement {
  const Part = headed ? 'h3' : 'h2';
  const { pattern } = diagnosis;
  return (
    <section id={place}>
      {headed && (
        <h2>
          {diagnosis.id}
          {diagnosis.backend !== null && `, ${visible(diagnosis.backend)}`}
        </h2>
      )}
      {diagnosis.remedies.length > 0 && <Part>Do this, in order</Part>}
      <ol className="remedies">
        {diagnosis.remedies.map((remedy) => (
          <li key={remedy.title}>
            <strong>{visible(remedy.title)}</strong>
            {remedy.firstAid && <Chip tone="warn">first aid</Chip>}
            <ul>
              {remedy.steps.map((step) => (
                <li key={step}>{visible(step)}</li>
              ))}
            </ul>
            {remedy.commands.length > 0 && <pre>{remedy.commands.map(visible).join('\n')}</pre>}
            {remedy.undo !== null && (
              <p className="small">
                <span className="soft">Undo:</span> {visible(remedy.undo)}
              </p>
            )}
            <p className="small">
              <span className="soft">Verify:</span> <code>{visible(remedy.verify)}</code>
            </p>
          </li>
        ))}
      </ol>
      <Part>Why</Part>
      <Claims kind="for" said="speaks for it" claims={diagnosis.for} />
      <Claims kind="against" said="speaks against it" claims={diagnosis.against} />
      <Claims kind="open" said="open" claims={diagnosis.open} />
      {pattern && (
        <p>
          {patternWords(pattern).before} <code>{visible(patternWords(pattern).what)}</code>.
        </p>
      )}
      {diagnosis.rivals.length > 0 && <Part>Other causes</Part>}
      <ul>
        {diagnosis.rivals.map((rival) => (
          <li key={rival.id}>
            <span className="id">{rival.id}</span>
            <Chip tone={rival.state === 'refuted' ? '' : 'warn'}>{rivalWords(rival.state)}</Chip>
            <br />
            <span className="small">{visible(rival.because)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Claims({
  kind,
  said,
  claims,
}: {
  kind: 'for' | 'against' | 'open';
  said: string;
  claims: readonly { text: string; evidence: readonly string[] }[];
}): ReactNode {
  if (claims.length === 0) return null;
  return (
    <ul className={`claims ${kind}`} aria-label={said}>
      {claims.map((claim) => (
        <li key={claim.text}>
          {visible(claim.text)}
          <Ids ids={claim.evidence} />
        </li>
      ))}
    </ul>
  );
}

/** Links to the evidence that a claim rests on. */
export function Ids({ ids }: { ids: readonly string[] }): ReactNode {
  if (ids.length === 0) return null;
  return (
    <span className="ids">
      {ids.map((id) => (
        <a key={id} href={`#${id}`}>
          {id}
        </a>
      ))}
    </span>
  );
}
