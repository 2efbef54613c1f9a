/** Connects again and again from the proxy's side to every address of the backend, and says what came of each. */
import { isIP } from 'node:net';
import type { CommandRecord } from '../../engine/evidence.ts';
import type { ConnectAttempt, Host, NumberedConnect, User } from '../../host/host.ts';
import { CouldNot, type CheckContext, type Collected } from '../check.ts';
import { servesAll } from './classify.ts';
import { asDaemon, daemonUser, type Daemon } from './as-daemon.ts';
import { ownFilter } from './own-filter.ts';
import { anotherView, barrier, groupsOf } from './socket-file.ts';
import type { TcpConnectFacts } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { refusedBy } from './refused-by.ts';
import { asAttempt, count, tallyText, type Attempt } from './summarise.ts';

/** Kind to a backend in trouble: so many half-open connections at most. */
const atOnce = 4;
/** After so many that all took long to fail the rest is not tried: it would tell nothing new. */
const enoughSlowFailures = 8;
const slowMs = 1000;
/** All attempts together, unless more was asked for. */
const usualBudgetMs = 10_000;
/** A few connections are watched for what the peer does after accepting: each fourth, so briefly that no worker is kept. */
const watchEvery = 4;
const watchMs = 100;
/** Attempts where each one leaves a TIME_WAIT with the proxy. */
const fewAttempts = 5;

export async function collect(context: CheckContext, parameters: Parameters): Promise<Collected<TcpConnectFacts>> {
  const host = context.hosts.proxy;
  const file = parameters.host.startsWith('/');
  if (file) await anotherView(host, parameters.host, parameters.pid ?? null);
  const addresses = await addressesOf(host, parameters);
  const first = await attempt(context, parameters, addresses, null);
  const commands: CommandRecord[] = [...first.commands];
  const daemon = await daemonUser(host, parameters.daemon);
  let measured = first;
  let asUser: string | null = null;
  let seen: TcpConnectFacts['asDaemon'] = null;

  if (daemon !== null) {
    const connected = measured.results.find((one) => one.outcome === 'connected');
    const reached = connected?.address ?? addresses[0] ?? parameters.host;
    const tried = await asDaemon(context, daemon, { address: reached, port: parameters.port }, parameters.timeoutMs, connected !== undefined);
    seen = tried?.seen ?? null;
    commands.push(...(tried?.commands ?? []));
    // A policy may let httpd's user through and nobody else: then what that user meets is what counts.
    if (seen?.outcome === 'connected' && measured.results.every((one) => one.outcome !== 'connected')) {
      measured = await attempt(context, parameters, addresses, daemon);
      asUser = daemon.user;
      commands.push(...measured.commands);
    }
  }
  let barredAt: string | null = null;
  if (file && daemon !== null && seen?.outcome === 'denied') {
    const groups = await groupsOf(host, daemon, context.signal);
    barredAt = await barrier(host, parameters.host, { uid: daemon.uid, groups });
    // Our process for that user has its first group alone; httpd's has them all.
    if (barredAt === null && groups.some((group) => group !== daemon.gid)) seen = null;
  }
  if (file && seen === null) await notOurs(host, parameters, measured.results);
  const { results } = measured;
  if (results.length > 0 && results.every((one) => one.outcome === 'failed')) throw couldNotTry(results, commands);
  const refused = results.find((one) => one.outcome === 'refused');
  const counted = count(results, addresses);
  const reject =
    parameters.capture && refused !== undefined && !servesAll(counted)
      ? await refusedBy(context, { address: refused.address, port: parameters.port }, parameters.timeoutMs, daemonOf(asUser, daemon))
      : null;
  const filter = file || counted.connected > 0 ? null : await ownFilter(host, addresses, parameters.port, context.signal);
  return {
    facts: {
      host: parameters.host,
      port: parameters.port,
      addresses: [...addresses],
      ...counted,
      asDaemon: seen,
      refusedBy: reject?.by ?? null,
      asUser,
      notTried: measured.notTried,
      ...(file ? { barredAt } : {}),
      ...(filter === null ? {} : { ownFilter: filter.rules }),
      how: asUser === null ? measured.how : `${measured.how} as ${asUser}`,
    },
    commands: [...commands, ...(reject?.commands ?? []), ...(filter?.commands ?? [])],
  };
}

/** What this user may not open, httpd's may. @throws {CouldNot} */
async function notOurs(host: Host, { host: path, daemon }: Parameters, results: readonly Attempt[]): Promise<void> {
  if (!results.every((one) => one.outcome === 'denied')) return;
  const me = await host.run(['id', '-u'], { timeLimitMs: 5000 });
  if (daemon !== null && me.stdout.trim() === String(daemon.uid)) return;
  throw new CouldNot('skipped', `This user may not open ${path}, which says nothing of the user that httpd runs as.`, 'Run it as root, or as the user of httpd.', [me]);
}

function daemonOf(asUser: string | null, daemon: Daemon | null): User | null {
  return asUser === null ? null : daemon;
}

async function addressesOf(host: Host, { addresses, host: name, port }: Parameters): Promise<readonly string[]> {
  if (addresses.length > 0) return addresses;
  if (isIP(name) !== 0) return [name];
  const resolved = await host.resolve(name);
  if (resolved.addresses.length > 0) return resolved.addresses;
  throw new CouldNot('skipped', `${name} does not resolve (${resolved.code ?? 'no address'}).`, `proxy-doctor check dns ${name}:${port}`);
}

interface Measured {
  readonly results: readonly Attempt[];
  readonly notTried: number;
  readonly how: string;
  readonly commands: readonly CommandRecord[];
}

async function attempt(context: CheckContext, parameters: Parameters, addresses: readonly string[], user: User | null): Promise<Measured> {
  const { count: wanted, intervalMs, timeoutMs, port } = parameters;
  const budgetMs = Math.min(Math.max(usualBudgetMs, wanted * intervalMs + timeoutMs), Math.max(timeoutMs, context.timeLimitMs - 2000));
  const attempts = plan(addresses, port, wanted);
  const connects = await context.hosts.proxy.connectMany(attempts, {
    intervalMs,
    timeoutMs,
    atOnce,
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(budgetMs)]),
    ...(user === null ? {} : { user }),
  });
  const seen: NumberedConnect[] = [];
  const total = connects.leavesTimeWait ? Math.min(fewAttempts, wanted) : wanted;
  for await (const result of connects.results) {
    seen.push(result);
    const results = inOrder(seen);
    context.progress({ done: results.length, total, unit: 'attempts', text: tallyText(results), live: { results } });
    if (total < wanted && seen.length >= total) break;
    if (seen.length >= enoughSlowFailures && seen.every((one) => one.outcome !== 'connected' && one.latencyMs >= slowMs)) break;
  }
  context.signal.throwIfAborted();
  if (seen.length === 0) {
    throw new CouldNot('failed', `No connect was carried out with ${connects.how}.`, null, connects.commands());
  }
  return { results: inOrder(seen), notTried: wanted - seen.length, how: connects.how, commands: connects.commands() };
}

/** All addresses in turn, a few attempts watched. */
function plan(addresses: readonly string[], port: number, wanted: number): readonly ConnectAttempt[] {
  return Array.from({ length: wanted }, (_, index) => ({
    address: addresses[index % addresses.length] ?? '',
    port,
    ...(Math.floor(index / addresses.length) % watchEvery === 0 ? { lingerMs: watchMs } : {}),
  }));
}

function inOrder(seen: readonly NumberedConnect[]): Attempt[] {
  return seen.toSorted((a, b) => a.index - b.index).map(asAttempt);
}

/** No SYN left this machine, so nothing is known of the backend. */
function couldNotTry(results: readonly Attempt[], commands: readonly CommandRecord[]): CouldNot {
  const code = results.find((one) => one.code !== null)?.code ?? null;
  const words: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
    EADDRNOTAVAIL: ['this machine has no local port (or no such local address) left to connect from', 'proxy-doctor check proxy-resources'],
    EMFILE: ['this process may open no more files', 'ulimit -n'],
    ENFILE: ['this machine may open no more files', 'sysctl fs.file-nr'],
    EAFNOSUPPORT: ['this machine does not speak that address family', 'Use an address of a family that it speaks.'],
  };
  const [what, remedy] = (code === null ? undefined : words[code]) ?? [`the tool does not say why`, 'Try it by hand: telnet HOST PORT'];
  return new CouldNot('failed', `No connect could be begun: ${what}${code === null ? '' : ` (${code})`}.`, remedy, commands);
}
