/** What the terminal does besides showing the screen: its clipboard, and a pager. */
import { spawn } from 'node:child_process';

/**
 * OSC 52: the terminal that the person sits at takes the text into its clipboard, also through ssh. tmux takes it where
 * `set-clipboard` is on or external and hands it on; screen needs it wrapped. Terminals limit the size; 100 kB of base64 is what
 * most take, longer text is cut.
 */
export function clipboardSequence(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const payload = Buffer.from(text, 'utf8').subarray(0, 74_000).toString('base64');
  const sequence = `\u001b]52;c;${payload}\u0007`;
  return env['TERM']?.startsWith('screen') === true && env['TMUX'] === undefined ? `\u001bP${sequence}\u001b\\` : sequence;
}

/** The pager as argv: $PAGER, else less. No shell reads it; `less -R` and the like are split at blanks. */
export function pagerCommand(env: Readonly<Record<string, string | undefined>>): readonly [string, ...string[]] {
  const [command, ...args] = (env['PAGER'] ?? '').split(/\s+/).filter((word) => word !== '');
  return command === undefined ? ['less'] : [command, ...args];
}

/** Shows text in the pager, on the terminal that Ink has let go of. Resolves to a complaint, or null when all went well. */
export function runPager(text: string, env: Readonly<Record<string, string | undefined>>): Promise<string | null> {
  const [command, ...args] = pagerCommand(env);
  return new Promise((resolve) => {
    // The text comes by a pipe; a pager reads its keys from the terminal itself. less ends at Ctrl-C only where told to.
    const child = spawn(command, args, { stdio: ['pipe', 'inherit', 'inherit'], env: { ...env, LESSSECURE: '1' } });
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve(
        error.code === 'ENOENT'
          ? `The pager ${command} is not there: set PAGER to one that is`
          : `The pager ${command} could not be started: ${error.message}`,
      );
    });
    child.on('close', () => resolve(null));
    child.stdin.on('error', () => undefined);
    child.stdin.end(text);
  });
}
