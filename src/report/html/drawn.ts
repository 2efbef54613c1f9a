/** What the charts need, read out of the evidence of a report. Evidence of another make draws nothing. Pure. */
import * as z from 'zod';
import type { Report } from '../schema.ts';

const timeline = z.object({
  timeline: z.object({
    start: z.string(),
    widthSeconds: z.number().positive(),
    counts: z.array(z.number()).min(1),
    requests: z.array(z.number()).nullish(),
  }),
});
const lifecycle = z.object({ lifecycle: z.array(z.object({ time: z.string().nullable(), what: z.string() })) });
const values = z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable();
const durations = z.object({ durations: z.object({ failed: values, good: values }) });
const cluster = z.object({ durationCluster: z.object({ seconds: z.number() }) });
const limits = z.object({ timeout: z.object({ seconds: z.number() }), proxyTimeout: z.object({ seconds: z.number() }).nullable() });

export type Timeline = z.infer<typeof timeline>['timeline'];
export interface Mark {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: 'check' | 'change' | 'note' | 'httpd';
  readonly text: string;
}
export interface Durations {
  /** Milliseconds. */
  readonly failed: z.infer<typeof values>;
  readonly good: z.infer<typeof values>;
  readonly limits: readonly { readonly name: string; readonly seconds: number }[];
  /** A time that failures pile up at, in seconds. */
  readonly cluster: number | null;
}

function newest(report: Report, check: string): unknown {
  return report.evidence.findLast((one) => one.check === check && one.status === 'ok' && one.superseded !== true)?.data;
}

/** Null where nothing failed too: an empty chart says nothing. */
export function timelineOf(report: Report): Timeline | null {
  const found = timeline.safeParse(newest(report, 'error-log')).data?.timeline;
  return found === undefined || found.counts.every((count) => count === 0) ? null : found;
}

/** What happened on the timeline, in the order of time: checks, changes, notes, and httpd's own starts and stops. */
export function marksOf(report: Report): readonly Mark[] {
  const checks = report.evidence
    .filter((one) => one.status === 'ok')
    .map((one): Mark => ({ at: Date.parse(one.startedAt), kind: one.check === 'keepalive-toggle' ? 'change' : 'check', text: one.check }));
  const notes = report.notes.map((note): Mark => ({ at: Date.parse(note.at), kind: 'note', text: `note: ${note.text}` }));
  const httpd = lifecycle.safeParse(newest(report, 'error-log')).data?.lifecycle ?? [];
  const events = httpd.flatMap((one): Mark[] =>
    one.time === null ? [] : [{ at: Date.parse(one.time), kind: 'httpd', text: `httpd: ${one.what}` }],
  );
  return [...events, ...checks, ...notes].filter((mark) => !Number.isNaN(mark.at)).sort((a, b) => a.at - b.at);
}

export function durationsOf(report: Report): Durations | null {
  const data = newest(report, 'access-log');
  const found = durations.safeParse(data).data?.durations;
  if (found === undefined || (found.failed === null && found.good === null)) return null;
  const config = limits.safeParse(newest(report, 'proxy-config')).data;
  const known =
    config === undefined
      ? []
      : [
          { name: 'Timeout', seconds: config.timeout.seconds },
          ...(config.proxyTimeout === null ? [] : [{ name: 'ProxyTimeout', seconds: config.proxyTimeout.seconds }]),
        ];
  const longest = Math.max(found.failed?.max ?? 0, found.good?.max ?? 0) / 1000;
  // A limit far beyond everything seen would press the picture together.
  return {
    ...found,
    limits: known.filter((limit) => limit.seconds <= longest * 2),
    cluster: cluster.safeParse(data).data?.durationCluster.seconds ?? null,
  };
}
