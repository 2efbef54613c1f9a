/** The options of `run` and `check`: from the words of the command line (and the answers file) to checked inputs. */
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgsStringToArgv } from 'string-argv';
import type { Inputs } from '../checks/inputs.ts';
import type { Host } from '../host/host.ts';
import type { Action } from '../engine/flow.ts';
import { UsageError } from '../errors.ts';
import { readDuration, readWhen } from './when.ts';

/** Options as commander hands them over, or as an answers file's `inputs` name them. */
export interface RawOptions {
  readonly errorLog?: readonly string[];
  readonly accessLog?: readonly string[];
  readonly accessLogFormat?: string;
  readonly backend?: readonly string[];
  readonly proxyConfig?: string;
  readonly httpd?: string;
  readonly url?: string;
  readonly since?: string;
  readonly until?: string;
  readonly via?: readonly string[];
  readonly answers?: string;
  readonly record?: string;
  /** Commander's form of --no-input. */
  readonly input?: boolean;
  readonly allow?: readonly string[];
  readonly passive?: boolean;
  readonly skip?: readonly string[];
  readonly offline?: boolean;
  readonly redact?: boolean;
  readonly report?: readonly string[];
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly timeLimit?: string;
  readonly stateDir?: string;
  readonly bundle?: string;
  readonly orDemo?: boolean;
  readonly nice?: boolean;
}

const actions: readonly Action[] = ['keepalive-toggle', 'packet-capture'];
const reportEndings = ['.md', '.json', '.html', '.txt'];

/** @throws {UsageError} naming the option, what is wrong and what to write */
export function readInputs(raw: RawOptions, checks: readonly string[], now: number): Inputs {
    for (const check of raw.skip ?? []) oneOf('--skip', check, checks);
  const since = raw.since === undefined ? null : readWhen(raw.since, '--since', now);
  const until = raw.until === undefined ? null : readWhen(raw.until, '--until', now);
  if (since !== null && until !== null && since >= until) throw new UsageError('--since is not before --until', 'Give an earlier --since or a later --until');
  return {
    errorLogs: raw.errorLog ?? [],
    accessLogs: raw.accessLog ?? [],
    accessLogFormat: raw.accessLogFormat ?? null,
    backends: (raw.backend ?? []).map(readBackend),
    proxyConfig: raw.proxyConfig ?? null,
    httpd: raw.httpd === undefined ? null : readCommand(raw.httpd, '--httpd'),
    url: raw.url === undefined ? null : readUrl(raw.url),
    since,
    until,
    via: readVia(raw.via ?? []),
    allow: (raw.allow ?? []).map(readAction),
    passive: raw.passive ?? false,
    // Nothing may be changed or captured here on behalf of a proxy that is elsewhere.
    skip: [...(raw.skip ?? []), ...(raw.bundle === undefined ? [] : actions)],
    offline: raw.offline ?? false,
    ...(raw.bundle === undefined ? {} : { bundle: resolve(raw.bundle) }),
  };
}

/** `host:port`, `[v6]:port`, or `unix:/path`. @throws {UsageError} */
export function readBackend(text: string): string {
  const where = `--backend ${text}`;
  if (text.startsWith('unix:/')) return text;
  const url = /^https?:\/\/([^/]+)/.exec(text);
  const bare = url?.[1] ?? text;
  const match = /^(\[[0-9a-fA-F:.%]+\]|[^\s:[\]/@]+):(.*)$/.exec(bare);
  if (match === null) throw new UsageError(`${where}: no port`, 'Write HOST:PORT, for example 10.0.0.5:8080 or [2001:db8::1]:8080');
  const port = Number(match[2]);
  if (!/^\d+$/.test(match[2] ?? '') || port < 1 || port > 65_535) throw new UsageError(`${where}: “${match[2] ?? ''}” is no port`, 'Write HOST:PORT with a port from 1 to 65535');
  if (match[1]?.startsWith('-')) throw new UsageError(`${where}: no host name starts with “-”`, 'Write HOST:PORT, for example 10.0.0.5:8080');
  return `${match[1] ?? ''}:${port}`;
}

function readUrl(text: string): string {
  try {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url.href;
  } catch {
    // Said below.
  }
  throw new UsageError(`--url ${text}: no http or https URL`, 'Write a URL through the proxy that is safe to request with GET, such as http://127.0.0.1/app/health');
}

function readCommand(text: string, option: string): readonly string[] {
  const argv = parseArgsStringToArgv(text);
  if (argv.length === 0) throw new UsageError(`${option} is empty`, 'Write the command and its arguments in quotes, such as "ssh web1"');
  return argv;
}

function readVia(all: readonly string[]): Inputs['via'] {
  const via: { proxy: readonly string[] | null; backend: readonly string[] | null } = { proxy: null, backend: null };
  for (const text of all) {
    const match = /^([a-z]+)=(.*)$/s.exec(text);
    const side = match?.[1];
    if (side !== 'proxy' && side !== 'backend') throw new UsageError(`--via ${text}: says no side`, 'Write --via proxy="CMD …" or --via backend="CMD …"');
    if (via[side] !== null) throw new UsageError(`--via ${side}=… is there twice`, 'Give one way for each side');
    via[side] = readCommand(match?.[2] ?? '', `--via ${side}=`);
  }
  return via;
}

function readAction(word: string): Action {
  const action = actions.find((one) => one === word);
  if (action === undefined) throw new UsageError(`--allow ${word}: not known`, `It is one of: ${actions.join(', ')}`);
  return action;
}

function oneOf(option: string, word: string, known: readonly string[]): void {
  if (!known.includes(word)) throw new UsageError(`${option} ${word}: not known`, `It is one of: ${known.join(', ')}`);
}

/** Formats of --report files are known by their endings. @throws {UsageError} */
export function checkReportFiles(files: readonly string[]): void {
  for (const file of files) {
    if (!reportEndings.some((ending) => file.endsWith(ending))) throw new UsageError(`--report ${file}: the ending picks the format, and this one is not known`, `End it with ${reportEndings.join(', ')}`);
  }
}

/** Looks at a file by reading its first bytes. Rejects with an error that has a `code`, or resolves to what it is. */
export type Look = (path: string) => Promise<'folder' | 'readable'>;

/** On this machine, without loading anything: a wrong path is to be said at once. */
export const lookHere: Look = async (path) => {
  const handle = await open(path, 'r');
  try {
    const info = await handle.stat();
    if (info.isDirectory()) return 'folder';
    if (info.isFile()) await handle.read(Buffer.alloc(1), 0, 1, 0);
    return 'readable';
  } finally {
    await handle.close();
  }
};

/** At the proxy's side, wherever that is. */
export const lookAt =
  (proxy: Host): Look =>
  async (path) => {
    const info = await proxy.stat(path);
    if (info.kind === 'directory') return 'folder';
    if (info.kind === 'file') {
      const stream = proxy.readStream(path)[Symbol.asyncIterator]();
      await stream.next().finally(() => stream.return?.());
    }
    return 'readable';
  };

/** @throws {UsageError} for files that were named and can not be read: before anything else is done */
export async function checkFiles(inputs: Inputs, look: Look): Promise<void> {
  const logs = [...inputs.errorLogs.map((path) => ['--error-log', path] as const), ...inputs.accessLogs.map((path) => ['--access-log', path] as const)];
  const named = inputs.proxyConfig === null ? logs : [...logs, ['--proxy-config', inputs.proxyConfig] as const];
  for (const [option, path] of named) {
    if (path === '-' || /[*?[]/.test(path)) continue;
    const where = `${option} ${path}`;
    const found = await look(path).catch((error: unknown) => Promise.reject(unreadable(where, error)));
    if (found === 'folder') throw new UsageError(`${where}: this is a folder`, 'Name a file, or quote a pattern such as "/var/log/apache2/error.log*"');
  }
}

function unreadable(where: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UsageError(`${where}: there is no such file`, 'Check the path; on the proxy `apachectl -S` and its ErrorLog and CustomLog name the logs');
    case 'EACCES':
    case 'EPERM':
      return new UsageError(`${where}: no right to read it`, 'Run as root or as a member of the group that owns it (often adm), or copy the file and name the copy');
    default:
      return new UsageError(`${where}: ${error instanceof Error ? error.message : String(error)}`, 'Name a file that can be read');
  }
}

/** Milliseconds; unattended runs have a limit of 100 s unless said otherwise. */
export function readTimeLimit(raw: RawOptions, interactive: boolean): number | null {
  if (raw.timeLimit !== undefined) return readDuration(raw.timeLimit, '--time-limit');
  return interactive ? null : 100_000;
}
