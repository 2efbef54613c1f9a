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

export async function asDaemon(
  context: CheckContext,
  daemon: Daemon,
  attempt: ConnectAttempt,
  timeoutMs: number,
): Promise<{ readonly seen: TcpConnectFacts['asDaemon']; readonly commands: readonly CommandRecord[] } | null> {
  const { signal } = context;
  let connects;
  try {
    connects = await context.hosts.proxy.connectMany(
      Array.from({ length: tries }, () => attempt),
      { intervalMs: 100, timeoutMs, atOnce: tries, signal, user: daemon },
    );
    let last: ConnectResult | null = null;
    for await (const result of connects.results) {
      last = result;
      if (result.outcome === 'connected') break;
    }
    signal.throwIfAborted();
    if (last === null || last.outcome === 'failed') return null;
    return { seen: { user: daemon.user, outcome: last.outcome, code: last.code }, commands: connects.commands() };
  } catch (error) {
    // No tool that this user may run: the other attempts stand, and nothing is said of the daemon.
    if (error instanceof CouldNot) return { seen: null, commands: connects?.commands() ?? error.commands };
    throw error;
  }
}
