/** Classifiers of the triage part: is there a failure of this kind at all, and which kind is it? */
import { number } from '../signs/sign.ts';
import type { Classifier } from './classifier.ts';

/** What fails: the proxy's requests, the application's own answers, nothing; or the logs can't tell. */
export const whatFails: Classifier = {
  name: 'what-fails',
  reads: ['error-log', 'access-log', 'proxy-config'],
  outcomes: {
    'proxy-failures': 'The error log shows failures between proxy and backend',
    'application-errors': 'The application itself sends the errors; the proxy passes them on',
    'nothing-logged': 'The logs cover the window and show no such failure',
    'cannot-tell': 'The logs do not cover the window, or could not be read',
  },
  classify: (view) => {
    const log = view.of('error-log');
    const access = view.of('access-log');
    const evidence = [log.evidence, access.evidence].flatMap((one) => (one === null ? [] : [one.id]));
    if (log.facts !== null && (log.facts.backends.some((backend) => backend.failures > 0) || log.facts.capacityCount > 0)) {
      return { outcome: 'proxy-failures', because: log.evidence?.summary ?? '', evidence };
    }
    const covered = log.facts?.window.covered === true;
    if (access.facts !== null && (access.facts.applicationErrors ?? 0) > 0 && covered) {
      return { outcome: 'application-errors', because: access.facts.applicationErrorsBecause, evidence };
    }
    if (covered) return { outcome: 'nothing-logged', because: `${number(log.facts?.lines ?? 0)} lines read, none of a failed proxy request`, evidence };
    return { outcome: 'cannot-tell', because: log.facts?.window.because ?? log.evidence?.summary ?? 'no error log was read', evidence };
  },
};

/** The kind of failure that the suspect is examined for; chosen when the suspects were listed. */
export const failureKind: Classifier = {
  name: 'failure-kind',
  reads: ['error-log'],
  outcomes: {
    connect: 'The proxy can not connect to the backend',
    'in-flight': 'The connection is made, and breaks or stalls while a request is in flight',
    dns: 'The backend’s name can not be resolved',
    tls: 'The TLS handshake with the backend fails',
    client: 'The request’s body does not arrive from the client',
    capacity: 'The proxy reached a limit of its own',
    none: 'No failure is known; the backend is examined live',
  },
  classify: (view) => {
    const log = view.of('error-log').evidence;
    const failures = view.backend?.byMode[view.mode] ?? 0;
    return {
      outcome: view.mode,
      because:
        failures > 0
          ? `${number(failures)} such failures in the log`
          : view.mode === 'none'
            ? 'the log names no failure of this backend'
            : `you named this symptom${view.subject === null ? '' : ` for ${view.subject.backend}`}`,
      evidence: log === null || failures === 0 ? [] : [log.id],
    };
  },
};

/** The article's first question: every request, clusters, or sporadic (A13–A18)? */
export const howOften: Classifier = {
  name: 'how-often',
  reads: ['error-log'],
  outcomes: {
    every: 'Every request to it fails',
    clusters: 'Clusters: bursts, with successes between and around them',
    sporadic: 'Sporadic: single failures without a pattern',
    none: 'No failure in the log',
    'cannot-tell': 'The log does not tell how often',
  },
  classify: (view) => {
    const log = view.of('error-log');
    if (log.facts === null || log.evidence === null) return { outcome: 'cannot-tell', because: 'no error log was read', evidence: [] };
    if (view.backend === null) {
      return { outcome: log.facts.window.covered ? 'none' : 'cannot-tell', because: log.facts.window.because, evidence: [log.evidence.id] };
    }
    const outcome = view.backend.frequencyByMode[view.mode] ?? view.backend.frequency;
    return { outcome, because: view.backend.frequencyBecause, evidence: [log.evidence.id] };
  },
};
