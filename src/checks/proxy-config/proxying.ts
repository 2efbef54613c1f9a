/**
 * What is proxied where: ProxyPass and ProxyPassMatch, RewriteRule [P], SetHandler "proxy:…", balancers and their members, with the
 * parameters that are really in force. Pure. The directives are carried out in the order of the files, as httpd does.
 */
import type { Directive, Problem, Section } from '../../httpd/config/tree.ts';
import { isPattern } from '../../httpd/config/patterns.ts';
import { words } from '../../httpd/config/words.ts';
import { balancerName, isBalancer, isVariableUrl, parseBackendUrl } from './backend-url.ts';
import type { BackendSetting, ProxyConfigFacts, RouteSetting, Setting } from './facts.ts';
import type { Layout, Placed, VirtualHost } from './placed.ts';
import { rewriteRules } from './rewrite.ts';
import type { Balancer, Worker } from './workers.ts';
import { parametersOf, ProxyServer } from './workers.ts';

export interface Proxying {
  readonly backends: BackendSetting[];
  readonly routes: RouteSetting[];
  readonly balancers: ProxyConfigFacts['balancers'];
  readonly problems: readonly Problem[];
}

/** A path section: what of a request's path it takes, or null where the path does not decide (<Directory>, <If>). */
interface Area {
  readonly path: string;
  readonly kind: RouteSetting['kind'];
  readonly conditional: boolean;
}

export function readProxying(layout: Layout): Proxying {
  return new ProxyingReader(layout).read();
}

class ProxyingReader {
  private readonly layout: Layout;
  private readonly servers = new Map<VirtualHost | null, ProxyServer>();
  private readonly backends: BackendSetting[] = [];
  private readonly routes: RouteSetting[] = [];
  private readonly problems: Problem[] = [];

  constructor(layout: Layout) {
    this.layout = layout;
    const main = new ProxyServer(null);
    this.servers.set(null, main);
    for (const host of layout.virtualHosts) this.servers.set(host, new ProxyServer(main));
  }

  read(): Proxying {
    const { placed, ended } = this.layout;
    let next = 0;
    for (let index = 0; index <= placed.length; index += 1) {
      // A section's own arguments count once what it encloses was carried out (proxysection in mod_proxy.c).
      for (let end = ended[next]; end !== undefined && end.after <= index; end = ended[(next += 1)])
        this.proxySection(end.section, end.virtualHost);
      const one = placed[index];
      if (one !== undefined) this.directive(one);
    }
    // Rewriting and handlers meet the workers at run time, so after all of them are known.
    for (const rule of rewriteRules(this.layout)) this.rewrite(rule);
    for (const one of placed) if (one.directive.key === 'sethandler' || one.directive.key === 'addhandler') this.handler(one);
    this.workersAlone();
    return { backends: this.backends, routes: this.routes, balancers: this.balancerFacts(), problems: this.problems };
  }

  private directive(one: Placed): void {
    switch (one.directive.key) {
      case 'proxypass':
      case 'proxypassmatch':
        return this.proxyPass(one);
      case 'balancermember':
        return this.member(one);
      case 'proxyset':
        return this.proxySet(one);
      default:
        return undefined;
    }
  }

  private proxyPass({ directive, virtualHost, sections }: Placed): void {
    const { at } = directive;
    const area = areaOf(sections);
    const inside = sections.length > 0;
    const args = words(directive.raw).filter((arg) => !/^(?:nocanon|interpolate|noquery)$/i.test(arg));
    const tilde = !inside && args[0] === '~';
    if (tilde) args.shift();
    const regex = directive.key === 'proxypassmatch' || tilde;
    const path = inside ? (area?.path ?? null) : args.shift();
    const target = args.shift();
    if (path === undefined || target === undefined) return this.problem(directive, 'names no path or no backend');
    const route: Omit<RouteSetting, 'backend' | 'balancer' | 'excluded'> = {
      where: inside ? 'location' : 'server',
      virtualHost: virtualHost?.name ?? null,
      path: path ?? '/',
      kind: inside ? (area?.kind ?? 'prefix') : regex ? 'regex' : 'prefix',
      conditional: inside && (area === null || area.conditional),
      at,
    };
    if (target === '!') return void this.routes.push({ ...route, backend: null, balancer: null, excluded: true });
    const server = this.server(virtualHost);
    const parameters = parametersOf(args, at);
    delete parameters['mapping'];
    if (isBalancer(target)) {
      const balancer = server.balancer(balancerName(target), at);
      Object.assign(balancer.parameters, parameters);
      return void this.routes.push({ ...route, backend: null, balancer: balancer.name, excluded: false });
    }
    const url = this.urlOf(directive, target);
    if (url === null) return undefined;
    this.routes.push({ ...route, backend: url.backend, balancer: null, excluded: false });
    const worker =
      this.share(server.workers.find(url.name), directive, parameters) ?? define(server.workers, url.name, directive, parameters);
    this.backends.push({
      backend: url.backend,
      scheme: url.scheme,
      url: target,
      directive: directive.key === 'proxypassmatch' ? 'ProxyPassMatch' : 'ProxyPass',
      path: path ?? null,
      pathIsPattern: route.kind !== 'prefix',
      virtualHost: route.virtualHost,
      balancer: null,
      parameters: worker.parameters,
      at,
    });
  }

  private member({ directive, virtualHost, sections }: Placed): void {
    const args = words(directive.raw);
    const named = args[0] !== undefined && isBalancer(args[0]) ? args.shift() : proxyTarget(sections);
    const target = args.shift();
    if (named === undefined || named === null || !isBalancer(named) || target === undefined)
      return this.problem(directive, 'names no balancer or no backend');
    const url = this.urlOf(directive, target);
    if (url === null) return undefined;
    const balancer = this.server(virtualHost).balancer(balancerName(named), directive.at);
    const parameters = parametersOf(args, directive.at);
    const worker =
      this.share(balancer.workers.find(url.name), directive, parameters) ?? define(balancer.workers, url.name, directive, parameters);
    balancer.members.push({ backend: url.backend, worker });
    this.backends.push({
      backend: url.backend,
      scheme: url.scheme,
      url: target,
      directive: 'BalancerMember',
      path: null,
      pathIsPattern: false,
      virtualHost: virtualHost?.name ?? null,
      balancer: balancer.name,
      parameters: worker.parameters,
      at: directive.at,
    });
  }

  private proxySet({ directive, virtualHost, sections }: Placed): void {
    const args = words(directive.raw);
    const inside = proxyTarget(sections);
    const target = inside ?? args.shift();
    if (target === undefined) return this.problem(directive, 'names no worker or balancer');
    this.set(target, parametersOf(args, directive.at), directive, virtualHost, inside !== null);
  }

  /** <Proxy "http://backend" timeout=5> */
  private proxySection(section: Section, virtualHost: VirtualHost | null): void {
    if (section.key !== 'proxy' && section.key !== 'proxymatch') return;
    const [target, ...args] = words(section.raw);
    if (target === undefined || isPattern(target)) return;
    if (args.length > 0) this.set(target, parametersOf(args, section.at), section, virtualHost, true);
    // A balancer without members, or a worker without parameters, is still one that rewrite rules may go to.
    else if (isBalancer(target)) this.server(virtualHost).balancer(balancerName(target), section.at);
  }

  private set(
    target: string,
    parameters: Record<string, Setting>,
    by: Directive | Section,
    virtualHost: VirtualHost | null,
    define: boolean,
  ): void {
    const server = this.server(virtualHost);
    if (isBalancer(target)) return void Object.assign(server.balancer(balancerName(target), by.at).parameters, parameters);
    const url = parseBackendUrl(target);
    if (url === null) return this.problem(by, `${target} is no backend's URL`);
    const worker = server.workers.find(url.name) ?? (define ? server.workers.define(url.name, by.at) : null);
    if (worker === null) return this.problem(by, `sets parameters of ${target}, which is defined nowhere above`);
    Object.assign(worker.parameters, parameters);
    if (define && worker.at === by.at) this.alone.push({ url, target, virtualHost, worker });
  }

  private readonly alone: {
    readonly url: { backend: string; scheme: string };
    readonly target: string;
    readonly virtualHost: VirtualHost | null;
    readonly worker: Worker;
  }[] = [];

  /** Workers that only a <Proxy> section makes; rules and handlers go to the same backend without making one. */
  private workersAlone(): void {
    const known = new Set(this.backends.filter(({ directive }) => makesWorker(directive)).map((entry) => entry.backend));
    for (const { url, target, virtualHost, worker } of this.alone) {
      if (known.has(url.backend)) continue;
      const { parameters, at } = worker;
      const place = { path: null, pathIsPattern: false, virtualHost: virtualHost?.name ?? null, balancer: null };
      this.backends.push({ backend: url.backend, scheme: url.scheme, url: target, directive: 'Proxy', ...place, parameters, at });
    }
  }

  private rewrite(rule: ReturnType<typeof rewriteRules>[number]): void {
    const { directive, virtualHost } = rule.placed;
    const area = areaOf(rule.placed.sections);
    const perDirectory = rule.placed.sections.length > 0;
    // Below <Directory> or <Location> the pattern sees a path without its beginning.
    const path = perDirectory ? (area?.path ?? null) : rule.pattern;
    const routed = perDirectory ? path : rule.paths;
    const kind = perDirectory ? (area?.kind ?? 'prefix') : 'regex';
    const conditional = rule.conditional || perDirectory;
    const base = { where: 'rewrite', kind, conditional, at: directive.at } as const;
    for (const scope of rule.scopes) {
      const virtualHostName = scope === null ? null : scope.name;
      if (isBalancer(rule.target)) {
        if (routed !== null)
          this.routes.push({
            ...base,
            path: routed,
            virtualHost: virtualHostName,
            excluded: false,
            backend: null,
            balancer: balancerName(rule.target),
          });
        continue;
      }
      const url = this.urlOf(directive, rule.target);
      if (url === null) return;
      if (routed !== null)
        this.routes.push({ ...base, path: routed, virtualHost: virtualHostName, excluded: false, backend: url.backend, balancer: null });
    }
    const url = parseBackendUrl(rule.target);
    if (url === null) return;
    this.backends.push({
      backend: url.backend,
      scheme: url.scheme,
      url: rule.target,
      directive: 'RewriteRule',
      path,
      pathIsPattern: kind !== 'prefix',
      virtualHost: virtualHost?.name ?? null,
      balancer: null,
      // Without a worker of its own the rule uses the default one: no reuse, no parameters.
      parameters: this.server(virtualHost).worker(url.name)?.parameters ?? {},
      at: directive.at,
    });
  }

  private handler({ directive, virtualHost, sections }: Placed): void {
    const [handler = '', ...extensions] = words(directive.raw);
    const target = /^proxy:(?:\/\/)?(.+)$/i.exec(handler)?.[1];
    if (target === undefined) return;
    const area = directive.key === 'addhandler' ? extensionArea(extensions) : areaOf(sections);
    const route = {
      where: 'handler',
      virtualHost: virtualHost?.name ?? null,
      path: area?.path ?? '/',
      kind: area?.kind ?? 'prefix',
      conditional: area === null || area.conditional,
      at: directive.at,
      excluded: false,
    } as const;
    if (isBalancer(target)) return void this.routes.push({ ...route, backend: null, balancer: balancerName(target) });
    const url = this.urlOf(directive, target);
    if (url === null) return;
    this.routes.push({ ...route, backend: url.backend, balancer: null });
    this.backends.push({
      backend: url.backend,
      scheme: url.scheme,
      url: target,
      directive: 'SetHandler',
      path: area?.path ?? null,
      pathIsPattern: route.kind !== 'prefix',
      virtualHost: route.virtualHost,
      balancer: null,
      parameters: this.server(virtualHost).worker(url.name)?.parameters ?? {},
      at: directive.at,
    });
  }

  /** Members get the first path that leads to their balancer. */
  private balancerFacts(): ProxyConfigFacts['balancers'] {
    const first = new Map<string, RouteSetting>();
    for (const route of this.routes) {
      if (route.balancer === null) continue;
      const key = `${route.virtualHost ?? ''} ${route.balancer}`;
      if (!first.has(key)) first.set(key, route);
      if (!first.has(`* ${route.balancer}`)) first.set(`* ${route.balancer}`, route);
    }
    for (const [index, entry] of this.backends.entries()) {
      if (entry.balancer === null) continue;
      const route = first.get(`${entry.virtualHost ?? ''} ${entry.balancer}`) ?? first.get(`* ${entry.balancer}`);
      if (route === undefined) continue;
      // A member of the main server's balancer is met in the virtual host that leads to it.
      const virtualHost = entry.virtualHost ?? route.virtualHost;
      this.backends[index] = { ...entry, path: route.path, pathIsPattern: route.kind !== 'prefix', virtualHost };
    }
    return [...this.servers].flatMap(([host, server]) =>
      [...server.balancers.values()]
        .filter((balancer) => !isShadow(balancer, host, this.servers.get(null)))
        .map((balancer) => ({
          name: balancer.name,
          members: [...new Set(balancer.members.map((member) => member.backend))],
          parameters: balancer.parameters,
          at: balancer.at,
          virtualHost: host?.name ?? null,
        })),
    );
  }

  private urlOf(by: Directive, target: string): ReturnType<typeof parseBackendUrl> {
    const url = parseBackendUrl(target);
    if (url !== null) return url;
    this.problem(
      by,
      isVariableUrl(target)
        ? `goes to ${target}: the backend is worked out for each request, so it can't be told here which one it is`
        : `${target} is no URL of a backend`,
    );
    return null;
  }

  /** Parameters given to a worker that another one shares have no effect. */
  private share(shared: Worker | null, by: Directive, parameters: Readonly<Record<string, Setting>>): Worker | null {
    const keys = Object.keys(parameters);
    if (shared !== null && keys.length > 0) {
      this.problem(
        by,
        `parameters have no effect (${keys.join(', ')}): the worker ${shared.name} of ${shared.at.file}:${shared.at.line} is shared (AH01146, AH01150)`,
      );
    }
    return shared;
  }

  private server(host: VirtualHost | null): ProxyServer {
    return this.servers.get(host) ?? new ProxyServer(null);
  }

  private problem(by: Directive | Section, text: string): void {
    this.problems.push({ at: by.at, text: `${by.kind === 'section' ? `<${by.name}>` : by.name} ${text}` });
  }
}

/** RewriteRule [P] and SetHandler use a worker that something else made, or the default one, which keeps no connections. */
export function makesWorker(directive: BackendSetting['directive']): boolean {
  return directive !== 'RewriteRule' && directive !== 'SetHandler';
}

function define(
  table: { define: (name: string, at: Worker['at']) => Worker },
  name: string,
  by: Directive,
  parameters: Readonly<Record<string, Setting>>,
): Worker {
  const worker = table.define(name, by.at);
  Object.assign(worker.parameters, parameters);
  return worker;
}

/** A virtual host that only names the main server's balancer in a ProxyPass has no members of its own: it is the same balancer. */
function isShadow(balancer: Balancer, host: VirtualHost | null, main: ProxyServer | undefined): boolean {
  return host !== null && balancer.members.length === 0 && main?.balancers.get(balancer.name) !== undefined;
}

/** The worker or balancer of the <Proxy> around, or null. */
function proxyTarget(sections: readonly Section[]): string | null {
  const around = sections.findLast((section) => section.key === 'proxy' || section.key === 'proxymatch');
  return around === undefined ? null : (words(around.raw)[0] ?? null);
}

/** What of the paths the sections around a directive take; null where that can't be told from a path. */
function areaOf(sections: readonly Section[]): Area | null {
  let area: Area | null = null;
  let conditional = false;
  for (const section of sections) {
    const [first = '', second = ''] = words(section.raw);
    switch (section.key) {
      case 'location':
        if (first === '~') area = { path: second, kind: 'regex', conditional: false };
        else area = { path: first, kind: isPattern(first) ? 'glob' : 'prefix', conditional: false };
        break;
      case 'locationmatch':
        area = { path: first, kind: 'regex', conditional: false };
        break;
      case 'filesmatch':
        // A file's name is the last part of the path, most often.
        if (area === null) area = { path: first, kind: 'regex', conditional: true };
        conditional = true;
        break;
      default:
        conditional = true;
    }
  }
  return area === null ? null : { ...area, conditional: area.conditional || conditional };
}

function extensionArea(extensions: readonly string[]): Area | null {
  const names = extensions.map((extension) => extension.replace(/^\./, '').replace(/[^\w-]/g, ''));
  return names.length === 0 ? null : { path: `\\.(?:${names.join('|')})(?:$|[./])`, kind: 'regex', conditional: true };
}
