/**
 * The one table of keys. What a key does on a screen, the line at the foot of each screen, the help screen, the words of `--plain`
 * and docs/screens.md all come from it; nothing else in the interface knows a key by its name.
 */
import type { Key } from './key.ts';

/** What the keys work on: the kind of screen that is on top. */
export const places = [
  'working',
  'choice',
  'consent',
  'diagnosis',
  'evidence',
  'reading',
  'notes',
  'typing',
  'confirm',
  'leaving',
] as const;
export type Place = (typeof places)[number];

/** Names of places, as the help screen says them. */
export const placeTitles: Readonly<Record<Place, string>> = {
  working: 'While a check runs',
  choice: 'Choosing the way',
  consent: 'Before a change or a capture',
  diagnosis: 'The diagnosis',
  evidence: 'The list of evidence',
  reading: 'Reading (evidence, commands, map, help)',
  notes: 'Notes',
  typing: 'Writing a line',
  confirm: 'Being asked again',
  leaving: 'While it saves',
};

export type ActionName =
  | 'move'
  | 'accept'
  | 'number'
  | 'back'
  | 'forward'
  | 'evidence'
  | 'commands'
  | 'again'
  | 'skip'
  | 'map'
  | 'notes'
  | 'follow'
  | 'put-back'
  | 'keep'
  | 'tick'
  | 'verify'
  | 'write'
  | 'next-diagnosis'
  | 'open'
  | 'scroll'
  | 'page'
  | 'ends'
  | 'find'
  | 'next-found'
  | 'previous-found'
  | 'copy'
  | 'pager'
  | 'close'
  | 'done'
  | 'give-up'
  | 'yes'
  | 'redraw'
  | 'help'
  | 'quit'
  | 'interrupt'
  | 'suspend';

export interface KeyRow {
  readonly action: ActionName;
  /** Names of keys (see key.ts). */
  readonly keys: readonly string[];
  /** How the keys are written for people: `↑↓`. */
  readonly shown: string;
  /** One or two words for the foot of the screen. */
  readonly label: string;
  /** A sentence for the help screen. */
  readonly does: string;
  readonly where: readonly Place[];
  /** Only offered while a change of the machine is live. */
  readonly live?: boolean;
}

const steps: readonly Place[] = ['working', 'choice', 'consent', 'diagnosis'];
const everywhere: readonly Place[] = ['working', 'choice', 'consent', 'diagnosis', 'evidence', 'reading'];
const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

export const keyTable: readonly KeyRow[] = [
  {
    action: 'put-back',
    keys: ['x'],
    shown: 'x',
    label: 'put it back',
    does: 'Puts a live change back now, without waiting for the end of the test.',
    where: steps,
    live: true,
  },
  {
    action: 'keep',
    keys: ['K'],
    shown: 'K',
    label: 'keep it',
    does: 'Keeps the setting of a live test for good when the test has ended, unless it got worse; asks again first.',
    where: steps,
    live: true,
  },
  {
    action: 'move',
    keys: ['up', 'down', 'k', 'j'],
    shown: '↑↓',
    label: 'choose',
    does: 'Moves the selection; the choice that the evidence favours is selected already.',
    where: ['choice', 'consent', 'diagnosis', 'evidence'],
  },
  {
    action: 'accept',
    keys: ['enter'],
    shown: '⏎',
    label: 'go on',
    does: 'Takes the selected choice. Another than the evidence favours is allowed: it asks for a word why, and the report says so.',
    where: ['choice', 'consent'],
  },
  {
    action: 'number',
    keys: digits,
    shown: '1-9',
    label: 'choose by number',
    does: 'Takes the choice with this number at once.',
    where: ['choice'],
  },
  {
    action: 'tick',
    keys: ['space', 'enter'],
    shown: 'Space',
    label: 'tick off',
    does: 'Ticks the selected remedy off as done; the last one, verify, is run here.',
    where: ['diagnosis'],
  },
  {
    action: 'verify',
    keys: ['v'],
    shown: 'v',
    label: 'verify',
    does: 'Runs the deciding check again and again until it is good, and records when; a second time: stops that.',
    where: ['diagnosis'],
  },
  {
    action: 'write',
    keys: ['w'],
    shown: 'w',
    label: 'write report',
    does: 'Writes the report to a file; the ending of its name picks the format (.md, .html, .json, .txt).',
    where: ['diagnosis'],
  },
  {
    action: 'next-diagnosis',
    keys: ['tab'],
    shown: 'Tab',
    label: 'next cause',
    does: 'Shows the next diagnosis where there are several.',
    where: ['diagnosis'],
  },
  {
    action: 'skip',
    keys: ['s'],
    shown: 's',
    label: 'skip',
    does: 'Gives the running check up; it is recorded as skipped, which is not "fine".',
    where: ['working'],
  },
  {
    action: 'back',
    keys: ['b', 'left'],
    shown: 'b',
    label: 'back',
    does: 'Goes one step back, as often as you like. What was measured stays, with its age.',
    where: steps,
  },
  {
    action: 'forward',
    keys: ['right'],
    shown: '→',
    label: 'forward',
    does: 'After going back: goes one step forward again.',
    where: steps,
  },
  {
    action: 'evidence',
    keys: ['e'],
    shown: 'e',
    label: 'evidence',
    does: 'Shows everything found so far, newest first.',
    where: steps,
  },
  {
    action: 'commands',
    keys: ['c'],
    shown: 'c',
    label: 'commands',
    does: 'Shows the exact commands of this step, and how to do it by hand.',
    where: steps,
  },
  {
    action: 'again',
    keys: ['r'],
    shown: 'r',
    label: 'again',
    does: 'Measures this step again; what follows from it is decided again.',
    where: ['working', 'choice'],
  },
  {
    action: 'map',
    keys: ['m'],
    shown: 'm',
    label: 'map',
    does: 'Shows the whole tree with the place where you are.',
    where: steps,
  },
  {
    action: 'notes',
    keys: ['n'],
    shown: 'n',
    label: 'note',
    does: 'Writes a note; it stands in the report with its time.',
    where: steps,
  },
  {
    action: 'follow',
    keys: ['f'],
    shown: 'f',
    label: 'follow',
    does: 'Follows the evidence without asking until it does not decide; again to stop that.',
    where: ['working', 'choice'],
  },
  {
    action: 'open',
    keys: ['enter', 'right'],
    shown: '⏎',
    label: 'open',
    does: 'Opens the selected evidence: its facts, its commands and what they printed.',
    where: ['evidence'],
  },
  {
    action: 'scroll',
    keys: ['up', 'down', 'k', 'j'],
    shown: '↑↓',
    label: 'scroll',
    does: 'Scrolls by a line.',
    where: ['reading'],
  },
  {
    action: 'page',
    keys: ['pageup', 'pagedown', 'ctrl-b', 'ctrl-f'],
    shown: 'PgUp PgDn',
    label: 'page',
    does: 'Scrolls by a page.',
    where: ['working', 'choice', 'consent', 'diagnosis', 'evidence', 'reading'],
  },
  {
    action: 'page',
    keys: ['space'],
    shown: 'Space',
    label: 'page',
    does: 'Scrolls down by a page.',
    where: ['reading'],
  },
  {
    action: 'ends',
    keys: ['home', 'end', 'g', 'G'],
    shown: 'Home End',
    label: 'first, last',
    does: 'Goes to the beginning or to the end.',
    where: ['evidence', 'reading'],
  },
  { action: 'find', keys: ['/'], shown: '/', label: 'find', does: 'Finds text, whatever its case.', where: ['evidence', 'reading'] },
  {
    action: 'next-found',
    keys: ['n'],
    shown: 'n',
    label: 'next',
    does: 'Goes to the next place where the text was found.',
    where: ['evidence', 'reading'],
  },
  {
    action: 'previous-found',
    keys: ['N'],
    shown: 'N',
    label: 'previous',
    does: 'Goes to the previous place where the text was found.',
    where: ['evidence', 'reading'],
  },
  {
    action: 'copy',
    keys: ['y'],
    shown: 'y',
    label: 'copy',
    does: 'Copies what is shown to the clipboard of your own terminal (OSC 52), also over ssh.',
    where: ['evidence', 'reading'],
  },
  {
    action: 'pager',
    keys: ['o'],
    shown: 'o',
    label: 'pager',
    does: 'Opens what is shown in your $PAGER.',
    where: ['evidence', 'reading'],
  },
  {
    action: 'close',
    keys: ['escape', 'b', 'left', 'q'],
    shown: 'Esc',
    label: 'close',
    does: 'Goes back to the screen before.',
    where: ['evidence', 'reading'],
  },
  { action: 'done', keys: ['enter'], shown: '⏎', label: 'done', does: 'Takes the line as it is written.', where: ['typing', 'notes'] },
  {
    action: 'give-up',
    keys: ['escape'],
    shown: 'Esc',
    label: 'cancel',
    does: 'Leaves without taking anything.',
    where: ['typing', 'notes', 'confirm'],
  },
  { action: 'yes', keys: ['K', 'y'], shown: 'y', label: 'yes', does: 'Confirms; any other key does not.', where: ['confirm'] },
  {
    action: 'help',
    keys: ['?'],
    shown: '?',
    label: 'help',
    does: 'Shows all keys.',
    where: everywhere,
  },
  {
    action: 'quit',
    keys: ['q'],
    shown: 'q',
    label: 'quit',
    does: 'Saves the case and leaves; says how to resume. A live change is put back first.',
    where: steps,
  },
  {
    action: 'interrupt',
    keys: ['ctrl-c'],
    shown: 'Ctrl-C',
    label: 'leave',
    does: 'Saves and leaves at once, from anywhere; the exit status says that it was interrupted.',
    where: places,
  },
  {
    action: 'suspend',
    keys: ['ctrl-z'],
    shown: 'Ctrl-Z',
    label: 'suspend',
    does: 'Back to the shell for a while; `fg` continues. Checks stand still as well.',
    where: places,
  },
  {
    action: 'redraw',
    keys: ['ctrl-l'],
    shown: 'Ctrl-L',
    label: 'redraw',
    does: 'Draws the screen anew, when something else has written on it.',
    where: places,
  },
];

/** The keys at the foot of each screen, the most important first: as many as fit are shown, and `?` always. */
const foot: Readonly<Record<Place, readonly ActionName[]>> = {
  working: ['put-back', 'keep', 'skip', 'back', 'evidence', 'commands', 'map', 'notes', 'quit'],
  choice: ['put-back', 'move', 'accept', 'follow', 'back', 'evidence', 'commands', 'map', 'again', 'notes', 'quit'],
  consent: ['move', 'accept', 'back', 'evidence', 'commands', 'map', 'quit'],
  diagnosis: ['verify', 'write', 'back', 'evidence', 'quit', 'tick', 'notes', 'map', 'commands'],
  evidence: ['move', 'open', 'find', 'copy', 'pager', 'close'],
  reading: ['scroll', 'find', 'copy', 'pager', 'close'],
  notes: ['done', 'give-up'],
  typing: ['done', 'give-up'],
  confirm: ['yes', 'give-up'],
  leaving: [],
};

/** The rows of the keys at the foot, without help, which is always there where it can be had. */
export function footOf(place: Place, live: boolean): readonly KeyRow[] {
  return foot[place].flatMap((action) => rowsOf(place, live).find((row) => row.action === action) ?? []);
}

/** What this key does on this kind of screen; null: nothing. */
export function actionOf(key: Key, place: Place, live: boolean): ActionName | null {
  const row = keyTable.find((row) => row.where.includes(place) && row.keys.includes(key.name) && (live || row.live !== true));
  return row?.action ?? null;
}

/** The rows of a place, in the table's order. */
export function rowsOf(place: Place, live: boolean): readonly KeyRow[] {
  return keyTable.filter((row) => row.where.includes(place) && (live || row.live !== true));
}
