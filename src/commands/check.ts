/** `check NAME`: one live check by itself; with --watch again and again until it is good. */
import { hostname, tmpdir } from 'node:os';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { changesFolder, stateDirectory } from '../case/state-directory.ts';
import type { Check, Known, Progress } from '../checks/check.ts';
import type { Inputs } from '../checks/inputs.ts';
import { checkNames } from '../checks/names.ts';
import { loadCheck } from '../checks/one.ts';
import { newestOf } from '../diagnosis/view.ts';
import type { Evidence } from '../engine/evidence.ts';
import type { Subject } from '../engine/events.ts';
import { UsageError } from '../errors.ts';
import { openHosts } from '../host/open.ts';
import type { Hosts } from '../host/host.ts';
import { wrap } from '../report/wrap.ts';
import { runCheck } from '../run/run-check.ts';
import { visible } from '../visible.ts';
import { checkFiles, lookAt, lookHere, type RawOptions, readBackend, readInputs } from './options.ts';
import { beNice } from './nice.ts';
import type { Output } from './output.ts';
import { readDuration } from './when.ts';

interface Options extends RawOptions {
  readonly list?: boolean;
  readonly watch?: boolean;
  readonly count?: string;
  readonly interval?: string;
}

/** What a check builds its parameters from is found first, quietly: the configuration names logs and backends. */
const before: Readonly<Record<string, readonly string[]>> = {
  'proxy-config': [],
  'error-log': ['proxy-config'],
  'access-log': ['proxy-config'],
  'keepalive-probe': ['proxy-config', 'tcp-connect'],
  'keepalive-toggle': ['proxy-config'],
};

/** So many good rounds in a row end --watch: it has stayed good. */
const goodRounds = 3;

export async function checkCommand(name: string | undefined, given: string | undefined, options: Options, io: Output): Promise<number> {
  if (options.list === true) {
    const width = process.stdout.isTTY === true ? process.stdout.columns : Number.POSITIVE_INFINITY;
    for (const one of checkNames) io.out(listed(one, (await loadCheck(one))?.title ?? '', width));
    return 0;
  }
  const check = await find(name);
  if (options.nice === true) beNice();
  const set = settings(options);
  const backends = [...(options.backend ?? []), ...(given === undefined ? [] : [readBackend(given)])];
  const inputs = readInputs({ ...options, backend: backends, allow: [...(options.allow ?? []), ...(check.action === null ? [] : [check.action])] }, checkNames, Date.now());
  const hosts = await openHosts(inputs);
  await checkFiles(inputs, inputs.via.proxy === null ? lookHere : lookAt(hosts.proxy));
  const room = new CheckRoom(inputs, hosts, stateDirectory(options.stateDir ?? null));
  await room.prepare(check.name);
  if (options.watch !== true) {
    const evidence = await room.run(check, set);
    io.out(options.json === true ? `${JSON.stringify(evidence)}\n` : `${line(evidence)}\n`);
    return good(check, evidence) ? 0 : 3;
  }
  return watch(room, check, set, options, io);
}

async function watch(room: CheckRoom, check: Check, set: Record<string, unknown>, options: Options, io: Output): Promise<number> {
  const pause = readDuration(options.interval ?? '2s', '--interval');
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const env = options.plain === true ? { ...process.env, TERM: 'dumb' } : process.env;
  const line = options.json === true ? null : (await import('../ui/watch.ts')).createWatch({ stdout: process.stdout, env, now: Date.now, needed: goodRounds });
  let inRow = 0;
  let last = false;
  // Several attempts a round would hide the rhythm: one look at a time.
  const one = check.name === 'tcp-connect' && options.count === undefined ? { ...set, count: 3 } : set;
  while (!stop.signal.aborted) {
    room.forget();
    line?.working(null);
    const evidence = await room.run(check, one, stop.signal, (progress) => line?.working(progress));
    if (stop.signal.aborted) break;
    last = good(check, evidence);
    inRow = last ? inRow + 1 : 0;
    if (line === null) io.out(`${JSON.stringify(evidence)}\n`);
    else line.round(evidence, last);
    if (inRow >= goodRounds) {
      line?.end(`Good ${goodRounds} times in a row.`);
      return 0;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause);
      stop.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
  line?.end(null);
  return last ? 0 : 130;
}

/** A name and what it does, broken to the screen with the words under each other. */
function listed(name: string, does: string, width: number): string {
  const column = 18;
  const [first = '', ...rest] = Number.isFinite(width) ? wrap(does, Math.max(20, width - column - 1)) : [does];
  return [`${name.padEnd(column)}${first}`, ...rest.map((row) => `${' '.repeat(column)}${row}`), ''].join('\n');
}

async function find(name: string | undefined): Promise<Check> {
  if (name === undefined) throw new UsageError('no check is named', `Name one: ${checkNames.join(', ')}`);
  const check = await loadCheck(name);
  if (check !== null) return check;
  const near = checkNames.toSorted((a, b) => distance(a, name) - distance(b, name))[0];
  throw new UsageError(`there is no check ${name}`, `Did you mean ${near ?? 'tcp-connect'}? All of them: ${checkNames.join(', ')}`);
}

function settings(options: Options): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  if (options.count !== undefined) {
    const count = Number(options.count);
    if (!Number.isInteger(count) || count < 1 || count > 10_000) throw new UsageError(`--count ${options.count}: not a number of attempts`, 'Write a whole number from 1 to 10000');
    set['count'] = count;
  }
  if (options.interval !== undefined && options.watch !== true) set['intervalMs'] = readDuration(options.interval, '--interval');
  return set;
}

function good(check: Check, evidence: Evidence): boolean {
  return evidence.status === 'ok' && check.good.includes(evidence.outcome);
}

function line(evidence: Evidence): string {
  const time = new Date(evidence.startedAt).toTimeString().slice(0, 8);
  const about = evidence.subject === null ? '' : `${evidence.subject}: `;
  return visible(`[${time}] ${evidence.check} ${evidence.outcome}: ${about}${evidence.summary}${evidence.remedy === null ? '' : ` (${evidence.remedy})`}`);
}

/** Holds the evidence of checks that ran here, without a case. */
class CheckRoom {
  private evidence: Evidence[] = [];
  private shared = new Map<string, Promise<unknown>>();
  private folder: Promise<string> | null = null;
  private readonly inputs: Inputs;
  private readonly hosts: Hosts;
  private readonly stateDir: string;

  constructor(inputs: Inputs, hosts: Hosts, stateDir: string) {
    this.stateDir = stateDir;
    this.inputs = inputs;
    this.hosts = hosts;
  }

  async prepare(name: string): Promise<void> {
    for (const needed of before[name] ?? ['proxy-config']) {
      const check = await loadCheck(needed);
      if (check !== null) this.evidence.push(await this.run(check, needed === 'tcp-connect' ? { count: 3 } : {}));
    }
  }

  forget(): void {
    this.shared.clear();
  }

  async run(check: Check, set: Record<string, unknown>, signal = new AbortController().signal, progress: (progress: Progress) => void = () => undefined): Promise<Evidence> {
    const subject = check.scope === 'backend' ? this.subject() : null;
    const known: Known = { inputs: this.inputs, subject, evidence: (name) => newestOf(this.evidence, name, subject?.key ?? null) };
    const found = await runCheck(
      {
        check, key: check.name, subject, set, known, leaveOut: null, signal, skipped: () => false, timeLimitMs: check.timeLimitMs, progress,
      },
      {
        hosts: this.hosts,
        now: Date.now,
        once: <T>(key: string, work: () => Promise<T>): Promise<T> => {
          const known = this.shared.get(key) as Promise<T> | undefined;
          if (known !== undefined) return known;
          const started = work();
          this.shared.set(key, started);
          return started;
        },
        caseFolder: () => (this.folder ??= mkdtemp(join(tmpdir(), 'proxy-doctor-'))),
        changesFolder: () => changesFolder(this.stateDir),
        changed: () => Promise.resolve(),
      },
    );
    return { id: `e${this.evidence.length + 1}`, ...found };
  }

  /** @throws {UsageError} where no backend is known, or several are */
  private subject(): Subject {
    const given = this.inputs.backends;
    const config = newestOf(this.evidence, 'proxy-config', null);
    const configured = config?.status === 'ok' ? configuredBackends(config.data) : [];
    const all = given.length > 0 ? given : configured;
    const backend = all[0];
    if (backend === undefined) throw new UsageError('no backend is known', `Name one: proxy-doctor check NAME HOST:PORT (none was found in a configuration on ${hostname()})`);
    if (all.length > 1) throw new UsageError(`several backends are known (${all.slice(0, 5).join(', ')})`, 'Name one: proxy-doctor check NAME HOST:PORT');
    return { key: backend, backend, mode: 'none', failures: 0 };
  }
}

function configuredBackends(data: unknown): string[] {
  if (typeof data !== 'object' || data === null || !('backends' in data) || !Array.isArray(data.backends)) return [];
  return [...new Set(data.backends.flatMap((one: unknown) => (typeof one === 'object' && one !== null && 'backend' in one && typeof one.backend === 'string' ? [one.backend] : [])))];
}
