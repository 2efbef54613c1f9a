/** Facts → outcome. Pure. */
import type { Classified } from '../check.ts';
import { backendSide } from '../logs/roles.ts';
import { count, plural } from '../logs/words.ts';
import type { BackendFacts, ErrorLogFacts } from './facts.ts';

export const outcomes = {
  failures: 'The log has failures between proxy and backend in the window',
  'no-failures': 'The log covers the window and has none',
  'not-covered': 'The log does not cover the window, or could not show the messages: it tells nothing',
} as const;
export type ErrorLogOutcome = keyof typeof outcomes;

export function classify(facts: ErrorLogFacts): Classified<ErrorLogOutcome> {
  const failing = facts.backends.filter((backend) => backend.failures > 0);
  if (failing.length > 0 || (facts.unassigned ?? 0) > 0 || facts.capacityCount > 0)
    return { outcome: 'failures', summary: failureSummary(facts, failing) };
  if (!facts.window.covered) return { outcome: 'not-covered', summary: `The log does not cover it: ${facts.window.because}` };
  const unknown = facts.notRecognised > 0 ? `; ${plural(facts.notRecognised, 'line')} of the proxy not recognised` : '';
  return { outcome: 'no-failures', summary: `No failure between proxy and backend in ${plural(facts.lines, 'line')}${unknown}` };
}

/** `1,204 refused of 9,870 requests to 192.0.2.2:9000 in 7 bursts since 01:10 UTC`. */
function failureSummary(facts: ErrorLogFacts, failing: readonly BackendFacts[]): string {
  const [worst] = failing;
  if (worst === undefined) {
    if (facts.capacityCount > 0)
      return `A limit of the proxy itself was reached ${plural(facts.capacityCount, 'time')}: ${facts.capacity[0]?.code ?? ''}`.trim();
    return `${plural(facts.unassigned ?? 0, 'failure')} whose lines name no backend`;
  }
  const own = backendSide.reduce((sum, mode) => sum + (worst.byMode[mode] ?? 0), 0);
  const of = worst.requests === null ? '' : ` of ${count(worst.requests)}`;
  const others = failing.length > 1 ? `; ${plural(failing.length - 1, 'other backend')} with failures` : '';
  const limits = facts.capacityCount > 0 ? '; a limit of the proxy itself was reached' : '';
  if (own === 0)
    return `${count(worst.failures)} requests to ${worst.backend} failed on the client's or the proxy's own side${since(worst)}${others}${limits}`;
  return `${count(own)} ${word(worst)}${of} requests to ${worst.backend}${shape(worst)}${since(worst)}${over(worst)}${others}${limits}`;
}

/** The commonest errno of the commonest mode, in one word. */
function word(backend: BackendFacts): string {
  const mode = [...backendSide].sort((a, b) => (backend.byMode[b] ?? 0) - (backend.byMode[a] ?? 0))[0] ?? 'connect';
  const errno = Object.entries(backend.errnosByMode[mode] ?? {}).sort((a, b) => b[1] - a[1])[0]?.[0];
  if (mode === 'dns') return 'failed look-ups';
  if (mode === 'tls') return 'failed TLS handshakes';
  if (mode === 'connect')
    return errno === 'ECONNREFUSED'
      ? 'refused'
      : errno === 'APR_TIMEUP' || errno === 'ETIMEDOUT'
        ? 'timed-out connects'
        : 'failed connects';
  return errno === 'APR_TIMEUP' || errno === 'ETIMEDOUT' ? 'timed out in flight' : 'broken off in flight';
}

function shape(backend: BackendFacts): string {
  switch (backend.frequency) {
    case 'clusters':
      return backend.bursts.length > 0 ? ` in ${plural(backend.bursts.length, 'burst')}` : ', mixed with successes all the time';
    case 'every':
      return backend.outage === null ? ', nearly all' : ', one outage';
    case 'sporadic':
      return ', one here and one there';
    case 'none':
      return '';
  }
}

function since(backend: BackendFacts): string {
  const from = backend.outage?.from ?? backend.first;
  return from === null ? '' : ` since ${day(from, backend.outage?.to ?? backend.last)}${from.slice(11, 16)} UTC`;
}

function over(backend: BackendFacts): string {
  if (backend.ongoing === true) return ', still happening';
  const to = backend.outage?.to ?? backend.last;
  return backend.ongoing === false && to !== null ? `, over since ${to.slice(11, 16)}` : '';
}

/** The date where the span is more than a day. */
function day(from: string, to: string | null): string {
  return to !== null && from.slice(0, 10) === to.slice(0, 10) ? '' : `${from.slice(0, 10)} `;
}
