/**
 * How many requests on fresh connections it takes to say something. If a share `p` of the requests fails, `n` of them in a row succeed by
 * chance with (1-p)^n: two good answers are no proof against one failure in ten. Pure.
 */
import type { Known } from '../check.ts';
import { facts as accessLogFacts } from '../access-log/facts.ts';
import { partOf } from '../access-log/part-of.ts';
import type { BackendFacts } from '../error-log/facts.ts';
import { facts as errorLogFacts } from '../error-log/facts.ts';

/** What chance is allowed to explain: one in twenty. */
const chance = 0.05;
/** A pair shows whether any answer comes at all; more than thirty are a load of their own. */
const fewest = 2;
const most = 30;
/** Where no log tells the rate. */
const withoutRate = 5;

/** Share of this backend's requests that fail in flight, by the log; null where it does not tell. */
export function rateInFlight(backend: BackendFacts | null | undefined): number | null {
  if (backend === null || backend === undefined || backend.requests === null || backend.requests === 0) return null;
  return Math.min(1, (backend.byMode['in-flight'] ?? 0) / backend.requests);
}

/** Requests in a row that must succeed before chance is no longer an explanation; infinity where nothing fails. */
export function enough(rate: number): number {
  return rate >= 1 ? 1 : Math.ceil(Math.log(chance) / Math.log1p(-rate));
}

export function freshCount(known: Known): number {
  const subject = known.subject;
  if (subject === null) return fewest;
  const log = errorLogFacts.safeParse(known.evidence('error-log')?.data).data;
  const backend = log?.backends.find((one) => one.backend === subject.backend || one.names.includes(subject.backend));
  const access = accessLogFacts.safeParse(known.evidence('access-log')?.data).data;
  // Failures that keep to one operation are not met by asking for another one.
  const patterns = access === undefined ? [] : partOf(access, [subject.backend, ...(backend === undefined ? [] : [backend.backend, ...backend.names])]).patterns;
  if (patterns.some(({ path }) => path !== null)) return fewest;
  const rate = rateInFlight(backend);
  if (rate === null) return withoutRate;
  return Math.max(fewest, Math.min(most, enough(rate)));
}
