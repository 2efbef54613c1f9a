/** The clock and the time zone of a vantage, measured once. */
import type { CommandResult } from './host.ts';

export interface VantageClock {
  readonly measured: boolean;
  /** What is added to this machine's clock to get that side's, in ms. */
  readonly aheadMs: number;
  readonly zoneOffset: (at: number) => number;
}

/**
 * `date` tells the clock and today's offset from UTC; the name of the zone, from /etc/localtime, tells the offset at other times
 * (summer time), where both agree on today's. The reading is placed in the middle of the call.
 */
export async function measureClock(run: (argv: readonly string[]) => Promise<CommandResult>): Promise<VantageClock> {
  const before = Date.now();
  const [date, localtime] = await Promise.all([
    run(['date', '+%s.%N %z']).then((result) => ({ result, after: Date.now() })),
    run(['readlink', '-f', '/etc/localtime']),
  ]);
  // busybox knows no %N and prints nothing, or the letter, for it.
  const match = /^(\d+)(?:\.(\d{3})\d*)?\S* ([+-])(\d\d)(\d\d)\s*$/.exec(date.result.exitCode === 0 ? date.result.stdout : '');
  if (match === null) return { measured: false, aheadMs: 0, zoneOffset: () => 0 };
  const [, seconds = '', fraction = '500', sign = '+', hours = '0', minutes = '0'] = match;
  const there = Number(seconds) * 1000 + Number(fraction);
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const zone = /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(localtime.stdout.trim())?.[1] ?? null;
  return {
    measured: true,
    aheadMs: Math.round(there - (before + date.after) / 2),
    zoneOffset: offsetOf(zone, offset, there),
  };
}

/** Minutes east of UTC at a moment: by the zone's name where that gives `offset` for the moment `known`, else always `offset`. */
export function offsetOf(zone: string | null, offset: number, known: number): (at: number) => number {
  const byName = zone === null ? null : offsetByName(zone);
  return byName !== null && byName(known) === offset ? byName : () => offset;
}

function offsetByName(zone: string): ((at: number) => number) | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch {
    return null;
  }
  return (at) => {
    const parts = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return Math.round((local - at) / 60_000) + 0;
  };
}
