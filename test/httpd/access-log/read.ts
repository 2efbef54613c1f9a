/** Reads one line of text in one format, as tests want it. */
import { compileLogFormat, parserOf } from '../../../src/httpd/access-log/compile.ts';
import { entryOf } from '../../../src/httpd/access-log/entry.ts';
import type { AccessEntry } from '../../../src/httpd/access-log/entry.ts';

/** Null where the line is not of that format. */
export function readLine(format: string, line: string, zoneMinutes = 0): AccessEntry | null {
  const cutter = parserOf(compileLogFormat(format), () => zoneMinutes);
  const bytes = Buffer.from(line, 'latin1');
  return cutter.cut(bytes, 0, bytes.length) ? entryOf(cutter) : null;
}

export async function* chunksOf(text: string | Buffer, size: number): AsyncIterable<Buffer> {
  const bytes = Buffer.from(text as string);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
