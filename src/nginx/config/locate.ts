/**
 * Which nginx and which configuration: named by an option, of the nginx that runs in this network namespace, or in a usual place. Several
 * that differ are all told; the caller asks for one to be named.
 */
import type { CommandRecord } from '../../engine/evidence.ts';
import { UsageError } from '../../errors.ts';
import { FileError, type Host } from '../../host/host.ts';
import { absolutePath, nameOf } from '../../httpd/config/paths.ts';
import type { RunningHttpd } from '../../httpd/config/running.ts';
import { askNginx, type AskedNginx, type CompiledNginx } from './compiled.ts';
import { runningNginxes } from './running.ts';

export interface LocatedNginx {
  readonly source: 'given' | 'running' | 'usual-place';
  /** Absolute, as nginx sees it (below `root`). */
  readonly configFile: string;
  readonly prefix: string;
  readonly running: RunningHttpd | null;
  /** How to call it with its own configuration; null: no program of it is known. */
  readonly command: readonly string[] | null;
  readonly compiled: CompiledNginx | null;
  /** `/proc/PID/root` for an nginx in a container, else empty. */
  readonly root: string;
}

export interface NginxSearch {
  /** One: that is it. Several: they differ, one must be named. None: no nginx was found. */
  readonly found: readonly LocatedNginx[];
  readonly running: readonly { readonly pid: number; readonly argv: readonly string[]; readonly config: string | null }[];
  readonly problems: readonly string[];
  readonly commands: readonly CommandRecord[];
}

export interface NginxSearchOptions {
  readonly configFile: string | null;
  readonly command: readonly string[] | null;
  readonly signal?: AbortSignal;
}

const usualCommands = ['nginx', 'openresty'] as const;
const usualPlaces = [
  { configFile: '/etc/nginx/nginx.conf', prefix: '/etc/nginx' },
  { configFile: '/usr/local/nginx/conf/nginx.conf', prefix: '/usr/local/nginx' },
  { configFile: '/usr/local/openresty/nginx/conf/nginx.conf', prefix: '/usr/local/openresty/nginx' },
  { configFile: '/usr/local/etc/nginx/nginx.conf', prefix: '/usr/local/etc/nginx' },
] as const;

/** @throws {UsageError} a configuration was named that can't be one */
export async function locateNginx(host: Host, options: NginxSearchOptions): Promise<NginxSearch> {
  const problems: string[] = [];
  const commands: CommandRecord[] = [];
  const ask = async (command: readonly string[]): Promise<AskedNginx> => {
    const asked = await askNginx(host, command, options.signal);
    commands.push(...asked.commands);
    return asked;
  };
  const located: LocatedNginx[] = [];
  for (const running of await here(host, problems)) located.push(await ofRunning(running, ask));
  const found = await choose(host, options, located, ask, problems);
  return {
    found,
    running: located.map(({ running, configFile }) => ({ pid: running?.pid ?? 0, argv: running?.argv ?? [], config: configFile })),
    problems,
    commands,
  };
}

type Ask = (command: readonly string[]) => Promise<AskedNginx>;

async function here(host: Host, problems: string[]): Promise<readonly RunningHttpd[]> {
  let all: readonly RunningHttpd[];
  try {
    all = await runningNginxes(host);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    problems.push(`Processes could not be looked at, so a running nginx would not be found: ${error.message}`);
    return [];
  }
  const same = all.filter((one) => one.namespace === 'same');
  if (same.length > 0) return same;
  const unknown = all.filter((one) => one.namespace === 'unknown');
  const [other] = all;
  if (unknown.length === 0 && other !== undefined)
    problems.push(
      `nginx runs in other network namespaces (pid ${all
        .slice(0, 5)
        .map((one) => one.pid)
        .join(', ')}), not in this one: look from there with --via proxy="nsenter -t ${other.pid} -n"`,
    );
  return unknown;
}

async function ofRunning(running: RunningHttpd, ask: Ask): Promise<LocatedNginx> {
  const program = running.root === '' ? [running.binary] : ['chroot', running.root, running.binary];
  const { compiled } = await ask(program);
  return {
    ...placed(running.argv, compiled),
    source: 'running',
    running,
    command: [...program, ...repeated(running.argv)],
    compiled,
    root: running.root,
  };
}

/** `-p PREFIX` and `-c FILE`; the file is relative to the prefix. */
function placed(argv: readonly string[], compiled: CompiledNginx | null): { readonly configFile: string; readonly prefix: string } {
  const usual = usualPlaces[0];
  const prefix = option(argv, 'p') ?? compiled?.prefix ?? usual.prefix;
  const named = option(argv, 'c');
  if (named !== null) return { configFile: absolutePath(named, prefix), prefix };
  // A path that was compiled in below the prefix moves with it.
  const compiledFile = compiled?.configFile ?? usual.configFile;
  const moved = option(argv, 'p') !== null && compiled !== null && compiledFile.startsWith(`${compiled.prefix}/`);
  return { configFile: moved ? prefix.replace(/\/$/, '') + compiledFile.slice(compiled.prefix.length) : compiledFile, prefix };
}

function option(argv: readonly string[], letter: string): string | null {
  for (const [index, word] of argv.entries()) {
    if (index === 0 || !word.startsWith(`-${letter}`)) continue;
    if (word.length > 2) return word.slice(2);
    return argv[index + 1] ?? null;
  }
  return null;
}

function repeated(argv: readonly string[]): readonly string[] {
  return (['p', 'c'] as const).flatMap((letter) => {
    const value = option(argv, letter);
    return value === null ? [] : [`-${letter}`, value];
  });
}

async function choose(
  host: Host,
  options: NginxSearchOptions,
  located: readonly LocatedNginx[],
  ask: Ask,
  problems: string[],
): Promise<readonly LocatedNginx[]> {
  const { configFile, command } = options;
  if (command !== null) {
    const at = command.findIndex((word) => /^(?:nginx|openresty)$/.test(nameOf(word)));
    const { compiled, trouble } = await ask(command);
    if (trouble !== null) problems.push(trouble);
    const called = {
      ...placed(command.slice(Math.max(0, at)), compiled),
      source: 'given' as const,
      running: null,
      command,
      compiled,
      root: '',
    };
    const wanted = configFile ?? called.configFile;
    const its = located.find((one) => one.configFile === wanted);
    if (its === undefined) await mustBeFile(host, wanted);
    return [its === undefined ? { ...called, configFile: wanted } : { ...its, source: 'given', command }];
  }
  if (configFile !== null) {
    await mustBeFile(host, configFile);
    const its = located.find((one) => one.root + one.configFile === configFile || one.configFile === configFile);
    if (its !== undefined) return [{ ...its, source: 'given' }];
    const installed = await anyInstalled(host, ask);
    return [{ ...(installed ?? nothing), source: 'given', configFile, prefix: installed?.prefix ?? usualPlaces[0].prefix }];
  }
  const distinct = located.filter(
    (one, index) => located.findIndex((other) => other.root === one.root && other.configFile === one.configFile) === index,
  );
  if (distinct.length > 0) return distinct;
  const installed = await anyInstalled(host, ask);
  if (installed !== null) return [installed];
  for (const place of usualPlaces) if (await isFile(host, place.configFile)) return [{ ...nothing, ...place }];
  return [];
}

const nothing = { source: 'usual-place', running: null, command: null, compiled: null, root: '' } as const;

async function anyInstalled(host: Host, ask: Ask): Promise<LocatedNginx | null> {
  for (const name of usualCommands) {
    if (!(await host.has(name))) continue;
    const { compiled } = await ask([name]);
    if (compiled !== null && (await isFile(host, compiled.configFile)))
      return { ...nothing, command: [name], compiled, configFile: compiled.configFile, prefix: compiled.prefix };
  }
  return null;
}

async function isFile(host: Host, path: string): Promise<boolean> {
  return host.stat(path).then(
    ({ kind }) => kind === 'file',
    () => false,
  );
}

async function mustBeFile(host: Host, path: string): Promise<void> {
  const remedy = "Name nginx's main configuration file, for example --proxy-config /etc/nginx/nginx.conf";
  try {
    const { kind } = await host.stat(path);
    if (kind !== 'file') throw new UsageError(`--proxy-config: ${path} is no ordinary file`, remedy);
  } catch (error) {
    if (error instanceof FileError) throw new UsageError(`--proxy-config: ${error.message}`, remedy);
    throw error;
  }
}
