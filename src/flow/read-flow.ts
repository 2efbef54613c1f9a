/** A flow file → the engine's flow. `readFlow` for whoever runs it, `inspectFlow` for whoever writes it. */
import { lint, type Finding, type LintOptions } from '../engine/lint.ts';
import type { Flow, StepId } from '../engine/flow.ts';
import { buildFlow } from './build.ts';
import type { Catalogue } from './catalogue.ts';
import { readDocument, type Path, type Source } from './document.ts';
import { instead, tidy, usageError, type Problem } from './problem.ts';
import { headShape, stepShapes, wordShape, type Kind, type StepShape } from './schema.ts';
import { shapeProblems } from './shape-problems.ts';

// A flow of 20,000 steps has some 5 MB; what is beyond is no flow.
export const flowBytes = 8 * 1024 * 1024;

export interface Inspected {
  /** Null where too little could be read to make a graph of. It is fit for a run only without problems of severity `error`. */
  readonly flow: Flow | null;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  /** Where a step's field (`next.refused`) stands, or the step itself; for findings of others about this flow. */
  readonly placeOf: (step: StepId | null, field: string | null) => Problem['place'];
}

const kinds = Object.keys(stepShapes);

function isKind(word: unknown): word is Kind {
  return typeof word === 'string' && Object.hasOwn(stepShapes, word);
}

function readStep(source: Source, id: StepId, value: unknown, problems: Problem[]): StepShape | null {
  const path: Path = ['steps', id];
  const say = (kind: string, at: Path, message: string, remedy: string): null => {
    const place = at.length > path.length ? source.valueAt(at) : source.keyAt(at);
    problems.push({ severity: 'error', kind, place, message, remedy });
    return null;
  };
  if (!wordShape.safeParse(id).success)
    return say('format', path, `${id} can not be the id of a step`, 'Write lower-case words joined by -.');
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return say('type', path, `step ${id} is no map`, 'Give it a kind and what that kind needs.');
  const kind: unknown = Object.hasOwn(value, 'kind') ? Object.getOwnPropertyDescriptor(value, 'kind')?.value : undefined;
  if (kind === undefined) return say('missing', path, `step ${id} has no kind`, `Add kind: one of ${kinds.join(', ')}.`);
  if (!isKind(kind)) return say('unknown-word', [...path, 'kind'], `${String(kind)} is no kind of step`, instead(String(kind), kinds));
  const shape = stepShapes[kind];
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  for (const problem of shapeProblems(read.error, shape, value, source, path)) problems.push(problem);
  return null;
}

/** Lint's findings at their lines, with the nearest step id where one is not known. */
function located(source: Source, finding: Finding, ids: readonly StepId[]): Problem {
  const { severity, kind, message, word } = finding;
  const place =
    word === undefined ? placeIn(source, finding.step, finding.field) : placeIn(source, finding.step, `${finding.field ?? ''}.to`);
  return { severity, kind, place, message, remedy: word === undefined ? finding.remedy : instead(word, ids) };
}

function placeIn(source: Source, step: StepId | null, field: string | null): Problem['place'] {
  const base = step === null ? [] : ['steps', step];
  if (field === null) return source.keyAt(base);
  const [first = '', outcome, to] = field.split('.');
  if (first !== 'next') return source.valueAt([...base, ...field.split('.')]);
  if (outcome === undefined) return source.keyAt([...base, first]);
  const written = source.has([...base, first, outcome]) ? outcome : 'could-not';
  return to === undefined ? source.keyAt([...base, first, written]) : source.valueAt([...base, first, written, to]);
}

/** Reads a flow and says everything that is wrong with it. Never throws for what the file holds. */
export function inspectFlow(text: string, file: string, catalogue: Catalogue, options: LintOptions = {}): Inspected {
  const source = readDocument(text, file, { bytes: flowBytes });
  const problems: Problem[] = [...source.problems];
  const placeOf: Inspected['placeOf'] = (step, field) => placeIn(source, step, field);
  if (source.value === undefined) return { flow: null, problems: inOrder(problems), placeOf };
  const head = headShape.safeParse(source.value);
  if (!head.success) {
    for (const problem of shapeProblems(head.error, headShape, source.value, source, [])) problems.push(problem);
    readSteps(source, stepsIn(source.value), problems);
    return { flow: null, problems: inOrder(problems), placeOf };
  }
  const shapes = readSteps(source, head.data.steps, problems);
  const flow = buildFlow({ source, catalogue, problems }, head.data, shapes);
  const broken = Object.keys(head.data.steps).filter((id) => !shapes.has(id));
  const findings = lint(flow, options).filter((finding) => !isEcho(finding, broken));
  const ids = [...flow.steps.keys()];
  const said = new Set(problems.map(atLine));
  for (const finding of findings) {
    const problem = located(source, finding, ids);
    // The reader has said already what it could not find.
    if (said.has(atLine(problem))) continue;
    said.add(atLine(problem));
    problems.push(problem);
  }
  return { flow, problems: inOrder(problems), placeOf };
}

const atLine = ({ kind, place }: Problem): string => `${kind}:${place.line ?? 0}:${place.column ?? 0}`;

/** A step that could not be read is missing in the graph; what follows from that alone is no finding of its own. */
function isEcho(finding: Finding, broken: readonly StepId[]): boolean {
  if (broken.length === 0) return false;
  if (finding.kind === 'unreachable') return true;
  return finding.word !== undefined && broken.includes(finding.word);
}

function stepsIn(value: unknown): Readonly<Record<string, unknown>> {
  const steps: unknown = value !== null && typeof value === 'object' && 'steps' in value ? value.steps : null;
  return steps !== null && typeof steps === 'object' && !Array.isArray(steps) ? Object.fromEntries(Object.entries(steps)) : {};
}

function readSteps(source: Source, steps: Readonly<Record<string, unknown>>, problems: Problem[]): Map<StepId, StepShape> {
  const shapes = new Map<StepId, StepShape>();
  for (const [id, value] of Object.entries(steps)) {
    const shape = readStep(source, id, value, problems);
    if (shape) shapes.set(id, shape);
  }
  return shapes;
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.map(tidy).sort((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0));
}

/**
 * Reads a flow that is to be run.
 * @param fileName as the user gave it; stands in the error
 * @throws {UsageError} with file, line, column and the nearest valid word, for the first thing that makes it unfit
 */
export function readFlow(text: string, fileName: string, catalogue: Catalogue): Flow {
  const { flow, problems } = inspectFlow(text, fileName, catalogue);
  const error = problems.find((problem) => problem.severity === 'error');
  if (error) throw usageError(error);
  if (!flow)
    throw usageError({
      severity: 'error',
      kind: 'empty',
      place: { file: fileName, line: 1, column: 1 },
      message: 'the file is empty',
      remedy: 'Begin with id, version and title; see docs/writing-flows.md.',
    });
  return flow;
}
