/** Requests that may be compared with each other, because they go to the same backend. Pure. */
import type { Analysis } from '../logs/analysis.ts';
import { modeOfFamily } from '../logs/roles.ts';
import type { Counted, Stratum } from './patterns.ts';

/**
 * Operations with their requests and failures, by the backend that the configuration routes them to; without a configuration the whole log
 * is one. Failures in flight and of uploads can depend on what was asked for. A connect, a look-up and a handshake come before the request
 * is sent: that a dead backend fails for its own paths alone is no pattern, and a request that was never sent could not break in flight:
 * it counts neither as one that failed nor as one that went well.
 *
 * @param without operations that are left out
 */
export function strataOf(analysis: Analysis, failing: readonly number[], without: ReadonlySet<number> = new Set()): readonly Stratum[] {
  const { reading, ways, names } = analysis;
  const { tally, failures } = reading;
  if (tally === null || failing.length === 0) return [];
  const configured = ways.how === 'configuration';
  const stratumOfGroup = new Map<number, string>();
  if (configured) {
    const backends = new Map<number, number[]>();
    ways.of.forEach((own, backend) => own.forEach((way) => backends.set(way.group, [...(backends.get(way.group) ?? []), backend])));
    for (const [group, numbers] of backends)
      stratumOfGroup.set(group, numbers.map((number) => names.list[number]?.backend ?? '').join(' '));
  }
  const failed = new Map<number, number>();
  const neverSent = new Map<number, number>();
  for (const row of failing) {
    const failure = tally.suspects.failure[row] ?? -1;
    const mode = failure < 0 ? 'none' : modeOfFamily(failures.familyOf(failure));
    const operation = tally.operations.now(tally.suspects.operation[row] ?? -1);
    if (failure >= 0 && mode !== 'in-flight' && mode !== 'client') {
      neverSent.set(operation, (neverSent.get(operation) ?? 0) + 1);
      continue;
    }
    failed.set(operation, (failed.get(operation) ?? 0) + 1);
  }
  const strata = new Map<string, Counted[]>();
  tally.operations.list.forEach((operation, index) => {
    if (operation === null || without.has(index)) return;
    const stratum = configured ? stratumOfGroup.get(operation.group) : '';
    // What goes to no backend (static files) is nothing to compare with.
    if (stratum === undefined && !failed.has(index)) return;
    // What the table had no room for is taken to be like what it has.
    const scale = operation.kept === 0 ? 1 : operation.suspects / operation.kept;
    const failedHere = Math.round((failed.get(index) ?? 0) * scale);
    const list = strata.get(stratum ?? '') ?? [];
    const sent = operation.requests - Math.round((neverSent.get(index) ?? 0) * scale);
    list.push({ method: operation.method, path: operation.path, requests: Math.max(sent, failedHere), failed: failedHere });
    strata.set(stratum ?? '', list);
  });
  return [...strata].map(([backend, operations]) => ({ backend: backend === '' ? null : backend, operations }));
}
