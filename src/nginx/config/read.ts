/** nginx's configuration with all that it includes → directives, each with its file and line. */
import { componentMatcher, isPattern } from '../../httpd/config/patterns.ts';
import type { ConfigFiles } from '../../httpd/config/files.ts';
import { absolutePath, folderOf } from '../../httpd/config/paths.ts';
import type { At, Problem } from '../../httpd/config/tree.ts';
import { FileError } from '../../host/host.ts';
import { tokensOf, type Token } from './lexer.ts';

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly at: At;
  /** Of a block; null: a simple directive. */
  readonly children: readonly Directive[] | null;
}

export interface NginxTree {
  readonly nodes: readonly Directive[];
  /** In the order of reading, each once. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

/** What includes what, and how many files a configuration may have, is bounded: it may include itself. */
const deepest = 30;
const mostFiles = 5000;

interface Reading {
  readonly files: ConfigFiles;
  /** Includes are relative to the folder of the main file (conf_prefix). */
  readonly folder: string;
  readonly read: string[];
  readonly problems: Problem[];
  readonly signal: AbortSignal | undefined;
}

/** Never throws for what the files hold, or where one can't be read: that is in `problems`. */
export async function readNginxConfig(configFile: string, files: ConfigFiles, signal?: AbortSignal): Promise<NginxTree> {
  const reading: Reading = { files, folder: folderOf(configFile), read: [], problems: [], signal };
  const nodes = await readFile(reading, configFile, null, 0);
  return { nodes, files: [...new Set(reading.read)], problems: reading.problems };
}

async function readFile(reading: Reading, path: string, from: At | null, depth: number): Promise<Directive[]> {
  reading.signal?.throwIfAborted();
  if (depth > deepest || reading.read.length >= mostFiles) {
    reading.problems.push({ at: from, text: `${path}: too many files, or one that includes itself; not read` });
    return [];
  }
  let text: string;
  try {
    const content = await reading.files.read(path);
    text = content.text;
    if (content.cut) reading.problems.push({ at: from, text: `${path}: only its beginning was read, it is very long` });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    reading.problems.push({ at: from, text: error.message });
    return [];
  }
  reading.read.push(path);
  const tokens = tokensOf(text);
  const cursor = { next: 0 };
  const nodes: Directive[] = [];
  // A closing brace too many ends nothing here.
  while (cursor.next < tokens.length) nodes.push(...(await block(reading, tokens, cursor, path, depth, 0)));
  return nodes;
}

async function block(
  reading: Reading,
  tokens: readonly Token[],
  cursor: { next: number },
  path: string,
  depth: number,
  level: number,
): Promise<Directive[]> {
  const nodes: Directive[] = [];
  let words: { text: string; line: number }[] = [];
  while (cursor.next < tokens.length) {
    const token = tokens[cursor.next];
    cursor.next += 1;
    if (token === undefined) break;
    if (token.kind === 'word') {
      words.push(token);
      continue;
    }
    const [name, ...args] = words;
    words = [];
    if (token.kind === '}') {
      if (name !== undefined)
        reading.problems.push({ at: { file: path, line: name.line }, text: `${name.text}: it ends without a semicolon` });
      return nodes;
    }
    const inner = token.kind === '{' ? (level > 100 ? [] : await block(reading, tokens, cursor, path, depth, level + 1)) : null;
    if (name === undefined) continue;
    const at = { file: path, line: name.line };
    const directive: Directive = { name: name.text, args: args.map((word) => word.text), at, children: inner };
    if (directive.name === 'include' && inner === null) nodes.push(...(await included(reading, directive, depth)));
    else nodes.push(directive);
  }
  return nodes;
}

async function included(reading: Reading, { args, at }: Directive, depth: number): Promise<Directive[]> {
  const pattern = absolutePath(args[0] ?? '', reading.folder);
  const paths = isPattern(pattern) ? await expand(reading.files, pattern) : [pattern];
  await reading.files.ahead(paths);
  const nodes: Directive[] = [];
  for (const path of paths) nodes.push(...(await readFile(reading, path, at, depth + 1)));
  return nodes;
}

/** As glob() sorts them. A pattern that fits nothing is no error. */
async function expand(files: ConfigFiles, pattern: string): Promise<string[]> {
  let found = [''];
  for (const component of pattern.split('/').filter((part) => part !== '')) {
    if (!isPattern(component)) {
      found = found.map((base) => `${base}/${component}`);
      continue;
    }
    const fits = componentMatcher(component);
    const next: string[] = [];
    for (const base of found) {
      const names = await files.list(base === '' ? '/' : base).catch(() => []);
      next.push(...names.filter(fits).map((name) => `${base}/${name}`));
    }
    found = next;
  }
  const kinds = await Promise.all(found.map((path) => files.kind(path).catch(() => null)));
  return found.filter((_path, index) => kinds[index] === 'file').sort();
}
