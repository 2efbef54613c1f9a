/** A few GETs, each on a connection of its own, through the proxy with a mark or straight to the backend. */
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { CheckContext, Collected } from '../check.ts';
import { CouldNot } from '../check.ts';
import type { Told } from '../../httpd/wire/conversation.ts';
import { ask } from '../../httpd/wire/conversation.ts';
import { addressesFor, dial } from './dial.ts';
import type { HttpRequestFacts } from './facts.ts';
import { visible } from '../../visible.ts';
import { findMarks, placesOf } from './marks.ts';
import type { Parameters } from './parameters.ts';

/** How long a line in the log is waited for after the last answer. */
const logWaitMs = 2500;

/** So much of an answer that is no HTTP tells what it is. */
const saidLength = 60;

type Attempt = HttpRequestFacts['attempts'][number];
type Became = 'good' | 'server-error' | 'dropped' | 'no-answer' | 'not-connected' | 'not-http' | 'no-handshake';

export async function collect(context: CheckContext, parameters: Parameters): Promise<Collected<HttpRequestFacts>> {
  const { target, count, through } = parameters;
  const host = context.hosts.proxy;
  const addresses = await addressesFor(host, target);
  const mark = through === 'proxy' ? `pd-${randomBytes(6).toString('hex')}` : null;
  const places = await placesOf(
    host,
    parameters.logs.map(({ path }) => path),
  );
  const began = performance.now();
  const attempts: Attempt[] = [];
  const became: Became[] = [];
  let said: string | null = null;
  for (let index = 0; index < count; index += 1) {
    if (index > 0) await setTimeout(parameters.intervalMs, undefined, { signal: context.signal });
    const atMs = Math.round(performance.now() - began);
    const { attempt, end, said: words } = await request(context, parameters, addresses, mark === null ? null : `${mark}-${index + 1}`);
    said ??= words ?? null;
    attempts.push({ atMs, ...attempt });
    became.push(end);
    const tally = (end: Became): number => became.filter((one) => one === end).length;
    const text = `${tally('good')} good, ${tally('server-error')} server errors, ${tally('dropped') + tally('no-answer') + tally('not-connected')} without an answer`;
    context.progress({ done: index + 1, total: count, unit: 'requests', text, live: [...attempts] });
    if (through === 'backend' && failedEnough(parameters, became)) break;
  }
  const all = (end: Became): boolean => became.every((one) => one === end);
  if (all('not-connected')) {
    const code = attempts[0]?.code ?? 'not connected';
    const remedy =
      through === 'proxy'
        ? 'Give a URL that this machine can reach with --url.'
        : `proxy-doctor check tcp-connect ${target.host}:${target.port}`;
    throw new CouldNot('skipped', `No connection to ${target.host}:${target.port} (${code}), so no request could be sent.`, remedy);
  }
  if (all('no-handshake')) {
    throw new CouldNot(
      'failed',
      `What answers at ${target.host}:${target.port} refuses the TLS handshake, so no request could be sent.`,
      `proxy-doctor check tls-connect ${target.host}:${target.port}`,
    );
  }
  const number = (end: Became): number => became.filter((one) => one === end).length;
  if (through === 'backend' && parameters.clientCertificate !== null && number('good') + number('server-error') === 0) {
    throw new CouldNot(
      'skipped',
      `${target.host}:${target.port} does not answer without a client certificate; the proxy has one (${parameters.clientCertificate}), and a probe can not use it.`,
      'Give a URL through the proxy that is safe to request: --url http://www.example/health',
    );
  }
  const fresh = await askFresh(context, parameters, became);
  const foundIn = mark === null ? [] : await findMarks(host, places, mark, `${mark}-${count}`, logWaitMs, context.signal);
  return {
    facts: {
      url: parameters.url,
      through,
      attempts,
      answered: number('good') + number('server-error'),
      good: number('good'),
      serverErrors: number('server-error'),
      dropped: number('dropped') + number('not-http') + number('no-handshake'),
      noAnswer: number('no-answer') + number('not-connected'),
      notHttp: number('not-http'),
      said,
      fresh,
      mark,
      foundIn: [...foundIn],
      lookedIn: places.map(({ path }) => path),
      servedBy: servedBy(
        parameters,
        foundIn.map(({ file }) => file),
      ),
    },
    commands: [],
  };
}

/** Straight to the backend: the requests just sent, or, where these went through the proxy, some more. */
async function askFresh(context: CheckContext, parameters: Parameters, sent: readonly Became[]): Promise<HttpRequestFacts['fresh']> {
  if (parameters.through === 'backend') return freshOf(sent);
  const { direct } = parameters;
  if (direct === null) return null;
  let addresses: readonly string[];
  try {
    addresses = await addressesFor(context.hosts.proxy, direct.target);
  } catch (error) {
    // A name that does not resolve is the matter of another check; the requests through the proxy stand.
    if (error instanceof CouldNot) return null;
    throw error;
  }
  const became: Became[] = [];
  for (let index = 0; index < direct.count; index += 1) {
    if (index > 0) await setTimeout(parameters.intervalMs, undefined, { signal: context.signal });
    const { end } = await request(context, { ...parameters, target: direct.target, path: direct.path, timeoutSeconds: direct.timeoutSeconds }, addresses, null);
    became.push(end);
    context.progress({ done: index + 1, total: direct.count, unit: 'requests', text: 'straight to the backend' });
    if (end === 'not-connected' || end === 'no-handshake') return null;
    if (failedEnough(parameters, became)) break;
  }
  return freshOf(became);
}

function failedEnough({ failuresEnough }: Parameters, became: readonly Became[]): boolean {
  return failuresEnough !== null && became.filter((one) => one === 'dropped' || one === 'not-http' || one === 'no-answer').length >= failuresEnough;
}

function freshOf(became: readonly Became[]): HttpRequestFacts['fresh'] {
  const number = (...ends: readonly Became[]): number => became.filter((one) => ends.includes(one)).length;
  return {
    attempts: became.length,
    answered: number('good', 'server-error'),
    dropped: number('dropped', 'not-http', 'no-handshake'),
    noAnswer: number('no-answer', 'not-connected'),
    notHttp: number('not-http'),
  };
}

async function request(
  context: CheckContext,
  { target, path, timeoutSeconds, url }: Parameters,
  addresses: readonly string[],
  mark: string | null,
): Promise<{ readonly attempt: Omit<Attempt, 'atMs'>; readonly end: Became; readonly said?: string }> {
  const timeoutMs = timeoutSeconds * 1000;
  const started = performance.now();
  const dialled = await dial(context.hosts.proxy, target, addresses, { timeoutMs, signal: context.signal });
  const durationMs = Math.round(performance.now() - started);
  if (dialled.kind === 'not-connected') {
    return { attempt: { status: null, code: dialled.code ?? dialled.outcome, durationMs, bytes: 0 }, end: 'not-connected' };
  }
  if (dialled.kind === 'no-handshake') {
    const end = dialled.ended === 'no-answer' ? 'no-answer' : dialled.ended === 'refused' ? 'no-handshake' : 'dropped';
    return { attempt: { status: null, code: dialled.code ?? dialled.ended, durationMs, bytes: 0 }, end };
  }
  const marked = mark === null ? path : `${path}${path.includes('?') ? '&' : '?'}proxy-doctor=${mark}`;
  const fields: Record<string, string> = mark === null ? {} : { Referer: new URL(marked, url).href };
  try {
    const told = await ask(dialled.socket, { method: 'GET', target: marked, host: target.hostField, fields, close: true }, timeoutMs);
    context.signal.throwIfAborted();
    return {
      attempt: { status: told.head?.status ?? null, code: codeOf(told), durationMs: durationMs + told.durationMs, bytes: told.bytes },
      end: becameOf(told),
      ...(becameOf(told) === 'not-http' ? { said: visible(told.firstBytes.toString('latin1')).slice(0, saidLength) } : {}),
    };
  } finally {
    dialled.socket.close();
  }
}

function becameOf(told: Told): Became {
  if (saysNoHttp(told)) return 'not-http';
  switch (told.outcome) {
    case 'answered':
    case 'too-long':
      return (told.head?.status ?? 0) >= 500 ? 'server-error' : 'good';
    case 'closed':
    case 'reset':
    case 'cut':
    // A head of HTTP came, and then chunks that are none.
    case 'not-http':
      return 'dropped';
    case 'no-answer':
    case 'stalled':
      return 'no-answer';
  }
}

/** What came begins otherwise than a status line, whether or not it broke off or stopped then. */
function saysNoHttp({ firstBytes }: Told): boolean {
  const begin = 'HTTP/';
  return firstBytes.length > 0 && firstBytes.toString('latin1', 0, begin.length) !== begin.slice(0, firstBytes.length);
}

function codeOf(told: Told): string | null {
  return told.outcome === 'answered' || told.outcome === 'too-long' ? null : (told.code ?? told.outcome);
}

/** The virtual host is that of the log which has the mark; the backend is what the configuration sends this path to. */
function servedBy({ logs, route, through }: Parameters, files: readonly string[]): HttpRequestFacts['servedBy'] {
  if (through === 'backend') return null;
  const log = logs.find(({ path }) => files.includes(path));
  if (log === undefined && route === null) return null;
  const found = log === undefined ? 'the mark is in no log' : `the mark is in ${log.path}`;
  return {
    virtualHost: log?.virtualHost ?? null,
    backend: route?.backend ?? null,
    because: route === null ? found : `${found}; ${route.at} sends this path there`,
  };
}
