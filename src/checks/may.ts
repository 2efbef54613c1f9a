/**
 * What a check may do to a machine at most: which programs it starts, where it connects, what it writes, whom it signals. `plan` prints it
 * with the options of a run, and a traced run of every world of the lab stays inside it. Closed words, so that a program can hold a run to them.
 */
import { dialectOf } from './dialect.ts';
import type { Inputs } from './inputs.ts';

export type Destination =
  /** The backend's addresses, at its own port. */
  | 'backend'
  /** The backend's host otherwise: ping, and ports that other backends there or most servers have. */
  | 'backend-host'
  /** httpd's own status page, on an address that it listens on. */
  | 'proxy'
  /** The URL of --url. */
  | 'url'
  /** The name servers of that side, through its own resolver. */
  | 'name-server';

export type Place =
  /** The folder of the case, below the state directory. */
  | 'case'
  /** Records of changes that may have to be undone, below the state directory. */
  | 'changes'
  /** httpd's configuration, for as long as the toggle lasts. */
  | 'httpd-configuration';

export interface May {
  /** Names of programs, without their folders. */
  readonly starts: readonly string[];
  readonly connects: readonly Destination[];
  readonly writes: readonly Place[];
  readonly signals: readonly 'httpd'[];
}

export const nothing: May = { starts: [], connects: [], writes: [], signals: [] };

/** How the proxy is called: what was named, else whatever runs or is usual. */
export function proxyCommands(inputs: Inputs, set: Readonly<Record<string, unknown>>): readonly string[] {
  if (dialectOf(set, null) === 'nginx') return [...named(inputs), 'nginx', 'openresty', 'chroot'];
  return httpdCommands(inputs);
}

/** The same for httpd alone. */
export function httpdCommands(inputs: Inputs): readonly string[] {
  return [...new Set([...named(inputs), 'apache2', 'httpd', 'httpd2', 'apachectl', 'apache2ctl'])];
}

function named(inputs: Inputs): readonly string[] {
  const word = inputs.httpd?.[0];
  return word === undefined ? [] : [nameOf(word)];
}

/** What carries connects where sockets of our own do not: at a vantage, or as another user. The first that is there is taken. */
export const connectTools: readonly string[] = ['python3', 'perl', 'python', 'bash', 'nc', 'curl'];
/** What carries a conversation at a vantage. */
export const talkTools: readonly string[] = ['python3', 'perl', 'python', 'bash'];

/** What entering a vantage and reading files there takes, besides its own prefix. */
export const vantageTools: readonly string[] = 'printenv date readlink ls timeout env setpriv stat head cat tail grep getent'.split(' ');

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
