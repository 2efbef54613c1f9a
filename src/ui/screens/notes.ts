/** Notes: those there are, and a line to write one. */
import { blank, lineOf, paragraph, span, type Line } from '../line.ts';
import type { Look } from '../look.ts';

export function notesText(look: Look): Line[] {
  const { theme, view, width } = look;
  const { notes } = view.state;
  const told = notes.flatMap(({ text, step }) => {
    const where = step === null ? '' : ` (at ${view.flow.steps.get(step)?.short ?? step})`;
    return paragraph(`${text}${where}`, width - 1, theme, 'plain', 0, [span(`   ${theme.sign('dot')} `, 'quiet')]);
  });
  return [
    lineOf(' Notes', 'strong'),
    ...paragraph('They stand in the report, with their time.', width - 1, theme, 'quiet', 1),
    blank,
    ...(told.length > 0 ? told : [lineOf('   None yet.', 'quiet')]),
  ];
}
