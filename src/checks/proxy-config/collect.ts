/** Finds httpd and its configuration, reads it, and looks where its logs lead. Reads only. */
import { UsageError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { FileError } from '../../host/host.ts';
import { lackingRight } from '../../host/rights.ts';
import type { ConfigFiles } from '../../httpd/config/files.ts';
import { filesOfHost } from '../../httpd/config/files.ts';
import type { Located, Search } from '../../httpd/config/locate.ts';
import { locateHttpd } from '../../httpd/config/locate.ts';
import { usualStaticSources } from '../../httpd/config/modules.ts';
import { offlineConfig } from '../../httpd/config/offline.ts';
import { absolutePath } from '../../httpd/config/paths.ts';
import { readConfig } from '../../httpd/config/read.ts';
import type { ConfigTree } from '../../httpd/config/tree.ts';
import { words } from '../../httpd/config/words.ts';
import { visible } from '../../visible.ts';
import type { CheckContext, Collected } from '../check.ts';
import { CouldNot } from '../check.ts';
import { assembleFacts } from './assemble.ts';
import { accountOf } from './accounts.ts';
import { environmentFor } from './environment.ts';
import type { ProxyConfigFacts } from './facts.ts';
import { includeFolders } from './include-folders.ts';
import { findLogFiles } from './log-files.ts';
import { openFiles } from './moved-logs.ts';
import { errorLogs } from './logs.ts';
import type { Parameters } from './parameters.ts';
import { inForce, layOut } from './placed.ts';

export async function collect(context: CheckContext, given: Parameters): Promise<Collected<ProxyConfigFacts>> {
  const host = context.hosts.proxy;
  const reach = await host.reach();
  if (!reach.ok)
    throw new CouldNot(
      'failed',
      `the proxy's side is out of reach: ${reach.reason}`,
      'try the command of --via proxy by hand',
      reach.commands,
    );
  // Loaded for the flow that needs it, and no other.
  if (given.dialect === 'nginx') return (await import('./nginx/collect.ts')).collectNginx(context, given);
  const configFile = given.configFile === null ? null : here(host, given.configFile);
  if (given.offline) return { facts: await offlineFacts(context, configFile ?? ''), commands: [] };
  const search = await locateHttpd(host, { configFile, httpd: given.httpd, signal: context.signal });
  const located = search.found.length > 1 ? await oneOf(context, search, given) : search.found[0];
  if (located === undefined) throw await notFound(host, search);
  return { facts: await factsOf(context, located, search, given), commands: search.commands };
}

/** A relative name is relative to where the command was typed; at a vantage only absolute names mean anything. */
function here(host: Host, path: string): string {
  return host.vantage.length === 0 ? absolutePath(path, process.cwd()) : path;
}

async function notFound(host: Host, search: Search): Promise<CouldNot> {
  const { nginxInstead } = await import('../../nginx/instead.ts');
  const nginx = await nginxInstead(host);
  const why = search.problems.map((text) => `. ${text}`).join('');
  return new CouldNot(
    'skipped',
    `no httpd runs in this network namespace, and none is installed in a usual place${why}`,
    `${nginx === null ? '' : `${nginx}. Else `}name httpd's main configuration file with --proxy-config, or how to call httpd with --httpd`,
    search.commands,
  );
}

/** Several httpds that differ: the one that writes the error log that was given, else one must be named. */
async function oneOf(context: CheckContext, search: Search, given: Parameters): Promise<Located> {
  const wanted = new Set(given.errorLogs.map((path) => here(context.hosts.proxy, path)));
  if (wanted.size > 0) {
    const writing: Located[] = [];
    for (const located of search.found) if (await writesTo(context, located, wanted)) writing.push(located);
    const [only] = writing;
    if (only !== undefined && writing.length === 1) return only;
  }
  const list = search.found
    .map((one) => visible(`pid ${one.httpd?.pid ?? '?'}: ${one.httpd?.argv.join(' ') ?? ''} (${one.root}${one.configFile})`))
    .join('; ');
  const message = `${search.found.length} httpds with configurations of their own run in this network namespace: ${list}`;
  const example = search.found[0];
  const remedy = `Name the one in trouble, for example --proxy-config ${example === undefined ? 'FILE' : visible(example.root + example.configFile)}`;
  if (given.dispensable) throw new CouldNot('skipped', message, remedy, search.commands);
  throw new UsageError(message, remedy);
}

async function writesTo(context: CheckContext, located: Located, wanted: ReadonlySet<string>): Promise<boolean> {
  const host = context.hosts.proxy;
  const files = filesOfHost(host, located.root);
  const { tree } = await read(context, located, files);
  const logs = errorLogs(layOut(tree.nodes), { serverRoot: tree.serverRoot, defaultErrorLog: located.compiled?.errorLog ?? null });
  const found = await findLogFiles(host, logs, located.httpd?.pid ?? null, located.root);
  return found.some((log) => log.path !== null && wanted.has(log.path));
}

async function read(
  context: CheckContext,
  located: Located,
  files: ConfigFiles,
): Promise<{ tree: ConfigTree; environment: ReadonlyMap<string, string> }> {
  const environment = await environmentFor(files, located);
  const tree = await readConfig({
    configFile: located.configFile,
    serverRoot: located.serverRoot,
    defines: located.arguments.defines,
    before: located.arguments.before,
    after: located.arguments.after,
    environment: (name) => environment.get(name),
    staticModules: located.staticModules ?? usualStaticSources,
    version: located.compiled?.version ?? null,
    files,
    signal: context.signal,
  });
  return { tree, environment };
}

async function factsOf(context: CheckContext, located: Located, search: Search, given: Parameters): Promise<ProxyConfigFacts> {
  const host = context.hosts.proxy;
  const files = filesOfHost(host, located.root);
  const { tree } = await read(context, located, files);
  await mustBeRead(host, tree, located.configFile);
  const { httpd, compiled, root } = located;
  const account = httpd === null ? null : await accountOf(host, root, httpd, configuredAccount(tree));
  const facts = assembleFacts(tree, {
    source: located.source,
    httpd:
      httpd === null || account === null
        ? null
        : {
            pid: httpd.pid,
            binary: httpd.binary,
            argv: [...httpd.argv],
            startedAt: httpd.startedAt === null ? null : new Date(httpd.startedAt).toISOString(),
            user: account.user,
            uid: account.uid,
            group: account.group,
          },
    otherHttpds: search.running.filter((one) => one.pid !== httpd?.pid).map(({ pid, argv, config }) => ({ pid, argv: [...argv], config })),
    configFile: located.configFile,
    files: await filesWithTimes(files, tree.files),
    includeFolders: await foldersOf(tree, files),
    server: compiled?.server ?? null,
    command: commandOf(located, tree, given),
    root,
    version: compiled?.version ?? null,
    mpm: compiled?.mpm ?? null,
    defaultErrorLog: compiled?.errorLog ?? null,
    problems: search.problems,
  });
  const pid = httpd?.pid ?? null;
  const open = pid === null ? null : await openFiles(host, pid);
  const errorLogs = await findLogFiles(host, facts.errorLogs, pid, root, open);
  const accessLogs = await findLogFiles(host, facts.accessLogs, pid, root, open);
  const moved = [...errorLogs, ...accessLogs].flatMap((log) => log.moved ?? []);
  return { ...facts, errorLogs, accessLogs, problems: [...new Set(moved), ...facts.problems] };
}

async function offlineFacts(context: CheckContext, path: string): Promise<ProxyConfigFacts> {
  const host = context.hosts.proxy;
  const given = await offlineConfig(host, path).catch((error: unknown) => {
    if (!(error instanceof FileError)) throw error;
    throw new UsageError(`--proxy-config: ${error.message}`, "Name httpd's main configuration file");
  });
  const { files, configFile, serverRoot } = given;
  const located = { configFile, httpd: null, root: '' } as const;
  const environment = await environmentFor(files, located);
  const tree = await readConfig({
    configFile,
    serverRoot,
    defines: [],
    environment: (name) => environment.get(name),
    staticModules: usualStaticSources,
    version: null,
    files,
    signal: context.signal,
  });
  await mustBeRead(host, tree, configFile);
  const facts = assembleFacts(tree, {
    source: configFile === path ? 'given' : 'bundle',
    httpd: null,
    otherHttpds: [],
    configFile,
    files: await filesWithTimes(files, tree.files),
    includeFolders: [],
    server: null,
    command: null,
    root: '',
    version: null,
    mpm: null,
    defaultErrorLog: null,
    problems: [],
  });
  // A log is only known where its copy lies beside the configuration's.
  const copies = async (logs: ProxyConfigFacts['errorLogs']): Promise<ProxyConfigFacts['errorLogs']> =>
    Promise.all(
      logs.map(async (log) => {
        const copy = log.path === null ? null : given.copyOf(log.path);
        return { ...log, path: copy !== null && (await isThere(host, copy)) ? copy : null };
      }),
    );
  return { ...facts, errorLogs: await copies(facts.errorLogs), accessLogs: await copies(facts.accessLogs) };
}

function configuredAccount(tree: ConfigTree): { user: string | null; group: string | null } {
  const layout = layOut(tree.nodes);
  const first = (key: string): string | null => words(inForce(layout, key, null)?.directive.raw ?? '')[0] ?? null;
  return { user: first('user'), group: first('group') };
}

/** Where not even the main file could be read, there is nothing to say. */
async function mustBeRead(host: Host, tree: ConfigTree, configFile: string): Promise<void> {
  if (tree.files.length > 0) return;
  const lacking = await lackingRight(host, configFile);
  if (lacking !== null) throw new CouldNot('skipped', visible(`httpd's configuration could not be read: ${lacking.reason}`), visible(lacking.remedy));
  const why = tree.problems.map((problem) => problem.text).join('; ');
  throw new CouldNot(
    'skipped',
    visible(`httpd's configuration ${configFile} could not be read: ${why}`),
    'run as root, or as a user who may read it',
  );
}

async function filesWithTimes(files: ConfigFiles, paths: readonly string[]): Promise<ProxyConfigFacts['files']> {
  const result: ProxyConfigFacts['files'] = [];
  for (const path of paths) {
    const modifiedAt = await files.modifiedAt(path);
    if (modifiedAt !== null) result.push({ path, modifiedAt: new Date(modifiedAt).toISOString() });
  }
  return result;
}

async function foldersOf(tree: ConfigTree, files: ConfigFiles): Promise<ProxyConfigFacts['includeFolders']> {
  const hosts = layOut(tree.nodes).virtualHosts;
  return includeFolders(
    tree.includes,
    files,
    (at) => hosts.find((host) => host.at.file === at.file && host.at.line === at.line)?.name ?? null,
  );
}

/** Variables that may hold what must not stand on a command line or in a report. */
const secretName = /pass|secret|token|key|credential/i;

/** How to call this httpd with its own configuration and the environment that it reads. */
function commandOf(located: Located, tree: ConfigTree, given: Parameters): string[] | null {
  const { command, httpd } = located;
  if (command === null || httpd === null || given.httpd !== null) return command === null ? null : [...command];
  const variables = Object.entries(tree.environmentUsed).flatMap(([name, value]) => (secretName.test(name) ? [] : [`${name}=${value}`]));
  return [...(variables.length === 0 ? [] : ['env', ...variables]), ...command];
}

async function isThere(host: Host, path: string): Promise<boolean> {
  try {
    return (await host.stat(path)).kind === 'file';
  } catch {
    return false;
  }
}
