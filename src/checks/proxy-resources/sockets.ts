/** Sockets of a network namespace as /proc/net/tcp and tcp6 list them. Pure. */

export interface TcpSocket {
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly state: 'listen' | 'established' | 'time-wait' | 'other';
  /** Bytes received and not read; of a listening socket: connections that wait to be accepted. */
  readonly receiveQueue: number;
  readonly transmitQueue: number;
}

/** Reads lines of either file; lines that are none (the headings) are left out. */
export function parseTcpLine(line: string): TcpSocket | null {
  const match = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]{2}) ([0-9A-F]{8}):([0-9A-F]{8}) /.exec(line);
  if (!match) return null;
  const [, local = '', address = '', remote = '', state = '', transmit = '', receive = ''] = match;
  return {
    localPort: Number.parseInt(local, 16),
    remoteAddress: addressOf(address),
    remotePort: Number.parseInt(remote, 16),
    state: stateOf(state),
    receiveQueue: Number.parseInt(receive, 16),
    transmitQueue: Number.parseInt(transmit, 16),
  };
}

/** Numbers of include/net/tcp_states.h. */
function stateOf(code: string): TcpSocket['state'] {
  switch (code) {
    case '01':
      return 'established';
    case '06':
      return 'time-wait';
    case '0A':
      return 'listen';
    default:
      return 'other';
  }
}

/** 32-bit words in the host's order (little endian on all machines that httpd meets); IPv4 in IPv6 as IPv4. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length !== 4 && bytes.length !== 16) return hex;
  bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.subarray(0, 12).equals(mappedPrefix)) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return `[${shorten(groups)}]`;
}

const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex');

/** The longest run of zero groups as `::` (RFC 5952). */
function shorten(groups: readonly string[]): string {
  let best = { from: 0, length: 0 };
  for (let from = 0; from < groups.length; from += 1) {
    let length = 0;
    while (groups[from + length] === '0') length += 1;
    if (length > best.length) best = { from, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.from).join(':')}::${groups.slice(best.from + best.length).join(':')}`;
}

export interface Tally {
  /** By `address:port` of the other end: sockets with a local port of the range, and how many of them are in TIME_WAIT. */
  readonly destinations: Map<string, { sockets: number; timeWait: number }>;
  /** By port: connections that wait to be accepted. */
  readonly listening: Map<number, number>;
  /** By port: connections of clients, those that wait among them. */
  readonly clients: Map<number, number>;
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
  readonly reserved: ReadonlySet<number>;
}

export function emptyTally(): Tally {
  return { destinations: new Map(), listening: new Map(), clients: new Map() };
}

/**
 * Counts a socket. Connections that were accepted have the local port of a listening socket; those stand first in the kernel's list, so
 * the ones that this side opened are told from them even where a port of the range is listened on.
 */
export function count(tally: Tally, socket: TcpSocket, range: PortRange): void {
  if (socket.state === 'listen') {
    tally.listening.set(socket.localPort, (tally.listening.get(socket.localPort) ?? 0) + socket.receiveQueue);
    return;
  }
  if (tally.listening.has(socket.localPort)) {
    if (socket.state === 'established') tally.clients.set(socket.localPort, (tally.clients.get(socket.localPort) ?? 0) + 1);
    return;
  }
  if (socket.localPort < range.from || socket.localPort > range.to || socket.remotePort === 0) return;
  const key = `${socket.remoteAddress}:${socket.remotePort}`;
  const known = tally.destinations.get(key) ?? { sockets: 0, timeWait: 0 };
  known.sockets += 1;
  if (socket.state === 'time-wait') known.timeWait += 1;
  tally.destinations.set(key, known);
}

/** `32768 60999` and `8080,9000-9010` (ip_local_port_range, ip_local_reserved_ports); null where the first is not of that form. */
export function parsePortRange(range: string, reserved: string): PortRange | null {
  const match = /^\s*(\d+)\s+(\d+)/.exec(range);
  if (!match) return null;
  const [from, to] = [Number(match[1]), Number(match[2])];
  const set = new Set<number>();
  for (const part of reserved.trim().split(',')) {
    const [first = Number.NaN, last = first] = part.split('-').map((text) => (text === '' ? Number.NaN : Number(text)));
    for (let port = Math.max(first, from); port <= Math.min(last, to); port += 1) set.add(port);
  }
  return { from, to, reserved: set };
}

export function portsIn(range: PortRange): number {
  return Math.max(0, range.to - range.from + 1 - range.reserved.size);
}
