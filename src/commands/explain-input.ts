/** Where `explain` gets its lines: arguments, files named there, standard input; packed or not. */
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { UsageError } from '../errors.ts';
import { FileError, type Host } from '../host/host.ts';
import { longestLine } from '../httpd/error-log/lines.ts';

/** Bytes → batches of whole lines, as they come; packed ones are unpacked. An unfinished line waits for its rest; one without end is cut. */
export async function* linesOf(bytes: AsyncIterable<Buffer | string>, name: string): AsyncIterable<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let skipping = false;
  for await (const chunk of unpacked(bytes, name)) {
    let text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    if (skipping) {
      const feed = text.indexOf('\n');
      if (feed < 0) continue;
      text = text.slice(feed + 1);
      skipping = false;
    }
    const lines = text.split('\n');
    lines[0] = rest + (lines[0] ?? '');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) {
      lines.push(rest.slice(0, longestLine));
      rest = '';
      skipping = true;
    }
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}

export interface GivenLines {
  readonly lines: readonly string[];
  /** Each was asked for by itself; in a file the proxy's are looked for among others. */
  readonly asked: boolean;
}

/** Arguments are lines; one without blanks that names a file stands for the lines in it. */
export async function* fromArguments(args: readonly string[]): AsyncIterable<GivenLines> {
  for (const argument of args) {
    const file = /\s/.test(argument) || argument.length > 1000 ? null : await openFile(argument);
    if (file === null) yield { lines: argument.split('\n').filter((line) => line.trim() !== ''), asked: true };
    else for await (const lines of linesOf(file, argument)) yield { lines, asked: false };
  }
}

/** A word that only a path looks like: no line of a log does. */
const pathLike = /^(?:~?\/|\.{1,2}\/)|\.(?:log|txt|gz)(?:[.-]\d+)*$/;

/**
 * Null: it names no file. The host's side of the program is loaded only where a file may be meant.
 * @throws {UsageError} a path that can't be read
 */
async function openFile(path: string): Promise<AsyncIterable<Buffer> | null> {
  const { localHost } = await import('../host/local.ts');
  const host: Host = localHost('proxy');
  try {
    const { kind } = await host.stat(path);
    if (kind === 'directory') throw new FileError('EISDIR', path, `${path}: it is a folder`);
    // Opened now, so that what is wrong with it is said before anything else.
    await host.readFile(path, 1);
    return host.readStream(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code === 'ENOENT' && !pathLike.test(path)) return null;
    throw new UsageError(error.message, 'Name a log, or put a line of one in quotes.');
  }
}

/** gzip's first two bytes (RFC 1952, 2.3.1). */
const packed = [0x1f, 0x8b] as const;

async function* unpacked(bytes: AsyncIterable<Buffer | string>, name: string): AsyncIterable<Buffer | string> {
  const chunks = bytes[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const rest = async function* (): AsyncIterable<Buffer | string> {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  if (typeof first.value === 'string' || first.value[0] !== packed[0] || first.value[1] !== packed[1]) return yield* rest();
  const { createGunzip } = await import('node:zlib');
  const unpacking = createGunzip();
  const source = Readable.from(rest(), { objectMode: false });
  source.on('error', (error) => unpacking.destroy(error));
  try {
    yield* source.pipe(unpacking) as AsyncIterable<Buffer>;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_'))) throw error;
    process.stderr.write(`proxy-doctor: ${name} can be unpacked only in part (${error.code}): what came before the damage was read\n`);
  }
}
