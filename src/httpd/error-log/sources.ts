/** Which files a log is made of: globs, rotated neighbours that the window needs, `.gz`, standard input; oldest first. */
import type { FileInfo, Host, OpenFile } from '../../host/host.ts';
import { FileError } from '../../host/host.ts';

export interface LogSource {
  readonly path: string;
  readonly kind: 'plain' | 'gzip' | 'stdin';
  /** Bytes on disk; null: not known. */
  readonly size: number | null;
  /** Milliseconds since the epoch; null for standard input. */
  readonly modifiedAt: number | null;
  readonly inode: number | null;
  /** Set for standard input, which can be read once. */
  readonly stream: AsyncIterable<Buffer> | null;
  /** Inodes of everything that was listed with it: a file of these is read under its own name. */
  readonly listed: ReadonlySet<number>;
}

export interface LogSources {
  /** Oldest first. */
  readonly sources: readonly LogSource[];
  /** What was asked for and can't be read, with the host's reason. */
  readonly missing: readonly { readonly path: string; readonly reason: string; readonly code: string }[];
}

export interface SourceOptions {
  /** Milliseconds since the epoch. With it, rotated neighbours that were written after it are read too; without it, none. */
  readonly since?: number | null;
  /** Files that go beyond it are read too: the reader passes over what comes after. */
  readonly until?: number | null;
  readonly stdin?: AsyncIterable<Buffer> | null;
}

const wildcard = /[*?[]/;
// logrotate's `.1`, `.2.gz`, `-20261122`, `-20261122.gz`, `-20261122-1795329665.gz`; rotatelogs' `.1795329665`.
const rotated = /^(?:\.\d{1,12}|[-.]\d{8}(?:[-T]?\d{2,10})?|\.old)(?:\.gz)?$/;

/** `patterns` are paths, globs, or `-`. Never throws for a file that can't be read: it is in `missing`. */
export async function openLogSources(host: Host, patterns: readonly string[], options: SourceOptions = {}): Promise<LogSources> {
  const sources = new Map<string, LogSource>();
  const missing: { path: string; reason: string; code: string }[] = [];
  const listed = new Set<number>();
  for (const pattern of patterns) {
    if (pattern === '-') {
      const { stdin } = options;
      if (stdin) sources.set('-', { path: '-', kind: 'stdin', size: null, modifiedAt: null, inode: null, stream: stdin, listed });
      else missing.push({ path: '-', reason: 'nothing comes from standard input', code: 'ENOENT' });
      continue;
    }
    try {
      const paths = wildcard.test(pattern) && !(await exists(host, pattern)) ? await expand(host, pattern) : [pattern];
      if (paths.length === 0) missing.push({ path: pattern, reason: `${pattern}: no file fits this pattern`, code: 'ENOENT' });
      for (const path of paths) {
        const info = await host.stat(path);
        if (info.kind === 'directory') throw new FileError('EISDIR', path, `${path}: it is a folder`);
        const packing = /\.(xz|bz2|zst|lz4|Z)$/.exec(path)?.[1];
        if (packing !== undefined)
          throw new FileError('OTHER', path, `${path}: it is packed as ${packing} and can't be read so; unpack it first`);
        sources.set(path, toSource(info, listed));
        if (options.since !== undefined && options.since !== null) {
          for (const neighbour of await neighbours(host, path)) {
            // A minute's grace: clocks of file systems are coarse.
            if (neighbour.modifiedAt >= options.since - 60_000) sources.set(neighbour.path, toSource(neighbour, listed));
          }
        }
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      missing.push({ path: error.path, reason: error.message, code: error.code });
    }
  }
  return { sources: [...sources.values()].sort(oldestFirst), missing };
}

async function exists(host: Host, path: string): Promise<boolean> {
  return host.stat(path).then(
    () => true,
    () => false,
  );
}

function toSource(info: FileInfo, listed: Set<number>): LogSource {
  listed.add(info.inode);
  return {
    path: info.path,
    kind: info.path.endsWith('.gz') ? 'gzip' : 'plain',
    size: info.size,
    modifiedAt: info.modifiedAt,
    inode: info.inode,
    stream: null,
    listed,
  };
}

function oldestFirst(left: LogSource, right: LogSource): number {
  return (
    (left.modifiedAt ?? Number.POSITIVE_INFINITY) - (right.modifiedAt ?? Number.POSITIVE_INFINITY) || left.path.localeCompare(right.path)
  );
}

/** Files beside it that carry its name and a mark of rotation. */
async function neighbours(host: Host, path: string): Promise<readonly FileInfo[]> {
  const { folder, name } = split(path);
  const names = (await host.list(folder)).filter((other) => other.startsWith(name) && rotated.test(other.slice(name.length)));
  const found: FileInfo[] = [];
  for (const other of names) {
    const info = await host.stat(`${folder === '/' ? '' : folder}/${other}`).catch(() => null);
    if (info !== null && info.kind === 'file') found.push(info);
  }
  return found;
}

/**
 * Opens what was listed, also if it was rotated since: the file with that inode, under whatever name it has now.
 * @throws {FileError}
 */
export async function openSource(
  host: Host,
  source: LogSource | string,
): Promise<{ readonly file: OpenFile; readonly note: string | null }> {
  if (host.openFile === undefined) throw new Error('this host can only stream');
  if (typeof source === 'string' || source.inode === null) {
    return { file: await host.openFile(typeof source === 'string' ? source : source.path), note: null };
  }
  const file = await host.openFile(source.path);
  if (file.info.inode === source.inode) {
    if (source.size === null || file.info.size >= source.size) return { file, note: null };
    // Emptied in place since it was listed (copytruncate): what was listed is in the copy.
    const copy = await findCopy(host, source.path, source.size, source.listed);
    if (copy === null) return { file, note: 'it was cut off before it was read' };
    await file.close();
    return { file: copy, note: `it was cut off before it was read: read as ${copy.info.path}` };
  }
  for (const info of await neighbours(host, basePath(source.path)).catch(() => [])) {
    if (info.inode !== source.inode) continue;
    const moved = await host.openFile(info.path);
    if (moved.info.inode !== source.inode) {
      await moved.close();
      continue;
    }
    await file.close();
    return { file: moved, note: `it was rotated before it was read: read as ${info.path}` };
  }
  return { file, note: 'another file took its place before it was read, and the first one is gone' };
}

/** `error.log.1` → `error.log`: rotation gives its old name to another file and its content another mark. */
function basePath(path: string): string {
  return path.replace(/(?:\.\d{1,12}|[-.]\d{8}(?:[-T]?\d{2,10})?|\.old)(?:\.gz)?$/, '');
}

/**
 * The file was cut off at less than was to be read (copytruncate). Its copy has the same beginning, and is as long at least.
 * Null: it was not cut off, it only ended.
 */
export async function continuation(
  host: Host,
  source: LogSource | string,
  file: OpenFile,
  reached: number,
): Promise<{ readonly file: OpenFile | null; readonly note: string } | null> {
  const lost = { file: null, note: `it was cut off while it was read: ${file.info.size - reached} bytes of it were not seen` };
  const listed = typeof source === 'string' ? new Set([file.info.inode]) : source.listed;
  const copy = await findCopy(host, file.info.path, file.info.size, listed);
  return copy === null ? lost : { file: copy, note: `it was cut off while it was read: the rest was read in ${copy.info.path}` };
}

/** A neighbour that was not there when the sources were listed, and is as long as the file was. */
async function findCopy(host: Host, path: string, size: number, listed: ReadonlySet<number>): Promise<OpenFile | null> {
  for (const info of await neighbours(host, path).catch(() => [])) {
    if (info.size < size || listed.has(info.inode) || info.path.endsWith('.gz')) continue;
    return (await host.openFile?.(info.path)) ?? null;
  }
  return null;
}

function split(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? { folder: '.', name: path } : { folder: path.slice(0, slash) || '/', name: path.slice(slash + 1) };
}

async function expand(host: Host, pattern: string): Promise<readonly string[]> {
  const absolute = pattern.startsWith('/');
  let found: string[] = [absolute ? '/' : '.'];
  const parts = pattern.split('/').filter((part) => part !== '');
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const next: string[] = [];
    for (const base of found) {
      const prefix = base === '/' ? '/' : base === '.' && !absolute ? '' : `${base}/`;
      if (!wildcard.test(part)) next.push(`${prefix}${part}`);
      else {
        const pattern = globPattern(part);
        const names = await host.list(base).catch(() => []);
        for (const name of names) if (pattern.test(name) && (part.startsWith('.') || !name.startsWith('.'))) next.push(`${prefix}${name}`);
      }
    }
    found = next;
    if (last) break;
  }
  const files: string[] = [];
  for (const path of found) {
    const info = await host.stat(path).catch(() => null);
    if (info !== null && info.kind === 'file') files.push(path);
  }
  return files;
}

function globPattern(part: string): RegExp {
  const source = part
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[!/g, '[^');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return new RegExp(`^${source.replace(/[[\]]/g, '\\$&')}$`);
  }
}
