/** The terminal's other screen: entering it, and leaving the terminal as it was, whatever happened. */
import { writeSync } from 'node:fs';
import type { Size } from './state.ts';

/** Home, and everything from there on erased. */
export const wipe = '\u001b[H\u001b[J';
export const home = '\u001b[H';
/**
 * The terminal's other screen, from its first cell on (Ink would draw from wherever the cursor was), with bracketed paste: pasted text
 * comes as one piece and can never act as keys.
 */
export const enterScreen = `\u001b[?1049h${wipe}\u001b[?2004h`;
export const leaveScreen = '\u001b[?2004l\u001b[?1049l';

export function sizeOf(stdout: NodeJS.WriteStream): Size {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}

const restore = '\u001b[?2026l\u001b[?2004l\u001b[?1049l\u001b[?25h\u001b[0m';

/** Last resort when the process ends by itself without having left the screen: writes at once, since nothing later is written. */
export function restoreNow(stdout: NodeJS.WriteStream, stdin: NodeJS.ReadStream): void {
  try {
    if (stdin.isTTY) stdin.setRawMode(false);
  } catch {
    // The terminal is gone.
  }
  const { fd } = stdout as { readonly fd?: number };
  try {
    if (fd !== undefined && stdout.isTTY) writeSync(fd, restore);
  } catch {
    // Likewise.
  }
}
