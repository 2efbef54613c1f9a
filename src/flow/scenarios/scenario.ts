/** A scenario: what the checks find and people answer, and where the flow must lead then. The shape of `scenarios/*.yaml`. */
import * as z from 'zod';

const word = z.string().min(1);

const finding = z.union([
  word.describe('The outcome alone, or skipped, failed, timed-out.'),
  z.strictObject({
    outcome: word.optional().describe('Left out: what the check itself makes of the facts. Given with facts, the two must agree.'),
    like: word.optional().describe('Facts of that name from scenarios/facts.yaml, to which `facts` are laid over.'),
    facts: z.record(z.string(), z.unknown()).optional().describe('The fields that matter; the rest is blank.'),
  }),
]);

const expectedDiagnosis = z.strictObject({
  diagnosis: word,
  backend: word.nullable().optional(),
  confidence: z.enum(['confirmed', 'likely', 'possible']).optional(),
  ongoing: z.boolean().nullable().optional(),
  rivals: z.record(z.string(), z.enum(['refuted', 'not-tested'])).optional(),
  pattern: z.strictObject({ method: word.nullable(), path: word.nullable() }).nullable().optional(),
});

const path = z.array(z.string().regex(/^[a-z0-9-]+(@[^=]+)?(=[a-z0-9-]+)?$/, 'STEP=OUTCOME, STEP@BACKEND=OUTCOME, or STEP'));

const expectation = z.union([
  word.describe('The one diagnosis.'),
  z.strictObject({
    ...expectedDiagnosis.partial().shape,
    diagnoses: z.array(expectedDiagnosis).min(1).optional().describe('All of them, in the order of the report.'),
    path: path.optional().describe('Steps of the way in their order; others may lie between.'),
    never: z.array(word).optional().describe('Diagnoses that must not be among them.'),
  }),
]);

export const scenarioShape = z.strictObject({
  title: word,
  why: z.string().optional().describe('What the scenario is there to show: what it is a near miss of.'),
  given: z
    .record(z.string(), finding)
    .describe('What each check finds: check, or check@SUBJECT for one suspect. A check that is not named here is skipped.'),
  suspects: z
    .array(z.union([word, z.strictObject({ backend: word, key: word.optional(), mode: word.optional(), failures: z.number().optional() })]))
    .optional()
    .describe('Left out: as the program lists them from what was found.'),
  answers: z.record(z.string(), z.string()).optional(),
  allow: z.array(word).optional(),
  decided: z
    .record(z.string(), word)
    .optional()
    .describe('Outcome of a decide step (or step@SUBJECT), instead of what its classifier says.'),
  choose: z.record(z.string(), word).optional().describe('The evidence overruled: outcome by step, or step@SUBJECT.'),
  expect: expectation,
});

export type ScenarioShape = z.infer<typeof scenarioShape>;
export type Finding = z.infer<typeof finding>;
export type ExpectedDiagnosis = z.infer<typeof expectedDiagnosis>;

export interface Expected {
  /** Null: any. */
  readonly diagnoses: readonly ExpectedDiagnosis[] | null;
  readonly path: readonly string[];
  readonly never: readonly string[];
}

/** Several spellings of the same expectation, as one. */
export function expectedOf(shape: ScenarioShape['expect']): Expected {
  if (typeof shape === 'string') return { diagnoses: [{ diagnosis: shape }], path: [], never: [] };
  const { diagnoses, path: way, never, diagnosis, ...rest } = shape;
  const one = diagnosis === undefined ? null : [{ diagnosis, ...rest }];
  return { diagnoses: diagnoses ?? one, path: way ?? [], never: never ?? [] };
}
