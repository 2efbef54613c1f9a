/**
 * Why requests break or stall after the connection was made (article A09–A12, A19–A30). First what an experiment or a capture
 * showed, then what is seen on fresh connections, then what the log has in common.
 */
import type { View } from '../view.ts';
import { type Classifier, holds, type Reader, type Verdict, verdict } from './classifier.ts';

export const inFlightCause: Classifier = {
  name: 'in-flight-cause',
  reads: [
    'error-log', 'access-log', 'proxy-config', 'tcp-connect', 'http-request', 'tls-connect', 'backend-process', 'keepalive-probe', 'keepalive-toggle', 'packet-capture',
    'interface-errors', 'reachability', 'proxy-version',
  ],
  outcomes: {
    'backend-crashed': 'The backend drops the connection while it works on a request',
    'backend-stalled': 'The backend stops reading or does not answer until the timeout',
    'keepalive-race': 'Reused connections fail: the two ends’ keepalive timeouts do not fit',
    'request-not-sent': 'The full request is not sent',
    'network-loss': 'Packets are lost on the way',
    'proxy-bug': 'This httpd version has a known fault of this kind',
    'backend-tls': 'The TLS layer breaks the connection',
    'cannot-tell': 'The evidence does not decide',
  },
  classify: (view, sign) => wantsTls(sign) ?? experiment(view, sign) ?? layerBelow(sign) ?? (holds(sign, 'log-in-flight-timeouts') ? timeouts(sign) : drops(view, sign)),
};

/** Fresh connections were seen to fail: failures that paused meanwhile did so by chance. */
function freshSeenToFail(sign: Reader): boolean {
  return holds(sign, 'capture-fresh-fail') || holds(sign, 'fresh-dropped') || holds(sign, 'fresh-mixed') || holds(sign, 'probe-fresh-fails');
}

/**
 * The toggle and the capture saw the mechanism itself: of all failures together. Where they fall into parts it is that of the part which it
 * can be about, and an operation that fails by itself is none that the toggle helped.
 */
function experiment(view: View, sign: Reader): Verdict | null {
  const part = view.subject?.part;
  if (holds(sign, 'toggle-helped') && !freshSeenToFail(sign) && (part === undefined || part === 'elsewhere')) {
    return verdict(sign, 'keepalive-race', ['toggle-helped', 'probe-can-race', 'probe-forgotten', 'reuse-fails']);
  }
  if (holds(sign, 'capture-loss')) return verdict(sign, 'network-loss', ['capture-loss', 'segments-retransmitted', 'interface-faults']);
  if (holds(sign, 'capture-request-incomplete')) return verdict(sign, 'request-not-sent', ['capture-request-incomplete', 'log-client-side']);
  if (part !== 'timeouts' && holds(sign, 'capture-backend-closes') && holds(sign, 'capture-fresh-fail')) return verdict(sign, 'backend-crashed', ['capture-backend-closes', 'capture-fresh-fail', 'path-pattern']);
  if (part !== 'drops' && holds(sign, 'capture-backend-silent') && !holds(sign, 'probe-forgotten')) return verdict(sign, 'backend-stalled', ['capture-backend-silent', 'pile-up-at-timeout']);
  return null;
}

/** A server of TLS ends what is no TLS to it: a capture sees a backend that drops fresh connections. */
function wantsTls(sign: Reader): Verdict | null {
  // TLS 1.3 lets the request be sent before the backend says that it wanted another certificate: the log has a broken status line.
  if (holds(sign, 'tls-behind-plain') || (holds(sign, 'tls-no-agreement') && holds(sign, 'fresh-dropped'))) {
    return verdict(sign, 'backend-tls', ['tls-behind-plain', 'tls-no-agreement', 'fresh-dropped']);
  }
  return null;
}

function layerBelow(sign: Reader): Verdict | null {
  if (holds(sign, 'log-tls-broke-connection') || holds(sign, 'tls-plain-http')) return verdict(sign, 'backend-tls', ['log-tls-broke-connection', 'tls-fails']);
  if (holds(sign, 'mtu-hole')) return verdict(sign, 'network-loss', ['mtu-hole', 'segments-retransmitted']);
  return null;
}

/**
 * No progress until the timeout. A firewall that forgets idle connections looks the same, on reused connections only: where fresh ones
 * meet silence too, a reuse that met it is chance.
 */
function timeouts(sign: Reader): Verdict {
  if (holds(sign, 'backend-not-reading')) return verdict(sign, 'backend-stalled', ['backend-not-reading', 'log-in-flight-timeouts', 'pattern']);
  if (holds(sign, 'probe-forgotten') && !holds(sign, 'path-pattern') && !holds(sign, 'fresh-unanswered')) return verdict(sign, 'keepalive-race', ['probe-forgotten', 'log-in-flight-timeouts', 'fresh-answered']);
  // Where that many are lost, an operation that sends much is a pattern of the network's.
  if ((holds(sign, 'segments-retransmitted') || holds(sign, 'interface-faults')) && (!holds(sign, 'path-pattern') || holds(sign, 'segments-mostly-lost'))) {
    return verdict(sign, 'network-loss', ['segments-mostly-lost', 'segments-retransmitted', 'interface-faults', 'log-in-flight-timeouts']);
  }
  return verdict(sign, 'backend-stalled', ['log-in-flight-timeouts', 'pile-up-at-timeout', 'fresh-no-answer', 'pattern']);
}

/** Closed or reset by the other end. */
function drops(view: View, sign: Reader): Verdict {
  if (!holds(sign, 'log-in-flight-drops')) {
    if (holds(sign, 'fresh-dropped') || holds(sign, 'probe-fresh-fails')) return verdict(sign, 'backend-crashed', ['fresh-dropped', 'probe-fresh-fails']);
    if (holds(sign, 'fresh-no-answer')) return verdict(sign, 'backend-stalled', ['fresh-no-answer']);
    return verdict(sign, 'cannot-tell', ['log-no-listener-of-http', 'fresh-answered'], 'the failures in flight have no errno in common');
  }
  const freshFails = holds(sign, 'fresh-dropped') || holds(sign, 'probe-fresh-fails') || holds(sign, 'log-fresh-failures') || holds(sign, 'fresh-mixed');
  const reuseFails = holds(sign, 'probe-can-race') || holds(sign, 'probe-forgotten') || holds(sign, 'reuse-fails');
  const byOperation = holds(sign, 'path-pattern') && (holds(sign, 'operation-mostly-fails') || !reuseFails);
  const workedOnIt = holds(sign, 'log-slow-failures') || holds(sign, 'log-response-broken') || byOperation;
  if (freshFails || workedOnIt || holds(sign, 'toggle-no-change') || holds(sign, 'proxy-never-reuses') || holds(sign, 'crash-recorded')) {
    // Beside time-outs that are a loss's, an operation that sends much breaks for the same reason.
    const byPath = holds(sign, 'path-pattern') && !(besideTimeouts(view) && holds(sign, 'segments-mostly-lost'));
    if ((holds(sign, 'segments-retransmitted') || holds(sign, 'interface-faults')) && !byPath && !freshFails) {
      return verdict(sign, 'network-loss', ['segments-mostly-lost', 'segments-retransmitted', 'interface-faults', 'log-incomplete']);
    }
    return verdict(sign, 'backend-crashed', [
      'log-in-flight-drops', 'log-response-broken', 'log-slow-failures', 'fresh-dropped', 'probe-fresh-fails', 'log-fresh-failures', 'toggle-no-change', 'crash-recorded', 'pattern',
    ]);
  }
  if (reuseFails) {
    return verdict(sign, 'keepalive-race', ['probe-can-race', 'probe-forgotten', 'reuse-fails', 'log-fast-failures', 'fresh-answered']);
  }
  // Chance, or a limit of requests for each connection: enough good answers on fresh ones tell.
  if (holds(sign, 'reuse-fails-sometimes') && holds(sign, 'fresh-proven')) return verdict(sign, 'keepalive-race', ['reuse-fails-sometimes', 'fresh-proven', 'log-fast-failures']);
  if (holds(sign, 'segments-retransmitted') || holds(sign, 'interface-faults')) {
    return verdict(sign, 'network-loss', ['segments-retransmitted', 'interface-faults', 'log-in-flight-drops']);
  }
  if (holds(sign, 'reuse-fails-sometimes')) return verdict(sign, 'backend-crashed', ['log-in-flight-drops', 'reuse-fails-sometimes']);
  if (holds(sign, 'known-fault-fits') && holds(sign, 'fresh-answered') && holds(sign, 'probe-no-race')) {
    return verdict(sign, 'proxy-bug', ['known-fault-fits', 'fresh-answered', 'probe-no-race']);
  }
  // Every request in flight fails: no race does that.
  if (holds(sign, 'log-every-goes-on')) return verdict(sign, 'backend-crashed', ['log-every-goes-on', 'log-in-flight-drops']);
  // It still happens, and connections are seen to bear every idle time that there was.
  if (holds(sign, 'probe-no-race') && view.backend?.ongoing !== false) return verdict(sign, 'backend-crashed', ['log-in-flight-drops', 'probe-no-race']);
  if (holds(sign, 'log-fast-failures')) return verdict(sign, 'keepalive-race', ['log-fast-failures', 'log-in-flight-drops', 'no-pattern']);
  return verdict(sign, 'backend-crashed', ['log-in-flight-drops', 'pattern']);
}

/** Another operation of the same backend gets no answer in time. */
function besideTimeouts({ subject, of }: View): boolean {
  const parts = of('error-log').facts?.backends.find((one) => one.backend === subject?.backend)?.parts ?? [];
  return subject?.part === 'drops' && parts.some((one) => one.part === 'timeouts');
}
