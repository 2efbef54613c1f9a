/** Where case files live: `--state-dir`, else the XDG state directory. Folders are made 0700, and must be this user's own. */
import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { caseErrorFrom, CaseError } from './case-error.ts';

/** env-paths calls the XDG state directory `log`, after its use on other systems. */
export function stateDirectory(given: string | null): string {
  return given ?? envPaths('proxy-doctor', { suffix: '' }).log;
}

export function casesFolder(stateDir: string): string {
  return join(stateDir, 'cases');
}

/** Makes the folder where it is missing. @throws {CaseError} where another user could read or plant a case. */
export async function ownFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const info = await lstat(path);
    const uid = process.getuid?.();
    if (info.isSymbolicLink() || !info.isDirectory()) throw new CaseError(`${path} is no folder`, 'Name another folder with --state-dir');
    if (uid !== undefined && info.uid !== uid) throw new CaseError(`${path} belongs to another user (uid ${info.uid})`, 'Name a folder of your own with --state-dir');
    if ((info.mode & 0o077) !== 0) {
      // Through a descriptor, so that nobody can swap the folder for a link in between.
      const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      await handle.chmod(0o700).finally(() => handle.close());
    }
  } catch (error) {
    if (error instanceof CaseError) throw error;
    throw caseErrorFrom(error, 'make the folder for cases', path);
  }
}

/** Records of changes that may have to be undone; made where it is missing. @throws {CaseError} */
export async function changesFolder(stateDir: string): Promise<string> {
  const folder = join(stateDir, 'changes');
  await ownFolder(stateDir);
  await ownFolder(folder);
  return folder;
}
