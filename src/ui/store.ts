/**
 * Screen state outside React: takes keys, one at a time, and says whether Ink's own components get them. What leaves the screen (an
 * intent, a copy, a pager, leaving) goes through `Doors`, so that this can be tried without a terminal.
 */
import type { Outcome } from '../engine/flow.ts';
import type { Store, StoreOptions } from './doors.ts';
import { edit, fieldOf } from './field.ts';
import type { Key } from './key.ts';
import { actionOf, type ActionName } from './keys.ts';
import { lineText } from './line.ts';
import type { Look } from './look.ts';
import { granted } from './screens/consent.ts';
import { selectable } from './screens/diagnosis.ts';
import { newestFirst } from './screens/evidence.ts';
import { mapText } from './screens/map.ts';
import { baseOf, basePlace, diagnosisOf, firstState, placeOf, subjectOf, type Layer, type Reading, type ScreenState } from './state.ts';
import { foundEvidence, foundLine, movedIn, scrolledBy, scrollToLine, scrollToShow, selectedIn, type Scrolled } from './moves.ts';
import { readingText, screenOf, type Screen } from './view.ts';

const upwardKeys: ReadonlySet<string> = new Set(['up', 'k', 'pageup', 'ctrl-b', 'home', 'g']);
const upwards = ({ name }: Key): boolean => upwardKeys.has(name);

export function createStore({ session, theme, now, size: firstSize, doors }: StoreOptions): Store {
  let state: ScreenState = firstState;
  let size = firstSize;
  let version = 0;
  let listening: string | null = null;
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

  /** How the top layer, else the step, is scrolled now. */
  function scrolled(): Scrolled {
    const top = state.layers.at(-1);
    const scroll = top?.kind === 'reading' ? top.scroll : state.scrolled === baseOf(view) ? state.scroll : 0;
    const { mostScroll, page } = screen();
    return { scroll: Math.min(scroll, mostScroll), mostScroll, page };
  }

  function scrollTo(scroll: number): void {
    const top = state.layers.at(-1);
    if (top?.kind === 'reading') replace({ ...top, scroll, at: null });
    else set({ scrolled: baseOf(view), scroll });
  }

  function moveEvidence(by: number): void {
    const top = state.layers.at(-1);
    if (top?.kind === 'evidence') replace({ ...top, selected: movedIn(newestFirst({ view }), top.selected, by) });
  }

  function moveRemedy(by: number): void {
    const diagnosis = diagnosisOf({ view, state });
    if (!diagnosis) return;
    set({ remedy: Math.max(0, Math.min(selectable(diagnosis) - 1, state.remedy + by)) });
    // Up from the first remedy leads back to the verdict.
    if (by < 0 && state.remedy === 0) scrollTo(0);
    else showRemedy();
  }

  function showRemedy(): void {
    version += 1;
    scrollTo(scrollToShow(screen().focus, scrolled()));
  }

  /** The selected remedy is on the screen. */
  function inSight(): boolean {
    return screen().upper.some((line) => lineText(line).startsWith(theme.sign('pointer')));
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
    // An Enter too many on the way here must not tick off what nobody has seen.
    if (!inSight()) {
      showRemedy();
      return;
    }
    if (state.remedy >= diagnosis.remedies.length) {
      verify();
      return;
    }
    doors.send({ type: 'tick', diagnosis: state.diagnosis, remedy: state.remedy });
  }

  function goToFound(step: 1 | -1, text: string): void {
    const top = state.layers.at(-1);
    const missing = { notice: `Not found: ${text}` };
    if (top?.kind === 'evidence') {
      const next = foundEvidence(newestFirst({ view }), top.selected, step, text);
      if (next === null) set(missing);
      else replace({ ...top, selected: next });
    } else if (top?.kind === 'reading') {
      const next = foundLine(readingText(look(), top.what), top.at ?? top.scroll - 1, step, text);
      if (next === null) {
        set(missing);
        return;
      }
      replace({ ...top, at: next.line, scroll: scrollToLine(next.line, scrolled()) });
      set({ notice: `${next.number} of ${next.of}: ${text}` });
    }
  }

  /** What is on the screen as text, unbroken: for the clipboard and for the pager. */
  function textOfTop(): string {
    const top = state.layers.at(-1);
    const unbroken = { ...look(1_000_000), rows: 8 };
    const selected = top?.kind === 'evidence' ? selectedIn(newestFirst({ view }), top.selected) : undefined;
    const what = top?.kind === 'reading' ? top.what : selected ? ({ kind: 'evidence', id: selected.id } as const) : null;
    const lines = what === null ? [] : readingText(unbroken, what);
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
      case 'move':
        if (top?.kind === 'evidence') moveEvidence(upwards(key) ? -1 : 1);
        else moveRemedy(upwards(key) ? -1 : 1);
        return;
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
        const entry = top?.kind === 'evidence' ? selectedIn(newestFirst({ view }), top.selected) : undefined;
        if (entry) read({ kind: 'evidence', id: entry.id });
        return;
      }
      case 'scroll':
        scrollTo(scrolledBy(scrolled(), upwards(key) ? -1 : 1));
        return;
      case 'page': {
        const by = screen().page * (upwards(key) ? -1 : 1);
        if (top?.kind === 'evidence') moveEvidence(by);
        else scrollTo(scrolledBy(scrolled(), by));
        return;
      }
      case 'ends': {
        const by = upwards(key) ? -1_000_000 : 1_000_000;
        if (top?.kind === 'evidence') moveEvidence(by);
        else scrollTo(scrolledBy(scrolled(), by));
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
    else if (place === 'consent' && /^[1-9]$/.test(key.name)) set({ notice: 'A number alone does not consent: choose with ↑↓, and take it with Enter' });
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
    listens: (list) => {
      listening = list;
    },
    ready: () => {
      const { list } = screen();
      return list === null || listening === list.mount;
    },
    highlight: (id, value) => set({ highlighted: { id, value } }),
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
