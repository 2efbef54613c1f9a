/** Reads and proves a flow with the diagnoses beside it. What the build has proven already is in shipped-flow.ts. */
import { dirname, isAbsolute, join } from 'node:path';
import { FileTooBig } from '../bounded-text.ts';
import { checks } from '../checks/registry.ts';
import { classifiers } from '../diagnosis/classifiers/all.ts';
import type { Declared } from '../diagnosis/declared.ts';
import { readDeclared } from '../diagnosis/read-declared.ts';
import { UsageError } from '../errors.ts';
import type { Catalogue } from '../flow/catalogue.ts';
import { readDocument } from '../flow/document.ts';
import { tidy, usageError } from '../flow/problem.ts';
import { flowBytes, readFlow } from '../flow/read-flow.ts';
import { flowsFolder, isThere, textOf } from '../shipped-files.ts';
import { sha256 } from './digest.ts';
import { defaultFlow, findFlow, type LoadedFlow } from './find-flow.ts';

/** Of a diagnoses.yaml. */
export const diagnosesBytes = 1024 * 1024;

export function makeCatalogue(diagnoses: readonly string[]): Catalogue {
  return { checks, classifiers, diagnoses };
}

/** @throws {UsageError} with file, line and column */
export function loadFlow(wanted: string): LoadedFlow {
  const file = findFlow(wanted);
  return loadFlowText(readText(file), file);
}

/** @param file where it came from, an absolute path or the name of a case: the diagnoses are looked for beside it, else those of the shipped flow of that id serve, else the default's */
export function loadFlowText(source: string, file: string): LoadedFlow {
  const declared = loadDeclared(file, source);
  const flow = readFlow(source, file, makeCatalogue(Object.keys(declared)));
  return { flow, declared, file, hash: sha256(source), source };
}

function loadDeclared(flowFile: string, flowSource: string): Record<string, Declared> {
  // A case carries its flow's text, and nothing lies beside that: what is in the folder where somebody happens to stand is not its.
  const id = /^id: *["']?([a-z0-9-]+)/m.exec(flowSource)?.[1] ?? defaultFlow;
  const usual = join(flowsFolder(), defaultFlow, 'diagnoses.yaml');
  const beside = isAbsolute(flowFile) ? [join(dirname(flowFile), 'diagnoses.yaml')] : [];
  const file = [...beside, join(flowsFolder(), id, 'diagnoses.yaml')].find(isThere) ?? usual;
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
