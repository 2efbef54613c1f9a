/** Finds and reads a flow with the diagnoses beside it: by id among the shipped ones, or by path. */
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { checks } from '../checks/registry.ts';
import { classifiers } from '../diagnosis/classifiers/all.ts';
import type { Declared } from '../diagnosis/declared.ts';
import { readDeclared } from '../diagnosis/read-declared.ts';
import type { Flow } from '../engine/flow.ts';
import { FileTooBig } from '../bounded-text.ts';
import { UsageError } from '../errors.ts';
import type { Catalogue } from '../flow/catalogue.ts';
import { readDocument } from '../flow/document.ts';
import { tidy, usageError } from '../flow/problem.ts';
import { flowBytes, readFlow } from '../flow/read-flow.ts';
import { flowsFolder, isFolder, isThere, namesIn, textOf } from '../shipped-files.ts';
import { commandNames } from './command-names.ts';

export { flowsFolder } from '../shipped-files.ts';

export const defaultFlow = 'mod-proxy-http';
/** Of a diagnoses.yaml. */
export const diagnosesBytes = 1024 * 1024;

export interface LoadedFlow {
  readonly flow: Flow;
  readonly declared: Readonly<Record<string, Declared>>;
  readonly catalogue: Catalogue;
  readonly file: string;
  /** SHA-256 of the flow's text. */
  readonly hash: string;
  readonly source: string;
}

export function flowIds(): string[] {
  const folder = flowsFolder();
  return namesIn(folder).filter((name) => isThere(join(folder, name, 'flow.yaml')));
}

/** Where the flow's file is. @param wanted an id, or a path. @throws {UsageError} */
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

export function makeCatalogue(diagnoses: readonly string[]): Catalogue {
  return { checks, classifiers, diagnoses };
}

/** @throws {UsageError} with file, line and column */
export function loadFlow(wanted: string): LoadedFlow {
  const file = findFlow(wanted);
  return loadFlowText(readText(file), file);
}

/** @param file where it came from: the diagnoses are looked for beside it, else those of the shipped flow of that id serve, else the default's */
export function loadFlowText(source: string, file: string): LoadedFlow {
  const declared = loadDeclared(file, source);
  const catalogue = makeCatalogue(Object.keys(declared));
  const flow = readFlow(source, file, catalogue);
  return { flow, declared, catalogue, file, hash: createHash('sha256').update(source).digest('hex'), source };
}

function loadDeclared(flowFile: string, flowSource: string): Record<string, Declared> {
  // A case carries its flow's text, and nothing lies beside that.
  const id = /^id: *["']?([a-z0-9-]+)/m.exec(flowSource)?.[1] ?? defaultFlow;
  const usual = join(flowsFolder(), defaultFlow, 'diagnoses.yaml');
  const file = [join(dirname(flowFile), 'diagnoses.yaml'), join(flowsFolder(), id, 'diagnoses.yaml')].find(isThere) ?? usual;
  const source = readDocument(readText(file), file, { bytes: diagnosesBytes });
  const [problem] = source.problems;
  if (problem !== undefined) throw usageError(tidy(problem));
  return readDeclared(source.value, file);
}

function readText(file: string): string {
  try {
    return textOf(file, flowBytes);
  } catch (error) {
    if (error instanceof FileTooBig) throw new UsageError(error.message, 'Name a flow file; this one can not be one', { file, line: error.line });
    throw new UsageError(`can not be read: ${error instanceof Error ? error.message : String(error)}`, 'Name a file that can be read', { file });
  }
}
