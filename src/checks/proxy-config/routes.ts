/**
 * Which backend serves a request, told from its path and virtual host as httpd would: for readers of access logs, which do not
 * say it. Pure. Order of httpd 2.4 (mod_proxy.c proxy_trans, mod_rewrite's hook runs before it): RewriteRule [P] of the server,
 * the last matching <Location>'s ProxyPass, then the server's ProxyPass lines from top to bottom, the main server's before the
 * virtual host's; a `!` ends the search. SetHandler "proxy:…" takes what none of them took.
 */
import type { At, ProxyConfigFacts, RouteSetting } from './facts.ts';

export interface RouteRequest {
  /** As the log gives it: `%v` or `%v:%p`. Left out or null: not known. */
  readonly virtualHost?: string | null;
  /** The path that the client asked for; a query is ignored. */
  readonly path: string;
}

export interface Route {
  /** `host:port` or `unix:/path`; null behind a balancer with more than one member. */
  readonly backend: string | null;
  /** `balancer://name`. */
  readonly balancer: string | null;
  /** Backends that the request may have gone to: the balancer's members, or the backend alone. */
  readonly members: readonly string[];
  readonly at: At;
  /** False where something else than the path decides too (RewriteCond, <If>), or the virtual host is not known. */
  readonly certain: boolean;
  /** Where that does not hold, a later line leads to another backend: the log does not tell which of them it was. */
  readonly orElsewhere: boolean;
}

export type Router = (request: RouteRequest) => Route | null;

type Matcher = (path: string) => boolean;
interface CompiledRoute {
  readonly rule: RouteSetting;
  readonly matches: Matcher;
}

/** Paths longer than this are cut before a configured expression sees them: some expressions take very long on long input. */
const longestPathMatched = 2000;
const remembered = new WeakMap<ProxyConfigFacts, Router>();

/**
 * The route of one request, or null: this path is not proxied as far as the configuration tells, or virtual hosts differ and none
 * was named. Cheap to call often: the rules are compiled once for each facts object, and answers for a path are remembered.
 */
export function routeFor(facts: ProxyConfigFacts, request: RouteRequest): Route | null {
  const known = remembered.get(facts);
  if (known) return known(request);
  const router = compileRoutes(facts);
  remembered.set(facts, router);
  return router(request);
}

/** Compiles the rules of a configuration, for many requests. */
export function compileRoutes(facts: ProxyConfigFacts): Router {
  const rules = facts.routes ?? routesOfBackends(facts);
  const compiled = rules.map((rule): CompiledRoute => ({ rule, matches: matcherFor(rule) }));
  const main = compiled.filter(({ rule }) => rule.virtualHost === null);
  const names = [...new Set(compiled.flatMap(({ rule }) => (rule.virtualHost === null ? [] : [rule.virtualHost])))];
  const byScope = new Map<string | null, readonly CompiledRoute[]>([[null, inOrder(main)]]);
  // Rewrite rules are not inherited (those that are, by RewriteOptions, stand in the facts for each virtual host).
  const inherited = main.filter(({ rule }) => rule.where !== 'rewrite');
  const own = new Map<string, CompiledRoute[]>(names.map((name) => [name, []]));
  for (const one of compiled) if (one.rule.virtualHost !== null) own.get(one.rule.virtualHost)?.push(one);
  for (const [name, rules] of own) byScope.set(name, inOrder([...inherited, ...rules]));
  const members = new Map<string, readonly string[]>();
  for (const { name, members: its, virtualHost } of facts.balancers) {
    members.set(`${virtualHost ?? ''} ${name}`, its);
    members.set(`* ${name}`, [...new Set([...(members.get(`* ${name}`) ?? []), ...its])]);
  }
  const answers = new Map<string, Route | null>();
  const scopeOf = scopes(names, facts);

  return ({ virtualHost, path }) => {
    const plain = plainPath(path);
    const key = `${virtualHost ?? ''} ${plain}`;
    const before = answers.get(key);
    if (before !== undefined) return before;
    const scope = scopeOf(virtualHost ?? null);
    const answer = scope.known
      ? routeIn(byScope.get(scope.name) ?? byScope.get(null) ?? [], plain, members)
      : routeInAny(byScope, plain, members);
    if (answers.size > 20_000) answers.clear();
    answers.set(key, answer);
    return answer;
  };
}

/** httpd's order: rewrite rules, Location (the last that matches wins, so from the end), ProxyPass lines, handlers from the end. */
function inOrder(rules: readonly CompiledRoute[]): readonly CompiledRoute[] {
  const of = (where: RouteSetting['where']): CompiledRoute[] => rules.filter(({ rule }) => rule.where === where);
  return [...of('rewrite'), ...of('location').reverse(), ...of('server'), ...of('handler').reverse()];
}

function routeIn(rules: readonly CompiledRoute[], path: string, members: ReadonlyMap<string, readonly string[]>): Route | null {
  for (const [index, { rule, matches }] of rules.entries()) {
    if (!matches(path)) continue;
    if (rule.excluded) {
      if (rule.conditional) continue;
      return null;
    }
    const otherwise = rule.conditional ? routeIn(rules.slice(index + 1), path, members) : null;
    const all =
      rule.balancer === null
        ? rule.backend === null
          ? []
          : [rule.backend]
        : (members.get(`${rule.virtualHost ?? ''} ${rule.balancer}`) ?? members.get(`* ${rule.balancer}`) ?? []);
    return {
      backend: rule.backend ?? (all.length === 1 ? (all[0] ?? null) : null),
      balancer: rule.balancer,
      members: all,
      at: rule.at,
      certain: !rule.conditional,
      orElsewhere: otherwise !== null && (otherwise.orElsewhere || otherwise.backend !== rule.backend || otherwise.balancer !== rule.balancer),
    };
  }
  return null;
}

/** The virtual host is not known: an answer only where all that proxy this path agree. */
function routeInAny(
  byScope: ReadonlyMap<string | null, readonly CompiledRoute[]>,
  path: string,
  members: ReadonlyMap<string, readonly string[]>,
): Route | null {
  let found: Route | null = null;
  for (const rules of byScope.values()) {
    const route = routeIn(rules, path, members);
    if (route === null) continue;
    if (found !== null && (found.backend !== route.backend || found.balancer !== route.balancer)) return null;
    found ??= route;
  }
  return found !== null && byScope.size > 1 ? { ...found, certain: false } : found;
}

type Scope = { readonly known: true; readonly name: string | null } | { readonly known: false };

/**
 * Finds the virtual host that a log's `%v` or `%v:%p` names: by the whole name, else by the host alone where only one has it. With only one
 * place where anything is proxied to, that is it.
 */
function scopes(names: readonly string[], facts: ProxyConfigFacts): (asked: string | null) => Scope {
  const hosts = facts.virtualHosts.map((host) => host.name);
  const known = (name: string | undefined): Scope => (name === undefined ? { known: false } : { known: true, name });
  const exact = new Map<string, string>();
  const byHost = new Map<string, Set<string>>();
  for (const name of new Set([...hosts, ...names])) {
    const lower = name.toLowerCase();
    if (!exact.has(lower)) exact.set(lower, name);
    const host = withoutPort(lower);
    byHost.set(host, (byHost.get(host) ?? new Set()).add(name));
  }
  return (asked) => {
    if (names.length === 0) return { known: true, name: null };
    if (asked === null) return known(hosts.length === 1 && names.length === 1 ? names[0] : undefined);
    const wanted = asked.toLowerCase();
    const whole = exact.get(wanted);
    if (whole !== undefined) return known(whole);
    const sameHost = byHost.get(withoutPort(wanted));
    return known(sameHost?.size === 1 ? [...sameHost][0] : undefined);
  };
}

function withoutPort(name: string): string {
  return name.replace(/:\d+$/, '');
}

function plainPath(path: string): string {
  const query = path.search(/[?#]/);
  const bare = query < 0 ? path : path.slice(0, query);
  try {
    return decodeURIComponent(bare).slice(0, longestPathMatched);
  } catch {
    return bare.slice(0, longestPathMatched);
  }
}

function matcherFor(rule: RouteSetting): Matcher {
  if (rule.kind === 'prefix') return (path) => prefixMatches(path, rule.path);
  const expression = rule.kind === 'glob' ? globExpression(rule.path) : pcre(rule.path);
  return expression === null ? () => false : (path) => expression.test(path);
}

/** Whole path components, any number of slashes for one (mod_proxy.c alias_match). */
export function prefixMatches(path: string, prefix: string): boolean {
  const uri = path.replace(/\/{2,}/g, '/');
  const alias = prefix.replace(/\/{2,}/g, '/');
  if (alias === '' || !uri.startsWith(alias)) return false;
  return alias.endsWith('/') || uri.length === alias.length || uri[alias.length] === '/';
}

/** A PCRE of the configuration as a JavaScript one; null where it can't be expressed (a route then never matches). */
function pcre(source: string): RegExp | null {
  const inline = /^\(\?([a-z]+)\)/.exec(source);
  const flags = inline?.[1]?.includes('i') ? 'i' : '';
  const body = (inline ? source.slice(inline[0].length) : source).replace(/\(\?P?<([A-Za-z_]\w*)>/g, '(?<$1>');
  for (const mode of [`${flags}u`, flags]) {
    try {
      return new RegExp(body, mode);
    } catch {
      // The stricter mode refuses needless escapes that PCRE allows; the other one takes them.
    }
  }
  return null;
}

/** <Location "/a*"> : `*` and `?` do not match a slash (core_location_walk with APR_FNM_PATHNAME). */
function globExpression(glob: string): RegExp {
  const body = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  try {
    return new RegExp(`^${body}(?:/|$)`);
  } catch {
    return /(?!)/;
  }
}

/** Facts without routes: what the backends say of themselves, in order. */
function routesOfBackends(facts: ProxyConfigFacts): RouteSetting[] {
  return facts.backends.flatMap((entry): RouteSetting[] =>
    entry.path === null
      ? []
      : [
          {
            where: entry.directive === 'RewriteRule' ? 'rewrite' : entry.directive === 'SetHandler' ? 'handler' : 'server',
            virtualHost: entry.virtualHost,
            path: entry.path,
            kind: entry.pathIsPattern ? 'regex' : 'prefix',
            excluded: false,
            backend: entry.balancer === null ? entry.backend : null,
            balancer: entry.balancer,
            conditional: false,
            at: entry.at,
          },
        ],
  );
}
