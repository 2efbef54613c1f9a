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
}

/** The end of a log that is read for the time before: enough for some hundred thousand requests. */
const tailBytes = 64 * 1024 * 1024;

export const nothing = (): Traffic => ({ requests: 0, failed: 0, durationsMs: [] });

/** Statuses that the proxy itself gives for failures of this kind; an answer of the application's own is none. */
function count(into: Traffic, cut: Cutter, from: number): void {
  const entry = entryOf(cut);
  if (entry.start === null || entry.start < from) return;
  into.requests += 1;
  const own = typeof entry.proxyStatus === 'number';
  if (entry.status !== null && [500, 502, 503, 504].includes(entry.status) && !own) into.failed += 1;
  if (entry.durationMs !== null) into.durationsMs.push(entry.durationMs);
}

export class LogFollower {
  private readonly offsets = new Map<string, number>();
  private readonly host: Host;
  private readonly logs: Parameters['accessLogs'];

  constructor(host: Host, logs: Parameters['accessLogs']) {
    this.host = host;
    this.logs = logs;
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
    await scanAccessLog(chunks(), { format: log.format === null ? null : compileLogFormat(log.format) }, (cut) => count(into, cut, since));
    return whole;
  }
}
