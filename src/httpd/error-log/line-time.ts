/** The time of any line of a log, whoever wrote it, without reading the rest of it. */
import type { Layout } from './layout.ts';
import { readTime } from './time.ts';
import { unwrap } from './wrap.ts';
import { momentWithin } from './zone.ts';

export interface LineTime {
  readonly wallClock: number | null;
  readonly instant: number | null;
  readonly layout: string;
}

const bracketed = /^\[([a-z0-9_-]*:)?(?:emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])\]/;

/** Null: the line has no time (or is no line of an error log). */
export function lineTime(line: string, reference: number, layout: Layout | null): LineTime | null {
  if (layout !== null) {
    const head = layout.read(line, reference);
    if (head !== null && (head.wallClock !== null || head.instant !== null))
      return { wallClock: head.wallClock, instant: head.instant, layout: layout.name };
  }
  if (line.charCodeAt(0) === 91) {
    const stamp = readTime(line, 1, reference);
    if (stamp !== null && line.charCodeAt(stamp.end) === 93) {
      const level = bracketed.exec(line.slice(stamp.end + 2, stamp.end + 60));
      return {
        wallClock: stamp.wallClock,
        instant: stamp.instant,
        layout: level === null ? 'custom' : level[1] === undefined ? '2.2' : '2.4',
      };
    }
  }
  const wrapped = unwrap(line, reference);
  if (wrapped !== null) {
    const inner = wrapped.at === 0 ? wrapped.line : wrapped.line.slice(wrapped.at);
    const own = inner.charCodeAt(0) === 91 ? readTime(inner, 1, reference) : null;
    const wallClock = own?.wallClock ?? wrapped.wallClock;
    const instant = own?.instant ?? momentWithin(own?.wallClock ?? null, wrapped.instant);
    if (wallClock !== null || instant !== null)
      return { wallClock: wallClock ?? instant, instant, layout: wrapped.fields === null ? 'syslog' : 'json' };
  }
  const bare = readTime(line, 0, reference);
  return bare === null ? null : { wallClock: bare.wallClock, instant: bare.instant, layout: 'custom' };
}
