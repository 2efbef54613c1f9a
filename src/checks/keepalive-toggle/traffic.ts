/** Requests and failures of real traffic from the access log: of the last minutes, and what is added from now on. */
import type { Host } from '../../host/host.ts';
import { compileLogFormat } from '../../httpd/access-log/compile.ts';
import type { Cutter } from '../../httpd/access-log/cutter.ts';
import { entryOf } from '../../httpd/access-log/entry.ts';
import { scanAccessLog } from '../../httpd/access-log/scan.ts';
import type { Parameters } from './parameters.ts';

export interface Traffic {
  requests: number;
  failed: number;
  durationsMs: number[];
  /** When each request began, and each of those that failed. */
  startsMs: number[];
  failedStartsMs: number[];
}

/** The end of a log that is read for the time before: enough for some hundred thousand requests. */
const tailBytes = 64 * 1024 * 1024;

export const nothing = (): Traffic => ({ requests: 0, failed: 0, durationsMs: [], startsMs: [], failedStartsMs: [] });

/** Statuses that the proxy gives for failures in flight; where the application is known to answer 500 and 503 itself, those tell nothing. */
export const anyStatus: readonly number[] = [500, 502, 503, 504];
export const gatewayStatus: readonly number[] = [502, 504];

function count(into: Traffic, cut: Cutter, from: number, statuses: readonly number[]): void {
  const entry = entryOf(cut);
  if (entry.start === null || entry.start < from) return;
  into.requests += 1;
  const own = typeof entry.proxyStatus === 'number';
  into.startsMs.push(entry.start);
  // An answer of the application's own is no failure.
  if (entry.status !== null && statuses.includes(entry.status) && !own) {
    into.failed += 1;
    into.failedStartsMs.push(entry.start);
  }
  if (entry.durationMs !== null) into.durationsMs.push(entry.durationMs);
}

/**
 * The most requests in a row, from the first failure on, among which no more than so many failed. Failures that come in bursts leave long
 * stretches without one: a quiet time as long as that is nothing new.
 */
export function longestStretch({ startsMs, failedStartsMs }: Pick<Traffic, 'startsMs' | 'failedStartsMs'>, failures: number): number {
  const starts = Float64Array.from(startsMs).sort();
  const failed = Float64Array.from(failedStartsMs).sort();
  let longest = 0;
  let from = 0;
  let to = 0;
  for (let first = 0; first < failed.length; first++) {
    const next = failed[first + failures + 1] ?? Infinity;
    while (from < starts.length && (starts[from] ?? 0) <= (failed[first] ?? 0)) from++;
    while (to < starts.length && (starts[to] ?? 0) < next) to++;
    longest = Math.max(longest, to - from);
  }
  return longest;
}

export class LogFollower {
  private readonly offsets = new Map<string, number>();
  private readonly host: Host;
  private readonly logs: Parameters['accessLogs'];
  private readonly statuses: readonly number[];

  constructor(host: Host, { accessLogs, statuses }: Pick<Parameters, 'accessLogs' | 'statuses'>) {
    this.host = host;
    this.logs = accessLogs;
    this.statuses = statuses;
  }

  /** What the last `seconds` held; from here on `more` tells what is added. */
  async before(seconds: number): Promise<Traffic> {
    const all = nothing();
    for (const log of this.logs) {
      const info = await this.host.stat(log.path);
      this.offsets.set(log.path, info.size);
      await this.read(log, Math.max(0, info.size - tailBytes), info.size, all, this.host.now() - seconds * 1000);
    }
    return all;
  }

  /** Adds what was written since the last call. A log that was rotated is read from its start. */
  async more(into: Traffic): Promise<void> {
    for (const log of this.logs) {
      const info = await this.host.stat(log.path);
      const last = this.offsets.get(log.path) ?? 0;
      const from = info.size < last ? 0 : last;
      if (info.size === from) continue;
      this.offsets.set(log.path, await this.read(log, from, info.size, into, Number.NEGATIVE_INFINITY));
    }
  }

  /** @returns the offset behind the last whole line */
  private async read(log: Parameters['accessLogs'][number], from: number, to: number, into: Traffic, since: number): Promise<number> {
    let at = from;
    let whole = from;
    const host = this.host;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for await (const chunk of host.readStream(log.path, { from })) {
        const piece = chunk.subarray(0, Math.max(0, to - at));
        const newline = piece.lastIndexOf(0x0a);
        if (newline >= 0) whole = at + newline + 1;
        at += piece.length;
        yield newline >= 0 && at >= to ? piece.subarray(0, newline + 1) : piece;
        if (at >= to) return;
      }
    }
    await scanAccessLog(chunks(), { format: log.format === null ? null : compileLogFormat(log.format) }, (cut) => count(into, cut, since, this.statuses));
    return whole;
  }
}
