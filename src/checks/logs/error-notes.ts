/** What else an error log tells besides failures: httpd's own life, limits reached, lines that are not known, and samples for the report. */
import type { ErrorEntry } from '../../httpd/error-log/entry.ts';
import { isGrave, isProxyLimit } from './roles.ts';

export interface Where {
  readonly file: string;
  readonly line: number | null;
  /** ms since the epoch. */
  readonly at: number | null;
}

export interface NotedLine extends Where {
  readonly text: string;
  readonly code: string | null;
  readonly errno: string | null;
  readonly message: string | null;
}

interface Kind {
  readonly lines: { readonly line: NotedLine; readonly row: number }[];
  count: number;
}

/** Kept of each kind. */
const most = { lifecycle: 500, limits: 100, notRecognised: 20, samples: 400, perKind: 3, clients: 50_000 } as const;
const longestText = 600;

export class ErrorNotes {
  /** A line at `warn` or graver was seen. */
  graveSeen = false;
  readonly lifecycle: NotedLine[] = [];
  readonly limits: NotedLine[] = [];
  limitCount = 0;
  readonly notRecognised: NotedLine[] = [];
  notRecognisedCount = 0;
  /** Moments at which a client's answer broke off, in order: the request stands in the access log as a success. */
  readonly brokenAnswers = new Map<string, number[]>();
  /** First lines of each kind (message and backend as the line names it), with the row of their failure. */
  readonly samples: Kind[] = [];
  readonly #kinds = new Map<string, Map<string | null, Map<string | null, Kind>>>();

  #brokeOff(client: string, at: number): void {
    const moments = this.brokenAnswers.get(client);
    if (moments !== undefined) moments.push(at);
    else if (this.brokenAnswers.size < most.clients) this.brokenAnswers.set(client, [at]);
  }

  /** @param row of the failure that the line belongs to; -1: none */
  add(entry: ErrorEntry, where: Where, row: number): void {
    if (entry.level !== null && isGrave(entry)) this.graveSeen = true;
    if (entry.message === null) {
      if (!isGrave(entry)) return;
      this.notRecognisedCount += 1;
      if (this.notRecognised.length < most.notRecognised) this.notRecognised.push(noted(entry, where));
      return;
    }
    if (entry.family === 'lifecycle') {
      if (this.lifecycle.length < most.lifecycle) this.lifecycle.push(noted(entry, where));
      return;
    }
    if (isProxyLimit(entry)) {
      this.limitCount += 1;
      if (this.limits.length < most.limits) this.limits.push(noted(entry, where));
      return;
    }
    if (row < 0) return;
    if (entry.family === 'response-failed' && entry.client !== null && where.at !== null) this.#brokeOff(entry.client.address, where.at);
    // Looked up part by part: a key put together of them would be a new string for each line.
    const ofMessage = memberOf(this.#kinds, entry.message);
    const ofErrno = memberOf(ofMessage, entry.errno?.symbol ?? null);
    const known = ofErrno.get(entry.backend);
    if (known !== undefined) {
      known.count += 1;
      if (known.lines.length < most.perKind) known.lines.push({ line: noted(entry, where), row });
    } else if (this.samples.length < most.samples) {
      const kind: Kind = { lines: [{ line: noted(entry, where), row }], count: 1 };
      ofErrno.set(entry.backend, kind);
      this.samples.push(kind);
    }
  }
}

function memberOf<K, L, V>(map: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const added = new Map<L, V>();
  map.set(key, added);
  return added;
}

function noted(entry: ErrorEntry, where: Where): NotedLine {
  return {
    ...where,
    text: entry.raw.slice(0, longestText),
    code: entry.code,
    errno: entry.errno === null ? null : (entry.errno.symbol ?? String(entry.errno.number ?? entry.errno.text)),
    message: entry.message,
  };
}
