/**
 * The same connect as the user that httpd runs as: SELinux (httpd_can_network_connect) and owner-matching firewalls stop the daemon where a
 * shell passes, and the other way round. Needs root on that side; without, nothing is claimed.
 */
import type { CommandRecord } from '../../engine/evidence.ts';
import type { ConnectAttempt, ConnectResult, Host, User } from '../../host/host.ts';
import { CouldNot, type CheckContext } from '../check.ts';
import type { TcpConnectFacts } from './facts.ts';
import type { Parameters } from './parameters.ts';

export interface Daemon extends User {
  readonly user: string;
}

/** A failure is only believed when it comes this often in a row: an overloaded backend fails anybody now and then. */
const tries = 3;
const lookMs = 5000;

/** Null where there is no other user to try, or no right to become that user. */
export async function daemonUser(host: Host, daemon: Parameters['daemon']): Promise<Daemon | null> {
  if (daemon === null) return null;
  const [mine, group] = await Promise.all([
    host.run(['id', '-u'], { timeLimitMs: lookMs }),
    host.run(['id', '-g', '--', String(daemon.uid)], { timeLimitMs: lookMs }).then(async (result) =>
      // Old versions of id know names only.
      result.exitCode === 0 ? result : host.run(['id', '-g', '--', daemon.user], { timeLimitMs: lookMs }),
    ),
  ]);
  if (mine.exitCode !== 0 || mine.stdout.trim() !== '0') return null;
  const gid = group.exitCode === 0 ? Number.parseInt(group.stdout, 10) : Number.NaN;
  return { user: daemon.user, uid: daemon.uid, gid: Number.isNaN(gid) ? daemon.uid : gid };
}

type Seen = { readonly seen: TcpConnectFacts['asDaemon']; readonly commands: readonly CommandRecord[] };

/**
 * Null where no connect could be tried. A policy refuses that user each time, and nobody else meanwhile.
 * @param othersConnect the user who runs this was let through before
 */
export async function asDaemon(context: CheckContext, daemon: Daemon, attempt: ConnectAttempt, timeoutMs: number, othersConnect: boolean): Promise<Seen | null> {
  const first = await tryAs(context, daemon, attempt, timeoutMs);
  const outcome = first.last?.outcome ?? null;
  if (first.last === null || outcome === 'failed') return first.triedNothing ? { seen: null, commands: first.commands } : null;
  // This machine's own "permission denied" is no matter of the moment.
  if (outcome === 'connected' || outcome === 'denied' || !othersConnect) return seenAs(daemon, first.last, first.commands);
  // A backend that is being restarted refuses whoever comes: it is a policy only if the user who runs this connects, and that one fails again.
  const self = await tryAs(context, null, attempt, timeoutMs);
  const commands = [...first.commands, ...self.commands];
  if (self.last?.outcome !== 'connected') return { seen: null, commands };
  const again = await tryAs(context, daemon, attempt, timeoutMs);
  if (again.last === null || again.last.outcome === 'failed') return { seen: null, commands: [...commands, ...again.commands] };
  return seenAs(daemon, again.last, [...commands, ...again.commands]);
}

function seenAs({ user }: Daemon, { outcome, code }: ConnectResult, commands: readonly CommandRecord[]): Seen | null {
  return outcome === 'failed' ? null : { seen: { user, outcome, code }, commands };
}

interface Tried {
  /** The first that connected, else the last. */
  readonly last: ConnectResult | null;
  /** No tool that this user may run: the other attempts stand, and nothing is said of the daemon. */
  readonly triedNothing: boolean;
  readonly commands: readonly CommandRecord[];
}

async function tryAs(context: CheckContext, user: Daemon | null, attempt: ConnectAttempt, timeoutMs: number): Promise<Tried> {
  const { signal } = context;
  let connects;
  try {
    connects = await context.hosts.proxy.connectMany(
      Array.from({ length: tries }, () => attempt),
      { intervalMs: 100, timeoutMs, atOnce: tries, signal, ...(user === null ? {} : { user }) },
    );
    let last: ConnectResult | null = null;
    for await (const result of connects.results) {
      last = result;
      if (result.outcome === 'connected') break;
    }
    signal.throwIfAborted();
    return { last, triedNothing: false, commands: connects.commands() };
  } catch (error) {
    if (error instanceof CouldNot) return { last: null, triedNothing: true, commands: connects?.commands() ?? error.commands };
    throw error;
  }
}
