/**
 * How things look: three greys (strong, plain, quiet), one accent, red for what is broken now, yellow for a live change. Colour never
 * says anything alone: each sign stands for itself, and each has a second form for terminals without Unicode.
 */
import { visible } from '../visible.ts';

export type Tone = 'strong' | 'plain' | 'quiet' | 'accent' | 'broken' | 'live';

const forms = {
  ok: ['✓', '+'],
  bad: ['✗', 'x'],
  unanswered: ['◌', '?'],
  done: ['●', '*'],
  here: ['◉', '@'],
  todo: ['○', 'o'],
  left: ['←', '<-'],
  right: ['→', '->'],
  pointer: ['❯', '>'],
  rule: ['─', '-'],
  wall: ['│', '|'],
  branch: ['├', '|'],
  lastBranch: ['└', '`'],
  cut: ['…', '...'],
  dot: ['·', '-'],
  dash: ['–', '-'],
  full: ['█', '#'],
  empty: ['░', '.'],
  more: ['▾', 'v'],
  less: ['▴', '^'],
  mark: ['▲', '^'],
  ticked: ['[✓]', '[x]'],
  unticked: ['[ ]', '[ ]'],
  cursor: ['▏', '_'],
} as const;
export type Sign = keyof typeof forms;

export interface Theme {
  readonly unicode: boolean;
  readonly color: boolean;
  readonly sign: (name: Sign) => string;
  /** Levels of a bar, the lowest first; the first of them stands for nothing at all. */
  readonly levels: readonly string[];
  /** Text on its way to the screen: control characters made visible, and what this terminal can't show written out. */
  readonly text: (text: string) => string;
}

/** By locale, as libc decides: LC_ALL, else LC_CTYPE, else LANG. The Linux console has no glyphs for most signs. */
export function showsUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '') && env['TERM'] !== 'linux';
}

/** https://no-color.org and FORCE_COLOR; a terminal that calls itself dumb has none. */
export function showsColor(env: Readonly<Record<string, string | undefined>>): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return env['TERM'] !== 'dumb';
}

// Signs of flows and checks that have a plain form of their own; the rest of what ASCII can't show is written as its code point.
const plainForms: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(forms)),
  '—': '--',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '×': 'x',
  '≤': '<=',
  '≥': '>=',
  '≈': '~',
  µ: 'u',
  '↑': 'up',
  '↓': 'down',
  '⏎': 'Enter',
  ' ': ' ',
};

function ascii(text: string): string {
  return text.replace(/[^\u0020-\u007e]/gu, (character) => {
    const form = plainForms[character];
    if (form !== undefined) return form;
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

export function createTheme(env: Readonly<Record<string, string | undefined>>): Theme {
  const unicode = showsUnicode(env);
  return {
    unicode,
    color: showsColor(env),
    sign: (name) => forms[name][unicode ? 0 : 1],
    levels: unicode ? [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] : [' ', '.', ':', '-', '=', '+', '*', '%', '#'],
    text: unicode ? visible : (text) => ascii(visible(text)),
  };
}
