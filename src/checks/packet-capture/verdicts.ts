/** One captured connection → did it fail, by whose act, how, in which state. Pure. */
import type { Connection, Piece } from '../../httpd/wire/connections.ts';
import type { Exchange } from '../../httpd/wire/exchanges.ts';
import { exchangesOf, isEncrypted } from '../../httpd/wire/exchanges.ts';
import type { Failure } from './facts.ts';

export type Who = 'proxy' | 'backend' | 'nobody';

export interface Verdict {
  readonly connection: Connection;
  readonly encrypted: boolean;
  readonly exchanges: readonly Exchange[];
  /** Null: nothing wrong, or still under way. */
  readonly failed: {
    readonly failure: Failure;
    readonly closedFirst: Who;
    readonly how: 'FIN' | 'RST' | null;
    readonly reused: boolean;
    readonly idleSeconds: number | null;
    readonly exchange: Exchange | null;
    readonly atUs: number;
  } | null;
}

/** A request without any progress for this long when the capture ends counts as stuck; a shorter wait is only under way. */
export const stuckSeconds = 5;
/** A connect without an answer for this long: the first SYN is repeated after a second (RFC 6298). */
export const connectSeconds = 1;
/** Data sent this many times without an acknowledgement of it did not arrive, whatever the backend's program does. */
export const sentInVain = 3;
/** A proxy that closes sooner than this after the last progress did not wait for the backend: its client left. Time-outs are whole seconds. */
export const gaveUpSeconds = 0.9;
/** TLS records of ours that are longer than an alert or a Finished are requests. */
const tlsRequestBytes = 80;
/** A record this short from the backend is an alert (close_notify), no answer. */
const tlsAlertBytes = 48;

/** @param endUs the moment the capture ended. */
export function verdictOf(connection: Connection, endUs: number): Verdict {
  const encrypted = isEncrypted(connection);
  const exchanges = encrypted ? [] : exchangesOf(connection);
  return {
    connection,
    encrypted,
    exchanges,
    failed:
      refusedOrUnanswered(connection, endUs) ?? (encrypted ? failedTls(connection, endUs) : failedExchange(connection, exchanges, endUs)),
  };
}

interface Ending {
  readonly who: 'proxy' | 'backend';
  readonly how: 'FIN' | 'RST';
  readonly atUs: number;
}

function endings(connection: Connection): {
  readonly first: Ending | null;
  readonly backend: Ending | null;
  readonly proxy: Ending | null;
} {
  const find = (pieces: readonly Piece[], who: Ending['who']): Ending | null => {
    const piece = pieces.find((one) => one.fin || one.rst);
    return piece === undefined ? null : { who, how: piece.rst ? 'RST' : 'FIN', atUs: piece.atUs };
  };
  const proxy = find(connection.toBackend.pieces, 'proxy');
  const backend = find(connection.toProxy.pieces, 'backend');
  const first = proxy === null ? backend : backend === null ? proxy : backend.atUs <= proxy.atUs ? backend : proxy;
  return { first, backend, proxy };
}

function refusedOrUnanswered(connection: Connection, endUs: number): Verdict['failed'] {
  const { synUs, acceptedUs, icmp, toProxy } = connection;
  if (synUs === null || acceptedUs !== null) return null;
  const failed = (failure: Failure, atUs: number, closedFirst: Who, how: 'RST' | null): Verdict['failed'] => ({
    failure,
    closedFirst,
    how,
    reused: false,
    idleSeconds: null,
    exchange: null,
    atUs,
  });
  const reset = toProxy.pieces.find((piece) => piece.rst);
  if (reset) return failed('refused-rst', reset.atUs, 'backend', 'RST');
  const error = icmp.find(({ what }) => what !== 'too-big');
  if (error) return failed('refused-icmp', error.atUs, 'nobody', null);
  const waited = (endUs - synUs) / 1e6;
  return connection.syns > 1 || waited >= connectSeconds ? failed('connect-unanswered', synUs, 'nobody', null) : null;
}

function failedExchange(connection: Connection, exchanges: readonly Exchange[], endUs: number): Verdict['failed'] {
  const { first } = endings(connection);
  const last = exchanges.at(-1);
  if (last === undefined) {
    // Accepted, then ended before a request came: only a connection whose beginning was seen is fresh for sure.
    if (connection.acceptedUs === null || first?.who !== 'backend') return null;
    return {
      failure: 'closed-early',
      closedFirst: 'backend',
      how: first.how,
      reused: false,
      idleSeconds: null,
      exchange: null,
      atUs: first.atUs,
    };
  }
  if (last.answer.whole === 'yes') return null;
  const told = (failure: Failure, closedFirst: Who, how: 'FIN' | 'RST' | null, atUs: number): Verdict['failed'] => ({
    failure,
    closedFirst,
    how,
    reused: last.reused,
    idleSeconds: last.idleSeconds,
    exchange: last,
    atUs,
  });
  const progress = Math.max(last.request.lastUs ?? 0, last.answer.lastUs ?? 0);
  if (first === null) {
    if ((endUs - progress) / 1e6 < stuckSeconds) return null;
    return told(whoWaits(connection, last), 'nobody', null, progress);
  }
  if (first.who === 'backend') {
    // A close in order after an answer whose end can't be read says nothing.
    if (first.how === 'FIN' && last.answer.whole === 'unknown') return null;
    return told('closed-early', 'backend', first.how, first.atUs);
  }
  if (last.answer.whole === 'unknown') return null;
  const failure = whoWaits(connection, last);
  if (failure === 'silent' && (first.atUs - progress) / 1e6 < gaveUpSeconds) return null;
  return told(failure, 'proxy', first.how, first.atUs);
}

/** The proxy gave up (or nobody did yet): who did not do his part? */
function whoWaits(connection: Connection, exchange: Exchange): Failure {
  const { toBackend, toProxy } = connection;
  const unacknowledged = toBackend.end > toBackend.acked;
  const lastWindow = toProxy.pieces.findLast((piece) => piece.ack !== null && !piece.rst)?.window;
  if (unacknowledged && lastWindow !== 0) {
    const times = toBackend.pieces.filter((piece) => piece.end > toBackend.acked && piece.end > piece.start).length;
    if (times >= sentInVain) return exchange.reused ? 'swallowed' : 'unacknowledged';
  }
  if (exchange.request.whole !== 'no') return 'silent';
  // Not all was sent: because the backend takes no more, or because the proxy has no more to send.
  return lastWindow === 0 || unacknowledged ? 'silent' : 'request-incomplete';
}

/**
 * Inside TLS: the last word was the proxy's, and was no alert; then the backend ended it, or said nothing more. On a fresh connection of TLS 1.3
 * the server's session tickets come after the first request and can't be told from an answer: there nothing is claimed.
 */
function failedTls(connection: Connection, endUs: number): Verdict['failed'] {
  const { first, backend } = endings(connection);
  const before = (piece: Piece): boolean => backend === null || piece.atUs <= backend.atUs;
  const data = (pieces: readonly Piece[]): readonly Piece[] =>
    pieces.filter((piece) => piece.end > piece.start && !piece.again && !piece.probe);
  const sent = data(connection.toBackend.pieces).filter(before);
  const received = data(connection.toProxy.pieces).filter((piece) => piece.end - piece.start > tlsAlertBytes);
  const lastSent = sent.at(-1);
  const lastReceived = received.at(-1);
  if (lastSent === undefined || (lastReceived !== undefined && lastReceived.atUs > lastSent.atUs)) return null;
  if (lastSent.end - lastSent.start < tlsRequestBytes && lastReceived !== undefined) return null;
  const reused = connection.synUs === null;
  const idleSeconds = null;
  if (first === null) {
    const stuck = (endUs - lastSent.atUs) / 1e6 >= stuckSeconds;
    return stuck ? { failure: 'silent', closedFirst: 'nobody', how: null, reused, idleSeconds, exchange: null, atUs: lastSent.atUs } : null;
  }
  const failure = first.who === 'backend' ? 'closed-early' : 'silent';
  return { failure, closedFirst: first.who, how: first.how, reused, idleSeconds, exchange: null, atUs: first.atUs };
}
