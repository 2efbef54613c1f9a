/** Where a flow's file is: by id among the shipped ones, or by path. Reads none. */
import { join, resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import type { Declared } from '../diagnosis/declared.ts';
import type { Flow } from '../engine/flow.ts';
import { UsageError } from '../errors.ts';
import { flowsFolder, isFolder, isThere, namesIn } from '../shipped-files.ts';
import { commandNames } from './command-names.ts';

export const defaultFlow = 'mod-proxy-http';

/** A flow fit for a run. */
export interface LoadedFlow {
  readonly flow: Flow;
  readonly declared: Readonly<Record<string, Declared>>;
  readonly file: string;
  /** SHA-256 of the flow's text. */
  readonly hash: string;
  readonly source: string;
}

export function flowIds(): string[] {
  const folder = flowsFolder();
  return namesIn(folder).filter((name) => isThere(join(folder, name, 'flow.yaml')));
}

/** @param wanted an id, or a path. @throws {UsageError} */
export function findFlow(wanted: string): string {
  if (/^[a-z0-9-]+$/.test(wanted)) {
    const shipped = join(flowsFolder(), wanted, 'flow.yaml');
    if (isThere(shipped)) return shipped;
  }
  const path = resolve(wanted);
  if (!isThere(path)) {
    const ids = flowIds();
    throw new UsageError(`there is no command, flow or flow file ${wanted}`, `${meant(wanted, ids)}Flows are: ${ids.join(', ')}; commands are listed by --help`);
  }
  return isFolder(path) ? join(path, 'flow.yaml') : path;
}

/** The nearest word that would do, where one is near: fewer slips than half its letters. */
function meant(wanted: string, ids: readonly string[]): string {
  const near = [...commandNames, ...ids].toSorted((a, b) => distance(a, wanted) - distance(b, wanted))[0];
  return near !== undefined && distance(near, wanted) <= Math.min(4, Math.floor(near.length / 2)) ? `Did you mean ${near}? ` : '';
}
