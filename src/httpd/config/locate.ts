/**
 * Which httpd and which main configuration file: named by an option, of the httpd that runs in this network namespace, or in a usual
 * place. Several that differ are told to the caller as `several`; it asks for one to be named.
 */
import type { CommandRecord } from '../../engine/evidence.ts';
import type { Host } from '../../host/host.ts';
import { FileError } from '../../host/host.ts';
import { UsageError } from '../../errors.ts';
import type { Asked } from './ask-binary.ts';
import { askBinary } from './ask-binary.ts';
import type { HttpdArguments } from './arguments.ts';
import { argumentsToRepeat, parseHttpdArguments } from './arguments.ts';
import type { Compiled } from './compiled.ts';
import { absolutePath, nameOf } from './paths.ts';
import { usualCommands, usualPlaces } from './places.ts';
import type { RunningHttpd } from './running.ts';
import { isHttpdName, runningHttpds } from './running.ts';

export interface Located {
  readonly source: 'given' | 'running' | 'usual-place';
  /** Absolute, as httpd sees it (below `root`). */
  readonly configFile: string;
  readonly serverRoot: string;
  readonly arguments: HttpdArguments;
  readonly httpd: RunningHttpd | null;
  /** How to call it with its own configuration; null: no program of it is known. */
  readonly command: readonly string[] | null;
  readonly compiled: Compiled | null;
  readonly staticModules: readonly string[] | null;
  /** `/proc/PID/root` for an httpd in a container, else empty. */
  readonly root: string;
}

export interface Other {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly config: string | null;
}

export interface Search {
  /** One: that is it. Several: they differ, one must be named. None: no httpd was found. */
  readonly found: readonly Located[];
  /** Httpds of the same network namespace, all of them. */
  readonly running: readonly Other[];
  readonly problems: readonly string[];
  readonly commands: readonly CommandRecord[];
}

export interface SearchOptions {
  /** `--proxy-config`. */
  readonly configFile: string | null;
  /** `--httpd`, as argv. */
  readonly httpd: readonly string[] | null;
  readonly signal?: AbortSignal;
}

/** @throws {UsageError} a configuration was named that can't be one */
export async function locateHttpd(host: Host, options: SearchOptions): Promise<Search> {
  const search = new Locator(host, options);
  return search.run();
}

class Locator {
  private readonly host: Host;
  private readonly options: SearchOptions;
  private readonly problems: string[] = [];
  private readonly commands: CommandRecord[] = [];
  private readonly asked = new Map<string, Promise<Asked>>();

  constructor(host: Host, options: SearchOptions) {
    this.host = host;
    this.options = options;
  }

  async run(): Promise<Search> {
    const running = await this.runningHere();
    const located: Located[] = [];
    for (const httpd of running) located.push(await this.ofRunning(httpd));
    const found = await this.choose(located);
    return {
      found,
      running: located.map(({ httpd, configFile }) => ({ pid: httpd?.pid ?? 0, argv: httpd?.argv ?? [], config: configFile })),
      problems: this.problems,
      commands: this.commands,
    };
  }

  private async choose(located: readonly Located[]): Promise<readonly Located[]> {
    const { configFile, httpd } = this.options;
    if (configFile !== null) {
      await this.mustBeFile(configFile);
      const called = httpd === null ? null : await this.ofCommand(httpd, 'given');
      const its = located.find((one) => samePath(one, configFile)) ?? null;
      if (its !== null) return [{ ...its, source: 'given', command: httpd ?? its.command }];
      return [this.withConfig(called ?? (await this.anyInstalled(configFile)), configFile)];
    }
    if (httpd !== null) {
      const called = await this.ofCommand(httpd, 'given');
      const its = located.find((one) => one.configFile === called.configFile);
      if (its === undefined) await this.mustBeFile(called.configFile);
      return [its === undefined ? called : { ...its, source: 'given', command: httpd }];
    }
    // The same configuration twice is one httpd in the middle of being replaced: the older one is named.
    const distinct = located.filter((one, index) => located.findIndex((other) => sameConfiguration(one, other)) === index);
    if (distinct.length > 0) return distinct;
    const installed = await this.installed();
    return installed === null ? [] : [installed];
  }

  private async runningHere(): Promise<RunningHttpd[]> {
    let all: RunningHttpd[];
    try {
      all = await runningHttpds(this.host);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.problems.push(`Processes could not be looked at, so a running httpd would not be found: ${error.message}`);
      return [];
    }
    const same = all.filter((httpd) => httpd.namespace === 'same');
    if (same.length > 0) return same;
    const unknown = all.filter((httpd) => httpd.namespace === 'unknown');
    if (unknown.length === 0 && all.length > 0) {
      const pids = all.slice(0, 5).map((httpd) => httpd.pid);
      this.problems.push(
        `httpd runs in other network namespaces (pid ${pids.join(', ')}${all.length > 5 ? ' …' : ''}), not in this one: look from there with --via proxy="nsenter -t ${pids[0]} -n"`,
      );
    }
    for (const { pid } of unknown) {
      this.problems.push(`The network namespace of httpd ${pid} could not be compared with this one's; it is taken for the same`);
    }
    return unknown;
  }

  private async ofRunning(httpd: RunningHttpd): Promise<Located> {
    const parsed = parseHttpdArguments(httpd.argv.slice(1));
    // A program from another root folder would meet the wrong libraries here: it is called inside its own (which takes root).
    const program = httpd.root === '' ? [httpd.binary] : ['chroot', httpd.root, httpd.binary];
    const asked = await this.ask(program);
    const place = await this.placeOf(asked.compiled, httpd.root);
    const serverRoot = parsed.serverRoot ?? place.root;
    return {
      source: 'running',
      configFile: absolutePath(parsed.configFile ?? place.configFile, serverRoot),
      serverRoot,
      arguments: parsed,
      httpd,
      command: [...program, ...argumentsToRepeat(parsed)],
      compiled: asked.compiled,
      staticModules: asked.staticModules,
      root: httpd.root,
    };
  }

  private async ofCommand(argv: readonly string[], source: Located['source']): Promise<Located> {
    const at = argv.findIndex((word) => isHttpdName(nameOf(word)) || /^apache2?ctl$/.test(nameOf(word)));
    const parsed = parseHttpdArguments(argv.slice(at < 0 ? 1 : at + 1));
    // Debian's apache2ctl makes folders before it calls apache2: that is asked itself where it can be.
    const direct = argv.map((word) => (nameOf(word) === 'apache2ctl' ? word.replace(/apache2ctl$/, 'apache2') : word));
    const first = await this.ask(direct);
    const asked = first.trouble === null || direct.join(' ') === argv.join(' ') ? first : await this.ask(argv);
    if (asked.trouble !== null) this.problems.push(asked.trouble);
    const place = await this.placeOf(asked.compiled, '');
    const serverRoot = parsed.serverRoot ?? place.root;
    const { compiled, staticModules } = asked;
    const configFile = absolutePath(parsed.configFile ?? place.configFile, serverRoot);
    return { source, configFile, serverRoot, arguments: parsed, httpd: null, command: argv, compiled, staticModules, root: '' };
  }

  /** The httpd that is installed and not running; null: none was found. */
  private async installed(): Promise<Located | null> {
    for (const command of usualCommands) {
      if (!(await this.host.has(command))) continue;
      const located = await this.ofCommand([command], 'usual-place');
      if (located.compiled !== null && (await this.exists(located.configFile))) return located;
    }
    const place = await this.existingPlace('');
    return place === null ? null : { ...unknownHttpd, configFile: place.configFile, serverRoot: place.root };
  }

  /** A configuration was named that no running httpd uses: the program is still worth asking for its version. */
  private async anyInstalled(configFile: string): Promise<Located> {
    const found = await this.installed();
    return found ?? { ...unknownHttpd, configFile, serverRoot: (await this.existingPlace(''))?.root ?? '/' };
  }

  private withConfig(located: Located, configFile: string): Located {
    return { ...located, source: 'given', configFile };
  }

  private async placeOf(compiled: Compiled | null, root: string): Promise<{ configFile: string; root: string }> {
    if (compiled?.root && compiled.configFile) return { configFile: compiled.configFile, root: compiled.root };
    const place = await this.existingPlace(root);
    return place ?? { configFile: 'conf/httpd.conf', root: '/usr/local/apache2' };
  }

  private async existingPlace(root: string): Promise<(typeof usualPlaces)[number] | null> {
    for (const place of usualPlaces) if (await this.exists(root + place.configFile)) return place;
    return null;
  }

  private async exists(path: string): Promise<boolean> {
    try {
      return (await this.host.stat(path)).kind === 'file';
    } catch {
      return false;
    }
  }

  private async mustBeFile(path: string): Promise<void> {
    const remedy = "Name httpd's main configuration file, for example --proxy-config /etc/apache2/apache2.conf";
    const named = this.options.configFile === null ? 'the configuration of the httpd that --httpd names' : '--proxy-config';
    try {
      const { kind } = await this.host.stat(path);
      if (kind === 'directory') throw new UsageError(`${named}: ${path} is a folder`, remedy);
      if (kind !== 'file') throw new UsageError(`${named}: ${path} is no ordinary file`, remedy);
    } catch (error) {
      if (error instanceof FileError) throw new UsageError(`${named}: ${error.message}`, remedy);
      throw error;
    }
  }

  private async ask(command: readonly string[]): Promise<Asked> {
    const key = command.join('\0');
    const known = this.asked.get(key);
    if (known !== undefined) return known;
    const asking = askBinary(this.host, command, this.options.signal);
    this.asked.set(key, asking);
    const asked = await asking;
    this.commands.push(...asked.commands);
    return asked;
  }
}

const unknownHttpd: Omit<Located, 'configFile' | 'serverRoot'> = {
  source: 'usual-place',
  arguments: parseHttpdArguments([]),
  httpd: null,
  command: null,
  compiled: null,
  staticModules: null,
  root: '',
};

function samePath(located: Located, configFile: string): boolean {
  return located.root + located.configFile === configFile || located.configFile === configFile;
}

function sameConfiguration(a: Located, b: Located): boolean {
  return a.root === b.root && a.configFile === b.configFile && a.arguments.defines.join(' ') === b.arguments.defines.join(' ');
}
