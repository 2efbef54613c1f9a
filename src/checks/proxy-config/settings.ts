/** Single settings that decide a diagnosis, each with its place or httpd's default. Pure. */
import type { Version } from '../../httpd/versions/version.ts';
import { compareVersions } from '../../httpd/versions/version.ts';
import { words } from '../../httpd/config/words.ts';
import type { ProxyConfigFacts, Setting } from './facts.ts';
import type { Layout, VirtualHost } from './placed.ts';
import { inForce, serverLevel } from './placed.ts';

type Seconds = ProxyConfigFacts['timeout'];

/** Timeout: 300 s compiled into 2.0 and 2.2, 60 s since 2.4 (include/httpd.h); configuration files of distributions set their own. */
export function timeout(layout: Layout, version: Version | null): Seconds {
  return seconds(layout, 'timeout') ?? { seconds: olderThan(version, [2, 3, 0]) ? 300 : 60, at: null };
}

/** Null: not set, so Timeout counts. */
export function proxyTimeout(layout: Layout): Seconds | null {
  return seconds(layout, 'proxytimeout');
}

/** Of the proxy towards its clients: 15 s in 2.0, 5 s since 2.2. */
export function keepAliveTimeout(layout: Layout, version: Version | null): Seconds {
  return seconds(layout, 'keepalivetimeout') ?? { seconds: olderThan(version, [2, 1, 0]) ? 15 : 5, at: null };
}

function seconds(layout: Layout, key: string): Seconds | null {
  const own = inForce(layout, key, null);
  const value = own === null ? null : durationSeconds(words(own.directive.raw)[0] ?? '');
  return own === null || value === null ? null : { seconds: value, at: own.directive.at };
}

/** `60`, `60s`, `500ms`, `2m`, `1h` in seconds (ap_timeout_parameter_parse); a number without unit is seconds. */
export function durationSeconds(text: string): number | null {
  const match = /^(\d+)(ms|mi|min|m|s|h)?$/i.exec(text);
  if (!match) return null;
  const value = Number(match[1]);
  switch ((match[2] ?? 's').toLowerCase()) {
    case 'ms':
      return value / 1000;
    case 'mi':
    case 'min':
    case 'm':
      return value * 60;
    case 'h':
      return value * 3600;
    default:
      return value;
  }
}

function olderThan(version: Version | null, limit: Version): boolean {
  return version !== null && compareVersions(version, limit) < 0;
}

/** MaxRequestWorkers and its kin under one name, old names included. */
const limitNames: Readonly<Record<string, string>> = {
  maxrequestworkers: 'MaxRequestWorkers',
  maxclients: 'MaxRequestWorkers',
  serverlimit: 'ServerLimit',
  threadsperchild: 'ThreadsPerChild',
  threadlimit: 'ThreadLimit',
  startservers: 'StartServers',
  minspareservers: 'MinSpareServers',
  maxspareservers: 'MaxSpareServers',
  minsparethreads: 'MinSpareThreads',
  maxsparethreads: 'MaxSpareThreads',
  maxconnectionsperchild: 'MaxConnectionsPerChild',
  maxrequestsperchild: 'MaxConnectionsPerChild',
  asyncrequestworkerfactor: 'AsyncRequestWorkerFactor',
  listenbacklog: 'ListenBacklog',
  keepalive: 'KeepAlive',
  maxkeepaliverequests: 'MaxKeepAliveRequests',
  limitrequestbody: 'LimitRequestBody',
  limitrequestfieldsize: 'LimitRequestFieldSize',
  limitrequestfields: 'LimitRequestFields',
  limitrequestline: 'LimitRequestLine',
  gracefulshutdowntimeout: 'GracefulShutdownTimeout',
};

/**
 * By directive name. Defaults (place null) of MaxRequestWorkers, ServerLimit and ThreadsPerChild: 256 processes under prefork, 16
 * children of 25 threads otherwise (server/mpm).
 */
export function limits(layout: Layout, mpm: string | null): Record<string, Setting> {
  const result: Record<string, Setting> = {};
  for (const [key, name] of Object.entries(limitNames)) {
    const own = inForce(layout, key, null);
    if (own !== null) result[name] = { value: words(own.directive.raw)[0] ?? '', at: own.directive.at };
  }
  const number = (name: string, usual: number): number => {
    const value = Number(result[name]?.value);
    return Number.isInteger(value) && value > 0 ? value : usual;
  };
  const standard = (name: string, value: number): void => {
    result[name] ??= { value: String(value), at: null };
  };
  if (mpm === 'prefork') standard('MaxRequestWorkers', number('ServerLimit', 256));
  else if (mpm !== null) {
    standard('ThreadsPerChild', number('ThreadsPerChild', 25));
    standard('MaxRequestWorkers', number('ServerLimit', 16) * number('ThreadsPerChild', 25));
  }
  return result;
}

/** Variables that change what mod_proxy_http does, and those that change the client's side. */
const proxyVariable = /^!?(?:proxy-[a-z0-9-]+|force-proxy-request-1\.0|no-proxy|nokeepalive|downgrade-1\.0|force-response-1\.0)$/i;
/** Where in the arguments the variables begin. */
const variablesFrom: Readonly<Record<string, number>> = {
  setenv: 0,
  setenvif: 2,
  setenvifnocase: 2,
  setenvifexpr: 1,
  browsermatch: 1,
  browsermatchnocase: 1,
};

/** SetEnv and its kin, RewriteRule's [E=…] too. `conditional`: only for requests that fit something. */
export function environment(layout: Layout): ProxyConfigFacts['environment'] {
  const result: ProxyConfigFacts['environment'] = [];
  for (const { directive, sections } of layout.placed) {
    const from = variablesFrom[directive.key];
    const conditional = (from !== undefined && from > 0) || sections.length > 0;
    const add = (name: string, value: string, onlySometimes: boolean): void => {
      if (proxyVariable.test(name)) result.push({ name, value, conditional: onlySometimes, at: directive.at });
    };
    if (directive.key === 'setenv') {
      const [name = '', value = ''] = words(directive.raw);
      add(name, value, conditional);
    } else if (directive.key === 'unsetenv') {
      for (const name of words(directive.raw)) add(`!${name}`, '', conditional);
    } else if (from !== undefined) {
      for (const word of words(directive.raw).slice(from)) {
        const equals = word.indexOf('=');
        if (equals < 0) add(word, word.startsWith('!') ? '' : '1', true);
        else add(word.slice(0, equals), word.slice(equals + 1), true);
      }
    } else if (directive.key === 'rewriterule') {
      for (const flag of directive.raw.matchAll(/[[,]\s*(?:E|env)=(!?[^:,\]]+)(?::([^,\]]*))?/gi)) add(flag[1] ?? '', flag[2] ?? '', true);
    }
  }
  return result;
}

type LogLevels = ProxyConfigFacts['logLevels'];
interface Levels {
  level: string;
  proxy: string | null;
  proxyHttp: string | null;
}

/**
 * LogLevel in force for core, proxy and proxy_http: the main server's, and each virtual host that differs from it. A level without a
 * module takes the modules' own levels back (update_loglevel in server/core.c); so does a virtual host's main level.
 */
export function logLevels(layout: Layout): LogLevels {
  const main: Levels = { level: 'warn', proxy: null, proxyHttp: null };
  const result: LogLevels = [];
  for (const host of [null, ...layout.virtualHosts]) {
    const own = serverLevel(layout, 'loglevel', host);
    if (own.length === 0 && host !== null) continue;
    const levels: Levels = host === null ? main : { ...main };
    for (const { directive } of own) for (const word of words(directive.raw)) setLevel(levels, word);
    const entry = {
      virtualHost: host?.name ?? null,
      level: levels.level,
      proxy: levels.proxy ?? levels.level,
      proxyHttp: levels.proxyHttp ?? levels.level,
      at: own.at(-1)?.directive.at ?? null,
    };
    const first = result[0];
    if (first === undefined || first.level !== entry.level || first.proxy !== entry.proxy || first.proxyHttp !== entry.proxyHttp)
      result.push(entry);
  }
  return result;
}

function setLevel(levels: Levels, word: string): void {
  const colon = word.lastIndexOf(':');
  const level = word.slice(colon + 1).toLowerCase();
  const module = colon < 0 ? null : word.slice(0, colon).replace(/^mod_|\.c$|_module$/g, '');
  if (module === null) Object.assign(levels, { level, proxy: null, proxyHttp: null });
  else if (module === 'proxy') levels.proxy = level;
  else if (module === 'proxy_http') levels.proxyHttp = level;
}

/** Directives worth seeing beside the settings above. Of virtual hosts and sections too; timeouts only there, the main ones have their fields. */
const worthSeeing = new Set(
  [
    'RequestReadTimeout ProxyBadHeader ProxyErrorOverride ProxySourceAddress ProxyRequests ProxyRemote ProxyRemoteMatch NoProxy ProxyBlock',
    'ProxyPreserveHost ProxyReceiveBufferSize ProxyIOBufferSize Proxy100Continue ProxyWebsocketFallbackToProxyHttp ProxyAsyncDelay',
    'ProxyPassInherit ProxyPassInterpolateEnv ProxyMaxForwards ProxyVia ProxyStatus ProxyHCExpr ProxyHCTemplate BalancerPersist',
    'HttpProtocolOptions Protocols SecRuleEngine SecResponseBodyLimit SecRequestBodyLimit ExtendedStatus UseCanonicalName RewriteOptions',
    'LogIOTrackTTFB AllowEncodedSlashes BufferSize',
  ]
    .join(' ')
    .toLowerCase()
    .split(' '),
);
const onlyOfVirtualHosts = new Set([
  'timeout',
  'proxytimeout',
  'keepalivetimeout',
  'keepalive',
  'maxkeepaliverequests',
  'limitrequestbody',
]);

export function otherDirectives(layout: Layout): ProxyConfigFacts['directives'] {
  return layout.placed
    .filter(({ directive: { key }, virtualHost, sections }) => {
      if (onlyOfVirtualHosts.has(key)) return virtualHost !== null || sections.length > 0;
      return worthSeeing.has(key) || key.startsWith('sslproxy');
    })
    .map(({ directive, virtualHost }) => ({
      name: directive.name,
      // ProxyRemote may carry a password in its URL.
      value: directive.raw.replace(/(:\/\/[^/@\s:]*):[^@/\s]*@/g, '$1:…@'),
      virtualHost: virtualHost?.name ?? null,
      at: directive.at,
    }));
}

export function listens(layout: Layout): ProxyConfigFacts['listen'] {
  return serverLevel(layout, 'listen', null).flatMap(({ directive }) => {
    const match = /^(?:(.*):)?(\d+)$/.exec(words(directive.raw)[0] ?? '');
    const address = match?.[1];
    return match ? [{ address: address === undefined || address === '*' ? null : address, port: Number(match[2]), at: directive.at }] : [];
  });
}

/** `event`, `worker`, `prefork` … from the module that is loaded. */
export function mpmOf(modules: readonly string[]): string | null {
  return modules.map((name) => /^mpm_(\w+)_module$/.exec(name)?.[1]).find((name) => name !== undefined) ?? null;
}

export function statusPages(layout: Layout): NonNullable<ProxyConfigFacts['statusPages']> {
  return layout.placed.flatMap(({ directive, virtualHost, sections }) => {
    if (directive.key !== 'sethandler' || words(directive.raw)[0] !== 'server-status') return [];
    const location = sections.findLast((section) => section.key === 'location');
    const path = words(location?.raw ?? '')[0];
    return path === undefined || !path.startsWith('/') ? [] : [{ path, virtualHost: virtualHost?.name ?? null, at: directive.at }];
  });
}

export function namesOf(hosts: readonly VirtualHost[]): ProxyConfigFacts['virtualHosts'] {
  return hosts.map(({ name, addresses, aliases, at }) => ({ name, addresses: [...addresses], aliases: [...aliases], at }));
}
