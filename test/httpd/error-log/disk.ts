/** A disk in memory whose files can be renamed, cut off and added to while they are read: what log rotation does to a reader. */
import { FileError, type FileInfo, type Host, type OpenFile } from '../../../src/host/host.ts';
import { memoryHost } from '../../fakes/memory-host.ts';

interface Inode {
  readonly number: number;
  bytes: Buffer;
  modifiedAt: number;
}

export interface Disk {
  readonly host: Host;
  readonly write: (path: string, bytes: Buffer | string, modifiedAt?: number) => void;
  readonly append: (path: string, bytes: Buffer | string) => void;
  readonly rename: (from: string, to: string) => void;
  /** `copytruncate` of logrotate: a copy under the new name, the old file emptied in place. */
  readonly copyTruncate: (from: string, to: string) => void;
  readonly truncate: (path: string, length: number) => void;
  /** Called before each read of an open file, with the number of reads so far. */
  readonly beforeRead: (hook: (reads: number) => void) => void;
  /** Bytes given out by `openFile`. */
  readonly readBytes: () => number;
}

export interface DiskOptions {
  /** The most that one read gives. */
  readonly atMost?: (reads: number) => number;
  /** Pieces that `readStream` gives. */
  readonly chunk?: (reads: number) => number;
  /** Without `openFile`: only streams. */
  readonly streamsOnly?: boolean;
  readonly now?: number;
}

export function makeDisk(options: DiskOptions = {}): Disk {
  const names = new Map<string, Inode>();
  let lastInode = 100;
  let reads = 0;
  let given = 0;
  let hook: (reads: number) => void = () => {};
  const find = (path: string): Inode => {
    const inode = names.get(path);
    if (inode === undefined) throw new FileError('ENOENT', path, `${path}: there is no such file or folder`);
    return inode;
  };
  const infoOf = (path: string, inode: Inode): FileInfo => ({
    path,
    kind: 'file',
    size: inode.bytes.length,
    modifiedAt: inode.modifiedAt,
    mode: 0o640,
    uid: 0,
    gid: 4,
    inode: inode.number,
  });
  const host: Host = {
    ...memoryHost({ now: options.now ?? Date.UTC(2026, 10, 22) }),
    stat: (path) => Promise.resolve().then(() => infoOf(path, find(path))),
    list: (folder) =>
      Promise.resolve(
        [...names.keys()]
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1))
          .sort(),
      ),
    readFile: (path, maxBytes = 1 << 24) => Promise.resolve().then(() => Buffer.from(find(path).bytes.subarray(0, maxBytes))),
    readStream: async function* (path, { from = 0 } = {}) {
      const { bytes } = find(path);
      for (let at = from, count = 0; at < bytes.length; count += 1) {
        const length = Math.max(1, options.chunk?.(count) ?? 65_536);
        yield Buffer.from(bytes.subarray(at, at + length));
        at += length;
      }
    },
    ...(options.streamsOnly === true
      ? {}
      : {
          openFile: (path: string) =>
            Promise.resolve().then((): OpenFile => {
              const inode = find(path);
              return {
                info: infoOf(path, inode),
                read: (into, at, length, position) => {
                  hook(reads);
                  const most = Math.max(1, options.atMost?.(reads) ?? length);
                  reads += 1;
                  const piece = inode.bytes.subarray(position, position + Math.min(length, most));
                  into.set(piece, at);
                  given += piece.length;
                  return Promise.resolve(piece.length);
                },
                stat: () => Promise.resolve(infoOf(path, inode)),
                close: () => Promise.resolve(),
              };
            }),
        }),
  };
  const write: Disk['write'] = (path, bytes, modifiedAt = Date.UTC(2026, 10, 21)) => {
    lastInode += 1;
    names.set(path, { number: lastInode, bytes: Buffer.from(bytes), modifiedAt });
  };
  return {
    host,
    write,
    append: (path, bytes) => {
      const inode = find(path);
      inode.bytes = Buffer.concat([inode.bytes, Buffer.from(bytes)]);
    },
    rename: (from, to) => {
      names.set(to, find(from));
      names.delete(from);
    },
    copyTruncate: (from, to) => {
      const inode = find(from);
      write(to, inode.bytes, inode.modifiedAt);
      inode.bytes = Buffer.alloc(0);
    },
    truncate: (path, length) => {
      const inode = find(path);
      inode.bytes = inode.bytes.subarray(0, length);
    },
    beforeRead: (next) => {
      hook = next;
    },
    readBytes: () => given,
  };
}
