/**
 * What a classifier may see: the latest evidence of the checks that its step reads, for the current subject. Evidence that is
 * absent, and evidence of a check that could not be carried out, are values of their own: `facts` is null, `state` says which.
 */
import type * as z from 'zod';
import type { Evidence } from '../engine/evidence.ts';
import type { Subject } from '../engine/events.ts';
import { type AccessLogFacts, facts as accessLog } from '../checks/access-log/facts.ts';
import { partOf } from '../checks/access-log/part-of.ts';
import { facts as backendProcess } from '../checks/backend-process/facts.ts';
import { facts as dns } from '../checks/dns/facts.ts';
import { type BackendFacts, facts as errorLog, type Mode, modes, type Part, parts } from '../checks/error-log/facts.ts';
import { facts as httpRequest } from '../checks/http-request/facts.ts';
import { facts as interfaceErrors } from '../checks/interface-errors/facts.ts';
import { facts as keepaliveProbe } from '../checks/keepalive-probe/facts.ts';
import { facts as keepaliveToggle } from '../checks/keepalive-toggle/facts.ts';
import { facts as packetCapture } from '../checks/packet-capture/facts.ts';
import { facts as proxyConfig } from '../checks/proxy-config/facts.ts';
import { facts as proxyResources } from '../checks/proxy-resources/facts.ts';
import { facts as proxyVersion } from '../checks/proxy-version/facts.ts';
import { facts as reachability } from '../checks/reachability/facts.ts';
import { facts as tcpConnect } from '../checks/tcp-connect/facts.ts';
import { facts as tlsConnect } from '../checks/tls-connect/facts.ts';

const schemas = {
  'access-log': accessLog,
  'backend-process': backendProcess,
  dns,
  'error-log': errorLog,
  'http-request': httpRequest,
  'interface-errors': interfaceErrors,
  'keepalive-probe': keepaliveProbe,
  'keepalive-toggle': keepaliveToggle,
  'packet-capture': packetCapture,
  'proxy-config': proxyConfig,
  'proxy-resources': proxyResources,
  'proxy-version': proxyVersion,
  reachability,
  'tcp-connect': tcpConnect,
  'tls-connect': tlsConnect,
} as const;

type Schemas = typeof schemas;
export type CheckName = keyof Schemas;
export type FactsOf<N extends CheckName> = z.infer<Schemas[N]>;

export interface Looked<F> {
  /** `found`: carried out, facts are there; `could-not`: tried or skipped; `absent`: never asked for. */
  readonly state: 'found' | 'could-not' | 'absent';
  readonly evidence: Evidence | null;
  readonly facts: F | null;
  readonly outcome: string | null;
}

export interface View {
  readonly subject: Subject | null;
  readonly of: <N extends CheckName>(check: N) => Looked<FactsOf<N>>;
  /** This subject's part of the error log; null where the log says nothing of it. */
  readonly backend: BackendFacts | null;
  /** The mode the subject is examined for; without a log, `none`. */
  readonly mode: string;
  /** Answers of the engineer to questions, by question id. */
  readonly answers: Readonly<Record<string, string>>;
}

/** Facts are parsed once per piece of evidence: a case is classified many times. */
const parsed = new WeakMap<Evidence, unknown>();

function factsOf<N extends CheckName>(check: N, evidence: Evidence): FactsOf<N> | null {
  if (!parsed.has(evidence)) {
    const result = schemas[check].safeParse(evidence.data);
    parsed.set(evidence, result.success ? result.data : null);
  }
  return parsed.get(evidence) as FactsOf<N> | null;
}

/**
 * @param evidence all evidence of the case in order of arrival
 * @param reads the checks the view may show; null: all
 */
export function viewOf(
  evidence: readonly Evidence[],
  subject: Subject | null,
  reads: readonly string[] | null,
  answers: Readonly<Record<string, string>> = {},
): View {
  const seen = <N extends CheckName>(check: N): Looked<FactsOf<N>> => {
    if (reads !== null && !reads.includes(check)) return { state: 'absent', evidence: null, facts: null, outcome: null };
    const newest = newestOf(evidence, check, subject?.key ?? null);
    if (newest === null) return { state: 'absent', evidence: null, facts: null, outcome: null };
    const facts = newest.status === 'ok' ? factsOf(check, newest) : null;
    return { state: facts === null ? 'could-not' : 'found', evidence: newest, facts, outcome: facts === null ? null : newest.outcome };
  };
  const log = seen('error-log').facts;
  const whole = subject === null ? null : (log?.backends.find((entry) => entry.backend === subject.backend || entry.names.includes(subject.backend)) ?? null);
  const backend = subject === null || whole === null ? null : ofSubject(whole, subject);
  const part = partNamed(subject);
  const of = <N extends CheckName>(check: N): Looked<FactsOf<N>> => {
    const looked = seen(check);
    if (check !== 'access-log' || subject === null || looked.facts === null) return looked;
    return { ...looked, facts: partOf(looked.facts as AccessLogFacts, [subject.backend, ...(backend?.names ?? []), ...(backend === null ? [] : [backend.backend])], part) as FactsOf<N> };
  };
  return { subject, of, backend, mode: subject?.mode ?? 'none', answers };
}

/** What the log says of the failures that the subject is examined for, where it tells them from the backend's others. */
function ofSubject(whole: BackendFacts, subject: Subject): BackendFacts {
  const part = whole.parts?.find((one) => one.part === subject.part);
  if (part !== undefined) return part;
  const times = whole.times?.[subject.mode];
  if (times === undefined) return whole;
  const { frequency, frequencyBecause, aside: _aside, ...when } = times;
  const often = frequency === undefined ? {} : { frequencyByMode: { ...whole.frequencyByMode, [subject.mode]: frequency }, frequencyBecause: frequencyBecause ?? whole.frequencyBecause };
  return { ...whole, ...when, ...often };
}

function partNamed(subject: Subject | null): Part | Mode | null {
  return [...parts, ...modes].find((one) => one === (subject?.part ?? subject?.mode)) ?? null;
}

/** The newest evidence of a check for a subject, else the case-wide one; superseded evidence and that of a verification do not count. */
export function newestOf(evidence: readonly Evidence[], check: string, subject: string | null): Evidence | null {
  let caseWide: Evidence | null = null;
  for (let index = evidence.length - 1; index >= 0; index -= 1) {
    const entry = evidence[index];
    if (entry === undefined || entry.check !== check || entry.superseded === true || entry.afterConclusion === true) continue;
    if (entry.subject === subject) return entry;
    if (entry.subject === null) caseWide ??= entry;
  }
  return caseWide;
}
