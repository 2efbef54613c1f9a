/** The exit status of a run from its report: the format never changes it (CONTRACT, exit status). */
import type { Report } from './schema.ts';

export function exitStatus(report: Pick<Report, 'status' | 'changes'>): number {
  if (report.changes.some((change) => change.state === 'failed' || change.state === 'applied')) return 5;
  switch (report.status) {
    case 'diagnosed':
      return 0;
    case 'undetermined':
      return 3;
    case 'needs-input':
      return 4;
    case 'interrupted':
      return 130;
    case 'failed':
      return 1;
  }
}
