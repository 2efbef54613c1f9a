/** The provisional line: what is known already, in the first seconds of a case (DESIGN: the first word comes early). */
import type { Evidence } from '../engine/evidence.ts';
import { newestOf } from '../diagnosis/view.ts';
import type { RunningCheck } from './session.ts';

export function soFar(evidence: readonly Evidence[], running: readonly RunningCheck[]): string | null {
  const log = newestOf(evidence, 'error-log', null);
  const busy = running.filter((check) => !check.ahead).map((check) => check.check);
  const doing = busy.length > 0 ? `; now ${busy.join(', ')}` : '';
  if (log !== null) return `${log.summary}${doing}`;
  const reading = running.find((check) => check.check === 'error-log');
  if (reading?.progress) return `reading the error log: ${reading.progress.text}`;
  return running.length > 0 ? `looking: ${running.map((check) => check.check).join(', ')}` : null;
}
