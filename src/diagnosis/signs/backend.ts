/** Signs from the backend's own side, and from the tests of kept-alive connections and packets. */
import { blocking, listenerText } from '../../checks/backend-process/classify.ts';
import { failedByChance, failedByIdleTime } from '../../checks/keepalive-probe/idle-matters.ts';
import { proxyKeeps } from '../../checks/keepalive-probe/proxy-keeps.ts';
import type { FactsOf, View } from '../view.ts';
import { liveSigns } from './live.ts';
import { logSigns } from './log.ts';
import { from, moment, number, type Sign, type Signs, unknown } from './sign.ts';

function process(view: View, outcome: string): Sign {
  const looked = view.of('backend-process');
  return from(
    looked,
    () => looked.outcome === outcome,
    () => looked.evidence?.summary ?? '',
  );
}

function outcomes(check: 'keepalive-probe' | 'keepalive-toggle' | 'packet-capture', wanted: readonly string[]): (view: View) => Sign {
  return (view) => {
    const looked = view.of(check);
    return from<unknown>(
      looked,
      () => looked.outcome !== null && wanted.includes(looked.outcome),
      () => looked.evidence?.summary ?? '',
    );
  };
}

/** From the window's begin to the last failure: no connection that was used in it lay idle for longer. */
function idleAtMost(view: View, seconds: number): boolean {
  const from = view.of('error-log').facts?.window.from ?? null;
  const last = view.backend?.last ?? null;
  return from !== null && last !== null && Date.parse(last) - Date.parse(from) <= seconds * 1000;
}

function neverReuses(view: View): Sign {
  return from(
    view.of('proxy-config'),
    (facts) => {
      const settings = facts.backends.filter((setting) => setting.backend === view.subject?.backend || view.backend?.names.includes(setting.backend) === true);
      return settings.length === 0 ? null : proxyKeeps(settings, facts, null)?.reuse === false;
    },
    () => 'the proxy does not reuse connections to this backend, so the keepalive race can not happen',
  );
}

function crashRecorded(view: View): Sign {
  return from(
    view.of('backend-process'),
    (facts) => {
      // Where nothing listens any more, any program of that machine may have left the record.
      if (facts.listeners.length === 0) return null;
      return facts.crashes.some((crash) => amidFailures(crash.time, view));
    },
    (facts) => `the backend's system recorded: ${facts.crashes.find((crash) => amidFailures(crash.time, view))?.text.slice(0, 140) ?? ''}`,
  );
}

/** A server of TLS that is spoken to in another way drops every request, and nothing but that: any of these tells that it is no such thing. */
const noMatterOfTls = [
  logSigns['log-some-succeed'],
  logSigns['path-pattern'],
  logSigns['log-response-broken'],
  logSigns['breaks-before-refusals'],
  liveSigns['refused-now'],
  liveSigns['dropped-now'],
  liveSigns['fresh-mixed'],
  liveSigns['fresh-answered'],
  liveSigns['tls-not-there'],
  liveSigns['tls-ok'],
  crashRecorded,
];

function tlsRuledOut(view: View): Sign {
  const told = noMatterOfTls.map((sign) => sign(view)).find((sign) => sign.state === 'yes');
  if (told !== undefined) return told;
  const wanted = [liveSigns['tls-behind-plain'](view), liveSigns['tls-no-agreement'](view)].find((sign) => sign.state === 'yes');
  return wanted === undefined ? unknown : { ...wanted, state: 'no', text: '' };
}

function reuseFails(view: View): Sign {
  return from(
    view.of('keepalive-probe'),
    (facts) => facts.fresh.answered > 0 && failedByIdleTime(facts.idleSeconds).some((rung) => rung.outcome === 'reset' || rung.outcome === 'no-answer'),
    () => 'a second request on a kept connection fails while fresh connections are answered',
  );
}

export const backendSigns = {
  'tls-ruled-out': tlsRuledOut,
  'not-listening': (view: View) => process(view, 'not-listening'),
  'bound-elsewhere': (view: View) => process(view, 'other-address'),
  'filter-blocks': (view: View) =>
    from(
      view.of('backend-process'),
      (facts) => (facts.firewall === null ? null : blocking(facts).length > 0),
      (facts) => {
        const [rule] = blocking(facts);
        return `a packet filter on the backend's side stops ${rule?.action === 'share' ? 'a share of it' : 'it'}: ${rule?.rule ?? ''}${rule?.packets == null ? '' : ` (${number(rule.packets)} packets)`}`;
      },
    ),
  'connection-limit': (view: View) =>
    from(
      view.of('backend-process'),
      (facts) => (facts.firewall === null ? null : facts.firewall.some((rule) => rule.action === 'limit' && rule.packets !== 0)),
      (facts) => `a limit of connections is in force there: ${facts.firewall?.find((rule) => rule.action === 'limit')?.rule ?? ''}`,
    ),
  listening: (view: View) =>
    from(
      view.of('backend-process'),
      (facts) => {
        const outcome = view.of('backend-process').outcome;
        return facts.listeners.length > 0 && outcome !== 'other-address' && outcome !== 'not-listening';
      },
      (facts) => `on the backend's side ${facts.listeners[0]?.process ?? 'a program'} listens on ${listenerText({ address: facts.listeners[0]?.address ?? '*', port: facts.port })}`,
    ),
  'connects-locally': (view: View) =>
    from(
      view.of('backend-process'),
      (facts) => (facts.localConnect.length === 0 ? null : facts.localConnect.some((attempt) => attempt.outcome === 'connected')),
      () => 'a connect on the backend’s own side succeeds',
    ),
  // Present health says nothing of a time-out an hour ago: these two tell of the time of the failures.
  'listened-meanwhile': (view: View) =>
    from(
      view.of('backend-process'),
      (facts) => {
        if (facts.listeners.length === 0 || view.of('backend-process').outcome === 'other-address') return false;
        if (failsNow(view)) return true;
        const first = view.backend?.first ?? null;
        return facts.listenerStartedAt === null || first === null ? null : facts.listenerStartedAt <= first;
      },
      (facts) => `on the backend's side ${facts.listeners[0]?.process ?? 'a program'} listened on ${facts.socket ?? `port ${facts.port}`} while connects failed`,
    ),
  'accepts-there-not-here': (view: View) =>
    from(
      view.of('backend-process'),
      (facts) => (facts.localConnect.length === 0 || view.of('tcp-connect').facts === null ? null : failsNow(view) && facts.localConnect.some((attempt) => attempt.outcome === 'connected')),
      () => 'a connect on the backend’s own side succeeds while none from the proxy does',
    ),
  'queue-full': (view: View) => process(view, 'queue-full'),
  'queue-overflowing': (view: View) =>
    from(
      view.of('backend-process'),
      (facts) => (facts.overflows === null ? null : facts.overflows.grewBy > 0),
      (facts) => `accept queues on the backend's side overflowed ${number(facts.overflows?.grewBy ?? 0)} times while looking`,
    ),
  // The kernel's counter is one for all programs of that network namespace since boot, and says nothing of when. It accounts for the
  // failures of the window only if it is no smaller than their number: each connect that timed out was dropped once at least.
  'queue-overflowed': (view: View) =>
    from(
      view.of('backend-process'),
      (facts) => (facts.overflows === null ? null : facts.overflows.grewBy > 0 || facts.overflows.listenOverflows >= Math.max(1, view.backend?.byMode['connect'] ?? 0)),
      (facts) =>
        (facts.overflows?.grewBy ?? 0) > 0
          ? `accept queues on the backend's side overflowed ${number(facts.overflows?.grewBy ?? 0)} times while looking`
          : `accept queues on the backend's side overflowed ${number(facts.overflows?.listenOverflows ?? 0)} times since boot: enough for these failures, but of all its programs, and nothing says when`,
    ),
  'crash-recorded': crashRecorded,
  'backend-restarted': (view: View) =>
    from(
      view.of('backend-process'),
      (facts) => {
        const first = view.backend?.first ?? null;
        return facts.listenerStartedAt === null || first === null ? null : facts.listenerStartedAt > first;
      },
      (facts) => `the listening process was started after the failures began (${facts.listenerStartedAt === null ? '' : moment(facts.listenerStartedAt)})`,
    ),
  'answered-listening': (view: View) => answer(view, 'listens', 'listening', 'you said that a program listens on that port'),
  'answered-not-listening': (view: View) => answer(view, 'listens', 'not-listening', 'you said that nothing listens on that port'),
  'probe-can-race': outcomes('keepalive-probe', ['can-race']),
  'probe-forgotten': outcomes('keepalive-probe', ['forgotten']),
  'probe-no-race': (view: View) => {
    const looked = view.of('keepalive-probe');
    return from(
      looked,
      // Nothing ended while it watched, and the proxy keeps connections longer than that: nothing is proven, unless the failures came
      // so soon after the window's begin that no connection had lain idle for longer. Nor is it where one reuse failed although another connection
      // lay idle for longer: the idle time is not what matters, but reuse may be.
      (facts) => (sometimes(facts) || (typeof facts.unprovenBeyondSeconds === 'number' && !idleAtMost(view, facts.unprovenBeyondSeconds)) ? null : looked.outcome === 'no-race'),
      () => looked.evidence?.summary ?? '',
    );
  },
  // A firewall that forgets idle connections writes the lines of a stall, and makes the kernel send again: was reuse ruled out, or at
  // least tried? Where fresh connections meet silence too, reuse is not what matters.
  'reuse-looked-at': (view: View) => {
    const told = [neverReuses(view), liveSigns['fresh-unanswered'](view)].find((sign) => sign.state === 'yes');
    return told ?? outcomes('keepalive-probe', ['can-race', 'no-race', 'fresh-fails'])(view);
  },
  'probe-fresh-fails': outcomes('keepalive-probe', ['fresh-fails']),
  'reuse-fails': reuseFails,
  'reuse-fails-sometimes': (view: View) =>
    from(view.of('keepalive-probe'), sometimes, (facts) => {
      const [failed] = failedByChance(facts.idleSeconds);
      return `a kept connection failed on its next request (after ${failed?.seconds ?? '?'} s idle) though another lay idle for longer, while fresh connections are answered`;
    }),
  'proxy-never-reuses': neverReuses,
  'toggle-helped': outcomes('keepalive-toggle', ['helped']),
  'toggle-no-change': outcomes('keepalive-toggle', ['no-change', 'worse']),
  // An operation of which most requests fail may have been asked for less just then: the pause counts where idle times are seen to do harm
  // too, or where no such operation is.
  'toggle-tells-apart': (view: View) => {
    const helped = outcomes('keepalive-toggle', ['helped'])(view);
    if (helped.state !== 'yes') return helped;
    const harmed = [outcomes('keepalive-probe', ['can-race', 'forgotten'])(view), reuseFails(view)].find((sign) => sign.state === 'yes');
    if (harmed !== undefined) return { ...helped, evidence: [...helped.evidence, ...harmed.evidence] };
    return from(
      view.of('access-log'),
      ({ patterns }) => !patterns.some(({ path, failed, requests }) => path !== null && failed * 2 >= requests),
      () => helped.text,
    );
  },
  'capture-backend-closes': outcomes('packet-capture', ['backend-closes-early']),
  'capture-closes-reused-only': (view: View) =>
    from(
      view.of('packet-capture'),
      (facts) => {
        const reused = facts.points.reduce((sofar, point) => sofar + point.failedReused, 0);
        const fresh = facts.points.reduce((sofar, point) => sofar + point.failedFresh, 0);
        // With a pool nearly every connection is a used one: that says something only where the idle time before decides too.
        return reused + fresh === 0 ? null : fresh === 0 && facts.points.some((point) => point.idleDecides !== false);
      },
      () => 'in the capture only connections that had carried a request before were closed',
    ),
  'capture-fresh-fail': (view: View) =>
    from(
      view.of('packet-capture'),
      (facts) => {
        const reused = facts.points.reduce((sofar, point) => sofar + point.failedReused, 0);
        const fresh = facts.points.reduce((sofar, point) => sofar + point.failedFresh, 0);
        return reused + fresh === 0 ? null : fresh > 0;
      },
      () => 'in the capture fresh connections fail too',
    ),
  'capture-backend-silent': outcomes('packet-capture', ['backend-silent']),
  'capture-request-incomplete': outcomes('packet-capture', ['request-incomplete']),
  'capture-loss': outcomes('packet-capture', ['loss']),
} satisfies Signs;

/** Dropped on reuse, whatever the idle time: a limit of requests for each connection, or chance. */
function sometimes({ fresh, idleSeconds }: FactsOf<'keepalive-probe'>): boolean {
  return fresh.answered > 0 && fresh.dropped + fresh.noAnswer === 0 && failedByChance(idleSeconds).some((rung) => rung.outcome !== 'no-answer');
}

/** No connect of the proxy's is accepted at the time of looking. */
function failsNow(view: View): boolean {
  const { facts, outcome } = view.of('tcp-connect');
  return facts !== null && facts.connected === 0 && outcome !== null && ['refused', 'no-answer', 'unreachable', 'denied'].includes(outcome);
}

/** A record from long before or after the failures tells of something else. */
const crashMarginMs = 120_000;

function amidFailures(time: string | null, view: View): boolean {
  const first = view.backend?.first ?? null;
  const last = view.backend?.last ?? null;
  if (time === null || first === null || last === null) return false;
  const at = Date.parse(time);
  return at >= Date.parse(first) - crashMarginMs && at <= Date.parse(last) + crashMarginMs;
}

function answer(view: View, question: string, option: string, text: string): Sign {
  const given = view.answers[question];
  if (given === undefined || given === 'unknown') return { state: 'unknown', text: '', evidence: [] };
  return { state: given === option ? 'yes' : 'no', text, evidence: [] };
}
