/** Answers files: what a run without a person is told, read strictly and written so that they can be read again. */
import { dump } from 'js-yaml';
import * as z from 'zod';
import type { Place } from '../errors.ts';
import type { Action, Flow, QuestionStep } from '../engine/flow.ts';
import { readDocument, type Path, type Source } from './document.ts';
import { instead, tidy, usageError, type Problem } from './problem.ts';
import { shapeProblems } from './shape-problems.ts';

export const answersBytes = 1024 * 1024;

const list = z.union([z.string(), z.array(z.string())]);
const scalar = z.union([z.string(), z.number()]);

/** The options that an answers file may set, with underscores for dashes. Their values are checked where the options are. */
export const inputShapes = {
  error_log: list,
  access_log: list,
  access_log_format: z.string(),
  backend: list,
  proxy_config: z.string(),
  httpd: z.string(),
  url: z.string(),
  since: scalar,
  until: scalar,
  via: z.union([list, z.strictObject({ proxy: z.string(), backend: z.string() }).partial()]),
  passive: z.boolean(),
  skip: list,
  offline: z.boolean(),
  redact: z.boolean(),
  report: list,
  json: z.boolean(),
  plain: z.boolean(),
  time_limit: scalar,
  nice: z.boolean(),
  state_dir: z.string(),
  bundle: z.string(),
} as const;

export type InputName = keyof typeof inputShapes;
export const allowed: readonly Action[] = ['keepalive-toggle', 'packet-capture'];

/** Inputs as the options would have been given: repeatable ones as lists, flags as booleans, all else as text. */
export type AnswerInputs = Readonly<Partial<Record<InputName, string | readonly string[] | boolean>>>;

export interface Answers {
  /** As written; null where the file does not say. */
  readonly flow: string | null;
  readonly inputs: AnswerInputs;
  /** Option ids by `question` or `question@backend`. */
  readonly answers: Readonly<Record<string, string>>;
  readonly allow: readonly Action[];
}

export interface ReadAnswers extends Answers {
  /** Where an input stands in the file, for complaints about its value. */
  readonly placeOf: (input: InputName) => Place;
}

const repeatable: ReadonlySet<string> = new Set(['error_log', 'access_log', 'backend', 'via', 'skip', 'report']);

const shape = z.strictObject({
  $schema: z.string().optional(),
  flow: z.string().optional(),
  inputs: z.strictObject(inputShapes).partial().nullish(),
  answers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  allow: z.array(z.string()).nullish(),
});

type Shape = z.infer<typeof shape>;

const wording = {
  file: 'an answers file',
  union: { what: 'one value or a list of texts', remedy: 'Write what the option of that name takes.' },
};

function refuse(kind: string, place: Place, message: string, remedy: string): never {
  throw usageError(tidy({ severity: 'error', kind, place, message, remedy }));
}

function readShape(text: string, file: string): { readonly source: Source; readonly value: Shape } {
  const source = readDocument(text, file, { bytes: answersBytes });
  const [first] = source.problems;
  if (first) throw usageError(tidy(first));
  const read = shape.safeParse(source.value ?? {});
  if (read.success) return { source, value: read.data };
  const [problem] = shapeProblems(read.error, shape, source.value, source, [], wording);
  throw usageError(tidy(problem ?? unreadable(file)));
}

function unreadable(file: string): Problem {
  return {
    severity: 'error',
    kind: 'shape',
    place: { file },
    message: 'this is no answers file',
    remedy: 'Print a template with: proxy-doctor flow answers',
  };
}

/** The flow that an answers file is for, before that flow is read; null where it does not say. @throws {UsageError} */
export function flowOfAnswers(text: string, fileName: string): string | null {
  return readShape(text, fileName).value.flow ?? null;
}

/** Where an answers file names its flow. */
export function placeOfFlow(text: string, fileName: string): Place {
  return readShape(text, fileName).source.valueAt(['flow']);
}

/**
 * Reads an answers file for a flow.
 * @throws {UsageError} with file, line, column and the nearest valid word
 */
export function readAnswers(text: string, fileName: string, flow: Flow): ReadAnswers {
  const { source, value } = readShape(text, fileName);
  const isPath = value.flow !== undefined && /[/\\]|\.(ya?ml|json)$/.test(value.flow);
  if (value.flow !== undefined && !isPath && value.flow !== flow.id)
    refuse(
      'flow',
      source.valueAt(['flow']),
      `these answers are for the flow ${value.flow}, not for ${flow.id}`,
      `Write flow: ${flow.id}, or run the flow ${value.flow}.`,
    );
  const allow = (value.allow ?? []).map((action, index): Action => {
    const known = allowed.find((one) => one === action);
    return (
      known ?? refuse('unknown-action', source.valueAt(['allow', index]), `there is no action ${action} to allow`, instead(action, allowed))
    );
  });
  const answers: Record<string, string> = {};
  for (const [key, answer] of Object.entries(value.answers ?? {})) answers[key] = readAnswer(source, flow, key, String(answer));
  return {
    flow: value.flow ?? null,
    inputs: readInputs(value.inputs ?? {}),
    answers,
    allow,
    placeOf: (input) => source.valueAt(['inputs', input]),
  };
}

/** The questions of a flow by id. */
export function questionsOf(flow: Flow): ReadonlyMap<string, QuestionStep> {
  const questions = new Map<string, QuestionStep>();
  for (const step of flow.steps.values()) if (step.kind === 'question') questions.set(step.id, step);
  return questions;
}

function readAnswer(source: Source, flow: Flow, key: string, answer: string): string {
  const path: Path = ['answers', key];
  const cut = key.indexOf('@');
  const id = cut < 0 ? key : key.slice(0, cut);
  const questions = questionsOf(flow);
  const question = questions.get(id);
  if (!question) {
    const other = flow.steps.get(id);
    if (other)
      refuse(
        'no-question',
        source.keyAt(path),
        `${id} is no question but a step of kind ${other.kind}, which evidence decides`,
        instead(id, [...questions.keys()]),
      );
    refuse('unknown-question', source.keyAt(path), `flow ${flow.id} has no question ${id}`, instead(id, [...questions.keys()]));
  }
  if (cut >= 0 && key.length === cut + 1)
    refuse('no-backend', source.keyAt(path), `${key} names no backend after the @`, `Write ${id}@HOST:PORT, or ${id} for every backend.`);
  if (cut >= 0 && question.part === 'triage')
    refuse(
      'no-backend',
      source.keyAt(path),
      `${id} is asked once, before any backend is looked at`,
      `Write ${id} without the @ and what follows.`,
    );
  const options = Object.keys(question.routes);
  if (!options.includes(answer))
    refuse('unknown-option', source.valueAt(path), `question ${id} has no option ${answer}`, instead(answer, options));
  return answer;
}

function readInputs(inputs: NonNullable<Shape['inputs']>): AnswerInputs {
  const read: Partial<Record<string, string | readonly string[] | boolean>> = {};
  for (const [name, value] of Object.entries(inputs)) {
    if (value === undefined) continue;
    if (typeof value === 'object' && !Array.isArray(value))
      read[name] = Object.entries(value).map(([side, command]) => `${side}=${command}`);
    else if (typeof value === 'object' || typeof value === 'boolean') read[name] = value;
    else read[name] = repeatable.has(name) ? [String(value)] : String(value);
  }
  return read;
}

/** An answers file that repeats a run. `readAnswers` reads back what was given. */
export function writeAnswers(given: Answers): string {
  const inputs = Object.fromEntries(
    Object.entries(given.inputs).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
  const body = dump(
    { ...(given.flow === null ? {} : { flow: given.flow }), inputs, answers: given.answers, allow: given.allow },
    { lineWidth: -1, noRefs: true },
  );
  return `# Repeats a run of proxy-doctor: proxy-doctor run --answers THIS-FILE\n${body}`;
}
