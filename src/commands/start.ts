/**
 * `run`, and what comes before it: the question whether there is anything here to examine at all (if not, a rehearsal is offered), and the
 * wizard's first screen. Most of the program is loaded behind that.
 */
import { hostname } from 'node:os';
import { checkNames } from '../checks/names.ts';
import type { Opening } from '../ui/opening.ts';
import { defaultFlow, type LoadedFlow } from './find-flow.ts';
import { isInteractive, isPlain } from './interactive.ts';
import { checkFiles, checkReportFiles, lookHere, type RawOptions, readInputs, readTimeLimit } from './options.ts';
import type { Output } from './output.ts';
import { shippedFlow } from './shipped-flow.ts';

export async function startCommand(flow: string | undefined, raw: RawOptions, io: Output): Promise<number> {
  // Said before the rest of the program is loaded: a mistake in an option is answered at once.
  const inputs = readInputs(raw, checkNames, Date.now());
  checkReportFiles(raw.report ?? []);
  readTimeLimit(raw, true);
  const here = inputs.via.proxy === null && inputs.bundle === undefined;
  if (here) await checkFiles(inputs, lookHere);
  if (flow === undefined && !namesSomething(raw) && (process.stdin.isTTY === true || raw.orDemo === true)) {
    const nothing = await whyNothing();
    const rehearsed = nothing === null ? null : await demos(raw, io, nothing);
    if (rehearsed !== null) return rehearsed;
  }
  const loaded = raw.answers === undefined ? shippedFlow(flow ?? defaultFlow) : null;
  // What is read elsewhere can turn out wrong only there; that is told on the normal screen.
  const opening = isInteractive(raw) && here && loaded !== null && !isPlain(raw) ? await open(loaded) : null;
  try {
    const { runCommand } = await import('./run.ts');
    return await runCommand(flow, raw, io, { begun: { loaded, opening } });
  } finally {
    opening?.close();
  }
}

async function open({ flow }: LoadedFlow): Promise<Opening> {
  const [{ firstView }, { openScreen }] = [await import('../run/first-view.ts'), await import('../ui/opening.ts')];
  return openScreen({ view: firstView(flow, '', hostname(), Date.now()), stdin: process.stdin, stdout: process.stdout, env: process.env });
}

/** Null: nobody asked for rehearsals. @param nothing why there is nothing to examine */
async function demos(raw: RawOptions, io: Output, nothing: string): Promise<number | null> {
  const { defaultDemo, demoCommand, offerDemos } = await import('./demo.ts');
  if (isInteractive(raw)) return offerDemos(raw, io, nothing);
  if (raw.orDemo !== true) return null;
  io.err(`${nothing} This is the rehearsal “${defaultDemo}” instead; nothing in it is real.`);
  return demoCommand(defaultDemo, raw, io);
}

function namesSomething(raw: RawOptions): boolean {
  return [raw.errorLog, raw.accessLog, raw.backend, raw.proxyConfig, raw.httpd, raw.url, raw.via, raw.answers, raw.bundle].some((option) => option !== undefined) || raw.offline === true;
}

/** Null: an httpd runs where its way to the backends can be tested from here. */
async function whyNothing(): Promise<string | null> {
  const { localHost } = await import('../host/local.ts');
  const { runningHttpds } = await import('../httpd/config/running.ts');
  const host = localHost('proxy');
  const running = await runningHttpds(host);
  if (running.some(({ namespace }) => namespace !== 'other')) return null;
  const { nginxInstead } = await import('../nginx/instead.ts');
  const nginx = await nginxInstead(host);
  if (nginx !== null) return `No httpd runs on this machine, but ${nginx}`;
  const elsewhere = running[0]?.pid;
  return elsewhere === undefined
    ? 'No httpd runs on this machine and no log was named: there is nothing to examine.'
    : `httpd runs on this machine in another network namespace only (pid ${elsewhere}): look at it from there with --via proxy="nsenter -t ${elsewhere} -n". Nothing was named: there is nothing to examine from here.`;
}
