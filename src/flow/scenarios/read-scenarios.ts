/** Scenario files → scenarios with their evidence made ready. Names that the flow or the checks do not know are errors at their line. */
import type * as z from 'zod';
import type { Flow } from '../../engine/flow.ts';
import { couldNotCheck } from '../../engine/evidence.ts';
import { described, type Outcomes } from '../catalogue.ts';
import { questionsOf } from '../answers.ts';
import { readDocument, type Path, type Source } from '../document.ts';
import { instead, tidy, type Problem } from '../problem.ts';
import { shapeProblems } from '../shape-problems.ts';
import { complete, overlay, type Unfit } from './complete.ts';
import { expectedOf, scenarioShape, type Expected, type Finding, type ScenarioShape } from './scenario.ts';

const scenarioBytes = 1024 * 1024;

/** What a scenario needs to know of a check. `classify` is given facts that its schema accepted. */
export interface ScenarioCheck {
  readonly outcomes: Outcomes;
  readonly facts: z.ZodType;
}

/** What a check finds in a scenario. `data` null: only its outcome is known. */
export interface Found {
  /** Null: the check's own classify says. */
  readonly outcome: string | null;
  readonly data: unknown;
}

export interface Scenario {
  readonly title: string;
  readonly file: string;
  readonly line: number;
  /** By check, or check@subject. */
  readonly given: Readonly<Record<string, Found>>;
  readonly suspects: ScenarioShape['suspects'] | null;
  readonly answers: Readonly<Record<string, string>>;
  readonly allow: readonly string[];
  readonly decided: Readonly<Record<string, string>>;
  readonly choose: Readonly<Record<string, string>>;
  readonly expect: Expected;
}

export type FactsLibrary = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface ReadScenarios {
  readonly scenarios: readonly Scenario[];
  readonly problems: readonly Problem[];
}

const wording = { file: 'a scenario', union: { what: 'a word or a map', remedy: 'See docs/writing-flows.md, Scenarios.' } };

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Named facts that scenarios share: `facts.yaml` beside them, `{check: {name: facts}}`. */
export function readFactsLibrary(text: string, file: string): { readonly library: FactsLibrary; readonly problems: readonly Problem[] } {
  const source = readDocument(text, file, { bytes: scenarioBytes });
  const library: Record<string, Record<string, unknown>> = {};
  const problems = [...source.problems];
  for (const [check, named] of isMap(source.value) ? Object.entries(source.value) : []) {
    if (isMap(named)) library[check] = named;
    else
      problems.push({
        severity: 'error',
        kind: 'type',
        place: source.valueAt([check]),
        message: `${check} is no map of named facts`,
        remedy: 'Write NAME: {FIELD: VALUE}.',
      });
  }
  return { library, problems: problems.map(tidy) };
}

/** A file holds one scenario, or several under `scenarios:`. */
export function readScenarios(
  text: string,
  file: string,
  flow: Flow,
  checks: Readonly<Record<string, ScenarioCheck>>,
  diagnoses: readonly string[],
  library: FactsLibrary,
): ReadScenarios {
  const source = readDocument(text, file, { bytes: scenarioBytes });
  const problems: Problem[] = [...source.problems];
  const scenarios: Scenario[] = [];
  const value = source.value;
  const many = isMap(value) && Array.isArray(value['scenarios']) ? value['scenarios'] : null;
  const entries: readonly (readonly [Path, unknown])[] = many
    ? many.map((one, index) => [['scenarios', index], one] as const)
    : [[[], value]];
  for (const [path, one] of problems.length > 0 ? [] : entries) {
    const read = scenarioShape.safeParse(one ?? {});
    if (!read.success) {
      problems.push(...shapeProblems(read.error, scenarioShape, one, source, path, wording));
      continue;
    }
    const reader = new ScenarioReader(source, path, flow, checks, diagnoses, library, problems);
    scenarios.push(reader.read(read.data, file));
  }
  return { scenarios, problems: problems.map(tidy) };
}

class ScenarioReader {
  readonly #source: Source;
  readonly #base: Path;
  readonly #flow: Flow;
  readonly #checks: Readonly<Record<string, ScenarioCheck>>;
  readonly #diagnoses: readonly string[];
  readonly #library: FactsLibrary;
  readonly #problems: Problem[];

  constructor(
    source: Source,
    base: Path,
    flow: Flow,
    checks: Readonly<Record<string, ScenarioCheck>>,
    diagnoses: readonly string[],
    library: FactsLibrary,
    problems: Problem[],
  ) {
    this.#source = source;
    this.#base = base;
    this.#flow = flow;
    this.#checks = checks;
    this.#diagnoses = diagnoses;
    this.#library = library;
    this.#problems = problems;
  }

  read(shape: ScenarioShape, file: string): Scenario {
    const given = Object.fromEntries(Object.entries(shape.given).map(([key, finding]) => [key, this.#found(key, finding)]));
    const questions = questionsOf(this.#flow);
    for (const [key, option] of Object.entries(shape.answers ?? {})) {
      const [id = key] = key.split('@');
      const question = questions.get(id);
      if (!question) this.#say(['answers', key], 'key', `flow ${this.#flow.id} has no question ${id}`, instead(id, [...questions.keys()]));
      else if (!Object.hasOwn(question.routes, option))
        this.#say(['answers', key], 'value', `question ${id} has no option ${option}`, instead(option, Object.keys(question.routes)));
    }
    for (const field of ['decided', 'choose'] as const)
      for (const [key, outcome] of Object.entries(shape[field] ?? {})) this.#outcomeOf([field, key], key, outcome);
    const expect = expectedOf(shape.expect);
    for (const [index, entry] of expect.path.entries()) {
      const [place = entry, outcome] = entry.split('=');
      this.#outcomeOf(['expect', 'path', index], place, outcome ?? null);
    }
    for (const name of [...(expect.diagnoses ?? []).map((one) => one.diagnosis), ...expect.never])
      if (!this.#diagnoses.includes(name)) this.#say(['expect'], 'value', `there is no diagnosis ${name}`, instead(name, this.#diagnoses));
    return {
      title: shape.title,
      file,
      line: this.#source.keyAt(this.#base).line ?? 1,
      given,
      suspects: shape.suspects ?? null,
      answers: shape.answers ?? {},
      allow: shape.allow ?? [],
      decided: shape.decided ?? {},
      choose: shape.choose ?? {},
      expect,
    };
  }

  #say(path: Path, at: 'key' | 'value', message: string, remedy: string): void {
    const full = [...this.#base, ...path];
    this.#problems.push({
      severity: 'error',
      kind: 'scenario',
      place: at === 'key' ? this.#source.keyAt(full) : this.#source.valueAt(full),
      message,
      remedy,
    });
  }

  /** A step, or step@subject, with one of its outcomes. */
  #outcomeOf(path: Path, place: string, outcome: string | null): void {
    const [id = place] = place.split('@');
    const step = this.#flow.steps.get(id);
    if (!step) this.#say(path, 'key', `flow ${this.#flow.id} has no step ${id}`, instead(id, [...this.#flow.steps.keys()]));
    else if (outcome !== null && !('routes' in step && Object.hasOwn(step.routes, outcome)))
      this.#say(path, 'value', `step ${id} has no outcome ${outcome}`, instead(outcome, 'routes' in step ? Object.keys(step.routes) : []));
  }

  #found(key: string, finding: Finding): Found {
    const [name = key] = key.split('@');
    const check = Object.hasOwn(this.#checks, name) ? this.#checks[name] : undefined;
    if (!check) {
      this.#say(['given', key], 'key', `there is no check ${name}`, instead(name, Object.keys(this.#checks)));
      return { outcome: 'skipped', data: null };
    }
    const shape = typeof finding === 'string' ? { outcome: finding } : finding;
    const outcome = shape.outcome ?? null;
    const words = [...Object.keys(described(check.outcomes)), ...couldNotCheck];
    if (outcome !== null && !words.includes(outcome))
      this.#say(
        ['given', key, ...(typeof finding === 'string' ? [] : ['outcome'])],
        'value',
        `check ${name} has no outcome ${outcome}`,
        instead(outcome, words),
      );
    if (shape.like === undefined && shape.facts === undefined) {
      if (outcome === null)
        this.#say(['given', key], 'key', `${key} says neither an outcome nor facts`, 'Write the outcome, or facts: {…}.');
      return { outcome, data: null };
    }
    return { outcome, data: this.#facts(key, name, check, shape) };
  }

  #facts(key: string, name: string, check: ScenarioCheck, shape: Exclude<Finding, string>): unknown {
    const named = this.#library[name] ?? {};
    const base = shape.like === undefined ? {} : Object.hasOwn(named, shape.like) ? named[shape.like] : undefined;
    if (base === undefined) {
      this.#say(
        ['given', key, 'like'],
        'value',
        `facts.yaml has no facts ${shape.like ?? ''} of ${name}`,
        instead(shape.like ?? '', Object.keys(named)),
      );
      return null;
    }
    const unfit: Unfit[] = [];
    const whole = complete(check.facts, overlay(base, shape.facts ?? {}), [], unfit);
    for (const one of unfit)
      this.#say(['given', key, 'facts', ...one.path], 'key', one.message, instead(String(one.path.at(-1)), one.words));
    if (unfit.length > 0) return null;
    const parsed = check.facts.safeParse(whole);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues.slice(0, 5)) {
      const path = issue.path.filter((part) => typeof part !== 'symbol');
      this.#say(
        ['given', key, 'facts', ...path],
        'value',
        `facts of ${name}: ${path.join('.')}: ${issue.message}`,
        "See the check's facts.ts.",
      );
    }
    return null;
  }
}
