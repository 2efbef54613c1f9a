/** Words that every format uses for the same thing, so that no format says more or less than another. Pure. */
import type { Report, ReportEvidence } from './schema.ts';

type Diagnosis = Report['diagnoses'][number];

/** `likely, ongoing` */
export function stateOf(diagnosis: Pick<Diagnosis, 'id' | 'confidence' | 'ongoing'>): string {
  if (diagnosis.id === 'no-proxy-errors') return diagnosis.confidence;
  return `${diagnosis.confidence}, ${ongoingOf(diagnosis.ongoing)}`;
}

export function ongoingOf(ongoing: boolean | null): string {
  if (ongoing === null) return 'not known whether it goes on';
  return ongoing ? 'ongoing' : 'over';
}

/** `POST /upload/{id}` */
export function patternOf(pattern: NonNullable<Diagnosis['pattern']>): string {
  return [pattern.method, pattern.path].filter((part) => part !== null).join(' ');
}

/** `97 % of the failures are POST /upload/{id}` (or `All of …`), in two parts: the second is the client's own text. */
export function patternWords(pattern: NonNullable<Diagnosis['pattern']>): { before: string; what: string } {
  return { before: pattern.share >= 1 ? 'All of the failures are' : `${(100 * pattern.share).toFixed(0)} % of the failures are`, what: patternOf(pattern) };
}

/** `2026-11-22 18:56:13 UTC` */
export function moment(iso: string): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** What there is instead of a verdict. */
export function withoutDiagnosis(status: Report['status']): string {
  switch (status) {
    case 'interrupted':
      return 'No diagnosis yet: the run was interrupted';
    case 'needs-input':
      return 'No diagnosis yet: a question is open';
    case 'failed':
      return 'No diagnosis: the run failed';
    case 'diagnosed':
    case 'undetermined':
      return 'No diagnosis';
  }
}

export function rivalWords(state: Diagnosis['rivals'][number]['state']): string {
  return state === 'refuted' ? 'ruled out' : 'not tested';
}

export function exitWords(exitCode: number | null): string {
  return exitCode === null ? 'ended by a signal' : `exit ${exitCode}`;
}

/** What is said of an evidence beside its summary: status, backend, that it was measured again. */
export function marksOf(one: ReportEvidence): string[] {
  return [one.status === 'ok' ? '' : one.status, one.subject ?? '', one.superseded === true ? 'measured again later' : ''].filter(
    (mark) => mark !== '',
  );
}

/** How a step of the way was decided, where it was not by the evidence alone. Null: it was. */
export function decisionWords(visit: Report['path'][number]): string | null {
  if (visit.suggested !== null && visit.suggested !== visit.outcome)
    return `chosen against the evidence, which favoured ${visit.suggested}`;
  switch (visit.decidedBy) {
    case 'evidence':
      return null;
    case 'answer':
      return 'answered';
    case 'operator':
      return 'chosen by the operator';
    case 'default':
      return 'not answered, taken as open';
  }
}

/** Why a step went its way; null where the evidence that it cites says so itself, word for word. */
export function reasonOf(report: Report, visit: Report['path'][number]): string | null {
  const said = report.evidence.some((one) => visit.evidence.includes(one.id) && one.summary === visit.because);
  const parts = [decisionWords(visit), said ? '' : visit.because].filter((part) => part !== null && part !== '');
  return parts.length === 0 ? null : parts.join(': ');
}

export interface CaseFact {
  readonly name: string;
  readonly text: string;
}

/** What is known of the case as a whole: the same lines in every format. */
export function caseFacts(report: Report): readonly CaseFact[] {
  const { impact, window } = report;
  const facts: CaseFact[] = [];
  const add = (name: string, text: string): void => void facts.push({ name, text });
  if (impact) {
    add(
      'Impact',
      `${number(impact.failed)} of ${number(impact.requests)} requests failed, ${number(impact.clients)} ${impact.clients === 1 ? 'client' : 'clients'}${impact.since === null ? '' : `, since ${moment(impact.since)}`}`,
    );
  }
  if (window.from !== null)
    add(
      'Window',
      `${moment(window.from)} to ${window.to === null ? 'now' : moment(window.to)}${window.covered ? '' : ' (the logs do not cover it)'}`,
    );
  else if (report.status !== 'interrupted') add('Window', 'no log was read');
  if (report.leftOut.length > 0)
    add('Not examined', report.leftOut.map((one) => `${one.backend} (${number(one.failures)} failures)`).join(', '));
  for (const change of report.changes) add('Change', `${change.what} (${change.file}): ${change.state}`);
  for (const remedy of report.remediesDone) add('Done', `${moment(remedy.at)}: ${remedy.title}`);
  for (const check of report.verified)
    add('Verified', `${moment(check.at)}: ${check.diagnosis} ${check.good ? 'is good now' : 'is not good yet'} (${check.evidence})`);
  for (const note of report.notes) add('Note', `${moment(note.at)}: ${note.text}`);
  add(
    'Case',
    `${report.case.id} on ${report.case.host}, ${moment(report.case.startedAt)}, ${report.case.mode}, flow ${report.flow.id} ${report.flow.version}`,
  );
  return facts;
}
