/** Words that every format uses for the same thing. */
import type { Report } from './schema.ts';

type Diagnosis = Report['diagnoses'][number];

/** `likely, ongoing` */
export function stateOf(diagnosis: Pick<Diagnosis, 'id' | 'confidence' | 'ongoing'>): string {
  if (diagnosis.id === 'no-proxy-errors') return diagnosis.confidence;
  const ongoing = diagnosis.ongoing === true ? 'ongoing' : diagnosis.ongoing === false ? 'over' : 'not known whether it goes on';
  return `${diagnosis.confidence}, ${ongoing}`;
}

/** `POST /upload/{id}` */
export function patternOf(pattern: NonNullable<Diagnosis['pattern']>): string {
  return [pattern.method, pattern.path].filter((part) => part !== null).join(' ');
}
