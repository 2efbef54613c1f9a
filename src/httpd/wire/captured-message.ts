/** Was a message sent whole? From its first bytes (where its length stands) and from sequence numbers, which tell how much was sent. Pure. */
import type { CapturedStream } from './captured-stream.ts';
import type { Body } from './framing.ts';
import { bodyAfter, isInterim } from './framing.ts';
import type { Head } from './head.ts';
import { headLimit, readHead } from './head.ts';

export type Whole = 'yes' | 'no' | 'unknown';

export interface CapturedHead {
  readonly head: Head;
  /** Where the body begins, relative to the flow; null: the capture cut the head off. */
  readonly bodyAt: number | null;
  /** Up to where the head could be read. */
  readonly readUntil: number;
}

/** The head of the message that begins at `start`, as much as there is of it; null where there is none to be read. */
export function capturedHead(stream: CapturedStream, start: number, end: number): CapturedHead | null {
  const bytes = stream.read(start, Math.min(headLimit, end - start));
  const read = readHead(bytes);
  if (read.kind === 'head') return { head: read.head, bodyAt: start + read.head.bytes, readUntil: start + read.head.bytes };
  if (read.kind === 'invalid') return null;
  // Cut by the snap length: the whole lines that are there still tell the method, and the length where it stands early.
  const lineEnd = bytes.lastIndexOf(10);
  if (lineEnd < 0) return null;
  const cut = readHead(Buffer.concat([bytes.subarray(0, lineEnd + 1), Buffer.from('\r\n')]));
  return cut.kind === 'head' ? { head: cut.head, bodyAt: null, readUntil: start + bytes.length } : null;
}

/** Where the final response begins that starts at `start`: interim ones (100, 103) are passed over. */
export function afterInterim(stream: CapturedStream, start: number, end: number): number {
  let at = start;
  for (;;) {
    const found = capturedHead(stream, at, end);
    if (found === null || !isInterim(found.head) || found.bodyAt === null) return at;
    at = found.bodyAt;
    if (at >= end) return at;
  }
}

/** @param method of the request, for a response. */
export function isWhole(
  stream: CapturedStream,
  start: number,
  end: number,
  method: string,
  closedInOrder: boolean,
): { readonly whole: Whole; readonly head: Head | null } {
  const found = capturedHead(stream, start, end);
  if (found === null) return { whole: 'unknown', head: null };
  const { head, bodyAt, readUntil } = found;
  const body = bodyAfter(head, method);
  return {
    whole: bodyAt === null ? wholeFromCutHead(head, body, readUntil, end) : wholeBody(stream, body, bodyAt, end, closedInOrder),
    head,
  };
}

function wholeBody(stream: CapturedStream, body: Body, bodyAt: number, end: number, closedInOrder: boolean): Whole {
  switch (body.kind) {
    case 'none':
      return 'yes';
    case 'length':
      return end - bodyAt >= body.bytes ? 'yes' : 'no';
    case 'chunked':
      return chunksWhole(stream, bodyAt, end);
    case 'until-close':
      return closedInOrder ? 'yes' : 'unknown';
    case 'tunnel':
      return 'unknown';
  }
}

/** The rest of the head was sent but not kept, or was never sent: `readUntil` is as far as it goes. */
function wholeFromCutHead(head: Head, body: Body, readUntil: number, end: number): Whole {
  if (readUntil >= end) return 'no';
  if (body.kind === 'length') return end - readUntil >= body.bytes ? 'yes' : 'no';
  // A length may stand in what was cut off; methods that have no body by custom need none.
  if (head.kind === 'request' && body.kind === 'none' && /^(?:GET|HEAD|OPTIONS|DELETE)$/.test(head.method)) return 'yes';
  return 'unknown';
}

/** Goes from chunk to chunk by their sizes, as long as the lines with the sizes were kept. */
function chunksWhole(stream: CapturedStream, bodyAt: number, end: number): Whole {
  let at = bodyAt;
  while (at < end) {
    const line = /^([0-9a-fA-F]{1,13})\s*(?:;[^\n]*)?\r?\n/.exec(stream.read(at, 64).toString('latin1'));
    if (!line) return lastPieceEndsBody(stream, end);
    const size = Number.parseInt(line[1] ?? '0', 16);
    at += line[0].length;
    if (size === 0) {
      const rest = stream.read(at, 4096).toString('latin1');
      return /^(?:[^\r\n]+\r?\n)*\r?\n/.test(rest) ? 'yes' : at + rest.length < end ? 'unknown' : 'no';
    }
    at += size + 2;
  }
  return 'no';
}

function lastPieceEndsBody(stream: CapturedStream, end: number): Whole {
  const last = stream.pieces.findLast((piece) => piece.end === end);
  if (last === undefined || last.payload.length < last.end - last.start) return 'unknown';
  return /(?:^|\n)0[^\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n$/.test(last.payload.toString('latin1'))
    ? 'yes'
    : last.payload.length < 5
      ? 'unknown'
      : 'no';
}
