/** What a command for flow authors hands back: nothing is printed here, so that each can be called from a test. */
import { formatUsageError, UsageError } from '../../errors.ts';
import type { Problem } from '../../flow/problem.ts';

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

export const good = (stdout: string): Result => ({ stdout, stderr: '', status: 0 });

/** Findings of lint and test: the program worked, the flow does not (CONTRACT, exit status). */
export const findingsStatus = 3;

/** `flow.yaml:12:5: error: …` */
export function formatProblem(problem: Problem): string {
  return formatUsageError(new UsageError(`${problem.severity}: ${problem.message}`, problem.remedy, problem.place));
}
