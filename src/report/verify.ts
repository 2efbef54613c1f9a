/** Does every claim of a report cite evidence that is there, and is that evidence what was recorded? Pure. */
import type { Report } from './schema.ts';

/** @returns findings in words; none: the report holds. */
export function verifyReport(report: Report, digest: (text: string) => string): string[] {
  const known = new Set(report.evidence.map((one) => one.id));
  const findings: string[] = [];
  for (const one of report.evidence) {
    const { digest: recorded, superseded: _superseded, ...body } = one;
    if (digest(JSON.stringify(body)) !== recorded) findings.push(`${one.id} (${one.check}): its content is not what was recorded`);
  }
  const cited = (where: string, ids: readonly string[]): void => {
    for (const id of ids) if (!known.has(id)) findings.push(`${where} cites ${id}, and there is no such evidence`);
  };
  for (const diagnosis of report.diagnoses) {
    cited(diagnosis.id, diagnosis.evidence);
    for (const claim of [...diagnosis.for, ...diagnosis.against, ...diagnosis.open])
      cited(`${diagnosis.id}: “${claim.text}”`, claim.evidence);
    if (diagnosis.for.length === 0 && diagnosis.id !== 'undetermined') findings.push(`${diagnosis.id}: nothing is said for it`);
  }
  for (const visit of report.path) cited(`step ${visit.step}`, visit.evidence);
  return findings;
}
