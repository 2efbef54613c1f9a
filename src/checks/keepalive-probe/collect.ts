/**
 * The probe: at most two connections at a time. One is used again after ever longer idle times (the ladder); the other lies idle and listens,
 * so that a close by the backend tells its timeout exactly, and is used again at the end, after the longest idle time. Never while
 * connects fail: a probe must not take the last place of a backend in trouble.
 */
import { setTimeout } from 'node:timers/promises';
import type { CheckContext, Collected } from '../check.ts';
import { CouldNot } from '../check.ts';
import { announcedKeepAlive } from '../../httpd/wire/framing.ts';
import type { Ask, Told } from '../../httpd/wire/conversation.ts';
import type { Host } from '../../host/host.ts';
import { addressesFor, dial } from '../http-request/dial.ts';
import { atOnceSeconds } from './classify.ts';
import type { KeepaliveProbeFacts, Rung } from './facts.ts';
import { failedByChance, failedByIdleTime } from './idle-matters.ts';
import type { Line } from './line.ts';
import { line } from './line.ts';
import type { Parameters } from './parameters.ts';
import { advice } from './proxy-keeps.ts';

/** Fresh connections tried before the backend is said to fail on them: a single drop may be chance. */
const freshTries = 3;
const betweenTriesMs = 250;
const confirmSeconds = 1;
/** Connections in all, at most two of them at a time. */
const mostConnections = 8;
/** Statuses from here on may be an error page whose close says nothing about good answers. */
const errorStatus = 400;

interface Run {
  readonly host: Host;
  readonly parameters: Parameters;
  readonly addresses: readonly string[];
  readonly signal: AbortSignal;
  readonly lines: Set<Line>;
  readonly rungs: Rung[];
  readonly fresh: { attempts: number; answered: number; dropped: number; noAnswer: number };
  readonly announced: { timeoutSeconds: number | null; max: number | null; close: boolean };
  /** Milliseconds left of the probe's time. */
  readonly left: () => number;
  readonly note: (text: string) => void;
  request: Ask;
  answerMs: number;
  firstStatus: number | null;
}

export async function collect(context: CheckContext, parameters: Parameters): Promise<Collected<KeepaliveProbeFacts>> {
  const host = context.hosts.proxy;
  const began = performance.now();
  const totalMs = Math.min(parameters.seconds * 1000, context.timeLimitMs - 500);
  const rungs: Rung[] = [];
  const run: Run = {
    host,
    parameters,
    addresses: await addressesFor(host, parameters.target),
    signal: context.signal,
    lines: new Set(),
    rungs,
    fresh: { attempts: 0, answered: 0, dropped: 0, noAnswer: 0 },
    announced: { timeoutSeconds: null, max: null, close: false },
    left: () => totalMs - (performance.now() - began),
    note: (text) => {
      const done = Math.min(parameters.seconds, Math.round((performance.now() - began) / 1000));
      context.progress({ done, total: Math.round(totalMs / 1000), unit: 'seconds', text, live: [...rungs] });
    },
    request: { method: 'GET', target: parameters.path, host: parameters.target.hostField },
    answerMs: parameters.answerSeconds * 1000,
    firstStatus: null,
  };
  try {
    const ladder = await firstLine(run);
    if (ladder !== null) {
      if (run.announced.close) refuseErrorPage(run);
      else await climb(run, ladder);
    }
  } finally {
    for (const one of run.lines) one.close();
  }
  context.signal.throwIfAborted();
  return { facts: factsOf(run), commands: [] };
}

/** A fresh connection with one answered request on it; null when that failed on every try (or when the backend keeps nothing). */
async function firstLine(run: Run): Promise<Line | null> {
  for (let attempt = 0; attempt < freshTries; attempt += 1) {
    if (attempt > 0) await setTimeout(betweenTriesMs, undefined, { signal: run.signal });
    const opened = await freshLine(run);
    if (opened !== null) return opened;
  }
  return null;
}

async function freshLine(run: Run): Promise<Line | null> {
  const { parameters, fresh, signal } = run;
  run.note('asking on a fresh connection');
  const dialled = await dial(run.host, parameters.target, run.addresses, { timeoutMs: run.answerMs, signal });
  if (dialled.kind === 'not-connected') {
    throw new CouldNot(
      'skipped',
      `A connect to the backend failed (${dialled.code ?? dialled.outcome}): the probe stops, so as not to take the last place of a backend in trouble.`,
      `proxy-doctor check tcp-connect ${parameters.target.host}:${parameters.target.port}`,
    );
  }
  if (dialled.kind === 'no-handshake') {
    throw new CouldNot(
      'failed',
      `The TLS handshake with the backend did not succeed (${dialled.code ?? dialled.ended}), so no request could be sent.`,
      `proxy-doctor check tls-connect ${parameters.target.host}:${parameters.target.port}`,
    );
  }
  const one = line(dialled.socket, run.request);
  run.lines.add(one);
  fresh.attempts += 1;
  const told = await one.ask(Math.max(100, Math.min(run.answerMs, run.left())));
  signal.throwIfAborted();
  switch (told.outcome) {
    case 'answered':
      fresh.answered += 1;
      learn(run, told);
      return one;
    case 'too-long':
      // An answer without end still is an answer; asking for the head alone leaves the connection usable.
      drop(run, one);
      if (run.request.method === 'HEAD') throw notUsable(run, 'sends an answer that does not end');
      run.request = { ...run.request, method: 'HEAD' };
      fresh.attempts -= 1;
      return freshLine(run);
    case 'not-http':
      drop(run, one);
      throw notUsable(run, 'sends something that is no HTTP answer');
    case 'closed':
    case 'reset':
    case 'cut':
      fresh.dropped += 1;
      drop(run, one);
      return null;
    case 'no-answer':
    case 'stalled':
      fresh.noAnswer += 1;
      drop(run, one);
      return null;
  }
}

function learn(run: Run, told: Told): void {
  run.firstStatus ??= told.head?.status ?? null;
  // A second answer that takes much longer than the first one did is no answer, to the proxy's clients too.
  run.answerMs = Math.min(run.answerMs, Math.max(2000, told.durationMs * 5));
  if (told.head === null) return;
  const { timeoutSeconds, max } = announcedKeepAlive(told.head);
  run.announced.timeoutSeconds ??= timeoutSeconds;
  run.announced.max ??= max;
  if (run.fresh.answered === 1) run.announced.close = !told.open;
}

function notUsable(run: Run, what: string): CouldNot {
  return new CouldNot(
    'failed',
    `The backend ${what} to ${describeRequest(run.request)}, so reuse could not be tried.`,
    'Give a URL that is safe to request with --url, for an answer as real requests get it.',
  );
}

/** Many servers close after an error page and keep the connection after a good answer: such a close tells nothing. */
function refuseErrorPage(run: Run): void {
  if (run.firstStatus !== null && run.firstStatus >= errorStatus) throw notUsable(run, `answers ${run.firstStatus} and closes`);
}

async function climb(run: Run, first: Line): Promise<void> {
  const { parameters, rungs } = run;
  const keeps = parameters.proxyKeeps;
  let ladder = first;
  await step(run, ladder, await ladder.reuse(run.answerMs));
  if (rungs.some((rung) => rung.outcome !== 'reused')) {
    // One failure may be chance: the same once more, on a connection of its own.
    const second = await freshLine(run);
    if (second === null) return;
    await step(run, second, await second.reuse(run.answerMs));
    if (rungs.every((rung) => rung.outcome !== 'reused')) return void (await stillFresh(run));
    ladder = second;
  }
  // Nothing is gained by idle times longer than the proxy allows.
  if (keeps !== null && !keeps.reuse) return;
  const longest = keeps === null || keeps.seconds === null ? Number.POSITIVE_INFINITY : keeps.seconds + 1;

  const listener = await freshLine(run);
  if (listener === null) return;
  const listening = listen(run, listener);
  for (const seconds of parameters.ladder) {
    if (seconds > longest || listening.ended() !== null) break;
    if (seconds * 1000 + run.answerMs > run.left()) break;
    if (!ladder.open()) {
      // It said that it would close (a limit of requests per connection): go on with another one.
      drop(run, ladder);
      const next = run.fresh.attempts < mostConnections ? await freshLine(run) : null;
      if (next === null) break;
      ladder = next;
    }
    run.note(`idle for ${seconds} s, then asking again`);
    const rung = (await ladder.wait(seconds)) ?? (await ladder.reuse(run.answerMs));
    await step(run, ladder, rung);
    if (rung.outcome !== 'reused') break;
  }
  await lastRung(run, listening, longest);
  const failed = failedByIdleTime(rungs).some((rung) => rung.outcome === 'reset' || rung.outcome === 'no-answer');
  if (failed) await stillFresh(run);
}

interface Listening {
  readonly line: Line;
  readonly ended: () => Rung | null;
  /** Stops listening, for the connection to be used. */
  readonly until: (seconds: number) => Promise<Rung | null>;
}

/** Listens on an idle connection while other things go on. */
function listen(run: Run, one: Line): Listening {
  let ended: Rung | null = null;
  let wanted = Number.POSITIVE_INFINITY;
  const work = (async (): Promise<void> => {
    // In pieces, so that listening ends soon after it is told to.
    while (ended === null && one.idle() < wanted && run.left() > 0 && !run.signal.aborted) {
      ended = await one.wait(Math.min(wanted, one.idle() + 0.2));
    }
  })().catch(() => undefined);
  return {
    line: one,
    ended: () => ended,
    until: async (seconds) => {
      wanted = seconds;
      await work;
      run.signal.throwIfAborted();
      return ended;
    },
  };
}

/** The idle connection: wait for its end where there is time for it, then use it again. */
async function lastRung(run: Run, listening: Listening, longest: number): Promise<void> {
  const { rungs, announced } = run;
  const one = listening.line;
  const reserve = run.answerMs / 1000 + 0.5;
  const most = one.idle() + Math.max(0, run.left() / 1000 - reserve);
  // A backend that announces its timeout is waited for that long and a little longer.
  const enough = announced.timeoutSeconds === null ? Number.POSITIVE_INFINITY : announced.timeoutSeconds + 2;
  // A failure is tried again after a little more idle time, and with open ears: it may have been the backend's own close, met half way.
  const failed = rungs.find((rung) => rung.outcome !== 'reused' && rung.byItself !== true);
  const until = failed === undefined ? Math.min(most, longest, enough) : Math.min(most, failed.seconds * 1.25 + confirmSeconds);
  run.note(`listening for the backend's close, until ${Math.round(until)} s idle`);
  const ended = await listening.until(Math.max(until, one.idle()));
  if (ended !== null) rungs.push(ended);
  else if (one.open()) {
    const waited = Math.max(500, Math.min(run.answerMs, run.left()));
    const rung = await one.reuse(waited);
    // Without the time that an answer may take, silence tells nothing.
    if (rung.outcome !== 'no-answer' || waited >= run.answerMs) await step(run, one, rung);
  }
}

async function step(run: Run, one: Line, rung: Rung): Promise<void> {
  run.signal.throwIfAborted();
  run.rungs.push(rung);
  run.note(`${rung.outcome} after ${rung.seconds} s`);
  if (rung.outcome !== 'reused') drop(run, one);
}

/** After a failed reuse: do fresh connections still work? Else it was no matter of reuse. */
async function stillFresh(run: Run): Promise<void> {
  for (const one of run.lines) one.close();
  run.lines.clear();
  if (run.left() > run.answerMs) await freshLine(run);
}

function drop(run: Run, one: Line): void {
  one.close();
  run.lines.delete(one);
}

export function describeRequest(request: Ask): string {
  return `${request.method} ${request.target}`;
}

function factsOf(run: Run): KeepaliveProbeFacts {
  const { rungs, fresh, announced, parameters } = run;
  const failures = failedByIdleTime(rungs);
  const closed = failures.filter((rung) => rung.outcome === 'closed').sort((a, b) => a.seconds - b.seconds)[0];
  const own = rungs.find((rung) => rung.outcome === 'closed' && rung.byItself);
  const backendTimeoutSeconds = own?.seconds ?? (closed !== undefined && closed.seconds < atOnceSeconds ? null : (closed?.seconds ?? null));
  const keeps = parameters.proxyKeeps;
  const limit = keeps === null ? null : keeps.reuse ? keeps.seconds : 0;
  const tested = Math.max(0, ...rungs.map((rung) => rung.seconds));
  const anyEnd = failures.length > 0 || announced.close;
  // What failed by chance leaves the question open, whatever the proxy keeps.
  const chance = failedByChance(rungs).length > 0;
  return {
    idleSeconds: rungs,
    backendTimeoutSeconds,
    announced,
    fresh,
    proxyKeeps: keeps,
    request: describeRequest(run.request),
    unprovenBeyondSeconds: anyEnd || fresh.answered === 0 || (!chance && limit !== null && limit <= tested) ? null : tested,
    advice: adviceFor(rungs, backendTimeoutSeconds ?? announced.timeoutSeconds, parameters),
  };
}

function adviceFor(rungs: readonly Rung[], closesAfter: number | null, parameters: Parameters): string {
  if (closesAfter !== null) return advice(closesAfter, false, parameters);
  const lost = failedByIdleTime(rungs).find((rung) => rung.outcome === 'reset' || rung.outcome === 'no-answer');
  // Where exactly it ends is not known: the longest time that worked is safe.
  const worked = Math.max(
    0,
    ...rungs.filter((rung) => rung.outcome === 'reused' && (lost === undefined || rung.seconds < lost.seconds)).map((rung) => rung.seconds),
  );
  return lost === undefined ? advice(null, false, parameters) : advice(Math.floor(worked) + 1, lost.seconds >= atOnceSeconds, parameters);
}
