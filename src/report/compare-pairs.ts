/** What each report says of each backend: the cells of the table that `compare` concludes from. Pure. */
import * as z from 'zod';
import type { Report, ReportEvidence } from './schema.ts';

/** One report and the name of the proxy that it is about. */
export interface Source {
  readonly file: string;
  readonly proxy: string;
  readonly report: Report;
}

/**
 * `fails`: diagnosed, and goes on (or nobody can tell); `over`: failed in the window, not any more; `works`: seen to answer, or to be
 * connected to; `quiet`: its requests go through this proxy's configuration, and the log that covers the window has no failure of it.
 */
export type PairState = 'fails' | 'over' | 'works' | 'quiet';

/** One proxy and one backend that its report knows something of. */
export interface Pair {
  readonly proxy: string;
  readonly file: string;
  /** The same for all reports, whatever name a proxy has for it. */
  readonly backend: string;
  readonly state: PairState;
  readonly diagnoses: readonly string[];
  readonly because: string;
}

/** Causes that the report finds at the proxy itself or before it, whatever the backend. */
const proxysOwn = new Set(['proxy-exhausted', 'proxy-bug', 'request-not-sent']);

export function isProxysOwn(diagnosis: string): boolean {
  return proxysOwn.has(diagnosis);
}

const configured = z.object({ backends: z.array(z.object({ backend: z.string() })) });
const logged = z.object({
  window: z.object({ covered: z.boolean() }),
  backends: z.array(z.object({ backend: z.string(), names: z.array(z.string()).catch([]), failures: z.number().catch(1) })),
});
const resolved = z.object({ addresses: z.array(z.string()), literal: z.boolean() });
const read = z.object({ requests: z.number() });

/** Outcomes of live checks that show a backend at work. */
const atWork: Readonly<Record<string, readonly string[]>> = {
  'tcp-connect': ['connected'],
  'http-request': ['answered'],
  'tls-connect': ['handshake-ok'],
};

/** The cells of one report. Backends of which it tells nothing have none. */
export function pairsOf(source: Source, nameOf: (source: Source, backend: string) => string): Pair[] {
  const { report, proxy, file } = source;
  const pairs = new Map<string, Pair>();
  const set = (backend: string, state: PairState, because: string, diagnoses: readonly string[] = []): void => {
    const name = nameOf(source, backend);
    if (!pairs.has(name)) pairs.set(name, { proxy, file, backend: name, state, because, diagnoses });
  };
  for (const backend of new Set(
    report.diagnoses.flatMap((one) => (one.backend === null || one.id === 'no-proxy-errors' || isProxysOwn(one.id) ? [] : [one.backend])),
  )) {
    const its = report.diagnoses.filter((one) => one.backend === backend);
    set(
      backend,
      its.every((one) => one.ongoing === false) ? 'over' : 'fails',
      its.map((one) => `${one.id} (${one.confidence}${one.ongoing === false ? ', over' : ''})`).join(', '),
      its.map((one) => one.id),
    );
  }
  for (const left of report.leftOut) set(left.backend, 'fails', `${left.failures} failures in the log, not examined`);
  const log = factsOf(report, 'error-log', logged);
  const failing = log?.backends.filter((one) => one.failures > 0) ?? [];
  const diagnosed = new Set(report.diagnoses.flatMap((one) => one.backend ?? []));
  for (const one of report.evidence) {
    if (one.subject === null || one.superseded === true || one.status !== 'ok' || diagnosed.has(one.subject)) continue;
    if (atWork[one.check]?.includes(one.outcome) === true) set(backendOf(one.subject), 'works', `${one.check}: ${one.outcome}`);
  }
  const someTraffic = (factsOf(report, 'access-log', read)?.requests ?? 0) > 0;
  if (log?.window.covered === true && someTraffic) {
    const known = new Set(failing.flatMap((one) => [one.backend, ...one.names]).map((one) => nameOf(source, one)));
    for (const { backend } of factsOf(report, 'proxy-config', configured)?.backends ?? []) {
      if (!known.has(nameOf(source, backend))) set(backend, 'quiet', 'no failure of it in a log that covers the window');
    }
  }
  return [...pairs.values()];
}

/** A subject's key may carry the kind of failure after the backend, and the part of it: `192.0.2.2:9000/in-flight-drops`. */
function backendOf(subject: string): string {
  return subject.replace(/\/(?:connect|in-flight|dns|tls|client|capacity|none)(?:-\w+)?$/, '');
}

/** Names that one report uses for the same backend, by its log. */
export function sameNames(report: Report): string[][] {
  return (factsOf(report, 'error-log', logged)?.backends ?? []).map((one) => [one.backend, ...one.names]);
}

export interface Resolution {
  /** `name:port` */
  readonly backend: string;
  /** `address:port`, sorted. */
  readonly addresses: readonly string[];
}

/** What names resolved to where this report was made. */
export function resolutions(report: Report): Resolution[] {
  return report.evidence.flatMap((one) => {
    const facts = one.check === 'dns' && one.status === 'ok' && one.superseded !== true ? resolved.safeParse(one.data).data : undefined;
    if (facts === undefined || facts.literal || one.subject === null) return [];
    const backend = backendOf(one.subject);
    const port = backend.slice(backend.lastIndexOf(':'));
    return [{ backend, addresses: facts.addresses.map((address) => `${address.includes(':') ? `[${address}]` : address}${port}`).sort() }];
  });
}

function factsOf<T>(report: Report, check: string, schema: z.ZodType<T>): T | undefined {
  const found: ReportEvidence | undefined = report.evidence.findLast(
    (one) => one.check === check && one.status === 'ok' && one.superseded !== true,
  );
  return found === undefined ? undefined : schema.safeParse(found.data).data;
}
