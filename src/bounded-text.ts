/** Text of a file that a person named. No more of it is read than such a file can have: 100 MB, or a device without an end, are refused fast. */
import { closeSync, openSync, readSync } from 'node:fs';

export class FileTooBig extends Error {
  override readonly name = 'FileTooBig';
  /** Where the limit is passed, from 1. */
  readonly line: number;
  constructor(most: number, line: number) {
    super(`the file goes on here beyond the ${most} bytes that it may have`);
    this.line = line;
  }
}

const chunkBytes = 256 * 1024;

/** @throws {FileTooBig}, or the system's own error */
export function boundedText(path: string, most: number): string {
  const file = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    while (length <= most) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, most + 1 - length));
      const read = readSync(file, chunk);
      if (read === 0) return Buffer.concat(chunks, length).toString('utf8');
      chunks.push(chunk.subarray(0, read));
      length += read;
    }
    throw new FileTooBig(most, lineAt(Buffer.concat(chunks, length), most));
  } finally {
    closeSync(file);
  }
}

function lineAt(bytes: Buffer, end: number): number {
  let line = 1;
  for (let at = bytes.indexOf(0x0a); at !== -1 && at < end; at = bytes.indexOf(0x0a, at + 1)) line += 1;
  return line;
}
