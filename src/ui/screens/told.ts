/** What every screen of a step begins with: its question, the reason for it, and that work goes on where nothing is known yet. */
import type { RoutedStep } from '../../engine/flow.ts';
import { blank, lineOf, paragraph, type Line } from '../line.ts';
import type { Look } from '../look.ts';

/** The step on the screen, where it is one with ways leading on. */
export function stepOf(look: Look): RoutedStep | null {
  const { position } = look.view.state;
  const step = 'step' in position ? look.view.flow.steps.get(position.step) : undefined;
  return step === undefined || step.kind === 'examine' || step.kind === 'diagnosis' ? null : step;
}

/** Below this many rows one thing at a time is shown: what was found comes before the reason for looking. */
export const smallRows = 13;

/** A step's title, its reason and what was found, in the order that the room asks for. */
export function told(look: Look, step: RoutedStep, lines: readonly Line[]): Line[] {
  const { theme, width, rows } = look;
  const title = paragraph(step.title, width - 1, theme, 'strong', 1);
  const why = paragraph(step.why, width - 1, theme, 'quiet', 1);
  if (rows < smallRows) return [...title, ...lines.filter((line) => line.length > 0), ...why];
  return [...title, ...why, ...(lines.length > 0 ? [blank, ...lines] : [])];
}

/** Nothing runs that could be shown. */
export function waiting({ theme, view }: Look): Line[] {
  return [lineOf(`   ${view.state.position.kind === 'end' ? 'Putting the diagnosis together' : 'Working'}${theme.sign('cut')}`, 'quiet')];
}

/** The right side of a wide screen. */
export const asideTitle: Line = lineOf(' Evidence', 'quiet');

export function noEvidence(): Line[] {
  return [asideTitle, lineOf(' None yet.', 'quiet')];
}
