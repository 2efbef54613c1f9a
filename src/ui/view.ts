/**
 * SessionView + screen state → what the screen shows, as data: whole lines, cut and wrapped to the room there is, and at most one
 * list to choose from. Pure. app.tsx paints it; store.ts asks it how far something can be scrolled.
 */
import type { Evidence } from '../engine/evidence.ts';
import type { SessionView } from '../run/session.ts';
import type { Place } from './keys.ts';
import { blank, fit, lineOf, lineText, paragraph, span, type Line } from './line.ts';
import type { Body, Look } from './look.ts';
import { fieldLine, fill, highlighted, placeList, windowOn, type ListView } from './arrange.ts';
import { columnsOf, heightBelow, isTooSmall, pageKeys, tooSmallText } from './layout.ts';
import { asideTitle, noEvidence } from './screens/told.ts';
import { commandsText } from './screens/commands.ts';
import { consentBody } from './screens/consent.ts';
import { diagnosisBody } from './screens/diagnosis.ts';
import { evidenceEntry, evidenceText, newestFirst } from './screens/evidence.ts';
import { footer, header } from './screens/frame.ts';
import { helpText } from './screens/help.ts';
import { mapText } from './screens/map.ts';
import { notesText } from './screens/notes.ts';
import { choiceBody, labelOf, workingBody } from './screens/step.ts';
import { stepOf } from './screens/told.ts';
import { pictureOf } from './parts/pictures.ts';
import { baseOf, basePlace, placeOf, type Layer, type Reading, type ScreenState, type Size } from './state.ts';
import type { Theme } from './theme.ts';
import { newest } from './screens/finding.ts';

export interface Screen {
  readonly place: Place;
  readonly header: readonly Line[];
  /** The upper part as it is seen, scrolled, filled up to its height. */
  readonly upper: readonly Line[];
  readonly list: ListView | null;
  /** Lines below the upper part instead of a list. */
  readonly pinned: readonly Line[];
  /** The right side on a wide screen. */
  readonly aside: readonly Line[] | null;
  readonly leftWidth: number;
  readonly footer: Line;
  /** How far the top layer (or the step) can be scrolled, and how much a page is. */
  readonly mostScroll: number;
  readonly page: number;
  readonly focus: Body['focus'];
}

export interface Seen {
  readonly view: SessionView;
  readonly state: ScreenState;
  readonly theme: Theme;
  readonly now: number;
  readonly size: Size;
}

export function baseBody(look: Look): Body {
  switch (basePlace(look.view)) {
    case 'working':
      return workingBody(look);
    case 'choice':
      return choiceBody(look);
    case 'consent':
      return consentBody(look);
    case 'diagnosis':
      return diagnosisBody(look);
  }
}

/** The whole text of something that is read; `width` infinite for copying and for the pager. */
export function readingText(look: Look, what: Reading): readonly Line[] {
  switch (what.kind) {
    case 'evidence': {
      const evidence = look.view.state.evidence.find(({ id }) => id === what.id);
      return evidence ? evidenceText(look, evidence) : [lineOf(' It is not there any more.', 'quiet')];
    }
    case 'commands':
      return commandsText(look);
    case 'map':
      return mapText(look).lines;
    case 'help':
      return helpText(look, what.place);
  }
}

/** Lines that contain the text, whatever its case; text that runs over a line's end counts where it begins. */
export function foundIn(lines: readonly Line[], text: string | null): readonly number[] {
  if (text === null || text === '') return [];
  const wanted = text.toLowerCase();
  const texts = lines.map((line) => lineText(line).toLowerCase());
  return texts.flatMap((line, index) => {
    if (line.includes(wanted)) return [index];
    const next = texts[index + 1]?.trim() ?? '';
    if (next === '' || next.includes(wanted)) return [];
    // Words are broken at a blank, raw output anywhere.
    return [' ', ''].some((joint) => `${line.trimEnd()}${joint}${next}`.includes(wanted)) ? [index] : [];
  });
}

/** What the search in the list of evidence looks through. */
export function evidenceMatches(evidence: Evidence, text: string): boolean {
  return JSON.stringify([evidence.summary, evidence.check, evidence.subject, evidence.outcome, evidence.commands, evidence.data])
    .toLowerCase()
    .includes(text.toLowerCase());
}

function pinnedFor(layer: Layer | undefined, look: Look): readonly Line[] {
  const { theme, width } = look;
  switch (layer?.kind) {
    case 'because': {
      const step = stepOf(look);
      const { position } = look.view.state;
      const favoured = position.kind === 'choose' ? labelOf(look, step, position.suggestion.outcome) : '';
      return [
        ...paragraph(`You choose: ${labelOf(look, step, layer.outcome)}`, width - 1, theme, 'strong', 1),
        ...paragraph(
          `The evidence favours: ${favoured}. What follows is at most possible, and the report says who decided.`,
          width - 1,
          theme,
          'plain',
          1,
        ),
        fieldLine('In a word, why? ', layer.field, width, theme),
      ];
    }
    case 'report':
      return [lineOf(' Write the report to which file? (.md .html .json .txt)', 'plain'), fieldLine('File: ', layer.field, width, theme)];
    case 'keep':
      return [
        ...paragraph(
          'Keep the setting when the test has ended, unless it got worse? The test is put back first; then the setting is made for good, with a comment that says why and how to take it back.',
          width - 1,
          theme,
          'live',
          1,
        ),
        lineOf(' K or y keeps it, any other key does not.', 'strong'),
      ];
    default:
      return [];
  }
}

/** The step itself shows the failures of the log. */
function drawnAlready(look: Look): boolean {
  const { position } = look.view.state;
  const cited = position.kind === 'choose' ? position.suggestion.evidence : [];
  return look.view.state.evidence.some(({ id, check }) => cited.includes(id) && (check === 'error-log' || check === 'access-log'));
}

function aside(look: Look): Line[] {
  const found = newestFirst(look);
  const lines: Line[] = found.length === 0 ? noEvidence() : [asideTitle];
  const log = newest(look, 'error-log');
  const chart =
    log && !drawnAlready(look) ? pictureOf(log, null, { width: look.width - 2, rows: look.rows >= 30 ? 3 : 1, theme: look.theme }) : [];
  const room = look.rows - (chart.length > 0 ? chart.length + 2 : 0);
  for (const [index, evidence] of found.entries()) {
    const entry = evidenceEntry(look, evidence, false);
    if (lines.length + entry.length > room - 1) {
      lines.push(lineOf(` ${look.theme.sign('more')} ${found.length - index} older  (e shows all)`, 'quiet'));
      break;
    }
    lines.push(...entry);
  }
  if (chart.length === 0) return lines;
  return [...fill(lines, room), lineOf(' Failures in the log', 'quiet'), ...chart.map((line) => [span(' '), ...line])];
}

function tooSmall({ view, state, theme, size }: Seen): Screen {
  return {
    place: placeOf(view, state),
    header: [],
    upper: tooSmallText(size, theme),
    list: null,
    pinned: [],
    aside: null,
    leftWidth: size.columns,
    footer: blank,
    mostScroll: 0,
    page: 1,
    focus: null,
  };
}

/** Everything the screen shows now. */
export function screenOf(seen: Seen): Screen {
  const { view, state, theme, now, size } = seen;
  if (isTooSmall(size)) return tooSmall(seen);
  const whole: Look = { view, state, theme, now, width: size.columns, rows: size.rows };
  const head = header(whole);
  const height = heightBelow(head, size);
  const place = placeOf(view, state);
  const findLayer = state.layers.at(-1)?.kind === 'find' ? state.layers.at(-1) : undefined;
  const layers = findLayer ? state.layers.slice(0, -1) : state.layers;
  const top = layers.at(-1);
  const foot = findLayer?.kind === 'find' ? fieldLine('/', findLayer.field, size.columns, theme) : footer(whole, place);
  const screen = {
    place,
    header: head.map((line) => fit(line, size.columns, theme)),
    footer: fit(foot, size.columns, theme),
    list: null,
    pinned: [],
    aside: null,
    focus: null,
    leftWidth: size.columns,
  };

  if (top?.kind === 'reading') {
    const look = { ...whole, rows: height };
    const lines = readingText(look, top.what);
    const at = top.at;
    const marked =
      at === null
        ? lines
        : lines.map((line, index) =>
            index === at ? [span(theme.sign('pointer'), 'accent'), ...highlighted(line, state.find ?? '')] : line,
          );
    const { shown, most } = windowOn(marked, height, top.scroll, theme, '');
    return {
      ...screen,
      upper: fill(
        shown.map((line) => fit(line, size.columns, theme)),
        height,
      ),
      mostScroll: most,
      page: Math.max(1, height - 2),
    };
  }
  if (top?.kind === 'evidence') {
    const look = { ...whole, rows: height };
    const entries = newestFirst(look);
    const selected = Math.max(
      0,
      entries.findIndex(({ id }) => id === top.selected),
    );
    const drawn = entries.map((evidence, index) => evidenceEntry(look, evidence, index === selected));
    const lines = drawn.length === 0 ? [lineOf(' Nothing found yet.', 'quiet')] : drawn.flat();
    const before = drawn.slice(0, selected).flat().length;
    const wanted = Math.max(0, Math.min(before - 1, before + (drawn[selected]?.length ?? 1) + 1 - (height - 1)));
    const scroll = before + (drawn[selected]?.length ?? 1) <= height - 1 ? 0 : Math.max(wanted, before - Math.floor(height / 2));
    const { shown } = windowOn(lines, height, scroll, theme, '');
    return {
      ...screen,
      upper: fill(
        shown.map((line) => fit(line, size.columns, theme)),
        height,
      ),
      mostScroll: 0,
      page: Math.max(1, Math.floor(height / 3)),
    };
  }
  if (top?.kind === 'notes' || top?.kind === 'leaving') {
    const look = { ...whole, rows: height };
    const text = top.kind === 'notes' ? notesText(look) : paragraph(top.text, size.columns - 1, theme, 'strong', 1);
    const pinned = top.kind === 'notes' ? [fieldLine('New note: ', top.field, size.columns, theme)] : [];
    const { shown, most } = windowOn(text, height - pinned.length, text.length, theme, '');
    return {
      ...screen,
      pinned,
      upper: fill(
        shown.map((line) => fit(line, size.columns, theme)),
        height - pinned.length,
      ),
      mostScroll: most,
      page: height,
    };
  }

  const { step: leftWidth, aside: rightWidth } = columnsOf(size);
  const look: Look = { ...whole, width: leftWidth, rows: height };
  const body = baseBody(look);
  const pinned = pinnedFor(top, look);
  // On a small screen what was found comes first: the list shows the selected choice and the next.
  const least = Math.min(body.upper.length, height >= 16 ? 6 : height >= 13 ? 4 : Math.max(2, height - 4));
  const list =
    pinned.length === 0 && body.list && body.list.choices.length > 0 ? placeList(body.list, height - least - (height >= 14 ? 1 : 0)) : null;
  const gap = height >= 14 ? 1 : 0;
  const below = list ? list.rows + gap : pinned.length > 0 ? pinned.length + gap : 0;
  const room = Math.max(0, height - below);
  const scroll = state.scrolled === baseOf(view) ? state.scroll : 0;
  const { shown, most } = windowOn(body.upper, room, scroll, theme, pageKeys);
  // Without a list the upper part takes all; with one the list follows close behind it, so that the eye has a short way.
  const upper = list || pinned.length > 0 ? [...shown, ...(gap > 0 ? [blank] : [])] : fill(shown, room);
  const right = rightWidth === null ? null : aside({ ...whole, width: rightWidth, rows: height });
  return {
    ...screen,
    upper: upper.map((line) => fit(line, leftWidth, theme)),
    list: list?.list ?? null,
    pinned: pinned.map((line) => fit(line, leftWidth, theme)),
    aside: right && fill(right, height).map((line) => fit(line, rightWidth ?? 0, theme)),
    leftWidth,
    mostScroll: most,
    page: Math.max(1, room - (height >= 14 ? 2 : 1)),
    focus: body.focus,
  };
}
