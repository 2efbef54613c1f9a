/** JSON Schemas for editors: of flow files and of answers files. Made from the same zod schemas that read them. */
import * as z from 'zod';
import type { Flow } from '../engine/flow.ts';
import { couldNotCheck } from '../engine/evidence.ts';
import { allowed, inputShapes, questionsOf } from './answers.ts';
import type { Catalogue } from './catalogue.ts';
import { described } from './catalogue.ts';
import { flowShape } from './schema.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema of flow files. With a catalogue, names of checks, classifiers and diagnoses are offered and checked too. */
export function flowSchema(catalogue: Catalogue | null): JsonSchema {
  const schema = z.toJSONSchema(flowShape, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // Words of closed sets come from the catalogue; the shape alone knows only that they are words.
      if (catalogue && zodSchema instanceof z.ZodObject) offer(jsonSchema, catalogue);
    },
  });
  return { ...schema, $id: 'https://proxy-doctor.invalid/schema/flow.json', title: 'proxy-doctor flow' };
}

interface ObjectSchema {
  properties?: Record<string, unknown> | undefined;
}

function offer(schema: ObjectSchema, catalogue: Catalogue): void {
  const properties = schema.properties;
  if (!properties) return;
  const words = (field: string, names: readonly string[]): void => {
    const known = properties[field];
    if (known !== null && typeof known === 'object' && 'type' in known && known.type === 'string' && names.length > 0)
      properties[field] = { ...('description' in known ? { description: known.description } : {}), enum: names };
  };
  words('check', Object.keys(catalogue.checks));
  words('classifier', Object.keys(catalogue.classifiers));
  words('diagnosis', catalogue.diagnoses);
}

/** Every outcome word that a flow may route, for completion. */
export function outcomeWords(catalogue: Catalogue): readonly string[] {
  const sets = [...Object.values(catalogue.checks), ...Object.values(catalogue.classifiers)].map((entry) =>
    Object.keys(described(entry.outcomes)),
  );
  return [...new Set([...sets.flat(), ...couldNotCheck, 'could-not'])];
}

/** The schema of answers files; with a flow, of the answers to that flow's questions. */
export function answersSchema(flow: Flow | null): JsonSchema {
  const inputs = z.toJSONSchema(z.strictObject(inputShapes).partial(), { io: 'input' });
  delete inputs.$schema;
  const questions = flow ? [...questionsOf(flow).values()] : [];
  const answers = flow
    ? {
        type: 'object',
        properties: Object.fromEntries(questions.map((question) => [question.id, optionsOf(question)])),
        patternProperties: Object.fromEntries(
          questions.filter((question) => question.part === 'suspect').map((question) => [`^${question.id}@.+$`, optionsOf(question)]),
        ),
        additionalProperties: false,
      }
    : { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://proxy-doctor.invalid/schema/answers.json',
    title: 'proxy-doctor answers file',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      flow: { type: 'string', description: 'Id of the flow that is answered.', ...(flow ? { examples: [flow.id] } : {}) },
      inputs: { description: 'The options of the run, with _ for -.', ...inputs, type: ['object', 'null'] },
      answers: { description: 'Option by question, or by question@HOST:PORT for one backend.', ...answers, type: ['object', 'null'] },
      allow: { description: 'Actions that change or capture something.', type: ['array', 'null'], items: { enum: allowed } },
    },
    additionalProperties: false,
  };
}

function optionsOf(question: {
  readonly title: string;
  readonly routes: Readonly<Record<string, { readonly label: string }>>;
}): JsonSchema {
  return {
    description: question.title,
    oneOf: Object.entries(question.routes).map(([option, { label }]) => ({ const: option, title: label })),
  };
}
