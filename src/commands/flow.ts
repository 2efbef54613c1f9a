/** The commands for people who write flows. Each takes what was asked for and hands back what to print; main wires them up. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { uncovered } from '../engine/lint.ts';
import { UsageError } from '../errors.ts';
import { answersTemplate } from '../flow/answers-template.ts';
import { drawFlow, type GraphFormat } from '../flow/graph.ts';
import { answersSchema, flowSchema as schemaOfFlows } from '../flow/json-schema.ts';
import { runbook } from '../flow/runbook.ts';
import { wordShape } from '../flow/schema.ts';
import { formatSuite, runSuite } from '../flow/scenarios/suite.ts';
import { reportJsonSchema } from '../report/schema.ts';
import { findingsStatus, formatProblem, good, type Result } from './flow/result.ts';
import { articlePoints, inspect, shown } from './flow/read.ts';
import { readScenarioFiles, realJudges } from './flow/scenarios.ts';
import { flowTemplate, scenarioTemplate } from './flow/template.ts';
import { defaultFlow, flowIds } from './find-flow.ts';
import { loadFlow, makeCatalogue } from './load-flow.ts';

/** `flow list`: id, version and title of each flow. */
export function flowList(): Result {
  const complaints: string[] = [];
  const rows = flowIds().flatMap((id): string[][] => {
    try {
      const { flow } = loadFlow(id);
      return [[flow.id, String(flow.version), flow.title]];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      complaints.push(`${id} can not be used: proxy-doctor flow lint ${id}`);
      return [[id, '?', 'not a sound flow']];
    }
  });
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return { stdout: lines.map((line) => `${line}\n`).join(''), stderr: complaints.join('\n'), status: 0 };
}

/** `flow show`: the flow as it is written, or as a runbook for a wiki. @throws {UsageError} */
export function flowShow(wanted: string | undefined, format: 'yaml' | 'md'): Result {
  const { flow, source, declared } = loadFlow(wanted ?? defaultFlow);
  return good(format === 'md' ? runbook(flow, declared) : source);
}

/** `flow lint`: everything that is wrong with a flow and the diagnoses beside it. @throws {UsageError} where there is no such file */
export function flowLint(wanted: string | undefined): Result {
  const { file, flow, problems } = inspect(wanted);
  const lines = problems.map((problem) => `${formatProblem(problem)}\n`).join('');
  if (problems.length > 0) {
    const count = (severity: string): string => counted(problems.filter((problem) => problem.severity === severity).length, severity);
    return { stdout: lines, stderr: `${shown(file)}: ${count('error')}, ${count('warning')}`, status: findingsStatus };
  }
  const open = flow ? uncovered(flow, articlePoints) : [];
  const covered = articlePoints.length - open.length;
  const points = covered === 0 ? '' : `, ${covered} of ${articlePoints.length} points of the article`;
  return good(`${shown(file)}: ${flow?.steps.size ?? 0} steps${points}; nothing to complain about\n`);
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `flow graph`. @throws {UsageError} */
export function flowGraph(wanted: string | undefined, format: GraphFormat): Result {
  return good(drawFlow(loadFlow(wanted ?? defaultFlow).flow, format));
}

/** `flow schema`: JSON Schema, for editors and for programs that read reports. */
export function flowSchema(kind: 'flow' | 'answers' | 'report'): Result {
  const schema = kind === 'flow' ? schemaOfFlows(makeCatalogue([])) : kind === 'answers' ? answersSchema(null) : reportJsonSchema();
  return good(`${JSON.stringify(schema, null, 2)}\n`);
}

/** `flow answers`: a template with every question, its options, and when it is asked. @throws {UsageError} */
export function flowAnswers(wanted: string | undefined): Result {
  return good(answersTemplate(loadFlow(wanted ?? defaultFlow).flow));
}

/** `flow test`: the scenarios beside the flow. @throws {UsageError} where the flow itself can't be used */
export function flowTest(wanted: string | undefined): Result {
  const { flow, declared, file } = loadFlow(wanted ?? defaultFlow);
  const { folder, scenarios, problems } = readScenarioFiles(file, flow, Object.keys(declared));
  if (problems.length > 0) {
    const stderr = `${counted(problems.length, 'problem')} in the scenarios of ${flow.id}; none was run`;
    return { stdout: problems.map((problem) => `${formatProblem(problem)}\n`).join(''), stderr, status: findingsStatus };
  }
  if (scenarios.length === 0) {
    const stderr = `${flow.id} has no scenarios: write the first in ${shown(join(folder, 'first.yaml'))} (docs/writing-flows.md, Scenarios)`;
    return { stdout: '', stderr, status: findingsStatus };
  }
  const suite = runSuite(flow, scenarios, realJudges(declared));
  const failed = suite.results.some((result) => result.differences.length > 0 || result.overconfident.length > 0);
  return { stdout: formatSuite(suite), stderr: '', status: failed ? findingsStatus : 0 };
}

/** `flow new`: a folder with a whole small flow, its schema for the editor, and scenarios that hold. @throws {UsageError} */
export function flowNew(id: string): Result {
  if (!wordShape.safeParse(id).success)
    throw new UsageError(`${JSON.stringify(id)} can not be the id of a flow`, 'Write lower-case words joined by -, for example my-proxy');
  const folder = resolve(id);
  if (existsSync(folder))
    throw new UsageError(`there is ${shown(folder)} already`, 'Choose another id, or work in that folder', { file: shown(folder) });
  const files: readonly (readonly [string, string])[] = [
    ['flow.yaml', flowTemplate(id, './flow.schema.json')],
    ['flow.schema.json', flowSchema('flow').stdout],
    ['scenarios/first.yaml', scenarioTemplate()],
  ];
  try {
    mkdirSync(join(folder, 'scenarios'), { recursive: true });
    for (const [name, text] of files) writeFileSync(join(folder, name), text, { flag: 'wx' });
  } catch (error) {
    throw new UsageError(
      `the flow can not be written: ${error instanceof Error ? error.message : String(error)}`,
      'Go to a folder that you may write to',
      { file: shown(folder) },
    );
  }
  const made = files.map(([name]) => `${shown(join(folder, name))}\n`).join('');
  const stderr = `Go on: proxy-doctor flow lint ./${id}, flow test ./${id}, flow graph ./${id}`;
  return { stdout: made, stderr, status: 0 };
}
