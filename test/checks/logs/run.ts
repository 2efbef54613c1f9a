/** Runs both log checks over logs in memory: what a story needs to say is the text of the logs. */
import { accessLog } from '../../../src/checks/access-log/check.ts';
import type { AccessLogFacts } from '../../../src/checks/access-log/facts.ts';
import type { Prepared } from '../../../src/checks/check.ts';
import { errorLog } from '../../../src/checks/error-log/check.ts';
import type { BackendFacts, ErrorLogFacts } from '../../../src/checks/error-log/facts.ts';
import type { Inputs } from '../../../src/checks/inputs.ts';
import type { LogParameters } from '../../../src/checks/logs/parameters.ts';
import type { ProxyConfigFacts } from '../../../src/checks/proxy-config/facts.ts';
import type { Evidence } from '../../../src/engine/evidence.ts';
import { noInputs } from '../../fakes/inputs.ts';
import { memoryContext, memoryHost } from '../../fakes/memory-host.ts';
import type { MemoryFile } from '../../fakes/memory-host.ts';

export interface Case {
  readonly error?: string;
  readonly access?: string;
  readonly inputs?: Partial<Inputs>;
  readonly config?: ProxyConfigFacts;
  /** Further files, by path. */
  readonly files?: Readonly<Record<string, MemoryFile>>;
  readonly now?: number;
  readonly zoneOffset?: number;
}

export interface Result {
  readonly error: ErrorLogFacts;
  readonly access: AccessLogFacts | null;
  readonly errorOutcome: { readonly outcome: string; readonly summary: string };
  readonly accessOutcome: { readonly outcome: string; readonly summary: string } | null;
  /** The backend with the most failures. */
  readonly worst: BackendFacts;
}

export function known(config: ProxyConfigFacts | null, given: Partial<Inputs> = {}) {
  const evidence = config === null ? null : ({ status: 'ok', data: config } as unknown as Evidence);
  return { inputs: { ...noInputs, ...given }, evidence: (check: string) => (check === 'proxy-config' ? evidence : null), subject: null };
}

export function parametersOf(prepared: Prepared<LogParameters>): LogParameters {
  if (!prepared.ready) throw new Error(`not ready: ${prepared.reason}`);
  return prepared.parameters;
}

export async function judge(story: Case): Promise<Result> {
  const paths = {
    errorLogs: story.error === undefined ? [] : ['/logs/error.log'],
    accessLogs: story.access === undefined ? [] : ['/logs/access.log'],
  };
  const host = memoryHost({
    files: {
      ...(story.error === undefined ? {} : { '/logs/error.log': { content: story.error, info: { inode: 11 } } }),
      ...(story.access === undefined ? {} : { '/logs/access.log': { content: story.access, info: { inode: 12 } } }),
      ...story.files,
    },
    ...(story.now === undefined ? {} : { now: story.now }),
    ...(story.zoneOffset === undefined ? {} : { zoneOffset: story.zoneOffset }),
  });
  const context = memoryContext({ proxy: host, backend: null });
  const given = known(story.config ?? null, {
    ...(story.config === undefined || story.inputs !== undefined ? paths : {}),
    ...story.inputs,
  });
  const { facts: error } = await errorLog.collect(context, parametersOf(errorLog.prepare(given, {})));
  const preparedAccess = accessLog.prepare(given, {});
  const access = preparedAccess.ready ? (await accessLog.collect(context, preparedAccess.parameters)).facts : null;
  // Facts are stored and read again: they must be what their schema says.
  errorLog.facts.parse(JSON.parse(JSON.stringify(error)));
  if (access !== null) accessLog.facts.parse(JSON.parse(JSON.stringify(access)));
  return {
    error,
    access,
    errorOutcome: errorLog.classify(error, null),
    accessOutcome: access === null ? null : accessLog.classify(access, null),
    get worst() {
      const [worst] = error.backends;
      if (worst === undefined) throw new Error('no backend in the facts');
      return worst;
    },
  };
}

type Backend = ProxyConfigFacts['backends'][number];

/** A configuration with as much as a story needs. */
export function configOf(
  routes: readonly {
    readonly path: string;
    readonly backend?: string;
    readonly balancer?: string;
    readonly virtualHost?: string | null;
    readonly parameters?: Readonly<Record<string, string>>;
  }[],
  more: Partial<ProxyConfigFacts> = {},
): ProxyConfigFacts {
  const at = { file: '/etc/apache2/site.conf', line: 7 };
  return {
    source: 'running',
    httpd: { pid: 100, binary: '/usr/sbin/apache2', argv: ['apache2'], startedAt: null, user: 'www-data', uid: 33, group: 'www-data' },
    otherHttpds: [],
    serverRoot: '/etc/apache2',
    configFile: '/etc/apache2/apache2.conf',
    files: [],
    problems: [],
    defines: [],
    modules: [],
    mpm: 'event',
    listen: [],
    virtualHosts: [],
    errorLogs: [{ path: '/logs/error.log', target: 'file', raw: '/logs/error.log', virtualHost: null, format: null, at }],
    accessLogs: [{ path: '/logs/access.log', target: 'file', raw: '/logs/access.log combined', virtualHost: null, format: null, at }],
    logLevels: [],
    backends: routes.flatMap(({ path, backend, balancer, virtualHost = null, parameters = {} }): Backend[] =>
      backend === undefined
        ? []
        : [
            {
              backend,
              scheme: 'http',
              url: `http://${backend}/`,
              directive: balancer === undefined ? 'ProxyPass' : 'BalancerMember',
              path,
              pathIsPattern: false,
              virtualHost,
              balancer: balancer ?? null,
              parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value, at }])),
              at,
            },
          ],
    ),
    balancers: [...new Set(routes.flatMap(({ balancer }) => (balancer === undefined ? [] : [balancer])))].map((name) => ({
      name,
      members: routes.filter(({ balancer }) => balancer === name).flatMap(({ backend }) => (backend === undefined ? [] : [backend])),
      parameters: {},
      at,
    })),
    timeout: { seconds: 60, at: null },
    proxyTimeout: null,
    keepAliveTimeout: { seconds: 5, at: null },
    limits: {},
    environment: [],
    directives: [],
    includeFolders: [],
    ...more,
  };
}
