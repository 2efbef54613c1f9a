/** Configurations made of tables, read as httpd reads them, for the tests of this folder and of the checks that use it. */
import { filesOfHost } from '../../../src/httpd/config/files.ts';
import { usualStaticSources } from '../../../src/httpd/config/modules.ts';
import type { ReadOptions } from '../../../src/httpd/config/read.ts';
import { readConfig } from '../../../src/httpd/config/read.ts';
import type { ConfigTree, Node } from '../../../src/httpd/config/tree.ts';
import type { MemoryFile } from '../../fakes/memory-host.ts';
import { memoryHost } from '../../fakes/memory-host.ts';

export const main = '/etc/httpd/conf/httpd.conf';

export type Options = Partial<Omit<ReadOptions, 'environment'>> & { readonly environment?: Readonly<Record<string, string>> };

/** Reads files by path; a text alone is the main file. */
export async function read(
  given: string | Readonly<Record<string, MemoryFile>>,
  { environment = {}, ...options }: Options = {},
): Promise<ConfigTree> {
  const files = typeof given === 'string' ? { [main]: given } : given;
  return readConfig({
    configFile: main,
    serverRoot: '/etc/httpd',
    defines: [],
    staticModules: usualStaticSources,
    version: [2, 4, 62],
    files: filesOfHost(memoryHost({ files })),
    ...options,
    environment: (name) => environment[name],
  });
}

/** `file:line Name arguments`, sections indented by their depth; the file's name alone. */
export function shown(tree: ConfigTree): string[] {
  const lines: string[] = [];
  const walk = (nodes: readonly Node[], depth: number): void => {
    for (const node of nodes) {
      const place = `${node.at.file.split('/').at(-1)}:${node.at.line}`;
      if (node.kind === 'directive') lines.push(`${place} ${'  '.repeat(depth)}${node.name} ${node.raw}`);
      else {
        lines.push(`${place} ${'  '.repeat(depth)}<${node.name} ${node.raw}>`);
        walk(node.children, depth + 1);
      }
    }
  };
  walk(tree.nodes, 0);
  return lines;
}

export function problems(tree: ConfigTree): string[] {
  return tree.problems.map(({ at, text }) => (at === null ? text : `${at.file.split('/').at(-1)}:${at.line} ${text}`));
}
