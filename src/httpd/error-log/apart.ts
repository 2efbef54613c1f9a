/**
 * Reads a big file in a thread of its own: there its bytes are read and searched, here the candidates are parsed, in order. What is done
 * where, and when it pays, is in docs/decisions/0006-byte-search.md.
 */
import { batchesAtOnce, readThroughRing } from '../ring.ts';
import { Batch, ringBytes, type ApartJob, type Ended, type HandedOver } from './batches.ts';
import type { OnLine } from './lines.ts';
import type { Needles } from './needles.ts';

/** Less is read before a thread has begun. */
export const apartFrom = 48 * 1024 * 1024;

export interface ApartOptions {
  readonly descriptor: number;
  readonly from: number;
  readonly to: number;
  readonly needles: Needles;
  readonly signal?: AbortSignal | undefined;
  readonly onLine: OnLine;
  readonly onPosition: (position: number) => void;
}

/** Null: no thread can be had, and nothing was read. Rejects on abort, and with what `onLine` throws. */
export function readApart(options: ApartOptions): Promise<Ended | null> {
  const { descriptor, from, to, needles, signal, onLine, onPosition } = options;
  const memory = new SharedArrayBuffer(ringBytes);
  const batches = Array.from({ length: batchesAtOnce }, (_, index) => new Batch(memory, index));
  const job: ApartJob = { descriptor, from, to, needles };
  return readThroughRing<HandedOver, Ended>({
    program: 'scan-thread',
    beside: import.meta.url,
    job,
    memory,
    signal,
    onBatch: (turn, { position }) => {
      batches[turn]?.each(onLine);
      onPosition(position);
    },
  });
}
