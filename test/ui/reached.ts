/** A store on a scripted session, with everything that leaves the screen written down; keys are given by name. */
import { key, type Key } from '../../src/ui/key.ts';
import { feed, quiet } from '../../src/ui/key-parser.ts';
import { lineText } from '../../src/ui/line.ts';
import { settled, type Size } from '../../src/ui/state.ts';
import { createStore } from '../../src/ui/store.ts';
import type { Store } from '../../src/ui/doors.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { scriptedSession, type Script, type ScriptedSession } from './scripted/session.ts';

export interface Reached {
  readonly session: ScriptedSession;
  readonly store: Store;
  readonly copied: string[];
  readonly left: (string | null)[];
  readonly press: (...names: readonly string[]) => void;
  /** The session has done what was asked, and the store has seen it. */
  readonly settle: () => Promise<void>;
  /** The lines of the screen, lists in full. */
  readonly text: () => string;
}

const bytes: Readonly<Record<string, string>> = {
  up: '\u001b[A',
  down: '\u001b[B',
  enter: '\r',
  escape: '\u001b',
  space: ' ',
  pagedown: '\u001b[6~',
  pageup: '\u001b[5~',
  tab: '\t',
};

function keyNamed(name: string): Key {
  if (name === 'escape') return key('escape', '\u001b');
  const [first] = feed(quiet, bytes[name] ?? name).keys;
  return first ?? key('unknown', name);
}

export async function reached(
  script: Script,
  size: Size = { columns: 80, rows: 24 },
  env: Readonly<Record<string, string>> = { LANG: 'C.UTF-8' },
): Promise<Reached> {
  const session = scriptedSession(script);
  const copied: string[] = [];
  const left: (string | null)[] = [];
  const store = createStore({
    session,
    theme: createTheme(env),
    now: Date.now,
    size,
    doors: {
      send: session.send,
      copy: (text) => void copied.push(text),
      pager: (text) => void copied.push(text),
      writeReport: (path) => Promise.resolve(`Written: ${path}`),
      leave: (signal) => void left.push(signal),
      suspend: () => undefined,
      redraw: () => undefined,
    },
  });
  const settle = async (): Promise<void> => {
    // Events follow each other by setImmediate; a few quiet turns in a row mean that nothing follows any more.
    for (let still = 0; still < 8; still = settled(session.view()) && session.view().running.length === 0 ? still + 1 : 0) {
      await new Promise((resolve) => {
        setTimeout(resolve, 1);
      });
    }
    store.refresh();
  };
  await session.start();
  await settle();
  return {
    session,
    store,
    copied,
    left,
    settle,
    press: (...names) => {
      for (const name of names) {
        const one = keyNamed(name);
        if (store.take(one)) continue;
        // What the store leaves is the list's: Enter takes the one that is selected at first.
        const { list } = store.screen();
        const choice = list?.choices[list.first];
        if (one.name === 'enter' && choice) store.selected(choice.value);
      }
    },
    text: () => {
      const screen = store.screen();
      const list =
        screen.list === null
          ? []
          : [[{ text: screen.list.heading, tone: 'plain' as const }], ...screen.list.choices.flatMap(({ full }) => full)];
      return [...screen.header, ...screen.upper, ...list, ...screen.pinned, screen.footer].map(lineText).join('\n');
    },
  };
}
