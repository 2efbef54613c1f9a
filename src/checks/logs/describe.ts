/** How a person does by hand what the two log checks do. Pure. */
import { quoteForShell } from '../../host/quote.ts';
import type { LogParameters } from './parameters.ts';

/** Reading a gigabyte takes some seconds; a slow disk or a vantage takes longer. */
export const logsTimeLimitMs = 90_000;

export function describeLogs(parameters: LogParameters, check: 'error-log' | 'access-log'): readonly string[] {
  const errors = parameters.errorLogs.map((log) => `grep -aE 'AH0?(0957|1102|1084|1097|1114|0898|0940)|proxy:' ${shown(log.path)}`);
  const access = parameters.accessLogs.map((log) => `awk '$9 ~ /^(400|408|50[0234])$/' ${shown(log.path)}`);
  return check === 'error-log' ? [...errors, ...access] : [...access, ...errors];
}

/** A glob stays one; anything else is quoted where it must be. */
function shown(path: string): string {
  return /^[\w@%+=:,./*?-]+$/.test(path) ? path : quoteForShell(path);
}
