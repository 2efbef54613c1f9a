/** The whole tree with the way walked and the place where one is. Steps that several ways lead to are drawn once. */
import { couldNotCheck } from '../../engine/evidence.ts';
import type { Step, StepId } from '../../engine/flow.ts';
import { routesOf } from '../../engine/paths.ts';
import type { Visit } from '../../engine/state.ts';
import { blank, lineOf, lineText, paragraph, span, type Line } from '../line.ts';
import type { Look } from '../look.ts';
import { subjectOf } from '../state.ts';
import type { Tone } from '../theme.ts';
import { widthOf } from '../width.ts';

interface Drawn {
  readonly lines: readonly Line[];
  /** The line of the place where one is; for scrolling to it. */
  readonly here: number;
}

export function mapText(look: Look): Drawn {
  const { theme, view, width } = look;
  const { flow, state } = view;
  const lines: Line[] = [];
  let here = 0;
  const subject = subjectOf(view);
  const visits = new Map<StepId, Visit>();
  for (const visit of [...state.path, ...state.ahead])
    if (visit.subject === null || subject === null || visit.subject === subject) visits.set(visit.step, visit);
  // At the end one stands at the diagnosis that the way led to.
  const position = 'step' in state.position ? state.position.step : (state.endings.at(-1)?.step ?? null);
  const drawn = new Set<StepId>();

  const name = (step: Step): string => (step.kind === 'diagnosis' ? step.diagnosis : step.short);

  /** A stack of our own: a flow may be deeper than JavaScript's. */
  function drawFrom(first: StepId): void {
    const open: { readonly id: StepId; readonly depth: number; readonly from: string }[] = [{ id: first, depth: 0, from: '' }];
    for (let next = open.pop(); next; next = open.pop()) {
      const { depth } = next;
      const ways = draw(next.id, depth, next.from);
      open.push(...ways.map(([to, from]) => ({ id: to, depth: depth + 1, from })).reverse());
    }
  }

  /** The outcomes that lead to a step and the step itself: on one line, or below each other where that is too narrow. */
  function branch(from: string, text: string, tone: Tone, indent: number): Line[] {
    if (from === '') return paragraph(text, width - 1, theme, tone, indent);
    const way = `${from} ${theme.sign('right')} `;
    if (indent + widthOf(way) + widthOf(theme.text(text)) < width)
      return [[span(`${' '.repeat(indent)}${way}`, 'quiet'), span(theme.text(text), tone)]];
    return [...paragraph(way.trimEnd(), width - 1, theme, 'quiet', indent), ...paragraph(text, width - 1, theme, tone, indent + 2)];
  }

  /** Draws one step; returns where it leads, each with the outcomes that lead there. */
  function draw(id: StepId, depth: number, from: string): readonly (readonly [StepId, string])[] {
    const step = flow.steps.get(id);
    if (!step) return [];
    const indent = 1 + Math.min(depth, Math.floor(width / 8)) * 2;
    if (drawn.has(id) && Object.keys(routesOf(step)).length > 0) {
      lines.push(...branch(from, `${name(step)} (above)`, 'quiet', indent));
      return [];
    }
    drawn.add(id);
    const visit = visits.get(id);
    const ended = step.kind === 'examine' ? state.subjects !== null : state.endings.some((ending) => ending.step === id);
    const isHere = id === position;
    const sign = isHere ? 'here' : visit || ended ? 'done' : 'todo';
    const tone = isHere ? 'accent' : visit || ended ? 'strong' : 'quiet';
    const outcome = visit && !isHere ? `: ${visit.outcome}${visit.decidedBy === 'operator' ? ' (against the evidence)' : ''}` : '';
    const kind =
      step.kind === 'question' ? ' ?' : step.kind === 'action' ? ' (needs consent)' : step.kind === 'diagnosis' ? ' (diagnosis)' : '';
    const text = `${name(step)}${kind}${outcome}${isHere ? `  ${theme.sign('left')} you are here` : ''}`;
    const made = branch(from, `${theme.sign(sign)} ${text}`, tone, indent);
    if (isHere) here = lines.length + made.findIndex((line) => lineText(line).includes(theme.sign('here')));
    lines.push(...made);
    // Outcomes that lead to the same step are one branch; "could not be checked" is told as one.
    const ways = new Map<StepId, string[]>();
    for (const [outcome, route] of Object.entries(routesOf(step))) {
      const said = (couldNotCheck as readonly string[]).includes(outcome) ? 'not checked' : outcome;
      const known = ways.get(route.to) ?? [];
      if (!known.includes(said)) known.push(said);
      ways.set(route.to, known);
    }
    return [...ways].map(([to, outcomes]) => [to, theme.text(outcomes.join(', '))] as const);
  }

  lines.push(
    ...paragraph(flow.title, width - 1, theme, 'strong', 1),
    lineOf(` ${theme.sign('done')} walked  ${theme.sign('here')} here  ${theme.sign('todo')} not walked`, 'quiet'),
    blank,
  );
  drawFrom(flow.triage);
  if (flow.steps.has(flow.suspect) && !drawn.has(flow.suspect)) {
    const many =
      state.subjects === null
        ? 'for each backend under suspicion'
        : `for ${state.subjects.map(({ key }) => key).join(', ') || 'no backend'}`;
    lines.push(blank, ...paragraph(`Then ${many}:`, width - 1, theme, 'plain', 1));
    drawFrom(flow.suspect);
  }
  return { lines, here };
}
