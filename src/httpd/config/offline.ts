/**
 * A configuration that came from another machine: nothing of this one may be taken for the proxy's. Absolute paths in it are looked
 * for where the copy lies, and nowhere else.
 */
import type { Host } from '../../host/host.ts';
import { FileError } from '../../host/host.ts';
import type { ConfigFiles } from './files.ts';
import { filesOfHost } from './files.ts';
import { logicalLines } from './lines.ts';
import { absolutePath, folderOf, nameOf } from './paths.ts';
import { placeBelow } from './places.ts';
import { words } from './words.ts';

export interface OfflineConfig {
  readonly files: ConfigFiles;
  /** As the other machine had it, where that can be told; else as the copy is called. */
  readonly configFile: string;
  readonly serverRoot: string;
  /** A path of the other machine as a path of the copy; null: outside of what was copied. */
  readonly copyOf: (path: string) => string | null;
}

/**
 * A copy that keeps the tree (`case/etc/apache2/apache2.conf`) tells its root folder by its path. Otherwise the folder of the file
 * (or the one above `conf/`) stands for the ServerRoot that the file names. @throws {FileError}
 */
export async function offlineConfig(host: Host, path: string): Promise<OfflineConfig> {
  const kept = placeBelow(path);
  if (kept !== null && kept.under !== '') {
    const { under, place } = kept;
    return { files: filesOfHost(host, under), configFile: place.configFile, serverRoot: place.root, copyOf: (inner) => under + inner };
  }
  const text = (await host.readFile(path)).toString('utf8');
  const said = logicalLines(text).findLast((line) => /^ServerRoot\s/i.test(line.text))?.text;
  const folder = folderOf(path);
  const base = nameOf(folder) === 'conf' ? folderOf(folder) : folder;
  const serverRoot = said === undefined ? base : absolutePath(words(said)[1] ?? base, base);
  const copyOf = (inner: string): string | null => {
    if (inner === base || inner.startsWith(`${base}/`)) return inner;
    return inner === serverRoot || inner.startsWith(`${serverRoot}/`) ? base + inner.slice(serverRoot.length) : null;
  };
  return { files: within(filesOfHost(host), copyOf), configFile: path, serverRoot, copyOf };
}

function within(files: ConfigFiles, copyOf: (path: string) => string | null): ConfigFiles {
  const copy = (path: string): string => {
    const found = copyOf(path);
    if (found === null) throw new FileError('ENOENT', path, `${path}: not among the files that were given (offline)`);
    return found;
  };
  return {
    ahead: (paths) => files.ahead(paths.flatMap((path) => copyOf(path) ?? [])),
    kind: async (path) => files.kind(copy(path)),
    list: async (path) => files.list(copy(path)),
    read: async (path) => files.read(copy(path)),
    modifiedAt: async (path) => {
      const found = copyOf(path);
      return found === null ? null : files.modifiedAt(found);
    },
  };
}
