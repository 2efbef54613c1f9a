/** The diagnosis: what it is and how sure, what speaks for and against, what to do in order, and whether it worked. */
import type { Claim, Diagnosis } from '../../engine/conclusion.ts';
import { isDone } from '../../engine/remedies.ts';
import { blank, fit, lineOf, lineWidth, paragraph, span, spread, type Line } from '../line.ts';
import type { Body, Look } from '../look.ts';
import { diagnosisOf } from '../state.ts';
import { countdown, percent } from '../words.ts';
import { complaintLines, runningLines } from './step.ts';

const label = 9;
/** Narrower than this, evidence stands in the text; and so do more than a few ids of it. */
const idsFrom = 60;
const mostIds = 12;

/** Remedies, and verify as the last thing that can be selected. */
export function selectable(diagnosis: Diagnosis): number {
  return diagnosis.remedies.length + 1;
}

function claims(look: Look, title: string, list: readonly Claim[]): Line[] {
  const { theme, width } = look;
  return list.flatMap(({ text, evidence }, index) => {
    const ids = evidence.join(' ');
    const first: Line = [span(` ${(index === 0 ? title : '').padEnd(label - 1)}`, 'quiet')];
    // The evidence stands at the right end, where there is room for a column of it.
    if (ids === '' || width < idsFrom || ids.length > mostIds)
      return paragraph(ids === '' ? text : `${text}  (${ids})`, width - 1, theme, 'plain', label, first);
    return paragraph(text, width - ids.length - 3, theme, 'plain', label, first).map((line, at) =>
      at === 0 ? spread(line, [span(`${ids} `, 'quiet')], width, theme) : line,
    );
  });
}

function title(look: Look, diagnosis: Diagnosis): Line[] {
  const { theme, width, view, state } = look;
  const several = (view.diagnoses?.length ?? 0) > 1 ? `  (${state.diagnosis + 1} of ${view.diagnoses?.length})` : '';
  const ongoing = diagnosis.ongoing === null ? '' : diagnosis.ongoing ? ` ${theme.sign('dot')} ongoing` : ` ${theme.sign('dot')} over`;
  const right = [span(`${diagnosis.confidence}${ongoing} `, diagnosis.ongoing === true ? 'broken' : 'plain')];
  const left = [span(` ${theme.text(diagnosis.id)}`, 'strong'), span(several, 'quiet')];
  // The name of a cause is not cut: how sure it is goes to a line of its own.
  if (lineWidth(left) + lineWidth(right) + 1 > width) return [fit(left, width, theme), [span(' '), ...right]];
  return [spread(left, right, width, theme)];
}

function rivals(look: Look, diagnosis: Diagnosis): Line[] {
  // One reason often speaks against several: it is told once.
  const reasons = new Map<string, string[]>();
  for (const { id, state, because } of diagnosis.rivals) {
    const reason = `${state === 'refuted' ? 'ruled out' : 'not tested'}: ${because}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  }
  const told = [...reasons].map(([reason, ids]) => ({ text: `${ids.join(', ')} ${reason}`, evidence: [] }));
  return claims(look, 'Rivals', told);
}

interface Told {
  readonly lines: readonly Line[];
  readonly selected: boolean;
}

function remedies(look: Look, diagnosis: Diagnosis): readonly Told[] {
  const { theme, width, state, view } = look;
  return diagnosis.remedies.map((remedy, index) => {
    const selected = state.remedy === index;
    const done = isDone(view.state, { diagnosis: diagnosis.id, subject: diagnosis.backend, title: remedy.title });
    const box = theme.sign(done ? 'ticked' : 'unticked');
    const first = [
      span(selected ? `${theme.sign('pointer')}` : ' ', 'accent'),
      span(`${box} ${index + 1} `, selected ? 'accent' : 'plain'),
    ];
    const aid = remedy.firstAid ? [`Stops the bleeding only.${remedy.undo === null ? '' : ` To undo: ${remedy.undo}`}`] : [];
    return {
      selected,
      lines: [
        ...paragraph(remedy.title, width - 1, theme, selected ? 'accent' : 'plain', 0, first),
        ...[...aid, ...remedy.steps].flatMap((text) => paragraph(text, width - 1, theme, 'quiet', 7)),
        ...remedy.commands.flatMap((text) => paragraph(text, width - 1, theme, 'strong', 7)),
      ],
    };
  });
}

function verify(look: Look, diagnosis: Diagnosis): Told {
  const { theme, width, state, view } = look;
  const index = diagnosis.remedies.length;
  const selected = state.remedy === index;
  const done = view.state.verified.findLast(
    (one) =>
      one.diagnosis === diagnosis.id &&
      (one.subject === diagnosis.backend ||
        one.subject === null ||
        diagnosis.backend === null ||
        one.subject.startsWith(diagnosis.backend)),
  );
  const box = theme.sign(done?.good === true ? 'ticked' : 'unticked');
  const first = [span(selected ? theme.sign('pointer') : ' ', 'accent'), span(`${box} ${index + 1} `, selected ? 'accent' : 'plain')];
  const command = diagnosis.remedies.find((remedy) => remedy.verify !== '')?.verify;
  const evidence = done && view.state.evidence.find(({ id }) => id === done.evidence);
  const at = evidence ? ` at ${new Date(evidence.startedAt).toTimeString().slice(0, 8)}: ${evidence.summary}` : '';
  const running = view.running.filter((check) => !check.ahead);
  const waiting =
    view.verifying?.nextAt == null
      ? []
      : paragraph(`again in ${countdown(view.verifying.nextAt - look.now)}`, width - 1, theme, 'quiet', 7);
  return {
    selected,
    lines: [
      ...paragraph(
        view.verifying === null ? 'Verify: v runs the deciding check again until it is good' : 'Verifying until it is good: v stops',
        width - 1,
        theme,
        selected ? 'accent' : 'plain',
        0,
        first,
      ),
      ...(command === undefined ? [] : paragraph(command, width - 1, theme, 'quiet', 7)),
      ...running.flatMap((check) => runningLines(look, check, 7)),
      ...(done === undefined
        ? []
        : paragraph(
            `${done.good ? `${theme.sign('ok')} good` : `${theme.sign('bad')} not good yet`}${at}`,
            width - 1,
            theme,
            done.good ? 'strong' : 'broken',
            7,
          )),
      ...waiting,
    ],
  };
}

/** What it is, how sure, and what speaks for and against it. */
function verdict(look: Look, diagnosis: Diagnosis): Line[] {
  const { theme, width } = look;
  const { pattern, backend, summary } = diagnosis;
  const kind = pattern
    ? `${[pattern.method, pattern.path].filter((part) => part !== null).join(' ')}: ${percent(pattern.share)} of the failures`
    : null;
  const sections = [
    claims(look, 'For', diagnosis.for),
    claims(look, 'Against', diagnosis.against),
    claims(look, 'Open', diagnosis.open),
    rivals(look, diagnosis),
    kind === null ? [] : claims(look, 'Pattern', [{ text: kind, evidence: [] }]),
  ].filter((section) => section.length > 0);
  return [
    ...title(look, diagnosis),
    ...paragraph(backend === null || summary.includes(backend) ? summary : `${backend}: ${summary}`, width - 1, theme, 'plain', 1),
    blank,
    ...sections.flat(),
    ...(sections.length > 0 ? [blank] : []),
    lineOf(diagnosis.remedies.length > 0 ? ' Do this, in order' : ' Nothing to change here', 'quiet'),
  ];
}

/** The one diagnosis that `state` points at, whole; other diagnoses are left out. */
export function diagnosisText(look: Look, diagnosis: Diagnosis): Line[] {
  return [...verdict(look, diagnosis), ...[...remedies(look, diagnosis), verify(look, diagnosis)].flatMap(({ lines }) => lines)];
}

export function diagnosisBody(look: Look): Body {
  const { theme, width, view } = look;
  const diagnosis = diagnosisOf(look);
  if (diagnosis === null) return { upper: [], list: null, focus: null, pinned: [] };
  const upper: Line[] = verdict(look, diagnosis);
  let focus: Body['focus'] = null;
  for (const told of [...remedies(look, diagnosis), verify(look, diagnosis)]) {
    if (told.selected) focus = { from: upper.length, to: upper.length + told.lines.length - 1 };
    upper.push(...told.lines);
  }
  const others = (view.diagnoses ?? []).filter((one) => one !== diagnosis);
  if (others.length > 0) {
    upper.push(blank, lineOf(' Besides (Tab)', 'quiet'));
    for (const one of others)
      upper.push(
        ...paragraph(`${one.id}${one.backend === null ? '' : ` ${one.backend}`} (${one.confidence})`, width - 1, theme, 'plain', 3),
      );
  }
  upper.push(...complaintLines(look));
  return { upper, list: null, focus, pinned: [] };
}
