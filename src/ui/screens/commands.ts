/** The exact commands of a step: what runs or ran, and how a person does the same by hand. */
import { namingBackend } from '../by-hand.ts';
import { blank, lineOf, paragraph, type Line } from '../line.ts';
import type { Look } from '../look.ts';
import { diagnosisOf, subjectOf, suspect } from '../state.ts';
import { runningHere } from './step.ts';
import { stepOf } from './told.ts';

export function commandsText(look: Look): Line[] {
  const { theme, view, width } = look;
  const step = stepOf(look);
  const command = (text: string): Line[] => paragraph(text, width - 1, theme, 'accent', 3);
  if (!step) {
    const remedies = diagnosisOf(look)?.remedies ?? [];
    return [
      lineOf(' Commands of the remedies', 'strong'),
      ...remedies.flatMap((remedy) => [
        blank,
        ...paragraph(remedy.title, width - 1, theme, 'plain', 1),
        ...[...remedy.commands, remedy.verify].filter((text) => text !== '').flatMap(command),
      ]),
    ];
  }
  const lines: Line[] = [...paragraph(step.title, width - 1, theme, 'strong', 1), blank];
  const running = runningHere(look);
  const subject = subjectOf(view);
  const evidence = view.evidenceOf(step.id, subject);
  if (running) lines.push(lineOf(' Running now', 'quiet'), ...running.commands.flatMap(command));
  if (evidence) {
    lines.push(...(running ? [blank] : []), lineOf(` Run for ${evidence.id}`, 'quiet'));
    if (evidence.commands.length === 0)
      lines.push(
        ...paragraph('No command: sockets and files of our own were used. The same by hand stands below.', width - 1, theme, 'plain', 3),
      );
    for (const { argv, exitCode } of evidence.commands)
      lines.push(...command(`${argv.join(' ')}${exitCode === 0 ? '' : `   (exit ${exitCode ?? 'by a signal, or not started'})`}`));
  }
  if (step.kind === 'decide')
    lines.push(...paragraph(`Nothing is run: this step weighs the evidence of ${step.reads.join(', ')}.`, width - 1, theme, 'plain', 1));
  if (step.kind !== 'decide' && step.byHand) {
    lines.push(
      blank,
      lineOf(' By hand', 'quiet'),
      ...step.byHand.commands.map((text) => namingBackend(text, suspect(view))).flatMap(command),
      ...paragraph(step.byHand.reading, width - 1, theme, 'plain', 1),
    );
  }
  return lines;
}
