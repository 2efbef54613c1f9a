/** Both logs brought together: failures named, joined with their requests, and requests assigned to backends. Done once for both checks. */
import type { CheckContext } from '../check.ts';
import type { Route } from '../proxy-config/routes.ts';
import { routeFor } from '../proxy-config/routes.ts';
import { nameBackends } from './backend-names.ts';
import type { BackendNames } from './backend-names.ts';
import { explainSuspect } from './explain-suspects.ts';
import type { Explanation } from './explain-suspects.ts';
import { joinLogs } from './join.ts';
import type { LogParameters } from './parameters.ts';
import { readLogs } from './read-logs.ts';
import type { LogReading } from './read-logs.ts';
import { backendSide, modeOfFamily } from './roles.ts';
import type { Tally } from './tally.ts';
import { findWays } from './ways.ts';
import type { Ways } from './ways.ts';

export interface Analysis {
  readonly reading: LogReading;
  readonly names: BackendNames;
  /** Row of the suspect table for each failure; -1: not found in an access log. */
  readonly requestOf: Int32Array;
  readonly explanations: readonly Explanation[];
  readonly ways: Ways;
}

const remembered = new WeakMap<LogReading, Analysis>();

/** @throws {CouldNot} */
export async function analyseLogs(context: CheckContext, parameters: LogParameters, needs: 'error-log' | 'access-log'): Promise<Analysis> {
  const reading = await readLogs(context, parameters, needs);
  const known = remembered.get(reading);
  if (known !== undefined) return known;
  const analysis = analyse(reading);
  remembered.set(reading, analysis);
  return analysis;
}

function analyse(reading: LogReading): Analysis {
  const { failures, tally } = reading;
  const { config } = reading.parameters;
  const route = (path: string): Route | null => (config === null ? null : routeFor(config, { path }));
  const names = nameBackends(failures, config, reading.parameters.backends, (path) => route(path)?.backend ?? null);
  if (tally === null) {
    assignTheRest(names, null, reading);
    return {
      reading,
      names,
      requestOf: new Int32Array(failures.length).fill(-1),
      explanations: [],
      ways: { of: names.list.map(() => []), how: 'none' },
    };
  }
  const pathOf = (row: number): string | null => tally.operations.get(tally.suspects.operation[row] ?? -1)?.path ?? null;
  const { requestOf } = joinLogs(failures, tally.suspects, pathOf, reading.parameters.dialect);
  assignTheRest(names, { tally, requestOf }, reading);
  const ways = findWays(tally, names, failuresByGroup(names, tally, requestOf, reading), config);
  const explanations = Array.from({ length: tally.suspects.length }, (_, row) => explainSuspect(row, tally.suspects, failures));
  explanations.forEach((explanation, row) => {
    if (explanation !== 'served') return;
    // Looked at for a broken answer, and found to be a good one.
    if ((tally.suspects.durationMs[row] ?? NaN) >= 0) tally.durations.add(tally.suspects.durationMs[row] ?? 0);
    if ((tally.suspects.size[row] ?? NaN) >= 0) tally.sizes.add(tally.suspects.size[row] ?? 0);
  });
  return { reading, names, requestOf, explanations, ways };
}

/** Lines that name no backend ("error reading response"): their request's route tells, or there is only one backend at all. */
function assignTheRest(
  names: BackendNames,
  access: { readonly tally: Tally<Route>; readonly requestOf: Int32Array } | null,
  reading: LogReading,
): void {
  const named = new Set(names.ofRow);
  named.delete(-1);
  const given = reading.parameters.backends.map((name) => names.find(name));
  const [only] =
    names.list.length === 1
      ? [0]
      : given.length === 1 && (given[0] ?? -1) >= 0
        ? given
        : named.size === 1 && reading.parameters.config === null
          ? [...named]
          : [];
  for (let row = 0; row < names.ofRow.length; row++) {
    if ((names.ofRow[row] ?? -1) >= 0) continue;
    const request = access?.requestOf[row] ?? -1;
    const group = request < 0 ? null : access?.tally.groups[access.tally.suspects.group[request] ?? -1];
    const routed = group?.route?.backend ?? null;
    const number = routed === null ? -1 : names.find(routed);
    names.ofRow[row] = number >= 0 ? number : (only ?? -1);
  }
}

function failuresByGroup(names: BackendNames, tally: Tally<Route>, requestOf: Int32Array, reading: LogReading): Map<number, number>[] {
  const groups = names.list.map(() => new Map<number, number>());
  for (let row = 0; row < requestOf.length; row++) {
    const request = requestOf[row] ?? -1;
    const backend = names.ofRow[row] ?? -1;
    if (request < 0 || backend < 0 || !backendSide.includes(modeOfFamily(reading.failures.familyOf(row)))) continue;
    const group = tally.suspects.group[request] ?? -1;
    groups[backend]?.set(group, (groups[backend]?.get(group) ?? 0) + 1);
  }
  return groups;
}
