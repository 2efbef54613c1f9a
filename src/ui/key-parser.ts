/**
 * Bytes from a terminal → single keys. Pure: what is known so far goes in, keys and what is known now come out; waiting is the
 * caller's (`patience` says how long). A sequence may be split over any number of reads, keys may come many in one read.
 *
 * An ESC byte is Escape only when nothing follows for a while. Over a slow link the rest of an arrow key can come even later: what
 * comes then right after such an Escape and looks like the rest of a sequence (`[B`) is taken as that sequence, not as typed text.
 */
import { key, type Key } from './key.ts';

export interface ParserState {
  /** Bytes that are not a whole key yet. */
  readonly pending: string;
  /** An Escape was given out for a lone ESC byte; the rest of its sequence may still come. */
  readonly escaped: boolean;
}

export const quiet: ParserState = { pending: '', escaped: false };

const ESC = '\u001b';
const pasteStart = `${ESC}[200~`;
const pasteEnd = `${ESC}[201~`;
/** Longest CSI sequence that is waited for; real ones stay under 32. */
const longestSequence = 64;
/** Of a paste longer than this only the end is kept: no field of ours holds more, and its text must never act as keys. */
const longestPaste = 1 << 20;

/** How long to wait for more bytes, in ms; null: nothing is awaited. An arrow key's bytes rarely come more than 100 ms apart. */
export function patience(state: ParserState): number | null {
  if (state.pending === ESC) return 150;
  if (state.pending !== '') return 1000;
  return state.escaped ? 1500 : null;
}

const finals: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
  M: 'enter',
};
const numbered: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
};
// xterm's modifier parameter is 1 plus a bit field: 1 shift, 2 alt, 4 ctrl.
const modifiers: Readonly<Record<string, string>> = { 2: 'shift-', 3: 'alt-', 5: 'ctrl-', 6: 'ctrl-shift-' };

/** The name of a whole CSI or SS3 sequence; `unknown` for what no key of ours has (mouse, focus, replies of the terminal). */
function sequenceName(sequence: string): string {
  // The linux console sends ESC [ [ A for F1: no key of ours.
  const match = /^\u001b(?:\[|O)([0-9;]*)([A-Za-z~])$/.exec(sequence);
  if (!match) return 'unknown';
  const [first = '', modifier = ''] = (match[1] ?? '').split(';');
  const final = match[2] ?? '';
  const name = final === '~' ? numbered[first] : sequence[1] === 'O' || final !== 'M' ? finals[final] : undefined;
  if (name === undefined) return 'unknown';
  return modifier === '' || modifier === '1' ? name : `${modifiers[modifier] ?? 'unknown-'}${name}`;
}

/** A key of one character (a whole code point). */
function single(character: string): Key {
  if (character === '\r' || character === '\n') return key('enter', character);
  if (character === '\t') return key('tab', character);
  if (character === '\u007f' || character === '\b') return key('backspace', character);
  if (character === ESC) return key('escape', character);
  if (character === ' ') return key('space', character, ' ');
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return key(`ctrl-${String.fromCharCode(code + 0x60)}`, character);
  if (code >= 0x80 && code < 0xa0) return key('unknown', character);
  return key(character, character, character);
}

/** Where the sequence that begins at `at` (an ESC) ends; 0: it is not whole yet; -1: this ESC is a key of its own. */
function sequenceEnd(bytes: string, at: number): number {
  const kind = bytes[at + 1];
  if (kind === undefined) return 0;
  if (kind === '[') {
    for (let index = at + 2; index < bytes.length; index += 1) {
      const code = bytes.charCodeAt(index);
      if (code === 0x5b && index === at + 2) continue;
      if (code >= 0x40 && code <= 0x7e) return index + 1;
      if (code < 0x20 || code > 0x3f || index - at > longestSequence) return index;
    }
    return 0;
  }
  if (kind === 'O') {
    const rest = /^O[0-9;]*[A-Za-z]?/.exec(bytes.slice(at + 1, at + 12))?.[0] ?? 'O';
    return /[A-Za-z]$/.test(rest.slice(1)) ? at + 1 + rest.length : bytes.length === at + 1 + rest.length ? 0 : -1;
  }
  if (kind === ']' || kind === 'P' || kind === '_' || kind === '^') {
    // Replies of the terminal (OSC, DCS): up to BEL or ESC \. Nobody types these.
    const end = /\u0007|\u001b\\/.exec(bytes.slice(at + 2));
    if (end) return at + 2 + end.index + end[0].length;
    return bytes.length - at > 4096 ? bytes.length : 0;
  }
  return -1;
}

/** Takes the bytes of one read. */
export function feed(state: ParserState, chunk: string): { readonly keys: readonly Key[]; readonly state: ParserState } {
  const late = state.escaped && state.pending === '' && /^(?:\[|O(?:$|[0-9;]*[A-DFHMP-S]))/.test(chunk);
  const bytes = (late ? ESC : '') + state.pending + chunk;
  const keys: Key[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== ESC) {
      const character = String.fromCodePoint(bytes.codePointAt(at) ?? 0);
      keys.push(single(character));
      at += character.length;
      continue;
    }
    if (bytes.startsWith(pasteStart, at)) {
      const end = bytes.indexOf(pasteEnd, at);
      if (end < 0) break;
      keys.push(key('paste', bytes.slice(at, end + pasteEnd.length), bytes.slice(at + pasteStart.length, end)));
      at = end + pasteEnd.length;
      continue;
    }
    const end = sequenceEnd(bytes, at);
    if (end === 0) break;
    const sequence = end < 0 ? ESC : bytes.slice(at, end);
    keys.push(end < 0 ? key('escape', ESC) : key(sequenceName(sequence), sequence));
    at += sequence.length;
  }
  const left = bytes.slice(at);
  const pending = left.length > longestPaste ? pasteStart + left.slice(-longestPaste / 2) : left;
  return { keys, state: { pending, escaped: false } };
}

/** Nothing came for `patience` ms. */
export function silence(state: ParserState): { readonly keys: readonly Key[]; readonly state: ParserState } {
  const { pending } = state;
  if (pending === '') return { keys: [], state: quiet };
  if (pending === ESC) return { keys: [key('escape', ESC)], state: { pending: '', escaped: true } };
  if (pending.startsWith(pasteStart)) return { keys: [key('paste', pending, pending.slice(pasteStart.length))], state: quiet };
  // A sequence that was never finished writes nothing and does nothing.
  return { keys: [key('unknown', pending)], state: quiet };
}
