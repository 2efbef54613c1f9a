/** Reads an archive of the collector into memory. Nothing of it is written anywhere. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { UsageError } from '../errors.ts';
import { offsetOf } from '../host/vantage-clock.ts';

export interface BundleFile {
  readonly content: Buffer;
  readonly modifiedAt: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface RecordedCommand {
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Bundle {
  readonly host: string;
  /** When it was gathered, in ms since the epoch, by the clock of that host. */
  readonly takenAt: number;
  readonly zoneOffset: (at: number) => number;
  /** By absolute path of that host. */
  readonly files: ReadonlyMap<string, BundleFile>;
  readonly links: ReadonlyMap<string, string>;
  readonly commands: readonly RecordedCommand[];
}

const top = 'proxy-doctor-bundle/';
/** In memory, unpacked. The collector keeps 64 MiB of each log. */
const largest = 1024 * 1024 * 1024;
const mostFiles = 100_000;
const remedy = 'Name an archive of proxy-doctor collect (or of the script that collect --script prints)';

/** @throws {UsageError} naming the file, for whatever is wrong with it */
export async function readBundle(file: string): Promise<Bundle> {
  const entries = await unpack(file).catch((error: unknown) => {
    if (error instanceof UsageError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const what =
      code === 'ENOENT'
        ? 'there is no such archive'
        : code === 'EISDIR'
          ? 'this is a folder, not an archive'
          : code === 'EACCES'
            ? 'no right to read it'
            : null;
    throw new UsageError(what ?? `this can not be unpacked: ${error instanceof Error ? error.message : String(error)}`, remedy, { file });
  });
  const manifest = new Map(
    textOf(entries, 'manifest')
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const takenAt = Number(manifest.get('time')) * 1000;
  if (manifest.get('format') !== 'proxy-doctor.bundle/1' || !Number.isFinite(takenAt))
    throw new UsageError('this is no archive of proxy-doctor collect', remedy, { file });
  const links = textOf(entries, 'links')
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line): [string, string] => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]);
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d)(\d\d)$/.exec(manifest.get('offset') ?? '') ?? [];
  const zone = /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(manifest.get('zone') ?? '')?.[1] ?? null;
  return {
    host: manifest.get('host') ?? 'unknown',
    takenAt,
    zoneOffset: offsetOf(zone, (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)), takenAt),
    files: new Map(
      [...entries].flatMap(([name, entry]): [string, BundleFile][] =>
        name.startsWith('root/') ? [[name.slice('root'.length), entry]] : [],
      ),
    ),
    links: new Map(links),
    commands: commandsIn(entries),
  };
}

function commandsIn(entries: ReadonlyMap<string, BundleFile>): RecordedCommand[] {
  const commands: RecordedCommand[] = [];
  for (let number = 1; entries.has(`commands/${number}/argv`); number += 1) {
    const part = (name: string): string => textOf(entries, `commands/${number}/${name}`);
    commands.push({
      argv: part('argv').replace(/\n$/, '').split('\n'),
      exitCode: Number(part('status').trim() || '1'),
      stdout: part('stdout'),
      stderr: part('stderr'),
    });
  }
  return commands;
}

function textOf(entries: ReadonlyMap<string, BundleFile>, name: string): string {
  return entries.get(name)?.content.toString('utf8') ?? '';
}

async function unpack(file: string): Promise<Map<string, BundleFile>> {
  const entries = new Map<string, BundleFile>();
  const refuse = (why: string): UsageError => new UsageError(why, remedy, { file });
  const tar = extract();
  const packed = await isGzip(file);
  const fed = packed ? pipeline(createReadStream(file), createGunzip(), tar) : pipeline(createReadStream(file), tar);
  // What goes wrong there ends the loop below with the same error.
  fed.catch(() => undefined);
  let total = 0;
  for await (const entry of tar) {
    const { name, type, mtime, mode, uid, gid } = entry.header;
    const path = name.replace(/^\.\//, '');
    if (!path.startsWith(top) || path.split('/').includes('..') || path.includes('\0')) {
      throw refuse(`it holds a path that no archive of collect has (${JSON.stringify(name.slice(0, 200))})`);
    }
    const chunks: Buffer[] = [];
    for await (const data of entry) {
      const chunk = data as Buffer;
      total += chunk.length;
      if (total > largest) throw refuse('it is larger than 1 GiB unpacked; collect less of each log with -m');
      chunks.push(chunk);
    }
    if (entries.size >= mostFiles) throw refuse('it holds more files than any archive of collect');
    // Links and devices mean nothing here: the collector writes files alone.
    if (type === 'file')
      entries.set(path.slice(top.length), {
        content: Buffer.concat(chunks),
        modifiedAt: mtime?.getTime() ?? 0,
        mode: mode ?? 0,
        uid: uid ?? 0,
        gid: gid ?? 0,
      });
  }
  await fed;
  if (entries.size === 0) throw refuse('it is empty, or no archive at all');
  return entries;
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0).finally(() => handle.close());
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}
