/** Where case files live: `--state-dir`, else the XDG state directory. Folders are made 0700, and must be this user's own. */
import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { caseErrorFrom, CaseError } from './case-error.ts';

/** env-paths calls the XDG state directory `log`, after its use on other systems. */
export function stateDirectory(given: string | null): string {
  return given ?? envPaths('proxy-doctor', { suffix: '' }).log;
}

export function casesFolder(stateDir: string): string {
  return join(stateDir, 'cases');
}

/**
 * Makes the folder where it is missing.
 * @param named its name is ours (`cases`): closed to others where it is not. A folder that a person named stays as it is: it may be /tmp.
 * @throws {CaseError} where another user could read or plant a case
 */
export async function ownFolder(path: string, named: 'ours' | 'theirs' = 'ours'): Promise<void> {
  try {
    if ((await lstat(path).catch(() => null)) === null) await makeFolder(path);
    const mode = await mustBeOwn(path);
    if (named === 'ours' && (mode & 0o077) !== 0) {
      // Through a descriptor, so that nobody can swap the folder for a link in between.
      const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      await handle.chmod(0o700).finally(() => handle.close());
    }
  } catch (error) {
    if (error instanceof CaseError) throw error;
    throw caseErrorFrom(error, 'make the folder for cases', path);
  }
}

/** Node's own recursive mkdir tries for ever where the system says ENOENT although the parent is there (/proc). */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    // Another run made it in the same moment.
    if (code === 'EEXIST') return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || (await lstat(parent).catch(() => null)) !== null) throw error;
    await makeFolder(parent);
    await mkdir(path, { mode: 0o700 });
  }
}

/**
 * A case names commands to run (its vantage), so one that another user planted must never be opened.
 * @returns its mode. @throws {CaseError} where it is a link, no folder, or another user's
 */
export async function mustBeOwn(path: string): Promise<number> {
  const info = await lstat(path).catch((error: unknown) => Promise.reject(caseErrorFrom(error, 'open the folder for cases', path)));
  const uid = process.getuid?.();
  if (info.isSymbolicLink())
    throw new CaseError(`${path} is a symbolic link, and cases are not kept behind one`, 'Name the folder itself with --state-dir');
  if (!info.isDirectory()) throw new CaseError(`${path} is a file, not a folder`, 'Name another folder with --state-dir');
  if (uid !== undefined && info.uid !== uid)
    throw new CaseError(
      `${path} belongs to another user (uid ${info.uid})`,
      'Name a folder of your own with --state-dir, or run as that user',
    );
  return info.mode;
}

/** Records of changes that may have to be undone; made where it is missing. @throws {CaseError} */
export async function changesFolder(stateDir: string): Promise<string> {
  const folder = join(stateDir, 'changes');
  await ownFolder(stateDir, 'theirs');
  await ownFolder(folder);
  return folder;
}
