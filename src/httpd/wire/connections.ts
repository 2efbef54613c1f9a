/**
 * Captured packets → TCP connections between proxy and backend, each with its two flows: sequence numbers unwrapped and relative, copies
 * of a packet (one capture point sees it on several interfaces) left out, retransmissions marked. Pure.
 */
import type { IcmpError, Packet, Segment } from './packets.ts';

export interface Piece {
  readonly atUs: number;
  /** Relative to the first byte of the flow. Payload is [start, end); SYN and FIN take no place here. */
  readonly start: number;
  readonly end: number;
  /** What it acknowledges of the other flow, relative; null without ACK. */
  readonly ack: number | null;
  readonly payload: Buffer;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly push: boolean;
  readonly window: number;
  readonly ttl: number;
  /** Sent before, or fills a hole that a loss has left. */
  readonly again: boolean;
  /** A TCP keepalive or window probe. */
  readonly probe: boolean;
}

export interface Flow {
  readonly pieces: readonly Piece[];
  /** Sequence number of relative 0; null: nothing is known of this direction. */
  readonly base: number | null;
  /** Relative end of the payload seen so far. */
  readonly end: number;
  /** What the other side has acknowledged of it. */
  readonly acked: number;
}

export interface Connection {
  readonly proxy: { readonly address: string; readonly port: number };
  readonly backend: { readonly address: string; readonly port: number };
  readonly toBackend: Flow;
  readonly toProxy: Flow;
  /** First SYN of the proxy; null: the connection is older than the capture. */
  readonly synUs: number | null;
  readonly syns: number;
  readonly acceptedUs: number | null;
  readonly icmp: readonly IcmpError[];
  readonly firstUs: number;
  readonly lastUs: number;
}

/** Copies of one packet on several interfaces of a machine follow each other within this time. */
const copyUs = 10_000;
/** A hole filled later than this was lost and sent again; sooner, packets only came out of order (as Wireshark draws the line). */
const reorderUs = 3000;

interface Growing {
  readonly pieces: Piece[];
  readonly seen: [number, number][];
  readonly recent: Map<string, { readonly atUs: number; readonly device: number | null }>;
  base: number | null;
  last: number;
  end: number;
  endUs: number;
  acked: number;
}

interface Open {
  readonly proxy: Connection['proxy'];
  readonly backend: Connection['backend'];
  readonly toBackend: Growing;
  readonly toProxy: Growing;
  readonly icmp: IcmpError[];
  synUs: number | null;
  synSeq: number | null;
  syns: number;
  acceptedUs: number | null;
  firstUs: number;
  lastUs: number;
}

/** @param isBackend does this end of a connection belong to the backend? */
export function assemble(packets: Iterable<Packet>, isBackend: (address: string, port: number) => boolean): readonly Connection[] {
  const all: Open[] = [];
  const current = new Map<string, Open>();
  for (const packet of packets) {
    const toBackend = isBackend(packet.destination, packet.destinationPort);
    if (!toBackend && !isBackend(packet.source, packet.sourcePort)) continue;
    const proxy = toBackend
      ? { address: packet.source, port: packet.sourcePort }
      : { address: packet.destination, port: packet.destinationPort };
    const backend = toBackend
      ? { address: packet.destination, port: packet.destinationPort }
      : { address: packet.source, port: packet.sourcePort };
    const key = `${proxy.address} ${proxy.port} ${backend.address} ${backend.port}`;
    let open = current.get(key);
    if (packet.kind === 'icmp') {
      open?.icmp.push(packet);
      continue;
    }
    const anew = toBackend && packet.syn && !packet.hasAck && open?.synSeq !== packet.seq;
    if (open === undefined || anew) {
      open = started(proxy, backend, packet.atUs);
      current.set(key, open);
      all.push(open);
    }
    take(open, packet, toBackend);
  }
  return all.map((open) => ({ ...open, toBackend: { ...open.toBackend }, toProxy: { ...open.toProxy } }));
}

function started(proxy: Connection['proxy'], backend: Connection['backend'], atUs: number): Open {
  const flow = (): Growing => ({ pieces: [], seen: [], recent: new Map(), base: null, last: 0, end: 0, endUs: atUs, acked: 0 });
  return {
    proxy,
    backend,
    toBackend: flow(),
    toProxy: flow(),
    icmp: [],
    synUs: null,
    synSeq: null,
    syns: 0,
    acceptedUs: null,
    firstUs: atUs,
    lastUs: atUs,
  };
}

function take(open: Open, segment: Segment, toBackend: boolean): void {
  const flow = toBackend ? open.toBackend : open.toProxy;
  const other = toBackend ? open.toProxy : open.toBackend;
  if (isCopy(flow, segment)) return;
  open.lastUs = Math.max(open.lastUs, segment.atUs);
  if (segment.syn && toBackend && !segment.hasAck) {
    open.syns += 1;
    open.synUs ??= segment.atUs;
    open.synSeq ??= segment.seq;
  }
  if (segment.syn && !toBackend && segment.hasAck) open.acceptedUs ??= segment.atUs;
  const first = (segment.seq + (segment.syn ? 1 : 0)) >>> 0;
  // A reset that refuses a connect has sequence number 0 and belongs to no flow yet.
  if (flow.base === null && !(segment.rst && segment.seq === 0)) flow.base = first;
  const start = flow.base === null ? 0 : relative(flow, first);
  const end = start + segment.length;
  const ack = segment.hasAck ? acknowledged(other, segment) : null;
  const probe = !segment.syn && !segment.fin && !segment.rst && segment.length <= 1 && flow.pieces.length > 0 && start === flow.end - 1;
  const again = !probe && isAgain(flow, segment, start, end);
  if (segment.length > 0 && !probe) mark(flow, start, end, segment.atUs);
  flow.pieces.push({
    atUs: segment.atUs,
    start,
    end,
    ack,
    payload: segment.payload.subarray(0, segment.length),
    syn: segment.syn,
    fin: segment.fin,
    rst: segment.rst,
    push: segment.push,
    window: segment.window,
    ttl: segment.ttl,
    again,
    probe,
  });
}

function isCopy(flow: Growing, segment: Segment): boolean {
  const flags = (segment.syn ? 1 : 0) + (segment.fin ? 2 : 0) + (segment.rst ? 4 : 0) + (segment.push ? 8 : 0);
  const key = `${segment.seq} ${segment.ack} ${segment.length} ${flags} ${segment.window} ${segment.ipId ?? ''}`;
  const before = flow.recent.get(key);
  flow.recent.set(key, { atUs: segment.atUs, device: segment.device });
  if (before === undefined || segment.atUs - before.atUs > copyUs) return false;
  if (segment.device !== null && before.device !== null && segment.device !== before.device) return true;
  // One packet has one identification; Linux gives 0 to some packets that are not to be fragmented.
  return segment.ipId !== null && segment.ipId !== 0;
}

/** Sequence numbers wrap at 2^32: the one nearest to the last seen is meant. */
function relative(flow: Growing, seq: number): number {
  const expected = ((flow.base ?? 0) + flow.last) >>> 0;
  const at = flow.last + ((seq - expected) | 0);
  flow.last = at;
  return at;
}

function acknowledged(other: Growing, segment: Segment): number | null {
  if (other.base === null) {
    // The first acknowledgement tells where the other flow stands.
    if (segment.rst) return null;
    other.base = segment.ack;
  }
  const at = other.last + ((segment.ack - (((other.base ?? 0) + other.last) >>> 0)) | 0);
  if (!segment.rst) other.acked = Math.max(other.acked, at);
  return at;
}

function isAgain(flow: Growing, segment: Segment, start: number, end: number): boolean {
  if (segment.syn) return flow.pieces.some((piece) => piece.syn);
  if (segment.length === 0) return segment.fin && flow.pieces.some((piece) => piece.fin && piece.end === end);
  const around = flow.seen[lastBefore(flow.seen, start)];
  if (around !== undefined && end <= around[1]) return true;
  return start < flow.end && segment.atUs - flow.endUs > reorderUs;
}

function mark(flow: Growing, start: number, end: number, atUs: number): void {
  const { seen } = flow;
  if (end > flow.end || seen.length === 0) {
    flow.end = Math.max(flow.end, end);
    flow.endUs = atUs;
  }
  // Ranges lie in order and do not touch: the new one is joined with those that it touches.
  const before = lastBefore(seen, start);
  const joins = before >= 0 && (seen[before]?.[1] ?? 0) >= start;
  const first = joins ? before : before + 1;
  let next = first;
  let [from, to] = [start, end];
  for (let one = seen[next]; one !== undefined && one[0] <= to; one = seen[next]) {
    from = Math.min(from, one[0]);
    to = Math.max(to, one[1]);
    next += 1;
  }
  seen.splice(first, next - first, [from, to]);
}

/** Index of the last range that begins at or before `at`; -1: none does. */
function lastBefore(seen: readonly (readonly [number, number])[], at: number): number {
  let low = 0;
  let high = seen.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seen[middle]?.[0] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
