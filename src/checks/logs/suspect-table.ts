/**
 * Requests of an access log that may have failed between proxy and backend: those with a status that such failures give (400, 408, 500,
 * 502, 503, 504; proxy_settings section 6), and those of clients whose answer broke off (traps 15: logged as 200). One row each, in columns.
 */
import { Names } from './failure-table.ts';

/** Rows beyond this are counted by group, not kept. */
export const mostSuspects = 120_000;

export const failureStatuses: ReadonlySet<number> = new Set([400, 408, 500, 502, 503, 504]);

/** `%{proxy-status}n` as a number: the status that the backend sent, or one of these. */
export const noProxyStatus = -1;
export const proxyStatusUnknown = -2;

/** `%L` of a request that left no line in the error log, and where the log has no `%L`. */
export const noErrorId = -2;
export const errorIdUnknown = -1;

export class SuspectTable {
  length = 0;
  readonly clients = new Names();
  readonly errorIds = new Names();
  /** ms since the epoch. */
  start = new Float64Array(256);
  /** NaN: the log does not tell. */
  durationMs = new Float64Array(256);
  size = new Float64Array(256);
  status = new Int32Array(256);
  operation = new Int32Array(256);
  group = new Int32Array(256);
  client = new Int32Array(256);
  proxyStatus = new Int32Array(256);
  /** `%L`, or one of the two above. */
  errorId = new Int32Array(256).fill(errorIdUnknown);
  /** `%k`; -1 unknown. */
  keepalives = new Int32Array(256);
  /** `%X` as a byte; 0 unknown. */
  connection = new Uint8Array(256);
  file = new Uint8Array(256);
  /** Requests that went the same way and succeeded, and were logged before it: the log is in the order in which requests end. */
  goodBefore = new Int32Array(256);
  /** Row of the failure that explains it; -1: none. */
  failure = new Int32Array(256);

  /** A new row; -1 when the table is full. */
  add(): number {
    if (this.length >= mostSuspects) return -1;
    if (this.length === this.start.length) this.#grow();
    this.failure[this.length] = -1;
    this.errorId[this.length] = errorIdUnknown;
    return this.length++;
  }

  /** When the request ended; NaN where the log has no durations. */
  end(row: number): number {
    return (this.start[row] ?? NaN) + (this.durationMs[row] ?? NaN);
  }

  #grow(): void {
    const size = Math.min(mostSuspects, this.start.length * 2);
    const floats = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const wider = new Float64Array(size);
      wider.set(column);
      return wider;
    };
    const integers = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const wider = new Int32Array(size);
      wider.set(column);
      return wider;
    };
    const bytes = (column: Uint8Array): Uint8Array<ArrayBuffer> => {
      const wider = new Uint8Array(size);
      wider.set(column);
      return wider;
    };
    this.start = floats(this.start);
    this.durationMs = floats(this.durationMs);
    this.size = floats(this.size);
    this.status = integers(this.status);
    this.operation = integers(this.operation);
    this.group = integers(this.group);
    this.client = integers(this.client);
    this.proxyStatus = integers(this.proxyStatus);
    this.keepalives = integers(this.keepalives);
    this.goodBefore = integers(this.goodBefore);
    this.failure = integers(this.failure);
    this.errorId = integers(this.errorId);
    this.connection = bytes(this.connection);
    this.file = bytes(this.file);
  }
}
