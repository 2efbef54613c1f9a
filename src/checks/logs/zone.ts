/** The zone that an error log's times are read in: that of the access log beside it, else the host's (traps 23). */
import type { Host } from '../../host/host.ts';
import { parserOf } from '../../httpd/access-log/compile.ts';
import { recogniseFormat } from '../../httpd/access-log/recognise.ts';
import { edgesOf } from '../../httpd/access-log/source.ts';
import type { LogFormat } from '../../httpd/access-log/steps.ts';
import type { LogSource } from '../../httpd/error-log/sources.ts';
import type { Zone } from '../../httpd/error-log/zone.ts';

export interface LogZone {
  readonly zone: Zone;
  /** `+0000`, of the newest line that told it. */
  readonly offset: string;
  readonly from: string;
}

interface Told {
  readonly at: number;
  readonly minutes: number;
}

/** Access logs are looked at in turn until one tells a zone. Files that can't be read are passed over: their scan says so. */
export async function zoneBeside(
  host: Host,
  accessLogs: readonly { readonly source: LogSource; readonly format: LogFormat | null }[],
): Promise<LogZone> {
  for (const { source, format } of [...accessLogs].reverse()) {
    const edges = await edgesOf(host, source).catch(() => null);
    const told = edges === null ? [] : zonesIn([edges.head, edges.tail], format);
    const [first] = told;
    const last = told.at(-1);
    if (first === undefined || last === undefined) continue;
    const from = `the access log ${source.path}`;
    // A host in a place with summer time: its own rules know when the clocks were changed.
    if (told.every(({ at, minutes }) => host.zoneOffset(at) === minutes))
      return { zone: rememberedBy(host.zoneOffset), offset: offsetText(last.minutes), from };
    return { zone: first.minutes === last.minutes ? last.minutes : changed(told), offset: offsetText(last.minutes), from };
  }
  return {
    zone: rememberedBy(host.zoneOffset),
    offset: offsetText(host.zoneOffset(host.now())),
    from: 'the clock of this host (no access log tells)',
  };
}

/** Every line asks, and clocks are changed at a full quarter of an hour at most. */
function rememberedBy(zoneOffset: (at: number) => number): (at: number) => number {
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / 900_000);
    let minutes = known.get(quarter);
    if (minutes === undefined) {
      minutes = zoneOffset(at);
      if (known.size > 100_000) known.clear();
      known.set(quarter, minutes);
    }
    return minutes;
  };
}

/** The clocks were changed somewhere between two lines: half-way, as nothing tells better. */
function changed(told: readonly Told[]): Zone {
  return (instant) => {
    let nearest = told[0];
    for (const one of told) if (nearest === undefined || Math.abs(one.at - instant) < Math.abs(nearest.at - instant)) nearest = one;
    return nearest?.minutes ?? 0;
  };
}

/** Oldest first. */
function zonesIn(pieces: readonly Buffer[], given: LogFormat | null): readonly Told[] {
  const told: Told[] = [];
  for (const piece of pieces) {
    const lines = piece.toString('utf8').split('\n').slice(0, 2000);
    const format = given ?? recogniseFormat(lines.slice(0, 100));
    if (format === null) continue;
    const cutter = parserOf(format);
    for (const line of lines) {
      const bytes = Buffer.from(line);
      if (!cutter.cut(bytes, 0, bytes.length) || Number.isNaN(cutter.zone) || Number.isNaN(cutter.start)) continue;
      const before = told.at(-1);
      if (before === undefined || before.minutes !== cutter.zone || cutter.start - before.at > 3_600_000)
        told.push({ at: cutter.start, minutes: cutter.zone });
    }
  }
  return told.sort((a, b) => a.at - b.at);
}

export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}
