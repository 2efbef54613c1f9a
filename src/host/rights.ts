/** Which right is lacking to read a file, exactly, and the command that gives it. */
import path from 'node:path';
import { FileError, type FileInfo, type Host } from './host.ts';

export interface LackingRight {
  readonly reason: string;
  readonly remedy: string;
}

type Files = Pick<Host, 'stat' | 'readFile' | 'vantage' | 'side'>;

/** Null where it can be read, or where something else than a right is in the way. */
export async function lackingRight(host: Files, file: string): Promise<LackingRight | null> {
  const refused = await refusal(host, file);
  if (refused === null) return null;
  const { info, kind } = refused;
  const owner = info === null ? null : await nameIn(host, '/etc/passwd', info.uid);
  const group = info === null ? null : await nameIn(host, '/etc/group', info.gid);
  // A member of the group root could do much more than read this.
  const groupMay = info !== null && info.gid !== 0 && (info.mode & (kind === 'folder' ? 0o010 : 0o040)) !== 0;
  const is = info === null ? 'its folder is closed' : `${kind} ${info.path} is ${owner}:${group}, mode ${info.mode.toString(8).padStart(4, '0')}`;
  const who = info !== null && info.uid !== 0 ? `root or ${owner}` : 'root';
  return {
    reason: `no right to read ${file}: it takes ${who}${groupMay ? `, or a member of the group ${group}` : ''} (${is})`,
    remedy:
      host.vantage.length > 0
        ? `put sudo into the way there: --via ${host.side}="${host.vantage.join(' ')} sudo"`
        : `sudo proxy-doctor …${groupMay ? `; or once: sudo usermod -aG ${group} "$(id -un)", and log in again` : ''}`,
  };
}

/** The file itself, or the folder on its way that can not be entered. Info null: not even that folder can be looked at. */
async function refusal(host: Files, file: string): Promise<{ info: FileInfo | null; kind: 'file' | 'folder' } | null> {
  const denied = (error: unknown): boolean => error instanceof FileError && error.code === 'EACCES';
  try {
    const info = await host.stat(file);
    try {
      await host.readFile(file, 1);
      return null;
    } catch (error) {
      return denied(error) ? { info, kind: 'file' } : null;
    }
  } catch (error) {
    if (!denied(error)) return null;
  }
  for (let folder = path.dirname(path.resolve(file)); ; folder = path.dirname(folder)) {
    try {
      return { info: await host.stat(folder), kind: 'folder' };
    } catch (error) {
      if (!denied(error) || folder === path.dirname(folder)) return { info: null, kind: 'folder' };
    }
  }
}

/** passwd(5), group(5): name, password, number. */
async function nameIn(host: Files, database: string, id: number): Promise<string> {
  const text = await host.readFile(database, 1024 * 1024).then(
    (bytes) => bytes.toString('utf8'),
    () => '',
  );
  for (const line of text.split('\n')) {
    const [name = '', , number] = line.split(':');
    if (number === String(id)) return name;
  }
  return String(id);
}
