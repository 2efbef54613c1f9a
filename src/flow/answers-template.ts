/** A template of an answers file: every question of a flow, its options, and when it is asked. */
import { dump } from 'js-yaml';
import type { Flow, QuestionStep } from '../engine/flow.ts';
import { edgesOf, type Edge } from '../engine/paths.ts';
import { allowed, questionsOf } from './answers.ts';

/** YAML that is a valid answers file as it stands: all that may be filled in is commented out. */
export function answersTemplate(flow: Flow): string {
  const edges = edgesOf(flow);
  const questions = [...questionsOf(flow).values()];
  return [
    `# Answers for the flow ${flow.id}, version ${flow.version}: ${flow.title}`,
    '# Take the # away from what you want to set. Run it with: proxy-doctor run --answers THIS-FILE',
    dump({ flow: flow.id }).trimEnd(),
    '',
    'inputs:            # the same names as the options, with _ for -',
    '  # error_log: [/var/log/apache2/error.log]',
    '  # access_log: [/var/log/apache2/access.log]',
    '  # backend: ["10.0.0.5:8080"]',
    '  # since: 2h',
    '',
    questions.length === 0
      ? 'answers: {}         # this flow asks nothing'
      : 'answers:           # asked only where no check can tell; question, or question@HOST:PORT for one backend',
    ...questions.flatMap((question) => entry(flow, question, edges)),
    '',
    'allow:             # actions that change or capture something',
    ...allowed
      .filter((action) => [...flow.steps.values()].some((step) => step.kind === 'action' && step.action === action))
      .map((action) => `  # - ${action}`),
    '',
  ].join('\n');
}

function entry(flow: Flow, question: QuestionStep, edges: readonly Edge[]): string[] {
  const options = Object.entries(question.routes);
  const [first] = options;
  const width = Math.max(...options.map(([option]) => option.length));
  return [
    '',
    `  # ${question.title}`,
    ...whenAsked(flow, question, edges).map((line) => `  #   ${line}`),
    ...options.map(
      ([option, { label }]) =>
        `  #   ${option.padEnd(width)}  ${label}${option === question.default ? ' (taken when nothing is said)' : ''}`,
    ),
    `  # ${question.id}: ${question.default ?? first?.[0] ?? 'unknown'}`,
  ];
}

/** `asked when error-log (Which failures …) ends as skipped, failed` for each step before the question. */
export function whenAsked(flow: Flow, question: QuestionStep, edges: readonly Edge[] = edgesOf(flow)): readonly string[] {
  const by = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.to !== question.id) continue;
    const known = by.get(edge.from);
    if (known) known.push(edge.outcome);
    else by.set(edge.from, [edge.outcome]);
  }
  const first = flow.triage === question.id || flow.suspect === question.id ? ['asked at the beginning'] : [];
  return [
    ...first,
    ...[...by].map(([from, outcomes]) => `asked when ${from} (${flow.steps.get(from)?.title ?? ''}) ends as ${outcomes.join(', ')}`),
  ];
}
