/**
 * Where this nginx sends requests, in the terms that all checks share. Settings stand under the names that httpd gives to the same thing (`retry`,
 * `disablereuse`, `ttl`, `loadfactor`), with nginx's own words in `said`. Pure.
 */
import type { Directive } from '../../../nginx/config/read.ts';
import { compareVersions, type Version } from '../../../httpd/versions/version.ts';
import type { At, ProxyConfigFacts, RouteSetting, Setting } from '../facts.ts';
import { allInForce, blocks, inForce, type Place, timeInForce } from './blocks.ts';
import { locationsOf, type NginxLocation } from './routes.ts';
import { leftOutFor, passing, type Peer, type Target, targetOf, type Upstream, upstreamsOf } from './upstreams.ts';

export interface NginxServer {
  /** `name:port` */
  readonly name: string;
  readonly block: Directive & { readonly children: readonly Directive[] };
  readonly place: Place;
}

/** ngx_http_proxy_module.c: 60 s for connect, send and read alike; the other modules took it over. */
export const usualTimeout = 60;

/** Servers of all http blocks, with the name by which logs and routes know them. */
export function serversOf(nodes: readonly Directive[]): readonly NginxServer[] {
  return blocks(nodes, 'http').flatMap((http) =>
    blocks(http.children, 'server').map((block) => {
      const names = block.children.filter((directive) => directive.name === 'server_name').flatMap((directive) => directive.args);
      const plain = names.find((name) => name !== '' && !/[~*$]/.test(name)) ?? names[0] ?? '_';
      return { name: `${plain === '' ? '_' : plain}:${listenOf(block.children)[0]?.port ?? 80}`, block, place: [nodes, http.children] };
    }),
  );
}

export function listenOf(
  server: readonly Directive[],
): readonly { readonly address: string | null; readonly port: number; readonly at: At }[] {
  const listens = server.filter((directive) => directive.name === 'listen' && !(directive.args[0] ?? '').startsWith('unix:'));
  return listens.map(({ args, at }) => {
    const match = /^(?:(\[[^\]]*\]|[^:]*):)?(\d+)$/.exec(args[0] ?? '');
    const address = match === null ? (args[0] ?? null) : (match[1] ?? null);
    return { address: address === '*' || address === '' ? null : address, port: Number(match?.[2] ?? 80), at };
  });
}

type Proxying = Pick<ProxyConfigFacts, 'backends' | 'balancers'> & { routes: RouteSetting[]; problems: string[] };

export function readProxying(nodes: readonly Directive[], version: Version | null): Proxying {
  const groups = upstreamsOf(blocks(nodes, 'http').flatMap((http) => http.children));
  const found: Proxying = { backends: [], balancers: [], routes: [], problems: [] };
  for (const server of serversOf(nodes)) readServer(server, groups, version, found);
  for (const group of groups.values()) {
    found.balancers.push({
      name: balancerName(group),
      members: group.peers.map((peer) => peer.backend),
      parameters: {},
      at: group.at,
      virtualHost: null,
    });
  }
  return found;
}

function readServer(server: NginxServer, groups: ReadonlyMap<string, Upstream>, version: Version | null, found: Proxying): void {
  const locations = locationsOf(server.block.children, server.place);
  const named = new Map(locations.flatMap((location) => (location.kind === 'named' ? [[location.text, location]] : [])));
  for (const location of locations) {
    const passes = passesOf(location);
    for (const pass of passes) addBackends(pass.directive, location, server, targetOf(pass.directive, groups), version, found);
    if (location.kind === 'named') continue;
    const [first] = passes.length > 0 ? passes : fallback(location, named);
    const base = { where: 'server', virtualHost: server.name, path: location.pattern, kind: 'regex', at: location.block.at } as const;
    if (first === undefined) {
      // Files, redirects: not proxied. A block that only holds others takes nothing itself.
      found.routes.push({ ...base, excluded: true, backend: null, balancer: null, conditional: false });
      continue;
    }
    const target = targetOf(first.directive, groups);
    const [only] = target.group?.peers ?? [];
    const single = target.group !== null && target.group.peers.length === 1 ? (only?.backend ?? null) : null;
    found.routes.push({
      ...base,
      excluded: false,
      backend: target.backend ?? single,
      balancer: target.group !== null && single === null ? balancerName(target.group) : null,
      conditional: first.conditional,
    });
  }
}

function passesOf(location: NginxLocation): readonly { readonly directive: Directive; readonly conditional: boolean }[] {
  return location.own.filter(({ directive }) => Object.hasOwn(passing, directive.name));
}

/** `try_files $uri @app`: what is no file goes there. */
function fallback(
  location: NginxLocation,
  named: ReadonlyMap<string, NginxLocation>,
): readonly { readonly directive: Directive; readonly conditional: boolean }[] {
  const last = location.own.find(({ directive }) => directive.name === 'try_files')?.directive.args.at(-1) ?? '';
  const target = last.startsWith('@') ? named.get(last.slice(1)) : undefined;
  return target === undefined ? [] : passesOf(target).map((pass) => ({ ...pass, conditional: true }));
}

const balancerName = (group: Upstream): string => `balancer://${group.name}`;

function addBackends(
  pass: Directive,
  location: NginxLocation,
  server: NginxServer,
  target: Target,
  version: Version | null,
  found: Proxying,
): void {
  const common = {
    scheme: target.scheme,
    path: location.kind === 'named' ? null : location.text,
    pathIsPattern: location.kind === 'expression',
    virtualHost: server.name,
  };
  const settings = settingsAt(pass, location.place);
  if (target.group !== null) {
    const { group } = target;
    for (const peer of group.peers) {
      found.backends.push({
        ...common,
        backend: peer.backend,
        url: target.url.replace(
          /^([a-z]+:\/\/)?[^/?#]*/i,
          (_all, scheme: string | undefined) => `${scheme ?? `${target.scheme}://`}${peer.backend}`,
        ),
        directive: 'server',
        balancer: group.peers.length > 1 ? balancerName(group) : null,
        parameters: { ...settings, ...ofPeer(peer, group), ...reuse(pass, location.place, group, version) },
        at: peer.at,
      });
    }
  } else if (target.backend === null) {
    found.problems.push(
      `${pass.at.file}:${pass.at.line}: ${pass.name} ${target.url}: its server is known only while nginx runs (a variable); it is resolved with the resolver directive${inForce(location.place, 'resolver') === null ? ', which is missing' : ''}`,
    );
  } else {
    found.backends.push({
      ...common,
      backend: target.backend,
      url: /:\/\//.test(target.url) ? target.url : `${target.scheme}://${target.url}`,
      directive: 'proxy_pass',
      balancer: null,
      parameters: { ...settings, ...reuse(pass, location.place, null, version) },
      at: pass.at,
    });
  }
}

/** `proxy`, `fastcgi`, `grpc` … */
const family = (pass: Directive): string => pass.name.replace(/_pass$/, '');

function settingsAt(pass: Directive, place: Place): Record<string, Setting> {
  const time = (name: string): Setting => {
    const { seconds, at, said } = timeInForce(place, `${family(pass)}_${name}`, usualTimeout);
    return { value: String(seconds), at, said };
  };
  return { timeout: time('read_timeout'), connectiontimeout: time('connect_timeout'), sendtimeout: time('send_timeout') };
}

function ofPeer(peer: Peer, group: Upstream): Record<string, Setting> {
  const { options, at } = peer;
  const left = leftOutFor(peer, group);
  const status = `${options.has('backup') ? 'H' : ''}${options.has('down') ? 'D' : ''}`;
  return {
    retry:
      left === null
        ? { value: '0', at, said: group.peers.length > 1 ? 'max_fails=0' : 'the only server of its group' }
        : { value: String(left.seconds), at, said: left.said },
    ...(options.has('weight') ? { loadfactor: { value: options.get('weight') ?? '1', at, said: `weight=${options.get('weight')}` } } : {}),
    ...(status === ''
      ? {}
      : { status: { value: status, at, said: [...options.keys()].filter((word) => word === 'backup' || word === 'down').join(' ') } }),
    ...(options.has('max_conns')
      ? { max: { value: options.get('max_conns') ?? '0', at, said: `max_conns=${options.get('max_conns')}` } }
      : {}),
  };
}

/** From here on the defaults of keepalive to upstreams are not known here. */
const defaultsKnownBelow: Version = [1, 29, 0];

/**
 * A connection is used again only with `keepalive` in the group, and where nginx asks for it: HTTP/1.1 with the Connection header cleared
 * (the default is HTTP/1.0 with `Connection: close`), fastcgi_keep_conn, or gRPC.
 */
function reuse(pass: Directive, place: Place, group: Upstream | null, version: Version | null): Record<string, Setting> {
  const never = (said: string, at: At | null): Record<string, Setting> => ({ disablereuse: { value: 'on', at, said } });
  const kept = group?.keepalive ?? null;
  const knownDefaults = version === null || compareVersions(version, defaultsKnownBelow) < 0;
  if (kept === null)
    return knownDefaults
      ? never(
          group === null ? `${pass.name} without an upstream block keeps no connections` : `no keepalive in upstream ${group.name}`,
          group?.at ?? pass.at,
        )
      : {};
  const httpVersion = inForce(place, 'proxy_http_version');
  const connection = allInForce(place, 'proxy_set_header').findLast((header) => header.args[0]?.toLowerCase() === 'connection');
  if (pass.name === 'proxy_pass' && knownDefaults) {
    const value = connection?.args[1]?.toLowerCase() ?? 'close';
    if (httpVersion?.args[0] !== '1.1' && value !== 'keep-alive')
      return never('proxy_http_version is not 1.1, so nothing is kept although there is a keepalive', httpVersion?.at ?? kept.at);
    if (value === 'close')
      return never('the Connection header says close (proxy_set_header Connection "" is missing)', connection?.at ?? kept.at);
  }
  if (pass.name === 'fastcgi_pass' && inForce(place, 'fastcgi_keep_conn')?.args[0] !== 'on')
    return never('fastcgi_keep_conn is off', kept.at);
  return { ttl: { value: String(kept.timeout.seconds), at: kept.timeout.at ?? kept.at, said: kept.timeout.said } };
}
