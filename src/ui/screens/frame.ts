/** What stands around every screen: the header, the way walked, the keys at the foot. */
import { couldNotCheck } from '../../engine/evidence.ts';
import { stepsLeft } from '../../engine/paths.ts';
import type { Visit } from '../../engine/state.ts';
import { footOf, rowsOf, type Place } from '../keys.ts';
import { fit, lineOf, lineWidth, span, spread, type Line, type Span } from '../line.ts';
import type { Look } from '../look.ts';
import { diagnosisOf, subjectOf } from '../state.ts';
import { cutStart, widthOf } from '../width.ts';
import { clock, countdown, timeOfDay } from '../words.ts';
import { shownKeys } from './help.ts';

/** The backend on the screen, as people know it; null while the whole proxy is looked at. */
export function backendOf(look: Pick<Look, 'view' | 'state'>): string | null {
  const { view } = look;
  const key = subjectOf(view);
  if (key === null) return view.state.position.kind === 'end' ? (diagnosisOf(look)?.backend ?? null) : null;
  const subject = view.state.subjects?.find((one) => one.key === key);
  return subject ? (subject.key === subject.backend ? subject.backend : `${subject.backend} (${[subject.mode, subject.part].filter((one) => one !== undefined).join(', ')})`) : key;
}

function mode(look: Look): Span {
  const { liveChange } = look.view;
  if (!liveChange) return span('read-only', 'quiet');
  const left = countdown(liveChange.until - look.now);
  if (liveChange.keep === true) return span(look.width < 60 ? 'CHANGED, kept if good' : 'CHANGED, kept if the test ends well', 'live');
  return look.width < 60
    ? span(`CHANGED, back in ${left}`, 'live')
    : span(`CHANGED, back at ${timeOfDay(liveChange.until)} (${left})`, 'live');
}

/** First line: flow, proxy host, backend, mode, elapsed. What the room does not allow goes, the mode never. */
function headline(look: Look): Line {
  const { theme, view, width, now } = look;
  const right: Line = [mode(look), span(`   ${clock(now - view.startedAt)} `, 'quiet')];
  const backend = backendOf(look);
  const where = theme.text(`${view.host}${backend === null ? '' : ` ${theme.sign('right')} ${backend}`}`);
  const room = width - lineWidth(right) - 2;
  const flow = theme.text(view.flow.id);
  const titles = [`proxy-doctor ${flow}  `, 'proxy-doctor  ', ''];
  const title = titles.find((text) => widthOf(text) + widthOf(where) <= room) ?? '';
  return spread(
    [span(` ${title}`, 'quiet'), span(title === '' ? cutStart(where, room, theme.sign('cut')) : where, 'strong')],
    right,
    width,
    theme,
  );
}

function visitSpans(look: Look, visit: Visit): Span[] {
  const { theme, view } = look;
  const open = (couldNotCheck as readonly string[]).includes(visit.outcome);
  const short = view.flow.steps.get(visit.step)?.short ?? visit.step;
  return [
    span(`${theme.sign(open ? 'unanswered' : 'done')} ${theme.text(short)}`, 'plain'),
    span(` ${theme.text(visit.outcome)}${visit.decidedBy === 'operator' ? '!' : ''}`, 'quiet'),
  ];
}

/** The way: steps done with the outcome of each in a word, the step one is at, how far it may be. Cut at its beginning. */
function way(look: Look): Line {
  const { theme, view, width, state } = look;
  const { path, ahead, position } = view.state;
  const subject = subjectOf(view);
  // The way of the backend on the screen; that of others stands on the map.
  const own = path.filter((visit) => visit.subject === null || visit.subject === subject || position.kind === 'end');
  const here = 'step' in position ? view.flow.steps.get(position.step) : undefined;
  const about =
    position.kind === 'end'
      ? 'diagnosis'
      : `step ${own.length + 1} of ~${own.length + Math.max(1, here ? Math.round((stepsLeft(view.flow, here.id).fewest + stepsLeft(view.flow, here.id).most) / 2) : 1)}`;
  const { subjects } = view.state;
  const which =
    subject === null || subjects === null || subjects.length < 2
      ? ''
      : `backend ${subjects.findIndex(({ key }) => key === subject) + 1} of ${subjects.length}, `;
  const following = state.following ? 'following the evidence  ' : '';
  const right: Line = [span(width < 60 ? `${about} ` : `${following}${which}${about} `, 'quiet')];
  const pieces: Span[][] = own.map((visit) => visitSpans(look, visit));
  pieces.push([span(`${theme.sign('here')} ${theme.text(here?.short ?? (position.kind === 'end' ? 'diagnosis' : 'working'))}`, 'accent')]);
  // After going back the first step ahead is the one on the screen.
  const later = ahead.filter((visit, index) => index > 0 || visit.step !== here?.id);
  for (const visit of later.slice(0, 2))
    pieces.push([span(`${theme.sign('todo')} ${theme.text(view.flow.steps.get(visit.step)?.short ?? visit.step)}`, 'quiet')]);
  const room = width - lineWidth(right) - 2;
  const wide = (piece: readonly Span[]): number => lineWidth(piece) + 2;
  let start = 0;
  const total = (from: number): number =>
    pieces.slice(from).reduce((sum, piece) => sum + wide(piece), 0) + (from > 0 ? widthOf(theme.sign('cut')) + 1 : 0);
  while (start < pieces.length - 1 - Math.min(2, later.length) && total(start) > room) start += 1;
  const shown = pieces.slice(start).flatMap((piece) => [...piece, span('  ')]);
  return spread([span(start > 0 ? ` ${theme.sign('cut')} ` : ' ', 'quiet'), ...shown], right, width, theme);
}

/** Lines above the step: three where there is room, one on a small screen. */
export function header(look: Look): Line[] {
  const { theme, width, rows } = look;
  if (rows < 16) return [headline(look)];
  return [headline(look), way(look), lineOf(theme.sign('rule').repeat(width), 'quiet')];
}

/** The keys of this place, as many as fit; `?` shows them all. */
export function footer(look: Look, place: Place): Line {
  const { theme, view, width, state } = look;
  if (state.notice !== null) return fit([span(` ${theme.text(state.notice)}`, 'strong')], width, theme);
  const help = rowsOf(place, false).find((row) => row.action === 'help');
  const last: Line = help ? [span(`  ${help.shown} `, 'accent'), span(help.label, 'quiet')] : [];
  const several = place === 'diagnosis' && (view.diagnoses?.length ?? 0) > 1;
  const next = several ? rowsOf(place, false).filter((row) => row.action === 'next-diagnosis') : [];
  const rows = [...next, ...footOf(place, view.liveChange !== null)];
  const shown: Span[] = [];
  let used = 0;
  for (const row of rows) {
    const keys = shownKeys(row, theme);
    const wide = widthOf(keys) + 1 + row.label.length + (shown.length > 0 ? 2 : 1);
    if (used + wide + lineWidth(last) > width) continue;
    shown.push(span(`${shown.length > 0 ? '  ' : ' '}${keys} `, 'accent'), span(row.label, 'quiet'));
    used += wide;
  }
  return [...shown, ...last];
}
