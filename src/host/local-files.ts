/** Files of this machine, with the errors that every side has. */
import type { Stats } from 'node:fs';
import fs from 'node:fs/promises';
import type { FileErrorCode, FileInfo, Host } from './host.ts';
import { FileError } from './host.ts';
import { visible } from '../visible.ts';

const defaultMaxBytes = 16 * 1024 * 1024;
const chunkBytes = 256 * 1024;
const ownDescriptor = /^\/(dev\/(fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/;

const codes: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'ELOOP', 'EIO']);

/** The error that everyone sees, from an errno symbol. EPERM (immutable files, hardened /proc) is a matter of rights as EACCES is. */
export function fileError(symbol: string | null, path: string, detail: string): FileError {
  const code = symbol === 'EPERM' ? 'EACCES' : symbol !== null && codes.has(symbol) ? (symbol as FileErrorCode) : 'OTHER';
  return new FileError(code, path, `${visible(path)}: ${words(code, detail)}`);
}

function words(code: FileErrorCode, detail: string): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
      return 'no right to read it';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOTDIR':
      return 'a part of the path is no folder';
    case 'ELOOP':
      return 'its symbolic links lead in a circle';
    case 'EIO':
      return 'the disk or file system reports an input/output error';
    case 'OTHER':
      return visible(detail.trim());
  }
}

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFileError(error, path);
  }
}

function asFileError(error: unknown, path: string): unknown {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code !== 'ABORT_ERR') {
    return fileError(error.code, path, error.message);
  }
  return error;
}

export const localFiles: Pick<Host, 'stat' | 'list' | 'readLink' | 'readFile' | 'readStream' | 'readMatching'> = {
  stat: (path) => guarded(path, async () => fileInfo(path, await fs.stat(path))),
  list: (path) => guarded(path, async () => (await fs.readdir(path)).sort()),
  readLink: (path) =>
    guarded(path, async () => {
      const stats = await fs.lstat(path);
      return stats.isSymbolicLink() ? await fs.readlink(path) : null;
    }),
  readFile: (path, maxBytes = defaultMaxBytes) =>
    guarded(path, async () => {
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of read(path, 0, maxBytes, undefined)) {
        chunks.push(chunk);
        length += chunk.length;
      }
      return Buffer.concat(chunks, length);
    }),
  readStream: async function* (path, options = {}) {
    try {
      yield* read(path, options.from ?? 0, null, options.signal);
    } catch (error) {
      throw asFileError(error, path);
    }
  },
  // Nothing reads a local file faster than reading it.
  readMatching: null,
};

/**
 * From `from` up to `maxBytes`, or to the end that a regular file has when it is opened (a log that grows while it is read must not
 * keep its reader for ever). Files of /proc say a size of zero and are read until they end.
 */
async function* read(path: string, from: number, maxBytes: number | null, signal: AbortSignal | undefined): AsyncIterable<Buffer> {
  // Opening a named pipe waits for its writer and takes what was meant for another reader; our own descriptors are meant for us.
  if (!ownDescriptor.test(path) && (await fs.stat(path)).isFIFO())
    throw fileError(null, path, 'it is a pipe; what it carries is meant for its reader');
  const handle = await fs.open(path, 'r');
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw fileError('EISDIR', path, '');
    let left = maxBytes ?? (stats.isFile() && stats.size > 0 ? Math.max(0, stats.size - from) : Number.POSITIVE_INFINITY);
    // Pipes have no positions, and files of /proc are best read from front to back.
    let position = from > 0 ? from : null;
    while (left > 0) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, left));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      if (position !== null) position += bytesRead;
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

export function fileInfo(path: string, stats: Stats): FileInfo {
  return {
    path,
    kind: fileKind(stats.mode),
    size: stats.size,
    modifiedAt: stats.mtimeMs,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    inode: stats.ino,
  };
}

/** The kind of a file, from the type bits of `st_mode` (inode(7)). */
export function fileKind(mode: number): FileInfo['kind'] {
  switch (mode & 0o170000) {
    case 0o100000:
      return 'file';
    case 0o040000:
      return 'directory';
    case 0o010000:
      return 'fifo';
    case 0o020000:
    case 0o060000:
      return 'device';
    case 0o140000:
      return 'socket';
    default:
      return 'other';
  }
}
