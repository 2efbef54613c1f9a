/** Identities: of a measurement, of a step for a subject, of an answer. Pure text, stable over versions (they stand in journals). */
import type { StepId } from './flow.ts';

/** JSON with sorted keys and no spaces: equal values give equal text whatever order they were written in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * Identity of a measurement: `tcp-connect@10.0.0.5:8080 {"attempts":20}`; a case-wide one has nothing after the `@`.
 * @param set parameters that the flow sets (a step's `with`)
 * @param subject the subject's key (`host:port` or `host:port/mode`); null: case-wide
 */
export function evidenceKey(check: string, set: Readonly<Record<string, unknown>>, subject: string | null): string {
  return `${check}@${subject ?? ''} ${canonicalJson(set)}`;
}

/** The subject's key inside an evidence key; null: case-wide. Undefined for a key of another make. */
export function subjectOfKey(key: string): string | null | undefined {
  const found = /^[^@ ]+@([^ ]*) /.exec(key);
  if (!found) return undefined;
  return found[1] || null;
}

/** A step as walked for one subject. No step id holds an `@`. */
export function placeKey(step: StepId, subject: string | null): string {
  return subject === null ? step : `${step}@${subject}`;
}
