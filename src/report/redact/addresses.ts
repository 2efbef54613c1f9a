/**
 * Pseudonyms for client addresses: the same address gets the same name everywhere, addresses of one network share its part of the
 * name, and what kind of network it is stays visible. Loopback, and addresses that the case is about (backends, the proxy), stay.
 */
import * as z from 'zod';

/** A dotted quad or an IPv6 address as it stands in text; what is no address is sorted out by its schema. */
export const addressPattern =
  /(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-fA-F]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}))(?![\w-]|\.\d)/g;

const four = z.ipv4();
const six = z.ipv6();

function isIP(text: string): 0 | 4 | 6 {
  if (four.safeParse(text).success) return 4;
  return six.safeParse(text).success ? 6 : 0;
}

export class AddressNames {
  private readonly networks = new Map<string, { readonly name: string; readonly hosts: Map<string, string> }>();
  private readonly kept: ReadonlySet<string>;

  constructor(kept: Iterable<string>) {
    this.kept = new Set(kept);
  }

  nameOf(address: string): string {
    const family = isIP(address);
    if (family === 0 || this.kept.has(address) || isLoopback(address)) return address;
    const network = family === 4 ? address.split('.').slice(0, 3).join('.') : expand(address).slice(0, 4).join(':');
    const known = this.networks.get(network) ?? {
      name: `${isPrivate(address) ? 'private' : 'public'}-net${this.networks.size + 1}`,
      hosts: new Map<string, string>(),
    };
    this.networks.set(network, known);
    const host = known.hosts.get(address) ?? `${known.name}-host${known.hosts.size + 1}`;
    known.hosts.set(address, host);
    return host;
  }
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === '0.0.0.0' || address === '::' || address.startsWith('::ffff:127.');
}

function isPrivate(address: string): boolean {
  const [a = 0, b = 0] = address.split('.').map(Number);
  if (isIP(address) === 6) return /^(f[cd]|fe[89ab])/i.test(address);
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127)
  );
}

/** The eight groups of an IPv6 address. */
function expand(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...back].map((group) => group.replace(/^0+(?=.)/, ''));
}
