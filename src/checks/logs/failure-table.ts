/** Failures of an error log, one row each, in columns of numbers: a bad day has a million of them. */
import type { Family } from '../error-log/facts.ts';
import { families } from '../error-log/facts.ts';
import { TimeSeries } from './time-series.ts';

/** Strings by number. Equal strings are kept once; past the limit new ones are not kept, as if the line did not tell. */
export class Names {
  readonly #ids = new Map<string, number>();
  readonly #list: string[] = [];
  readonly #most: number;

  constructor(most = 200_000) {
    this.#most = most;
  }

  /** -1 for null, and when there is no room. */
  id(name: string | null): number {
    if (name === null) return -1;
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    if (this.#list.length >= this.#most) return -1;
    // A slice of a line would keep the whole line in memory.
    const own = Buffer.from(name).toString();
    this.#ids.set(own, this.#list.length);
    return this.#list.push(own) - 1;
  }

  name(id: number): string | null {
    return this.#list[id] ?? null;
  }

  get all(): readonly string[] {
    return this.#list;
  }
}

export const fresh = 1;
export const reused = 2;
/** The worker was put out of use after it (AH00959). */
export const disabling = 4;
/** No attempt was made: the worker was out of use (AH00940, AH01170). */
export const refusedUnasked = 8;

/** Failures beyond this are counted by backend, family and second, not kept: a bad day has millions, and they are all alike. */
export const mostRows = 100_000;
/** Seconds in which such failures are counted, of all backends and families together; more, and longer stretches of time are counted in. */
const mostBeyondBuckets = 250_000;
/** Pairs of backend and family that are told apart among them; of further ones the backend is not known. */
const mostBeyond = 1000;

export interface Beyond {
  /** As the line names it; null: it does not. */
  readonly backend: string | null;
  readonly family: Family;
  /** Of `beyondSeries`. */
  readonly series: number;
  count: number;
  /** Moment of the last one; buckets tell it only roughly. */
  last: number;
}

export class FailureTable {
  length = 0;
  /** Failures that no row was left for. */
  readonly beyond = new Map<string, Beyond>();
  readonly beyondSeries = new TimeSeries(mostBeyondBuckets);
  readonly backends = new Names(10_000);
  readonly clients = new Names();
  readonly paths = new Names(50_000);
  readonly codes = new Names(5000);
  readonly errnos = new Names(5000);
  readonly logIds = new Names();
  /** ms since the epoch. */
  at = new Float64Array(1024);
  /** As the line names it: address or name, with or without a port. */
  backend = new Int32Array(1024);
  /** The name in parentheses. */
  otherName = new Int32Array(1024);
  client = new Int32Array(1024);
  path = new Int32Array(1024);
  /** All codes of the failure's lines, `AH00957 AH01114`. */
  code = new Int32Array(1024);
  errno = new Int32Array(1024);
  /** `%L`; -1: the lines do not tell. */
  logId = new Int32Array(1024);
  family = new Uint8Array(1024);
  flags = new Uint8Array(1024);
  file = new Uint8Array(1024);
  line = new Int32Array(1024);

  /** A new row, all unknown; -1 when the table is full. */
  add(at: number, family: Family): number {
    if (this.length >= mostRows) return -1;
    if (this.length === this.at.length) this.#grow();
    const row = this.length;
    this.at[row] = at;
    this.family[row] = families.indexOf(family);
    this.backend[row] = -1;
    this.otherName[row] = -1;
    this.client[row] = -1;
    this.path[row] = -1;
    this.code[row] = -1;
    this.errno[row] = -1;
    this.logId[row] = -1;
    this.line[row] = -1;
    this.length += 1;
    return row;
  }

  /** For a failure that `add` had no row for. */
  countBeyond(at: number, backend: string | null, family: Family): void {
    const key = `${family} ${backend ?? ''}`;
    let beyond = this.beyond.get(key);
    if (beyond === undefined && backend !== null && this.beyond.size >= mostBeyond) return this.countBeyond(at, null, family);
    if (beyond === undefined) {
      beyond = { backend, family, series: this.beyondSeries.add(), count: 0, last: at };
      this.beyond.set(key, beyond);
    }
    beyond.count += 1;
    beyond.last = Math.max(beyond.last, at);
    this.beyondSeries.count(beyond.series, at);
  }

  familyOf(row: number): Family {
    return families[this.family[row] ?? 0] ?? 'internal';
  }

  setFamily(row: number, family: Family): void {
    this.family[row] = families.indexOf(family);
  }

  has(row: number, flag: number): boolean {
    return ((this.flags[row] ?? 0) & flag) !== 0;
  }

  mark(row: number, flag: number): void {
    this.flags[row] = (this.flags[row] ?? 0) | flag;
  }

  #grow(): void {
    const size = Math.min(mostRows, this.at.length * 2);
    const wide = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const wider = new Int32Array(size);
      wider.set(column);
      return wider;
    };
    const bytes = (column: Uint8Array): Uint8Array<ArrayBuffer> => {
      const wider = new Uint8Array(size);
      wider.set(column);
      return wider;
    };
    const at = new Float64Array(size);
    at.set(this.at);
    this.at = at;
    this.backend = wide(this.backend);
    this.otherName = wide(this.otherName);
    this.client = wide(this.client);
    this.path = wide(this.path);
    this.code = wide(this.code);
    this.errno = wide(this.errno);
    this.line = wide(this.line);
    this.logId = wide(this.logId);
    this.family = bytes(this.family);
    this.flags = bytes(this.flags);
    this.file = bytes(this.file);
  }
}
