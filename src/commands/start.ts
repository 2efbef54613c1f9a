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
  if (flow === undefined && !namesSomething(raw) && (process.stdin.isTTY === true || raw.orDemo === true) && !(await httpdHere())) {
    const { defaultDemo, demoCommand, offerDemos } = await import('./demo.ts');
    const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true && raw.input !== false && raw.json !== true;
    if (interactive) return offerDemos(raw, io);
    if (raw.orDemo === true) {
      io.err('No httpd runs on this machine and no log was named: there is nothing to examine. This is the rehearsal “%s” instead; nothing in it is real.'.replace('%s', defaultDemo));
      return demoCommand(defaultDemo, raw, io);
    }
  }
  return runCommand(flow, raw, io);
}

function namesSomething(raw: RawOptions): boolean {
  return [raw.errorLog, raw.accessLog, raw.backend, raw.proxyConfig, raw.httpd, raw.url, raw.via, raw.answers, raw.bundle].some((option) => option !== undefined) || raw.offline === true;
}

async function httpdHere(): Promise<boolean> {
  const { localHost } = await import('../host/local.ts');
  const { runningHttpds } = await import('../httpd/config/running.ts');
  return (await runningHttpds(localHost('proxy'))).length > 0;
}
