/** Facts of the check `proxy-config`: what the running httpd's configuration says about proxying, each with file and line. */
import * as z from 'zod';

export const at = z.object({ file: z.string(), line: z.number() });
export const setting = z.object({
  value: z.string(),
  at: at.nullable(),
  /** In the configuration's own words, where those are not `NAME=VALUE` of httpd: `proxy_read_timeout 60s`. */
  said: z.string().optional(),
});
const target = z.enum(['file', 'pipe', 'syslog', 'stdio', 'off']);

export const backendSetting = z.object({
  /** `host:port`, default ports filled in; a unix socket as `unix:/path`. */
  backend: z.string(),
  scheme: z.string(),
  url: z.string(),
  directive: z.enum(['ProxyPass', 'ProxyPassMatch', 'RewriteRule', 'BalancerMember', 'Proxy', 'SetHandler', 'proxy_pass', 'server']),
  /** Path prefix or pattern that leads to it (of the balancer, for a member); null where it can't be told. */
  path: z.string().nullable(),
  pathIsPattern: z.boolean(),
  /** `name:port` of the virtual host, null: main server. */
  virtualHost: z.string().nullable(),
  balancer: z.string().nullable(),
  /** timeout, connectiontimeout, retry, ttl, max, smax, acquire, ping, keepalive, disablereuse, enablereuse, status … in lower case. */
  parameters: z.record(z.string(), setting),
  /** What the name resolves to on the proxy, as `host:port`, where the proxy's log knows it by address only. */
  addresses: z.array(z.string()).optional(),
  at,
});

export const logSetting = z.object({
  /**
   * Where the lines can be read now: the file itself; for a pipe (rotatelogs, cronolog, tee) and for standard output the newest file
   * they go to, where that can be told; else null.
   */
  path: z.string().nullable(),
  /** Files that a piped log makes one after the other, as a shell pattern; absent or null: none. */
  pattern: z.string().nullable().optional(),
  /** The server writes to another file than the one of that name: it was renamed or deleted under it. `path` is where its lines are. */
  moved: z.string().optional(),
  /** Only requests that fit are written (`env=`, `expr=`); absent or null: all. */
  condition: z.string().nullable().optional(),
  target,
  raw: z.string(),
  virtualHost: z.string().nullable(),
  /** The format string in force (LogFormat or ErrorLogFormat), null: httpd's default. */
  format: z.string().nullable(),
  at: at.nullable(),
});

/**
 * One way from a request's path to a backend, in the order in which httpd tries them (see routes.ts). `where` says which
 * mechanism it is: a server-level ProxyPass, one inside <Location>, a RewriteRule [P], or a SetHandler "proxy:…".
 */
export const routeSetting = z.object({
  where: z.enum(['server', 'location', 'rewrite', 'handler']),
  /** `name:port` of the virtual host, null: main server (and so every virtual host that inherits from it). */
  virtualHost: z.string().nullable(),
  path: z.string(),
  /** `prefix`: whole path components from the start; `regex`: a regular expression; `glob`: a shell pattern (<Location "/x*">). */
  kind: z.enum(['prefix', 'regex', 'glob']),
  /** `ProxyPass /path !` */
  excluded: z.boolean(),
  /** `host:port` or `unix:/path`; null for a balancer or an exclusion. */
  backend: z.string().nullable(),
  balancer: z.string().nullable(),
  /** Depends on what a path does not tell: RewriteCond, <If>, <Files>. */
  conditional: z.boolean(),
  at,
});

export const facts = z.object({
  /** Which proxy this is; left out: httpd. */
  dialect: z.enum(['httpd', 'nginx']).optional(),
  /** Where the configuration was found: named by an option, of the running httpd, or in a usual place. */
  source: z.enum(['given', 'running', 'usual-place', 'bundle']),
  httpd: z
    .object({
      pid: z.number(),
      binary: z.string(),
      argv: z.array(z.string()),
      startedAt: z.string().nullable(),
      user: z.string().nullable(),
      uid: z.number().nullable(),
      group: z.string().nullable(),
    })
    .nullable(),
  /** Other httpds running in the same network namespace. */
  otherHttpds: z.array(z.object({ pid: z.number(), argv: z.array(z.string()), config: z.string().nullable() })),
  serverRoot: z.string(),
  configFile: z.string(),
  files: z.array(z.object({ path: z.string(), modifiedAt: z.string() })),
  /** What could not be read or understood; each a sentence with file and line. */
  problems: z.array(z.string()),
  defines: z.array(z.string()),
  modules: z.array(z.string()),
  mpm: z.string().nullable(),
  listen: z.array(z.object({ address: z.string().nullable(), port: z.number(), at })),
  virtualHosts: z.array(z.object({ name: z.string(), addresses: z.array(z.string()), aliases: z.array(z.string()).optional(), at })),
  errorLogs: z.array(logSetting),
  accessLogs: z.array(logSetting),
  /** LogLevel for core, proxy and proxy_http in force in the main server, and each virtual host that differs. */
  logLevels: z.array(
    z.object({ virtualHost: z.string().nullable(), level: z.string(), proxy: z.string(), proxyHttp: z.string(), at: at.nullable() }),
  ),
  backends: z.array(backendSetting),
  /** Optional: facts stored by an earlier version have none, and then `backends` is asked. */
  routes: z.array(routeSetting).optional(),
  balancers: z.array(
    z.object({
      name: z.string(),
      members: z.array(z.string()),
      parameters: z.record(z.string(), setting),
      at: at.nullable(),
      virtualHost: z.string().nullable().optional(),
    }),
  ),
  /** Directives that decide a diagnosis, with the value in force; httpd's default where `at` is null. Seconds as numbers. */
  timeout: z.object({ seconds: z.number(), at: at.nullable() }),
  proxyTimeout: z.object({ seconds: z.number(), at: at.nullable() }).nullable(),
  keepAliveTimeout: z.object({ seconds: z.number(), at: at.nullable() }),
  limits: z.record(z.string(), setting),
  /** SetEnv/SetEnvIf of proxy-* variables. */
  environment: z.array(z.object({ name: z.string(), value: z.string(), conditional: z.boolean(), at })),
  /** Other directives worth seeing: SSLProxy*, RequestReadTimeout, ProxyBadHeader, ProxyErrorOverride, ProxySourceAddress … */
  directives: z.array(z.object({ name: z.string(), value: z.string(), virtualHost: z.string().nullable(), at })),
  /** Folders that the running configuration includes by a pattern and where a new file would be read: for the keepalive toggle. */
  includeFolders: z.array(
    z.object({
      folder: z.string(),
      pattern: z.string(),
      at,
      /** The virtual host that the Include stands in; absent or null: the main server. */
      virtualHost: z.string().nullable().optional(),
    }),
  ),
  /** Paths that show mod_status' page (SetHandler server-status). */
  statusPages: z.array(z.object({ path: z.string(), virtualHost: z.string().nullable(), at })).optional(),
  /** `-V` of this httpd: `Apache/2.4.71 (Debian)`; null where its program could not be asked. */
  server: z.string().nullable().optional(),
  /** How to call this httpd with its own configuration, as argv; null: not known. For the syntax test and the version. */
  command: z.array(z.string()).nullable().optional(),
  /** Put before the configuration's paths to reach them: `/proc/PID/root` for an httpd in a container, else empty. */
  root: z.string().optional(),
});
export type RouteSetting = z.infer<typeof routeSetting>;
export type BackendSetting = z.infer<typeof backendSetting>;
export type LogSetting = z.infer<typeof logSetting>;
export type Setting = z.infer<typeof setting>;
export type At = z.infer<typeof at>;
export type ProxyConfigFacts = z.infer<typeof facts>;
