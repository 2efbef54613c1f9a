/** Chunks of bytes → lines, in place: a visitor gets a buffer and two offsets. Memory is one chunk and one line. */

/** A line longer than this is no line of an access log (a request line and its headers stay below 130 kB, escaped); it is passed over. */
export const longestLine = 1024 * 1024;

/** @returns false to stop reading */
export type LineVisitor = (bytes: Uint8Array, from: number, to: number) => boolean | void;

export interface LinesRead {
  readonly bytes: number;
  readonly lines: number;
  /** Lines that were too long to be looked at. */
  readonly tooLong: number;
  /** The visitor stopped before the end. */
  readonly stopped: boolean;
}

/** Visits every line; the last one counts too where the file does not end in a line feed. Rejects where the chunks do, or on abort. */
export async function eachLine(
  chunks: AsyncIterable<Uint8Array>,
  visit: LineVisitor,
  options: { readonly signal?: AbortSignal; readonly progress?: (bytes: number) => void } = {},
): Promise<LinesRead> {
  let rest: Uint8Array = new Uint8Array();
  let bytes = 0;
  let lines = 0;
  let tooLong = 0;
  let skipping = false;
  const done = (stopped: boolean): LinesRead => ({ bytes, lines, tooLong, stopped });
  for await (const piece of ahead(chunks)) {
    options.signal?.throwIfAborted();
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    bytes += chunk.length;
    let from = 0;
    if (rest.length > 0 || skipping) {
      // Only the line that spans two chunks is copied.
      const end = chunk.indexOf(0x0a);
      if (end < 0) {
        if (!skipping) rest = Buffer.concat([rest, chunk]);
        if (rest.length > longestLine) {
          skipping = true;
          rest = new Uint8Array();
        }
        continue;
      }
      lines += 1;
      if (skipping || rest.length + end > longestLine) tooLong += 1;
      else {
        const line = Buffer.concat([rest, chunk.subarray(0, end)]);
        if (visit(line, 0, line.length) === false) return done(true);
      }
      skipping = false;
      rest = new Uint8Array();
      from = end + 1;
    }
    for (let end = chunk.indexOf(0x0a, from); end >= 0; end = chunk.indexOf(0x0a, from)) {
      lines += 1;
      if (visit(chunk, from, end) === false) return done(true);
      from = end + 1;
    }
    if (from < chunk.length) rest = Buffer.from(chunk.subarray(from));
    options.progress?.(bytes);
  }
  if (skipping || rest.length > 0) lines += 1;
  if (skipping) tooLong += 1;
  else if (rest.length > 0) visit(rest, 0, rest.length);
  return done(false);
}

/** Asks for the next chunk while the one before is worked on: the disk and the parser go side by side. */
async function* ahead(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
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
