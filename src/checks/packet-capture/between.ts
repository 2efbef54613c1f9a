/**
 * Both ends of the same connections: what was sent at one and did not arrive at the other, and what arrived and was never sent. Byte
 * ranges are compared, not packets: network cards cut and join segments on their way. Pure.
 */
import type { Connection, Flow } from '../../httpd/wire/connections.ts';

export interface Between {
  readonly lost: { readonly proxyToBackend: number; readonly backendToProxy: number; readonly sent: number };
  /** Without connections that something in between cut off as a whole. */
  readonly hereAndThere: { readonly packets: number; readonly sent: number };
  readonly madeUp: { readonly toProxy: number; readonly toBackend: number };
  /** Connections that both ends have. */
  readonly matched: number;
}

/** Packets at the edges of a capture may be in one file only: what was sent in the last half second may still be on its way. */
const edgeUs = 500_000;
/** Two captures of a connection that is older than both begin this near to each other in it, bytes. */
const mostApart = 2 ** 24;
/** A pause this long makes a connection idle, seconds. */
const idleUs = 900_000;
/** Joined segments are counted as packets of this size (what an Ethernet carries of TCP). */
const packetBytes = 1448;

export interface Captured {
  readonly connections: readonly Connection[];
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * Null: the two captures have nothing in common that could be compared (an address translated in between, another port).
 * @param cutOff connections of the proxy's end whose loss has a reason of its own: they got nothing through at all
 */
export function compare(proxy: Captured, backend: Captured, cutOff: (connection: Connection) => boolean = () => false): Between | null {
  const counterpart = finder(backend.connections);
  const pairs = proxy.connections.flatMap((one) => {
    const other = counterpart(one);
    return other === null ? [] : [{ proxy: one, backend: other as Connection | null }];
  });
  const matched = new Set(pairs.map((pair) => pair.proxy));
  const answered = proxy.connections.some(({ toProxy }) => toProxy.end > 0);
  if (pairs.length === 0 && answered) return null;
  // A connect that never arrived has no counterpart; it may be compared only where nothing shows that the two see different things.
  const alone = proxy.connections.filter((one) => one.synUs !== null && !matched.has(one));
  const all = [...pairs, ...alone.map((one) => ({ proxy: one, backend: null }))];

  const shift = clockShift(pairs);
  const window = { from: Math.max(proxy.fromUs, backend.fromUs - shift), until: Math.min(proxy.untilUs, backend.untilUs - shift) - edgeUs };
  const inProxyTime = (atUs: number): boolean => atUs >= window.from && atUs <= window.until;
  const inBackendTime = (atUs: number): boolean => inProxyTime(atUs - shift);
  let proxyToBackend = 0;
  let backendToProxy = 0;
  let sent = 0;
  let toProxy = 0;
  let toBackend = 0;
  const hereAndThere = { packets: 0, sent: 0 };
  for (const pair of all) {
    const there = difference(pair.proxy.toBackend, pair.backend?.toBackend ?? null, inProxyTime);
    proxyToBackend += there.missing;
    sent += there.sent;
    if (pair.backend === null) {
      if (!cutOff(pair.proxy)) add(hereAndThere, there);
      continue;
    }
    const back = difference(pair.backend.toProxy, pair.proxy.toProxy, inBackendTime);
    backendToProxy += back.missing;
    sent += back.sent;
    const rejected = madeUp(pair.proxy.toProxy, pair.backend.toProxy, inProxyTime);
    toProxy += rejected;
    toBackend += madeUp(pair.backend.toBackend, pair.proxy.toBackend, inBackendTime);
    // What a firewall rejects with a reset does not arrive either; nor does anything on a connection that it has forgotten while it was idle.
    const forgotten =
      endedWhileIdle(pair.proxy, pair.backend, 'toBackend', inProxyTime) ||
      endedWhileIdle(pair.backend, pair.proxy, 'toProxy', inBackendTime);
    if (rejected === 0 && !forgotten && !cutOff(pair.proxy))
      add(hereAndThere, { missing: there.missing + back.missing, sent: there.sent + back.sent });
  }
  return { lost: { proxyToBackend, backendToProxy, sent }, hereAndThere, madeUp: { toProxy, toBackend }, matched: pairs.length };
}

function add(sum: { packets: number; sent: number }, one: { readonly missing: number; readonly sent: number }): void {
  sum.packets += one.missing;
  sum.sent += one.sent;
}

/** Addresses and ports may be translated on the way; the sequence numbers of both directions seldom are. */
function finder(connections: readonly Connection[]): (one: Connection) => Connection | null {
  const tuple = (one: Connection): string => `${one.proxy.address} ${one.proxy.port} ${one.backend.address} ${one.backend.port}`;
  const begun = new Map<string, Connection>();
  const older = new Map<string, Connection>();
  const byBase = new Map<number, Connection[]>();
  for (const one of connections) {
    const base = one.toBackend.base;
    if (base === null || one.synUs === null) {
      older.set(tuple(one), one);
      continue;
    }
    begun.set(`${tuple(one)} ${base}`, one);
    const others = byBase.get(base) ?? [];
    others.push(one);
    byBase.set(base, others);
  }
  // A port that is used again makes another connection, whose sequence numbers Linux lets begin not far from the last one's: where both
  // beginnings were seen they must be the same; a connection that is older than one of the captures has no other of its ports there.
  const near = (one: Connection, other: Connection | undefined): Connection | null => {
    const [a, b] = [one.toBackend.base, other?.toBackend.base ?? null];
    return other !== undefined && (a === null || b === null || Math.abs((a - b) | 0) < mostApart) ? other : null;
  };
  const firstOf = new Map<string, Connection>();
  for (const one of connections) if (!firstOf.has(tuple(one))) firstOf.set(tuple(one), one);
  return (one) => {
    const key = tuple(one);
    const base = one.toBackend.base;
    if (one.synUs === null || base === null) return near(one, older.get(key) ?? firstOf.get(key));
    const same = begun.get(`${key} ${base}`) ?? near(one, older.get(key));
    if (same !== null) return same;
    const agrees = (other: Connection): boolean =>
      one.toProxy.base === other.toProxy.base || one.toProxy.base === null || other.toProxy.base === null;
    return byBase.get(base)?.find(agrees) ?? null;
  };
}

/** How much the backend's clock is ahead of the proxy's, from packets that both saw: the shortest ways in both directions cancel out. */
function clockShift(pairs: readonly { readonly proxy: Connection; readonly backend: Connection | null }[]): number {
  let there = Number.POSITIVE_INFINITY;
  let back = Number.POSITIVE_INFINITY;
  for (const { proxy, backend } of pairs) {
    if (backend === null) continue;
    there = Math.min(there, ...delays(proxy.toBackend, backend.toBackend));
    back = Math.min(back, ...delays(backend.toProxy, proxy.toProxy));
  }
  if (!Number.isFinite(there)) return Number.isFinite(back) ? -back : 0;
  return Number.isFinite(back) ? (there - back) / 2 : there;
}

function delays(from: Flow, to: Flow): number[] {
  const offset = from.base === null || to.base === null ? 0 : (to.base - from.base) | 0;
  const arrived = new Map<number, number>();
  for (const piece of to.pieces) if (piece.end > piece.start && !piece.again) arrived.set(piece.end + offset, piece.atUs);
  return from.pieces
    .filter((piece) => piece.end > piece.start && !piece.again)
    .flatMap((piece) => {
      const at = arrived.get(piece.end);
      return at === undefined ? [] : [at - piece.atUs];
    })
    .slice(0, 1000);
}

/** Packets of `from` that `to` has not seen, counted by how often each byte was sent and arrived. */
function difference(from: Flow, to: Flow | null, counts: (atUs: number) => boolean): { readonly missing: number; readonly sent: number } {
  const offset = to === null || from.base === null || to.base === null ? 0 : (to.base - from.base) | 0;
  const changes: [number, number][] = [];
  let sent = 0;
  const unseen = new Set<number>();
  for (const piece of from.pieces) {
    if (piece.probe) continue;
    if (!counts(piece.atUs)) {
      // Bytes that were also sent outside the window can't be told apart from those inside.
      unseen.add(piece.start);
      continue;
    }
    const [start, end] = occupied(piece);
    if (end === start) continue;
    sent += Math.max(1, Math.ceil((end - start) / packetBytes));
    changes.push([start, 1], [end, -1]);
  }
  for (const piece of to?.pieces ?? []) {
    if (piece.probe) continue;
    const [start, end] = occupied(piece);
    if (end > start) changes.push([start + offset, -1], [end + offset, 1]);
  }
  changes.sort((a, b) => a[0] - b[0]);
  let missing = 0;
  let depth = 0;
  for (const [index, [at, change]] of changes.entries()) {
    depth += change;
    const next = changes[index + 1]?.[0] ?? at;
    if (depth > 0 && next > at && !unseen.has(at)) missing += depth * Math.max(1, Math.ceil((next - at) / packetBytes));
  }
  return { missing, sent };
}

/** After an idle pause nothing more of this direction came through, while all before it did: no loss by chance. */
function endedWhileIdle(
  sender: Connection,
  receiver: Connection,
  way: 'toBackend' | 'toProxy',
  counts: (atUs: number) => boolean,
): boolean {
  const from = sender[way];
  const to = receiver[way];
  const offset = from.base === null || to.base === null ? 0 : (to.base - from.base) | 0;
  const arrived = to.pieces.reduce((most, piece) => Math.max(most, occupied(piece)[1] + offset), Number.NEGATIVE_INFINITY);
  const tail = from.pieces.filter((piece) => counts(piece.atUs) && !piece.probe && occupied(piece)[1] > arrived);
  const [first] = tail;
  if (first === undefined) return false;
  const before = [...sender.toBackend.pieces, ...sender.toProxy.pieces].filter((piece) => piece.atUs < first.atUs);
  const lastUs = before.reduce((most, piece) => Math.max(most, piece.atUs), Number.NEGATIVE_INFINITY);
  if (before.length === 0 || first.atUs - lastUs < idleUs) return false;
  const lost = new Set(tail);
  const rest = { ...from, pieces: from.pieces.filter((piece) => !lost.has(piece)) };
  return difference(rest, to, counts).missing === 0;
}

/** SYN and FIN take a place in the sequence, before the first byte and after the last. */
function occupied(piece: { readonly start: number; readonly end: number; readonly syn: boolean; readonly fin: boolean }): [number, number] {
  return [piece.start - (piece.syn ? 1 : 0), piece.end + (piece.fin ? 1 : 0)];
}

/** Resets (and closes) that arrived and were not sent. */
function madeUp(arrived: Flow, sent: Flow, counts: (atUs: number) => boolean): number {
  const number = (flow: Flow, pick: 'rst' | 'fin', within: boolean): number =>
    flow.pieces.filter((piece) => piece[pick] && !piece.again && (!within || counts(piece.atUs))).length;
  const resets = number(arrived, 'rst', true) > 0 && number(sent, 'rst', false) === 0 ? 1 : 0;
  const closes = number(arrived, 'fin', true) > 0 && number(sent, 'fin', false) === 0 ? 1 : 0;
  return Math.max(resets, closes);
}
