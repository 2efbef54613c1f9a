/**
 * What one pass over the access logs leaves: counts by operation, by group of requests (those that go the same way) and second, spreads of
 * durations and sizes, and every request that may have failed. Strings are made only for what is new.
 */
import { Digest } from '../../httpd/access-log/digest.ts';
import { fieldText, numberOf, proxyStatusOf, textOf } from '../../httpd/access-log/entry.ts';
import type { Cutter } from '../../httpd/access-log/cutter.ts';
import { roles } from '../../httpd/access-log/roles.ts';
import { Hasher } from '../../httpd/access-log/hasher.ts';
import { HashIndex } from './hash-index.ts';
import { Histogram } from './histogram.ts';
import { Operations } from './operations.ts';
import { hashTemplate } from './path-template.ts';
import { Distinct } from './sketch.ts';
import { SuspectTable, failureStatuses, noErrorId, noProxyStatus, proxyStatusUnknown } from './suspect-table.ts';
import { TimeSeries } from './time-series.ts';
import { WrittenPaths } from './written-paths.ts';

/** Requests that go the same way, as far as log and configuration tell. */
export interface Group<R> {
  readonly vhost: string | null;
  /** Number of the log, where its lines name no virtual host; else -1. */
  readonly file: number;
  /** First part of the path: `/api`; null: the request had no path. */
  readonly segment: string | null;
  /** The configured way; null: none is known. */
  readonly route: R | null;
  /** The balancer member that the log names. */
  readonly worker: string | null;
  /** Series of requests that are no suspects. */
  readonly series: number;
  good: number;
  /** Number of the log that it was first seen in; `mixed`: also in another one, so that lines have no common order. */
  readonly log: number;
  mixed: boolean;
  /** Number of the counter that all groups of one way (and one log) share. */
  readonly counter: number;
  /** Requests in the suspect table, and those it had no room for, by status. */
  suspects: number;
  readonly beyond: Map<number, number>;
  /** Suspects that the table had no room for, in time. */
  readonly beyondSeries: number;
}

type NewGroup<R> = Pick<Group<R>, 'vhost' | 'file' | 'segment' | 'route' | 'worker' | 'log'>;

export interface TallyOptions<R> {
  /** Milliseconds since the epoch; requests that began outside are passed over. */
  readonly since: number | null;
  readonly until: number | null;
  readonly routeOf: (vhost: string | null, path: string) => { readonly key: string; readonly route: R } | null;
  /** Parts of configured routes that look variable and are not. */
  readonly keep: ReadonlySet<string>;
  /** Moments at which answers to a client broke off: its successful requests of those moments are suspects too. */
  readonly watched: ReadonlyMap<string, readonly number[]>;
}

const vhostRole = roles.indexOf('vhost');
const connectionRole = roles.indexOf('connection');

/** An answer that broke off may have begun so long before, where the log has no durations. */
const longestAnswerMs = 1_200_000;
/** They must not take the place of requests that failed openly. */
const mostServedSuspects = 50_000;
/** Groups beyond this are one. */
const mostGroups = 500;

export class Tally<R> {
  readonly operations = new Operations();
  readonly groups: Group<R>[] = [];
  readonly series = new TimeSeries();
  readonly suspects = new SuspectTable();
  readonly statuses = new Map<number, number>();
  readonly durations = new Histogram();
  readonly sizes = new Histogram();
  readonly #clients = new Distinct();
  requests = 0;
  outside = 0;
  /** Requests with a status of failureStatuses. */
  failed = 0;
  first = Infinity;
  last = -Infinity;
  lastEnd = -Infinity;

  readonly #options: TallyOptions<R>;
  readonly #hasher = new Hasher();
  readonly #written = new WrittenPaths();
  readonly #groupsByKey = new Map<string, number>();
  readonly #counters: number[] = [];
  readonly #countersByKey = new Map<string, number>();
  readonly #byWorker = new HashIndex();
  readonly #watched = new HashIndex();
  readonly #moments: (readonly number[])[] = [];
  #servedSuspects = 0;
  readonly #statusCounts = new Uint32Array(1000);
  readonly #keep: ((from: number, to: number) => boolean) | null;
  #bytes: Uint8Array = new Uint8Array();
  readonly #line = new Digest();

  constructor(options: TallyOptions<R>) {
    this.#options = options;
    this.#keep =
      options.keep.size === 0
        ? null
        : (from, to) => options.keep.has(Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, to - from).toString('latin1'));
    for (const [client, moments] of options.watched) {
      const bytes = Buffer.from(client);
      this.#hasher.reset();
      this.#hasher.bytes(bytes, 0, bytes.length);
      this.#hasher.finish();
      this.#watched.set(this.#hasher.first, this.#hasher.second, this.#moments.push([...moments].sort((a, b) => a - b)) - 1);
    }
  }

  get clients(): number {
    return this.#clients.count;
  }

  /** Counts one request. @param file number of the log, @param logVhost the virtual host that the log belongs to, where the configuration tells */
  add(cut: Cutter, file: number, logVhost: string | null): void {
    const line = this.#line;
    line.take(cut);
    const { since, until } = this.#options;
    const { start, durationMs, status, size } = line;
    if ((since !== null && !(start >= since)) || (until !== null && !(start <= until))) {
      this.outside += 1;
      return;
    }
    this.requests += 1;
    if (start < this.first) this.first = start;
    if (start > this.last) this.last = start;
    const end = start + durationMs;
    if (end > this.lastEnd) this.lastEnd = end;
    this.#statusCounts[status] = (this.#statusCounts[status] as number) + 1;

    const index = this.#operationOf(line, cut, file, logVhost);
    const operation = this.operations.get(index);
    if (operation !== null) operation.requests += 1;
    let groupIndex = operation?.group ?? 0;
    if (line.hasWorker) groupIndex = this.#groupOfWorker(line, cut, groupIndex);

    const inGroup = this.groups[groupIndex] as Group<R>;
    if (inGroup.log !== file) inGroup.mixed = true;
    if (line.hasVisitor) this.#clients.add(line.visitor);
    if (failureStatuses.has(status)) this.failed += 1;
    else if (status >= 300 || !this.#mayHaveBrokenOff(line)) {
      inGroup.good += 1;
      this.#counters[inGroup.counter] = (this.#counters[inGroup.counter] as number) + 1;
      this.series.count(inGroup.series, start);
      if (durationMs >= 0) this.durations.add(durationMs);
      if (size >= 0) this.sizes.add(size);
      return;
    }
    this.#suspect(line, cut, index, groupIndex, file);
  }

  /** To be called after the last line. */
  finish(): void {
    this.#statusCounts.forEach((count, status) => {
      if (count > 0) this.statuses.set(status, count);
    });
  }

  #operationOf(line: Digest, cut: Cutter, file: number, logVhost: string | null): number {
    const written = this.#written;
    if (written.generation !== this.operations.generation) written.forget(this.operations.generation);
    // One path in two logs may be two operations.
    const first = line.askedFirst ^ Math.imul(file, 0x9e3779b1);
    const before = written.get(first, line.askedSecond);
    if (before >= 0) return before;
    const index = this.#operationByTemplate(cut, file, logVhost);
    // Adding an operation may have moved others.
    if (written.generation === this.operations.generation) written.set(first, line.askedSecond, index);
    return index;
  }

  #operationByTemplate(cut: Cutter, file: number, logVhost: string | null): number {
    const hasher = this.#hasher;
    this.#bytes = cut.bytes;
    hasher.reset();
    const vhost = cut.starts[vhostRole] as number;
    if (vhost >= 0) hasher.bytes(cut.bytes, vhost, cut.ends[vhostRole] as number);
    else hasher.byte(logVhost === null ? 2 : 3 + file);
    hasher.byte(0);
    if (cut.methodStart >= 0) hasher.bytes(cut.bytes, cut.methodStart, cut.methodEnd);
    hasher.byte(0);
    if (cut.targetStart >= 0) hashTemplate(hasher, cut.bytes, cut.targetStart, cut.targetEnd, this.#keep);
    hasher.finish();
    const { first, second } = hasher;
    const known = this.operations.find(first, second);
    if (known >= 0) return known;
    const method = cut.methodStart < 0 ? null : textOf(cut.bytes, cut.methodStart, cut.methodEnd);
    const target = cut.targetStart < 0 ? null : textOf(cut.bytes, cut.targetStart, cut.targetEnd);
    const path = target === null ? null : (/^[^?]*/.exec(target)?.[0] ?? target);
    const host = vhost >= 0 ? withPort(cut) : logVhost;
    return this.operations.add(first, second, { method, path, vhost: host }, this.#options.keep, () =>
      this.#groupOf(host, host === null ? file : -1, path, file),
    );
  }

  #groupOf(vhost: string | null, file: number, path: string | null, log: number): number {
    const way = path === null ? null : this.#options.routeOf(vhost, path);
    const segment = path === null ? null : (/^\/[^/]*/.exec(path)?.[0] ?? '/');
    const key = `${vhost ?? ''} ${file} ${segment ?? ''} ${way?.key ?? ''}`;
    const counter = `${way?.key ?? key} ${log}`;
    return this.#group(key, { vhost, file, segment, route: way?.route ?? null, worker: null, log }, counter);
  }

  #groupOfWorker(line: Digest, cut: Cutter, without: number): number {
    const first = line.workerFirst ^ Math.imul(without, 0x9e3779b1);
    const known = this.#byWorker.get(first, line.workerSecond);
    if (known >= 0) return known;
    const worker = fieldText(cut, 'worker') ?? fieldText(cut, 'workerRoute');
    const group = this.groups[without] as Group<R>;
    const index = this.#group(`${without} ${worker ?? ''}`, {
      vhost: group.vhost,
      file: group.file,
      segment: group.segment,
      route: group.route,
      worker,
      log: group.log,
    });
    this.#byWorker.set(first, line.workerSecond, index);
    return index;
  }

  #group(key: string, group: NewGroup<R>, counter = key): number {
    const known = this.#groupsByKey.get(key);
    if (known !== undefined) return known;
    if (this.groups.length < mostGroups) return this.#newGroup(key, group, counter);
    return (
      this.#groupsByKey.get('') ?? this.#newGroup('', { ...group, vhost: null, file: -1, segment: null, route: null, worker: null }, '')
    );
  }

  #newGroup(key: string, group: NewGroup<R>, counterKey: string): number {
    const counter = this.#countersByKey.get(counterKey) ?? this.#counters.push(0) - 1;
    this.#countersByKey.set(counterKey, counter);
    const counts = { good: 0, mixed: false, suspects: 0, beyond: new Map<number, number>() };
    const index = this.groups.push({ ...group, ...counts, counter, series: this.series.add(), beyondSeries: this.series.add() }) - 1;
    this.#groupsByKey.set(key, index);
    return index;
  }

  /** Did an answer to this client break off while this request was under way? */
  #mayHaveBrokenOff(line: Digest): boolean {
    if (this.#watched.size === 0 || !line.hasClient) return false;
    const moments = this.#moments[this.#watched.get(line.clientFirst, line.clientSecond)];
    if (moments === undefined) return false;
    let low = 0;
    let high = moments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((moments[middle] as number) < line.start) low = middle + 1;
      else high = middle;
    }
    const moment = moments[low];
    const until = Number.isNaN(line.durationMs) ? line.start + longestAnswerMs : line.start + line.durationMs + 1500;
    if (moment === undefined || moment > until || this.#servedSuspects >= mostServedSuspects) return false;
    this.#servedSuspects += 1;
    return true;
  }

  #suspect(line: Digest, cut: Cutter, operation: number, groupIndex: number, file: number): void {
    const group = this.groups[groupIndex] as Group<R>;
    const table = this.suspects;
    const row = table.add();
    const kind = this.operations.get(operation);
    if (kind !== null) {
      kind.suspects += 1;
      if (row >= 0) kind.kept += 1;
    }
    if (row < 0) {
      group.beyond.set(cut.status, (group.beyond.get(cut.status) ?? 0) + 1);
      this.series.count(group.beyondSeries, cut.start);
      return;
    }
    group.suspects += 1;
    const proxyStatus = proxyStatusOf(cut);
    table.start[row] = cut.start;
    table.durationMs[row] = cut.durationMs;
    table.size[row] = line.size;
    table.status[row] = cut.status;
    table.operation[row] = operation;
    table.group[row] = groupIndex;
    table.client[row] = table.clients.id(fieldText(cut, 'client'));
    table.proxyStatus[row] = proxyStatus === null ? proxyStatusUnknown : proxyStatus === 'none' ? noProxyStatus : proxyStatus;
    if (cut.format.roles.has('errorId')) {
      const id = fieldText(cut, 'errorId');
      table.errorId[row] = id === null ? noErrorId : table.errorIds.id(id);
    }
    table.keepalives[row] = numberOf(cut, 'keepalives') ?? -1;
    table.connection[row] = (cut.starts[connectionRole] as number) >= 0 ? (cut.bytes[cut.starts[connectionRole] as number] as number) : 0;
    table.file[row] = file;
    table.goodBefore[row] = this.#counters[group.counter] as number;
  }
}

/** `%v:%p` where the format has both. */
function withPort(cut: Cutter): string | null {
  const vhost = fieldText(cut, 'vhost');
  const port = numberOf(cut, 'port');
  return vhost === null || port === null ? vhost : `${vhost}:${port}`;
}
