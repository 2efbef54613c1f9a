/** Finds the file that a piped log or a log on standard output ends up in, where that can be told. */
import type { Host } from '../../host/host.ts';
import { FileError } from '../../host/host.ts';
import { statMany } from '../../httpd/config/many.ts';
import { componentMatcher, isPattern } from '../../httpd/config/patterns.ts';
import type { LogSetting } from './facts.ts';
import type { OpenFile } from './moved-logs.ts';
import { movedLog } from './moved-logs.ts';

/**
 * @param pid the running httpd, or null
 * @param open what the server has open, null: not known
 * @param root put before paths (an httpd in a container)
 */
export async function findLogFiles(
  host: Host,
  logs: readonly LogSetting[],
  pid: number | null,
  root: string,
  open: readonly OpenFile[] | null = null,
): Promise<LogSetting[]> {
  const result: LogSetting[] = [];
  for (const log of logs) {
    if (log.target === 'file' && log.path !== null) {
      const moved = open === null || pid === null ? null : movedLog(open, pid, log.path, root);
      result.push({ ...log, path: moved?.path ?? root + log.path, ...(moved === null ? {} : { moved: moved.text }) });
    }
    else if (log.target === 'stdio') result.push({ ...log, path: pid === null ? null : await streamFile(host, pid, log.raw, root) });
    else if (log.target === 'pipe' && log.pattern) {
      const pattern = root + log.pattern;
      result.push({ ...log, pattern, path: isPattern(pattern) ? await newest(host, pattern) : pattern });
    } else result.push(log);
  }
  return result;
}

/** What the running httpd's own standard output or error is: a file when it was started with `> FILE`, else a terminal, pipe or socket. */
async function streamFile(host: Host, pid: number, raw: string, root: string): Promise<string | null> {
  const number = /(?:stdout|fd\/1)$/.test(raw) ? 1 : 2;
  try {
    const target = await host.readLink(`/proc/${pid}/fd/${number}`);
    return target !== null && target.startsWith('/') && !target.startsWith('/dev/') && !target.endsWith(' (deleted)')
      ? root + target
      : null;
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}

const mostLooked = 200;

/** The newest file that fits a pattern. Folder names made of dates sort by time, so the last is gone into first. */
async function newest(host: Host, pattern: string): Promise<string | null> {
  const components = pattern.split('/').slice(1);
  const walk = async (base: string, index: number): Promise<string | null> => {
    const component = components[index];
    if (component === undefined) return null;
    const last = index === components.length - 1;
    if (!isPattern(component)) return last ? newestOf(host, [`${base}/${component}`]) : walk(`${base}/${component}`, index + 1);
    const names = (await listed(host, base === '' ? '/' : base)).filter(componentMatcher(component)).slice(-mostLooked);
    if (last)
      return newestOf(
        host,
        names.map((name) => `${base}/${name}`),
      );
    for (const name of names.reverse()) {
      const found = await walk(`${base}/${name}`, index + 1);
      if (found !== null) return found;
    }
    return null;
  };
  return walk('', 0);
}

async function newestOf(host: Host, paths: readonly string[]): Promise<string | null> {
  const infos = [...(await statMany(host, paths)).values()].filter((info) => !(info instanceof FileError) && info.kind === 'file');
  const files = infos.flatMap((info) => (info instanceof FileError ? [] : [info]));
  return files.sort((a, b) => a.modifiedAt - b.modifiedAt || (a.path < b.path ? -1 : 1)).at(-1)?.path ?? null;
}

async function listed(host: Host, folder: string): Promise<readonly string[]> {
  try {
    return await host.list(folder);
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}
