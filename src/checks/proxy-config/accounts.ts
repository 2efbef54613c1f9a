/** Who serves requests: accounts of the side where httpd runs, from its files; accounts of a directory service have no names here. */
import type { Host } from '../../host/host.ts';
import type { RunningHttpd } from '../../httpd/config/running.ts';

export interface Account {
  readonly user: string | null;
  readonly uid: number | null;
  readonly group: string | null;
}

/**
 * Of the running children. Where only root's parent is seen (children start a moment later), the configuration's `User` says who it
 * will be: a name, or a number after `#`.
 */
export async function accountOf(
  host: Host,
  root: string,
  httpd: RunningHttpd,
  configured: { user: string | null; group: string | null },
): Promise<Account> {
  const users = await table(host, `${root}/etc/passwd`);
  const groups = await table(host, `${root}/etc/group`);
  if (httpd.uid !== 0 || configured.user === null) {
    return { user: nameOf(users, httpd.uid), uid: httpd.uid, group: nameOf(groups, httpd.gid) };
  }
  const uid = numberOf(users, configured.user);
  const gid = configured.group === null ? null : numberOf(groups, configured.group);
  return { user: nameOf(users, uid) ?? configured.user, uid, group: nameOf(groups, gid) ?? configured.group };
}

/** Names by number, from the file's lines `name:x:number:…`. */
async function table(host: Host, file: string): Promise<ReadonlyMap<string, number>> {
  try {
    const lines = (await host.readFile(file)).toString('utf8').split('\n');
    return new Map(lines.map((line) => line.split(':')).map((fields) => [fields[0] ?? '', Number(fields[2])]));
  } catch {
    return new Map();
  }
}

function nameOf(names: ReadonlyMap<string, number>, id: number | null): string | null {
  return id === null ? null : ([...names].find(([, number]) => number === id)?.[0] ?? null);
}

function numberOf(names: ReadonlyMap<string, number>, text: string): number | null {
  return text.startsWith('#') ? Number(text.slice(1)) : (names.get(text) ?? null);
}
