/** Which files an Include means (ap_dir_fnmatch, ap_dir_nofnmatch in server/util.c): a file, a folder with all below it, or a pattern. */
import { FileError } from '../../host/host.ts';
import type { ConfigFiles } from './files.ts';
import { componentMatcher, isPattern } from './patterns.ts';

export interface Expanded {
  /** In httpd's order: by name, byte for byte. */
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

const deepestFolder = 20;
const mostEntries = 20_000;

/** @param optional IncludeOptional: nothing there is no problem. */
export async function expandInclude(files: ConfigFiles, pattern: string, optional: boolean): Promise<Expanded> {
  const found: string[] = [];
  const problems: string[] = [];
  const missing = (text: string, code: string): void => {
    if (!optional || (code !== 'ENOENT' && code !== 'ENOTDIR')) problems.push(text);
  };

  const plain = async (path: string, depth: number): Promise<void> => {
    let kind: Awaited<ReturnType<ConfigFiles['kind']>>;
    try {
      kind = await files.kind(path);
    } catch (error) {
      if (error instanceof FileError) return missing(`Include: ${error.message}`, error.code);
      throw error;
    }
    if (kind !== 'directory') {
      found.push(path);
      return undefined;
    }
    if (depth >= deepestFolder) {
      problems.push(`${path}: folders are nested deeper than ${deepestFolder}, which httpd refuses`);
      return undefined;
    }
    return inFolder(
      path,
      () => true,
      (inner) => plain(inner, depth + 1),
    );
  };

  const inFolder = async (
    folder: string,
    /** Null: every name, and an empty folder is no fault. */
    wanted: ((name: string) => boolean) | null,
    take: (path: string) => Promise<void>,
  ): Promise<void> => {
    let names: readonly string[];
    try {
      names = await files.list(folder === '' ? '/' : folder);
    } catch (error) {
      if (error instanceof FileError) return missing(`Include: ${error.message}`, error.code);
      throw error;
    }
    const paths = names
      .filter(wanted ?? (() => true))
      .sort(byteOrder)
      .map((name) => `${folder}/${name}`);
    if (paths.length === 0 && wanted !== null)
      missing(`nothing in ${folder === '' ? '/' : folder} fits ${pattern}, so httpd would refuse to start`, 'ENOENT');
    if (paths.length + found.length > mostEntries) {
      problems.push(`${pattern} means more than ${mostEntries} files; they were not read`);
      return;
    }
    await files.ahead(paths);
    for (const path of paths) await take(path);
  };

  const components = pattern.split('/').slice(1);
  const walk = async (base: string, index: number): Promise<void> => {
    const component = components[index];
    if (component === undefined) return plain(base, 0);
    if (!isPattern(component)) return walk(`${base}/${component}`, index + 1);
    const last = index === components.length - 1;
    return inFolder(base, componentMatcher(component), async (path) => {
      if (last) return plain(path, 0);
      // Only folders can hold what the rest of the pattern asks for.
      if (await isFolder(files, path)) return walk(path, index + 1);
      return undefined;
    });
  };
  await walk('', 0);
  return { files: found, problems };
}

async function isFolder(files: ConfigFiles, path: string): Promise<boolean> {
  try {
    return (await files.kind(path)) === 'directory';
  } catch {
    return false;
  }
}

/** strcmp, as httpd sorts names. */
function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
