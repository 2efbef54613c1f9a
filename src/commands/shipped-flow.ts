/**
 * The shipped flows as the build has read and proven them: every start would find out the same anew, of files that nobody has changed since. Their
 * texts stand beside what was found, and tell whether that is so; where it is not, load-flow.ts reads them.
 */
import { basename, dirname, join } from 'node:path';
import type { Flow } from '../engine/flow.ts';
import { builtFile, flowsFolder, textOf } from '../shipped-files.ts';
import { findFlow, flowIds, type LoadedFlow } from './find-flow.ts';

/** Of each file; what is larger is no file of ours. */
const mostBytes = 1024 * 1024;

interface Proven {
  readonly source: string;
  readonly diagnoses: string;
  readonly hash: string;
  readonly flow: Omit<Flow, 'steps'> & { readonly steps: readonly (readonly [string, never])[] };
  readonly declared: LoadedFlow['declared'];
}

const provenName = (id: string): string => `${id}.flow.json`;

/** For the build: a file's name and text. @param loaded as `loadFlow` has read it */
export function proven({ flow, declared, file, hash, source }: LoadedFlow): { readonly name: string; readonly text: string } {
  const diagnoses = diagnosesBeside(file);
  return { name: provenName(flow.id), text: JSON.stringify({ source, diagnoses, hash, flow: { ...flow, steps: [...flow.steps] }, declared }) };
}

/** Null: it is no shipped flow, or not as it was built. @throws {UsageError} where there is no such flow */
export function shippedFlow(wanted: string): LoadedFlow | null {
  const file = findFlow(wanted);
  const folder = dirname(file);
  if (dirname(folder) !== flowsFolder()) return null;
  const text = builtFile(provenName(basename(folder)));
  return text === null ? null : readProven(text, file);
}

/** The flow that a case carries, where it is the shipped one of that id. */
export function shippedFlowOf({ id, source }: { readonly id: string; readonly source: string }): LoadedFlow | null {
  const shipped = flowIds().includes(id) ? shippedFlow(id) : null;
  return shipped?.source === source ? shipped : null;
}

/** @param text what `proven` has made. @returns null where it was made of other files than those that are there */
export function readProven(text: string, file: string): LoadedFlow | null {
  try {
    const { source, diagnoses, hash, flow, declared } = JSON.parse(text) as Proven;
    if (source !== textOf(file, mostBytes) || diagnoses !== diagnosesBeside(file)) return null;
    return { flow: { ...flow, steps: new Map(flow.steps) }, declared, file, hash, source };
  } catch {
    // What is wrong with the files is said by who reads them whole.
    return null;
  }
}

function diagnosesBeside(file: string): string {
  return textOf(join(dirname(file), 'diagnoses.yaml'), mostBytes);
}
