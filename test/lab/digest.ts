/** What the logs of a world hold, in short: each kind of line once, with how often. For `--show` and for learning what httpd writes. */
import { readFile } from 'node:fs/promises';
import type { Stage } from './stage.ts';

export async function digest(stage: Stage): Promise<string[]> {
  const read = async (path: string | null): Promise<string[]> =>
    path === null ? [] : (await readFile(path, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const errors = (await read(stage.errorLog)).map((line) =>
    line
      .replace(/^\[\w{3} \w{3} \d\d [\d:.]+ \d{4}\] /, '')
      .replace(/^\[?\d{4}-\d\d-\d\d [\d:.]+\]?/, '')
      .replace(/pid \d+(:tid \d+)?/, 'pid')
      .replace(/(client [\d.]+):\d+/, '$1')
      .replace(/client 127\.0\.1\.\d+/, 'client C')
      .replaceAll(/from 127\.0\.1\.\d+/g, 'from C')
      .replaceAll(/\/\d{4}\b/g, '/N'),
  );
  const access = (await read(stage.accessLog)).map((line) => {
    const request = /"(\w+) ([^ "]+)/.exec(line);
    const status = /" (\d{3}) /.exec(line)?.[1] ?? /\b([2345]\d\d)\b/.exec(line)?.[1] ?? '?';
    return `${status} ${request?.[1] ?? '?'} ${(request?.[2] ?? '?').replaceAll(/\d{4}/g, 'N')}`;
  });
  return [...counted(errors, 40), ...counted(access, 20)];
}

function counted(lines: readonly string[], atMost: number): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  return sorted.slice(0, atMost).map(([line, count]) => `${String(count).padStart(5)} ${line.slice(0, 220)}`);
}
