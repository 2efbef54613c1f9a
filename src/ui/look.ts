/** What a screen is made from and what it is made of. Screens are pure: a `Look` goes in, lines and perhaps a list come out. */
import type { SessionView } from '../run/session.ts';
import type { Line } from './line.ts';
import type { ScreenState } from './state.ts';
import type { Theme } from './theme.ts';

export interface Look {
  readonly view: SessionView;
  readonly state: ScreenState;
  readonly theme: Theme;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Columns and rows for this part of the screen. */
  readonly width: number;
  readonly rows: number;
}

export interface Choice {
  readonly value: string;
  /** All of it, for the selected one and where there is room. */
  readonly full: readonly Line[];
  /** One line, cut where it has to be. */
  readonly short: Line;
}

export interface ChoiceList {
  /** Changes when other things can be chosen: a selection never moves from one question to the next. */
  readonly id: string;
  readonly heading: string;
  readonly choices: readonly Choice[];
  /** Selected at first. */
  readonly first: number;
}

/** A step's screen: the upper part scrolls, the list below it stays. */
export interface Body {
  readonly upper: readonly Line[];
  readonly list: ChoiceList | null;
  /** Lines of `upper` that must be seen: the selected remedy. */
  readonly focus: { readonly from: number; readonly to: number } | null;
  /** Pinned below `upper` instead of a list: a field that is written in. */
  readonly pinned: readonly Line[];
}
