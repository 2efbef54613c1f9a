import type { Screen } from './screen.ts';

/** Modes that a program can leave behind: each was switched off again after it was last switched on. */
export function leftBehind(screen: Screen): readonly string[] {
  const modes: readonly (readonly [string, string, string])[] = [
    ['the alternate screen', '\u001b[?1049h', '\u001b[?1049l'],
    ['bracketed paste', '\u001b[?2004h', '\u001b[?2004l'],
    ['a hidden cursor', '\u001b[?25l', '\u001b[?25h'],
    ['synchronized output', '\u001b[?2026h', '\u001b[?2026l'],
  ];
  return modes.filter(([, on, off]) => screen.output.lastIndexOf(on) > screen.output.lastIndexOf(off)).map(([name]) => name);
}
