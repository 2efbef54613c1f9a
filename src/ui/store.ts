/**
 * Screen state outside React: takes keys, one at a time, and says whether Ink's own components get them. What leaves the screen (an
 * intent, a copy, a pager, leaving) goes through `Doors`, so that this can be tried without a terminal.
 */
import type { Outcome } from '../engine/flow.ts';
import type { Intent, Session, SessionView } from '../run/session.ts';
import { edit, fieldOf } from './field.ts';
import type { Key } from './key.ts';
import { actionOf, type ActionName } from './keys.ts';
import type { Line } from './line.ts';
import { lineText } from './line.ts';
import type { Look } from './look.ts';
import { granted } from './screens/consent.ts';
import { diagnosisOf, selectable } from './screens/diagnosis.ts';
import { newestFirst } from './screens/evidence.ts';
import { mapText } from './screens/map.ts';
import { baseOf, basePlace, firstState, placeOf, subjectOf, type Layer, type Reading, type ScreenState, type Size } from './state.ts';
import type { Theme } from './theme.ts';
import { evidenceMatches, foundIn, readingText, screenOf, type Screen } from './view.ts';

/** What happens outside the screen. */
export interface Doors {
  /** Sends an intent; keys that were typed ahead wait until the session has taken it. */
  readonly send: (intent: Intent) => void;
  readonly copy: (text: string) => void;
  readonly pager: (text: string) => void;
  /** Returns a line for the person: where it was written, or why not. */
  readonly writeReport: (path: string) => Promise<string>;
  readonly leave: (signal: string | null) => void;
  readonly suspend: () => void;
  readonly redraw: () => void;
}

export interface Store {
  readonly state: () => ScreenState;
  readonly view: () => SessionView;
  readonly screen: () => Screen;
  readonly size: () => Size;
  readonly subscribe: (listener: () => void) => () => void;
  /** A counter that grows with every change: for React. */
  readonly version: () => number;
  /** True: the key is done with. False: it is for the list on the screen. */
  readonly take: (key: Key) => boolean;
  /** Something was selected in the list with Enter. */
  readonly selected: (value: string) => void;
  readonly resize: (size: Size) => void;
  /** The session or the clock has moved on: draw again. */
  readonly refresh: () => void;
  readonly notice: (text: string) => void;
  readonly leaving: (text: string) => void;
}

export interface StoreOptions {
  readonly session: Session;
  readonly theme: Theme;
  readonly now: () => number;
  readonly size: Size;
  readonly doors: Doors;
}

export function createStore({ session, theme, now, size: firstSize, doors }: StoreOptions): Store {
  let state: ScreenState = firstState;
  let size = firstSize;
  let version = 0;
  let drawn: { readonly version: number; readonly screen: Screen } | null = null;
  const listeners = new Set<() => void>();
  // What is drawn and what keys work on is one and the same view of the case: taken here, renewed by `refresh`.
  let view = session.view();
  let at = now();

  function changed(): void {
    version += 1;
    for (const listener of listeners) listener();
  }

  function set(next: Partial<ScreenState>): void {
    state = { ...state, ...next };
  }

  const look = (width = size.columns): Look => ({ view, state, theme, now: at, width, rows: size.rows });

  function screen(): Screen {
    if (drawn?.version !== version) drawn = { version, screen: screenOf({ view, state, theme, now: at, size }) };
    return drawn.screen;
  }

  function push(layer: Layer): void {
    set({ layers: [...state.layers, layer] });
  }

  function pop(): void {
    set({ layers: state.layers.slice(0, -1) });
  }

  function replace(layer: Layer): void {
    set({ layers: [...state.layers.slice(0, -1), layer] });
  }

  function read(what: Reading): void {
    const scroll = what.kind === 'map' ? Math.max(0, mapText(look()).here - Math.floor(size.rows / 2) + 2) : 0;
    push({ kind: 'reading', what, scroll, at: null });
  }

  /** A choice that follows the evidence, or answers a question, is sent; another asks for a word why first. */
  function choose(outcome: Outcome): void {
    const { position } = view.state;
    if (position.kind === 'choose' && outcome !== position.suggestion.outcome)
      push({ kind: 'because', step: position.step, outcome, field: fieldOf('') });
    else doors.send({ type: 'choose', outcome, because: null });
  }

  function scrollBy(lines: number): void {
    const top = state.layers.at(-1);
    const { mostScroll } = screen();
    if (top?.kind === 'reading') {
      replace({ ...top, scroll: Math.max(0, Math.min(mostScroll, Math.min(top.scroll, mostScroll) + lines)), at: null });
      return;
    }
    const base = baseOf(view);
    const from = state.scrolled === base ? Math.min(state.scroll, mostScroll) : 0;
    set({ scrolled: base, scroll: Math.max(0, Math.min(mostScroll, from + lines)) });
  }

  function moveEvidence(by: number): void {
    const top = state.layers.at(-1);
    if (top?.kind !== 'evidence') return;
    const entries = newestFirst({ view });
    const index = Math.max(
      0,
      entries.findIndex(({ id }) => id === top.selected),
    );
    const next = entries[Math.max(0, Math.min(entries.length - 1, index + by))];
    replace({ ...top, selected: next?.id ?? null });
  }

  function moveRemedy(by: number): void {
    const diagnosis = diagnosisOf({ view, state });
    if (!diagnosis) return;
    set({ remedy: Math.max(0, Math.min(selectable(diagnosis) - 1, state.remedy + by)) });
    showRemedy();
  }

  /** The selected remedy is brought into sight, its beginning first; the first one brings the verdict back. */
  function showRemedy(): void {
    version += 1;
    const { focus, mostScroll, page } = screen();
    const base = baseOf(view);
    const scroll = state.scrolled === base ? Math.min(state.scroll, mostScroll) : 0;
    const to =
      focus === null ? 0 : focus.from < scroll ? focus.from : focus.to > scroll + page ? Math.min(focus.from, focus.to - page) : scroll;
    set({ scrolled: base, scroll: Math.max(0, Math.min(mostScroll, to)) });
  }

  /** Runs the deciding check again; its progress and result stand at the end of the list of remedies. */
  function verify(): void {
    const diagnosis = diagnosisOf({ view, state });
    if (!diagnosis) return;
    set({ remedy: selectable(diagnosis) - 1 });
    showRemedy();
    doors.send({ type: 'verify', diagnosis: state.diagnosis });
  }

  function tick(): void {
    const diagnosis = diagnosisOf({ view, state });
    if (!diagnosis) return;
    if (state.remedy >= diagnosis.remedies.length) {
      verify();
      return;
    }
    const mark = `${state.diagnosis}:${state.remedy}`;
    const ticked = new Set(state.ticked);
    if (!ticked.delete(mark)) ticked.add(mark);
    set({ ticked });
  }

  /** Goes to the next place (or the one before) where the text stands; from the top when there is none further on. */
  function goToFound(step: 1 | -1, text: string): void {
    const top = state.layers.at(-1);
    if (top?.kind === 'evidence') {
      const entries = newestFirst({ view });
      const index = entries.findIndex(({ id }) => id === top.selected);
      const order = [...entries.keys()].map(
        (_, offset) => entries[(((index + step * (offset + 1)) % entries.length) + entries.length) % entries.length],
      );
      const next = order.find((evidence) => evidence && evidenceMatches(evidence, text));
      if (next) replace({ ...top, selected: next.id });
      else set({ notice: `Not found: ${text}` });
      return;
    }
    if (top?.kind !== 'reading') return;
    const found = foundIn(readingText(look(), top.what), text);
    const from = top.at ?? top.scroll - 1;
    const next = step > 0 ? (found.find((line) => line > from) ?? found[0]) : (found.findLast((line) => line < from) ?? found.at(-1));
    if (next === undefined) set({ notice: `Not found: ${text}` });
    else {
      const { mostScroll, page } = screen();
      const visible = next >= top.scroll && next < top.scroll + page;
      replace({ ...top, at: next, scroll: visible ? top.scroll : Math.max(0, Math.min(mostScroll, next - Math.floor(page / 3))) });
      set({ notice: `${found.indexOf(next) + 1} of ${found.length}: ${text}` });
    }
  }

  /** What is on the screen as text, unbroken: for the clipboard and for the pager. */
  function textOfTop(): string {
    const top = state.layers.at(-1);
    const unbroken = { ...look(1_000_000), rows: 8 };
    const entries = newestFirst({ view });
    const selected = top?.kind === 'evidence' ? (entries.find(({ id }) => id === top.selected) ?? entries[0]) : undefined;
    const lines: readonly Line[] =
      top?.kind === 'reading'
        ? readingText(unbroken, top.what)
        : selected
          ? readingText(unbroken, { kind: 'evidence', id: selected.id })
          : [];
    return `${lines.map((line) => lineText(line).trimEnd()).join('\n')}\n`;
  }

  function act(action: ActionName, key: Key): void {
    const top = state.layers.at(-1);
    switch (action) {
      case 'interrupt':
        doors.leave('SIGINT');
        return;
      case 'suspend':
        doors.suspend();
        return;
      case 'redraw':
        doors.redraw();
        return;
      case 'quit':
        doors.leave(null);
        return;
      case 'help':
        read({ kind: 'help', place: placeOf(view, state) });
        return;
      case 'move': {
        const by = key.name === 'up' || key.name === 'k' ? -1 : 1;
        if (top?.kind === 'evidence') moveEvidence(by);
        else moveRemedy(by);
        return;
      }
      case 'number': {
        const choice = screen().list?.choices[Number(key.name) - 1];
        if (choice) choose(choice.value);
        return;
      }
      case 'back':
      case 'forward':
        set({ following: false });
        doors.send({ type: action });
        return;
      case 'again':
        doors.send({ type: 'rerun' });
        return;
      case 'skip':
        doors.send({ type: 'skip' });
        return;
      case 'put-back':
        doors.send({ type: 'put-back' });
        return;
      case 'keep':
        push({ kind: 'keep' });
        return;
      case 'yes':
        pop();
        doors.send({ type: 'keep' });
        return;
      case 'follow':
        set({ following: !state.following });
        doors.send({ type: 'follow', on: state.following });
        return;
      case 'evidence':
        push({ kind: 'evidence', selected: newestFirst({ view })[0]?.id ?? null });
        return;
      case 'commands':
      case 'map':
        read({ kind: action });
        return;
      case 'notes':
        push({ kind: 'notes', field: fieldOf('') });
        return;
      case 'open': {
        const entries = newestFirst({ view });
        const entry = top?.kind === 'evidence' ? (entries.find(({ id }) => id === top.selected) ?? entries[0]) : undefined;
        if (entry) read({ kind: 'evidence', id: entry.id });
        return;
      }
      case 'scroll':
        scrollBy(key.name === 'up' || key.name === 'k' ? -1 : 1);
        return;
      case 'page': {
        const by = key.name === 'pageup' || key.name === 'ctrl-b' ? -1 : 1;
        if (top?.kind === 'evidence') moveEvidence(by * screen().page);
        else scrollBy(by * screen().page);
        return;
      }
      case 'ends': {
        const by = key.name === 'home' || key.name === 'g' ? -1_000_000 : 1_000_000;
        if (top?.kind === 'evidence') moveEvidence(by);
        else scrollBy(by);
        return;
      }
      case 'find':
        push({ kind: 'find', field: fieldOf('') });
        return;
      case 'next-found':
      case 'previous-found':
        if (state.find !== null) goToFound(action === 'next-found' ? 1 : -1, state.find);
        return;
      case 'copy':
        doors.copy(textOfTop());
        set({ notice: 'Copied to the clipboard of your terminal (where it supports OSC 52; in tmux: set -g set-clipboard on)' });
        return;
      case 'pager':
        doors.pager(textOfTop());
        return;
      case 'close':
      case 'give-up':
        pop();
        return;
      case 'done':
        done();
        return;
      case 'tick':
        tick();
        return;
      case 'verify':
        verify();
        return;
      case 'write':
        push({ kind: 'report', field: fieldOf(`proxy-doctor-${view.caseId}.md`) });
        return;
      case 'next-diagnosis': {
        const many = view.diagnoses?.length ?? 1;
        set({ diagnosis: (state.diagnosis + 1) % many, remedy: 0, scroll: 0 });
        return;
      }
      case 'accept':
        // Enter is the list's own; without a list it does nothing.
        return;
    }
  }

  /** Enter in a field. */
  function done(): void {
    const top = state.layers.at(-1);
    if (!top || !('field' in top)) return;
    const text = top.field.text.trim();
    switch (top.kind) {
      case 'notes':
        if (text === '') pop();
        else {
          replace({ kind: 'notes', field: fieldOf('') });
          doors.send({ type: 'note', text });
        }
        return;
      case 'because': {
        if (text === '') {
          set({ notice: 'A word why is needed; Esc leaves the choice as it was' });
          return;
        }
        pop();
        // The step may have moved on while the word was written (new evidence): then nothing is chosen.
        const { position } = view.state;
        if (position.kind === 'choose' && position.step === top.step) doors.send({ type: 'choose', outcome: top.outcome, because: text });
        return;
      }
      case 'report':
        pop();
        if (text !== '') {
          set({ notice: `Writing ${text}` });
          void doors.writeReport(text).then((said) => {
            set({ notice: said });
            changed();
          });
        }
        return;
      case 'find':
        pop();
        if (text !== '') {
          set({ find: text });
          version += 1;
          goToFound(1, text);
        }
        return;
    }
  }

  function take(key: Key): boolean {
    const place = placeOf(view, state);
    const hadNotice = state.notice !== null;
    set({ notice: null });
    const action = actionOf(key, place, view.liveChange !== null);
    // Moving and taking in a list of choices is ink-select-input's; its selection is drawn by it alone.
    if ((action === 'move' || action === 'accept') && (place === 'choice' || place === 'consent')) {
      if (hadNotice) changed();
      return false;
    }
    at = now();
    const top = state.layers.at(-1);
    if (action !== null) act(action, key);
    else if (place === 'confirm') pop();
    else if (top && 'field' in top) replace({ ...top, field: edit(top.field, key) });
    else if (key.name === 'paste') set({ notice: 'Pasted text is taken only where a line is written: nothing was done with it' });
    else if (!hadNotice) return true;
    changed();
    return true;
  }

  return {
    state: () => state,
    view: () => view,
    screen,
    size: () => size,
    version: () => version,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    take,
    selected: (value) => {
      const place = basePlace(view);
      if (state.layers.length > 0) return;
      if (place === 'consent') doors.send({ type: 'consent', granted: value === granted });
      else if (place === 'choice') choose(value);
      changed();
    },
    resize: (next) => {
      if (next.columns === size.columns && next.rows === size.rows) return;
      size = next;
      changed();
    },
    refresh: () => {
      const before = `${baseOf(view)} ${subjectOf(view) ?? ''}`;
      view = session.view();
      at = now();
      // A word why belongs to its step; when the step goes, its question goes too.
      if (before !== `${baseOf(view)} ${subjectOf(view) ?? ''}`) set({ layers: state.layers.filter(({ kind }) => kind !== 'because') });
      const diagnosis = diagnosisOf({ view, state });
      if (diagnosis && state.layers.length === 0 && state.remedy === selectable(diagnosis) - 1 && basePlace(view) === 'diagnosis')
        showRemedy();
      changed();
    },
    notice: (text) => {
      set({ notice: text });
      changed();
    },
    leaving: (text) => {
      set({ layers: [{ kind: 'leaving', text }], notice: null });
      changed();
    },
  };
}
