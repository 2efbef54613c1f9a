/**
 * A ring of batches in shared memory between a thread that reads a file and fills them, and the program's own thread that empties them in
 * order. Which work is done where is up to the two sides; here is who may touch which batch, and how the thread starts and ends.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type MessagePort, Worker } from 'node:worker_threads';

export const batchesAtOnce = 4;

/** Index into the shared counters: batches that were emptied. */
const consumed = 0;

/** The thread hardly makes objects: room for more would only be filled with what is no longer needed. */
const resourceLimits = { maxYoungGenerationSizeMb: 2 };

/** What goes over to the thread beside its job. */
interface Shared {
  readonly memory: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}
export type Job<T> = T & Shared;

type Message<Handed, Ended> = { readonly handed: Handed } | { readonly ended: Ended };

/** The thread's side. */
export class RingWriter<Handed, Ended> {
  readonly #port: MessagePort | null;
  readonly #counters: Int32Array;
  #given = 0;

  constructor(port: MessagePort | null, control: SharedArrayBuffer) {
    this.#port = port;
    this.#counters = new Int32Array(control);
  }

  /** Number of the batch to be filled. */
  get turn(): number {
    return this.#given % batchesAtOnce;
  }

  /** Gives the batch away, and waits until the next in turn is free. */
  hand(handed: Handed): void {
    this.#say({ handed });
    this.#given += 1;
    for (let done = Atomics.load(this.#counters, consumed); this.#given - done >= batchesAtOnce; done = Atomics.load(this.#counters, consumed))
      Atomics.wait(this.#counters, consumed, done);
  }

  end(ended: Ended): void {
    this.#say({ ended });
  }

  #say(message: Message<Handed, Ended>): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#port?.postMessage(message);
  }
}

export interface RingOptions<Handed> {
  /** The thread's program, without its ending, beside the module that asks. */
  readonly program: string;
  readonly beside: string;
  readonly job: object;
  readonly memory: SharedArrayBuffer;
  readonly signal?: AbortSignal | undefined;
  readonly onBatch: (turn: number, handed: Handed) => void;
}

/** Null: no thread can be had, and nothing was done. Rejects on abort, and with what `onBatch` throws. */
export async function readThroughRing<Handed, Ended>(options: RingOptions<Handed>): Promise<Ended | null> {
  const { job, memory, signal, onBatch } = options;
  const program = programOf(options.program, options.beside);
  if (program === null) return null;
  const control = new SharedArrayBuffer(4);
  const counters = new Int32Array(control);
  const shared: Shared = { memory, control };
  const worker = new Worker(program, { workerData: { ...job, ...shared }, execArgv: [], stdin: false, resourceLimits });
  let done = 0;
  let onAbort: (() => void) | null = null;
  try {
    return await new Promise<Ended | null>((resolve, reject) => {
      onAbort = () => reject(signal?.reason);
      if (signal?.aborted === true) onAbort();
      signal?.addEventListener('abort', onAbort);
      worker.on('message', (message: Message<Handed, Ended>) => {
        if ('ended' in message) return resolve(message.ended);
        try {
          onBatch(done % batchesAtOnce, message.handed);
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

/** In the bundle it lies beside the chunks; in one executable there is no such file. */
function programOf(name: string, beside: string): string | null {
  const paths = ['.js', '.ts'].map((ending) => fileURLToPath(new URL(`./${name}${ending}`, beside)));
  return paths.find((path) => existsSync(path)) ?? null;
}
