/** Facts of the check `access-log`: which requests failed, what they have in common, how long they took. */
import * as z from 'zod';
import { modes, parts } from '../error-log/facts.ts';

const ms = z.object({ p50: z.number(), p95: z.number(), max: z.number() });
const iso = z.string();

export const patternFacts = z.object({
  method: z.string().nullable(),
  /** Path template, variable parts as `{id}`; null: the pattern is the method alone. */
  path: z.string().nullable(),
  requests: z.number(),
  failed: z.number(),
  /** Share of all failures that keep to it, 0 to 1; failed connects, look-ups and handshakes come before the request and are left out. */
  share: z.number(),
  /** The same of the failures of `backend` alone, where others fail too. */
  shareOfBackend: z.number().optional(),
  oddsRatio: z.number(),
  /** Exact test, corrected for all patterns tried. */
  pValue: z.number(),
  /** The backend whose requests it was compared with; null: all requests. */
  backend: z.string().nullable().optional(),
  because: z.string().optional(),
});
export type PatternFacts = z.infer<typeof patternFacts>;

const durationCluster = z.object({
  seconds: z.number(),
  failures: z.number(),
  share: z.number(),
  directive: z.object({ name: z.string(), value: z.string(), file: z.string(), line: z.number() }).nullable(),
  /** Said where no line sets it: httpd's own default. */
  note: z.string().nullable().optional(),
});

export const facts = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      bytes: z.number(),
      lines: z.number(),
      from: iso.nullable(),
      to: iso.nullable(),
      format: z.string().nullable(),
      trouble: z.string().nullable(),
      /** What a reader must know: lines that could not be read, another format than was named. */
      notes: z.array(z.string()).optional(),
    }),
  ),
  window: z.object({ from: iso.nullable(), to: iso.nullable(), covered: z.boolean(), because: z.string() }),
  requests: z.number(),
  /** Requests with a status that the proxy gives for failures of this kind (400, 408, 500, 502, 503, 504). */
  failed: z.number(),
  clients: z.number(),
  /** Clients with a request that failed between proxy and backend. */
  failedClients: z.number().optional(),
  statuses: z.record(z.string(), z.number()),
  /** 5xx that the application itself sent (`%{proxy-status}n`, or no error line); null where it can't be told. */
  applicationErrors: z.number().nullable(),
  applicationErrorsBecause: z.string(),
  /** Failures with an error-log line of the backend's side, by status. */
  matchedWithErrorLog: z.record(z.string(), z.number()),
  /** What stands behind each status: a family of the error log, or `application`, `silent`, `unexplained`, `client-error`. */
  explained: z.array(z.object({ status: z.number(), what: z.string(), requests: z.number() })).optional(),
  /** Clients with the most failed requests. */
  topClients: z.array(z.object({ client: z.string(), failed: z.number(), share: z.number() })).optional(),
  /** Patterns that hold, strongest first. */
  patterns: z.array(patternFacts),
  patternsTried: z.number(),
  /** Set where there were too many different paths: the rare ones were counted in a sketch. */
  patternsNote: z.string().nullable().optional(),
  /** Of the failed requests: share with a request body (POST, PUT, PATCH), and share on kept-alive client connections (`%k`, `%X`). */
  withBodyShare: z.number().nullable(),
  /** In milliseconds; `logged` is the unit that the log writes, and no number is finer than that. (Cases of before have the log's in `unit`.) */
  durations: z.object({
    unit: z.enum(['us', 'ms', 's']).nullable(),
    logged: z.enum(['us', 'ms', 's']).nullable().optional(),
    failed: ms.nullable(),
    good: ms.nullable(),
  }),
  /** A timeout that failures pile up at, with the directive that sets it where one does. */
  durationCluster: durationCluster.nullable(),
  /** The same for each backend, where several fail. */
  durationClusters: z.array(durationCluster.extend({ backend: z.string() })).optional(),
  /** The same for failures of one backend that have nothing to do with each other: parts of those in flight, and uploads that its clients broke off. */
  parts: z
    .array(
      z.object({
        backend: z.string(),
        part: z.enum([...parts, ...modes]),
        failed: z.number(),
        patterns: z.array(patternFacts),
        patternsTried: z.number(),
        failedDurations: ms.nullable(),
        durationCluster: durationCluster.nullable(),
      }),
    )
    .optional(),
  /** Size of the answers, failed against good, in bytes, where the log tells. */
  sizes: z.object({ failed: ms.nullable(), good: ms.nullable() }),
  timeline: z.object({ start: iso, widthSeconds: z.number(), requests: z.array(z.number()), failed: z.array(z.number()) }).nullable(),
});
export type AccessLogFacts = z.infer<typeof facts>;
