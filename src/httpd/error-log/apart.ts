/**
 * Reads a big file in a thread of its own: there its bytes are read and searched, here the candidates are parsed, in order. What is done
 * where, and when it pays, is in docs/decisions/0006-byte-search.md.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Batch, batchesAtOnce, consumed, ringBytes, type ApartJob, type Ended, type HandedOver } from './batches.ts';
import type { OnLine } from './lines.ts';
import type { Needles } from './needles.ts';

/** Less is read before a thread has begun. */
export const apartFrom = 48 * 1024 * 1024;

/** In the bundle it lies beside the chunks; in one executable there is no such file. */
function programOf(): string | null {
  const beside = ['./scan-thread.js', './scan-thread.ts'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  return beside.find((path) => existsSync(path)) ?? null;
}

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
export async function readApart(options: ApartOptions): Promise<Ended | null> {
  const { descriptor, from, to, needles, signal, onLine, onPosition } = options;
  const program = programOf();
  if (program === null) return null;
  const control = new SharedArrayBuffer(4);
  const memory = new SharedArrayBuffer(ringBytes);
  const job: ApartJob = { descriptor, from, to, needles, memory, control };
  const counters = new Int32Array(control);
  const worker = new Worker(program, { workerData: job, execArgv: [], stdin: false });
  let done = 0;
  const batches = Array.from({ length: batchesAtOnce }, (_, index) => new Batch(memory, index));
  let onAbort: (() => void) | null = null;
  try {
    return await new Promise<Ended | null>((resolve, reject) => {
      onAbort = () => reject(signal?.reason);
      if (signal?.aborted === true) onAbort();
      signal?.addEventListener('abort', onAbort);
      worker.on('message', (message: HandedOver | Ended) => {
        if ('standing' in message) return resolve(message);
        try {
          batches[done % batchesAtOnce]?.each(onLine);
          onPosition(message.position);
        } catch (error) {
          return reject(error);
        }
        done += 1;
        Atomics.store(counters, consumed, done);
        Atomics.notify(counters, consumed);
      });
      // It could not start (memory, limits on threads): what it would have done is done here.
      worker.on('error', (error) => (done === 0 ? resolve(null) : reject(error)));
      worker.on('exit', () => (done === 0 ? resolve(null) : reject(new Error('the thread that reads the log ended before the log did'))));
    });
  } finally {
    if (onAbort !== null) signal?.removeEventListener('abort', onAbort);
    // The file may be closed only after it.
    await worker.terminate();
  }
}
