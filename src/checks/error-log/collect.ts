/** Reads the error logs, with the access logs beside them. */
import type { CheckContext, Collected } from '../check.ts';
import { analyseLogs } from '../logs/analysis.ts';
import type { LogParameters } from '../logs/parameters.ts';
import { assemble } from './assemble.ts';
import type { ErrorLogFacts } from './facts.ts';

/** @throws {CouldNot} where no error log can be read */
export async function collect(context: CheckContext, parameters: LogParameters): Promise<Collected<ErrorLogFacts>> {
  return { facts: assemble(await analyseLogs(context, parameters, 'error-log')), commands: [] };
}
