/** What a check may know before it starts, for tests: options, a subject, and other checks' evidence by name. */
import type { Known } from '../../src/checks/check.ts';
import type { Inputs } from '../../src/checks/inputs.ts';
import type { ProxyConfigFacts } from '../../src/checks/proxy-config/facts.ts';
import type { Evidence } from '../../src/engine/evidence.ts';
import { noInputs } from '../fakes/inputs.ts';

export interface KnownTables {
  readonly backend?: string;
  readonly mode?: string;
  readonly inputs?: Partial<Inputs>;
  /** By check: outcome and facts. */
  readonly evidence?: Readonly<Record<string, { readonly outcome?: string; readonly data?: unknown }>>;
}

export function knownFor({ backend = '192.0.2.2:8080', mode = 'in-flight', inputs = {}, evidence = {} }: KnownTables = {}): Known {
  return {
    inputs: { ...noInputs, ...inputs },
    subject: { key: backend, backend, mode, failures: 3 },
    evidence: (check) => {
      const one = evidence[check];
      return one === undefined ? null : evidenceOf(check, one.outcome ?? 'found', one.data ?? null);
    },
  };
}

export function evidenceOf(check: string, outcome: string, data: unknown): Evidence {
  return {
    id: 'e1',
    check,
    side: 'proxy',
    subject: null,
    key: check,
    startedAt: '2026-01-15T12:00:00.000Z',
    durationMs: 1,
    status: 'ok',
    outcome,
    summary: '',
    remedy: null,
    commands: [],
    data,
  };
}

type Backend = ProxyConfigFacts['backends'][number];

/** One line of configuration that leads to a backend. */
export function proxyPass(backend: string, parameters: Readonly<Record<string, string>> = {}, more: Partial<Backend> = {}): Backend {
  const scheme = more.scheme ?? 'http';
  return {
    backend,
    scheme,
    url: `${scheme}://${backend}/`,
    directive: 'ProxyPass',
    path: '/',
    pathIsPattern: false,
    virtualHost: null,
    balancer: null,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, { value, at: { file: '/etc/px.conf', line: 7 } }]),
    ),
    at: { file: '/etc/px.conf', line: 7 },
    ...more,
  };
}

export function configWith(backends: readonly Backend[], more: Partial<ProxyConfigFacts> = {}): ProxyConfigFacts {
  return {
    source: 'given',
    httpd: null,
    otherHttpds: [],
    serverRoot: '/etc/apache2',
    configFile: '/etc/px.conf',
    files: [],
    problems: [],
    defines: [],
    modules: [],
    mpm: 'event',
    listen: [],
    virtualHosts: [],
    errorLogs: [],
    accessLogs: [],
    logLevels: [],
    backends: [...backends],
    balancers: [],
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
