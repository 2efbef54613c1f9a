/** Finds nginx and its configuration, reads it, and looks where its logs lead and its names to. Reads only. */
import { isIP } from 'node:net';
import { UsageError } from '../../../errors.ts';
import type { Host } from '../../../host/host.ts';
import { FileError } from '../../../host/host.ts';
import { type ConfigFiles, filesOfHost } from '../../../httpd/config/files.ts';
import { absolutePath } from '../../../httpd/config/paths.ts';
import { locateNginx, type LocatedNginx, type NginxSearch } from '../../../nginx/config/locate.ts';
import { type NginxTree, readNginxConfig } from '../../../nginx/config/read.ts';
import { visible } from '../../../visible.ts';
import { type CheckContext, type Collected, CouldNot } from '../../check.ts';
import { accountOf } from '../accounts.ts';
import type { BackendSetting, LogSetting, ProxyConfigFacts } from '../facts.ts';
import { findLogFiles } from '../log-files.ts';
import type { Parameters } from '../parameters.ts';
import { assembleNginx } from './assemble.ts';
import { inForce } from './blocks.ts';

export async function collectNginx(context: CheckContext, given: Parameters): Promise<Collected<ProxyConfigFacts>> {
  const host = context.hosts.proxy;
  const configFile = given.configFile === null ? null : here(host, given.configFile);
  if (given.offline) return { facts: await offlineFacts(context, configFile ?? ''), commands: [] };
  const search = await locateNginx(host, { configFile, command: given.httpd, signal: context.signal });
  const located = search.found.length > 1 ? await oneOf(context, search, given) : search.found[0];
  if (located === undefined)
    throw new CouldNot(
      'skipped',
      `no nginx runs in this network namespace, and none is installed in a usual place${search.problems.map((text) => `. ${text}`).join('')}`,
      "name nginx's main configuration file with --proxy-config, or how to call nginx with --httpd",
      search.commands,
    );
  return { facts: await factsOf(context, located, search, given), commands: search.commands };
}

/** A relative name is relative to where the command was typed; at a vantage only absolute names mean anything. */
function here(host: Host, path: string): string {
  return host.vantage.length === 0 ? absolutePath(path, process.cwd()) : path;
}

/** Several that differ: the one that writes the error log that was given, else one must be named. */
async function oneOf(context: CheckContext, search: NginxSearch, given: Parameters): Promise<LocatedNginx> {
  const wanted = new Set(given.errorLogs.map((path) => here(context.hosts.proxy, path)));
  const writing: LocatedNginx[] = [];
  for (const located of wanted.size > 0 ? search.found : []) {
    const facts = await factsOf(context, located, search, given);
    if (facts.errorLogs.some((log) => log.path !== null && wanted.has(log.path))) writing.push(located);
  }
  const [only] = writing;
  if (only !== undefined && writing.length === 1) return only;
  const list = search.found.map((one) => visible(`pid ${one.running?.pid ?? '?'}: ${one.root}${one.configFile}`)).join('; ');
  const message = `${search.found.length} nginxes with configurations of their own run in this network namespace: ${list}`;
  const [example] = search.found;
  const remedy = `Name the one in trouble, for example --proxy-config ${example === undefined ? 'FILE' : visible(example.root + example.configFile)}`;
  if (given.dispensable) throw new CouldNot('skipped', message, remedy, search.commands);
  throw new UsageError(message, remedy);
}

async function factsOf(context: CheckContext, located: LocatedNginx, search: NginxSearch, given: Parameters): Promise<ProxyConfigFacts> {
  const host = context.hosts.proxy;
  const { running, compiled, root, prefix } = located;
  const files = filesOfHost(host, root);
  const tree = await readNginxConfig(located.configFile, files, context.signal);
  mustBeRead(tree, located.configFile);
  const [user, group] = inForce([tree.nodes], 'user')?.args ?? [];
  const account = running === null ? null : await accountOf(host, root, running, { user: user ?? null, group: group ?? user ?? null });
  const facts = assembleNginx(tree, {
    source: located.source,
    httpd:
      running === null || account === null
        ? null
        : {
            pid: running.pid,
            binary: running.binary,
            argv: [...running.argv],
            startedAt: running.startedAt === null ? null : new Date(running.startedAt).toISOString(),
            ...account,
          },
    otherHttpds: search.running
      .filter((one) => one.pid !== running?.pid)
      .map(({ pid, argv, config }) => ({ pid, argv: [...argv], config })),
    configFile: located.configFile,
    files: await filesWithTimes(files, tree.files),
    server: compiled?.server ?? null,
    command: located.command === null ? null : [...located.command],
    root,
    version: compiled?.version ?? null,
    logs: { prefix, errorLog: compiled?.errorLog ?? null, accessLog: compiled?.accessLog ?? null },
    problems: search.problems,
  });
  const pid = running?.pid ?? null;
  return {
    ...facts,
    backends: given.passive ? facts.backends : await withAddresses(host, facts.backends),
    errorLogs: await findLogFiles(host, await throughLinks(host, facts.errorLogs, root), pid, root),
    accessLogs: await findLogFiles(host, await throughLinks(host, facts.accessLogs, root), pid, root),
  };
}

/** A copy from another machine: nothing of this one is asked, and a log is known only where its copy lies at the same place. */
async function offlineFacts(context: CheckContext, path: string): Promise<ProxyConfigFacts> {
  const host = context.hosts.proxy;
  // A copy that keeps the tree (`case/etc/nginx/nginx.conf`) tells its root folder by its path.
  const kept = /^(.+)(\/(?:etc\/nginx|usr\/local\/(?:openresty\/)?nginx\/conf)\/[^/]+)$/.exec(path);
  const under = kept?.[1] ?? '';
  const configFile = kept?.[2] ?? path;
  const files = filesOfHost(host, under);
  const tree = await readNginxConfig(configFile, files, context.signal);
  if (tree.files.length === 0) throw new UsageError(`--proxy-config: ${path} could not be read`, "Name nginx's main configuration file");
  const facts = assembleNginx(tree, {
    source: under === '' ? 'given' : 'bundle',
    httpd: null,
    otherHttpds: [],
    configFile,
    files: await filesWithTimes(files, tree.files),
    server: null,
    command: null,
    root: '',
    version: null,
    logs: { prefix: '/etc/nginx', errorLog: null, accessLog: null },
    problems: [],
  });
  const copies = (logs: readonly LogSetting[]): Promise<LogSetting[]> =>
    Promise.all(
      logs.map(async (log) => {
        const copy = log.path === null || under === '' ? null : under + log.path;
        const there =
          copy !== null &&
          (await host.stat(copy).then(
            () => true,
            () => false,
          ));
        return { ...log, path: there ? copy : null };
      }),
    );
  return { ...facts, errorLogs: await copies(facts.errorLogs), accessLogs: await copies(facts.accessLogs) };
}

/** Where not even the main file could be read, there is nothing to say. */
function mustBeRead(tree: NginxTree, configFile: string): void {
  if (tree.files.length > 0) return;
  const why = tree.problems.map((problem) => problem.text).join('; ');
  throw new CouldNot(
    'skipped',
    visible(`nginx's configuration ${configFile} could not be read: ${why}`),
    'run as root, or as a user who may read it',
  );
}

/** nginx logs servers by address only: what their names resolve to brings the two together. A name that does not resolve is left as it is. */
async function withAddresses(host: Host, backends: readonly BackendSetting[]): Promise<BackendSetting[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  const resolve = (name: string): Promise<readonly string[]> => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const asked = Promise.race([
      host.resolve(name).then(
        ({ addresses }) => addresses,
        () => [],
      ),
      new Promise<readonly string[]>((done) => setTimeout(done, patienceMs, []).unref()),
    ]);
    known.set(name, asked);
    return asked;
  };
  return Promise.all(
    backends.map(async (setting) => {
      const match = /^(\[[^\]]*\]|[^:]+):(\d+)$/.exec(setting.backend);
      const name = match?.[1] ?? '';
      if (match === null || isIP(name.replace(/^\[|\]$/g, '')) !== 0) return setting;
      const addresses = (await resolve(name)).map((address) => `${isIP(address) === 6 ? `[${address}]` : address}:${match[2]}`);
      return addresses.length === 0 ? setting : { ...setting, addresses };
    }),
  );
}

const patienceMs = 3000;

/** Container images link their logs to the process's own output. */
async function throughLinks(host: Host, logs: readonly LogSetting[], root: string): Promise<LogSetting[]> {
  return Promise.all(
    logs.map(async (log) => {
      if (log.path === null || log.target !== 'file') return log;
      const target = await host.readLink(root + log.path).catch(() => null);
      return target !== null && /^\/(?:dev\/std(?:out|err)|proc\/self\/fd\/[12])$/.test(target)
        ? { ...log, target: 'stdio' as const, path: null, raw: target }
        : log;
    }),
  );
}

async function filesWithTimes(files: ConfigFiles, paths: readonly string[]): Promise<ProxyConfigFacts['files']> {
  const times = await Promise.all(
    paths.map((path) => files.modifiedAt(path).catch((error: unknown) => (error instanceof FileError ? null : Promise.reject(error)))),
  );
  return paths.flatMap((path, index) => {
    const modifiedAt = times[index] ?? null;
    return modifiedAt === null ? [] : [{ path, modifiedAt: new Date(modifiedAt).toISOString() }];
  });
}
