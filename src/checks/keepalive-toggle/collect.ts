/** The experiment: counts before, changes, watches until it is clear, and has everything put back. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeFile } from '../../change/edit.ts';
import { startTicksOf } from '../../change/httpd-control.ts';
import type { ChangeRecord } from '../../change/record.ts';
import { forgetSettled, openRecords } from '../../change/record-store.ts';
import { supervise } from '../../change/supervise.ts';
import { isExecutable, superviseWord } from '../../shipped-files.ts';
import { type CheckContext, type Collected, CouldNot } from '../check.ts';
import { keptName, keptTextOf, textOf } from './directive.ts';
import type { KeepaliveToggleFacts } from './facts.ts';
import { OwnRequests } from './own-requests.ts';
import type { Parameters } from './parameters.ts';
import { LogFollower, longestStretch, nothing, type Traffic } from './traffic.ts';
import { type Before, isThin, judge, outlook, requestsNeeded } from './verdict.ts';

/** GETs of our own before the change take so long at the most, and are not worth less. */
const mostOwnSeconds = 12;
const fewestOwnSeconds = 3;
/** Beyond the planned end the supervisor waits this long before it puts back by itself. */
const graceMs = 15_000;
/** Kept of the check's time for putting back and verifying. */
const undoMs = 12_000;
const lookMs = 500;

/** The supervisor's program: the executable itself, called otherwise; a file beside the bundle; or its source in the tree. */
function supervisorProgram(): string {
  if (isExecutable) return superviseWord;
  const bundled = fileURLToPath(new URL('./supervisor.js', import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('../../change/supervisor.ts', import.meta.url));
}

export async function collect(context: CheckContext, parameters: Parameters): Promise<Collected<KeepaliveToggleFacts>> {
  const folder = await context.changesFolder();
  const open = await openRecords(folder);
  if (open.length > 0) throw new CouldNot('skipped', `a change of an earlier run is still there (${open[0]?.record.file ?? ''})`, 'put it back first: proxy-doctor rollback');
  const allowed = Math.min(parameters.seconds, Math.floor((context.timeLimitMs - undoMs) / 1000));
  if (allowed < 3) throw new CouldNot('skipped', 'too little time is left to change, watch and put back', 'allow more with --time-limit');

  const follower = new LogFollower(context.hosts.proxy, parameters);
  const baseline = await baselineOf(context, parameters, follower, allowed);
  const { before, own } = baseline;
  const seconds = allowed - (own === null ? 0 : baseline.seconds);
  const began = Date.now();
  const record = await plan(parameters, began + seconds * 1000 + graceMs, context.caseId ?? '');
  const path = join(folder, `${record.id}.json`);
  const supervised = await supervise(supervisorProgram(), path, record).catch((error: unknown) => {
    throw new CouldNot('failed', error instanceof Error ? error.message : String(error), 'see whether node may start processes here');
  });
  const change = { id: record.id, what: 'SetEnv proxy-nokeepalive: connections to backends are not reused', file: record.file };
  await context.changed({ ...change, state: 'applied' });
  const done = await supervised.apply();
  if (done.state !== 'applied') {
    await context.changed({ ...change, state: done.state === 'failed' ? 'failed' : 'reverted' });
    await forgetSettled(path);
    throw new CouldNot('failed', done.told, 'nothing is changed now unless it says so');
  }
  const startedAt = Date.now();
  const during = nothing();
  const watched = new AbortController();
  void own?.until(watched.signal);
  const stopped = await watch({ context, baseline, follower, during, until: startedAt + seconds * 1000, ended: supervised.ended });
  watched.abort();
  const back = await supervised.restore();
  await context.changed({ ...change, state: back.state === 'failed' ? 'failed' : 'reverted' });
  await forgetSettled(path);
  const { verdict, pValue } = judge(before, during);
  // Asked for, and nothing that speaks against it: it did not get worse, nobody gave it up, and there is time to undo it again.
  const wanted = context.keepAsked?.() === true && !context.signal.aborted && back.state === 'reverted';
  const timeLeft = context.timeLimitMs - (Date.now() - began) > undoMs;
  const kept = !wanted ? null : verdict === 'worse' || !timeLeft ? notKept(verdict === 'worse' ? 'it got worse' : 'no time was left to do it safely') : await keep(context, parameters, folder);
  return {
    commands: [],
    facts: {
      before: period(before, baseline.seconds),
      during: period(during, (Date.now() - startedAt) / 1000),
      after: null,
      pValue,
      helped: verdict === 'helped' ? true : verdict === 'no-change' || verdict === 'worse' ? false : null,
      stoppedBecause: stopped,
      file: kept?.file ?? record.file,
      directive: parameters.directive,
      restored: back.state === 'reverted',
      kept: kept?.kept === true,
      told: kept?.told ?? back.told,
      ...(own === null ? {} : { ownRequests: own.sent }),
      needed: requestsNeeded(before),
    },
  };
}

/** What the time of the change is compared with. */
interface Baseline {
  readonly before: Traffic & Before;
  /** How long it took, up to the change. */
  readonly seconds: number;
  /** Sent during it, and to be sent during the change too; null: the traffic of others is enough, or is all there is. */
  readonly own: OwnRequests | null;
}

/** The failures so far; where they are too few and a URL is given, those of a while of our own GETs, if that shows some. */
async function baselineOf(context: CheckContext, { own: asked, beforeSeconds }: Parameters, follower: LogFollower, allowed: number): Promise<Baseline> {
  const past = await follower.before(beforeSeconds);
  const first = past.startsMs.reduce((least, start) => Math.min(least, start), Date.now());
  const before = compared(past);
  const seconds = Math.min(mostOwnSeconds, Math.floor(allowed / 2));
  if (asked === null || seconds < fewestOwnSeconds || !isThin(before, (Date.now() - first) / 1000, allowed)) return { before, seconds: beforeSeconds, own: null };
  const own = new OwnRequests(asked.url, asked.idleSeconds);
  const sampled = nothing();
  const began = Date.now();
  const enough = AbortSignal.any([context.signal, AbortSignal.timeout(seconds * 1000)]);
  context.progress({ done: 0, total: null, unit: 'seconds', text: `little traffic: GETs of our own for ${seconds} s, to compare with` });
  await own.until(enough);
  await follower.more(sampled).catch(() => undefined);
  const took = Math.ceil((Date.now() - began) / 1000);
  return requestsNeeded(sampled) === null ? { before, seconds: beforeSeconds, own: null } : { before: compared(sampled), seconds: took, own };
}

interface Kept {
  readonly kept: boolean;
  readonly file: string | null;
  readonly told: string;
}

const notKept = (why: string): Kept => ({ kept: false, file: null, told: `not kept: ${why}` });

/**
 * The setting for good: a change of its own, made after the test was put back and by the same steps, under a supervisor that takes it
 * out again unless it is told that all went well. So whatever dies, it is there whole or not at all.
 */
async function keep(context: CheckContext, parameters: Parameters, folder: string): Promise<Kept> {
  let record: ChangeRecord;
  try {
    const planned = await plan(parameters, Date.now() + graceMs + undoMs, context.caseId ?? '', keptName);
    const text = keptTextOf(parameters.directive, planned.id, new Date(), planned.caseId, planned.placement === 'new-file');
    record = { ...planned, text };
  } catch (error) {
    return notKept(error instanceof Error ? error.message : String(error));
  }
  const path = join(folder, `${record.id}.json`);
  const supervised = await supervise(supervisorProgram(), path, record).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof supervised === 'string') return notKept(supervised);
  const change = { id: record.id, what: 'proxy-nokeepalive for good: connections to backends are not reused', file: record.file };
  await context.changed({ ...change, state: 'applied' });
  const done = await supervised.apply();
  const end = done.state === 'applied' ? await supervised.keep() : done;
  await context.changed({ ...change, state: end.state === 'kept' ? 'kept' : end.state === 'failed' ? 'failed' : 'reverted' });
  await forgetSettled(path);
  if (end.state !== 'kept') return notKept(end.told);
  return { kept: true, file: record.file, told: `kept as ${record.file}` };
}

async function plan(parameters: Parameters, deadline: number, caseId: string, name?: string): Promise<ChangeRecord> {
  const id = randomBytes(4).toString('hex');
  const { placement } = parameters;
  const file = placement.kind === 'block' ? placement.file : join(placement.folder, name ?? `zz-proxy-doctor-${id}.conf`);
  const before = await describeFile(file);
  if (placement.kind === 'block' && before === null) throw new CouldNot('failed', `${file} is not there`, null);
  if (placement.kind === 'new-file' && before !== null) throw new CouldNot('failed', `${file} is there already`, null);
  const startTicks = await startTicksOf(parameters.httpd.pid);
  if (startTicks === null) throw new CouldNot('failed', 'the httpd that was found does not run any more', 'run again');
  return {
    format: 1,
    id,
    caseId,
    placement: placement.kind,
    file,
    text: textOf(parameters.directive, id, new Date(deadline), placement.kind === 'new-file'),
    before,
    httpd: { pid: parameters.httpd.pid, startTicks, argv: parameters.httpd.argv, environment: await environmentOf(parameters.httpd.pid), listen: parameters.listen },
    deadline,
    supervisor: null,
    state: 'planned',
    told: 'planned',
  };
}

/** The environment of the running httpd: its configuration may use it. */
async function environmentOf(pid: number): Promise<Record<string, string>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return Object.fromEntries(
    text
      .split('\0')
      .filter((entry) => entry.includes('='))
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

interface Watched {
  readonly context: CheckContext;
  readonly baseline: Baseline;
  readonly follower: LogFollower;
  readonly during: Traffic;
  readonly until: number;
  readonly ended: Promise<void>;
}

/** @returns why it stopped, in words */
async function watch({ context, baseline, follower, during, until, ended }: Watched): Promise<string> {
  const { before } = baseline;
  const began = Date.now();
  let gone = false;
  void ended.then(() => {
    gone = true;
  });
  for (;;) {
    if (context.signal.aborted) return 'it was interrupted';
    if (gone) return 'the supervisor ended';
    await follower.more(during).catch(() => undefined);
    const { verdict } = judge(before, during);
    context.progress({
      done: (Date.now() - began) / 1000,
      total: (until - began) / 1000,
      unit: 'seconds',
      text: outlook(before, during, (Date.now() - began) / 1000, (until - Date.now()) / 1000),
      live: { before: period(before, baseline.seconds), during: period(during, (Date.now() - began) / 1000), needed: requestsNeeded(before) },
    });
    if (verdict === 'worse') return 'it got worse';
    if (verdict !== 'not-yet') return 'the verdict was clear';
    if (Date.now() >= until) return 'the time was over';
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, lookMs);
      function done(): void {
        clearTimeout(timer);
        context.signal.removeEventListener('abort', done);
        resolve();
      }
      context.signal.addEventListener('abort', done, { once: true });
    });
  }
}

/** Looked at twice a second, the stretches of what was before do not change. */
function compared(before: Traffic): Traffic & Before {
  const known = new Map<number, number>();
  return {
    ...before,
    longestStretch: (failures) => {
      const stretch = known.get(failures) ?? longestStretch(before, failures);
      known.set(failures, stretch);
      return stretch;
    },
  };
}

function period(traffic: Traffic, seconds: number): KeepaliveToggleFacts['before'] {
  const sorted = traffic.durationsMs.toSorted((a, b) => a - b);
  const at = (share: number): number | null => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  return { requests: traffic.requests, failed: traffic.failed, p50: at(0.5), p95: at(0.95), seconds: Math.round(seconds) };
}
