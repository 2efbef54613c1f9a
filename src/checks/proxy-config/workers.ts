/**
 * Workers as mod_proxy makes them while it reads the configuration: the first worker whose URL is a prefix of a later one takes its
 * requests, and the later one's parameters are thrown away (add_pass, add_member in mod_proxy.c; AH01146, AH01150). Pure.
 */
import type { At, Setting } from './facts.ts';

export interface Worker {
  readonly name: string;
  readonly at: At;
  /** Filled while directives are carried out, in their order. */
  readonly parameters: Record<string, Setting>;
}

export interface Balancer {
  readonly name: string;
  readonly at: At;
  readonly parameters: Record<string, Setting>;
  readonly workers: WorkerTable;
  readonly members: { readonly backend: string; readonly worker: Worker }[];
}

/** No worker's URL comes near; beyond it only made-up input goes. */
const longestCompared = 4000;

/** Workers by name, found by the longest name that a URL begins with; time grows with the URL, not with the number of workers. */
export class WorkerTable {
  private readonly byName = new Map<string, Worker>();

  /** The match has to cover scheme, host and port (ap_proxy_get_worker_ex). */
  find(url: string): Worker | null {
    const host = /^(?:unix:[^|]*\|)?[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0] ?? url;
    for (let length = Math.min(url.length, longestCompared); length >= host.length; length -= 1) {
      const found = this.byName.get(url.slice(0, length));
      if (found !== undefined) return found;
    }
    return null;
  }

  define(name: string, at: At): Worker {
    const worker: Worker = { name, at, parameters: {} };
    this.byName.set(name, worker);
    return worker;
  }
}

/** Workers and balancers of one server; a virtual host also sees those of the main server. */
export class ProxyServer {
  readonly workers = new WorkerTable();
  readonly balancers = new Map<string, Balancer>();
  private readonly main: ProxyServer | null;

  constructor(main: ProxyServer | null) {
    this.main = main;
  }

  balancer(name: string, at: At): Balancer {
    const known = this.balancers.get(name);
    if (known !== undefined) return known;
    const made: Balancer = { name, at, parameters: {}, workers: new WorkerTable(), members: [] };
    this.balancers.set(name, made);
    return made;
  }

  /** For requests, which see the merged tables. */
  worker(url: string): Worker | null {
    return this.workers.find(url) ?? this.main?.worker(url) ?? null;
  }
}

/** `key=value` words as parameters; keys in lower case. Words without `=` are left out. */
export function parametersOf(args: readonly string[], at: At): Record<string, Setting> {
  const result: Record<string, Setting> = {};
  for (const arg of args) {
    const equals = arg.indexOf('=');
    // That name would not become a key but the object's prototype.
    if (equals > 0 && !arg.startsWith('__proto__=')) result[arg.slice(0, equals).toLowerCase()] = { value: arg.slice(equals + 1), at };
  }
  return result;
}
