/** A backend's socket in the file system, as httpd's user meets it: the same file, and whether modes and owners let that user in. */
import { dirname } from 'node:path/posix';
import { FileError, type FileInfo, type Host } from '../../host/host.ts';
import { CouldNot } from '../check.ts';
import type { Daemon } from './as-daemon.ts';

/** Folders that systemd gives each service its own of (PrivateTmp=, on by default for httpd in Debian). */
const perService = ['/tmp/', '/var/tmp/'];

/** In a mount namespace of its own httpd may see another file under that name, or none. @throws {CouldNot} */
export async function anotherView(host: Host, path: string, pid: number | null): Promise<void> {
  const [its, ours] = await Promise.all([pid === null ? null : inode(host, `/proc/${pid}/root${path}`), inode(host, path)]);
  const known = its !== null && ours !== null;
  if (known ? its === ours : !perService.some((folder) => path.startsWith(folder))) return;
  throw new CouldNot(
    'skipped',
    `httpd ${known ? 'has' : 'may have'} a view of the file system of its own (PrivateTmp, a container), and ${path} ${known ? 'is' : 'may be'} another file to it.`,
    `Look from there, as root: --via proxy="nsenter -t ${pid ?? '<pid of httpd>'} -m".`,
  );
}

/** 0: there is none; null: this user may not know. */
async function inode(host: Host, path: string): Promise<number | null> {
  try {
    return (await host.stat(path)).inode;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return error.code === 'ENOENT' ? 0 : null;
  }
}

/** All groups of that user, as httpd's children have them (initgroups in unixd_setup_child). */
export async function groupsOf(host: Host, { user, gid }: Daemon, signal: AbortSignal): Promise<readonly number[]> {
  const { exitCode, stdout } = await host.run(['id', '-G', '--', user], { timeLimitMs: 5000, signal });
  return exitCode === 0 ? stdout.trim().split(/\s+/).map(Number) : [gid];
}

/** The first folder that may not be entered, or the socket that may not be written to (unix(7)); null where modes bar nobody. */
export async function barrier(host: Host, path: string, who: { readonly uid: number; readonly groups: readonly number[] }): Promise<string | null> {
  const folders: string[] = [];
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) folders.unshift(folder);
  for (const one of [...folders, path]) {
    const info = await stat(host, one);
    if (info === null) return null;
    const wanted = one === path ? 0o2 : 0o1;
    const bits = info.uid === who.uid ? info.mode >> 6 : who.groups.includes(info.gid) ? info.mode >> 3 : info.mode;
    if ((bits & wanted) === 0) return `${one} (mode ${(info.mode & 0o7777).toString(8).padStart(4, '0')}, owner ${info.uid}:${info.gid})`;
  }
  return null;
}

async function stat(host: Host, path: string): Promise<FileInfo | null> {
  try {
    return await host.stat(path);
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}
