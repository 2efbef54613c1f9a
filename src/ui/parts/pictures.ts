/** Facts of a check → its picture, and the same of a check that still runs (`Progress.live`). Only what a picture needs is read:
 * facts that have grown since, or come from an older case, are drawn all the same. A shape that is not understood has no picture. */
import * as z from 'zod';
import type { Progress } from '../../checks/check.ts';
import { facts as accessLog } from '../../checks/access-log/facts.ts';
import { facts as errorLog } from '../../checks/error-log/facts.ts';
import { facts as keepaliveProbe, rung } from '../../checks/keepalive-probe/facts.ts';
import { facts as keepaliveToggle, period } from '../../checks/keepalive-toggle/facts.ts';
import { facts as proxyConfig } from '../../checks/proxy-config/facts.ts';
import { attempt, facts as tcpConnect } from '../../checks/tcp-connect/facts.ts';
import type { Evidence } from '../../engine/evidence.ts';
import type { Line } from '../line.ts';
import type { Theme } from '../theme.ts';
import { durationsPicture, type Mark } from './durations.ts';
import { ladderPicture } from './ladder.ts';
import { stripPicture } from './strip.ts';
import { timelinePicture } from './timeline.ts';
import { togglePicture } from './toggle.ts';

export interface PictureRoom {
  readonly width: number;
  /** Rows that a chart may take; 1 on a small screen. */
  readonly rows: number;
  readonly theme: Theme;
}

/** `config`: the evidence of proxy-config, for the timeouts that durations are read against. */
export function pictureOf(evidence: Evidence, config: Evidence | null, { width, rows, theme }: PictureRoom): Line[] {
  if (evidence.status !== 'ok') return [];
  switch (evidence.check) {
    case 'error-log': {
      const { data } = errorLog.pick({ timeline: true }).safeParse(evidence.data);
      return data?.timeline ? timelinePicture(data.timeline, width, rows, theme) : [];
    }
    case 'access-log': {
      const { data } = accessLog.pick({ timeline: true, durations: true }).safeParse(evidence.data);
      if (!data) return [];
      const { timeline, durations } = data;
      const over = timeline ? timelinePicture({ ...timeline, counts: timeline.failed }, width, rows, theme) : [];
      // In milliseconds whatever the log's own unit is.
      const spreads = durationsPicture({ failed: durations.failed, good: durations.good, timeouts: timeoutsOf(config) }, width, theme);
      return rows > 1 || over.length === 0 ? [...over, ...spreads] : over;
    }
    case 'tcp-connect': {
      const { data } = tcpConnect.pick({ results: true }).safeParse(evidence.data);
      return data ? stripPicture(data.results, width, theme) : [];
    }
    case 'keepalive-probe': {
      const { data } = keepaliveProbe.pick({ idleSeconds: true, backendTimeoutSeconds: true, proxyKeeps: true }).safeParse(evidence.data);
      return data
        ? ladderPicture(
            { rungs: data.idleSeconds, backendTimeoutSeconds: data.backendTimeoutSeconds, proxyKeeps: data.proxyKeeps },
            width,
            theme,
          )
        : [];
    }
    case 'keepalive-toggle': {
      const { data } = keepaliveToggle.pick({ before: true, during: true, after: true, stoppedBecause: true }).safeParse(evidence.data);
      return data
        ? togglePicture(
            { before: data.before, during: data.during, after: data.after, live: false, said: data.stoppedBecause },
            width,
            theme,
          )
        : [];
    }
    default:
      return [];
  }
}

/** Timeouts that cut a request off, with where they are set. */
function timeoutsOf(config: Evidence | null): readonly Mark[] {
  const { data } = proxyConfig.pick({ timeout: true, proxyTimeout: true }).safeParse(config?.data);
  if (!data) return [];
  const said = (name: string, { seconds, at }: { seconds: number; at: { file: string; line: number } | null }): Mark => ({
    name: at ? `${name} (${at.file.split('/').at(-1) ?? at.file}:${at.line})` : name,
    ms: seconds * 1000,
  });
  return data.proxyTimeout ? [said('ProxyTimeout', data.proxyTimeout)] : [said('Timeout', data.timeout)];
}

const liveTimeline = z.object({
  start: z.string(),
  widthSeconds: z.number(),
  counts: z.array(z.number()),
  requests: z.array(z.number()).nullish(),
});
const liveToggle = z.object({ before: period.nullish(), during: period.nullish(), after: period.nullish() });
/** A list as it is, or under one of these names: what a check has so far. */
function listIn<T extends z.ZodType>(item: T, ...names: readonly string[]) {
  return z.preprocess((live) => {
    if (Array.isArray(live) || typeof live !== 'object' || live === null) return live;
    const named = live as Readonly<Record<string, unknown>>;
    return names.map((name) => named[name]).find((value) => Array.isArray(value)) ?? live;
  }, z.array(item));
}

const liveAttempts = listIn(
  attempt.pick({ address: true, outcome: true, latencyMs: true }).extend({ afterwards: attempt.shape.afterwards.optional() }),
  'results',
  'attempts',
);
const liveRungs = listIn(rung, 'idleSeconds', 'rungs');

/** What a running check has to show so far. */
export function livePictureOf(check: string, progress: Progress, { width, rows, theme }: PictureRoom): Line[] {
  const { live, total } = progress;
  if (live === undefined || live === null) return [];
  switch (check) {
    case 'error-log':
    case 'access-log': {
      const { data } = z.union([liveTimeline, z.object({ timeline: liveTimeline }).transform(({ timeline }) => timeline)]).safeParse(live);
      return data ? timelinePicture({ ...data, requests: null }, width, rows, theme) : [];
    }
    case 'tcp-connect': {
      const { data } = liveAttempts.safeParse(live);
      return data ? stripPicture(data, width, theme, progress.unit === 'attempts' ? total : null) : [];
    }
    case 'keepalive-probe': {
      const { data } = liveRungs.safeParse(live);
      return data ? ladderPicture({ rungs: data, backendTimeoutSeconds: null, proxyKeeps: null }, width, theme).slice(0, -1) : [];
    }
    case 'keepalive-toggle': {
      const { data } = liveToggle.safeParse(live);
      if (!data) return [];
      const toggle = { before: data.before ?? null, during: data.during ?? null, after: data.after ?? null };
      // How far it is stands above the picture already, as for every check.
      return togglePicture({ ...toggle, live: true, said: null }, width, theme);
    }
    default:
      return [];
  }
}
