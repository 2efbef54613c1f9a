/** Small flows and events for the engine's tests, written as one would say them. */
import * as fc from 'fast-check';
import type { CaseEvent, Subject } from '../../src/engine/events.ts';
import type { Evidence, EvidenceStatus } from '../../src/engine/evidence.ts';
import type {
  ActionStep,
  CheckStep,
  DecideStep,
  DiagnosisStep,
  ExamineStep,
  Flow,
  Part,
  QuestionStep,
  Route,
  Step,
  StepId,
} from '../../src/engine/flow.ts';
import { evidenceKey } from '../../src/engine/keys.ts';

type Next = Readonly<Record<string, StepId>>;

const routes = (next: Next): Record<string, Route> =>
  Object.fromEntries(Object.entries(next).map(([outcome, to]) => [outcome, { to, label: outcome }]));
const base = (id: StepId, part: Part): Pick<Step, 'id' | 'part' | 'title' | 'why' | 'covers' | 'short'> => ({
  id,
  part,
  title: `What about ${id}?`,
  why: 'Because.',
  covers: [],
  short: id,
});
const couldNot = (to: StepId): Next => ({ skipped: to, failed: to, 'timed-out': to });

export const check = (id: StepId, part: Part, name: string, next: Next, unable: StepId, more: Partial<CheckStep> = {}): CheckStep => ({
  ...base(id, part),
  kind: 'check',
  check: name,
  scope: part === 'triage' ? 'case' : 'backend',
  with: {},
  byHand: null,
  routes: routes({ ...next, ...couldNot(unable) }),
  ...more,
});
export const action = (id: StepId, next: Next, unable: StepId): ActionStep => ({
  ...base(id, 'suspect'),
  kind: 'action',
  action: 'keepalive-toggle',
  check: 'keepalive-toggle',
  scope: 'backend',
  with: {},
  byHand: null,
  routes: routes({ ...next, ...couldNot(unable) }),
});
export const decide = (id: StepId, part: Part, reads: readonly string[], next: Next): DecideStep => ({
  ...base(id, part),
  kind: 'decide',
  classifier: id,
  reads,
  routes: routes(next),
});
export const question = (id: StepId, part: Part, next: Next): QuestionStep => ({
  ...base(id, part),
  kind: 'question',
  byHand: null,
  default: null,
  routes: routes(next),
});
export const examine = (id: StepId): ExamineStep => ({ ...base(id, 'triage'), kind: 'examine' });
export const diagnosis = (id: StepId, part: Part = 'suspect'): DiagnosisStep => ({ ...base(id, part), kind: 'diagnosis', diagnosis: id });

export function flowOf(triage: StepId, suspect: StepId, steps: readonly Step[]): Flow {
  return {
    id: 'test',
    version: 1,
    title: 'A flow',
    summary: 'For tests.',
    triage,
    suspect,
    steps: new Map(steps.map((step) => [step.id, step])),
  };
}

/** log → (why) → examine; connect → shape → (question) → ends; one action before the end of the quiet branch. */
export const small: Flow = flowOf('log', 'connect', [
  check('log', 'triage', 'error-log', { failures: 'suspects', 'no-failures': 'when' }, 'when'),
  question('when', 'triage', { recently: 'suspects', 'long-ago': 'all-well', unknown: 'suspects' }),
  examine('suspects'),
  check('connect', 'suspect', 'tcp-connect', { refused: 'shape', connected: 'toggle' }, 'shape'),
  decide('shape', 'suspect', ['error-log', 'tcp-connect'], { every: 'down', clusters: 'load', 'cannot-tell': 'ask-shape' }),
  question('ask-shape', 'suspect', { every: 'down', unknown: 'open' }),
  action('toggle', { helped: 'race', 'no-change': 'open' }, 'open'),
  diagnosis('down'),
  diagnosis('load'),
  diagnosis('race'),
  diagnosis('open'),
  diagnosis('all-well', 'triage'),
]);

export const opened: CaseEvent = { type: 'opened', flow: { id: 'test', version: 1, hash: 'h' } };

export function evidence(
  id: string,
  name: string,
  subject: string | null,
  outcome: string,
  set: Readonly<Record<string, unknown>> = {},
): CaseEvent {
  const unable = outcome === 'skipped' || outcome === 'failed' || outcome === 'timed-out';
  const status: EvidenceStatus = unable ? outcome : 'ok';
  const found: Evidence = {
    id,
    check: name,
    side: 'proxy',
    subject,
    key: evidenceKey(name, set, subject),
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 1,
    status,
    outcome,
    summary: `${name}: ${outcome}`,
    remedy: null,
    commands: [],
    data: null,
  };
  return { type: 'evidence', evidence: found };
}

export function chosen(
  step: StepId,
  subject: string | null,
  outcome: string,
  suggested: string | null,
  because: string | null = null,
): CaseEvent {
  const by = suggested === null ? 'answer' : suggested === outcome ? 'evidence' : 'operator';
  return { type: 'chosen', step, subject, outcome, suggested, by, because };
}

export const subjectAt = (key: string): Subject => ({ key, backend: key, mode: 'connect', failures: 1 });
export const suspects = (...keys: readonly string[]): CaseEvent => ({
  type: 'suspects',
  subjects: keys.map(subjectAt),
  leftOut: [],
  because: 'worst first',
});
export const suggested = (step: StepId, subject: string | null, outcome: string, basis: readonly string[]): CaseEvent => ({
  type: 'suggested',
  step,
  subject,
  outcome,
  because: `it looks like ${outcome}`,
  evidence: basis.filter((id) => !id.includes('=')),
  basis,
});

/** Checks of the generated flows, with their outcomes. */
const pool: Readonly<Record<string, readonly string[]>> = {
  'error-log': ['some', 'none'],
  'tcp-connect': ['refused', 'connected', 'mixed'],
  dns: ['found', 'lost'],
};

interface Draft {
  readonly kind: 'check' | 'action' | 'decide' | 'question';
  readonly name: string;
  readonly picks: readonly number[];
  readonly set: number;
}

const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom('check', 'check', 'action', 'decide', 'question'),
  name: fc.constantFrom(...Object.keys(pool)),
  picks: fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }),
  set: fc.nat(1),
});

function part(prefix: string, which: Part, drafts: readonly Draft[], ends: readonly StepId[]): Step[] {
  return drafts.map((one, index): Step => {
    const id = `${prefix}${index}`;
    // Only forward: the part is acyclic whatever was drawn.
    const later = [...drafts.slice(index + 1).map((_, offset) => `${prefix}${index + 1 + offset}`), ...ends];
    let drawn = 0;
    const to = (): StepId => {
      const pick = one.picks[drawn % one.picks.length] ?? 0;
      drawn += 1;
      return later[pick % later.length] ?? 'end-a';
    };
    const next = (outcomes: readonly string[]): Next => Object.fromEntries(outcomes.map((outcome) => [outcome, to()]));
    switch (one.kind) {
      case 'check':
        return check(id, which, one.name, next(pool[one.name] ?? []), to(), { with: one.set === 0 ? {} : { count: one.set } });
      case 'action':
        return { ...action(id, next(['helped', 'no-change']), to()), part: which };
      case 'decide':
        return decide(id, which, ['error-log', one.name], next(['a', 'b', 'cannot-tell']));
      case 'question':
        return question(id, which, next(['yes', 'no', 'unknown']));
    }
  });
}

/** Sound flows: acyclic, closed outcomes, every way ends. */
export const anyFlow: fc.Arbitrary<Flow> = fc
  .record({ triage: fc.array(draft, { minLength: 1, maxLength: 5 }), suspect: fc.array(draft, { minLength: 1, maxLength: 6 }) })
  .map(({ triage, suspect }) =>
    flowOf('t0', 's0', [
      ...part('t', 'triage', triage, ['suspects', 'suspects', 'end-t']),
      examine('suspects'),
      ...part('s', 'suspect', suspect, ['end-a', 'end-b']),
      diagnosis('end-a'),
      diagnosis('end-b'),
      diagnosis('end-t', 'triage'),
    ]),
  );

/** Outcomes that the generated flows' checks can have. */
export const outcomesOf = (name: string): readonly string[] => [
  ...(pool[name] ?? ['helped', 'no-change']),
  'skipped',
  'failed',
  'timed-out',
];
