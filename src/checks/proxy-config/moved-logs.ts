/**
 * A log that was renamed or deleted while the server had it open (rotated without a reload): the server goes on writing to the old file, and
 * the one of that name says nothing of it.
 */
import { basename, dirname } from 'node:path';
import type { Host } from '../../host/host.ts';
import { FileError } from '../../host/host.ts';

export interface OpenFile {
  readonly number: string;
  /** As the kernel names it: with ` (deleted)` behind it once its name is gone. */
  readonly target: string;
}

export interface Moved {
  /** Where its lines can be read. */
  readonly path: string;
  readonly text: string;
}

/** A server with many virtual hosts has that many logs; what else is open does not matter here. */
const mostLooked = 300;
const deleted = ' (deleted)';

/** @returns null where there is no right to look, or no such process */
export async function openFiles(host: Host, pid: number): Promise<readonly OpenFile[] | null> {
  try {
    const numbers = (await host.list(`/proc/${pid}/fd`)).slice(0, mostLooked);
    const targets = await Promise.all(numbers.map((number) => host.readLink(`/proc/${pid}/fd/${number}`).catch(goneMeanwhile)));
    return numbers.flatMap((number, index) => {
      const target = targets[index] ?? null;
      return target === null || !target.startsWith('/') ? [] : [{ number, target }];
    });
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}

function goneMeanwhile(error: unknown): null {
  if (error instanceof FileError) return null;
  throw error;
}

/**
 * @param path as the configuration names it
 * @returns null where the server has that very file open, or nothing that was it
 */
export function movedLog(open: readonly OpenFile[], pid: number, path: string, root: string): Moved | null {
  if (open.some(({ target }) => target === path)) return null;
  const gone = open.find(({ target }) => target === path + deleted);
  if (gone !== undefined) {
    const place = `/proc/${pid}/fd/${gone.number}`;
    return {
      path: place,
      text: `${path} was deleted while process ${pid} had it open, which goes on writing to the deleted file: read at ${place}; a reload makes it write to ${path} again`,
    };
  }
  const renamed = open.find(
    ({ target }) => dirname(target) === dirname(path) && /^[.-]/.test(rest(target, path)) && !target.endsWith(deleted),
  );
  if (renamed === undefined) return null;
  return {
    path: root + renamed.target,
    text: `${path} was renamed to ${renamed.target} while process ${pid} had it open, which goes on writing there; a reload makes it write to ${path} again`,
  };
}

/** What a rotation put behind the name: `.1`, `-20261122`. */
function rest(target: string, path: string): string {
  const [name, before] = [basename(target), basename(path)];
  return name.startsWith(before) ? name.slice(before.length) : '';
}
