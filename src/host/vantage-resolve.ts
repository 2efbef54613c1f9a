/** A name as a vantage resolves it: `getent ahosts` is getaddrinfo(3); why it failed, python or perl can tell. */
import { CouldNot } from '../checks/check.ts';
import type { Host } from './host.ts';

const limitMs = 15_000;

/** Prints the resolver's error number. */
const python = 'import socket, sys\ntry: socket.getaddrinfo(sys.argv[1], None)\nexcept socket.gaierror as e: print(e.errno)';
const perl = 'use Socket qw(getaddrinfo); my ($e) = getaddrinfo($ARGV[0], ""); print $e + 0, "\\n" if $e';

/** glibc and musl, <netdb.h>. Node's words: what does not exist is ENOTFOUND, whichever of the two numbers said it. */
const codes = new Map<number, string>([
  [-2, 'ENOTFOUND'],
  [-5, 'ENOTFOUND'],
  [-3, 'EAI_AGAIN'],
  [-4, 'EAI_FAIL'],
  [-10, 'EAI_MEMORY'],
]);

export async function resolveAt(host: Pick<Host, 'run' | 'has'>, name: string): ReturnType<Host['resolve']> {
  if (!(await host.has('getent'))) {
    throw new CouldNot(
      'skipped',
      'There is no getent on that side to resolve names with.',
      'Install getent there (libc-bin, glibc-common).',
    );
  }
  const how = 'getent ahosts';
  // No host name begins with a hyphen (RFC 952); getent would take it for an option.
  if (name.startsWith('-')) return { addresses: [], code: 'ENOTFOUND', durationMs: 0, how };
  const result = await host.run(['getent', 'ahosts', name], { timeLimitMs: limitMs });
  const { durationMs } = result;
  const addresses = result.stdout
    .split('\n')
    .map((text) => text.split(/\s/)[0] ?? '')
    .filter((address) => address !== '');
  if (result.exitCode === 0) return { addresses: [...new Set(addresses)], code: null, durationMs, how };
  if (result.ended !== 'exit') return { addresses: [], code: 'EAI_AGAIN', durationMs, how };
  return { addresses: [], code: await whyNot(host, name), durationMs, how };
}

async function whyNot(host: Pick<Host, 'run' | 'has'>, name: string): Promise<string> {
  for (const argv of [
    ['python3', '-c', python, name],
    ['perl', '-e', perl, name],
  ]) {
    if (!(await host.has(argv[0] ?? ''))) continue;
    const result = await host.run(argv, { timeLimitMs: limitMs });
    const code = codes.get(Number.parseInt(result.stdout, 10));
    if (code !== undefined) return code;
  }
  // getent's exit status 2 means "not found" and does not tell a missing name from a resolver that did not answer.
  return 'EAI_FAIL';
}
