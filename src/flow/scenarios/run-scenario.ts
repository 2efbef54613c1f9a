/** Carries a scenario through the engine, as a run without a person would, with evidence from the scenario instead of the machine. */
import type { Diagnosis } from '../../engine/conclusion.ts';
import type { CaseEvent, Subject } from '../../engine/events.ts';
import { couldNotCheck, type Evidence, type Side } from '../../engine/evidence.ts';
import type { DecideStep, Flow } from '../../engine/flow.ts';
import { evidenceKey } from '../../engine/keys.ts';
import type { Ending, Position, State, Visit } from '../../engine/state.ts';
import { advance, begin, type Folded } from '../../engine/step.ts';
import type { Found, Scenario } from './read-scenarios.ts';

/** What the program brings along: the checks' own judgement, the classifiers, the listing of suspects, the conclusion. */
export interface Judges {
  readonly checks: Readonly<
    Record<
      string,
      {
        readonly side: Side;
        /** Started ahead of need in a run (case-wide, load `none`). */
        readonly ahead: boolean;
        readonly classify: (facts: unknown, subject: Subject | null) => { readonly outcome: string; readonly summary: string };
      }
    >
  >;
  readonly classify: (
    step: DecideStep,
    state: State,
    subject: Subject | null,
  ) => { readonly outcome: string; readonly because: string; readonly evidence: readonly string[] };
  readonly suspects: (state: State) => {
    readonly subjects: readonly Subject[];
    readonly leftOut: readonly Subject[];
    readonly because: string;
  };
  readonly conclude: (state: State) => readonly Diagnosis[];
}

export interface Walked {
  readonly path: readonly Visit[];
  readonly endings: readonly Ending[];
  readonly diagnoses: readonly Diagnosis[];
  readonly state: State;
  /** Where what the scenario gives contradicts itself: facts that the check judges otherwise. */
  readonly contradictions: readonly string[];
}

const epoch = '2026-01-01T00:00:00.000Z';

class Walker {
  readonly #flow: Flow;
  readonly #scenario: Scenario;
  readonly #judges: Judges;
  #folded: Folded;
  readonly contradictions: string[] = [];

  constructor(flow: Flow, scenario: Scenario, judges: Judges) {
    this.#flow = flow;
    this.#scenario = scenario;
    this.#judges = judges;
    this.#folded = begin(flow);
  }

  get state(): State {
    return this.#folded.state;
  }

  take(event: CaseEvent): void {
    this.#folded = advance(this.#flow, this.#folded, event);
  }

  /** Case-wide checks without load are there before their step is reached, as in a run. */
  ahead(): void {
    for (const step of this.#flow.steps.values()) {
      if (step.kind !== 'check' || step.scope !== 'case' || this.#judges.checks[step.check]?.ahead !== true) continue;
      const key = evidenceKey(step.check, step.with, null);
      if (!this.state.evidence.some((one) => one.key === key))
        this.take({ type: 'evidence', evidence: this.#evidence(step.check, key, null) });
    }
  }

  next(position: Position): CaseEvent | null {
    switch (position.kind) {
      case 'run-check': {
        const step = this.#flow.steps.get(position.step);
        if (step?.kind !== 'check' && step?.kind !== 'action') return null;
        const subject = step.scope === 'case' ? null : position.subject;
        const denied = step.kind === 'action' && this.state.consent[step.action] !== true;
        return { type: 'evidence', evidence: this.#evidence(step.check, position.key, subject, denied) };
      }
      case 'ask-consent':
        return { type: 'consent', action: position.action, granted: this.#scenario.allow.includes(position.action), by: 'operator' };
      case 'classify': {
        const step = this.#flow.steps.get(position.step);
        if (step?.kind !== 'decide') return null;
        const decided = at(this.#scenario.decided, position);
        const said =
          decided === undefined
            ? this.#judges.classify(step, this.state, this.#subject(position.subject))
            : { outcome: decided, because: 'given by the scenario', evidence: [] };
        const evidence = said.evidence.filter((id) => position.basis.includes(id));
        return {
          type: 'suggested',
          step: step.id,
          subject: position.subject,
          outcome: said.outcome,
          because: said.because,
          evidence,
          basis: position.basis,
        };
      }
      case 'choose': {
        const outcome = at(this.#scenario.choose, position) ?? position.suggestion.outcome;
        const by = outcome === position.suggestion.outcome ? 'evidence' : 'operator';
        const because = by === 'operator' ? 'overruled by the scenario' : null;
        return {
          type: 'chosen',
          step: position.step,
          subject: position.subject,
          outcome,
          suggested: position.suggestion.outcome,
          by,
          because,
        };
      }
      case 'ask': {
        const step = this.#flow.steps.get(position.step);
        const answer = at(this.#scenario.answers, position);
        const outcome = answer ?? (step?.kind === 'question' ? step.default : null) ?? 'unknown';
        return {
          type: 'chosen',
          step: position.step,
          subject: position.subject,
          outcome,
          suggested: null,
          by: answer === undefined || answer === 'unknown' ? 'default' : 'answer',
          because: null,
        };
      }
      case 'list-suspects': {
        const given = this.#scenario.suspects;
        if (!given) return { type: 'suspects', ...this.#judges.suspects(this.state) };
        const subjects = given.map((one): Subject =>
          typeof one === 'string'
            ? { key: one, backend: one, mode: 'none', failures: 0 }
            : { key: one.key ?? one.backend, backend: one.backend, mode: one.mode ?? 'none', failures: one.failures ?? 0 },
        );
        return { type: 'suspects', subjects, leftOut: [], because: 'given by the scenario' };
      }
      case 'end':
        return position.concluded ? null : { type: 'concluded' };
    }
  }

  #subject(key: string | null): Subject | null {
    return this.state.subjects?.find((one) => one.key === key) ?? null;
  }

  #evidence(check: string, key: string, subject: string | null, denied = false): Evidence {
    const id = `e${this.state.evidence.length + 1}`;
    const found: Found = denied
      ? { outcome: 'skipped', data: null }
      : ((subject === null ? undefined : this.#scenario.given[`${check}@${subject}`]) ??
        this.#scenario.given[check] ?? { outcome: 'skipped', data: null });
    const judge = this.#judges.checks[check];
    const unable = couldNotCheck.find((word) => word === found.outcome);
    const judged = unable || found.data === null || !judge ? null : judge.classify(found.data, this.#subject(subject));
    if (judged && found.outcome !== null && judged.outcome !== found.outcome)
      this.contradictions.push(`${check}: its facts are judged ${judged.outcome}, the scenario calls them ${found.outcome}`);
    const outcome = found.outcome ?? judged?.outcome ?? 'skipped';
    return {
      id,
      check,
      side: judge?.side ?? 'proxy',
      subject,
      key,
      startedAt: epoch,
      durationMs: 0,
      status: unable ?? 'ok',
      outcome,
      summary: judged?.summary ?? (denied ? 'no consent was given' : unable ? 'not carried out in this scenario' : outcome),
      remedy: null,
      commands: [],
      data: unable ? null : found.data,
    };
  }
}

function at(
  record: Readonly<Record<string, string>>,
  position: { readonly step: string; readonly subject: string | null },
): string | undefined {
  const own = position.subject === null ? undefined : `${position.step}@${position.subject}`;
  if (own !== undefined && Object.hasOwn(record, own)) return record[own];
  return Object.hasOwn(record, position.step) ? record[position.step] : undefined;
}

/** The way and the diagnoses that the flow comes to. */
export function runScenario(flow: Flow, scenario: Scenario, judges: Judges): Walked {
  const walker = new Walker(flow, scenario, judges);
  walker.take({ type: 'opened', flow: { id: flow.id, version: flow.version, hash: '' } });
  walker.ahead();
  for (let event = walker.next(walker.state.position); event; event = walker.next(walker.state.position)) walker.take(event);
  const { state } = walker;
  return { path: state.path, endings: state.endings, diagnoses: judges.conclude(state), state, contradictions: walker.contradictions };
}
