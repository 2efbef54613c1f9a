/** Sections that are settled while the configuration is read: what they enclose is there or it is not. */
import type { Version } from '../versions/version.ts';
import { versionCondition } from '../versions/version.ts';

export interface ConditionWorld {
  readonly defined: (name: string) => boolean;
  readonly loaded: (module: string) => boolean;
  readonly version: Version | null;
  readonly exists: (path: string) => Promise<boolean>;
}

/**
 * `no-condition`: the section is none of these. `unknown`: it is one, and can't be decided. A `!` before the argument turns it round.
 */
export async function conditionHolds(
  key: string,
  args: readonly string[],
  world: ConditionWorld,
): Promise<boolean | 'unknown' | 'no-condition'> {
  const [first = ''] = args;
  const negated = first.startsWith('!');
  const argument = negated ? first.slice(1) : first;
  switch (key) {
    case 'ifdefine':
      return world.defined(argument) !== negated;
    case 'ifmodule':
      return world.loaded(argument) !== negated;
    case 'iffile':
      return (await world.exists(argument)) !== negated;
    case 'ifversion':
      return world.version === null ? 'unknown' : (versionCondition(args, world.version) ?? 'unknown');
    // Of httpd's trunk: whether a directive or section is known to the server.
    case 'ifdirective':
    case 'ifsection':
      return 'unknown';
    default:
      return 'no-condition';
  }
}
