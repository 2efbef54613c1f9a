/** Is what a run did inside what `plan --json` said with the same options? Pure; what the world's places are is told. */
import { basename } from 'node:path';
import type { Trace } from './trace.ts';

/** What the lab reads of `plan --json`. */
export interface Plan {
  readonly always: Bounds;
  readonly steps: readonly { readonly step: string; readonly leftOut: string | null; readonly may: Bounds }[];
}

interface Bounds {
  readonly starts: readonly string[];
  readonly connects: readonly { readonly to: string; readonly at: readonly string[] }[];
  readonly writes: readonly string[];
  readonly signals: readonly string[];
}

/** What the words of a plan mean in this world. */
export interface Places {
  /** Argv prefixes of the vantages. */
  readonly prefixes: readonly (readonly string[])[];
  /** ADDRESS:PORT of the backends that the proxy is configured with. */
  readonly backends: readonly string[];
  /** ADDRESS:PORT of httpd itself. */
  readonly proxy: readonly string[];
  readonly nameServer: string;
  readonly httpdPid: number;
  /** Below these stands httpd's configuration. */
  readonly configuration: readonly string[];
}

/** Ports that most servers have open or closed; the plan calls them the backend's host. */
const wellKnown = ['22', '80', '443'];

export function outsideThePlan(plan: Plan, trace: Trace, places: Places): string[] {
  const bounds = [plan.always, ...plan.steps.filter((step) => step.leftOut === null).map((step) => step.may)];
  const starts = new Set(bounds.flatMap((one) => one.starts));
  const complaints: string[] = [];
  for (const argv of trace.started) {
    for (const program of programsOf(argv, places.prefixes)) {
      if (!starts.has(program)) complaints.push(`the plan does not say that ${program} may be started: ${argv.join(' ').slice(0, 200)}`);
    }
  }
  const to = new Set(bounds.flatMap((one) => one.connects.map((connect) => connect.to)));
  const urls = bounds.flatMap((one) => one.connects.flatMap((connect) => (connect.to === 'url' ? connect.at : [])));
  const hosts = new Set(places.backends.map((one) => hostOf(one)));
  const ports = new Set(places.backends.map((one) => portOf(one)));
  // From its own side a backend is looked at on every address that it listens on.
  const isBackend = (one: string): boolean => places.backends.includes(one) || (places.prefixes.length > 0 && isLoopback(one) && ports.has(portOf(one)));
  for (const one of trace.connected) {
    const fine =
      (to.has('backend') && isBackend(one)) ||
      (to.has('backend-host') && hosts.has(hostOf(one)) && (portOf(one) === null || [...wellKnown, ...ports].includes(portOf(one) ?? ''))) ||
      (to.has('proxy') && places.proxy.includes(one)) ||
      (to.has('url') && urls.includes(one)) ||
      (to.has('name-server') && one === places.nameServer);
    if (!fine) complaints.push(`the plan does not say that something connects to ${one}`);
  }
  const writes = bounds.flatMap((one) => one.writes).flatMap((one) => (one === 'httpd-configuration' ? places.configuration : [one]));
  for (const path of trace.written) {
    // A file that is written beside its place and then renamed has its place's name at the beginning.
    const fine = path === '/dev/null' || path === '/dev/tty' || writes.some((one) => path === one || path.startsWith(`${one}/`) || path.startsWith(`${one}.`));
    if (!fine) complaints.push(`the plan does not say that ${path} is written`);
  }
  const signals = new Set(bounds.flatMap((one) => one.signals));
  for (const one of trace.signalled) {
    if (!(signals.has('httpd') && one === `SIGUSR1 ${places.httpdPid}`)) complaints.push(`the plan does not say that a signal is sent: ${one}`);
  }
  return complaints;
}

/** The vantage's own program and those that its prefix leads to, or the program itself: `ip netns exec be env … timeout 5 ss -ltn` is ip, env, timeout, ss. */
function programsOf(argv: readonly string[], prefixes: readonly (readonly string[])[]): string[] {
  const prefix = prefixes.find((one) => one.length > 0 && one.every((word, index) => argv[index] === word));
  if (prefix === undefined) return [basename(argv[0] ?? '')];
  const programs = [basename(prefix[0] ?? '')];
  let rest = argv.slice(prefix.length);
  for (;;) {
    const program = basename(rest[0] ?? '');
    programs.push(program);
    if (program === 'env') rest = rest.slice(1 + count(rest.slice(1), (word) => word.includes('=')));
    else if (program === 'setpriv') rest = rest.slice(rest.indexOf('--') + 1);
    else if (program === 'timeout') rest = rest.slice(1 + count(rest.slice(1), (word, before) => word.startsWith('-') || /^\d+$/.test(word) || before === '-s'));
    else return programs;
    if (rest.length === 0) return programs;
  }
}

function count(words: readonly string[], fits: (word: string, before: string | undefined) => boolean): number {
  const end = words.findIndex((word, index) => !fits(word, words[index - 1]));
  return end === -1 ? words.length : end;
}

function hostOf(address: string): string {
  return /^(\[[^\]]*\]|[^:]*)/.exec(address)?.[1] ?? address;
}

function portOf(address: string): string | null {
  return /:(\d+)$/.exec(address)?.[1] ?? null;
}

function isLoopback(address: string): boolean {
  return /^(127\.|\[::1\])/.test(address);
}
