/**
 * ssh joins its arguments with blanks and hands the line to a shell on the other machine. So what goes through ssh is quoted for a
 * POSIX shell; all other prefixes (docker, kubectl, ip netns, nsenter, sudo …) hand on arguments as they are.
 */
import path from 'node:path';
import { Shescape } from 'shescape';

/** shescape leaves out characters that could steer a terminal; data that has them can't go through ssh unharmed. */
// oxlint-disable-next-line no-control-regex
const lost = /[\0\u0008\r\u001b\u009b]/;

let quoter: Shescape | null = null;

/** @throws {Error} for an argument that can't be quoted without changing it. */
export function quoteForShell(argument: string): string {
  if (lost.test(argument)) throw new Error('The argument holds control characters that do not pass through ssh.');
  quoter ??= new Shescape({ shell: '/bin/sh', flagProtection: false });
  return quoter.quote(argument);
}

/** Programs that start another one with the rest of their arguments, unchanged; an ssh behind them is an ssh. */
const wrappers: ReadonlySet<string> = new Set([
  'sudo',
  'doas',
  'env',
  'nice',
  'ionice',
  'setsid',
  'timeout',
  'sshpass',
  'proxychains',
  'proxychains4',
]);
const shells: ReadonlySet<string> = new Set(['ssh', 'autossh']);

/**
 * How many remote shells a command goes through: 1 for `ssh web1`, 2 for `ssh jump ssh web1`. A host or pod that is itself called
 * `ssh` counts only behind an ssh.
 */
export function remoteShells(prefix: readonly string[]): number {
  const names = prefix.map((argument) => path.basename(argument));
  let levels = 0;
  for (const [index, name] of names.entries()) {
    if (shells.has(name) && (index === 0 || levels > 0 || names.slice(0, index).some((earlier) => wrappers.has(earlier)))) levels++;
  }
  return levels;
}

/** The command as the prefix's program has to be given it. @throws {Error} as `quoteForShell`. */
export function throughPrefix(prefix: readonly string[], argv: readonly string[]): readonly string[] {
  let given = argv;
  for (let level = remoteShells(prefix); level > 0; level--) given = given.map(quoteForShell);
  return [...prefix, ...given];
}
