/** From the endings of a case to its diagnoses: confidence, ongoing, rivals, remedies; one entry a cause, worst first. Pure. */
import type { Claim, Diagnosis, Pattern } from '../engine/conclusion.ts';
import type { Ending, State, Visit } from '../engine/state.ts';
import type { Reader } from './classifiers/classifier.ts';
import { judge } from './confidence.ts';
import type { Declared } from './declared.ts';
import { fill, remediesOf } from './remedies.ts';
import { read } from './signs/all.ts';
import { leftOpen, unexplained } from './unexplained.ts';
import { type View, viewOf } from './view.ts';

/** Causes that are one for the whole proxy, whichever backends show them. */
const ofTheProxy = new Set(['proxy-exhausted', 'proxy-bug', 'no-proxy-errors', 'undetermined']);
/** Causes for which a pattern among the requests says where to look in the backend. */
const withPattern = new Set(['backend-crashed', 'backend-stalled', 'request-not-sent', 'keepalive-race', 'network-loss', 'undetermined']);

/** Causes that break what is in flight when they begin, and let no further request through. */
const breaksAtStart = new Set(['backend-not-running', 'network-blocked', 'backend-not-found']);
/** Used connections are tried by then: each request on one of them may wait for its timeout before the next is sent. */
const startMs = 30_000;

interface Weighed {
  readonly diagnosis: Diagnosis;
  readonly view: View;
  readonly mode: string | null;
  /** What failed in flight did so when connects began to fail for good. */
  readonly brokeAtStart: Claim | null;
  readonly failures: number;
}

/** @param declared every diagnosis of the flow, by id */
export function conclude(state: State, declared: Readonly<Record<string, Declared>>): Diagnosis[] {
  const visits = [...state.path, ...state.ahead];
  const weighed = state.endings.flatMap((ending) => {
    const entry = declared[ending.diagnosis];
    return entry === undefined ? [] : [weigh(ending, entry, state, visits)];
  });
  if (weighed.length === 0) return nothingExamined(state, declared);
  return inOrder(merge(withoutSymptoms(withoutOpenOnes(weighed)))).map((one) => one.diagnosis);
}

/** No backend was known, so no live check could pass: silence of the logs is no health. */
function nothingExamined(state: State, declared: Readonly<Record<string, Declared>>): Diagnosis[] {
  const entry = declared['undetermined'];
  if (entry === undefined) return [];
  const open: Ending = { subject: null, step: entry.id, diagnosis: entry.id };
  const { diagnosis } = weigh(open, entry, state, state.path);
  return [{ ...diagnosis, summary: `${entry.summary} No backend is known: none is configured, named in the log, or given with --backend.` }];
}

function weigh(ending: Ending, declared: Declared, state: State, visits: readonly Visit[]): Weighed {
  const subject = state.subjects?.find((one) => one.key === ending.subject) ?? null;
  const mine = visits.filter((visit) => visit.subject === ending.subject || visit.subject === null);
  const answers = answersOf(mine, ending.subject);
  const view = viewOf(state.evidence, subject, null, answers);
  const sign = read(view);
  const last = mine[mine.length - 1];
  const judgement = judge(declared, sign, {
    overruled: mine.some((visit) => visit.suggested !== null && visit.suggested !== visit.outcome),
    answered: mine.some((visit) => visit.decidedBy === 'answer' && visit.outcome !== 'unknown'),
  });
  const evidence = [...new Set([...judgement.for, ...judgement.against].flatMap((claim) => claim.evidence).concat(last?.evidence ?? []))].sort(byNumber);
  return {
    view,
    failures: subject?.failures ?? 0,
    mode: subject?.mode ?? null,
    brokeAtStart: brokeAtStart(view),
    diagnosis: {
      id: declared.id,
      backend: ofTheProxy.has(declared.id) && declared.id !== 'proxy-exhausted' && declared.id !== 'proxy-bug' ? null : (subject?.backend ?? null),
      confidence: judgement.confidence,
      ongoing: ongoing(declared.id, view, sign),
      summary: summary(declared, view, last),
      evidence,
      for: judgement.for,
      against: judgement.against,
      open: [...unexplained(declared.id, view, state.subjects ?? []), ...openClaims(declared, view)],
      rivals: judgement.rivals,
      pattern: withPattern.has(declared.id) ? patternOf(view) : null,
      remedies: remediesOf(declared, view),
    },
  };
}

/** Answers of the engineer along the way of one subject (and of the triage before it), by question step. */
export function answersOf(all: readonly Visit[], subject: string | null): Record<string, string> {
  const visits = all.filter((visit) => visit.subject === null || visit.subject === subject);
  return Object.fromEntries(visits.filter((visit) => visit.suggested === null && (visit.decidedBy === 'answer' || visit.decidedBy === 'default')).map((visit) => [visit.step, visit.outcome]));
}

function summary(declared: Declared, view: View, last: Visit | undefined): string {
  const because = last?.because;
  const text = fill(declared.summary, view);
  return declared.id === 'undetermined' && because ? `${text} ${capital(because)}.` : text;
}

/**
 * Does it still happen? From a live check that saw it where there is one, else from the log's own judgement of the last failure's age against the
 * rate; never from the mere fact that the log has failures.
 */
function ongoing(id: string, view: View, sign: Reader): boolean | null {
  const yes = (name: Parameters<Reader>[0]): boolean => sign(name).state === 'yes';
  const log = view.backend?.ongoing ?? null;
  switch (id) {
    case 'no-proxy-errors':
      return false;
    case 'backend-not-running':
    case 'network-blocked':
      if (yes('refused-now') || yes('timeouts-now') || yes('unreachable-now') || yes('denied-now') || yes('daemon-denied') || yes('mixed-now')) return true;
      return yes('connects-now') && !yes('log-denied') ? false : log;
    case 'backend-not-found':
      // Who fails at an address of yesterday is no longer asked once httpd has looked the name up again.
      if (yes('name-moved')) return (view.backend?.successesSince ?? 0) > 0 ? log === true && view.backend?.frequency === 'clusters' : log;
      if (yes('not-resolved-now') || yes('unreachable-now') || yes('neighbour-failed')) return true;
      return yes('connects-now') ? false : (log ?? (yes('resolves-now') ? false : null));
    case 'backend-overloaded':
      return yes('mixed-now') || yes('queue-full') || yes('refused-now') || yes('timeouts-now') ? true : log;
    case 'backend-tls':
      return yes('tls-fails') || yes('tls-proxy-refuses') ? true : yes('tls-ok') && log !== true ? false : log;
    case 'backend-crashed':
      return yes('fresh-dropped') || yes('fresh-mixed') || yes('probe-fresh-fails') || yes('capture-backend-closes') ? true : log;
    case 'backend-stalled':
      return yes('fresh-no-answer') || yes('probe-fresh-fails') || yes('capture-backend-silent') || yes('backend-not-reading') ? true : log;
    case 'keepalive-race':
      return yes('capture-backend-closes') ? true : log;
    case 'network-loss':
      return yes('capture-loss') || yes('mtu-hole') ? true : log;
    default:
      return log;
  }
}

function openClaims(declared: Declared, view: View): Claim[] {
  return declared.decidedBy.flatMap((check): Claim[] => {
    const looked = view.of(check as Parameters<View['of']>[0]);
    if (looked.state === 'found') return [];
    if (looked.evidence === null) return [{ text: `${check} was not carried out`, evidence: [] }];
    const remedy = looked.evidence.remedy === null ? '' : ` (${looked.evidence.remedy})`;
    return [{ text: `${check}: ${looked.evidence.summary}${remedy}`, evidence: [looked.evidence.id] }];
  });
}

function patternOf(view: View): Pattern | null {
  const strongest = view.of('access-log').facts?.patterns[0];
  return strongest === undefined ? null : { method: strongest.method, path: strongest.path, share: strongest.share };
}

/**
 * A way that is cut, or a program that ends, breaks the requests on connections that were made before: they wait for an answer until the
 * timeout, or are reset, while every later request fails to connect. One cause, and the connects tell which.
 */
function brokeAtStart(view: View): Claim | null {
  const log = view.of('error-log');
  const { frequency, beganByMode } = view.backend ?? {};
  const [connects, inFlight] = [beganByMode?.['connect'], beganByMode?.['in-flight']];
  if (log.evidence === null || frequency !== 'every' || connects === undefined || inFlight === undefined) return null;
  const [from, first, last] = [connects.from, inFlight.from, inFlight.to].map((time) => Date.parse(time)) as [number, number, number];
  if (Math.abs(first - from) > startMs || Math.abs(last - from) > startMs) return null;
  return { text: `${view.backend?.byMode['in-flight'] ?? 0} requests that were under way on connections made before broke when it began`, evidence: [log.evidence.id] };
}

/** A backend that hangs answers nothing in flight, and takes no connection any more once its accept queue is full. */
function mayBeQueue({ rivals }: Diagnosis): boolean {
  return rivals.some(({ id, state }) => id === 'backend-overloaded' && state !== 'refuted');
}

/**
 * Nor is it a loss on the way where the backend is known to get more than it accepts: Linux lets a client believe that it is connected
 * while the accept queue is full, drops what it sends, and has it sent again.
 */
function withoutSymptoms(all: readonly Weighed[]): Weighed[] {
  const causeOf = (one: Weighed): Weighed | undefined =>
    one.mode !== 'in-flight' || one.diagnosis.confidence === 'confirmed' || one.brokeAtStart === null
      ? undefined
      : all.find(({ mode, diagnosis }) => mode === 'connect' && diagnosis.backend === one.diagnosis.backend && breaksAtStart.has(diagnosis.id) && !mayBeQueue(diagnosis));
  const isQueue = (one: Weighed): boolean =>
    one.diagnosis.id === 'network-loss' &&
    one.diagnosis.confidence !== 'confirmed' &&
    all.some(({ diagnosis }) => diagnosis.id === 'backend-overloaded' && diagnosis.confidence === 'confirmed' && diagnosis.backend === one.diagnosis.backend);
  return all
    .filter((one) => causeOf(one) === undefined && !isQueue(one))
    .map((one) => {
      const claim = one.brokeAtStart;
      if (claim === null || !all.some((other) => causeOf(other) === one)) return one;
      return { ...one, diagnosis: { ...one.diagnosis, for: [...one.diagnosis.for, claim] } };
    });
}

/**
 * What fails on no operation in particular, beside one that fails by itself, is a cause of its own only where connections are seen to fail on
 * reuse. Else it is left open beside a cause of the same backend that was found, as are failures of a kind for which none was.
 */
function withoutOpenOnes(all: readonly Weighed[]): Weighed[] {
  const besides = (one: Weighed): Weighed | undefined =>
    all.find((other) => other.view.subject?.backend === one.view.subject?.backend && !isOpen(other) && other.diagnosis.id !== 'no-proxy-errors');
  return all
    .filter((one) => !isOpen(one) || besides(one) === undefined)
    .map((one) => {
      const claims = all.filter((other) => isOpen(other) && besides(other) === one).flatMap(({ view }) => leftOpen(view) ?? []);
      return claims.length === 0 ? one : { ...one, diagnosis: { ...one.diagnosis, open: [...claims, ...one.diagnosis.open] } };
    });
}

function isOpen({ diagnosis, view: { subject } }: Weighed): boolean {
  if (diagnosis.id === 'undetermined') return true;
  return subject?.part === 'elsewhere' && (diagnosis.id !== 'keepalive-race' || diagnosis.confidence === 'possible');
}

/** One cause is one entry; what is healthy or undecided stands only where nothing else does. */
function merge(all: readonly Weighed[]): Weighed[] {
  const found = all.filter((one) => one.diagnosis.id !== 'no-proxy-errors' && one.diagnosis.id !== 'undetermined');
  const rest = all.filter((one) => one.diagnosis.id === 'undetermined');
  const pool = found.length > 0 ? found : rest.length > 0 ? rest : all;
  const merged: Weighed[] = [];
  for (const one of pool) {
    const index = merged.findIndex((other) => other.diagnosis.id === one.diagnosis.id && (other.diagnosis.backend === one.diagnosis.backend || ofTheProxy.has(one.diagnosis.id)));
    const other = merged[index];
    if (other === undefined) merged.push(one);
    else merged[index] = joined(other, one);
  }
  return merged;
}

function joined(a: Weighed, b: Weighed): Weighed {
  const worse = b.failures > a.failures ? b.diagnosis : a.diagnosis;
  const both = <T extends { text: string }>(one: readonly T[], two: readonly T[]): T[] => [...one, ...two.filter((claim) => !one.some((known) => known.text === claim.text))];
  return {
    ...a,
    failures: a.failures + b.failures,
    diagnosis: {
      ...worse,
      ongoing: a.diagnosis.ongoing === true || b.diagnosis.ongoing === true ? true : (a.diagnosis.ongoing ?? b.diagnosis.ongoing),
      // What is said of several is as sure as the weakest of them.
      confidence: (['possible', 'likely', 'confirmed'] as const).find((word) => word === a.diagnosis.confidence || word === b.diagnosis.confidence) ?? 'possible',
      evidence: [...new Set([...a.diagnosis.evidence, ...b.diagnosis.evidence])].sort(byNumber),
      for: both(a.diagnosis.for, b.diagnosis.for),
      against: both(a.diagnosis.against, b.diagnosis.against),
      open: both(a.diagnosis.open, b.diagnosis.open),
    },
  };
}

function inOrder(all: readonly Weighed[]): Weighed[] {
  const rank = (one: Weighed): number => (one.diagnosis.ongoing === true ? 0 : one.diagnosis.ongoing === null ? 1 : 2);
  return [...all].sort((a, b) => rank(a) - rank(b) || b.failures - a.failures);
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
