/** A machine made of tables, for pure tests: files, commands, connects, names and a clock. Whatever is not in a table is not there. */
import type { Side } from '../../src/engine/evidence.ts';
import type { CommandResult, ConnectResult, FileErrorCode, FileInfo, Host, Hosts, NumberedConnect } from '../../src/host/host.ts';
import { FileError } from '../../src/host/host.ts';
import type { CheckContext, Progress } from '../../src/checks/check.ts';

export type MemoryFile =
  | string
  | Buffer
  | { readonly error: FileErrorCode }
  | { readonly link: string }
  | { readonly content: string | Buffer; readonly info?: Partial<FileInfo> };

/** What a command prints on exit status 0, or more of its result. */
export type MemoryCommand = string | Partial<CommandResult>;

export interface MemoryTables {
  readonly side?: Side;
  readonly vantage?: readonly string[];
  /** Milliseconds since the epoch, or a clock. Default 2026-01-15T12:00:00Z. */
  readonly now?: number | (() => number);
  /** Minutes east of UTC. */
  readonly zoneOffset?: number;
  /** By absolute path. Several values: one for each read, the last one from then on. Folders come from the paths. */
  readonly files?: Readonly<Record<string, MemoryFile | readonly MemoryFile[]>>;
  /**
   * By command line, its arguments joined with blanks: the longest key that the command line begins with. Several values: one for each
   * run. A command that no key begins with is `not-found`.
   */
  readonly commands?: Readonly<Record<string, MemoryCommand | readonly MemoryCommand[] | ((argv: readonly string[]) => MemoryCommand)>>;
  readonly names?: Readonly<Record<string, readonly string[] | { readonly code: string }>>;
  /** The `n`th connect to that address. Default: refused. */
  readonly connects?: (address: string, port: number, n: number) => Partial<ConnectResult>;
  readonly unreachable?: string;
}

export interface MemoryHost extends Host {
  /** Command lines that were run, in order. */
  readonly ran: readonly string[];
  /** Paths that were read, listed or asked after, in order. */
  readonly read: readonly string[];
  /** Addresses that were connected to, in order. */
  readonly connected: readonly string[];
}

export function memoryHost(tables: MemoryTables = {}): MemoryHost {
  const { now = Date.UTC(2026, 0, 15, 12), zoneOffset = 0, files = {}, commands = {}, names = {}, connects } = tables;
  const ran: string[] = [];
  const read: string[] = [];
  const connected: string[] = [];
  const counts = new Map<string, number>();
  const nth = <T>(key: string, values: T | readonly T[]): T | undefined => {
    if (!Array.isArray(values)) return values as T;
    const n = counts.get(key) ?? 0;
    counts.set(key, n + 1);
    return (values as readonly T[])[Math.min(n, values.length - 1)];
  };

  const lookUp = (path: string): MemoryFile | 'directory' => {
    read.push(path);
    const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path;
    const values = files[trimmed];
    if (values !== undefined) {
      const file = nth(`file ${trimmed}`, values);
      if (file !== undefined) return file;
    }
    const prefix = trimmed === '/' ? '/' : `${trimmed}/`;
    if (Object.keys(files).some((known) => known.startsWith(prefix))) return 'directory';
    throw new FileError('ENOENT', path, `${path}: there is no such file or folder`);
  };
  const bytes = (path: string, depth = 0): Buffer => {
    const file = lookUp(path);
    if (file === 'directory') throw new FileError('EISDIR', path, `${path}: it is a folder`);
    if (typeof file === 'string' || Buffer.isBuffer(file)) return Buffer.from(file);
    if ('error' in file) throw new FileError(file.error, path, `${path}: ${file.error}`);
    if ('link' in file) {
      if (depth > 8) throw new FileError('ELOOP', path, `${path}: its symbolic links lead in a circle`);
      return bytes(file.link, depth + 1);
    }
    return Buffer.from(file.content);
  };
  const info = (path: string): FileInfo => {
    const file = lookUp(path);
    const usual = { path, modifiedAt: 0, mode: 0o644, uid: 0, gid: 0, inode: 1 } as const;
    if (file === 'directory') return { ...usual, kind: 'directory', size: 4096, mode: 0o755 };
    if (typeof file === 'string' || Buffer.isBuffer(file)) return { ...usual, kind: 'file', size: Buffer.byteLength(file) };
    if ('error' in file) throw new FileError(file.error, path, `${path}: ${file.error}`);
    if ('link' in file) return { ...info(file.link), path };
    return { ...usual, kind: 'file', size: Buffer.byteLength(file.content), ...file.info };
  };

  const run: Host['run'] = (argv, options) => {
    const line = argv.join(' ');
    ran.push(line);
    const base = { argv, exitCode: 0, durationMs: 1, stdout: '', stderr: '', ended: 'exit' } as const;
    const key = Object.keys(commands)
      .filter((candidate) => line === candidate || line.startsWith(`${candidate} `))
      .sort((a, b) => b.length - a.length)[0];
    const entry = key === undefined ? undefined : commands[key];
    const value = typeof entry === 'function' ? entry(argv) : entry === undefined ? undefined : nth(`command ${key}`, entry);
    const result: CommandResult =
      value === undefined
        ? { ...base, exitCode: null, ended: 'not-found' }
        : typeof value === 'string'
          ? { ...base, stdout: value, output: value }
          : { ...base, ...value, output: (value.stdout ?? '') + (value.stderr ?? '') };
    options.onOutput?.(result.stdout);
    return Promise.resolve(options.signal?.aborted === true ? { ...base, exitCode: null, ended: 'aborted' } : result);
  };

  const connectOnce = (address: string, port: number): ConnectResult => {
    const key = `connect ${address} ${port}`;
    const n = counts.get(key) ?? 0;
    counts.set(key, n + 1);
    connected.push(`${address}:${port}`);
    const said = connects?.(address, port, n) ?? {};
    const outcome = said.outcome ?? 'refused';
    return {
      outcome,
      code: outcome === 'refused' ? 'ECONNREFUSED' : null,
      address,
      latencyMs: 1,
      localPort: outcome === 'connected' ? 40000 + n : null,
      afterwards: null,
      ...said,
    };
  };

  return {
    side: tables.side ?? 'proxy',
    vantage: tables.vantage ?? [],
    ran,
    read,
    connected,
    reach: () => Promise.resolve(tables.unreachable === undefined ? { ok: true } : { ok: false, reason: tables.unreachable, commands: [] }),
    now: typeof now === 'number' ? () => now : now,
    zoneOffset: () => zoneOffset,
    run,
    has: (command) => Promise.resolve(Object.keys(commands).some((line) => line === command || line.startsWith(`${command} `))),
    stat: (path) => attempt(() => info(path)),
    list: (path) =>
      attempt(() => {
        const folder = lookUp(path);
        if (folder !== 'directory') throw new FileError('ENOTDIR', path, `${path}: a part of the path is no folder`);
        const prefix = path.endsWith('/') ? path : `${path}/`;
        const inside = Object.keys(files).filter((known) => known.startsWith(prefix));
        return [...new Set(inside.map((known) => known.slice(prefix.length).split('/')[0] ?? ''))].sort();
      }),
    readLink: (path) =>
      attempt(() => {
        const file = lookUp(path);
        return typeof file === 'object' && 'link' in file ? file.link : null;
      }),
    readFile: (path, maxBytes) => attempt(() => bytes(path).subarray(0, maxBytes)),
    readStream: async function* (path, options = {}) {
      const all = bytes(path).subarray(options.from ?? 0);
      // Small chunks, so that readers meet lines that are cut in two.
      for (let at = 0; at < all.length; at += 1000) yield all.subarray(at, at + 1000);
    },
    readMatching: null,
    resolve: (name) => {
      const answer = names[name] ?? { code: 'ENOTFOUND' };
      const base = { durationMs: 1, how: 'a table' };
      return Promise.resolve('code' in answer ? { addresses: [], code: answer.code, ...base } : { addresses: answer, code: null, ...base });
    },
    connect: (address, port) => Promise.resolve({ ...connectOnce(address, port), command: null }),
    connectMany: (attempts, plan) => {
      async function* results(): AsyncGenerator<NumberedConnect> {
        for (const [index, { address, port }] of attempts.entries()) {
          if (plan.signal?.aborted === true) return;
          yield { ...connectOnce(address, port), index, atMs: index * plan.intervalMs };
        }
      }
      return Promise.resolve({ how: 'a table', leavesTimeWait: false, results: results(), commands: () => [] });
    },
  };
}

/** What throws becomes a rejection. */
async function attempt<T>(work: () => T): Promise<T> {
  return work();
}

export interface MemoryContext extends CheckContext {
  readonly said: readonly Progress[];
}

/** A check's context over fake hosts. `caseFolder` is a path that does not exist: checks under test write nothing. */
export function memoryContext(hosts: Hosts, options: { readonly signal?: AbortSignal; readonly timeLimitMs?: number } = {}): MemoryContext {
  const said: Progress[] = [];
  const shared = new Map<string, Promise<unknown>>();
  return {
    hosts,
    said,
    signal: options.signal ?? new AbortController().signal,
    timeLimitMs: options.timeLimitMs ?? 60_000,
    progress: (progress) => {
      said.push(progress);
    },
    once: <T>(key: string, work: () => Promise<T>) => {
      const known = shared.get(key) ?? work();
      shared.set(key, known);
      return known as Promise<T>;
    },
    caseFolder: () => Promise.resolve('/nonexistent/case'),
    changesFolder: () => Promise.resolve('/nonexistent/changes'),
    changed: () => Promise.resolve(),
  };
}
