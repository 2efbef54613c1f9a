/** Where commands are looked for: the caller's PATH and, after it, the folders that ordinary users' PATHs leave out (`ss`, `iptables`). */
const usual = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Folders in order, each once; relative entries (`.`, the empty one) are left out, since what they mean depends on where one stands. */
export function searchFolders(path: string | undefined): readonly string[] {
  const given = (path ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return [...new Set([...given, ...usual])];
}
