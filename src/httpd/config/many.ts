/**
 * Many small files at once. On this machine each is a system call away; at a vantage each look is a command (an ssh, a kubectl
 * exec), so there one command looks at many.
 */
import type { FileInfo, Host } from '../../host/host.ts';
import { FileError } from '../../host/host.ts';

const atOnceHere = 32;
const atOnceThere = 4;
/** Arguments of one command: far below any limit of the command line. */
const pathsInOneCommand = 100;
const limitMs = 15_000;

/** Contents, or why not. A file that vanished or can't be read has its FileError. */
export async function readMany(host: Host, paths: readonly string[], maxBytes: number): Promise<Map<string, Buffer | FileError>> {
  const result = new Map<string, Buffer | FileError>();
  if (host.vantage.length > 0 && paths.length > 1 && (await host.has('grep'))) {
    for (const some of slices(paths, pathsInOneCommand)) await readWithGrep(host, some, result);
  }
  await each(
    host,
    paths.filter((path) => !result.has(path)),
    async (path) => {
      result.set(path, await orFileError(path, () => host.readFile(path, maxBytes)));
    },
  );
  return result;
}

/** What is known of each path, links followed, or why not. */
export async function statMany(host: Host, paths: readonly string[]): Promise<Map<string, FileInfo | FileError>> {
  const result = new Map<string, FileInfo | FileError>();
  if (host.vantage.length > 0 && paths.length > 1 && (await host.has('stat'))) {
    for (const some of slices(paths, pathsInOneCommand)) await statThere(host, some, result);
  }
  await each(
    host,
    paths.filter((path) => !result.has(path)),
    async (path) => {
      result.set(path, await orFileError(path, () => host.stat(path)));
    },
  );
  return result;
}

/** Runs the work for each, a few at a time: fewer where each is a connection. */
export async function each<T>(host: Host, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const runner = async (): Promise<void> => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(items.length, host.vantage.length > 0 ? atOnceThere : atOnceHere) }, runner));
}

async function orFileError<T>(path: string, work: () => Promise<T>): Promise<T | FileError> {
  try {
    return await work();
  } catch (error) {
    return error instanceof FileError
      ? error
      : new FileError('OTHER', path, `${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * `grep -aHn ''` prints every line with its file and number, so where a file begins and ends is sure whatever it contains. An
 * empty or unreadable file prints nothing: it is asked for by itself afterwards.
 */
async function readWithGrep(host: Host, paths: readonly string[], into: Map<string, Buffer | FileError>): Promise<void> {
  const printed = await host.run(['grep', '-aHn', '', '--', ...paths], { timeLimitMs: limitMs, maxBytes: 16 * 1024 * 1024 });
  // Cut output would pass for a whole file.
  if (printed.ended !== 'exit') return;
  const lines = printed.stdout.split('\n');
  let at = 0;
  for (const path of paths) {
    const content: string[] = [];
    for (; at < lines.length; at += 1) {
      const line = lines[at] ?? '';
      const prefix = `${path}:${content.length + 1}:`;
      if (!line.startsWith(prefix)) break;
      content.push(line.slice(prefix.length));
    }
    if (content.length > 0) into.set(path, Buffer.from(`${content.join('\n')}\n`));
  }
}

const kinds: Readonly<Record<string, FileInfo['kind']>> = {
  '8': 'file',
  '4': 'directory',
  '1': 'fifo',
  '2': 'device',
  '6': 'device',
  c: 'socket',
};

async function statThere(host: Host, paths: readonly string[], into: Map<string, FileInfo | FileError>): Promise<void> {
  const printed = await host.run(['stat', '-L', '-c', '%f %s %Y %u %g %i %n', '--', ...paths], { timeLimitMs: limitMs });
  if (printed.ended !== 'exit') return;
  const wanted = new Set(paths);
  for (const line of printed.stdout.split('\n')) {
    const match = /^([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) (\d+) (.+)$/.exec(line);
    const path = match?.[7];
    if (!match || path === undefined || !wanted.has(path)) continue;
    const mode = Number.parseInt(match[1] ?? '0', 16);
    const [size = 0, modified = 0, uid = 0, gid = 0, inode = 0] = match.slice(2, 7).map(Number);
    const kind = kinds[(mode >> 12).toString(16)] ?? 'other';
    into.set(path, { path, kind, size, modifiedAt: modified * 1000, mode: mode & 0o7777, uid, gid, inode });
  }
}

function slices<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < items.length; at += size) result.push(items.slice(at, at + size));
  return result;
}
