/** `run`, with the question before it: is there anything here to examine at all? If not, a rehearsal is offered. */
import { checkNames } from '../checks/names.ts';
import { checkFiles, checkReportFiles, lookHere, type RawOptions, readInputs } from './options.ts';
import type { Output } from './output.ts';

export async function startCommand(flow: string | undefined, raw: RawOptions, io: Output): Promise<number> {
  // Said before the rest of the program is loaded: a mistake in an option is answered at once.
  const inputs = readInputs(raw, checkNames, Date.now());
  checkReportFiles(raw.report ?? []);
  if (inputs.via.proxy === null && inputs.bundle === undefined) await checkFiles(inputs, lookHere);
  const { runCommand } = await import('./run.ts');
  if (flow === undefined && !namesSomething(raw) && (process.stdin.isTTY === true || raw.orDemo === true)) {
    const nothing = await whyNothing();
    if (nothing !== null) return (await demos(raw, io, nothing)) ?? runCommand(flow, raw, io);
  }
  return runCommand(flow, raw, io);
}

/** Null: nobody asked for rehearsals. @param nothing why there is nothing to examine */
async function demos(raw: RawOptions, io: Output, nothing: string): Promise<number | null> {
  const { defaultDemo, demoCommand, offerDemos } = await import('./demo.ts');
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true && raw.input !== false && raw.json !== true;
  if (interactive) return offerDemos(raw, io, nothing);
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
  const running = await runningHttpds(localHost('proxy'));
  if (running.some(({ namespace }) => namespace !== 'other')) return null;
  const elsewhere = running[0]?.pid;
  return elsewhere === undefined
    ? 'No httpd runs on this machine and no log was named: there is nothing to examine.'
    : `httpd runs on this machine in another network namespace only (pid ${elsewhere}): look at it from there with --via proxy="nsenter -t ${elsewhere} -n". Nothing was named: there is nothing to examine from here.`;
}
