/** Asks httpd for its version and its package for what it mended; compares both with the faults on record. Reads only. */
import type { Host } from '../../host/host.ts';
import type { Asked } from '../../httpd/config/ask-binary.ts';
import { askBinary } from '../../httpd/config/ask-binary.ts';
import { locateHttpd } from '../../httpd/config/locate.ts';
import { knownFaults } from '../../httpd/versions/faults.generated.ts';
import type { KnownFault } from '../../httpd/versions/faults.ts';
import { mendedFor } from '../../httpd/versions/faults.ts';
import { formatVersion } from '../../httpd/versions/version.ts';
import type { CheckContext, Collected } from '../check.ts';
import { CouldNot } from '../check.ts';
import { backportOf } from './backport.ts';
import type { ProxyVersionFacts } from './facts.ts';
import { changelogOf, packageOf } from './package.ts';
import type { Parameters } from './parameters.ts';

export async function collect(context: CheckContext, given: Parameters): Promise<Collected<ProxyVersionFacts>> {
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
  if (given.dialect === 'nginx') return (await import('./nginx.ts')).collectNginx(context, given);
  const httpd = given.command === null ? await lookFor(context, given) : { command: given.command, binary: given.binary, root: given.root };
  const { command } = httpd;
  const asked: Asked =
    command === null
      ? { compiled: null, staticModules: null, commands: [], trouble: 'no httpd was found to ask' }
      : await askBinary(host, command, context.signal);
  const version = asked.compiled?.version ?? null;
  const binary = httpd.binary ?? (command === null ? null : await pathOf(host, command));
  const found = binary === null ? null : await packageOf(host, binary, httpd.root);
  const changelog = found === null ? null : await changelogOf(host, found, httpd.root);
  const mpm = given.mpm ?? asked.compiled?.mpm ?? null;
  const faults =
    version === null
      ? []
      : knownFaults
          .filter((fault) => isLoaded(fault, given.modules, mpm))
          .flatMap((fault) => {
            const fixedIn = mendedFor(fault, version);
            if (fixedIn === null) return [];
            const backport = backportOf(fault, {
              packaged: found !== null,
              manager: found?.manager ?? null,
              changelog: changelog?.text ?? null,
            });
            const { id, title, introduced, shows, when } = fault;
            return [
              {
                id,
                title,
                introduced,
                fixedIn,
                symptoms: shows.map(({ family, errno }) => ({ family, errno })),
                condition: when,
                backport,
              },
            ];
          });
  const facts: ProxyVersionFacts = {
    server: asked.compiled?.server ?? null,
    version: version === null ? null : formatVersion(version),
    built: asked.compiled?.built ?? null,
    mpm,
    aprUtil: asked.compiled?.aprUtil ?? null,
    platform: /\(([^)]+)\)/.exec(asked.compiled?.server ?? '')?.[1] ?? asked.compiled?.architecture ?? null,
    package:
      found === null
        ? null
        : {
            name: found.name,
            version: found.version,
            installedAt: found.installedAt === null ? null : new Date(found.installedAt).toISOString(),
          },
    faults,
    how: [
      asked.trouble ?? `${command?.join(' ')} -V`,
      found === null ? 'no package manager knows the program' : `package ${found.name} ${found.version} (${found.manager})`,
      ...(found === null ? [] : [changelog === null ? 'its changelog is not there to read' : `changelog ${changelog.from}`]),
    ].join('; '),
  };
  return { facts, commands: asked.commands };
}

/** No configuration was read before: the running httpd, or the installed one. Several that run are one version as long as they say the same. */
async function lookFor(
  context: CheckContext,
  given: Parameters,
): Promise<{ command: readonly string[] | null; binary: string | null; root: string }> {
  const search = await locateHttpd(context.hosts.proxy, { configFile: given.configFile, httpd: null, signal: context.signal });
  const [first] = search.found;
  if (first === undefined)
    throw new CouldNot(
      'skipped',
      'no httpd runs in this network namespace, and none is installed in a usual place',
      'name it with --httpd',
      search.commands,
    );
  if (new Set(search.found.map((one) => one.command?.join(' '))).size > 1) {
    throw new CouldNot(
      'skipped',
      `${search.found.length} different httpds run here`,
      'name one with --proxy-config or --httpd',
      search.commands,
    );
  }
  return { command: first.command, binary: first.httpd?.binary ?? null, root: first.root };
}

/** Where the program lies, for its package: a name without a path is looked up as the side's own shell would. */
async function pathOf(host: Host, command: readonly string[]): Promise<string | null> {
  const program = [...command].reverse().find((word) => /(?:apache2?|httpd\d?)(?:ctl)?$/.test(word)) ?? command[0] ?? '';
  if (program.startsWith('/')) return program.replace(/apache2ctl$/, 'apache2');
  for (const folder of ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/usr/local/apache2/bin']) {
    const path = `${folder}/${program.replace(/^apache2ctl$/, 'apache2')}`;
    try {
      if ((await host.stat(path)).kind === 'file') return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** Faults of modules that are not loaded can't bite. */
function isLoaded(fault: KnownFault, modules: readonly string[] | null, mpm: string | null): boolean {
  return fault.modules.every((name) => {
    if (name === 'core' || name === 'http') return true;
    if (name === 'event' || name === 'worker' || name === 'prefork') return mpm === null || mpm === name;
    return modules === null || modules.length === 0 || modules.includes(`${name.replace(/^mod_/, '')}_module`);
  });
}
