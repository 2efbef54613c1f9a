/** Facts of a configuration given as text, for the tests of this check and of its readers. */
import { assembleFacts } from '../../../src/checks/proxy-config/assemble.ts';
import type { ProxyConfigFacts } from '../../../src/checks/proxy-config/facts.ts';
import type { Version } from '../../../src/httpd/versions/version.ts';
import type { Options } from '../../httpd/config/support.ts';
import { main, read } from '../../httpd/config/support.ts';

export async function factsOf(text: string, options: Options & { readonly version?: Version | null } = {}): Promise<ProxyConfigFacts> {
  const tree = await read(text, options);
  return assembleFacts(tree, {
    source: 'given',
    httpd: null,
    otherHttpds: [],
    configFile: main,
    files: [],
    includeFolders: [],
    version: options.version === undefined ? [2, 4, 62] : options.version,
    mpm: null,
    defaultErrorLog: null,
    problems: [],
  });
}

/** `backend@line path {parameters}` of each backend, for tables. */
export function backendsShown(facts: ProxyConfigFacts): string[] {
  return facts.backends.map((entry) => {
    const parameters = Object.entries(entry.parameters).map(([key, { value }]) => `${key}=${value}`);
    const path = entry.path === null ? '-' : entry.pathIsPattern ? `~${entry.path}` : entry.path;
    return [`${entry.backend}@${entry.at.line}`, path, ...parameters].join(' ');
  });
}
