/** A flow drawn: as mermaid, as dot for Graphviz, and as plain text. Labels are escaped for each. */
import { couldNotCheck } from '../engine/evidence.ts';
import type { Flow, Part, Step, StepId } from '../engine/flow.ts';
import { inOrder, routesOf } from '../engine/paths.ts';

export const graphFormats = ['mermaid', 'dot', 'text'] as const;
export type GraphFormat = (typeof graphFormats)[number];

/** The flow as text of that format, ending in a newline. */
export function drawFlow(flow: Flow, format: GraphFormat): string {
  switch (format) {
    case 'mermaid':
      return mermaid(flow);
    case 'dot':
      return dot(flow);
    case 'text':
      return text(flow);
  }
}

/** Outcomes that lead to the same step are one arrow. */
interface Arrow {
  readonly outcomes: readonly string[];
  readonly to: StepId;
}

/** Arrows of a step in the order of its routes; could-not as one word where all three go the same way. */
export function arrowsOf(step: Step): readonly Arrow[] {
  const byTarget = new Map<StepId, string[]>();
  for (const [outcome, { to }] of Object.entries(routesOf(step))) {
    const known = byTarget.get(to);
    if (known) known.push(outcome);
    else byTarget.set(to, [outcome]);
  }
  return [...byTarget].map(([to, outcomes]) => ({ to, outcomes: shortened(step, outcomes) }));
}

function shortened(step: Step, outcomes: readonly string[]): readonly string[] {
  const checks = step.kind === 'check' || step.kind === 'action';
  if (!checks || !couldNotCheck.every((word) => outcomes.includes(word))) return outcomes;
  return [...outcomes.filter((outcome) => !couldNotCheck.some((word) => word === outcome)), 'could-not'];
}

/** Steps of a part, each before what follows it. A flow that is no sound graph keeps the order of its file. */
export function stepsOf(flow: Flow, part: Part): readonly Step[] {
  const { order, cyclic } = inOrder(flow);
  const all = cyclic.length === 0 ? order : [...flow.steps.values()];
  return all.filter((step) => step.part === part);
}

function about(step: Step): string {
  switch (step.kind) {
    case 'check':
      return `check ${step.check}`;
    case 'action':
      return `action ${step.action}`;
    case 'decide':
      return `decide ${step.classifier}`;
    case 'question':
      return 'question';
    case 'examine':
      return 'examine each suspect';
    case 'diagnosis':
      return `diagnosis ${step.diagnosis}`;
  }
}

const parts: readonly (readonly [Part, string])[] = [
  ['triage', 'Triage, once'],
  ['suspect', 'Each suspect'],
];

// Ids hold only letters, digits and dashes; `end` alone is a word of mermaid's own.
const node = (id: StepId): string => `s_${id.replaceAll('-', '_')}`;

function mermaidText(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('#', '&num;');
}

function mermaid(flow: Flow): string {
  const shape = (step: Step): string => {
    const label = `"${mermaidText(step.kind === 'diagnosis' ? step.diagnosis : step.title)}"`;
    switch (step.kind) {
      case 'check':
        return `[${label}]`;
      case 'action':
        return `[[${label}]]`;
      case 'decide':
        return `{${label}}`;
      case 'question':
        return `[/${label}/]`;
      case 'examine':
        return `([${label}])`;
      case 'diagnosis':
        return `(${label})`;
    }
  };
  const lines = ['flowchart TD'];
  for (const [part, name] of parts) {
    lines.push(`  subgraph ${part}["${name}"]`, ...stepsOf(flow, part).map((step) => `    ${node(step.id)}${shape(step)}`), '  end');
  }
  for (const step of flow.steps.values()) {
    for (const arrow of arrowsOf(step))
      lines.push(`  ${node(step.id)} -->|"${arrow.outcomes.map(mermaidText).join(', ')}"| ${node(arrow.to)}`);
    if (step.kind === 'examine') lines.push(`  ${node(step.id)} -.->|"for each"| ${node(flow.suspect)}`);
  }
  return `${lines.join('\n')}\n`;
}

const dotText = (words: string): string => `"${words.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const dotShapes: Readonly<Record<Step['kind'], string>> = {
  check: 'box',
  action: 'box3d',
  decide: 'diamond',
  question: 'parallelogram',
  examine: 'house',
  diagnosis: 'ellipse',
};

function dot(flow: Flow): string {
  const lines = [
    `digraph ${dotText(flow.id)} {`,
    `  label=${dotText(flow.title)};`,
    '  node [fontname="sans-serif", fontsize=11];',
    '  edge [fontname="sans-serif", fontsize=9];',
  ];
  for (const [part, name] of parts) {
    lines.push(`  subgraph cluster_${part} {`, `    label=${dotText(name)};`);
    for (const step of stepsOf(flow, part))
      lines.push(
        `    ${dotText(step.id)} [shape=${dotShapes[step.kind]}, label=${dotText(step.kind === 'diagnosis' ? step.diagnosis : `${step.title}\n${about(step)}`)}];`,
      );
    lines.push('  }');
  }
  for (const step of flow.steps.values()) {
    for (const arrow of arrowsOf(step))
      lines.push(`  ${dotText(step.id)} -> ${dotText(arrow.to)} [label=${dotText(arrow.outcomes.join('\n'))}];`);
    if (step.kind === 'examine') lines.push(`  ${dotText(step.id)} -> ${dotText(flow.suspect)} [style=dashed, label="for each"];`);
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

// Longer lists of outcomes stick out, instead of pushing all arrows to the right.
const widest = 40;

function text(flow: Flow): string {
  const lines = [`${flow.id} ${flow.version}: ${flow.title}`];
  for (const [part, name] of parts) {
    lines.push('', name);
    for (const step of stepsOf(flow, part)) {
      if (step.kind === 'diagnosis') continue;
      lines.push('', `  ${step.id}  (${about(step)})`, `    ${step.title}`);
      const arrows = step.kind === 'examine' ? [{ outcomes: ['for each'], to: flow.suspect }] : arrowsOf(step);
      const width = Math.max(0, ...arrows.map((arrow) => arrow.outcomes.join(', ').length).filter((length) => length <= widest));
      for (const arrow of arrows) {
        const end = flow.steps.get(arrow.to)?.kind === 'diagnosis' ? ' ■' : '';
        lines.push(`      ${arrow.outcomes.join(', ').padEnd(width)} → ${arrow.to}${end}`);
      }
    }
  }
  const ends = [...flow.steps.values()].filter((step) => step.kind === 'diagnosis');
  lines.push('', 'Diagnoses', '', ...ends.map((step) => `  ${step.id}${step.diagnosis === step.id ? '' : `  (${step.diagnosis})`}`));
  return `${lines.join('\n')}\n`;
}
