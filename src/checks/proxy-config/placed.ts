/** The directives of a configuration one after the other, each with the virtual host and the sections it stands in. Pure. */
import type { At, Directive, Node, Section } from '../../httpd/config/tree.ts';
import { words } from '../../httpd/config/words.ts';

export interface VirtualHost {
  /** `name:port`; an address where there is no name. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly addresses: readonly string[];
  readonly at: At;
}

export interface Placed {
  readonly directive: Directive;
  /** Null: the main server. */
  readonly virtualHost: VirtualHost | null;
  /** Sections below the virtual host (or the main server), outermost first. */
  readonly sections: readonly Section[];
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly virtualHosts: readonly VirtualHost[];
  /** The sections themselves, in order of their ends, as httpd carries them out: <Proxy http://… timeout=5> says something by itself. */
  readonly ended: readonly EndedSection[];
  /** Server-level directives (in no section such as <Location>) by server and name. */
  readonly server: ReadonlyMap<VirtualHost | null, ReadonlyMap<string, readonly Placed[]>>;
}

export interface EndedSection {
  readonly section: Section;
  readonly virtualHost: VirtualHost | null;
  /** So many of `placed` came before its end. */
  readonly after: number;
}

const deepest = 250;

export function layOut(nodes: readonly Node[]): Layout {
  const placed: Placed[] = [];
  const virtualHosts: VirtualHost[] = [];
  const ended: EndedSection[] = [];
  const server = new Map<VirtualHost | null, Map<string, Placed[]>>([[null, new Map()]]);
  const walk = (level: readonly Node[], virtualHost: VirtualHost | null, around: readonly Section[], depth: number): void => {
    for (const node of level) {
      if (node.kind === 'directive') {
        const one: Placed = { directive: node, virtualHost, sections: around };
        placed.push(one);
        if (around.length > 0) continue;
        const own = server.get(virtualHost);
        const before = own?.get(node.key);
        if (before === undefined) own?.set(node.key, [one]);
        else before.push(one);
      } else if (node.key === 'virtualhost') {
        const host = virtualHostOf(node);
        virtualHosts.push(host);
        server.set(host, new Map());
        if (depth < deepest) walk(node.children, host, [], depth + 1);
      } else {
        if (depth < deepest) walk(node.children, virtualHost, [...around, node], depth + 1);
        ended.push({ section: node, virtualHost, after: placed.length });
      }
    }
  };
  walk(nodes, null, [], 0);
  return { placed, virtualHosts, ended, server };
}

function virtualHostOf(section: Section): VirtualHost {
  const addresses = words(section.raw);
  const own = section.children.filter((node): node is Directive => node.kind === 'directive');
  const last = (key: string): Directive | undefined => own.findLast((directive) => directive.key === key);
  const named = words(last('servername')?.raw ?? '')[0]?.replace(/^[a-z]+:\/\//i, '');
  const address = addresses[0] ?? '*';
  const addressPort = /:(\d+)$/.exec(address)?.[1];
  const namedPort = named === undefined ? undefined : /:(\d+)$/.exec(named)?.[1];
  const port = addressPort ?? namedPort ?? '80';
  const host = named === undefined ? address.replace(/:(?:\d+|\*)$/, '') : named.replace(/:\d+$/, '');
  return {
    name: `${host}:${port}`,
    aliases: own.filter((directive) => directive.key === 'serveralias').flatMap((directive) => words(directive.raw)),
    addresses,
    at: section.at,
  };
}

/** Directives of the server itself (main or virtual host), none of a section such as <Location>, in order. */
export function serverLevel(layout: Layout, key: string, virtualHost: VirtualHost | null): readonly Placed[] {
  return layout.server.get(virtualHost)?.get(key) ?? [];
}

/** The last server-level directive of that name is the one in force. */
export function inForce(layout: Layout, key: string, virtualHost: VirtualHost | null): Placed | null {
  return serverLevel(layout, key, virtualHost).at(-1) ?? null;
}
