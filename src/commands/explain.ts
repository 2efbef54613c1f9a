/**
 * `explain`: each line that comes in is answered at once, so that it can stand behind `tail -f`. Pure words come from
 * src/httpd/error-log; here they are laid out, and the streams are minded.
 */
import type { ErrorEntry } from '../httpd/error-log/entry.ts';
import { explainCode } from '../httpd/error-log/explain-code.ts';
import { explainEntry, notOurs, type Explanation, type Root } from '../httpd/error-log/explain.ts';
import { parseErrorLine } from '../httpd/error-log/parse.ts';
import { Failures } from '../httpd/error-log/same-failure.ts';
import { fromArguments, linesOf } from './explain-input.ts';
import { layOut, summary, type Look } from './explain-text.ts';

export interface ExplainOptions {
  readonly json: boolean;
  /** Width of the screen; text is broken to it. */
  readonly columns: number;
  readonly color: boolean;
  readonly out: (text: string) => void | Promise<void>;
  /** Lines that are not about proxying are said to be so, one by one; else (the default) they are counted. */
  readonly sayOthers?: boolean;
}

export interface ExplainStreams {
  readonly lines: readonly string[];
  readonly json: boolean;
  readonly stdin: AsyncIterable<Buffer | string> & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

/** Lines from the arguments, from files named there, or from standard input. Returns the exit status: 0 once all was read. */
export async function explainCommand({ lines, json, stdin, stdout }: ExplainStreams): Promise<number> {
  const options: ExplainOptions = {
    json,
    columns: Math.min(stdout.columns ?? 100, 110),
    color: wantsColor(stdout.isTTY === true),
    out: (text) => write(stdout, text),
  };
  if (lines.length === 0 || (lines.length === 1 && lines[0] === '-')) {
    if (stdin.isTTY === true && !json) await options.out('Paste lines of an error log; Ctrl-D ends.\n\n');
    await explainLines(linesOf(stdin, 'standard input'), { ...options, sayOthers: stdin.isTTY === true });
    return 0;
  }
  const explainer = new Explainer(options);
  for await (const { lines: some, asked } of fromArguments(lines)) await explainer.take(some, asked);
  await explainer.end();
  return 0;
}

/** Explains lines in their order; lines that came together, as a list, are written together. */
export async function explainLines(
  lines: AsyncIterable<string | readonly string[]> | readonly string[],
  options: ExplainOptions,
): Promise<void> {
  const explainer = new Explainer(options);
  if (Symbol.asyncIterator in lines) for await (const some of lines) await explainer.take(typeof some === 'string' ? [some] : some);
  else await explainer.take(lines);
  await explainer.end();
}

class Explainer {
  readonly #options: ExplainOptions;
  readonly #look: Look;
  readonly #failures = new Failures<number>();
  /** What was explained in full, by kind and number: the same again needs no more than a word. */
  readonly #told = new Map<string, number>();
  #line = 0;
  #others = 0;
  #unknown = 0;

  constructor(options: ExplainOptions) {
    this.#options = options;
    this.#look = { columns: options.columns, color: options.color };
  }

  async take(lines: readonly string[], sayOthers = this.#options.sayOthers ?? false): Promise<void> {
    const { json, out } = this.#options;
    let text = '';
    for (const line of lines) {
      this.#line += 1;
      const entry = parseErrorLine(line);
      const other = entry?.message == null && nginxForm.test(line) ? await explainNginx(line) : null;
      if (other !== null) {
        if (other.message === null) this.#unknown += 1;
        text += json ? `${toJson(other)}\n` : layOut(other, this.#line, this.#before(other), this.#look);
        continue;
      }
      if (entry === null) {
        const named = line.length < 20 ? explainCode(line) : null;
        if (named !== null) {
          text += json ? `${toJson(named)}\n` : layOut(named, this.#line, null, this.#look);
          continue;
        }
        if (json) text += `${toJson(notOurs(line))}\n`;
        else if (!sayOthers) this.#others += 1;
        else text += layOut(notOurs(line), this.#line, null, this.#look);
        continue;
      }
      if (entry.message === null) this.#unknown += 1;
      const explanation = explainEntry(entry, this.#rootOf(entry));
      text += json ? `${toJson(explanation)}\n` : layOut(explanation, this.#line, this.#before(explanation), this.#look);
    }
    if (text !== '') await out(text);
  }

  async end(): Promise<void> {
    const { json, out } = this.#options;
    if (json) return;
    const text = summary({ lines: this.#line, others: this.#others, unknown: this.#unknown });
    if (text !== '') await out(text);
  }

  #rootOf(entry: ErrorEntry): Root | null {
    const joined = this.#failures.add(entry, this.#line);
    return joined === null ? null : { line: joined.first, entry: joined.root };
  }

  /** The line where the same was told in full. */
  #before(explanation: Explanation): number | null {
    if (explanation.message === null) return null;
    const key = `${explanation.message} ${explanation.errno ?? ''} ${explanation.sameFailureAs === null ? '' : 'follows'}`;
    const line = this.#told.get(key);
    if (line === undefined) this.#told.set(key, this.#line);
    return line ?? null;
  }
}

/** `2026/11/22 07:44:41 [error] 123#123: `: nobody else begins a line so. */
const nginxForm = /\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[[a-z]+\] \d+#\d+: /;

/** Loaded with the first line of nginx. */
async function explainNginx(line: string): Promise<Explanation | null> {
  const { explainNginxLine } = await import('../nginx/error-log/explain.ts');
  return explainNginxLine(line);
}

// JSON escapes the C0 controls; those that terminals and editors mind beside them are escaped too.
const hidden = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

function toJson(explanation: Explanation): string {
  return JSON.stringify(explanation).replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function wantsColor(isTerminal: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: term } = process.env;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return isTerminal && (none === undefined || none === '') && term !== 'dumb';
}

/** Waits where the reader is slower than we are. */
function write(stream: NodeJS.WritableStream, text: string): void | Promise<void> {
  if (stream.write(text)) return undefined;
  return new Promise((resolve) => stream.once('drain', () => resolve()));
}
