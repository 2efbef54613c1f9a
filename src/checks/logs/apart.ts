/** A backend that fails in several ways, judged for each of them by itself: an outage of the night is not that of today's stalls. Pure. */
import type { BackendFacts } from '../error-log/facts.ts';
import type { Analysis } from './analysis.ts';
import { startOf } from './backend-attempts.ts';
import { judgeBackend, mostBursts } from './backend-judgement.ts';
import type { Window } from './backend-judgement.ts';
import { partsOf } from './parts.ts';
import { modeOfFamily } from './roles.ts';

/** What failed so shortly before or after belongs to it. */
const marginMs = 1000;

/** Fewer failures of a kind are not looked at by themselves. */
const fewest = 5;

/** @param whole what the logs say of all its failures together */
export function apart(analysis: Analysis, backend: number, rows: readonly number[], whole: BackendFacts, window: Window): Pick<BackendFacts, 'times' | 'parts'> {
  const { failures } = analysis.reading;
  const modes = Object.entries(whole.byMode).filter(([mode, count]) => mode !== 'none' && count >= fewest);
  const parts = partsOf(analysis).get(backend) ?? [];
  // What the table had no room for belongs to every kind, as far as its rows can tell.
  const allKept = ![...failures.beyond.values()].some((one) => one.backend !== null && analysis.names.find(one.backend) === backend);
  const judged = modes.length < 2 || !allKept ? [] : modes.map(([mode]) => {
    const own = rows.filter((row) => modeOfFamily(failures.familyOf(row)) === mode);
    return { mode, own, facts: judgeBackend(analysis, backend, own, window).facts };
  });
  const [commonest] = judged.toSorted((a, b) => b.facts.failures - a.facts.failures);
  const times = judged.map(({ mode, own, facts }) => {
    const { bursts, first, last, ongoing, ongoingBecause, successesSince, frequency, frequencyBecause } = facts;
    const others = judged.filter((one) => one.mode !== mode).flatMap((one) => one.own);
    const outage = facts.outage !== null && begunInside(analysis, others, facts.outage) ? null : facts.outage;
    const aside = mode === commonest?.mode ? own.length : outside(analysis, own, spansOf(commonest?.facts));
    const told = { outage, bursts, first, last, ongoing, ongoingBecause, successesSince, aside };
    return [mode, outage === null ? told : { ...told, frequency, frequencyBecause }] as const;
  });
  return {
    ...(times.length > 0 ? { times: Object.fromEntries(times) } : {}),
    ...(parts.length > 0
      ? { parts: parts.map((one) => ({ ...judgeBackend(analysis, backend, one.rows, window).facts, part: one.part, samples: [] })) }
      : {}),
  };
}

type Span = readonly [from: number, to: number];

/** When a kind of failure came: its bursts, where they are known, else all from the first to the last. */
function spansOf(facts: BackendFacts | undefined): readonly Span[] {
  if (facts === undefined || facts.first === null || facts.last === null) return [];
  const bursts = facts.bursts.length > 0 && facts.bursts.length < mostBursts ? facts.bursts : [facts.outage ?? { from: facts.first, to: facts.last }];
  return bursts.map(({ from, to }) => [Date.parse(from) - marginMs, Date.parse(to) + marginMs]);
}

/** Failures of requests that were neither begun nor given up, nor under way, in any of these spans. */
function outside(analysis: Analysis, rows: readonly number[], spans: readonly Span[]): number {
  let count = 0;
  for (const row of rows) {
    const end = analysis.reading.failures.at[row] ?? 0;
    if (!spans.some(([from, to]) => beganAt(analysis, row) <= to && end >= from)) count += 1;
  }
  return count;
}

/** Who fails in another way meanwhile came further than an outage lets anybody come; what was under way when it began did not. */
function begunInside(analysis: Analysis, rows: readonly number[], { from, to }: NonNullable<BackendFacts['outage']>): boolean {
  return rows.some((row) => beganAt(analysis, row) > Date.parse(from) + marginMs && beganAt(analysis, row) < Date.parse(to) - marginMs);
}

function beganAt(analysis: Analysis, row: number): number {
  return startOf(analysis, row, analysis.requestOf[row] ?? -1);
}
