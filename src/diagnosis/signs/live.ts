/** Signs from live checks on the proxy's side and on the way: names, connects, reachability, TLS, HTTP. */
import type { FactsOf, View } from '../view.ts';
import type { HttpRequestFacts } from '../../checks/http-request/facts.ts';
import type { ProxyVersionFacts } from '../../checks/proxy-version/facts.ts';
import { nameMoved } from '../../checks/dns/classify.ts';
import { enough, rateInFlight } from '../../checks/http-request/fresh-count.ts';
import { logSigns } from './log.ts';
import { from, number, percent, type Sign, type Signs, unknown } from './sign.ts';

/** "Unreachable" within this many ms came from a host or firewall that answered; later, nobody answered ARP (Linux: 3 s). */
const icmpMs = 500;

/** So long without a line in either log, nobody loads the backend. */
const restMs = 2000;

/** One packet or two may get lost. */
const fewestSilent = 3;

/** Bringing an interface up changes its carrier once to three times; a link that was lost and found several times more often. */
const manyCarrierChanges = 8;

function tcp(view: View, outcome: string, text: string): Sign {
  const looked = view.of('tcp-connect');
  return from(
    looked,
    () => looked.outcome === outcome,
    () => `${text}: ${looked.evidence?.summary ?? ''}`,
  );
}

interface Fresh {
  readonly attempts: number;
  readonly answered: number;
  readonly dropped: number;
  readonly noAnswer: number;
  readonly notHttp?: number | undefined;
}

/** What requests on connections of their own met. Those through the proxy may have travelled on connections that it kept. */
function freshOf(facts: HttpRequestFacts): Fresh | null {
  const fresh = facts.fresh ?? (facts.through === 'backend' ? { ...facts, attempts: facts.attempts.length } : null);
  return fresh === null || fresh.attempts === 0 ? null : fresh;
}

function freshSign(wanted: (fresh: Fresh) => boolean): (view: View) => Sign {
  return (view) => {
    const looked = view.of('http-request');
    return from(
      looked,
      (facts) => {
        const fresh = freshOf(facts);
        return fresh === null ? null : wanted(fresh);
      },
      () => looked.evidence?.summary ?? '',
    );
  };
}

const freshNoAnswer = freshSign(({ answered, dropped, noAnswer }) => answered === 0 && noAnswer > dropped);

/** Nothing is said of a port that the proxy speaks plain HTTP to: there is no handshake to fail. */
function tlsSign(outcomes: readonly string[]): (view: View) => Sign {
  return (view) => {
    const looked = view.of('tls-connect');
    return from(
      looked,
      (facts) => (facts.spokenTo === 'plain' ? null : looked.outcome !== null && outcomes.includes(looked.outcome)),
      () => looked.evidence?.summary ?? '',
    );
  };
}

function outcomeSign(check: 'dns', outcomes: readonly string[]): (view: View) => Sign {
  return (view) => {
    const looked = view.of(check);
    return from<unknown>(
      looked,
      () => looked.outcome !== null && outcomes.includes(looked.outcome),
      () => looked.evidence?.summary ?? '',
    );
  };
}

function wayCarries(view: View): Sign {
  return from(
    view.of('reachability'),
    (facts) => (facts.pathMtu?.hole == null ? null : !facts.pathMtu.hole),
    (facts) => `packets of ${facts.pathMtu?.bytes ?? '?'} bytes pass`,
  );
}

/** The one of several addresses that no connect got an answer from, while another accepts. */
function silentAddress({ byAddress, unreachableAfterMs }: FactsOf<'tcp-connect'>): FactsOf<'tcp-connect'>['byAddress'][number] | null {
  if (!byAddress.some((one) => one.connected > 0)) return null;
  const unanswered = (unreachableAfterMs ?? 0) >= icmpMs;
  return byAddress.find((one) => one.connected === 0 && one.timedOut + (unanswered ? one.unreachable : 0) >= fewestSilent) ?? null;
}

/** So many segments sent again, and this share of all, keep large requests from arriving while small ones do. */
const manyLost = 30;
const mostlyLost = 0.15;

function segmentsLost(view: View): Sign {
  return from(
    view.of('interface-errors'),
    ({ toBackend }) => toBackend !== null && toBackend.retransmitted >= manyLost && toBackend.retransmitted >= toBackend.sent * mostlyLost,
    ({ toBackend }) => `${number(toBackend?.retransmitted ?? 0)} of ${number(toBackend?.sent ?? 0)} segments to the backend had to be sent again: too many for a backend that is slow`,
  );
}

function segmentsArrive(view: View): Sign {
  const lost = segmentsLost(view);
  return lost.state === 'unknown' ? lost : { ...lost, state: lost.state === 'yes' ? 'no' : 'yes', text: '' };
}

/** Both hold; one that does not is enough against it. */
function both(a: Sign, b: Sign): Sign {
  const evidence = [...a.evidence, ...b.evidence];
  if (a.state === 'no' || b.state === 'no') return { state: 'no', text: '', evidence };
  return a.state === 'yes' && b.state === 'yes' ? { state: 'yes', text: [a.text, b.text].filter((text) => text !== '').join(', and '), evidence } : unknown;
}

function ownBlocking({ ownFilter }: FactsOf<'tcp-connect'>): NonNullable<FactsOf<'tcp-connect'>['ownFilter']> {
  return (ownFilter ?? []).filter((rule) => (rule.action === 'drop' || rule.action === 'reject') && rule.packets !== 0);
}

export const liveSigns = {
  'connects-now': (view: View) => tcp(view, 'connected', 'every connect from the proxy is accepted now'),
  'refused-now': (view: View) =>
    from(
      view.of('tcp-connect'),
      () => view.of('tcp-connect').outcome === 'refused',
      (facts) => (facts.refused === facts.attempts ? `every connect from the proxy is refused now (${facts.refused} of ${facts.attempts})` : `no connect from the proxy is accepted now: ${facts.refused} of ${facts.attempts} are refused`),
    ),
  // A host without a listener resets each connect; Linux sends one peer an ICMP error a second and swallows what else a filter rejects.
  'refused-and-silent-now': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => facts.connected === 0 && facts.refused > 0 && facts.timedOut >= fewestSilent,
      (facts) => `${facts.refused} of ${facts.attempts} connects are refused and ${facts.timedOut} get no answer: a packet filter, which sends only so many refusals; a host without a listener answers each`,
    ),
  // Nobody asks anything of it at the time of looking, as far as the log goes, and still it refuses: no load does that.
  'refused-at-rest': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => {
        const log = view.of('error-log');
        const last = log.facts?.window.to ?? null;
        if (last === null || log.evidence === null) return null;
        return facts.attempts >= fewestSilent && facts.refused === facts.attempts && Date.parse(log.evidence.startedAt) - Date.parse(last) >= restMs;
      },
      (facts) => `${facts.refused} of ${facts.attempts} connects are refused although no request came any more: that is no load`,
    ),
  'mixed-now': (view: View) => tcp(view, 'mixed', 'some connects succeed and some fail'),
  // A queue or a loss takes its share of every address; httpd tries the silent one too, for each new connection, and waits.
  'one-address-silent': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => silentAddress(facts) !== null && facts.byAddress.every((one) => one.connected === 0 || one.connected === one.attempts),
      (facts) => `of its addresses ${silentAddress(facts)?.address ?? '?'} never answers (0 of ${silentAddress(facts)?.attempts ?? 0} connects), while ${facts.byAddress.filter((one) => one.connected > 0).map((one) => `${one.address} always accepts (${one.connected} of ${one.attempts})`).join(', ')}`,
    ),
  'timeouts-now': (view: View) => tcp(view, 'no-answer', 'connects from the proxy get no answer now'),
  'unreachable-now': (view: View) => tcp(view, 'unreachable', 'the host can not be reached from the proxy now'),
  'denied-now': (view: View) => tcp(view, 'denied', 'connects are denied now'),
  'dropped-now': (view: View) => tcp(view, 'dropped', 'connections are accepted and dropped at once'),
  'none-accepted-now': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => facts.connected === 0 && facts.attempts >= 3,
      (facts) => `none of ${facts.attempts} connects was accepted`,
    ),
  'some-accepted-now': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => facts.connected > 0,
      (facts) => `${facts.connected} of ${facts.attempts} connects were accepted`,
    ),
  // Linux sends the next SYN after a second: the first one, or its answer, was lost on the way or dropped by a full accept queue.
  'second-syn': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => (facts.connected === 0 ? null : facts.secondSyn > 0),
      (facts) => `${facts.secondSyn} of ${facts.connected} connects were accepted only at the second try or later: packets get lost, or a queue is full`,
    ),
  // httpd takes what comes for an answer of HTTP/0.9 (ap_proxy_http_process_response, traps 15): 200, and not a line in the log.
  'speaks-first': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => (facts.connected === 0 ? null : facts.results.some((one) => one.afterwards === 'sent')),
      () => 'what accepts there speaks before it is asked, which no HTTP server does; httpd hands that on as an answer and logs nothing',
    ),
  'icmp-reject': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => (facts.refusedBy === null ? null : facts.refusedBy === 'icmp'),
      () => 'what refuses is an ICMP message, so a packet filter, not the host’s own reset',
    ),
  // It surely applies to these connects, has counted, and none came through: whatever is behind it, this is why they fail.
  'own-filter-blocks': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => (facts.ownFilter == null ? null : facts.connected === 0 && ownBlocking(facts).length > 0),
      (facts) => {
        const [rule] = ownBlocking(facts);
        return `the proxy’s own packet filter stops its connects: ${rule?.tool ?? ''} ${rule?.rule ?? ''}${rule?.packets == null ? '' : ` (${number(rule.packets)} packets)`}`;
      },
    ),
  'rst-refuses': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => (facts.refusedBy === null ? null : facts.refusedBy === 'rst'),
      () => 'what refuses is a TCP reset',
    ),
  'daemon-denied': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => (facts.asDaemon === null ? null : facts.asDaemon.outcome !== 'connected' && facts.connected > 0),
      (facts) => `connecting as ${facts.asDaemon?.user ?? 'the daemon'} fails (${facts.asDaemon?.code ?? facts.asDaemon?.outcome ?? ''}) while this user connects`,
    ),
  'unreachable-at-once': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => (facts.unreachableAfterMs === null ? null : facts.unreachableAfterMs < icmpMs),
      (facts) => `“unreachable” comes after ${facts.unreachableAfterMs?.toFixed(0) ?? '?'} ms: somebody answers with it`,
    ),
  // Nobody answered ARP: no firewall takes that long to say no.
  'unreachable-late': (view: View) =>
    from(
      view.of('tcp-connect'),
      (facts) => (facts.unreachableAfterMs === null ? null : facts.unreachableAfterMs >= icmpMs),
      (facts) => `“unreachable” comes after ${((facts.unreachableAfterMs ?? 0) / 1000).toFixed(1)} s: nobody answers for that address`,
    ),
  'host-answers': (view: View) =>
    from(
      view.of('reachability'),
      (facts) => facts.hostAnswers,
      () => `the host answers otherwise: ${view.of('reachability').evidence?.summary ?? ''}`,
    ),
  'host-silent': (view: View) =>
    from(
      view.of('reachability'),
      (facts) => (facts.hostAnswers === null ? null : !facts.hostAnswers),
      () => `the host does not answer in any other way either: ${view.of('reachability').evidence?.summary ?? ''}`,
    ),
  // A router without a way says "unreachable"; who says "prohibited" has a rule.
  'ping-prohibited': (view: View) =>
    from(
      view.of('reachability'),
      (facts) => (facts.ping === null ? null : facts.ping.received === 0 && facts.ping.prohibited != null),
      (facts) => `${facts.ping?.prohibited?.by ?? '?'} answers pings to it with “${facts.ping?.prohibited?.words ?? ''}”: a filter there forbids the way`,
    ),
  'no-route': (view: View) =>
    from(
      view.of('reachability'),
      // A route of type prohibit is a policy of this machine, not a missing way (policy-route).
      (facts) => facts.route === null || ['unreachable', 'blackhole'].includes(facts.route.type),
      (facts) => (facts.route === null ? `there is no route to it (${facts.routeError ?? 'no entry'})` : `the route to it is of type ${facts.route.type}`),
    ),
  'policy-route': (view: View) =>
    from(
      view.of('reachability'),
      (facts) => facts.route !== null && facts.route.type === 'prohibit',
      () => 'a route of type prohibit denies the way to it on this machine',
    ),
  'neighbour-failed': (view: View) =>
    from(
      view.of('reachability'),
      (facts) => (facts.neighbour === null ? null : ['FAILED', 'INCOMPLETE'].includes(facts.neighbour.state)),
      (facts) => `nobody answers ARP for ${facts.neighbour?.address ?? 'it'} (${facts.neighbour?.state ?? ''})`,
    ),
  'mtu-hole': (view: View) =>
    from(
      view.of('reachability'),
      (facts) => facts.pathMtu?.hole ?? null,
      (facts) => `packets larger than ${facts.pathMtu?.bytes ?? '?'} bytes vanish on the way`,
    ),
  // Loss and stall write the same lines: a stall is no more than possible where nobody looked at the way. Where pings are not
  // answered the size of its packets stays untested; that it was looked at and showed no hole is what counts here.
  'way-looked-at': (view: View) =>
    from(
      view.of('reachability'),
      (facts) => facts.pathMtu?.hole !== true,
      () => 'the way to the host was looked at, and no hole for large packets found',
    ),
  // A way that swallows large packets lets an operation with large answers hang: a pattern speaks against the network only where large
  // packets were seen to pass. Silence on fresh connections never does: large answers may get lost in one direction alone.
  // Pings of that size may pass where requests do not: segments to the backend must not have been sent again by the dozen. (A few are: a
  // backend that stops reading is asked again and again whether it has room.)
  'pattern-way-carries': (view: View) => both(both(logSigns['path-pattern'](view), wayCarries(view)), segmentsArrive(view)),
  // Old versions keep an address until they are reloaded, later ones until a connect to it fails (2.4.59).
  'name-moved': (view: View) =>
    from(
      view.of('dns'),
      (facts) => (facts.logged === undefined ? null : nameMoved(facts)),
      (facts) => `${facts.name} leads to ${facts.addresses.join(', ')} now, and no more to ${facts.logged ?? '?'}, where httpd looked for it`,
    ),
  'resolves-now': (view: View) =>
    from(
      view.of('dns'),
      (facts) => ['resolved', 'literal'].includes(view.of('dns').outcome ?? '') && !nameMoved(facts),
      () => view.of('dns').evidence?.summary ?? '',
    ),
  'not-resolved-now': outcomeSign('dns', ['not-found', 'temporary-failure']),
  'fresh-answered': freshSign(({ dropped, noAnswer }) => dropped + noAnswer === 0),
  // Something else than HTTP is an answer: of another program, as a rule, and no sign of one that dies.
  'fresh-dropped': freshSign(({ answered, dropped, noAnswer, notHttp = 0 }) => answered === 0 && dropped > notHttp && dropped >= noAnswer),
  'fresh-no-answer': freshNoAnswer,
  'fresh-mixed': freshSign(({ answered, dropped, notHttp = 0 }) => answered > 0 && dropped > notHttp),
  // httpd takes it for an answer of HTTP/0.9, as what speaks first (traps 15).
  'answers-no-http': freshSign(({ notHttp = 0 }) => notHttp > 0),
  'fresh-unanswered': freshSign(({ noAnswer }) => noAnswer > 0),
  // Enough of them that one should have failed, had they met what the proxy's requests meet.
  'fresh-proven': (view: View) => {
    const { facts, evidence } = view.of('http-request');
    const fresh = facts === null ? null : freshOf(facts);
    const rate = rateInFlight(view.backend);
    const elsewhere = view.of('access-log').facts?.patterns.some(({ path }) => path !== null) === true;
    if (fresh === null || evidence === null || rate === null || rate === 0 || elsewhere) return unknown;
    if (fresh.dropped + fresh.noAnswer > 0) return { state: 'no', text: '', evidence: [evidence.id] };
    if (fresh.attempts < enough(rate)) return unknown;
    return {
      state: 'yes',
      text: `${fresh.answered} of ${fresh.attempts} GETs on fresh connections were answered, where ${percent(rate, 1)} of the proxy's requests fail`,
      evidence: [evidence.id],
    };
  },
  'tls-fails': tlsSign(['plain-http', 'certificate', 'protocol', 'client-certificate', 'closed', 'no-answer']),
  'tls-plain-http': tlsSign(['plain-http']),
  'tls-no-agreement': tlsSign(['certificate', 'protocol', 'client-certificate']),
  'tls-ok': tlsSign(['handshake-ok']),
  'tls-proxy-refuses': (view: View) =>
    from(
      view.of('tls-connect'),
      (facts) => (facts.spokenTo === 'plain' ? null : facts.proxyWouldRefuse),
      (facts) => facts.proxyBecause,
    ),
  'tls-not-there': (view: View) =>
    from(
      view.of('tls-connect'),
      (facts) => (facts.spokenTo === 'plain' ? facts.certificate === null : null),
      () => 'the port speaks no TLS either',
    ),
  // A server of TLS drops whoever speaks plain HTTP to it.
  'tls-behind-plain': (view: View) => {
    const looked = view.of('tls-connect');
    return from(
      looked,
      (facts) => (facts.spokenTo === 'plain' ? facts.certificate !== null : null),
      () => looked.evidence?.summary ?? '',
    );
  },
  'interface-faults': (view: View) => {
    const looked = view.of('interface-errors');
    return from(
      looked,
      () => looked.outcome === 'errors',
      () => looked.evidence?.summary ?? '',
    );
  },
  // Faults of a link and an overload may stand side by side: what comes in bursts is not the link's for sure.
  'faults-without-bursts': (view: View) => {
    const looked = view.of('interface-errors');
    const shape = view.backend === null ? null : (view.backend.frequencyByMode[view.mode] ?? view.backend.frequency);
    return from(
      looked,
      () => (shape === null ? null : looked.outcome === 'errors' && shape !== 'clusters'),
      () => 'the link shows faults, and the failures do not come in bursts as they would under load',
    );
  },
  // The backend's host acknowledges, so nothing is lost on the way; the program behind it does not read on.
  'backend-not-reading': (view: View) =>
    from(
      view.of('interface-errors'),
      (facts) => (facts.toBackend === null ? null : facts.toBackend.notRead > 0),
      (facts) => `${number(facts.toBackend?.notRead ?? 0)} of ${number(facts.toBackend?.connections ?? 0)} connections to it wait for it to read what was sent: its receive window is closed`,
    ),
  'carrier-flaps': (view: View) =>
    from(
      view.of('interface-errors'),
      (facts) => facts.devices.some((device) => (device.carrierChanges ?? 0) >= manyCarrierChanges),
      (facts) => {
        const worst = facts.devices.toSorted((a, b) => (b.carrierChanges ?? 0) - (a.carrierChanges ?? 0))[0];
        return `the link of ${worst?.name ?? '?'} went up and down ${number((worst?.carrierChanges ?? 0) / 2)} times since it came up`;
      },
    ),
  'segments-mostly-lost': segmentsLost,
  'segments-retransmitted': (view: View) => {
    const looked = view.of('interface-errors');
    return from(
      looked,
      () => looked.outcome === 'retransmissions',
      () => looked.evidence?.summary ?? '',
    );
  },
  'proxy-at-limit': (view: View) => {
    const looked = view.of('proxy-resources');
    return from(
      looked,
      () => looked.outcome === 'at-limit',
      () => looked.evidence?.summary ?? '',
    );
  },
  'proxy-within-limits': (view: View) => {
    const looked = view.of('proxy-resources');
    return from(
      looked,
      () => looked.outcome === 'within-limits',
      () => 'the proxy’s ports, descriptors and workers are not near a limit',
    );
  },
  'known-fault-fits': (view: View) =>
    from(
      view.of('proxy-version'),
      (facts) => faultFits(view, facts),
      (facts) => `${facts.dialect ?? 'httpd'} ${facts.version ?? '?'} has ${number(facts.faults.length)} faults on record that a later release mended; one shows itself in this way`,
    ),
  'no-fault-on-record': (view: View) =>
    from(
      view.of('proxy-version'),
      (facts) => {
        const fits = faultFits(view, facts);
        return fits === null || facts.version === null ? null : !fits;
      },
      (facts) => `${facts.dialect ?? 'httpd'} ${facts.version ?? '?'} has no fault on record that shows itself in this way`,
    ),
} satisfies Signs;

/** A fault of this version that was not mended by a backport, and whose symptom stands in the log; null where no log tells. */
function faultFits(view: View, { faults }: ProxyVersionFacts): boolean | null {
  const log = view.backend;
  if (log === null) return null;
  return faults.some(
    ({ backport, symptoms }) => backport === 'no' && symptoms.some(({ family, errno }) => (log.families[family] ?? 0) > 0 && (errno === null || (log.errnos[errno] ?? 0) > 0)),
  );
}
