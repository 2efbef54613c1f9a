/**
 * Proofs about a flow's diagnoses: what would show each mechanism can be measured on the way to it, and nothing counts as seen when
 * nothing could be checked. The signs themselves are code; they come as a parameter.
 */
import type { Flow, StepId } from '../engine/flow.ts';
import { couldNotCheck } from '../engine/evidence.ts';
import { nextOf } from '../engine/paths.ts';
import type { Source } from './document.ts';
import { instead, type Problem } from './problem.ts';

/** The part of a diagnosis that says how sure one may be of it. */
export interface DiagnosisRules {
  readonly mechanism: readonly (readonly string[])[];
  readonly rivals: Readonly<Record<string, readonly string[]>>;
  readonly for: readonly string[];
  readonly against: readonly string[];
  readonly decidedBy: readonly string[];
}

/** What is known of the signs that diagnoses are declared in. */
export interface SignKnowledge {
  readonly names: readonly string[];
  /** The checks whose evidence a sign looks at. */
  readonly checksOf: (sign: string) => readonly string[];
  /** What a sign says when no check could be carried out; anything but `unknown` would be a conclusion from nothing. */
  readonly fromNothing: (sign: string) => 'yes' | 'no' | 'unknown';
}

export interface DiagnosisLint {
  readonly flow: Flow;
  readonly rules: Readonly<Record<string, DiagnosisRules>>;
  readonly signs: SignKnowledge;
  readonly checks: readonly string[];
  /** The file of the diagnoses, for places. */
  readonly source: Source;
}

export function lintDiagnoses(given: DiagnosisLint): readonly Problem[] {
  const problems: Problem[] = [];
  const say = (severity: Problem['severity'], kind: string, path: readonly (string | number)[], message: string, remedy: string): void => {
    problems.push({ severity, kind, place: given.source.valueAt(path), message, remedy });
  };
  const known = new Set(given.signs.names);
  const ways = checksBefore(given.flow);
  const reached = new Set([...given.flow.steps.values()].flatMap((step) => (step.kind === 'diagnosis' ? [step.diagnosis] : [])));
  for (const [id, rules] of Object.entries(given.rules)) {
    if (!reached.has(id)) say('warning', 'unused-diagnosis', [id], `the flow never comes to ${id}`, 'Lead a step to it, or take it out.');
    const named: (readonly [readonly (string | number)[], string])[] = [
      ...rules.mechanism.flatMap((group, at) => group.map((sign, index) => [[id, 'mechanism', at, index], sign] as const)),
      ...Object.entries(rules.rivals).flatMap(([rival, signs]) =>
        signs.map((sign, index) => [[id, 'rivals', rival, index], sign] as const),
      ),
      ...rules.for.map((sign, index) => [[id, 'for', index], sign] as const),
      ...rules.against.map((sign, index) => [[id, 'against', index], sign] as const),
    ];
    for (const [path, sign] of named) {
      if (!known.has(sign)) say('error', 'unknown-sign', path, `there is no sign ${sign}`, instead(sign, given.signs.names));
      else if (given.signs.fromNothing(sign) !== 'unknown')
        say(
          'error',
          'from-nothing',
          path,
          `${sign} is decided although no check could be carried out, so ${id} could be confirmed on a skipped check`,
          'Mend the sign: what could not be checked is unknown.',
        );
    }
    for (const rival of Object.keys(rules.rivals)) {
      if (rival === id) say('error', 'own-rival', [id, 'rivals', rival], `${id} is its own rival`, 'Name another diagnosis.');
      else if (!Object.hasOwn(given.rules, rival))
        say(
          'error',
          'unknown-diagnosis',
          [id, 'rivals', rival],
          `there is no diagnosis ${rival}`,
          instead(rival, Object.keys(given.rules)),
        );
    }
    for (const [index, check] of rules.decidedBy.entries())
      if (!given.checks.includes(check))
        say('error', 'unknown-check', [id, 'decided-by', index], `there is no check ${check}`, instead(check, given.checks));
    if (!reached.has(id)) continue;
    for (const [index, group] of rules.mechanism.entries()) {
      const unseen = group
        .filter((sign) => known.has(sign))
        .flatMap((sign) => given.signs.checksOf(sign))
        .find((check) => !(ways.get(id)?.has(check) ?? false));
      if (unseen !== undefined)
        say(
          'warning',
          'unseen-mechanism',
          [id, 'mechanism', index],
          `this way to see the mechanism of ${id} needs the check ${unseen}, which no way to it carries out`,
          'Carry it out on the way, or take the group out.',
        );
    }
    if (rules.mechanism.some((group) => group.some((sign) => couldNotCheck.some((word) => word === sign))))
      say(
        'error',
        'from-nothing',
        [id, 'mechanism'],
        `the mechanism of ${id} rests on a check that was not carried out`,
        'Name what is seen.',
      );
  }
  return problems;
}

/** For each diagnosis, the checks that some way to it carries out. */
function checksBefore(flow: Flow): ReadonlyMap<string, ReadonlySet<string>> {
  const before = new Map<StepId, StepId[]>();
  for (const step of flow.steps.values()) for (const next of nextOf(flow, step)) before.set(next, [...(before.get(next) ?? []), step.id]);
  const found = new Map<string, Set<string>>();
  for (const end of flow.steps.values()) {
    if (end.kind !== 'diagnosis') continue;
    const checks = found.get(end.diagnosis) ?? new Set<string>();
    found.set(end.diagnosis, checks);
    const seen = new Set([end.id]);
    const open = [end.id];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const step = flow.steps.get(id);
      if (step?.kind === 'check' || step?.kind === 'action') checks.add(step.check);
      for (const earlier of before.get(id) ?? []) {
        if (seen.has(earlier)) continue;
        seen.add(earlier);
        open.push(earlier);
      }
    }
  }
  return found;
}
