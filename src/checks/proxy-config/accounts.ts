/** Names of a user and a group, from the files of the side where httpd runs; accounts of a directory service have none here. */
import type { Host } from '../../host/host.ts';

export async function accountNames(
  host: Host,
  root: string,
  uid: number | null,
  gid: number | null,
): Promise<{ user: string | null; group: string | null }> {
  return { user: await nameIn(host, `${root}/etc/passwd`, uid), group: await nameIn(host, `${root}/etc/group`, gid) };
}

async function nameIn(host: Host, file: string, id: number | null): Promise<string | null> {
  if (id === null) return null;
  try {
    const line = (await host.readFile(file))
      .toString('utf8')
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(id));
    return line?.split(':')[0] ?? null;
  } catch {
    return null;
  }
}
