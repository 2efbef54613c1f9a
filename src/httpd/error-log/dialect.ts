/** Whose error log it is: how its lines are found, dated and read. A scan without one reads httpd's. */
import type { ErrorEntry } from './entry.ts';
import type { Layout } from './layout.ts';
import type { Needles } from './needles.ts';
import type { ParseOptions } from './parse-options.ts';

export interface LogDialect {
  /** One of these is in every line that `parse` may know. */
  readonly needles: Needles;
  /** For the times of any line, whoever wrote it; its name is said to be the log's layout. */
  readonly layout: Layout;
  /** Null: the line is none of ours. Never throws. */
  readonly parse: (line: string, options: ParseOptions) => ErrorEntry | null;
}
