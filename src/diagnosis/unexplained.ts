/** Failures that the diagnosis of their backend does not explain: said, never passed over. Pure. */
import { dropped, timedOut } from '../checks/error-log/errno-kinds.ts';
import type { Claim, Diagnosis } from '../engine/conclusion.ts';
import type { Subject } from '../engine/events.ts';
import { fewestOfKind } from './suspects.ts';
import { moment, number, sum, total } from './signs/sign.ts';
import type { View } from './view.ts';

/** Ways of failing that a cause explains; what came at no other time than the rest is a symptom of any cause. */
const explains: Readonly<Record<string, readonly string[]>> = {
  'backend-not-running': ['connect'],
  'backend-overloaded': ['connect', 'in-flight'],
  'network-blocked': ['connect'],
  'backend-not-found': ['connect', 'dns'],
  'hardware-suspected': ['connect', 'in-flight', 'tls'],
  'backend-crashed': ['connect', 'in-flight'],
  'backend-stalled': ['in-flight', 'capacity'],
  'keepalive-race': ['in-flight'],
  'request-not-sent': ['client', 'in-flight'],
  'network-loss': ['connect', 'in-flight', 'tls', 'client'],
  'proxy-exhausted': ['connect', 'capacity'],
  'backend-tls': ['tls', 'in-flight'],
};

const words: Readonly<Record<string, string>> = {
  connect: 'failed connects',
  'in-flight': 'failures in flight',
  dns: 'failed look-ups of its name',
  tls: 'failed TLS handshakes',
  client: 'requests whose body did not come from the client',
  capacity: 'requests that met a limit of the proxy',
};

/** Less than this share of the failures in flight is chance beside the others. */
const leastShare = 0.1;

/** @param examined every subject of the case */
export function unexplained(id: Diagnosis['id'], view: View, examined: readonly Subject[]): Claim[] {
  const log = view.of('error-log').evidence;
  if (view.backend === null || log === null || explains[id] === undefined) return [];
  return [...otherWays(id, view, examined), ...otherKind(id, view)].map((text) => ({ text, evidence: [log.id] }));
}

/** Of a way of failing that was too rare to be examined by itself. */
function otherWays(id: string, view: View, examined: readonly Subject[]): string[] {
  const { backend, subject } = view;
  if (backend === null || subject === null || subject.part !== undefined) return [];
  return Object.entries(backend.byMode).flatMap(([mode, count]) => {
    const errnos = backend.errnosByMode[mode] ?? {};
    // Who dies refuses until it is up again; connects that get no answer are something else.
    const silent = id === 'backend-crashed' && mode === 'connect' && sum(errnos, timedOut) * 2 >= Math.max(1, total(errnos));
    const known = (explains[id]?.includes(mode) === true && !silent) || mode === subject.mode || mode === 'none' || backend.times?.[mode]?.aside === 0;
    if (known || count < fewestOfKind || examined.some((one) => one.backend === subject.backend && one.mode === mode)) return [];
    const span = backend.beganByMode?.[mode];
    return [`${number(count)} ${words[mode] ?? mode} of this backend are not explained by it and were too few beside the others to be examined by themselves: ${byThemselves(subject.backend, span)}`];
  });
}

/** Of failures in flight: no answer in time where the others were dropped, or the other way round. */
function otherKind(id: string, view: View): string[] {
  const counts = view.backend?.errnosByMode['in-flight'] ?? {};
  const drops = id === 'backend-crashed' || id === 'keepalive-race';
  if (view.mode !== 'in-flight' || (!drops && id !== 'backend-stalled')) return [];
  const count = sum(counts, drops ? timedOut : dropped);
  // What most of them are is what it was judged by.
  if (count < fewestOfKind || count < total(counts) * leastShare || count * 2 >= total(counts)) return [];
  const what = drops ? 'got no answer in time' : 'had their connection closed or reset';
  return [
    `${number(count)} of its ${number(total(counts))} failures in flight ${what}, which this explains only if they are of the same requests: see which, proxy-doctor check access-log --backend ${view.subject?.backend ?? ''} (the error log and the access log of the same time tell them apart)`,
  ];
}

/** Of failures that were examined by themselves, and whose own cause was not found. */
export function leftOpen({ of, subject, backend, mode }: View): Claim | null {
  const log = of('error-log').evidence;
  if (log === null || subject === null || backend === null || subject.failures === 0) return null;
  const families = Object.entries(backend.families).map(([family, count]) => `${number(count)} ${family}`).join(', ');
  const which = subject.part === undefined ? '' : ({ elsewhere: ' of other requests, at other moments', timeouts: ' that got no answer in time', drops: ' that were dropped' })[subject.part] ?? '';
  const lines = subject.part === undefined ? '' : ` (${families})`;
  const test = subject.part === 'elsewhere' ? '; --allow keepalive-toggle tells whether it is the reuse of connections' : '';
  return {
    text: `${number(subject.failures)} ${words[mode] ?? mode}${which}${lines} are not explained by it, and their own cause is not clear: ${byThemselves(subject.backend, backend.beganByMode?.[mode])}${test}`,
    evidence: [log.id],
  };
}

function byThemselves(backend: string, span: { readonly from: string; readonly to: string } | undefined): string {
  const window = span === undefined ? '' : ` --since ${span.from} --until ${span.to}`;
  const when = span === undefined ? '' : ` (they began between ${moment(span.from)} and ${moment(span.to)})`;
  return `look at them by themselves with proxy-doctor run --backend ${backend}${window}${when}`;
}
