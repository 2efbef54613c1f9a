/** Upstream groups and the targets that proxy_pass and its kin name. Pure. */
import type { Directive } from '../../../nginx/config/read.ts';
import type { At } from '../facts.ts';
import { blocks, inForce, seconds, type TimeInForce, timeInForce } from './blocks.ts';

export interface Peer {
  /** `host:port` in lower case, default port filled in; `unix:/path`. */
  readonly backend: string;
  /** `key=value` and bare words of the server line. */
  readonly options: ReadonlyMap<string, string>;
  readonly at: At;
}

export interface Upstream {
  readonly name: string;
  readonly peers: readonly Peer[];
  /** Connections kept idle by each worker process; null: there is no `keepalive`. */
  readonly keepalive: { readonly count: number; readonly at: At; readonly timeout: TimeInForce } | null;
  readonly at: At;
}

/** ngx_http_upstream_keepalive_module: `keepalive_timeout` of the group. */
const usualKeepaliveSeconds = 60;
const usualPort = 80;

export function upstreamsOf(http: readonly Directive[]): ReadonlyMap<string, Upstream> {
  return new Map(
    blocks(http, 'upstream').map(({ args, children, at }) => {
      const name = (args[0] ?? '').toLowerCase();
      const keepalive = inForce([children], 'keepalive');
      const count = Number(keepalive?.args[0] ?? 0);
      return [
        name,
        {
          name,
          at,
          peers: children.filter((directive) => directive.name === 'server').map(peerOf),
          keepalive:
            keepalive === null || !(count > 0)
              ? null
              : { count, at: keepalive.at, timeout: timeInForce([children], 'keepalive_timeout', usualKeepaliveSeconds) },
        },
      ];
    }),
  );
}

function peerOf({ args, at }: Directive): Peer {
  const [address = '', ...options] = args;
  return {
    backend: withPort(folded(address), usualPort),
    options: new Map(options.map((word) => [word.split('=')[0] ?? word, word.includes('=') ? word.slice(word.indexOf('=') + 1) : ''])),
    at,
  };
}

/** How long a server that failed is left out, and after how many failures; null: never (max_fails=0, or it is the only one). */
export function leftOutFor(peer: Peer, group: Upstream): { readonly seconds: number; readonly said: string } | null {
  if (group.peers.length < 2 || peer.options.get('max_fails') === '0') return null;
  const given = peer.options.get('fail_timeout');
  return {
    seconds: (given === undefined ? null : seconds(given)) ?? 10,
    said: `max_fails=${peer.options.get('max_fails') ?? '1'} fail_timeout=${given ?? '10s'}`,
  };
}

export interface Target {
  readonly scheme: string;
  /** A group, or an address of its own. */
  readonly group: Upstream | null;
  /** `host:port`; null for a group, and where a variable makes it at run time. */
  readonly backend: string | null;
  readonly url: string;
}

/** What each directive of this kind speaks, and the prefix of those that belong to it. */
export const passing: Readonly<Record<string, string>> = {
  proxy_pass: 'http',
  grpc_pass: 'grpc',
  fastcgi_pass: 'fastcgi',
  uwsgi_pass: 'uwsgi',
  scgi_pass: 'scgi',
};

const ports: Readonly<Record<string, number>> = { http: 80, https: 443, grpc: 80, grpcs: 443 };

export function targetOf({ name, args }: Directive, groups: ReadonlyMap<string, Upstream>): Target {
  const url = args[0] ?? '';
  const parts = /^(?:([a-z]+):\/\/)?(unix:[^:]+|\[[^\]]*\](?::\d+)?|[^/?#]*)/i.exec(url);
  const scheme = parts?.[1]?.toLowerCase() ?? passing[name] ?? 'http';
  const authority = folded(parts?.[2] ?? '');
  const group = groups.get(authority) ?? null;
  if (group !== null || authority === '' || authority.includes('$')) return { scheme, group, backend: null, url };
  return { scheme, group, backend: withPort(authority, ports[scheme] ?? usualPort), url };
}

/** Names are the same in any case of letters, paths of sockets are not. */
function folded(authority: string): string {
  return authority.startsWith('unix:') ? authority : authority.toLowerCase();
}

function withPort(authority: string, port: number): string {
  if (authority.startsWith('unix:')) return authority;
  return /^(?:\[[^\]]*\]|[^:]*):\d+$/.test(authority) ? authority : `${authority}:${port}`;
}
