/** A flow as a runbook in Markdown, for a wiki: everything that a person without this program would need to walk it by hand. */
import type { ByHand, Flow, Part, Step } from '../engine/flow.ts';
import { routesOf } from '../engine/paths.ts';
import { arrowsOf, drawFlow, stepsOf } from './graph.ts';

/** What is known of a diagnosis beyond its id. */
export interface RunbookDiagnosis {
  readonly title: string;
  readonly summary: string;
  readonly remedies: readonly {
    readonly title: string;
    readonly firstAid: boolean;
    readonly undo: string | null;
    readonly steps: readonly string[];
    readonly commands: readonly string[];
    readonly verify: string;
  }[];
}

const parts: readonly (readonly [Part, string, string])[] = [
  ['triage', 'First: what is failing, and where', 'Walk this part once.'],
  ['suspect', 'Then, for each backend under suspicion', 'Walk this part once for each backend, the one with the most failures first.'],
];

/** The whole flow, ending in a newline. @param diagnoses by id, where known */
export function runbook(flow: Flow, diagnoses: Readonly<Record<string, RunbookDiagnosis>>): string {
  const lines = [
    `# ${inline(flow.title)}`,
    '',
    inline(flow.summary),
    '',
    `_Flow \`${flow.id}\`, version ${flow.version}. The program walks it by itself: \`proxy-doctor run ${flow.id}\`._`,
  ];
  let number = 0;
  for (const [part, title, how] of parts) {
    const steps = stepsOf(flow, part).filter((step) => step.kind !== 'diagnosis');
    if (steps.length === 0) continue;
    lines.push('', `## ${title}`, '', how);
    for (const step of steps) {
      number += 1;
      lines.push(...section(flow, step, number));
    }
  }
  const ends = [...flow.steps.values()].filter((step) => step.kind === 'diagnosis');
  lines.push('', '## Diagnoses and what to do');
  for (const step of ends)
    lines.push(...ending(step.id, step.diagnosis, Object.hasOwn(diagnoses, step.diagnosis) ? diagnoses[step.diagnosis] : undefined));
  lines.push('', '## The whole way', '', '```mermaid', drawFlow(flow, 'mermaid').trimEnd(), '```', '');
  return lines.join('\n');
}

function section(flow: Flow, step: Step, number: number): string[] {
  const lines = ['', `<a id="${step.id}"></a>`, '', `### ${number}. ${inline(step.title)}`, '', inline(step.why)];
  if (step.covers.length > 0) lines.push('', `_Points of the article: ${step.covers.join(', ')}._`);
  if (step.kind === 'action') lines.push('', '**This changes or captures something: get consent first, and put everything back.**');
  if ('byHand' in step && step.byHand) lines.push(...byHand(step.byHand));
  if (step.kind === 'examine')
    return [...lines, '', `Go on with [${inline(flow.steps.get(flow.suspect)?.title ?? flow.suspect)}](#${flow.suspect}) for each.`];
  if (step.kind === 'decide') lines.push('', `Weigh what was found so far${step.reads.length > 0 ? ` (${step.reads.join(', ')})` : ''}:`);
  const arrows = arrowsOf(step);
  const [only] = arrows;
  if (only && arrows.length === 1)
    return [...lines, '', `Whatever it shows, go on with [${inline(titleOf(flow, only.to))}](#${only.to}).`];
  lines.push('', '| if | then |', '| --- | --- |');
  for (const arrow of arrows) {
    const labels = arrow.outcomes.map((outcome) =>
      outcome === 'could-not' ? 'It could not be checked' : (routesOf(step)[outcome]?.label ?? outcome),
    );
    lines.push(`| ${labels.map(cell).join('; or: ')} | [${cell(titleOf(flow, arrow.to))}](#${arrow.to}) |`);
  }
  return lines;
}

function byHand({ commands, reading }: ByHand): string[] {
  return ['', ...fenced(commands), '', inline(reading)];
}

/** A fence that no command can close. */
function fenced(commands: readonly string[]): string[] {
  const longest = Math.max(2, ...commands.flatMap((command) => [...command.matchAll(/`+/g)].map((ticks) => ticks[0].length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}sh`, ...commands, fence];
}

function ending(id: string, diagnosis: string, known: RunbookDiagnosis | undefined): string[] {
  const lines = [
    '',
    `<a id="${id}"></a>`,
    '',
    `### ${known ? inline(known.title) : diagnosis}`,
    '',
    `\`${diagnosis}\`${known ? `: ${inline(known.summary)}` : ''}`,
  ];
  for (const remedy of known?.remedies ?? []) {
    lines.push(
      '',
      `**${inline(remedy.title)}**${remedy.firstAid ? ' (first aid: it stops the bleeding only)' : ''}`,
      '',
      ...remedy.steps.map((step, index) => `${index + 1}. ${inline(step)}`),
    );
    if (remedy.commands.length > 0) lines.push('', ...fenced(remedy.commands));
    if (remedy.undo !== null) lines.push('', `To undo: ${inline(remedy.undo)}`);
    lines.push('', 'Did it help?', '', ...fenced([remedy.verify]));
  }
  return lines;
}

function titleOf(flow: Flow, id: string): string {
  const step = flow.steps.get(id);
  return step?.kind === 'diagnosis' ? step.diagnosis : (step?.title ?? id);
}

/** Text in a line of Markdown: nothing of it is markup, save words that the author set in backticks. */
function inline(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(/(`[^`]+`)/)
    .map((piece, index) => (index % 2 === 1 ? piece : piece.replaceAll(/[\\<>*_[\]]/g, (character) => `\\${character}`)))
    .join('');
}

function cell(text: string): string {
  return inline(text).replaceAll('|', '\\|');
}
