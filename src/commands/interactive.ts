/** Whether somebody sits there. */
import type { RawOptions } from './options.ts';

/** Needs a terminal at both ends, and nothing that speaks for unattended. */
export function isInteractive(raw: RawOptions): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && raw.input !== false && raw.answers === undefined && raw.json !== true;
}

/** Linear text instead of a screen. */
export function isPlain(raw: RawOptions): boolean {
  return raw.plain === true || process.env['TERM'] === 'dumb';
}
