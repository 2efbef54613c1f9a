/**
 * Outlives its lab for a moment: when its standard input ends, however the lab's process died, it takes away what is left of it.
 * Run with one argument: the folder of that lab.
 */
import { clear } from '../leftovers.ts';

process
  .on('SIGINT', () => {})
  .on('SIGHUP', () => {})
  .on('SIGTERM', () => {});
const folder = process.argv[2] ?? '';
process.stdin.on('end', () => void clear(folder).then(() => process.exit(0))).resume();
