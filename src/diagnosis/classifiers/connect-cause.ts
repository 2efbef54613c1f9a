/**
 * Why connects fail (article A04–A08, A14–A18). The order of the questions is the judgement: what this machine does to itself,
 * then what is true now on both sides, and only then what the log's rhythm suggests.
 */
import type { View } from '../view.ts';
import { type Classifier, holds, type Reader, type Verdict, verdict } from './classifier.ts';

export const connectCause: Classifier = {
  name: 'connect-cause',
  reads: ['error-log', 'access-log', 'proxy-config', 'dns', 'tcp-connect', 'reachability', 'backend-process', 'interface-errors', 'proxy-resources', 'http-request', 'tls-connect'],
  outcomes: {
    'backend-not-running': 'Nothing accepts on that port',
    'backend-overloaded': 'The backend gets more requests than it accepts',
    'network-blocked': 'Something between blocks the way',
    'backend-not-found': 'The backend can not be located',
    'hardware-suspected': 'Sporadic failures without a pattern',
    'backend-crashed': 'The backend dies while it works on a request, and refuses until it is up again',
    'proxy-exhausted': 'The proxy itself ran out of something',
    healthy: 'It accepts and answers, and the log names no failure',
    'cannot-tell': 'The evidence does not decide',
  },
  classify: (view, sign) => ownLimits(sign) ?? nameOrPolicy(sign) ?? crashing(sign) ?? presentState(view, sign) ?? fromTheLog(view, sign) ?? undecided(view, sign),
};

/** The proxy's own limits fail the connect before a packet leaves (errno 99, 24). The backend named in the line is innocent. */
function ownLimits(sign: Reader): Verdict | null {
  if (holds(sign, 'log-no-ports') || holds(sign, 'log-no-descriptors')) return verdict(sign, 'proxy-exhausted', ['log-no-ports', 'log-no-descriptors', 'proxy-at-limit']);
  return null;
}

function nameOrPolicy(sign: Reader): Verdict | null {
  if (holds(sign, 'not-resolved-now')) return verdict(sign, 'backend-not-found', ['not-resolved-now', 'log-dns']);
  if (holds(sign, 'name-moved') && holds(sign, 'none-accepted-now')) return verdict(sign, 'backend-not-found', ['name-moved', 'none-accepted-now', 'refused-now']);
  if (holds(sign, 'denied-now') || holds(sign, 'daemon-denied')) return verdict(sign, 'network-blocked', ['denied-now', 'daemon-denied', 'log-denied', 'policy-route']);
  if (holds(sign, 'policy-route') && !holds(sign, 'some-accepted-now')) return verdict(sign, 'network-blocked', ['policy-route', 'unreachable-now', 'log-unreachable']);
  // The log's errno 13 while an ordinary connect passes: a policy for the daemon alone (traps 20).
  if (holds(sign, 'log-denied')) return verdict(sign, 'network-blocked', ['log-denied', 'connects-now']);
  return null;
}

/**
 * A backend that dies refuses until it is started again: requests broken in flight stand at the head of each burst of refusals. Two
 * symptoms, one cause. A backend that is down now for good is a matter of the present state.
 */
function crashing(sign: Reader): Verdict | null {
  if (!holds(sign, 'breaks-before-refusals') || holds(sign, 'refused-now') || holds(sign, 'log-every') || holds(sign, 'queue-full')) return null;
  return verdict(sign, 'backend-crashed', ['breaks-before-refusals', 'crash-recorded', 'backend-restarted', 'log-clusters']);
}

/** What a request of our own may meet at a port that accepts; the one that says most comes first. */
const notAnswering = ['answers-no-http', 'fresh-dropped', 'fresh-no-answer', 'fresh-mixed', 'fresh-unanswered'] as const;

function presentState(view: View, sign: Reader): Verdict | null {
  if (holds(sign, 'refused-now')) return refusedNow(sign);
  if (holds(sign, 'timeouts-now')) return timeoutsNow(sign);
  if (holds(sign, 'unreachable-now')) return unreachableNow(sign);
  if (holds(sign, 'mixed-now') || holds(sign, 'dropped-now')) return mixedNow(sign);
  // Something waits in a full queue although a connect still got through.
  if (holds(sign, 'connects-now') && holds(sign, 'queue-full')) return verdict(sign, 'backend-overloaded', ['queue-full', 'queue-overflowed', 'log-clusters']);
  if (holds(sign, 'connects-now') && failures(view) === 0 && logCovers(view)) {
    // No line tells of a port that is not the application's.
    if (holds(sign, 'speaks-first')) return verdict(sign, 'cannot-tell', ['speaks-first', 'connects-now']);
    // Where no traffic came, or httpd took whatever came for an answer, the log is silent about a backend that does not work.
    const unwell = notAnswering.find((name) => holds(sign, name));
    if (unwell !== undefined) return verdict(sign, 'cannot-tell', [unwell]);
    return verdict(sign, 'healthy', ['connects-now', 'fresh-answered']);
  }
  return null;
}

function refusedNow(sign: Reader): Verdict {
  if (holds(sign, 'not-listening') || holds(sign, 'answered-not-listening')) {
    return verdict(sign, 'backend-not-running', ['not-listening', 'answered-not-listening', 'refused-now']);
  }
  if (holds(sign, 'own-filter-blocks')) return verdict(sign, 'network-blocked', ['own-filter-blocks', 'refused-now']);
  if (holds(sign, 'bound-elsewhere')) return verdict(sign, 'network-blocked', ['bound-elsewhere', 'refused-now']);
  if (holds(sign, 'icmp-reject')) return verdict(sign, 'network-blocked', ['icmp-reject', 'refused-now']);
  if (holds(sign, 'connection-limit') || (holds(sign, 'queue-full') && !holds(sign, 'filter-blocks'))) {
    return verdict(sign, 'backend-overloaded', ['connection-limit', 'queue-full', 'queue-overflowed']);
  }
  if (holds(sign, 'listening') || holds(sign, 'answered-listening')) {
    return verdict(sign, 'network-blocked', ['listening', 'connects-locally', 'filter-blocks', 'answered-listening', 'refused-now']);
  }
  if (holds(sign, 'refused-and-silent-now')) return verdict(sign, 'network-blocked', ['refused-and-silent-now', 'log-every']);
  // From the proxy alone: bursts with successes between and in them are an overload even if this moment falls into a burst.
  if (holds(sign, 'clusters-among-successes') && !holds(sign, 'log-outages') && !holds(sign, 'refused-at-rest')) return verdict(sign, 'backend-overloaded', ['log-clusters', 'log-load-correlated', 'refused-now']);
  return verdict(sign, 'backend-not-running', ['refused-now', 'refused-at-rest', 'none-accepted-now', 'log-every', 'log-outages']);
}

function timeoutsNow(sign: Reader): Verdict {
  if (holds(sign, 'own-filter-blocks')) return verdict(sign, 'network-blocked', ['own-filter-blocks', 'timeouts-now']);
  // Linux drops the SYN when the accept queue is full: it looks like a firewall from outside (traps 19).
  if (holds(sign, 'queue-full')) return verdict(sign, 'backend-overloaded', ['queue-full', 'queue-overflowed', 'timeouts-now']);
  if (holds(sign, 'listening') || holds(sign, 'filter-blocks') || holds(sign, 'bound-elsewhere') || holds(sign, 'not-listening')) {
    return verdict(sign, 'network-blocked', ['listening', 'connects-locally', 'filter-blocks', 'timeouts-now', 'host-answers']);
  }
  if (holds(sign, 'neighbour-failed') || holds(sign, 'no-route')) return verdict(sign, 'backend-not-found', ['neighbour-failed', 'no-route', 'timeouts-now']);
  if (holds(sign, 'log-clusters')) return verdict(sign, 'backend-overloaded', ['log-clusters', 'log-load-correlated', 'timeouts-now']);
  return verdict(sign, 'network-blocked', ['timeouts-now', 'host-answers', 'log-every']);
}

function unreachableNow(sign: Reader): Verdict {
  if (holds(sign, 'own-filter-blocks')) return verdict(sign, 'network-blocked', ['own-filter-blocks', 'unreachable-now']);
  if (holds(sign, 'neighbour-failed') || holds(sign, 'no-route')) return verdict(sign, 'backend-not-found', ['neighbour-failed', 'no-route', 'unreachable-now']);
  if (holds(sign, 'ping-prohibited')) return verdict(sign, 'network-blocked', ['ping-prohibited', 'unreachable-now', 'log-unreachable']);
  // An ICMP "prohibited" from a host that is there is a firewall, not a missing host.
  if (holds(sign, 'unreachable-at-once') && (holds(sign, 'host-answers') || holds(sign, 'listening') || holds(sign, 'filter-blocks'))) {
    return verdict(sign, 'network-blocked', ['unreachable-at-once', 'host-answers', 'listening', 'filter-blocks']);
  }
  return verdict(sign, 'backend-not-found', ['unreachable-now', 'host-silent', 'log-unreachable']);
}

function mixedNow(sign: Reader): Verdict {
  if (holds(sign, 'queue-full') || holds(sign, 'connection-limit')) return verdict(sign, 'backend-overloaded', ['queue-full', 'connection-limit', 'mixed-now', 'queue-overflowed']);
  if (holds(sign, 'one-address-silent')) return oneAddressSilent(sign);
  // Single losses that a rule happens to explain may be the link's as well; a share that goes on failing is the rule's.
  if (holds(sign, 'filter-blocks') && !holds(sign, 'log-sporadic')) return verdict(sign, 'network-blocked', ['filter-blocks', 'mixed-now', 'log-clusters']);
  if (comesAndGoes(sign)) return verdict(sign, 'backend-not-running', ['log-outages', 'log-refused', 'mixed-now', 'backend-restarted']);
  if (holds(sign, 'log-sporadic')) return verdict(sign, 'hardware-suspected', ['log-sporadic', 'mixed-now', 'interface-faults', 'segments-retransmitted']);
  return verdict(sign, 'backend-overloaded', ['mixed-now', 'dropped-now', 'log-clusters', 'log-load-correlated', 'queue-overflowed']);
}

/** One of several addresses, each time: the way to it or its host, whatever the load. */
function oneAddressSilent(sign: Reader): Verdict {
  if (holds(sign, 'neighbour-failed') || holds(sign, 'no-route')) return verdict(sign, 'backend-not-found', ['one-address-silent', 'neighbour-failed', 'no-route']);
  return verdict(sign, 'network-blocked', ['one-address-silent', 'filter-blocks', 'host-answers']);
}

/** Connects pass now (or were not tried): the rhythm of the failures is what is left. */
function fromTheLog(view: View, sign: Reader): Verdict | null {
  if (failures(view) === 0) return null;
  if (holds(sign, 'few-failures') && !holds(sign, 'log-every')) return null;
  if (holds(sign, 'log-every')) {
    if (holds(sign, 'connection-limit')) return verdict(sign, 'backend-overloaded', ['connection-limit', 'log-every', 'connects-now']);
    if (holds(sign, 'log-refused')) return verdict(sign, 'backend-not-running', ['log-every', 'log-refused', 'log-outage-over', 'connects-now']);
    // Told to be unreachable, while it answers otherwise: somebody in between says so.
    if (holds(sign, 'log-unreachable') && holds(sign, 'host-answers') && !holds(sign, 'connects-now') && !holds(sign, 'log-outage-over')) {
      return verdict(sign, 'network-blocked', ['log-every', 'log-unreachable', 'host-answers']);
    }
    if (holds(sign, 'log-unreachable')) return verdict(sign, 'backend-not-found', ['log-every', 'log-unreachable', 'log-outage-over', 'connects-now']);
    if (holds(sign, 'queue-overflowed')) return verdict(sign, 'backend-overloaded', ['log-every', 'log-connect-timeouts', 'queue-overflowed']);
    if (holds(sign, 'log-connect-timeouts')) return verdict(sign, 'network-blocked', ['log-every', 'log-connect-timeouts', 'log-outage-over', 'connects-now']);
    return verdict(sign, 'backend-not-running', ['log-every', 'log-outage-over', 'connects-now']);
  }
  // A refusal was sent by a host: a lost link swallows packets or makes the host unreachable.
  const lost = holds(sign, 'log-connect-timeouts') || holds(sign, 'log-unreachable');
  if (lost && (holds(sign, 'interface-faults') || holds(sign, 'carrier-flaps')) && !holds(sign, 'queue-overflowed')) {
    return verdict(sign, 'hardware-suspected', ['carrier-flaps', 'interface-faults', 'log-clusters', 'log-sporadic', 'connects-now']);
  }
  if (comesAndGoes(sign)) return verdict(sign, 'backend-not-running', ['log-outages', 'log-refused', 'backend-restarted', 'connects-now']);
  if (holds(sign, 'log-clusters')) return verdict(sign, 'backend-overloaded', ['log-clusters', 'log-load-correlated', 'queue-overflowed', 'connection-limit', 'connects-now']);
  if (holds(sign, 'log-sporadic')) return verdict(sign, 'hardware-suspected', ['log-sporadic', 'interface-faults', 'segments-retransmitted', 'connects-now']);
  return null;
}

/** One restart after the other: refused by an address at which nobody listens, not by a backend that serves others meanwhile. */
function comesAndGoes(sign: Reader): boolean {
  return holds(sign, 'log-outages') && holds(sign, 'log-refused') && !holds(sign, 'connection-limit') && !holds(sign, 'queue-overflowing');
}

function undecided(view: View, sign: Reader): Verdict {
  if (holds(sign, 'few-failures')) return verdict(sign, 'cannot-tell', ['few-failures', 'connects-now']);
  return verdict(sign, 'cannot-tell', ['connects-now'], view.backend === null ? 'no log covers the window and no live check found a fault' : 'the signs do not point one way');
}

function failures(view: View): number {
  return view.backend?.failures ?? 0;
}

function logCovers(view: View): boolean {
  return view.of('error-log').facts?.window.covered === true;
}
