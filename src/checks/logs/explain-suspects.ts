/** What each request is that may have failed: a failure of proxy and backend with its line, the application's own answer, or neither. */
import type { FailureTable } from './failure-table.ts';
import { backendSide, modeOfFamily } from './roles.ts';
import { noProxyStatus, proxyStatusUnknown } from './suspect-table.ts';
import type { SuspectTable } from './suspect-table.ts';

export const explanations = [
  /** Has a line of the backend's side in the error log. */
  'failed',
  /** Has a line that blames the client or a limit of the proxy. */
  'not-the-backend',
  /** The backend itself answered with this status (`%{proxy-status}n`). */
  'application',
  /** A 5xx without an error line in a log that does not say who sent it. */
  'silent',
  /** The proxy made this status (`%{proxy-status}n` says so), but no error line tells why. */
  'unexplained',
  /** 400 or 408 without a line: the request was bad or never came. */
  'client-error',
  /** Served: an answer to a client of whom another one broke off. */
  'served',
] as const;
export type Explanation = (typeof explanations)[number];

export function explainSuspect(row: number, suspects: SuspectTable, failures: FailureTable): Explanation {
  const failure = suspects.failure[row] ?? -1;
  if (failure >= 0) return backendSide.includes(modeOfFamily(failures.familyOf(failure))) ? 'failed' : 'not-the-backend';
  const status = suspects.status[row] ?? 0;
  if (status < 400) return 'served';
  const sent = suspects.proxyStatus[row] ?? proxyStatusUnknown;
  if (status === 400 || status === 408) return sent === status ? 'application' : 'client-error';
  if (sent === proxyStatusUnknown) return 'silent';
  if (sent === noProxyStatus) return 'unexplained';
  // The backend's answer was another one: the proxy turned it down (a bad header), which it logs as a warning.
  return sent === status ? 'application' : 'unexplained';
}
