/** What the store of screen state offers to the painting, and what it needs from the world. */
import type { Intent, Session, SessionView } from '../run/session.ts';
import type { Key } from './key.ts';
import type { ScreenState, Size } from './state.ts';
import type { Theme } from './theme.ts';
import type { Screen } from './view.ts';

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
  /** The list on the screen has begun to listen to keys; null: it no longer does. */
  readonly listens: (list: string | null) => void;
  /** Whether the list that is to be on the screen does. */
  readonly ready: () => boolean;
  /** Something is selected in the list on the screen, and will be again when the list comes back. */
  readonly highlight: (id: string, value: string) => void;
  /** Something was taken in the list with Enter. */
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
