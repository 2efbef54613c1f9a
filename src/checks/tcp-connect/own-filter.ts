/** The proxy's own packet filter: what stops its connects before they leave it. Reads only; needs root there, else nothing is claimed. */
import type { CommandRecord } from '../../engine/evidence.ts';
import { FileError, type Host } from '../../host/host.ts';
import { isLoopback, localAddresses } from '../backend-process/addresses.ts';
import type { BackendProcessFacts } from '../backend-process/facts.ts';
import { readFirewall } from '../backend-process/read-firewall.ts';

export interface OwnFilter {
  /** Rules on the way of each connect that may stop it; null: not read. */
  readonly rules: BackendProcessFacts['firewall'];
  readonly commands: readonly CommandRecord[];
}

/** For connects that failed just now, so that the counters have them. Connects within this machine are the matter of `backend-process`. */
export async function ownFilter(host: Host, addresses: readonly string[], port: number, signal: AbortSignal): Promise<OwnFilter> {
  const commands: CommandRecord[] = [];
  const own = localAddresses(await text(host, '/proc/net/fib_trie'), await text(host, '/proc/net/if_inet6'));
  const away = addresses.filter((address) => !isLoopback(address) && !own.has(address));
  if (own.size === 0 || away.length === 0 || away.length < addresses.length) return { rules: null, commands };
  const packets = away.map((destination) => ({
    family: destination.includes(':') ? (6 as const) : (4 as const),
    direction: 'out' as const,
    interface: null,
    source: null,
    destination,
    sourcePort: null,
    destinationPort: port,
    state: 'new' as const,
  }));
  const { rules } = await readFirewall(host, packets, signal, commands);
  return { rules, commands };
}

/** Empty where it can't be read: another system than Linux, or no right. */
async function text(host: Host, path: string): Promise<string> {
  try {
    return (await host.readFile(path)).toString();
  } catch (error) {
    if (error instanceof FileError) return '';
    throw error;
  }
}
