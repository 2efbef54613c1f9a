/** Runs the built proxy-doctor in a world, on the proxy's host, as an engineer would there. */
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run as runCommand, tryRun } from './command.ts';
import { node } from './child.ts';
import { listenPort } from './httpd.ts';
import { outsideThePlan, type Places, type Plan } from './inside-the-plan.ts';
import { addressesIn, on } from './network.ts';
import { nameServer, type Stage } from './stage.ts';
import { readTrace, type Trace, traced } from './trace.ts';
import { compareTraces, leftBehind } from './traces.ts';
import type { Run } from './world.ts';

export interface Verdict {
  readonly id: string;
  readonly backend: string | null;
  readonly confidence: 'confirmed' | 'likely' | 'possible';
  readonly ongoing: boolean | null;
  readonly summary: string;
  readonly pattern: { readonly method: string | null; readonly path: string | null } | null;
}

/** What the lab reads of the JSON report. */
export interface Report {
  readonly diagnoses: readonly Verdict[];
  readonly evidence: readonly {
    readonly check: string;
    readonly status: string;
    readonly outcome?: string;
    readonly summary: string;
    readonly data: unknown;
    readonly superseded?: boolean;
  }[];
  readonly changes: readonly { readonly file: string; readonly state: string }[];
}

export interface ToolRun {
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly seconds: number;
  /** Null where standard output was no report. */
  readonly report: Report | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it left in the world, and what it did that its plan does not say; none is good. */
  readonly left: readonly string[];
  /** Null: it was not traced. */
  readonly trace: Trace | null;
  /** How long no client had asked for anything when it began; 0 while they go on. */
  readonly quietSeconds: number;
}

export interface Handicap {
  /** Run as this user instead of root. */
  readonly user?: 'nobody';
  readonly args?: readonly string[];
  /** None of the commands that checks like to use is found. */
  readonly noTools?: boolean;
  /** Options of the run that are taken away. */
  readonly without?: readonly ('via' | 'allow' | 'url')[];
}

let runs = 0;

/** The argv that an engineer would type in this world for that run. */
export async function argvOf(stage: Stage, run: Run, handicap: Handicap = {}): Promise<string[]> {
  runs += 1;
  const state = join(stage.folder, `state-${runs}`);
  await mkdir(state, { recursive: true });
  // As strict as the tool itself is about who owns it.
  await chmod(state, 0o700);
  if (handicap.user !== undefined) await runCommand(['chown', 'nobody:nogroup', state]);
  const has = (what: 'via' | 'allow' | 'url'): boolean => !(handicap.without ?? []).includes(what);
  const user = handicap.user === undefined ? [] : ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'];
  return [
    ...on(stage.namespace('px')),
    ...user,
    ...(handicap.noTools === true ? ['env', 'PATH=/nonexistent'] : []),
    node,
    stage.tool,
    'run',
    ...(stage.world.proxy === 'nginx' ? ['nginx-upstream'] : []),
    '--no-input',
    '--json',
    '--state-dir',
    state,
    ...(run.via !== undefined && has('via') ? ['--via', `backend=${on(stage.namespace(run.via)).join(' ')}`] : []),
    ...(has('allow') ? (run.allow ?? []).flatMap((action) => ['--allow', action]) : []),
    ...(run.url !== undefined && has('url') ? ['--url', `http://127.0.0.1:${listenPort}${run.url}`] : []),
    ...(run.args ?? []).map((arg) => stage.fill(arg)),
    ...(handicap.args ?? []),
  ];
}

/** `watched`: the kernel tells what it does, and it is held to its own plan. */
export async function runTool(stage: Stage, run: Run, handicap: Handicap = {}, watched = false): Promise<ToolRun> {
  const argv = await argvOf(stage, run, handicap);
  const before = await stage.traces();
  const traces = join(stage.folder, `trace-${runs}`);
  const at = argv.indexOf(node);
  const words = watched ? [...argv.slice(0, at), ...(await traced(traces)), ...argv.slice(at)] : argv;
  const enough = new AbortController();
  const quietSeconds = run.meanwhile === undefined ? stage.quietSeconds : 0;
  const traffic = run.meanwhile === undefined ? null : stage.traffic(run.meanwhile, enough.signal);
  const started = performance.now();
  // The tool bounds itself at 100 s; this is for the day when it does not.
  const { exitCode, stdout, stderr } = await tryRun(words, { timeoutMs: 180_000 });
  const seconds = (performance.now() - started) / 1000;
  enough.abort();
  await traffic;
  let report: Report | null = null;
  try {
    report = JSON.parse(stdout) as Report;
  } catch {
    // `judge` says it.
  }
  const trace = watched ? await readTrace(traces, node) : null;
  const left = [...compareTraces(before, await stage.traces())];
  if (trace !== null) left.push(...(await leftBehind(trace, stateOf(argv))), ...(await beyondItsPlan(stage, run, argv, trace)));
  return { argv, exitCode, seconds, report, stdout, stderr, left, trace, quietSeconds };
}

function stateOf(argv: readonly string[]): string {
  return argv[argv.indexOf('--state-dir') + 1] ?? '';
}

/** `plan` is asked with the same words on the same host. */
async function beyondItsPlan(stage: Stage, run: Run, argv: readonly string[], trace: Trace): Promise<string[]> {
  const words = argv.map((word) => (word === 'run' ? 'plan' : word)).filter((word) => word !== '--no-input');
  const { stdout } = await runCommand(words);
  // A trace without these is none, whatever the plan says.
  const seen = [trace.written.some((path) => path.endsWith('/journal.jsonl')), trace.started.length > 0];
  return seen.includes(false)
    ? ['the trace shows nothing: no journal written, or no program started']
    : outsideThePlan(JSON.parse(stdout) as Plan, trace, placesOf(stage, run));
}

function placesOf(stage: Stage, run: Run): Places {
  const { world, folder } = stage;
  const { site } = world.httpd;
  const backends = [...stage.fill(site).matchAll(/\bhttps?:\/\/([^/:"\s]+)(?::(\d+))?/g)].flatMap(([url, host = '', port]) => {
    const told = Object.entries(world.names ?? {}).find(([name]) => name.toLowerCase() === host.toLowerCase())?.[1];
    const addresses = Array.isArray(told) ? told.map((one: string) => stage.fill(one)) : [host];
    return addresses.map((address) => `${address}:${port ?? (url.startsWith('https') ? '443' : '80')}`);
  });
  return {
    prefixes: run.via === undefined ? [] : [on(stage.namespace(run.via))],
    backends: [...new Set([...backends, ...world.backends.map(({ name }) => stage.fill(`{${name}}`))])],
    proxy: addressesIn(world.network, 'px').map((address) => `${address}:${listenPort}`),
    nameServer: `${nameServer}:53`,
    httpdPid: stage.httpdPid ?? 0,
    configuration: [stage.mainConfig, ...['conf.d', 'conf-enabled', 'sites-enabled'].map((name) => join(folder, name))],
  };
}
