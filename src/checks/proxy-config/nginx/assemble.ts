/** A configuration of nginx that was read becomes the facts of this check. Pure: whatever needs a look at the machine is passed in. */
import type { Directive, NginxTree } from '../../../nginx/config/read.ts';
import type { Version } from '../../../httpd/versions/version.ts';
import { visible } from '../../../visible.ts';
import type { ProxyConfigFacts, Setting } from '../facts.ts';
import { blocks, inForce, type Place, timeInForce } from './blocks.ts';
import { accessLogs, errorLogs, logLevels, type NginxLogPlaces } from './logs.ts';
import { listenOf, readProxying, serversOf, usualTimeout } from './proxying.ts';

/** What of the facts the text of the configuration does not tell. */
export type Surroundings = Pick<
  ProxyConfigFacts,
  'source' | 'httpd' | 'otherHttpds' | 'configFile' | 'files' | 'server' | 'command' | 'root'
> & {
  readonly version: Version | null;
  readonly logs: NginxLogPlaces;
  readonly problems: readonly string[];
};

const longestProblem = 600;
const mostProblems = 300;
const mostDirectives = 500;

/** Worth seeing in a report, and read by other checks. */
const interesting =
  /^(?:proxy_(?:next_upstream\w*|ssl_\w+|http_version|set_header|buffer_size|buffering|request_buffering|socket_keepalive|bind|intercept_errors)|resolver\w*|client_max_body_size|client_body_timeout|limit_req|limit_conn|error_page)$/;

export function assembleNginx(tree: NginxTree, around: Surroundings): ProxyConfigFacts {
  const { version, logs, problems, ...known } = around;
  const { nodes } = tree;
  const http: Place = [nodes, ...blocks(nodes, 'http').map((block) => block.children)];
  const servers = serversOf(nodes);
  const proxying = readProxying(nodes, version);
  const read = timeInForce(http, 'proxy_read_timeout', usualTimeout);
  const keepAlive = timeInForce(http, 'keepalive_timeout', 75);
  const ofTree = tree.problems.map(({ at, text }) => `${at === null ? '' : `${at.file}:${at.line}: `}${text}`);
  return {
    ...known,
    dialect: 'nginx',
    serverRoot: logs.prefix,
    includeFolders: [],
    problems: [...problems, ...ofTree, ...proxying.problems].map((text) => visible(text).slice(0, longestProblem)).slice(0, mostProblems),
    defines: [],
    modules: [],
    mpm: null,
    listen: servers.flatMap(({ block }) => [...listenOf(block.children)]),
    virtualHosts: servers.map(({ name, block }) => ({
      name,
      addresses: listenOf(block.children).map(({ address, port }) => `${address ?? '*'}:${port}`),
      aliases: block.children.filter((directive) => directive.name === 'server_name').flatMap((directive) => directive.args.slice(1)),
      at: block.at,
    })),
    errorLogs: errorLogs(nodes, logs),
    accessLogs: accessLogs(nodes, logs),
    logLevels: logLevels(nodes),
    backends: proxying.backends,
    routes: proxying.routes,
    balancers: proxying.balancers,
    timeout: { seconds: read.seconds, at: read.at },
    proxyTimeout: null,
    keepAliveTimeout: { seconds: keepAlive.seconds, at: keepAlive.at },
    limits: limits(nodes),
    environment: [],
    directives: directives(nodes),
    statusPages: [],
  };
}

function limits(nodes: readonly Directive[]): Record<string, Setting> {
  const events = blocks(nodes, 'events').flatMap((block) => block.children);
  const found: Record<string, Setting> = {};
  for (const [level, name] of [
    [nodes, 'worker_processes'],
    [nodes, 'worker_rlimit_nofile'],
    [events, 'worker_connections'],
  ] as const) {
    const own = inForce([level], name);
    if (own !== null) found[name] = { value: own.args.join(' '), at: own.at };
  }
  return found;
}

function directives(nodes: readonly Directive[]): ProxyConfigFacts['directives'] {
  const found: ProxyConfigFacts['directives'] = [];
  const walk = (level: readonly Directive[], virtualHost: string | null): void => {
    for (const { name, args, at, children } of level) {
      if (found.length >= mostDirectives) return;
      if (interesting.test(name)) found.push({ name, value: args.join(' '), virtualHost, at });
      if (children !== null && name !== 'server') walk(children, virtualHost);
    }
  };
  walk(nodes, null);
  for (const { name, block } of serversOf(nodes)) walk(block.children, name);
  return found;
}
