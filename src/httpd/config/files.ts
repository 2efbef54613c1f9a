/** Files of a configuration, read through a `Host`: many at once where each look costs a command (a vantage), and each only once. */
import type { FileInfo, Host } from '../../host/host.ts';
import { FileError } from '../../host/host.ts';
import { readMany, statMany } from './many.ts';

export interface ConfigText {
  readonly text: string;
  /** The file is longer than was read. */
  readonly cut: boolean;
}

/** What the reader of a configuration needs of the files; tests and archives bring others than a host's. */
export interface ConfigFiles {
  /** Makes ready what will be asked next. Never rejects. */
  readonly ahead: (paths: readonly string[]) => Promise<void>;
  /** @throws {FileError} */
  readonly kind: (path: string) => Promise<FileInfo['kind']>;
  /** @throws {FileError} */
  readonly list: (path: string) => Promise<readonly string[]>;
  /** @throws {FileError} */
  readonly read: (path: string) => Promise<ConfigText>;
  /** Milliseconds since the epoch, or null. */
  readonly modifiedAt: (path: string) => Promise<number | null>;
}

/** No hand-written configuration comes near; generated ones with thousands of virtual hosts do. */
export const largestFile = 8 * 1024 * 1024;

/**
 * @param under put before every path: `/proc/PID/root` for an httpd in a container, the folder of an unpacked archive; else empty.
 */
export function filesOfHost(host: Host, under = ''): ConfigFiles {
  const infos = new Map<string, FileInfo | FileError>();
  const texts = new Map<string, Buffer | FileError>();
  const info = async (path: string): Promise<FileInfo> => {
    if (!infos.has(path)) await look([path]);
    return valueOf(infos.get(path), path);
  };
  const look = async (paths: readonly string[]): Promise<void> => {
    const found = await statMany(
      host,
      paths.map((path) => under + path),
    );
    for (const path of paths) infos.set(path, found.get(under + path) ?? new FileError('OTHER', path, `${path}: nothing is known of it`));
  };
  return {
    ahead: async (paths) => {
      const wanted = paths.filter((path) => !texts.has(path));
      if (wanted.length < 2) return;
      await look(wanted.filter((path) => !infos.has(path)));
      const readable = wanted.filter((path) => {
        const known = infos.get(path);
        return known !== undefined && !(known instanceof FileError) && known.kind === 'file' && known.size <= largestFile;
      });
      const found = await readMany(
        host,
        readable.map((path) => under + path),
        largestFile,
      );
      for (const path of readable) {
        const content = found.get(under + path);
        if (content !== undefined) texts.set(path, content);
      }
    },
    kind: async (path) => (await info(path)).kind,
    list: (path) => host.list(under + path),
    read: async (path) => {
      const known = texts.get(path) ?? (await host.readFile(under + path, largestFile + 1));
      texts.set(path, known);
      const bytes = valueOf(known, path);
      return { text: bytes.subarray(0, largestFile).toString('utf8'), cut: bytes.length > largestFile };
    },
    modifiedAt: async (path) => {
      try {
        return (await info(path)).modifiedAt;
      } catch {
        return null;
      }
    },
  };
}

function valueOf<T>(value: T | FileError | undefined, path: string): T {
  if (value instanceof FileError) throw value;
  if (value === undefined) throw new FileError('OTHER', path, `${path}: nothing is known of it`);
  return value;
}
