/**
 * Lines of one error log, in their order, → failures: what one thread wrote about one request within a moment is one failure.
 * Logs without process and thread (2.0, 2.2, formats of one's own) are paired by closeness, client and backend.
 */
import type { ErrorEntry } from '../../httpd/error-log/entry.ts';
import type { Family } from '../error-log/facts.ts';
import { disabling, fresh, refusedUnasked, reused } from './failure-table.ts';
import type { FailureTable } from './failure-table.ts';
import { familyOf, goesOnWith, opensFailure } from './roles.ts';

/** Lines of one failure follow each other within microseconds; a busy machine may take longer, a log without fractions shows a second. */
const togetherMs = 2000;
/** Without a thread several requests' lines interleave; so many open failures are looked at. */
const openAtOnce = 64;
/** Threads that are remembered; the oldest are dropped. */
const threadsAtOnce = 20_000;

interface Open {
  readonly row: number;
  readonly at: number;
  readonly keys: string[];
  readonly families: Family[];
  client: ErrorEntry['client'];
  backend: string | null;
  logId: string | null;
}

interface Thread {
  open: Open[];
  /** From debug lines: is the connection in use a new one? */
  connection: 'unknown' | 'taken' | 'fresh';
}

export interface Disabled {
  readonly at: number;
  readonly backend: string;
  readonly seconds: number | null;
}

export class Pairing {
  readonly #table: FailureTable;
  readonly #file: number;
  /** By process, then by thread: a key put together of both would be a new string for each line. */
  readonly #threads = new Map<string, Map<string, Thread>>();
  #threadCount = 0;
  readonly #combinations = new Map<number, number>();
  /** Workers put out of use (AH00959, AH01174), by backend: how often, and for how long. */
  readonly disabled = new Map<string, { times: number; retryMs: number | null }>();

  constructor(table: FailureTable, file: number) {
    this.#table = table;
    this.#file = file;
  }

  /**
   * @param at the line's moment, ms since the epoch
   * @returns the row of the failure that the line belongs to; -1: it is no failure (or the table is full)
   */
  add(entry: ErrorEntry, at: number, line: number | null): number {
    const key = entry.message;
    if (key === null || entry.family === null) return -1;
    const thread = this.#threadOf(entry);
    this.#connection(thread, entry);
    this.#disabling(entry);
    const open = this.#openFor(thread, entry, at, key);
    if (open !== null) {
      open.keys.push(key);
      open.families.push(entry.family);
      this.#amend(open, entry);
      return open.row;
    }
    if (!opensFailure(entry)) return -1;
    const row = this.#table.add(at, entry.family);
    const opened: Open = { row, at, keys: [key], families: [entry.family], client: null, backend: null, logId: null };
    if (row >= 0) {
      this.#table.file[row] = this.#file;
      this.#table.line[row] = line ?? -1;
      if (thread.connection !== 'unknown' && entry.family !== 'connect-failed')
        this.#table.mark(row, thread.connection === 'fresh' ? fresh : reused);
      if (entry.family === 'worker-disabled') this.#table.mark(row, refusedUnasked);
    } else this.#table.countBeyond(at, entry.backend, entry.family);
    this.#amend(opened, entry);
    thread.open.push(opened);
    if (thread.open.length > openAtOnce || (entry.pid !== null && entry.tid !== null && thread.open.length > 1)) thread.open.shift();
    return row;
  }

  #threadOf(entry: ErrorEntry): Thread {
    const pid = entry.pid ?? '';
    const tid = entry.pid === null ? '' : (entry.tid ?? '');
    let ofProcess = this.#threads.get(pid);
    const known = ofProcess?.get(tid);
    if (known) return known;
    if (this.#threadCount >= threadsAtOnce) this.#dropOldest(pid);
    if (ofProcess === undefined) {
      ofProcess = new Map();
      this.#threads.set(pid, ofProcess);
    }
    const thread: Thread = { open: [], connection: 'unknown' };
    ofProcess.set(tid, thread);
    this.#threadCount += 1;
    return thread;
  }

  /** A process that was seen first is the likeliest to be gone; one with all the threads loses its first. */
  #dropOldest(current: string): void {
    for (const [pid, threads] of this.#threads) {
      if (pid === current) continue;
      this.#threads.delete(pid);
      this.#threadCount -= threads.size;
      return;
    }
    const threads = this.#threads.get(current);
    const [oldest] = threads?.keys() ?? [];
    if (oldest !== undefined && threads?.delete(oldest) === true) this.#threadCount -= 1;
  }

  #openFor(thread: Thread, entry: ErrorEntry, at: number, key: string): Open | null {
    if (thread.open.length > 1) thread.open = thread.open.filter((open) => at - open.at <= togetherMs);
    for (let i = 0; i < thread.open.length; i++) {
      const open = thread.open[i] as Open;
      // What one thread writes next goes on with what it wrote last, however long that took it.
      const oneThread = entry.pid !== null && entry.tid !== null;
      if ((!oneThread && Math.abs(at - open.at) > togetherMs) || !goesOnWith(key, open.keys)) continue;
      if (entry.client !== null && open.client !== null && !sameClient(entry.client, open.client)) continue;
      if (entry.logId != null && open.logId !== null && entry.logId !== open.logId) continue;
      if (entry.pid === null && !sameHost(open.backend, entry.backend)) continue;
      return open;
    }
    return null;
  }

  /** What a further line of the failure adds. */
  #amend(open: Open, entry: ErrorEntry): void {
    open.client ??= entry.client;
    open.backend ??= entry.backend;
    open.logId ??= entry.logId ?? null;
    const table = this.#table;
    const { row } = open;
    if (row < 0) return;
    const backend = table.backends.name(table.backend[row] ?? -1);
    // `127.0.0.1:8080` says more than `127.0.0.1` (AH01114).
    const named = entry.backend ?? balancerOf(entry);
    if (named !== null && (backend === null || (!hasPort(backend) && hasPort(named)))) table.backend[row] = table.backends.id(named);
    if (entry.backendName !== null && (table.otherName[row] ?? -1) < 0) table.otherName[row] = table.backends.id(entry.backendName);
    if (entry.client !== null && (table.client[row] ?? -1) < 0) table.client[row] = table.clients.id(entry.client.address);
    if (entry.logId != null && (table.logId[row] ?? -1) < 0) table.logId[row] = table.logIds.id(entry.logId);
    if (entry.path !== null && (table.path[row] ?? -1) < 0) table.path[row] = table.paths.id(withoutQuery(entry.path));
    if (entry.errno !== null && (table.errno[row] ?? -1) < 0)
      table.errno[row] = table.errnos.id(entry.errno.symbol ?? String(entry.errno.number ?? entry.errno.text));
    if (entry.message === 'worker-disabled-after-connect-failure') table.mark(row, disabling);
    table.code[row] = this.#codesWith(table.code[row] ?? -1, entry.code ?? entry.message ?? '');
    table.setFamily(row, familyOf(open.families));
  }

  /** The codes so far and one more; the few combinations that there are, are remembered. */
  #codesWith(before: number, code: string): number {
    const { codes } = this.#table;
    const key = before * 10_000 + codes.id(code);
    const known = this.#combinations.get(key);
    if (known !== undefined) return known;
    const sofar = codes.name(before);
    const together = codes.id(sofar === null ? code : `${sofar} ${code}`);
    this.#combinations.set(key, together);
    return together;
  }

  /** AH00942 takes a connection from the pool, AH02824 or AH00962 follow when it had to be made, AH00943 gives it back. */
  #connection(thread: Thread, entry: ErrorEntry): void {
    switch (entry.message) {
      case 'connection-acquired':
        thread.connection = 'taken';
        break;
      case 'connection-established':
      case 'connection-complete':
        thread.connection = 'fresh';
        break;
      case 'connection-released':
        thread.connection = 'unknown';
        break;
      default:
    }
  }

  #disabling(entry: ErrorEntry): void {
    if (
      entry.backend === null ||
      entry.family !== 'worker-disabled' ||
      !/disabling worker|into error state|disabled connection/.test(entry.text)
    )
      return;
    const known = this.disabled.get(entry.backend) ?? { times: 0, retryMs: null };
    const seconds = /for (\d+)s$/.exec(entry.text)?.[1];
    known.times += 1;
    known.retryMs = seconds === undefined ? known.retryMs : Number(seconds) * 1000;
    this.disabled.set(entry.backend, known);
  }
}

/** `balancer://b2: All workers are in error state`: the line names no member. */
function balancerOf(entry: ErrorEntry): string | null {
  return entry.family === 'worker-disabled' ? (/balancer:\/\/[^\s:()]+/.exec(entry.text)?.[0] ?? null) : null;
}

function sameClient(left: NonNullable<ErrorEntry['client']>, right: NonNullable<ErrorEntry['client']>): boolean {
  return left.port === right.port && left.address === right.address;
}

/** Is this a line of the same backend, as far as both say? Names and addresses of one can't be told together yet, so only ports are. */
function sameHost(left: string | null, right: string | null): boolean {
  const [a, b] = [portOf(left), portOf(right)];
  return a === null || b === null || a === b;
}

/** The port of `host:port` or `[::1]:port`; null where there is none (`::1` is an address). */
export function portOf(backend: string | null): string | null {
  return backend === null ? null : (/^(?:\[[^\]]*\]|[^:]*):(\d+)$/.exec(backend)?.[1] ?? null);
}

export function hasPort(backend: string): boolean {
  return backend.startsWith('unix:') || portOf(backend) !== null;
}

function withoutQuery(path: string): string {
  const question = path.indexOf('?');
  return question < 0 ? path : path.slice(0, question);
}
