/**
 * The requests and answers on a captured connection. httpd sends no request before the answer to the last one is whole, so turns tell where
 * one exchange ends and the next begins, even where heads or bodies were cut by the snap length. Pure.
 */
import { capturedStream } from './captured-stream.ts';
import type { CapturedStream } from './captured-stream.ts';
import type { Whole } from './captured-message.ts';
import { afterInterim, isWhole } from './captured-message.ts';
import type { Connection, Piece } from './connections.ts';
import { looksLikeRequest, looksLikeResponse } from './head.ts';

export interface Message {
  /** First and last packet with new bytes of it; null: nothing was sent. */
  readonly firstUs: number | null;
  readonly lastUs: number | null;
  readonly start: number;
  readonly end: number;
  readonly whole: Whole;
  readonly startLine: string | null;
}

export interface Exchange {
  readonly request: Message;
  readonly answer: Message;
  /** The connection had carried a request before this one (or is older than the capture). */
  readonly reused: boolean;
  /** Since the end of the answer before it; null where that was not captured. */
  readonly idleSeconds: number | null;
}

interface Turn {
  request: [number, number];
  requestUs: [number, number];
  answer: [number, number] | null;
  answerUs: [number, number] | null;
}

/** The first byte of a TLS handshake; nothing inside can be told apart. */
export function isEncrypted(connection: Connection): boolean {
  const first = connection.toBackend.pieces.find((piece) => piece.end > piece.start)?.payload;
  return first !== undefined && first.length >= 2 && (first[0] ?? 0) >= 20 && (first[0] ?? 0) <= 23 && first[1] === 3;
}

export function exchangesOf(connection: Connection): readonly Exchange[] {
  const requests = capturedStream(connection.toBackend);
  const answers = capturedStream(connection.toProxy);
  const turns = turnsOf(connection, answers);
  const fin = connection.toProxy.pieces.find((piece) => piece.fin);
  const ended = connection.toProxy.pieces.find((piece) => piece.rst);
  const closedInOrder = fin !== undefined && (ended === undefined || fin.atUs <= ended.atUs);
  return turns.map((turn, index): Exchange => {
    const next = turns[index + 1];
    const request = isWhole(requests, turn.request[0], turn.request[1], '', false);
    const method = request.head?.method ?? '';
    const answer = turn.answer === null ? null : judgedAnswer(answers, turn.answer, method, next === undefined && closedInOrder);
    const before = turns[index - 1];
    return {
      request: {
        firstUs: turn.requestUs[0],
        lastUs: turn.requestUs[1],
        start: turn.request[0],
        end: turn.request[1],
        // A whole answer, or a next request, shows that what the capture could not read was whole.
        whole: request.whole === 'unknown' && (next !== undefined || answer?.whole === 'yes') ? 'yes' : request.whole,
        startLine: request.head?.startLine ?? null,
      },
      answer: {
        firstUs: turn.answerUs?.[0] ?? null,
        lastUs: turn.answerUs?.[1] ?? null,
        start: turn.answer?.[0] ?? 0,
        end: turn.answer?.[1] ?? 0,
        whole: answer === null ? 'no' : answer.whole === 'unknown' && next !== undefined ? 'yes' : answer.whole,
        startLine: answer?.startLine ?? null,
      },
      reused: index > 0 || connection.synUs === null,
      idleSeconds: before === undefined ? null : (turn.requestUs[0] - (before.answerUs?.[1] ?? before.requestUs[1])) / 1e6,
    };
  });
}

function judgedAnswer(
  stream: CapturedStream,
  [start, end]: [number, number],
  method: string,
  closedInOrder: boolean,
): { readonly whole: Whole; readonly startLine: string | null } {
  const final = afterInterim(stream, start, end);
  if (final >= end) return { whole: 'no', startLine: null };
  const { whole, head } = isWhole(stream, final, end, method, closedInOrder);
  return { whole, startLine: head?.startLine ?? null };
}

function turnsOf(connection: Connection, answers: CapturedStream): Turn[] {
  const turns: Turn[] = [];
  const fresh = (piece: Piece): boolean => piece.end > piece.start && !piece.probe;
  const pieces = [
    ...connection.toBackend.pieces.filter(fresh).map((piece) => ({ piece, toBackend: true })),
    ...connection.toProxy.pieces.filter(fresh).map((piece) => ({ piece, toBackend: false })),
  ].sort((a, b) => a.piece.atUs - b.piece.atUs);
  let sent = Number.NEGATIVE_INFINITY;
  let received = Number.NEGATIVE_INFINITY;
  for (const { piece, toBackend } of pieces) {
    const turn = turns.at(-1);
    const from = Math.max(piece.start, toBackend ? sent : received);
    // Nothing new in it: sent again.
    if (piece.end <= from) continue;
    if (toBackend) {
      sent = piece.end;
      const answered = turn?.answer != null && afterInterim(answers, turn.answer[0], turn.answer[1]) < turn.answer[1];
      if ((turn === undefined || answered) && looksLikeRequest(piece.payload)) {
        turns.push({ request: [from, piece.end], requestUs: [piece.atUs, piece.atUs], answer: null, answerUs: null });
      } else if (turn !== undefined) {
        turn.request[1] = Math.max(turn.request[1], piece.end);
        turn.requestUs[1] = piece.atUs;
      }
    } else {
      received = piece.end;
      if (turn === undefined) continue;
      if (turn.answer === null || turn.answerUs === null) {
        // The rest of an answer from before the capture is none to this request.
        if (turns.length === 1 && connection.synUs === null && piece.payload.length >= 5 && !looksLikeResponse(piece.payload)) continue;
        turn.answer = [from, piece.end];
        turn.answerUs = [piece.atUs, piece.atUs];
      } else {
        turn.answer[1] = Math.max(turn.answer[1], piece.end);
        turn.answerUs[1] = piece.atUs;
      }
    }
  }
  return turns;
}
