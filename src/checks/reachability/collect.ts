/** Route, neighbour table, a few echoes, a few other ports, and the path's MTU: is the host there, and does the way carry large packets? */
import { setTimeout } from 'node:timers/promises';
import type { CommandRecord } from '../../engine/evidence.ts';
import type { CommandResult, Host } from '../../host/host.ts';
import { CouldNot, type CheckContext, type Collected } from '../check.ts';
import { echoOf } from './echo.ts';
import type { ReachabilityFacts } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { pathMtu } from './path-mtu.ts';
import { noWay, readMtu, readNeighbour, readRoute, unknownRoute, type Route, type RouteAnswer } from './route.ts';

const lookMs = 5000;
const pings = 3;
const errorsAgainMs = 1200;
/** One retransmitted SYN fits in. */
const portMs = 1500;

export async function collect(context: CheckContext, parameters: Parameters): Promise<Collected<ReachabilityFacts>> {
  const host = context.hosts.proxy;
  const { signal } = context;
  const commands: CommandRecord[] = [];
  const missing: string[] = [];
  const run = async (argv: readonly string[]): Promise<CommandResult> => {
    const result = await host.run(argv, { timeLimitMs: lookMs, signal });
    commands.push(result);
    return result;
  };
  const address = parameters.address ?? (await resolved(host, parameters));
  const ip = (await host.has('ip')) ? run : null;
  if (ip === null) missing.push('ip');

  const { own, route, error, routeOf } = await routeTo(ip, address, parameters.daemon);
  // What is sent goes the way of the user who runs this.
  const way = own !== null && !noWay.has(own.type);
  const asked = parameters.send && way;
  context.progress({ done: 0, total: 3, unit: 'attempts', text: `route: ${route === null ? 'none' : route.type}` });
  const echo = asked ? await echoOf(host, signal) : null;
  if (asked && echo === null) missing.push('ping');
  const [first, otherPorts] = await Promise.all([
    echo === null ? null : echo.send(address, pings, null),
    asked && own.type !== 'local' ? tryPorts(host, address, parameters.otherPorts, signal, commands) : [],
  ]);
  signal.throwIfAborted();
  if (echo !== null && first === null) missing.push('the right to ping');
  context.progress({
    done: 2,
    total: 3,
    unit: 'attempts',
    text: first === null ? 'no ping' : `${first.received} of ${first.sent} echoes answered`,
  });
  // After the packets: only they make the kernel ask for the neighbour.
  // Linux sends one ICMP error a second to a peer: what was tried until now may have used up what a filter has to say.
  const silent = echo !== null && first?.received === 0 && first.prohibited === null && !otherPorts.some(answered);
  if (silent) await setTimeout(errorsAgainMs, undefined, { signal });
  const again = silent ? await echo.send(address, 1, null) : null;
  const ping = first === null || again === null ? first : { ...again, sent: first.sent + again.sent };
  const heardOtherwise = (ping?.received ?? 0) > 0 || otherPorts.some(answered);
  const neighbour = way && ip !== null ? await neighbourOf(ip, address, own, asked && !heardOtherwise ? signal : null) : null;
  const device = ip !== null && way && own.device !== '' ? readMtu((await ip(['ip', 'link', 'show', 'dev', own.device])).stdout) : null;
  const mtu = echo !== null && ping !== null && ping.received > 0 && own?.type !== 'local' ? await pathMtu(echo, address, device) : null;
  signal.throwIfAborted();

  const life = signsOfLife({ route: own, neighbour, ping, otherPorts, accepts: parameters.accepts });
  if (life.answers === null && own?.type === 'unknown') {
    throw new CouldNot(
      'skipped',
      'Nothing there can tell whether the host is reachable (no ip, no ping, no tool to connect with).',
      'Install iproute2 or python3 on the proxy.',
      commands,
    );
  }
  if (life.answers === null && way && !parameters.send) {
    throw new CouldNot(
      'skipped',
      `The neighbour table does not tell of ${address}, and nothing is sent with --passive.`,
      'Leave --passive out.',
      commands,
    );
  }
  return {
    facts: {
      address,
      route,
      routeError: error,
      routeOf,
      neighbour,
      ping: ping === null ? null : { sent: ping.sent, received: ping.received, rttMs: ping.rttMs, prohibited: ping.prohibited },
      otherPorts,
      pathMtu: mtu,
      hostAnswers: life.answers,
      because: life.because,
      missing,
    },
    commands: [...commands, ...(echo?.commands() ?? [])],
  };
}

async function resolved(host: Host, { host: name, port, send }: Parameters): Promise<string> {
  if (!send) throw new CouldNot('skipped', 'No name is looked up with --passive.', 'Leave --passive out.');
  const { addresses, code } = await host.resolve(name);
  const [first] = addresses;
  if (first !== undefined) return first;
  throw new CouldNot('skipped', `${name} does not resolve (${code ?? 'no address'}).`, `proxy-doctor check dns ${name}:${port}`);
}

type Ip = (argv: readonly string[]) => Promise<CommandResult>;

/** A policy (`ip rule … uidrange`) may give httpd's user another route; then that one counts, since it is httpd's way. */
async function routeTo(
  ip: Ip | null,
  address: string,
  daemon: Parameters['daemon'],
): Promise<RouteAnswer & { readonly own: Route | null; readonly routeOf: string | null }> {
  if (ip === null) return { own: unknownRoute, route: unknownRoute, error: null, routeOf: null };
  const own = readRoute(await ip(['ip', 'route', 'get', address]));
  if (daemon === null) return { own: own.route, ...own, routeOf: null };
  const result = await ip(['ip', 'route', 'get', address, 'uid', String(daemon.uid)]);
  const theirs = readRoute(result);
  // Old versions know no `uid`, and say so by an error that is no routing error.
  const told = theirs.route !== null && theirs.route.type === 'unknown' ? own : theirs;
  const differs = told.route?.type !== own.route?.type || told.route?.device !== own.route?.device || told.route?.via !== own.route?.via;
  return { own: own.route, ...(differs ? told : own), routeOf: differs ? daemon.user : null };
}

/** With `wait`, until the kernel has asked a neighbour that it heard of a while ago. */
async function neighbourOf(ip: Ip, address: string, route: Route, wait: AbortSignal | null): Promise<ReachabilityFacts['neighbour']> {
  if (route.type === 'local' || route.device === '' || route.device === 'lo') return null;
  const next = route.via ?? address;
  let state: string | null = null;
  for (let tries = 0; tries < asksAgain; tries++) {
    if (tries > 0 && wait !== null) await setTimeout(betweenAsksMs, undefined, { signal: wait });
    state = readNeighbour((await ip(['ip', 'neigh', 'show', 'to', next, 'dev', route.device])).stdout);
    if (wait === null || state === null || !asking.has(state)) break;
  }
  return state === null ? null : { address: next, state, isGateway: route.via !== null };
}

async function tryPorts(
  host: Host,
  address: string,
  ports: readonly number[],
  signal: AbortSignal,
  commands: CommandRecord[],
): Promise<ReachabilityFacts['otherPorts']> {
  const found: ReachabilityFacts['otherPorts'] = [];
  try {
    const connects = await host.connectMany(
      ports.map((port) => ({ address, port })),
      { intervalMs: 100, timeoutMs: portMs, atOnce: 3, signal },
    );
    for await (const { index, outcome, latencyMs } of connects.results) found.push({ port: ports[index] ?? 0, outcome, latencyMs });
    commands.push(...connects.commands());
  } catch (error) {
    if (!(error instanceof CouldNot)) throw error;
  }
  return found.sort((a, b) => a.port - b.port);
}

/** Linux asks five seconds after a packet went to a neighbour of old (DELAY), and gives up after three more (PROBE, INCOMPLETE). */
const asking = new Set(['DELAY', 'PROBE', 'INCOMPLETE']);
const betweenAsksMs = 1000;
const asksAgain = 10;

interface Seen {
  readonly route: Route | null;
  readonly neighbour: ReachabilityFacts['neighbour'];
  readonly ping: Pick<NonNullable<ReachabilityFacts['ping']>, 'sent' | 'received' | 'prohibited'> | null;
  readonly otherPorts: ReachabilityFacts['otherPorts'];
  readonly accepts: boolean;
}

/** A refusal is an answer too. */
const answered = ({ outcome }: ReachabilityFacts['otherPorts'][number]): boolean => ['connected', 'refused', 'reset'].includes(outcome);

/** States of Linux's neighbour table in which the neighbour was heard of lately (NUD_CONNECTED), or was looked for in vain. */
const heard = new Set(['REACHABLE']);
const lost = new Set(['FAILED', 'INCOMPLETE']);

export function signsOfLife({ route, neighbour, ping, otherPorts, accepts }: Seen): {
  readonly answers: boolean | null;
  readonly because: string;
} {
  const yes: string[] = [];
  const no: string[] = [];
  if (route?.type === 'local') yes.push("it is this machine's own address");
  if (accepts) yes.push('its port accepts connects');
  if (ping !== null && ping.sent > 0) {
    (ping.received > 0 ? yes : no).push(
      ping.received > 0
        ? `it answers ${ping.received} of ${ping.sent} pings`
        : ping.prohibited == null
          ? `${ping.sent} pings without an answer`
          : `${ping.prohibited.by} says to pings: ${ping.prohibited.words}`,
    );
  }
  const answering = otherPorts.filter(answered);
  if (answering.length > 0) yes.push(`its port ${answering.map((one) => `${one.port} (${one.outcome})`).join(', ')} answers`);
  else if (otherPorts.length > 0) no.push(`ports ${otherPorts.map((one) => one.port).join(', ')} do not answer`);
  if (neighbour !== null && !neighbour.isGateway && heard.has(neighbour.state)) yes.push(`it answers ARP (${neighbour.state})`);
  if (neighbour !== null && lost.has(neighbour.state)) {
    no.push(
      `${neighbour.isGateway ? `the gateway ${neighbour.address}` : 'nobody'} answers ${neighbour.isGateway ? 'no ' : ''}ARP for it (${neighbour.state})`,
    );
  }
  if (yes.length > 0) return { answers: true, because: yes.join('; ') };
  return no.length > 0 ? { answers: false, because: no.join('; ') } : { answers: null, because: 'nothing could be tried' };
}
