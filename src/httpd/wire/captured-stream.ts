/** The bytes of one flow as far as a capture kept them: packets are cut at the snap length, so there are holes. Pure. */
import type { Flow, Piece } from './connections.ts';

export interface CapturedStream {
  /** Pieces with new payload, in the order of the stream. */
  readonly pieces: readonly Piece[];
  /** The bytes from there on, up to the first hole; at most `most`. */
  readonly read: (at: number, most: number) => Buffer;
}

export function capturedStream(flow: Flow): CapturedStream {
  const pieces = flow.pieces
    .filter((piece) => piece.end > piece.start && !piece.probe)
    .sort((a, b) => a.start - b.start || b.payload.length - a.payload.length);
  return {
    pieces,
    read: (at, most) => {
      const parts: Buffer[] = [];
      let position = at;
      for (let index = firstWith(pieces, at); index < pieces.length && position < at + most; index += 1) {
        const piece = pieces[index];
        if (piece === undefined || piece.start > position) break;
        const kept = piece.payload.subarray(position - piece.start, position - piece.start + (at + most - position));
        if (kept.length === 0) continue;
        parts.push(kept);
        position += kept.length;
      }
      return parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
    },
  };
}

/** Index of the first piece that may hold `at`: pieces overlap only by retransmission, so a few steps back are enough. */
function firstWith(pieces: readonly Piece[], at: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  let index = low - 1;
  while (index > 0 && (pieces[index - 1]?.end ?? 0) > at) index -= 1;
  return Math.max(0, index);
}
