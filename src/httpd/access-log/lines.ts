/** Chunks of bytes → lines, in place: a visitor gets a buffer and two offsets. Memory is one chunk and one line. */

/** A line longer than this is no line of an access log (a request line and its headers stay below 130 kB, escaped); it is passed over. */
export const longestLine = 1024 * 1024;

const lineFeed = 0x0a;

/** @returns false to stop reading */
export type LineVisitor = (bytes: Uint8Array, from: number, to: number) => boolean | void;

export class Lines {
  bytes = 0;
  lines = 0;
  /** Lines that were too long to be looked at. */
  tooLong = 0;
  /** The visitor stopped before the end. */
  stopped = false;
  readonly #visit: LineVisitor;
  /** The beginning of a line that goes on in the next chunk. */
  #rest: Uint8Array = new Uint8Array();
  #skipping = false;

  constructor(visit: LineVisitor) {
    this.#visit = visit;
  }

  /** Visits every line that ends in this chunk. @returns false where the visitor stops */
  push(piece: Uint8Array): boolean {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    this.bytes += chunk.length;
    let from = 0;
    if (this.#rest.length > 0 || this.#skipping) {
      // Only the line that spans two chunks is copied.
      const end = chunk.indexOf(lineFeed);
      if (end < 0) {
        if (!this.#skipping) this.#rest = Buffer.concat([this.#rest, chunk]);
        if (this.#rest.length > longestLine) {
          this.#skipping = true;
          this.#rest = new Uint8Array();
        }
        return true;
      }
      this.lines += 1;
      const begun = this.#rest;
      this.#rest = new Uint8Array();
      if (this.#skipping || begun.length + end > longestLine) this.tooLong += 1;
      else {
        const line = Buffer.concat([begun, chunk.subarray(0, end)]);
        if (this.#visit(line, 0, line.length) === false) return this.#stop();
      }
      this.#skipping = false;
      from = end + 1;
    }
    for (let end = chunk.indexOf(lineFeed, from); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      this.lines += 1;
      if (this.#visit(chunk, from, end) === false) return this.#stop();
      from = end + 1;
    }
    if (from < chunk.length) this.#rest = Buffer.from(chunk.subarray(from));
    return true;
  }

  /** The last line counts too where it has no line feed. */
  end(): void {
    if (this.#skipping || this.#rest.length > 0) this.lines += 1;
    if (this.#skipping) this.tooLong += 1;
    else if (this.#rest.length > 0) this.#visit(this.#rest, 0, this.#rest.length);
  }

  #stop(): false {
    this.stopped = true;
    return false;
  }
}

/** Of a piece of a file that is read chunk by chunk: it may begin in the middle of a line, which is left out. */
export class WholeLines {
  #skip: boolean;

  constructor(from: number) {
    this.#skip = from > 0;
  }

  of(chunk: Buffer): Buffer {
    if (!this.#skip) return chunk;
    const feed = chunk.indexOf(lineFeed);
    this.#skip = feed < 0;
    return chunk.subarray(feed < 0 ? chunk.length : feed + 1);
  }
}

/** Asks for the next chunk while the one before is worked on: the disk and the parser go side by side. */
export async function* ahead(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let ended = false;
  try {
    let next = iterator.next();
    for (;;) {
      const { done, value } = await next;
      if (done === true) {
        ended = true;
        return;
      }
      next = iterator.next();
      // Its failure is thrown when it is its turn.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    if (!ended) await iterator.return?.();
  }
}
