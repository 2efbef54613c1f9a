/** The bytes of one access log: plain (the part that the window needs), packed, or standard input; the file that was listed, also if it was rotated since. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Host, OpenFile } from '../../host/host.ts';
import { openSource } from '../error-log/sources.ts';
import type { LogSource } from '../error-log/sources.ts';
import { WholeLines } from './lines.ts';
import type { LogFormat } from './steps.ts';
import { bisectFrom, findAccessSpan } from './window.ts';

export interface AccessBytes {
  /** A chunk may be written over once the next but one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The piece of a file that the chunks are of, for who reads it otherwise, and closes it; null: they come from elsewhere. */
  readonly piece: FilePiece | null;
  /** A part before or after the window was not read. */
  readonly partial: boolean;
  /** What a reader of the result must know, as sentences. */
  readonly notes: readonly string[];
}

export interface FilePiece {
  readonly file: OpenFile;
  readonly from: number;
  readonly to: number;
}

export interface AccessWindow {
  readonly since: number | null;
  readonly until: number | null;
  readonly format: LogFormat | null;
  readonly zoneOf: (wallClock: number) => number;
  readonly signal?: AbortSignal;
}

const chunkBytes = 256 * 1024;

/** @throws {FileError} */
export async function openAccessLog(host: Host, source: LogSource, window: AccessWindow): Promise<AccessBytes> {
  const signal = window.signal === undefined ? {} : { signal: window.signal };
  if (source.stream !== null) return { chunks: source.stream, piece: null, partial: false, notes: [] };
  if (source.kind === 'gzip') {
    const packed = Readable.from(host.readStream(source.path, signal));
    const unpacked = createGunzip();
    packed.once('error', (error) => unpacked.destroy(error));
    return { chunks: packed.pipe(unpacked), piece: null, partial: false, notes: [] };
  }
  if (host.openFile === undefined) return { chunks: host.readStream(source.path, signal), piece: null, partial: false, notes: [] };
  const { file, note } = await openSource(host, source);
  const notes = note === null ? [] : [note];
  const big = file.info.size >= bisectFrom && (window.since !== null || window.until !== null);
  const span = big ? await findAccessSpan(file, window, window.format, window.zoneOf) : null;
  const { from, to } = span ?? { from: 0, to: file.info.size };
  const piece = { file, from, to: await endOfLine(file, to) };
  return { chunks: chunksOf(piece, window.signal), piece, partial: from > 0 || piece.to < file.info.size, notes };
}

/** A line that is begun is read to its end. */
async function endOfLine(file: OpenFile, position: number): Promise<number> {
  const { size } = file.info;
  if (position >= size) return size;
  const bytes = Buffer.allocUnsafe(edgeBytes);
  for (let at = Math.max(0, position - 1); at < size;) {
    const length = await file.read(bytes, 0, bytes.length, at);
    if (length === 0) break;
    const feed = bytes.subarray(0, length).indexOf(0x0a);
    if (feed >= 0) return Math.min(size, at + feed + 1);
    at += length;
  }
  return size;
}

/** Chunk by chunk; closes the file. */
export async function* chunksOf({ file, from, to }: FilePiece, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
  try {
    const whole = new WholeLines(from);
    // One that is worked on and one that is being read (lines.ts asks for the next ahead of time).
    const buffers = Array.from({ length: 3 }, () => Buffer.allocUnsafe(Math.min(chunkBytes, to - from)));
    let turn = 0;
    for (let position = from; position < to;) {
      signal?.throwIfAborted();
      const bytes = buffers[turn++ % buffers.length] as Buffer;
      const length = await file.read(bytes, 0, Math.min(chunkBytes, to - position), position);
      if (length === 0) return;
      position += length;
      const chunk = whole.of(bytes.subarray(0, length));
      if (chunk.length > 0) yield chunk;
    }
  } finally {
    await file.close();
  }
}

/** First and last bytes of a log, to see its format and zone without reading it; empty where that can't be had (standard input). */
export async function edgesOf(host: Host, source: LogSource): Promise<{ readonly head: Buffer; readonly tail: Buffer }> {
  const nothing = Buffer.alloc(0);
  if (source.stream !== null) return { head: nothing, tail: nothing };
  if (source.kind === 'gzip') {
    const bytes = await openAccessLog(host, source, { since: null, until: null, format: null, zoneOf: () => 0 });
    for await (const chunk of bytes.chunks) return { head: Buffer.from(chunk), tail: nothing };
    return { head: nothing, tail: nothing };
  }
  const head = await host.readFile(source.path, edgeBytes);
  const size = source.size ?? 0;
  if (size <= edgeBytes) return { head, tail: head };
  const pieces: Buffer[] = [];
  for await (const piece of host.readStream(source.path, { from: size - edgeBytes })) pieces.push(piece);
  const tail = Buffer.concat(pieces).subarray(-edgeBytes);
  return { head, tail: tail.subarray(tail.indexOf(0x0a) + 1) };
}

const edgeBytes = 64 * 1024;
