/** Asks an httpd program what it is. It reads no configuration for that (`-f /dev/null`, which httpd allows), so nothing is loaded. */
import type { CommandRecord } from '../../engine/evidence.ts';
import type { CommandResult, Host } from '../../host/host.ts';
import type { Compiled } from './compiled.ts';
import { parseCompiled, parseStaticModules } from './compiled.ts';

export interface Asked {
  /** Null: it could not be started, or printed nothing of the kind. */
  readonly compiled: Compiled | null;
  readonly staticModules: readonly string[] | null;
  readonly commands: readonly CommandRecord[];
  /** Why nothing is known, in words. */
  readonly trouble: string | null;
}

const limitMs = 5000;

/** Arguments that print the compiled settings, appended to a command. A later `-f` wins over an earlier one. */
export const settingsArguments = ['-V', '-f', '/dev/null'] as const;

/** @param command how this httpd is called, as argv: `['/usr/sbin/apache2']`, `['sudo', 'apache2ctl']` */
export async function askBinary(host: Host, command: readonly string[], signal?: AbortSignal): Promise<Asked> {
  const options = { timeLimitMs: limitMs, maxBytes: 200_000, ...(signal ? { signal } : {}) };
  // An httpd without an MPM compiled in ends with status 1 here and prints all the same.
  const settings = await host.run([...command, ...settingsArguments], options);
  const compiled = parseCompiled(settings.stdout);
  if (compiled.server === null) return { compiled: null, staticModules: null, commands: [record(settings)], trouble: words(settings) };
  const list = await host.run([...command, '-l'], options);
  const modules = parseStaticModules(list.stdout);
  return { compiled, staticModules: modules.length > 0 ? modules : null, commands: [record(settings), record(list)], trouble: null };
}

function words(result: CommandResult): string {
  const command = result.argv.join(' ');
  switch (result.ended) {
    case 'not-found':
      return `${command}: no such program there`;
    case 'not-allowed':
      return `${command}: no right to run it`;
    case 'time-limit':
      return `${command}: no answer within ${limitMs / 1000} s`;
    case 'exit':
    case 'signal':
    case 'too-much-output':
    case 'aborted':
      return `${command}: did not print its version (${result.stderr.trim().split('\n')[0]?.slice(0, 200) || result.ended})`;
  }
}

function record(result: CommandResult): CommandRecord {
  const { argv, exitCode, durationMs, output } = result;
  return { argv, exitCode, durationMs, ...(output === undefined ? {} : { output }) };
}
