/** Which backends are examined, for what, and in which order: worst first, at most five. Pure. */
import type { Subject } from '../engine/events.ts';
import type { BackendFacts } from '../checks/error-log/facts.ts';
import type { View } from './view.ts';

/** More would take the engineer (and the clock) past use; who is left out is said. */
export const mostSuspects = 5;

/**
 * A second kind of failure of the same backend is a suspect of its own from this share and number of its failures on; a smaller share too
 * where so many came at other times than the first kind.
 */
const secondShare = 0.25;
export const fewestOfKind = 5;

export interface Suspects {
  readonly subjects: readonly Subject[];
  readonly leftOut: readonly Subject[];
  readonly because: string;
}

/** The mode that an answer to the question `symptom` stands for. */
const modeOfAnswer: Readonly<Record<string, string>> = {
  'connect-refused': 'connect',
  'connect-timeout': 'connect',
  'body-failed': 'in-flight',
  'status-line-failed': 'in-flight',
  'dns-failed': 'dns',
  'tls-failed': 'tls',
  'client-upload': 'client',
  capacity: 'capacity',
};

/**
 * @param view triage's view (no subject), with `error-log` and `proxy-config`
 * @param given backends named by options; they alone are examined then
 */
export function listSuspects(view: View, given: readonly string[]): Suspects {
  const log = view.of('error-log').facts;
  const told = modeOfAnswer[view.answers['symptom'] ?? ''] ?? 'none';
  const failing = (log?.backends ?? []).filter((backend) => backend.failures > 0 && (given.length === 0 || given.some((name) => names(backend).includes(name))));
  const subjects = [...failing].sort(worstFirst).flatMap(subjectsOf);
  if (log !== null && log.capacityCount > 0 && !subjects.some((subject) => subject.mode === 'capacity')) {
    const worst = subjects[0]?.backend ?? given[0] ?? configured(view)[0];
    if (worst !== undefined) subjects.push({ key: `${worst}/capacity`, backend: worst, mode: 'capacity', failures: log.capacityCount });
  }
  const quiet = (given.length > 0 ? given : configured(view)).filter((name) => !failing.some((backend) => names(backend).includes(name)));
  const idle = quiet.map((backend): Subject => ({ key: backend, backend, mode: told, failures: 0 }));
  // Backends without a failure are looked at when nothing else is, or when they were named.
  const wanted = subjects.length === 0 || given.length > 0 ? [...subjects, ...idle] : subjects;
  const all = wanted.length > mostSuspects ? [...wanted.filter(isFirstOfBackend), ...wanted.filter((one) => !isFirstOfBackend(one))] : wanted;
  return {
    subjects: all.slice(0, mostSuspects),
    leftOut: all.slice(mostSuspects),
    because:
      subjects.length > 0
        ? `${subjects.length === 1 ? 'one backend has' : `${subjects.length} suspects have`} failures in the log, worst first`
        : all.length > 0
          ? 'no backend has failures in the log: each is examined live'
          : 'no backend is known, neither from the log nor from the configuration',
  };
}

/** Where not all can be examined, each backend is before a second look at one. */
function isFirstOfBackend({ key, backend }: Subject): boolean {
  return key === backend;
}

function names(backend: BackendFacts): readonly string[] {
  return [backend.backend, ...backend.names];
}

function subjectsOf(backend: BackendFacts): Subject[] {
  const modes = Object.entries(backend.byMode)
    .filter(([mode, count]) => mode !== 'none' && count > 0)
    .sort((a, b) => b[1] - a[1]);
  const first = modes[0];
  if (first === undefined) return [];
  const rest = modes
    .slice(1)
    .filter(([mode, count]) => count >= fewestOfKind && (count >= backend.failures * secondShare || (backend.times?.[mode]?.aside ?? 0) >= fewestOfKind));
  return [first, ...rest].flatMap(([mode, count], place): Subject[] => {
    const key = place === 0 ? backend.backend : `${backend.backend}/${mode}`;
    const parts = mode === 'in-flight' ? (backend.parts ?? []).toSorted((a, b) => b.failures - a.failures) : [];
    if (parts.length < 2) return [{ key, backend: backend.backend, mode, failures: count }];
    return parts.map((one, index) => ({ key: index === 0 ? key : `${backend.backend}/${mode}-${one.part}`, backend: backend.backend, mode, part: one.part, failures: one.failures }));
  });
}

function worstFirst(a: BackendFacts, b: BackendFacts): number {
  return Number(b.ongoing === true) - Number(a.ongoing === true) || b.failures - a.failures || a.backend.localeCompare(b.backend);
}

/** Backends that the configuration sends HTTP to. */
function configured(view: View): string[] {
  const backends = view.of('proxy-config').facts?.backends ?? [];
  return [...new Set(backends.filter((setting) => ['http', 'https', 'ws', 'wss', 'h2', 'h2c'].includes(setting.scheme)).map((setting) => setting.backend))];
}
