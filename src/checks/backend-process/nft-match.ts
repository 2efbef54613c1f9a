/** Does an nft expression hold for a packet? Terms and values as in libnftables-json(5). Pure. */
import { canonical, inNetwork, inRange } from './addresses.ts';
import { allOf, not, ofLocalPorts, type Match, type Packet } from './filter-walk.ts';

export type Expression = Readonly<Record<string, unknown>>;
/** Elements of the named sets and maps, by `family table name`. */
export type Sets = ReadonlyMap<string, readonly unknown[]>;

type Test = (packet: Packet) => Match;

export function isObject(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The test `left op right`; `table` (`family name`) is where named sets are looked up. */
export function comparison(op: string, left: unknown, right: unknown, table: string, sets: Sets): Test {
  const wanted = typeof right === 'string' && right.startsWith('@') ? { set: sets.get(`${table} ${right.slice(1)}`) ?? null } : right;
  return (packet) => {
    const match = compare(packet, left, wanted, op);
    return op === '!=' ? not(match) : match;
  };
}

/** Does what `left` reads of the packet lie in `right`? */
function compare(packet: Packet, left: unknown, right: unknown, op: string): Match {
  if (!isObject(left)) return 'maybe';
  if (Array.isArray(left['concat'])) return concatenated(packet, left['concat'], right);
  const masked = left['&'];
  if (Array.isArray(masked)) return isLocalPort(packet, masked[0]) ? ofLocalPorts((port) => bits(port, masked[1], right)) : tcpFlags(packet, masked, right);
  if (isLocalPort(packet, left)) return ofLocalPorts((port) => (isOrdering(op) ? ordered(port, right, op) : within(port, right)));
  const value = read(packet, left);
  if (value === 'unknown') return 'maybe';
  if (value === 'absent') return 'no';
  if (isOrdering(op)) return ordered(value, right, op);
  return within(value, right);
}

function isOrdering(op: string): boolean {
  return ['<', '>', '<=', '>='].includes(op);
}

/** `tcp sport` of the proxy's SYN. */
function isLocalPort(packet: Packet, left: unknown): boolean {
  const payload = isObject(left) ? left['payload'] : null;
  return isObject(payload) && payload['field'] === 'sport' && packet.state === 'new' && packet.sourcePort === null;
}

/** `tcp sport & 3 == 1` */
function bits(port: number, mask: unknown, right: unknown): Match {
  if (typeof mask !== 'number' || typeof right !== 'number') return 'maybe';
  return (port & mask) === right ? 'yes' : 'no';
}

type Value = string | number | 'unknown' | 'absent';

function read(packet: Packet, left: Expression): Value {
  const payload = left['payload'];
  if (isObject(payload)) return readPayload(packet, String(payload['protocol']), String(payload['field']));
  const meta = left['meta'];
  if (isObject(meta)) return readMeta(packet, String(meta['key']));
  const ct = left['ct'];
  if (isObject(ct)) return ct['key'] === 'state' ? packet.state : 'unknown';
  const fib = left['fib'];
  // `fib daddr type local`: the packets that matter here are for this host.
  if (isObject(fib) && fib['result'] === 'type') return 'local';
  return 'unknown';
}

function readPayload(packet: Packet, protocol: string, field: string): Value {
  switch (protocol) {
    case 'ip':
    case 'ip6': {
      if (packet.family !== (protocol === 'ip' ? 4 : 6)) return 'absent';
      if (field === 'saddr') return packet.source ?? 'unknown';
      if (field === 'daddr') return packet.destination ?? 'unknown';
      return field === 'protocol' || field === 'nexthdr' ? 'tcp' : 'unknown';
    }
    case 'tcp':
    case 'th':
      if (field === 'dport') return packet.destinationPort ?? 'unknown';
      return field === 'sport' ? (packet.sourcePort ?? 'unknown') : 'unknown';
    case 'udp':
    case 'icmp':
    case 'icmpv6':
    case 'sctp':
      return 'absent';
    default:
      return 'unknown';
  }
}

function readMeta(packet: Packet, key: string): Value {
  switch (key) {
    case 'l4proto':
      return 'tcp';
    case 'nfproto':
      return packet.family === 4 ? 'ipv4' : 'ipv6';
    case 'protocol':
      return packet.family === 4 ? 'ip' : 'ip6';
    case 'iifname':
    case 'iif':
      return packet.direction === 'out' ? 'absent' : (packet.interface ?? 'not-lo');
    case 'oifname':
    case 'oif':
      return packet.direction === 'in' ? 'absent' : (packet.interface ?? 'not-lo');
    default:
      return 'unknown';
  }
}

function within(value: string | number, right: unknown): Match {
  if (Array.isArray(right)) return anyOf(right.map((one) => within(value, one)));
  if (isObject(right)) {
    if ('set' in right)
      return right['set'] === null
        ? 'maybe'
        : Array.isArray(right['set'])
          ? anyOf(right['set'].map((one: unknown) => within(value, one)))
          : 'maybe';
    if (Array.isArray(right['range'])) return inSpan(value, right['range'][0], right['range'][1]);
    const prefix = right['prefix'];
    if (isObject(prefix))
      return inNetwork(canonical(String(value)), canonical(String(prefix['addr'])), Number(prefix['len'])) ? 'yes' : 'no';
    if ('elem' in right) return within(value, isObject(right['elem']) ? right['elem']['val'] : right['elem']);
    return 'maybe';
  }
  if (value === 'not-lo') return right === 'lo' ? 'no' : 'maybe';
  if (typeof right === 'string' && right.endsWith('*')) return String(value).startsWith(right.slice(0, -1)) ? 'yes' : 'no';
  return canonical(String(value)) === canonical(String(right)) ? 'yes' : 'no';
}

function inSpan(value: string | number, from: unknown, to: unknown): Match {
  if (typeof value === 'number') return Number(from) <= value && value <= Number(to) ? 'yes' : 'no';
  return inRange(canonical(value), String(from), String(to)) ? 'yes' : 'no';
}

function ordered(value: string | number, right: unknown, op: string): Match {
  const [a, b] = [Number(value), Number(right)];
  if (Number.isNaN(a) || Number.isNaN(b)) return 'maybe';
  const holds = op === '<' ? a < b : op === '>' ? a > b : op === '<=' ? a <= b : a >= b;
  return holds ? 'yes' : 'no';
}

function concatenated(packet: Packet, parts: readonly unknown[], right: unknown): Match {
  const elements: readonly unknown[] =
    isObject(right) && Array.isArray(right['set']) ? right['set'] : isObject(right) && right['set'] === null ? [null] : [right];
  return anyOf(
    elements.map((element) => {
      const values: unknown = isObject(element) ? element['concat'] : null;
      return Array.isArray(values) ? allOf(parts.map((part, index) => compare(packet, part, values[index], '=='))) : 'maybe';
    }),
  );
}

/** `tcp flags & (fin|syn|rst|ack) == syn`: the proxy's packet is a SYN, the answer to it SYN and ACK. */
function tcpFlags(packet: Packet, masked: readonly unknown[], right: unknown): Match {
  const [left, mask] = masked;
  const payload = isObject(left) ? left['payload'] : null;
  if (!isObject(payload) || payload['field'] !== 'flags') return 'maybe';
  const has = packet.state === 'new' ? ['syn'] : ['syn', 'ack'];
  const wanted = right === 0 ? [] : [right].flat().map(String);
  return [mask]
    .flat()
    .map(String)
    .every((flag) => has.includes(flag) === wanted.includes(flag))
    ? 'yes'
    : 'no';
}

function anyOf(matches: readonly Match[]): Match {
  if (matches.includes('yes')) return 'yes';
  if (matches.includes('share')) return 'share';
  return matches.includes('maybe') ? 'maybe' : 'no';
}
