/** Folders from which the running configuration takes every file that fits a pattern: where a new file would be read. */
import type { ConfigFiles } from '../../httpd/config/files.ts';
import { folderOf, nameOf } from '../../httpd/config/paths.ts';
import { isPattern } from '../../httpd/config/patterns.ts';
import type { IncludeSeen } from '../../httpd/config/tree.ts';
import type { ProxyConfigFacts } from './facts.ts';

/**
 * Only Includes of the server itself (main or virtual host): a file read inside <Location> or <Directory> would count there alone.
 * `nameOfHost` tells the virtual host of a section's place.
 */
export async function includeFolders(
  includes: readonly IncludeSeen[],
  files: ConfigFiles,
  nameOfHost: (at: IncludeSeen['at']) => string | null,
): Promise<ProxyConfigFacts['includeFolders']> {
  const result: ProxyConfigFacts['includeFolders'] = [];
  for (const { pattern, at, inside } of includes) {
    const host = inside[0]?.key === 'virtualhost' ? inside[0] : null;
    if (inside.length > (host === null ? 0 : 1)) continue;
    const virtualHost = host === null ? null : nameOfHost(host.at);
    const folder = folderOf(pattern);
    const last = nameOf(pattern);
    if (isPattern(last) && !isPattern(folder)) {
      if (await isFolder(files, folder)) result.push({ folder, pattern: last, at, virtualHost });
    } else if (!isPattern(pattern) && (await isFolder(files, pattern))) result.push({ folder: pattern, pattern: '*', at, virtualHost });
  }
  return result;
}

async function isFolder(files: ConfigFiles, path: string): Promise<boolean> {
  try {
    return (await files.kind(path)) === 'directory';
  } catch {
    return false;
  }
}
