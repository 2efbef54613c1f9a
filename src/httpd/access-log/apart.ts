/**
 * Reads a big access log in two threads: one reads and cuts its lines, this one counts them, in order. Why, and when it pays, is in
 * docs/decisions/0007-access-log-thread.md.
 */
import { FileError } from '../../host/host.ts';
import { batchesAtOnce, readThroughRing } from '../ring.ts';
import { Batch, chunkBytes, ringBytes, type CutEnd, type CutJob, type Cuttings } from './batches.ts';
import { compileLogFormat, parserOf } from './compile.ts';
import type { Cutter } from './cutter.ts';
import type { Scanned, ScanOptions } from './scan.ts';
import type { FilePiece } from './source.ts';

/** Less is cut before a thread has begun. */
export const apartFrom = 32 * 1024 * 1024;

/**
 * Null: no thread can be had, and nothing was read. Rejects on abort, and with what `visit` throws.
 * @param descriptor of the piece's file
 * @param atOnce the most bytes of one read
 * @throws {FileError}
 */
export async function readApart(
  piece: FilePiece,
  descriptor: number,
  options: ScanOptions,
  visit: (cut: Cutter) => void,
  atOnce = chunkBytes,
): Promise<Scanned | null> {
  const { file, from, to } = piece;
  const memory = new SharedArrayBuffer(ringBytes);
  const batches = Array.from({ length: batchesAtOnce }, (_, index) => new Batch(memory, index));
  const cutters: Cutter[] = [];
  const job: CutJob = { descriptor, from, to, format: options.format?.source ?? null, atOnce };
  const end = await readThroughRing<Cuttings, CutEnd>({
    program: 'cut-thread',
    beside: import.meta.url,
    job,
    memory,
    signal: options.signal,
    onBatch: (turn, { bytes, formats }) => {
      for (const format of formats.slice(cutters.length)) cutters.push(parserOf(compileLogFormat(format), options.zoneOf));
      batches[turn]?.each(cutters, visit);
      options.progress?.(bytes);
    },
  });
  if (end === null) return null;
  if ('failedAt' in end) {
    await file.read(Buffer.alloc(1), 0, 1, end.failedAt);
    throw new FileError('EIO', file.info.path, `${file.info.path}: it could not be read to its end`);
  }
  return { ...end.scanned, formats: end.scanned.formats.map((format) => compileLogFormat(format)) };
}
