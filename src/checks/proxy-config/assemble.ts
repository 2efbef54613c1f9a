/** A configuration that was read becomes the facts of this check. Pure: whatever needs a look at the machine is passed in. */
import type { ConfigTree, Problem } from '../../httpd/config/tree.ts';
import type { Version } from '../../httpd/versions/version.ts';
import { visible } from '../../visible.ts';
import type { ProxyConfigFacts } from './facts.ts';
import { accessLogs, errorLogs } from './logs.ts';
import { layOut } from './placed.ts';
import { readProxying } from './proxying.ts';
import * as settings from './settings.ts';

/** What of the facts the text of the configuration does not tell. */
export type Surroundings = Pick<
  ProxyConfigFacts,
  'source' | 'httpd' | 'otherHttpds' | 'configFile' | 'files' | 'includeFolders' | 'server' | 'command' | 'root'
> & {
  readonly version: Version | null;
  /** MPM compiled in; the loaded module counts more. */
  readonly mpm: string | null;
  readonly defaultErrorLog: string | null;
  /** Sentences on what could not be found out before the configuration was read. */
  readonly problems: readonly string[];
};

const longestProblem = 600;
const mostProblems = 300;

/** Logs are as configured: see findLogFiles for where pipes and standard output lead. */
export function assembleFacts(tree: ConfigTree, around: Surroundings): ProxyConfigFacts {
  const layout = layOut(tree.nodes);
  const proxying = readProxying(layout);
  const { version, mpm: compiledMpm, defaultErrorLog, problems, ...known } = around;
  const places = { serverRoot: tree.serverRoot, defaultErrorLog };
  const mpm = settings.mpmOf(tree.modules) ?? compiledMpm;
  return {
    ...known,
    serverRoot: tree.serverRoot,
    problems: [...problems, ...[...tree.problems, ...proxying.problems].map(sentence)].slice(0, mostProblems),
    defines: [...tree.defines],
    modules: [...tree.modules],
    mpm,
    listen: settings.listens(layout),
    virtualHosts: settings.namesOf(layout.virtualHosts),
    errorLogs: errorLogs(layout, places),
    accessLogs: accessLogs(layout, places),
    logLevels: settings.logLevels(layout),
    backends: proxying.backends,
    routes: proxying.routes,
    balancers: proxying.balancers,
    timeout: settings.timeout(layout, version),
    proxyTimeout: settings.proxyTimeout(layout),
    keepAliveTimeout: settings.keepAliveTimeout(layout, version),
    limits: settings.limits(layout, mpm),
    environment: settings.environment(layout),
    directives: settings.otherDirectives(layout),
    statusPages: settings.statusPages(layout),
  };
}

function sentence({ at, text }: Problem): string {
  return visible(`${at === null ? '' : `${at.file}:${at.line}: `}${text}`).slice(0, longestProblem);
}
