/** The ErrorLogFormat that the configuration names for an error log: does it fit the lines that are there? */
import { compileErrorLogFormat } from '../../httpd/error-log/format.ts';
import type { Layout } from '../../httpd/error-log/layout.ts';
import { plural } from './words.ts';

/** Looked at; more would say the same. */
const mostLooked = 2000;
/** Start-up lines before 2.4.58, and lines of before the format was changed, are in another layout: a few are nothing to speak of. */
const fewShare = 0.1;

export class ConfiguredFormat {
  /** Null: it can't be compiled (an item of a later release, or no `%M` in it); lines are read as they look. */
  readonly layout: Layout | null;
  readonly #format: string;
  #looked = 0;
  #others = 0;

  constructor(format: string) {
    this.#format = format;
    this.layout = compileErrorLogFormat(format);
  }

  /** A line that was read, in this format or as it looks. */
  count(line: string): void {
    if (this.layout === null || this.#looked >= mostLooked) return;
    this.#looked += 1;
    if (this.layout.read(line, 0) === null) this.#others += 1;
  }

  notes(): readonly string[] {
    const named = `the ErrorLogFormat of the configuration (${this.#format})`;
    if (this.layout === null) return [`${named} could not be made sense of: its lines were read as they look`];
    if (this.#others <= this.#looked * fewShare) return [];
    return [
      `${this.#others} of ${plural(this.#looked, 'line')} that were looked at are not in ${named}, and were read as they look: perhaps httpd was not restarted since it was changed, or this is another log`,
    ];
  }
}
