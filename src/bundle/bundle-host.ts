/**
 * A host that is an archive: its files are those that were gathered, its clock stands at that moment, commands are answered from what was
 * recorded. Everything else could not be checked, and is said so.
 */
import { CouldNot } from '../checks/check.ts';
import { type CommandResult, FileError, type FileInfo, type Host } from '../host/host.ts';
import type { Bundle, BundleFile } from './read-bundle.ts';

const remedy = 'run proxy-doctor on the proxy, or from a machine that reaches it with --via proxy="…"';

function fromBundle(what: string): CouldNot {
  return new CouldNot('skipped', `From a bundle: ${what}.`, remedy);
}

export function bundleHost(bundle: Bundle): Host {
  const { files, links } = bundle;
  const folders = foldersOf([...files.keys(), ...links.keys()]);
  const inodes = new Map([...folders.keys(), ...files.keys()].map((path, index) => [path, index + 1]));
  const find = (path: string): BundleFile => {
    const file = files.get(clean(path));
    if (file !== undefined) return file;
    if (folders.has(clean(path))) throw new FileError('EISDIR', path, `${path}: it is a folder`);
    throw new FileError('ENOENT', path, `${path}: not in the bundle`);
  };
  const infoOf = (path: string): FileInfo => {
    const inode = inodes.get(clean(path)) ?? 0;
    if (folders.has(clean(path)))
      return { path, kind: 'directory', size: 0, modifiedAt: bundle.takenAt, mode: 0o755, uid: 0, gid: 0, inode };
    const { content, modifiedAt, mode, uid, gid } = find(path);
    return { path, kind: 'file', size: content.length, modifiedAt, mode, uid, gid, inode };
  };
  return {
    side: 'proxy',
    name: `${bundle.host} (bundle of ${new Date(bundle.takenAt).toISOString()})`,
    vantage: [],
    reach: () => Promise.resolve({ ok: true }),
    now: () => bundle.takenAt,
    zoneOffset: bundle.zoneOffset,
    run: (argv) => Promise.resolve(answer(bundle, argv)),
    has: (command) => Promise.resolve(bundle.commands.some((one) => one.argv[0] === command)),
    stat: async (path) => infoOf(path),
    list: async (path) => {
      const names = folders.get(clean(path));
      if (names !== undefined) return [...names].sort();
      throw files.has(clean(path))
        ? new FileError('ENOTDIR', path, `${path}: it is no folder`)
        : new FileError('ENOENT', path, `${path}: not in the bundle`);
    },
    readLink: async (path) => {
      const target = links.get(clean(path));
      if (target !== undefined) return target;
      infoOf(path);
      return null;
    },
    readFile: async (path, maxBytes) => find(path).content.subarray(0, maxBytes),
    readStream: async function* (path, options = {}) {
      const { content } = find(path);
      for (let at = options.from ?? 0; at < content.length; at += 65_536) {
        options.signal?.throwIfAborted();
        yield content.subarray(at, at + 65_536);
      }
    },
    readMatching: null,
    openFile: async (path) => {
      const { content } = find(path);
      const info = infoOf(path);
      return {
        info,
        read: async (into, at, length, position) => content.copy(into, at, position, Math.min(content.length, position + length)),
        stat: async () => info,
        close: async () => undefined,
      };
    },
    resolve: () => Promise.reject(fromBundle('names can not be looked up as the proxy would')),
    connect: () => Promise.reject(fromBundle('nothing can be connected to from there')),
    connectMany: () => Promise.reject(fromBundle('nothing can be connected to from there')),
    openSocket: () => Promise.reject(fromBundle('nothing can be connected to from there')),
    start: () => {
      throw fromBundle('no command can be started there');
    },
  };
}

/** Recorded with the same words; what httpd is (-V, -l) does not hang on the options that stand before. */
function answer(bundle: Bundle, argv: readonly string[]): CommandResult {
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every((word, index) => word === b[index]);
  const asks = [['-V', '-f', '/dev/null'], ['-l']].find((tail) => same(argv.slice(-tail.length), tail));
  const bare = asks === undefined ? argv : [argv[0] ?? '', ...asks];
  const recorded = bundle.commands.find((one) => same(one.argv, argv)) ?? bundle.commands.find((one) => same(one.argv, bare));
  const base = { argv, durationMs: 0 };
  if (recorded === undefined)
    return { ...base, exitCode: null, stdout: '', stderr: 'from a bundle: this was not recorded', output: '', ended: 'not-found' };
  const { exitCode, stdout, stderr } = recorded;
  return { ...base, exitCode, stdout, stderr, output: (stdout + stderr).slice(0, 2000), ended: 'exit' };
}

function clean(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Folders and the names in them. */
function foldersOf(paths: readonly string[]): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>([['/', new Set()]]);
  for (const path of paths) {
    const parts = clean(path).split('/').slice(1);
    for (let depth = 0; depth < parts.length; depth += 1) {
      const folder = `/${parts.slice(0, depth).join('/')}`;
      const names = folders.get(folder) ?? new Set();
      names.add(parts[depth] ?? '');
      folders.set(folder, names);
    }
  }
  return folders;
}
