import { setFlagsFromString } from 'node:v8';

let kept = false;

/**
 * The room that V8 has for new objects stays as it is from now on. It doubles whenever some of them are still needed at a collection, and lines of
 * a log always are: three times 16 MB in the end, for a scan that is no faster for it. There is no other way to say so to a program that runs already.
 */
export function keepYoungGeneration(): void {
  if (kept) return;
  kept = true;
  setFlagsFromString('--semi-space-growth-factor=1');
}
