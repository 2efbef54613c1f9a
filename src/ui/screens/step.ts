/** The screen of a step: what it asks and why, what runs or was found, and the ways from here. */
import { couldNotCheck } from '../../engine/evidence.ts';
import type { Outcome, RoutedStep } from '../../engine/flow.ts';
import type { RunningCheck } from '../../run/session.ts';
import { namingBackend } from '../by-hand.ts';
import { blank, fit, indentBy, paragraph, span, type Line } from '../line.ts';
import type { Body, Choice, ChoiceList, Look } from '../look.ts';
import { livePictureOf } from '../parts/pictures.ts';
import { progressLine } from '../parts/progress.ts';
import { subjectOf, suspect } from '../state.ts';
import { clock, timeOfDay } from '../words.ts';
import { lineWidth } from '../line.ts';
import { chartRows, finding, restsOn } from './finding.ts';
import { smallRows, stepOf, told, waiting } from './told.ts';

/** A running check: what it does, how far it is, what it has seen. */
export function runningLines(look: Look, check: RunningCheck, indent = 3): Line[] {
  const { theme, width, now } = look;
  const elapsed = now - check.startedAt;
  const { progress } = check;
  if (progress === null)
    return [
      fit(
        [span(' '.repeat(indent)), span(`${theme.text(check.check)} `, 'accent'), span(`${theme.sign('dot')} ${clock(elapsed)}`, 'quiet')],
        width,
        theme,
      ),
    ];
  const room = Math.min(100, width - indent - 1);
  const drawn = look.rows < 9 ? [] : livePictureOf(check.check, progress, { width: room, rows: chartRows(look.rows), theme });
  return [
    ...paragraph(progress.text, width - 1, theme, 'plain', indent),
    ...indentBy([progressLine(progress, elapsed, room, theme), ...drawn], indent),
  ];
}

/** Checks that run beside the step, a line each. */
function meanwhile(look: Look, here: RunningCheck | undefined): Line[] {
  const { theme, view, width, now } = look;
  const others = view.running.filter((check) => check !== here);
  return others.map((check) => {
    const said = check.progress === null ? clock(now - check.startedAt) : theme.text(check.progress.text);
    return fit([span(' Meanwhile ', 'quiet'), span(theme.text(check.check), 'plain'), span(`  ${said}`, 'quiet')], width, theme);
  });
}

/** The one check that this step waits for. */
export function runningHere(look: Look): RunningCheck | undefined {
  const { position } = look.view.state;
  return position.kind === 'run-check' ? look.view.running.find((check) => check.key === position.key) : undefined;
}

export function workingBody(look: Look): Body {
  const { theme, view, width } = look;
  const step = stepOf(look);
  const here = runningHere(look);
  const doing = here
    ? runningLines(look, here)
    : waiting(look);
  const known = view.soFar === null ? [] : [blank, ...paragraph(view.soFar, width - 1, theme, 'plain', 1, [span(' So far  ', 'quiet')])];
  const others = meanwhile(look, here);
  const { liveChange } = view;
  const changed =
    liveChange === null
      ? []
      : [...paragraph(`In force for this test: ${liveChange.what} (${liveChange.file})`, width - 1, theme, 'live', 1), blank];
  const undone = `Put back by itself when it is clear, when it gets worse, or at ${timeOfDay(liveChange?.until ?? 0)} at the latest.`;
  const promise = liveChange === null || liveChange.keep === true || look.rows < smallRows ? [] : [blank, ...paragraph(undone, width - 1, theme, 'quiet', 1)];
  const lines = [...changed, ...doing, ...promise, ...known, ...(others.length > 0 ? [blank, ...others] : [])];
  return { upper: step ? told(look, step, lines) : lines, list: null, focus: null, pinned: [] };
}

/** The ways from here. Of the three ways "could not be checked" one is offered, to leave open what was measured but is not believed. */
function choicesOf(look: Look, step: RoutedStep): ChoiceList {
  const { theme, width } = look;
  const { position } = look.view.state;
  const suggestion = position.kind === 'choose' ? position.suggestion : null;
  const chosen = position.kind === 'choose' || position.kind === 'ask' ? position.chosen : null;
  // A question is asked because nothing that was measured tells: not to know is the answer that claims nothing.
  const open = step.kind === 'question' ? (step.default ?? 'unknown') : null;
  const outcomes = Object.keys(step.routes).filter((outcome) => {
    const couldNot = (couldNotCheck as readonly string[]).includes(outcome);
    return !couldNot || outcome === 'skipped' || outcome === suggestion?.outcome || outcome === chosen;
  });
  const choices = outcomes.map((outcome, index): Choice => {
    const number = span(`${index + 1} `, 'quiet');
    const label = theme.text(step.routes[outcome]?.label ?? outcome);
    const marks = [
      outcome === suggestion?.outcome ? `${theme.sign('left')} evidence` : '',
      outcome === chosen ? 'your choice before' : '',
      outcome === open && chosen === null ? `${theme.sign('left')} nothing measured tells` : '',
    ]
      .filter((text) => text !== '')
      .join(', ');
    const room = width - 4;
    const plain: Line = [number, span(label), ...(marks === '' ? [] : [span(`  ${marks}`, 'quiet')])];
    const wrapped =
      lineWidth(plain) <= room ? [plain] : paragraph(`${label}${marks === '' ? '' : `  ${marks}`}`, room, theme, 'plain', 2, [number]);
    // A check's reason is its finding, which stands above already; a decision's reason belongs to the choice.
    const explains = step.kind === 'decide' && outcome === suggestion?.outcome && look.rows >= smallRows;
    const reason = explains ? paragraph(suggestion.because, room, theme, 'quiet', 4) : [];
    const short = marks === '' ? plain : [number, span(`${theme.sign('left')} `, 'quiet'), span(label)];
    return { value: outcome, full: [...wrapped, ...reason], short: fit(short, room, theme) };
  });
  const first = Math.max(0, outcomes.indexOf(chosen ?? suggestion?.outcome ?? open ?? ''));
  const heading = step.kind === 'question' ? 'Your answer' : step.kind === 'decide' ? 'What does this look like?' : 'What this means';
  return {
    id: `${step.id} ${subjectOf(look.view) ?? ''} ${suggestion?.outcome ?? ''} ${suggestion?.evidence.join(',') ?? ''}`,
    heading,
    choices,
    first,
  };
}

export function choiceBody(look: Look): Body {
  const step = stepOf(look);
  if (!step) return workingBody(look);
  return {
    upper: [...told(look, step, found(look, step)), ...complaintLines(look)],
    list: choicesOf(look, step),
    focus: null,
    pinned: [],
  };
}

/** What was found at a step, or how to find the answer to a question. */
export function found(look: Look, step: RoutedStep): Line[] {
  const { theme, width, view } = look;
  const { position } = view.state;
  if (step.kind === 'question') {
    if (!step.byHand) return [];
    return [
      ...paragraph('By hand:', width - 1, theme, 'quiet', 1),
      ...step.byHand.commands.flatMap((command) => paragraph(namingBackend(command, suspect(view)), width - 1, theme, 'accent', 3)),
      ...paragraph(step.byHand.reading, width - 1, theme, 'plain', 1),
    ];
  }
  if (position.kind !== 'choose') return [];
  if (step.kind === 'decide') {
    // The reason stands beside the choice that it speaks for.
    const lines = restsOn(look, position.suggestion.evidence);
    return look.rows < smallRows ? [...paragraph(position.suggestion.because, width - 1, theme, 'strong', 1), ...lines] : lines;
  }
  const evidence =
    view.evidenceOf(step.id, position.subject) ?? view.state.evidence.find(({ id }) => position.suggestion.evidence.includes(id));
  return evidence ? finding(look, evidence) : [];
}

export function complaintLines(look: Look): Line[] {
  const { complaint } = look.view;
  return complaint === null
    ? []
    : [blank, ...paragraph(complaint, look.width - 1, look.theme, 'broken', 1, [span(' '), span(`${look.theme.sign('bad')} `, 'broken')])];
}

/** The word for an outcome as the screens say it: the route's label, else the bare word. */
export function labelOf(look: Look, step: RoutedStep | null, outcome: Outcome): string {
  return step?.routes[outcome]?.label ?? outcome;
}
