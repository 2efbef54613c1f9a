/**
 * Do failures keep to one kind of request (the article's point A25)? Each operation, method and folder of the requests to one backend is
 * compared with the other requests to the same backend: Fisher's exact test, corrected by Holm for all that was tried. Pure.
 */
import { fisherTail, holm, oddsRatio } from '../logs/statistics.ts';
import { count, percent } from '../logs/words.ts';
import { variable } from '../logs/path-template.ts';
import type { PatternFacts } from './facts.ts';

export const thresholds = {
  /** A handful of failures at least. */
  failures: 5,
  /** Chance alone brings such a pattern in one of a hundred logs. */
  pValue: 0.01,
  /** Share of failures far above the share of requests. */
  oddsRatio: 5,
  /** Less than this of its backend's failures is no pattern of them. */
  share: 0.2,
  /** The operation's other requests mostly fail too … */
  mostlyFails: 0.5,
  /** … or nearly all failures are there and hardly any elsewhere, though only some of its requests fail (large bodies, one tenant). */
  partlyFails: 0.05,
  partlyHolds: 0.9,
  /** A method as such is the pattern when so many operations with it fail alike: each at least half as often as the method as a whole. */
  methodOperations: 3,
  methodAlike: 0.5,
  /** One operation that holds this much of its method's (or folder's) failures is the pattern itself. */
  oneHolds: 0.8,
} as const;

/** One operation in one stratum: requests that are compared with each other because they go to the same backend. */
export interface Counted {
  readonly method: string | null;
  readonly path: string | null;
  readonly requests: number;
  readonly failed: number;
}

export interface Stratum {
  readonly backend: string | null;
  readonly operations: readonly Counted[];
}

export interface Patterns {
  readonly patterns: readonly PatternFacts[];
  readonly tried: number;
}

interface Kind extends Counted {
  readonly stratum: number;
  readonly level: 'operation' | 'folder' | 'method';
  readonly all: { readonly requests: number; readonly failed: number };
}

/** @param failedInAll failures over all strata, for the share */
export function findPatterns(strata: readonly Stratum[], failedInAll: number): Patterns {
  const kinds = strata.flatMap((stratum, index) => kindsOf(stratum, index));
  const tested = kinds
    .filter((kind) => kind.failed >= thresholds.failures && kind.requests < kind.all.requests)
    .map((kind) => ({ kind, p: fisherTail(kind.failed, kind.requests, kind.all.failed, kind.all.requests) }));
  const corrected = holm(
    tested.map(({ p }) => p),
    kinds.length,
  );
  const held = tested
    .map(({ kind }, i) => ({
      kind,
      pValue: corrected[i] ?? 1,
      odds: oddsRatio(kind.failed, kind.requests, kind.all.failed, kind.all.requests),
    }))
    .filter(
      ({ kind, pValue, odds }) =>
        pValue < thresholds.pValue && odds >= thresholds.oddsRatio && kind.failed >= kind.all.failed * thresholds.share && keepsTo(kind),
    );
  const chosen = held.filter(
    ({ kind }) =>
      !explainedByAnother(
        kind,
        held.map((other) => other.kind),
        kinds,
      ),
  );
  return {
    tried: kinds.length,
    patterns: chosen
      .sort((a, b) => b.kind.failed - a.kind.failed)
      .map(({ kind, pValue, odds }) => ({
        method: kind.method,
        path: kind.path,
        requests: kind.requests,
        failed: kind.failed,
        share: round(kind.failed / Math.max(1, failedInAll)),
        ...(kind.all.failed < failedInAll ? { shareOfBackend: round(kind.failed / Math.max(1, kind.all.failed)) } : {}),
        oddsRatio: round(odds),
        pValue,
        backend: strata[kind.stratum]?.backend ?? null,
        because: becauseOf(kind),
      })),
  };
}

/** Operations with a failure, the folders they lie in, and methods. */
function kindsOf(stratum: Stratum, index: number): readonly Kind[] {
  const all = sum(stratum.operations);
  const failing = stratum.operations.filter((operation) => operation.failed > 0);
  const folders = new Map<string, Counted[]>();
  const methods = new Map<string, Counted[]>();
  for (const operation of stratum.operations) {
    if (operation.method !== null) push(methods, operation.method, operation);
    const folder = folderOf(operation);
    if (folder !== null) push(folders, folder, operation);
  }
  const kinds: Kind[] = failing.map((operation) => ({ ...operation, stratum: index, level: 'operation', all }));
  for (const operations of folders.values()) {
    const [first] = operations;
    if (operations.length < 2 || first === undefined || operations.filter((one) => one.failed > 0).length < 2) continue;
    kinds.push({ ...sum(operations), method: first.method, path: parentOf(first.path) + variable, stratum: index, level: 'folder', all });
  }
  if (methods.size > 1) {
    for (const [method, operations] of methods) {
      const total = sum(operations);
      if (total.failed > 0) kinds.push({ ...total, method, path: null, stratum: index, level: 'method', all });
    }
  }
  return kinds;
}

function keepsTo(kind: Kind): boolean {
  const rate = kind.failed / kind.requests;
  return rate >= thresholds.mostlyFails || (rate >= thresholds.partlyFails && kind.failed >= kind.all.failed * thresholds.partlyHolds);
}

/** Of method, folder and operation the one that says it best stays. */
function explainedByAnother(kind: Kind, held: readonly Kind[], kinds: readonly Kind[]): boolean {
  const others = held.filter((other) => other !== kind && other.stratum === kind.stratum && other.method === kind.method);
  switch (kind.level) {
    case 'method':
      // All POST, or only one operation that happens to be the POST?
      return !failsAsSuch(kind, kinds);
    case 'folder':
      return others.some(
        (other) =>
          (other.level === 'method' && failsAsSuch(other, kinds)) ||
          (inFolder(other, kind) && other.failed >= kind.failed * thresholds.oneHolds),
      );
    case 'operation':
      return others.some(
        (other) =>
          (other.level === 'method' && failsAsSuch(other, kinds)) ||
          (other.level === 'folder' && inFolder(kind, other) && kind.failed < other.failed * thresholds.oneHolds),
      );
  }
}

function failsAsSuch(method: Kind, kinds: readonly Kind[]): boolean {
  const operations = kinds.filter((one) => one.level === 'operation' && one.stratum === method.stratum && one.method === method.method);
  const rate = method.failed / method.requests;
  const alike = operations.filter((one) => one.failed / one.requests >= rate * thresholds.methodAlike);
  const requests = alike.reduce((total, one) => total + one.requests, 0);
  return (
    alike.length >= thresholds.methodOperations &&
    requests >= method.requests * thresholds.oneHolds &&
    !operations.some((one) => one.failed >= method.failed * thresholds.oneHolds)
  );
}

function inFolder(operation: Kind, folder: Kind): boolean {
  return (
    operation.level === 'operation' &&
    operation.path !== folder.path &&
    operation.path !== null &&
    parentOf(operation.path) + variable === folder.path
  );
}

function folderOf(operation: Counted): string | null {
  return operation.path === null ? null : `${operation.method ?? ''} ${parentOf(operation.path)}`;
}

/** `/a/b/c` → `/a/b/` */
function parentOf(path: string | null): string {
  return path === null ? '' : path.slice(0, path.lastIndexOf('/') + 1);
}

function sum(operations: readonly Counted[]): { readonly requests: number; readonly failed: number } {
  return operations.reduce((total, one) => ({ requests: total.requests + one.requests, failed: total.failed + one.failed }), {
    requests: 0,
    failed: 0,
  });
}

function push(map: Map<string, Counted[]>, key: string, value: Counted): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function becauseOf(kind: Kind): string {
  const rest = { requests: kind.all.requests - kind.requests, failed: kind.all.failed - kind.failed };
  const mostly =
    kind.failed / kind.requests >= thresholds.mostlyFails
      ? ''
      : '; not all of its requests fail, so something else about them matters too (size, a parameter, a moment)';
  return `${percent(kind.failed, kind.requests)} of its ${count(kind.requests)} requests failed, ${percent(rest.failed, rest.requests)} of ${count(rest.requests)} others${mostly}`;
}

function round(value: number): number {
  return value > 1e6 ? Math.round(value) : Math.round(value * 1000) / 1000;
}
