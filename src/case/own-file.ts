/** Files that a person names for a report or for answers: they hold what a log held, so they are this user's alone. */
import { randomBytes } from 'node:crypto';
import { open, rename, stat, unlink } from 'node:fs/promises';

/**
 * Written beside its place and then put there in one piece: a reader sees the old or the new, a full disk leaves the old, and what was
 * there is not written through (a link that another user planted, a file that others hold open). Pipes and devices are written to.
 * @throws the system's error
 */
export async function writeOwnFile(path: string, text: string): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (there !== null && !there.isFile()) {
    const handle = await open(path, 'w');
    return handle.writeFile(text).finally(() => handle.close());
  }
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.new`;
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(text).finally(() => handle.close());
    await rename(beside, path);
  } catch (error) {
    await unlink(beside).catch(() => undefined);
    throw error;
  }
}
