/** The shape of a flow file. Names of checks, outcomes and steps are looked up later, in `build.ts`: they need the catalogue. */
import * as z from 'zod';

const word = z
  .string()
  .max(80)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by -');
const line = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\n\r]*$/, 'one line');
const text = z.string().trim().min(1).max(4000);

const target = word.describe('Id of the step that this outcome leads to.');
export const route = z
  .union([
    target,
    z.strictObject({
      to: target,
      label: line.optional().describe('What the outcome means, as a choice on the screen. Left out: the description of the outcome.'),
    }),
  ])
  .describe('A step id, or {to: step, label: what the choice says}.');

const labelled = z.strictObject({ to: target, label: line.describe('The option as a choice on the screen.') });

const byHand = z
  .strictObject({
    commands: z.array(line).min(1).describe('Commands that do by hand what the step does.'),
    reading: text.describe('How to read what the commands print.'),
  })
  .describe('How a person does the same by hand.');

const part = z
  .enum(['triage', 'suspect'])
  .optional()
  .describe('The part of the flow; left out, it follows from where the step is reached.');

const texts = {
  title: line.describe('The question that this step answers, in one line.'),
  short: line.describe('One or two words for the map.'),
  why: text.describe('The reason for the step, in a sentence or two.'),
  covers: z.array(z.string()).optional().describe('Points of the article that the step carries out, such as A14.'),
  part,
};

const optionalTexts = {
  title: texts.title.optional(),
  short: texts.short.optional(),
  why: texts.why.optional(),
  covers: texts.covers,
  part,
};

const set = z.record(z.string(), z.json()).optional().describe('Parameters for the check (thresholds, counts).');
const next = z.record(word, route).describe('Where each outcome leads. could-not stands for skipped, failed and timed-out.');

export const stepShapes = {
  check: z.strictObject({
    kind: z.literal('check'),
    ...texts,
    check: word.describe('Name of the check to run.'),
    with: set,
    'by-hand': byHand.optional(),
    next,
  }),
  action: z.strictObject({
    kind: z.literal('action'),
    ...texts,
    action: z.enum(['keepalive-toggle', 'packet-capture']).describe('What consent is asked for.'),
    check: word.optional().describe('Name of the check to run; left out, the one named as the action.'),
    with: set,
    'by-hand': byHand.optional(),
    next,
  }),
  decide: z.strictObject({
    kind: z.literal('decide'),
    ...texts,
    classifier: word.describe('Name of the classifier.'),
    reads: z.array(word).optional().describe('Checks whose evidence it is given; left out, all that it knows to read.'),
    next: z.record(word, route).describe('Where each outcome of the classifier leads.'),
  }),
  question: z.strictObject({
    kind: z.literal('question'),
    ...texts,
    default: word.optional().describe('The option that an unattended run takes; left out, such a run stops and asks for the answer.'),
    'by-hand': byHand.optional(),
    next: z.record(word, labelled).describe('The options; one of them is unknown.'),
  }),
  examine: z.strictObject({ kind: z.literal('examine'), ...optionalTexts }),
  diagnosis: z.strictObject({
    kind: z.literal('diagnosis'),
    ...optionalTexts,
    diagnosis: word.optional().describe('Id of the diagnosis; left out, the id of the step.'),
  }),
} as const;

export type Kind = keyof typeof stepShapes;
export type StepShape = { [K in Kind]: z.infer<(typeof stepShapes)[K]> }[Kind];

const head = {
  id: word.describe('Name of the flow, as its folder.'),
  version: z.int().min(1).describe('Grows with every published change.'),
  title: line.describe('One line that says what the flow is for.'),
  summary: text.describe('A few sentences on what it does.'),
  triage: word.describe('First step of the part that is walked once.'),
  suspect: word.describe('First step of the part that is walked once for each backend under suspicion.'),
};

const step = z.discriminatedUnion('kind', [
  stepShapes.check,
  stepShapes.action,
  stepShapes.decide,
  stepShapes.question,
  stepShapes.examine,
  stepShapes.diagnosis,
]);

/** The whole file, for the JSON Schema. */
export const flowShape = z.strictObject({
  $schema: z.string().optional(),
  ...head,
  steps: z.record(word, step).describe('The steps by id.'),
});

/** The file with its steps unread: steps are read one by one, so that each problem names its step. */
export const headShape = z.strictObject({ $schema: z.string().optional(), ...head, steps: z.record(z.string(), z.unknown()) });
export type HeadShape = z.infer<typeof headShape>;

/** An id of a step, option or diagnosis. */
export const wordShape = word;
