/**
 * The files that come with the program (flows and what lies beside them), wherever it lives: on disk beside the bundle, or inside the
 * single executable. Other paths are read from disk as they are, so that a flow of one's own is read by the same functions.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as sea from 'node:sea';
import { fileURLToPath } from 'node:url';
import { boundedText } from './bounded-text.ts';

/** Stands before paths inside the executable: no file on disk is called so. */
const inside = 'proxy-doctor:';

/** Is this the single executable? */
export const isExecutable = sea.isSea();

/** First word on the command line of the executable that makes it the supervisor of a change; see src/change/supervisor.ts. */
export const superviseWord = 'supervise-change';

/** The folder of the shipped flows: beside the bundle's folder when installed, at the root of the sources else. */
export function flowsFolder(): string {
  if (isExecutable) return `${inside}/flows`;
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const flows = join(folder, 'flows');
    if (existsSync(join(flows, 'mod-proxy-http', 'flow.yaml'))) return flows;
    const up = dirname(folder);
    if (up === folder) throw new Error('the shipped flows are missing beside this program');
    folder = up;
  }
}

export function isThere(path: string): boolean {
  const key = keyOf(path);
  return key === null ? existsSync(path) : keys().some((one) => one === key || one.startsWith(`${key}/`));
}

export function isFolder(path: string): boolean {
  const key = keyOf(path);
  return key === null ? statSync(path).isDirectory() : keys().some((one) => one.startsWith(`${key}/`));
}

/** Names in a folder. */
export function namesIn(folder: string): string[] {
  const key = keyOf(folder);
  if (key === null) return readdirSync(folder);
  return [...new Set(keys().flatMap((one) => (one.startsWith(`${key}/`) ? [one.slice(key.length + 1).split('/')[0] ?? ''] : [])))].sort();
}

/** @param most bytes that such a file may have. @throws {FileTooBig}, or where it is not there or can not be read */
export function textOf(path: string, most: number): string {
  const key = keyOf(path);
  return key === null ? boundedText(path, most) : sea.getAsset(key, 'utf8');
}

/** The text of a file that the build has made beside the program; null where there is none: the program runs from its sources. */
export function builtFile(name: string): string | null {
  if (isExecutable) return keys().includes(`built/${name}`) ? sea.getAsset(`built/${name}`, 'utf8') : null;
  const path = fileURLToPath(new URL(name, import.meta.url));
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function keyOf(path: string): string | null {
  return isExecutable && path.startsWith(`${inside}/`) ? path.slice(inside.length + 1) : null;
}

function keys(): readonly string[] {
  return sea.getAssetKeys();
}
