/**
 * Lines of the error log and of the access log that are one request. The access log's time is the request's start in whole seconds, the
 * error log's the moment when the failure was noticed (traps 21): they meet at the request's end, or, without a duration, after the time
 * that such failures take.
 */
import type { Dialect } from '../dialect.ts';
import type { Mode } from '../error-log/facts.ts';
import { operationsThatBreak, type Second } from './broken-answers.ts';
import type { FailureTable } from './failure-table.ts';
import { templateOf } from './path-template.ts';
import { modeOfFamily } from './roles.ts';
import { errorIdUnknown } from './suspect-table.ts';
import type { SuspectTable } from './suspect-table.ts';

/** Seconds are cut off, and httpd writes the line after the client has its answer. */
const slackMs = 3000;
/** A client may take its time to read an error page, or httpd waits for the rest of its upload (traps 15). */
const lateEndMs = 60_000;
/** Without a duration: a failure that came long after the request began is matched in a second round, up to this. */
const longestMs = 1_200_000;
const timeouts: ReadonlySet<string> = new Set(['APR_TIMEUP', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'EAI_AGAIN']);
/** An answer that looks whole is taken only where no shorter one is this near. */
const wholeCostMs = 2500;
/** `%X`: kept open. */
const kept = 0x2b;
/** Seconds that an answer takes before it breaks off: none, or a usual time limit. */
const atOnce = [0, 1] as const;
const timeLimits = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 300] as const;
/** A little less than the shortest of them, for the two clocks. */
const leastLimitMs = 900;
/** Fewer are no pattern. */
const fewestBroken = 5;
/** Candidates looked at on either side. */
const reach = 300;
/** Below this share of matches by client the two logs do not name clients alike (names against addresses, another proxy in between). */
const clientsAgree = 0.2;

export interface Joined {
  /** Row of the suspect table for each failure; -1: none. */
  readonly requestOf: Int32Array;
  readonly matched: number;
}

/** @param pathOf the path (template) that a suspect asked for */
export function joinLogs(
  failures: FailureTable,
  suspects: SuspectTable,
  pathOf: (row: number) => string | null,
  dialect: Dialect = 'httpd',
): Joined {
  const requestOf = new Int32Array(failures.length).fill(-1);
  const join = new Join(failures, suspects, requestOf, pathOf, dialect);
  const certain = join.byLogId();
  const known = certain + join.byClient();
  const withClient = countWithClient(failures);
  if (withClient < failures.length || known < withClient * clientsAgree)
    join.withoutClient(withClient > 0 && known < withClient * clientsAgree);
  let matched = 0;
  for (const request of requestOf) if (request >= 0) matched += 1;
  return { requestOf, matched };
}

class Join {
  readonly #failures: FailureTable;
  readonly #suspects: SuspectTable;
  readonly #requestOf: Int32Array;
  readonly #pathOf: (row: number) => string | null;
  readonly #dialect: Dialect;
  readonly #templates = new Map<number, string | null>();

  constructor(
    failures: FailureTable,
    suspects: SuspectTable,
    requestOf: Int32Array,
    pathOf: (row: number) => string | null,
    dialect: Dialect,
  ) {
    this.#dialect = dialect;
    this.#failures = failures;
    this.#suspects = suspects;
    this.#requestOf = requestOf;
    this.#pathOf = pathOf;
  }

  /** Lines of both logs with the same `%L` are one request, whatever their times say. @returns how many */
  byLogId(): number {
    const { errorIds, errorId, failure } = this.#suspects;
    if (errorIds.all.length === 0 || this.#failures.logIds.all.length === 0) return 0;
    const suspectOf = new Map<string, number>();
    for (let row = 0; row < this.#suspects.length; row++) {
      const id = errorIds.name(errorId[row] ?? -1);
      if (id !== null) suspectOf.set(id, row);
    }
    let matched = 0;
    for (let row = 0; row < this.#failures.length; row++) {
      const id = this.#failures.logIds.name(this.#failures.logId[row] ?? -1);
      const found = id === null ? undefined : suspectOf.get(id);
      // A second failure of the same request (a balancer's next member failed too) leaves the request with the first.
      if (found === undefined || (failure[found] ?? -1) >= 0) continue;
      failure[found] = row;
      this.#requestOf[row] = found;
      matched += 1;
    }
    return matched;
  }

  /** Matches failures and suspects of the same client. @returns how many */
  byClient(): number {
    const suspectsOf = new Map<string, number[]>();
    for (let row = 0; row < this.#suspects.length; row++) {
      const client = this.#suspects.clients.name(this.#suspects.client[row] ?? -1);
      if (client !== null) push(suspectsOf, client, row);
    }
    const failuresOf = new Map<string, number[]>();
    for (let row = 0; row < this.#failures.length; row++) {
      const client = this.#failures.clients.name(this.#failures.client[row] ?? -1);
      if (client !== null) push(failuresOf, client, row);
    }
    let matched = 0;
    for (const [client, rows] of failuresOf) {
      const candidates = suspectsOf.get(client);
      if (candidates !== undefined) matched += this.#match(rows, candidates);
    }
    return matched;
  }

  /** The rest: lines of the server without a client (AH00940, and AH00957 of 2.2). `all`: clients are of no use here. */
  withoutClient(all: boolean): void {
    const free: number[] = [];
    for (let row = 0; row < this.#suspects.length; row++) if ((this.#suspects.failure[row] ?? -1) < 0) free.push(row);
    const left: number[] = [];
    for (let row = 0; row < this.#failures.length; row++)
      if ((this.#requestOf[row] ?? -1) < 0 && (all || (this.#failures.client[row] ?? -1) < 0)) left.push(row);
    this.#match(left, free);
  }

  /** Nearest in time first among what can be; in two rounds where durations are not known. */
  #match(failures: readonly number[], candidates: readonly number[]): number {
    const suspects = this.#suspects;
    const timed = candidates.some((row) => !Number.isNaN(suspects.end(row)));
    const key = (row: number): number => {
      const end = suspects.end(row);
      return Number.isNaN(end) ? (suspects.start[row] ?? 0) : end;
    };
    const sorted = [...candidates].sort((a, b) => key(a) - key(b) || a - b);
    const keys = Float64Array.from(sorted, key);
    const ordered = [...failures].sort((a, b) => (this.#failures.at[a] ?? 0) - (this.#failures.at[b] ?? 0));
    let matched = 0;
    const typical = timed ? new Map<number, number>() : this.#typicalDurations(ordered, sorted, keys);
    if (!timed) matched += this.#brokenAnswers(ordered, sorted, keys);
    // First those whose line names the path ("returned by /path"), by that path; then whatever is near.
    const reaches = timed ? [lateEndMs] : [slackMs, longestMs];
    // What has another status than such a failure gives today comes last: it is another failure's, as a rule.
    for (const [byPath, usual] of [[true, true], [false, true], [true, false], [false, false]] as const) {
      for (const reach of reaches) {
        const range = timed ? { before: slackMs, after: reach } : { before: reach, after: slackMs };
        for (const failure of ordered) {
          if ((this.#requestOf[failure] ?? -1) >= 0 || (reach === longestMs && !this.#mayTakeLong(failure))) continue;
          const path = byPath ? this.#pathOfFailure(failure) : null;
          if (byPath && path === null) continue;
          const wanted = (this.#failures.at[failure] ?? 0) - 500 - (typical.get(this.#failures.errno[failure] ?? -1) ?? 0);
          const found = this.#nearest(failure, wanted, sorted, keys, range, { path, usual });
          if (found < 0) continue;
          suspects.failure[found] = failure;
          this.#requestOf[failure] = found;
          matched += 1;
        }
      }
    }
    return matched;
  }

  /** Answers that broke off, by the operations that they keep to second after second; those that keep to none are left to their times. */
  #brokenAnswers(failures: readonly number[], sorted: readonly number[], keys: Float64Array): number {
    const broken = failures.filter((failure) => (this.#requestOf[failure] ?? -1) < 0 && this.#failures.familyOf(failure) === 'response-failed');
    const last = broken[broken.length - 1];
    if (broken.length < fewestBroken || last === undefined) return 0;
    const late = broken.filter((failure) => timeouts.has(this.#failures.errnos.name(this.#failures.errno[failure] ?? -1) ?? '')).length;
    for (const shift of late * 2 > broken.length ? timeLimits : atOnce) {
      const operations = operationsThatBreak(this.#seconds(broken, sorted, shift, Math.floor((this.#failures.at[last] ?? 0) / 1000)));
      if (operations === null) continue;
      let matched = 0;
      for (const failure of broken) {
        const second = Math.floor((this.#failures.at[failure] ?? 0) / 1000) - shift;
        const from = lowerBound(keys, second * 1000);
        const to = lowerBound(keys, (second + 1) * 1000);
        const found = sorted.slice(from, to).find((row) => this.#fits(failure, row) && operations.has(this.#pathOf(row) ?? ''));
        if (found === undefined) continue;
        this.#suspects.failure[found] = failure;
        this.#requestOf[failure] = found;
        matched += 1;
      }
      return matched;
    }
    return 0;
  }

  #seconds(broken: readonly number[], sorted: readonly number[], shift: number, last: number): Second[] {
    const seconds = new Map<number, { broken: number; readonly asked: Map<string, number> }>();
    const of = (second: number): { broken: number; readonly asked: Map<string, number> } => {
      const known = seconds.get(second) ?? { broken: 0, asked: new Map<string, number>() };
      seconds.set(second, known);
      return known;
    };
    for (const row of sorted) {
      const second = Math.floor((this.#suspects.start[row] ?? 0) / 1000);
      if (second > last - shift || (this.#suspects.status[row] ?? 0) >= 400 || (this.#suspects.failure[row] ?? -1) >= 0) continue;
      if (this.#suspects.connection[row] === kept) continue;
      const { asked } = of(second);
      const path = this.#pathOf(row) ?? '';
      asked.set(path, (asked.get(path) ?? 0) + 1);
    }
    for (const failure of broken) of(Math.floor((this.#failures.at[failure] ?? 0) / 1000) - shift).broken += 1;
    return [...seconds.values()];
  }

  #nearest(
    failure: number,
    wanted: number,
    sorted: readonly number[],
    keys: Float64Array,
    range: { readonly before: number; readonly after: number },
    only: { readonly path: string | null; readonly usual: boolean },
  ): number {
    const middle = lowerBound(keys, wanted);
    let best = -1;
    let distance = Infinity;
    const look = (place: number): boolean => {
      const away = Math.abs((keys[place] ?? 0) - wanted);
      if (away >= distance) return false;
      const row = sorted[place] ?? -1;
      if (!this.#fits(failure, row) || (only.path !== null && this.#pathOf(row) !== only.path) || (only.usual && !this.#isUsual(failure, row))) return true;
      const cost = away + this.#looksWhole(row);
      if (cost < distance) {
        best = row;
        distance = cost;
      }
      return true;
    };
    for (let place = middle; place < keys.length && place < middle + reach && (keys[place] ?? 0) <= wanted + range.after; place++)
      if (!look(place)) break;
    for (let place = middle - 1; place >= 0 && place >= middle - reach && (keys[place] ?? 0) >= wanted - range.before; place--)
      if (!look(place)) break;
    return best;
  }

  /** A connect that fails is 503 since 2.2, what breaks in flight never is, but for a `ping` that was not answered. */
  #isUsual(failure: number, row: number): boolean {
    const mode = modeOfFamily(this.#failures.familyOf(failure));
    if (this.#dialect !== 'httpd' || (mode !== 'connect' && mode !== 'in-flight')) return true;
    return (mode === 'connect') === (this.#suspects.status[row] === 503);
  }

  /** A refusal comes at once; a time-out, and what breaks in the middle of a request or of a handshake, does not. */
  #mayTakeLong(failure: number): boolean {
    const mode = modeOfFamily(this.#failures.familyOf(failure));
    return mode === 'in-flight' || mode === 'client' || mode === 'tls' || timeouts.has(this.#failures.errnos.name(this.#failures.errno[failure] ?? -1) ?? '');
  }

  #pathOfFailure(failure: number): string | null {
    const id = this.#failures.path[failure] ?? -1;
    const known = this.#templates.get(id);
    if (known !== undefined) return known;
    const path = this.#failures.paths.name(id);
    const template = path === null ? null : templateOf(path);
    this.#templates.set(id, template);
    return template;
  }

  /** Among answers with a good status, one as long as the longest of its operation is hardly the one that broke off. */
  #looksWhole(row: number): number {
    const suspects = this.#suspects;
    if ((suspects.status[row] ?? 0) >= 400 || Number.isNaN(suspects.size[row] ?? NaN)) return 0;
    this.#longest ??= this.#longestAnswers();
    return (suspects.size[row] ?? 0) >= (this.#longest.get(suspects.operation[row] ?? -1) ?? Infinity) ? wholeCostMs : 0;
  }

  #longest: Map<number, number> | null = null;

  #longestAnswers(): Map<number, number> {
    const longest = new Map<number, number>();
    for (let row = 0; row < this.#suspects.length; row++) {
      const size = this.#suspects.size[row] ?? NaN;
      const operation = this.#suspects.operation[row] ?? -1;
      if ((this.#suspects.status[row] ?? 0) < 400 && size > (longest.get(operation) ?? -1)) longest.set(operation, size);
    }
    return longest;
  }

  #fits(failure: number, row: number): boolean {
    const suspects = this.#suspects;
    // Where both logs tell ids, those that belong together have found each other.
    if ((this.#failures.logId[failure] ?? -1) >= 0 && suspects.errorId[row] !== errorIdUnknown) return false;
    // An answer that broke off takes the client's connection with it (`%X` is `-`): one that was kept got its answer whole.
    if (suspects.connection[row] === kept && (suspects.status[row] ?? 0) < 400) return false;
    if ((suspects.failure[row] ?? -1) >= 0 || (suspects.start[row] ?? 0) > (this.#failures.at[failure] ?? 0) + 1000) return false;
    if (this.#tooQuick(failure, row)) return false;
    const family = this.#failures.familyOf(failure);
    const status = suspects.status[row] ?? 0;
    return this.#dialect === 'nginx'
      ? nginxStatusFits(modeOfFamily(family), family, status)
      : statusFits(modeOfFamily(family), family, status);
  }

  /** An answer that was waited for until a time limit (whole seconds, one at least) did not take milliseconds. */
  #tooQuick(failure: number, row: number): boolean {
    if (!((this.#suspects.durationMs[row] ?? NaN) < leastLimitMs) || this.#failures.familyOf(failure) !== 'response-failed') return false;
    return timeouts.has(this.#failures.errnos.name(this.#failures.errno[failure] ?? -1) ?? '');
  }

  /** How long failures of one errno take, from those that can be only one request: 0 for a refusal, the limit for a time-out. */
  #typicalDurations(failures: readonly number[], sorted: readonly number[], keys: Float64Array): Map<number, number> {
    const seen = new Map<number, number[]>();
    for (const failure of failures) {
      if (!this.#mayTakeLong(failure)) continue;
      const at = this.#failures.at[failure] ?? 0;
      const from = lowerBound(keys, at - longestMs);
      const to = lowerBound(keys, at + 1);
      if (to - from !== 1 || !this.#fits(failure, sorted[from] ?? -1)) continue;
      const errno = this.#failures.errno[failure] ?? -1;
      seen.set(errno, [...(seen.get(errno) ?? []), Math.max(0, at - (keys[from] ?? 0) - 500)]);
    }
    return new Map([...seen].map(([errno, values]) => [errno, values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0]));
  }
}

/** Statuses that a failure gives its client (proxy_settings section 6), over all versions. */
function statusFits(mode: Mode, family: string, status: number): boolean {
  switch (mode) {
    case 'connect':
    case 'capacity':
      return status >= 500 && status !== 504;
    case 'dns':
    case 'tls':
      return status === 500 || status === 502 || status === 503;
    case 'client':
      return status >= 400;
    case 'in-flight':
      return status >= 400 || family === 'response-failed' || family === 'bad-response';
    case 'none':
      return false;
  }
}

/** nginx answers 502, or 504 after any time-out of its own, wherever the way to the upstream failed (ngx_http_upstream_next). */
function nginxStatusFits(mode: Mode, family: string, status: number): boolean {
  switch (mode) {
    case 'connect':
    case 'dns':
    case 'tls':
    case 'capacity':
      return status >= 500;
    case 'client':
    case 'in-flight':
    case 'none':
      return statusFits(mode, family, status);
  }
}

function countWithClient(failures: FailureTable): number {
  let count = 0;
  for (let row = 0; row < failures.length; row++) if ((failures.client[row] ?? -1) >= 0) count += 1;
  return count;
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function lowerBound(values: Float64Array, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
