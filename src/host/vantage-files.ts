/**
 * Files at a vantage, read with the small tools that are everywhere (coreutils, busybox). These tell their errors in words only, so
 * the words of the C locale are translated back to codes (strerror.ts).
 */
import { fileError, fileKind } from './local-files.ts';
import { errnoOfText } from './strerror.ts';
import type { CommandResult, FileInfo, Host } from './host.ts';
import { FileError } from './host.ts';

const limitMs = 20_000;
const defaultMaxBytes = 16 * 1024 * 1024;

type Stream = (
  argv: readonly string[],
  signal: AbortSignal | undefined,
  judge: (exitCode: number | null, stderr: string) => Error | null,
) => AsyncIterable<Buffer>;

export function vantageFiles(
  run: Host['run'],
  stream: Stream,
): Pick<Host, 'stat' | 'list' | 'readLink' | 'readFile' | 'readStream' | 'readMatching'> {
  const ask = async (path: string, argv: readonly string[]): Promise<string> => {
    const result = await run(argv, { timeLimitMs: limitMs, maxBytes: defaultMaxBytes });
    if (result.ended === 'exit' && result.exitCode === 0) return result.stdout;
    throw unreadable(path, result);
  };
  const stat: Host['stat'] = async (path) => {
    const out = await ask(path, ['stat', '-L', '-c', '%f %s %Y %u %g %i', '--', path]);
    return fileInfo(path, out);
  };
  return {
    stat,
    // The slash at the end makes a file in a folder's place an error.
    list: async (path) => {
      const out = await ask(path, ['ls', '-1A', '--', path.endsWith('/') ? path : `${path}/`]);
      return out
        .split('\n')
        .filter((name) => name !== '')
        .sort();
    },
    readLink: async (path) => {
      const result = await run(['readlink', '--', path], { timeLimitMs: limitMs });
      if (result.ended === 'exit' && result.exitCode === 0) return result.stdout.replace(/\n$/, '');
      // Exit status 1 without a word: it is there and is no link, or it is not there; `ls` tells which.
      await ask(path, ['ls', '-1d', '--', path]);
      return null;
    },
    readFile: async (path, maxBytes = defaultMaxBytes) => {
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of stream(['head', '-c', String(maxBytes), '--', path], undefined, judge(path))) {
        chunks.push(chunk);
        length += chunk.length;
      }
      return Buffer.concat(chunks, length);
    },
    readStream: (path, options = {}) =>
      stream(
        options.from === undefined || options.from <= 0 ? ['cat', '--', path] : ['tail', '-c', `+${options.from + 1}`, '--', path],
        options.signal,
        judge(path),
      ),
    // Exit status 1 of grep: no line matched.
    readMatching: (path, fixed, signal) =>
      stream(['grep', '-aF', ...fixed.flatMap((text) => ['-e', text]), '--', path], signal, (exitCode, stderr) =>
        exitCode === 1 ? null : judge(path)(exitCode, stderr),
      ),
  };
}

function judge(path: string): (exitCode: number | null, stderr: string) => FileError | null {
  // Without an exit status the tool was not started, and the words are not its own.
  return (exitCode, stderr) =>
    exitCode === 0 ? null : fileError(exitCode === null ? null : errnoOfText(stderr), path, detail(stderr, exitCode));
}

function unreadable(path: string, result: CommandResult): FileError {
  return fileError(
    result.ended === 'exit' ? errnoOfText(result.stderr) : null,
    path,
    result.ended === 'exit'
      ? detail(result.stderr, result.exitCode)
      : result.stderr === ''
        ? `${result.argv.join(' ')}: ${result.ended}`
        : detail(result.stderr, null),
  );
}

function detail(stderr: string, exitCode: number | null): string {
  return stderr.trim() === '' ? `exit status ${exitCode ?? 'none'}` : (stderr.trim().split('\n').at(-1) ?? '');
}

/** `stat -c '%f %s %Y %u %g %i'`: raw mode in hexadecimal, size, modification time in seconds, user, group, inode. */
function fileInfo(path: string, out: string): FileInfo {
  const [mode = '', ...rest] = out.trim().split(' ');
  const [size = 0, modified = 0, uid = 0, gid = 0, inode = 0] = rest.map(Number);
  const bits = Number.parseInt(mode, 16);
  if (Number.isNaN(bits)) throw new FileError('OTHER', path, `${path}: stat there prints something else than expected`);
  return { path, kind: fileKind(bits), size, modifiedAt: modified * 1000, mode: bits & 0o7777, uid, gid, inode };
}
