/** Runs the built proxy-doctor in a world, on the proxy's host, as an engineer would there. */
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run as runCommand, tryRun } from './command.ts';
import { node } from './child.ts';
import { listenPort } from './httpd.ts';
import { on } from './network.ts';
import type { Stage } from './stage.ts';
import { compareTraces } from './traces.ts';
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
  /** What it left in the world; none is good. */
  readonly left: readonly string[];
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

export async function runTool(stage: Stage, run: Run, handicap: Handicap = {}): Promise<ToolRun> {
  const argv = await argvOf(stage, run, handicap);
  const before = await stage.traces();
  const enough = new AbortController();
  const traffic = run.meanwhile === undefined ? null : stage.traffic(run.meanwhile, enough.signal);
  const started = performance.now();
  // The tool bounds itself at 100 s; this is for the day when it does not.
  const { exitCode, stdout, stderr } = await tryRun(argv, { timeoutMs: 180_000 });
  const seconds = (performance.now() - started) / 1000;
  enough.abort();
  await traffic;
  let report: Report | null = null;
  try {
    report = JSON.parse(stdout) as Report;
  } catch {
    // `judge` says it.
  }
  return { argv, exitCode, seconds, report, stdout, stderr, left: compareTraces(before, await stage.traces()) };
}
