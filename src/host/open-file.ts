/** A big file of this machine, held open: it stays the same file when a log is rotated, and any piece of it can be read. */
import { constants, readSync } from 'node:fs';
import fs from 'node:fs/promises';
import type { OpenFile } from './host.ts';
import { fileError, fileInfo } from './local-files.ts';

/** @throws {FileError} also for pipes and other things that have no positions */
export async function openLocalFile(path: string): Promise<OpenFile> {
  // A named pipe would wait for its writer: O_NONBLOCK opens it at once, and it is refused below.
  const handle = await fs.open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw error instanceof Error && 'code' in error && typeof error.code === 'string' ? fileError(error.code, path, error.message) : error;
  });
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw fileError(stats.isDirectory() ? 'EISDIR' : null, path, 'it is no regular file');
  }
  return {
    info: fileInfo(path, stats),
    read: async (into, at, length, position) => (await handle.read(into, at, length, position)).bytesRead,
    readNow: (into, at, length, position) => readSync(handle.fd, into, at, length, position),
    descriptor: handle.fd,
    stat: async () => fileInfo(path, await handle.stat()),
    close: () => handle.close(),
  };
}
