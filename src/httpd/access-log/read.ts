/** One access log, from its file to cut lines; they are cut in a thread of their own where one is to spare. */
import type { Host } from '../../host/host.ts';
import { threadsToUse } from '../../host/threads.ts';
import type { LogSource } from '../error-log/sources.ts';
import { apartFrom, readApart } from './apart.ts';
import type { Cutter } from './cutter.ts';
import { scanAccessLog } from './scan.ts';
import type { Scanned } from './scan.ts';
import { openAccessLog } from './source.ts';
import type { AccessWindow } from './source.ts';

export interface ReadOptions extends AccessWindow {
  readonly progress?: (bytes: number) => void;
  /** From so many bytes on lines are cut in a thread of their own. */
  readonly apartFrom?: number;
}

/**
 * @param visit is called for each line that was read, in order; the cutter is reused: copy what is kept
 * @throws {FileError} what the host reports for the file; the signal's reason when aborted
 */
export async function readAccessLog(
  host: Host,
  source: LogSource,
  options: ReadOptions,
  visit: (cut: Cutter) => void,
): Promise<Scanned & { readonly notes: readonly string[] }> {
  const { chunks, piece, notes } = await openAccessLog(host, source, options);
  const descriptor = piece?.file.descriptor;
  if (piece !== null && descriptor !== undefined && piece.to - piece.from >= (options.apartFrom ?? apartFrom) && threadsToUse() >= 2) {
    const scanned = await readApart(piece, descriptor, options, visit).catch(async (error: unknown) => {
      await piece.file.close();
      throw error;
    });
    if (scanned !== null) await piece.file.close();
    if (scanned !== null) return { ...scanned, notes };
  }
  return { ...(await scanAccessLog(chunks, options, (cut) => visit(cut))), notes };
}
