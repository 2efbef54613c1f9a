/** Addresses in one spelling, and whether one lies in a network. Pure. */
import { BlockList, isIP } from 'node:net';

/** IPv6 in its short spelling, IPv4 that is mapped into IPv6 as IPv4; a zone (`%eth0`) is left out. Other text stays as it is. */
export function canonical(address: string): string {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(bare) !== 6) return bare;
  const short = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short);
  if (mapped === null) return short;
  const words = [mapped[1] ?? '0', mapped[2] ?? '0'].map((word) => Number.parseInt(word, 16));
  return words.flatMap((word) => [word >> 8, word & 255]).join('.');
}

export function isLoopback(address: string): boolean {
  return inNetwork(canonical(address), '127.0.0.0', 8) || canonical(address) === '::1';
}

/** Both of one family, else false. */
export function inNetwork(address: string, network: string, bits: number): boolean {
  const family = isIP(address);
  if (family === 0 || family !== isIP(network)) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return list.check(address, type);
}

export function inRange(address: string, from: string, to: string): boolean {
  const family = isIP(address);
  if (family === 0 || family !== isIP(from) || family !== isIP(to)) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  try {
    list.addRange(from, to, type);
  } catch {
    return false;
  }
  return list.check(address, type);
}

/** Local addresses of a network namespace, from /proc/net/fib_trie (IPv4) and /proc/net/if_inet6. */
export function localAddresses(fibTrie: string, ifInet6: string): ReadonlySet<string> {
  const found = new Set<string>();
  let last = '';
  for (const line of fibTrie.split('\n')) {
    const address = /\|-- ([\d.]+)/.exec(line)?.[1];
    if (address !== undefined) last = address;
    else if (line.includes('/32 host LOCAL') && last !== '') found.add(last);
  }
  for (const line of ifInet6.split('\n')) {
    const hex = /^([0-9a-f]{32}) /.exec(line)?.[1];
    if (hex !== undefined) found.add(canonical((hex.match(/.{4}/g) ?? []).join(':')));
  }
  return found;
}
