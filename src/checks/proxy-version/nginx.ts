/** Asks nginx for its version and its package for what it mended; compares both with the faults on record. Reads only. */
import { formatVersion } from '../../httpd/versions/version.ts';
import { listReachesTo } from '../../httpd/versions/faults.ts';
import { askNginx } from '../../nginx/config/compiled.ts';
import { locateNginx } from '../../nginx/config/locate.ts';
import { knownFaults } from '../../nginx/versions/faults.generated.ts';
import { mendedInNginx } from '../../nginx/versions/faults.ts';
import { type CheckContext, type Collected, CouldNot } from '../check.ts';
import { backportOf } from './backport.ts';
import type { ProxyVersionFacts } from './facts.ts';
import { changelogOf, packageOf } from './package.ts';
import type { Parameters } from './parameters.ts';

export async function collectNginx(context: CheckContext, given: Parameters): Promise<Collected<ProxyVersionFacts>> {
  const host = context.hosts.proxy;
  const { command, binary, root } = given.command === null ? await lookFor(context, given) : given;
  if (command === null) throw new CouldNot('skipped', 'no nginx was found to ask', 'name it with --httpd');
  // Without -c: a version needs no configuration.
  const { compiled, commands, trouble } = await askNginx(host, command, context.signal);
  const version = compiled?.version ?? null;
  const program = binary ?? command.find((word) => word.startsWith('/')) ?? '/usr/sbin/nginx';
  const found = await packageOf(host, program, root);
  const changelog = found === null ? null : await changelogOf(host, found, root);
  const faults: ProxyVersionFacts['faults'] =
    version === null
      ? []
      : knownFaults.flatMap((fault) => {
          const fixedIn = mendedInNginx(fault, version);
          if (fixedIn === null) return [];
          const backport = backportOf(fault, {
            packaged: found !== null,
            manager: found?.manager ?? null,
            changelog: changelog?.text ?? null,
          });
          return [
            {
              id: fault.id,
              title: fault.title,
              introduced: fault.introduced,
              fixedIn,
              symptoms: [...fault.shows],
              condition: fault.when,
              backport,
            },
          ];
        });
  const reach = listReachesTo(knownFaults);
  return {
    commands,
    facts: {
      dialect: 'nginx',
      server: compiled?.server ?? null,
      version: version === null ? null : formatVersion(version),
      built: null,
      mpm: null,
      aprUtil: null,
      platform: null,
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
        trouble ?? `${command.join(' ')} -V`,
        found === null ? 'no package manager knows the program' : `package ${found.name} ${found.version} (${found.manager})`,
        ...(found === null ? [] : [changelog === null ? 'its changelog is not there to read' : `changelog ${changelog.from}`]),
      ].join('; '),
      ...(reach === null ? {} : { recordedTo: formatVersion(reach) }),
    },
  };
}

/** No configuration was read before: the running nginx, or the installed one. */
async function lookFor(
  context: CheckContext,
  given: Parameters,
): Promise<{ readonly command: readonly string[] | null; readonly binary: string | null; readonly root: string }> {
  const search = await locateNginx(context.hosts.proxy, { configFile: given.configFile, command: null, signal: context.signal });
  const [first] = search.found;
  if (first === undefined)
    throw new CouldNot(
      'skipped',
      'no nginx runs in this network namespace, and none is installed in a usual place',
      'name it with --httpd',
      search.commands,
    );
  return { command: first.command, binary: first.running?.binary ?? null, root: first.root };
}
