/** Facts of the check `error-log`: what the proxy's error log (with its access log beside it) says of each backend in the window. */
import * as z from 'zod';

export const families = [
  'connect-failed',
  'body-failed',
  'client-aborted',
  'status-line-failed',
  'response-failed',
  'bad-response',
  'dns-failed',
  'worker-disabled',
  'stale-keepalive',
  'tls-failed',
  'capacity',
  'client-error',
  'config',
  'lifecycle',
  'internal',
  'trace',
] as const;
export type Family = (typeof families)[number];

/** How a backend's failures are examined; several families are one mode. */
export const modes = ['connect', 'in-flight', 'dns', 'tls', 'client', 'capacity', 'none'] as const;
export type Mode = (typeof modes)[number];

export const frequencies = ['every', 'clusters', 'sporadic', 'none'] as const;
export type Frequency = (typeof frequencies)[number];

/**
 * Parts of a backend's failures in flight that have nothing to do with each other: no answer in time on one operation, connections dropped
 * on another, and what fails elsewhere at other moments.
 */
export const parts = ['timeouts', 'drops', 'elsewhere'] as const;
export type Part = (typeof parts)[number];

const counts = z.record(z.string(), z.number());
const iso = z.string();
const span = z.object({ from: iso, to: iso });

export const logLine = z.object({ file: z.string(), line: z.number().nullable(), time: iso.nullable(), text: z.string() });

const judged = z.object({
  /** ADDRESS:PORT or NAME:PORT as httpd logs it before the parentheses. */
  backend: z.string(),
  /** Other names of the same backend that are counted here. */
  names: z.array(z.string()),
  families: counts,
  /** By AH code, or by template key where a version has no codes. */
  codes: counts,
  /** By symbol; `none` where the line has no errno. */
  errnos: counts,
  /** The same, for each mode: which errnos the connect failures had, which the failures in flight. */
  errnosByMode: z.record(z.string(), counts),
  /** Failures, two lines of one failure counted once. */
  failures: z.number(),
  byMode: counts,
  frequency: z.enum(frequencies),
  frequencyBecause: z.string(),
  /** `access-log`: judged against requests that succeeded; `error-log`: from the failures' times alone, and so weaker. */
  frequencyBasis: z.enum(['access-log', 'error-log']),
  /** The frequency of each mode by itself. */
  frequencyByMode: z.record(z.string(), z.enum(frequencies)),
  /** One flat stretch without a success, begun or ended inside the window. */
  outage: span.nullable(),
  /**
   * `succeeded`: requests that got through in the middle of it; null where their order to the failures is not known. `timesUsual`: its rate of
   * requests over that outside of all bursts; null where that is not known.
   */
  bursts: z.array(z.object({ from: iso, to: iso, failures: z.number(), succeeded: z.number().nullable().optional(), timesUsual: z.number().nullable().optional() })),
  /** Requests to this backend in the window, and how many failed on its side; null without an access log that tells. */
  requests: z.number().nullable(),
  failedRequests: z.number().nullable(),
  /** Rank correlation of failures with the request rate, and of how many buckets; null where it can't be told. */
  loadCorrelation: z.object({ r: z.number(), buckets: z.number(), pValue: z.number() }).nullable(),
  first: iso.nullable(),
  last: iso.nullable(),
  /** When the first and the last request began that failed in that mode; without an access log, when they failed. */
  beganByMode: z.record(z.string(), span).optional(),
  /** Does it still happen, as far as the log can tell (last failure's age against the rate so far, a success since)? */
  ongoing: z.boolean().nullable(),
  ongoingBecause: z.string(),
  /** Requests of this backend that succeeded after its last failure; null where no log tells. */
  successesSince: z.number().nullable(),
  /** Failures in flight: time from the request's start to the failure where the access log tells, in ms. */
  inFlightDurationsMs: z.object({ p50: z.number(), p95: z.number(), max: z.number(), count: z.number() }).nullable(),
  /** Failures in flight that came on a connection known to be fresh (debug lines), or known to be reused; else not counted. */
  freshFailures: z.number(),
  reusedFailures: z.number(),
  samples: z.array(logLine),
});

const times = judged.pick({ outage: true, bursts: true, first: true, last: true, ongoing: true, ongoingBecause: true, successesSince: true }).extend({
  aside: z.number(),
  /** Where an outage of this kind alone is told: how often, by itself. */
  frequency: z.enum(frequencies).optional(),
  frequencyBecause: z.string().optional(),
});

export const backendFacts = judged.extend({
  /** Where it fails in several ways: when each of them came, and how many of it aside from the commonest one's times. */
  times: z.record(z.string(), times).optional(),
  /** Where its failures in flight fall into parts: what the logs say of each by itself. */
  parts: z.array(judged.extend({ part: z.enum(parts) })).optional(),
});
export type BackendFacts = z.infer<typeof backendFacts>;

export const facts = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      bytes: z.number(),
      lines: z.number(),
      matched: z.number(),
      from: iso.nullable(),
      to: iso.nullable(),
      layout: z.string().nullable(),
      /** Why it does not tell, where it does not: empty, no httpd error log, older than the window. */
      trouble: z.string().nullable(),
      /** What a reader must know: it was rotated while it was read, lines were cut. */
      notes: z.array(z.string()).optional(),
    }),
  ),
  lines: z.number(),
  /** Lines of the proxy path that were recognised. */
  matched: z.number(),
  /** Lines that look like the proxy path but match no known message. */
  notRecognised: z.number(),
  notRecognisedSamples: z.array(logLine),
  window: z.object({ from: iso.nullable(), to: iso.nullable(), covered: z.boolean(), because: z.string() }),
  /** The zone the error log's times were read in: `+0000`, and where that comes from. */
  zone: z.object({ offset: z.string(), from: z.string() }),
  families: counts,
  backends: z.array(backendFacts),
  /** Failures whose lines name no backend and that nothing else gives one. */
  unassigned: z.number().optional(),
  /** Limits of the proxy itself, not of one backend. */
  capacity: z.array(logLine.extend({ code: z.string().nullable(), errno: z.string().nullable() })),
  capacityCount: z.number(),
  /** Starts, stops, reloads and child crashes of httpd, oldest first. */
  lifecycle: z.array(logLine.extend({ what: z.enum(['start', 'stop', 'restart', 'graceful', 'child-crash', 'other']) })),
  timeline: z
    .object({ start: iso, widthSeconds: z.number(), counts: z.array(z.number()), requests: z.array(z.number()).nullable() })
    .nullable(),
  /** Impact over the requests that go to any backend; null where no access log tells. */
  impact: z.object({ requests: z.number(), failed: z.number(), clients: z.number(), since: iso.nullable() }).nullable(),
  /** The most frequent referer-free sample lines, for the report. */
  samples: z.array(logLine),
});
export type ErrorLogFacts = z.infer<typeof facts>;
