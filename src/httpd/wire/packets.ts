/**
 * One captured packet → a TCP segment, or an ICMP error that quotes one. Link types of Ethernet, Linux "cooked" (SLL, SLL2: `-i any`), raw IP
 * and BSD loopback; IPv4 and IPv6. Pure; never throws: what can't be read is null.
 */
import type { RawPacket } from './pcap.ts';

export interface Endpoints {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

export interface Segment extends Endpoints {
  readonly kind: 'tcp';
  readonly atUs: number;
  readonly seq: number;
  readonly ack: number;
  readonly syn: boolean;
  readonly hasAck: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly push: boolean;
  /** As in the header, not scaled. */
  readonly window: number;
  /** Length of the payload on the wire, and what was kept of it. */
  readonly length: number;
  readonly payload: Buffer;
  readonly ttl: number;
  /** IPv4 identification: tells a copy of a packet from a retransmission; null in IPv6. */
  readonly ipId: number | null;
  /** Number of the interface it was seen on, where the file tells. */
  readonly device: number | null;
}

export interface IcmpError extends Endpoints {
  readonly kind: 'icmp';
  readonly atUs: number;
  readonly from: string;
  /** `too-big`: fragmentation needed; a path with a smaller MTU. */
  readonly what: 'unreachable' | 'prohibited' | 'too-big';
}

export type Packet = Segment | IcmpError;

interface Ip {
  readonly version: 4 | 6;
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly ttl: number;
  readonly id: number | null;
  readonly payload: Buffer;
  /** Length of the payload on the wire. */
  readonly length: number;
}

interface Framed {
  readonly ip: Buffer;
  /** Bytes of the link's header. */
  readonly header: number;
  readonly device: number | null;
}

const etherIp4 = 0x0800;
const etherIp6 = 0x86dd;
const vlanTags: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const tcp = 6;
const icmp4 = 1;
const icmp6 = 58;

export function decode(linkType: number, packet: RawPacket): Packet | null {
  const framed = unframe(linkType, packet.bytes);
  if (framed === null) return null;
  const ip = readIp(framed.ip, packet.length - framed.header);
  if (ip === null) return null;
  if (ip.protocol === tcp) return readTcp(ip, packet.atUs, framed.device);
  if (ip.protocol === icmp4 || ip.protocol === icmp6) return readIcmp(ip, packet.atUs);
  return null;
}

function unframe(linkType: number, bytes: Buffer): Framed | null {
  const after = (header: number, device: number | null = null): Framed | null =>
    bytes.length <= header ? null : { ip: bytes.subarray(header), header, device };
  switch (linkType) {
    case 1: {
      let at = 12;
      while (bytes.length >= at + 2 && vlanTags.has(bytes.readUInt16BE(at))) at += 4;
      return bytes.length >= at + 2 && isIp(bytes.readUInt16BE(at)) ? after(at + 2) : null;
    }
    case 113:
      return bytes.length >= 16 && isIp(bytes.readUInt16BE(14)) ? after(16) : null;
    case 276:
      return bytes.length >= 20 && isIp(bytes.readUInt16BE(0)) ? after(20, bytes.readUInt32BE(4)) : null;
    case 0:
    case 108:
      return after(4);
    // Raw IP, by the numbers that different systems write for it.
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return after(0);
    default:
      return null;
  }
}

function isIp(etherType: number): boolean {
  return etherType === etherIp4 || etherType === etherIp6;
}

/** @param onWire length of the IP packet on the wire, for packets that a network card cuts up and that carry no length of their own. */
function readIp(bytes: Buffer, onWire: number): Ip | null {
  const version = (bytes[0] ?? 0) >> 4;
  if (version === 4) return readIp4(bytes, onWire);
  return version === 6 ? readIp6(bytes, onWire) : null;
}

function readIp4(bytes: Buffer, onWire: number): Ip | null {
  const header = ((bytes[0] ?? 0) & 15) * 4;
  if (header < 20 || bytes.length < header) return null;
  // Later fragments have no TCP header.
  if ((bytes.readUInt16BE(6) & 0x1fff) !== 0) return null;
  const total = bytes.readUInt16BE(2);
  const length = (total === 0 ? onWire : total) - header;
  if (length < 0) return null;
  return {
    version: 4,
    source: address4(bytes, 12),
    destination: address4(bytes, 16),
    protocol: bytes[9] ?? 0,
    ttl: bytes[8] ?? 0,
    id: bytes.readUInt16BE(4),
    payload: bytes.subarray(header, header + length),
    length,
  };
}

function readIp6(bytes: Buffer, onWire: number): Ip | null {
  if (bytes.length < 40) return null;
  const announced = bytes.readUInt16BE(4);
  let length = announced === 0 ? onWire - 40 : announced;
  let protocol = bytes[6] ?? 0;
  let at = 40;
  // Extension headers: hop-by-hop, routing, destination options; a fragment other than the first has no TCP header.
  while (protocol === 0 || protocol === 43 || protocol === 60 || protocol === 44) {
    if (bytes.length < at + 8) return null;
    if (protocol === 44 && (bytes.readUInt16BE(at + 2) & 0xfff8) !== 0) return null;
    const size = protocol === 44 ? 8 : ((bytes[at + 1] ?? 0) + 1) * 8;
    protocol = bytes[at] ?? 0;
    at += size;
    length -= size;
  }
  if (length < 0) return null;
  return {
    version: 6,
    source: address6(bytes, 8),
    destination: address6(bytes, 24),
    protocol,
    ttl: bytes[7] ?? 0,
    id: null,
    payload: bytes.subarray(at, at + length),
    length,
  };
}

function readTcp(ip: Ip, atUs: number, device: number | null): Segment | null {
  const bytes = ip.payload;
  if (bytes.length < 20) return null;
  const header = ((bytes[12] ?? 0) >> 4) * 4;
  if (header < 20 || header > ip.length) return null;
  const flags = bytes[13] ?? 0;
  return {
    kind: 'tcp',
    atUs,
    source: ip.source,
    sourcePort: bytes.readUInt16BE(0),
    destination: ip.destination,
    destinationPort: bytes.readUInt16BE(2),
    seq: bytes.readUInt32BE(4),
    ack: bytes.readUInt32BE(8),
    fin: (flags & 1) !== 0,
    syn: (flags & 2) !== 0,
    rst: (flags & 4) !== 0,
    push: (flags & 8) !== 0,
    hasAck: (flags & 16) !== 0,
    window: bytes.readUInt16BE(14),
    length: ip.length - header,
    payload: bytes.subarray(Math.min(header, bytes.length)),
    ttl: ip.ttl,
    ipId: ip.id,
    device,
  };
}

/** Errors only: type 3 (IPv4), types 1 and 2 (IPv6), which quote the packet that caused them. */
function readIcmp(ip: Ip, atUs: number): IcmpError | null {
  const [type, code] = ip.payload;
  if (type === undefined || code === undefined || ip.payload.length < 8 + 28) return null;
  const what = ip.version === 4 ? meaning4(type, code) : meaning6(type, code);
  if (what === null) return null;
  const quoted = readIp(ip.payload.subarray(8), ip.length - 8);
  if (quoted === null || quoted.protocol !== tcp || quoted.payload.length < 4) return null;
  return {
    kind: 'icmp',
    atUs,
    from: ip.source,
    what,
    source: quoted.source,
    sourcePort: quoted.payload.readUInt16BE(0),
    destination: quoted.destination,
    destinationPort: quoted.payload.readUInt16BE(2),
  };
}

function meaning4(type: number, code: number): IcmpError['what'] | null {
  if (type !== 3) return null;
  if (code === 4) return 'too-big';
  return code === 9 || code === 10 || code === 13 ? 'prohibited' : 'unreachable';
}

function meaning6(type: number, code: number): IcmpError['what'] | null {
  if (type === 2) return 'too-big';
  if (type !== 1) return null;
  return code === 1 || code === 5 || code === 6 ? 'prohibited' : 'unreachable';
}

function address4(bytes: Buffer, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** As RFC 5952 writes it; an IPv4 address mapped into IPv6 as IPv4. */
function address6(bytes: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_unused, index) => bytes.readUInt16BE(at + index * 2));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return address4(bytes, at + 12);
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start < 0) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}
