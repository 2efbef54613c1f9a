/** The case could not be written or read. Exit 1: the program failed; the message says how far it came and what to do. */
export class CaseError extends Error {
  override readonly name = 'CaseError';
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** What a failed file operation means for a case, in words. @param doing what was tried: `write the case` */
export function caseErrorFrom(error: unknown, doing: string, path: string): CaseError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new CaseError(
        `could not ${doing}: the disk of ${path} is full`,
        'Free some room there, or name another folder with --state-dir',
      );
    case 'EROFS':
      return new CaseError(`could not ${doing}: ${path} is on a read-only file system`, 'Name a writable folder with --state-dir');
    case 'EACCES':
    case 'EPERM':
      return new CaseError(`could not ${doing}: no right to write in ${path}`, 'Name a folder of your own with --state-dir');
    case 'ELOOP':
      return new CaseError(
        `could not ${doing}: ${path} is a symbolic link, and cases are not kept behind one`,
        'Name the folder itself with --state-dir',
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new CaseError(`could not ${doing}: a part of ${path} is a file, not a folder`, 'Name another folder with --state-dir');
    case 'EMFILE':
    case 'ENFILE':
      return new CaseError(
        `could not ${doing}: too many files are open`,
        'Raise the limit (ulimit -n) or end other programs, and try again',
      );
    case 'ENOENT':
      return new CaseError(
        `could not ${doing}: ${path} is not there`,
        'It was removed, or can not be made there; name another folder with --state-dir',
      );
    default:
      return new CaseError(
        `could not ${doing} in ${path}: ${error instanceof Error ? error.message : String(error)}`,
        'Name another folder with --state-dir',
      );
  }
}
