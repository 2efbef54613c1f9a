/**
 * Adds a text to a configuration and takes it out again, byte for byte. A file of our own is made and removed; a block is added at the
 * end of a file and cut off there, or, where somebody has written behind it meanwhile, taken out of the middle while their lines stay.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, chown, type FileHandle, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import type { ChangeRecord } from './record.ts';

export type Before = NonNullable<ChangeRecord['before']>;

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The file as it is now; null where there is none. */
export async function describeFile(path: string): Promise<Before | null> {
  try {
    const info = await stat(path);
    return { sha256: sha256(await readFile(path)), size: info.size, mode: info.mode & 0o7777, uid: info.uid, gid: info.gid };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function write(path: string, flags: number, work: (handle: FileHandle) => Promise<void>, mode?: number): Promise<void> {
  const handle = await open(path, flags | constants.O_NOFOLLOW, mode);
  try {
    await work(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @throws where the file is not what the record says it was before */
export async function addText(record: ChangeRecord): Promise<void> {
  if (record.placement === 'new-file') {
    await write(record.file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, (handle) => handle.writeFile(record.text), 0o644);
    return;
  }
  const now = await describeFile(record.file);
  if (now === null || record.before === null || now.sha256 !== record.before.sha256) throw new Error(`${record.file} was changed by somebody in the meantime`);
  await write(record.file, constants.O_WRONLY | constants.O_APPEND, (handle) => handle.writeFile(record.text));
}

export interface Removed {
  /** Bytes, mode and owner are what they were before. */
  readonly identical: boolean;
  /** Somebody else changed the file meanwhile: their edit is kept. */
  readonly edited: boolean;
  /** It was there to take out. */
  readonly was: boolean;
}

/** Takes the text out. Calling it again does no harm. */
export async function removeText(record: ChangeRecord): Promise<Removed> {
  return record.placement === 'new-file' ? removeFile(record) : removeBlock(record);
}

async function removeFile(record: ChangeRecord): Promise<Removed> {
  let bytes: Buffer;
  try {
    bytes = await readFile(record.file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { identical: true, edited: false, was: false };
    throw error;
  }
  const ours = Buffer.from(record.text);
  // A write that was cut short by a full disk or a kill leaves a beginning of our text.
  if (bytes.equals(ours) || bytes.equals(ours.subarray(0, bytes.length))) {
    await unlink(record.file);
    return { identical: true, edited: false, was: true };
  }
  await replace(record.file, without(bytes, ours));
  return { identical: false, edited: true, was: true };
}

async function removeBlock(record: ChangeRecord): Promise<Removed> {
  const { before } = record;
  if (before === null) throw new Error(`the record of the change to ${record.file} does not say what was before`);
  const bytes = await readFile(record.file);
  const ours = Buffer.from(record.text);
  const head = bytes.subarray(0, before.size);
  const tail = bytes.subarray(before.size);
  const was = tail.length > 0 && (tail.equals(ours) || tail.equals(ours.subarray(0, tail.length)));
  if (was && sha256(head) === before.sha256) {
    await write(record.file, constants.O_WRONLY, (handle) => handle.truncate(before.size));
  } else if (bytes.includes(ours)) {
    await replace(record.file, without(bytes, ours));
  }
  const now = await describeFile(record.file);
  const identical = now !== null && now.sha256 === before.sha256 && now.mode === before.mode && now.uid === before.uid && now.gid === before.gid;
  return { identical, edited: !identical, was: was || bytes.includes(ours) };
}

function without(bytes: Buffer, text: Buffer): Buffer {
  const at = bytes.indexOf(text);
  return at === -1 ? bytes : Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + text.length)]);
}

/** Replaces the content in one piece, mode and owner kept. */
async function replace(path: string, bytes: Buffer): Promise<void> {
  const info = await stat(path);
  const temporary = `${path}.proxy-doctor-${process.pid}`;
  await write(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, (handle) => handle.writeFile(bytes), 0o600);
  await chown(temporary, info.uid, info.gid);
  await chmod(temporary, info.mode & 0o7777);
  await rename(temporary, path);
}
