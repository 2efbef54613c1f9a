/** Reads the access logs, with the error logs beside them. */
import type { CheckContext, Collected } from '../check.ts';
import { analyseLogs } from '../logs/analysis.ts';
import type { LogParameters } from '../logs/parameters.ts';
import { assemble } from './assemble.ts';
import type { AccessLogFacts } from './facts.ts';

/** @throws {CouldNot} where no access log can be read */
export async function collect(context: CheckContext, parameters: LogParameters): Promise<Collected<AccessLogFacts>> {
  return { facts: assemble(await analyseLogs(context, parameters, 'access-log')), commands: [] };
}
