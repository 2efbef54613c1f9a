/**
 * Finds our own requests again in the logs: by a mark in their query (every access log has that), and in their Referer, which httpd puts
 * behind error lines of the request. Only what was written since the requests began is read.
 */
import type { Host } from '../../host/host.ts';

export interface LogPlace {
  readonly path: string;
  readonly size: number;
  readonly inode: number;
}

export interface FoundMark {
  readonly file: string;
  readonly line: string;
}

/** A busy log may grow by this much while we ask; what is beyond is not read. */
const mostBytes = 8 * 1024 * 1024;
const mostLines = 20;
const longestLine = 500;
const pauseMs = 300;

/** Where each log ends now; logs that can't be read are left out. */
export async function placesOf(host: Host, paths: readonly string[]): Promise<readonly LogPlace[]> {
  const places = await Promise.all(
    paths.map(async (path): Promise<LogPlace[]> => {
      try {
        const { size, inode, kind } = await host.stat(path);
        return kind === 'file' ? [{ path, size, inode }] : [];
      } catch {
        return [];
      }
    }),
  );
  return places.flat();
}

/** Reads until the last mark is there, or `waitMs` have passed: httpd writes an access line when the request ends, and may buffer it. */
export async function findMarks(
  host: Host,
  places: readonly LogPlace[],
  mark: string,
  last: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<readonly FoundMark[]> {
  const until = performance.now() + waitMs;
  for (;;) {
    const found = (await Promise.all(places.map((place) => linesWith(host, place, mark, signal)))).flat();
    if (found.some(({ line }) => line.includes(last)) || performance.now() >= until || places.length === 0)
      return found.slice(0, mostLines);
    await new Promise((resolve) => {
      setTimeout(resolve, pauseMs);
    });
    signal.throwIfAborted();
  }
}

async function linesWith(host: Host, place: LogPlace, mark: string, signal: AbortSignal): Promise<FoundMark[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // A log that was rotated meanwhile begins anew.
    const { inode, size } = await host.stat(place.path);
    const from = inode === place.inode && size >= place.size ? place.size : 0;
    if (size === from) return [];
    for await (const chunk of host.readStream(place.path, { from, signal })) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= mostBytes) break;
    }
  } catch {
    return [];
  }
  const lines = Buffer.concat(chunks).toString('utf8').split('\n');
  return lines.filter((line) => line.includes(mark)).map((line) => ({ file: place.path, line: line.slice(0, longestLine) }));
}
