/** What the backend's own side says; the first that fits. Pure. */
import type { Classified } from '../check.ts';
import { visible } from '../../visible.ts';
import type { BackendProcessFacts } from './facts.ts';
import { covers } from './listeners.ts';

export const outcomes = {
  'not-listening': 'Nothing listens on the port',
  'other-address': 'Something listens on the port, on another address than the proxy uses',
  filtered: 'It listens, and a packet filter there stops the proxy’s packets',
  'queue-full': 'It listens, and its accept queue is full or overflows',
  crashed: 'It listens, and its process ended or crashed lately',
  listening: 'It listens, and nothing there stands in the way',
};
export type Outcome = keyof typeof outcomes;

/** Many connections that the peer has closed and the program has not: it does not get round to them. */
const manyUnclosed = 50;

export function classify(facts: BackendProcessFacts): Classified<Outcome> {
  const outcome = judge(facts);
  return { outcome, summary: visible(summary(facts, outcome)) };
}

function judge(facts: BackendProcessFacts): Outcome {
  if (facts.listeners.length === 0) return accepts(facts) ? 'listening' : 'not-listening';
  if (!coversOne(facts)) return 'other-address';
  if (blocking(facts).length > 0) return 'filtered';
  if (queueFull(facts)) return 'queue-full';
  return facts.crashes.length > 0 ? 'crashed' : 'listening';
}

/** Handed on by the kernel to where no socket of this side is seen. */
function accepts({ localConnect }: BackendProcessFacts): boolean {
  return localConnect.some((one) => one.outcome === 'connected');
}

/** Where the address is not of this side, something in between hands on, and to which address it does can't be told. */
function coversOne({ listeners, addresses, ownsAddress }: BackendProcessFacts): boolean {
  if (ownsAddress === false || addresses.length === 0) return true;
  return listeners.some((listener) => addresses.some((address) => covers(listener.address, address)));
}

/** Rules that surely apply and have counted packets (or keep no count). */
export function blocking({ firewall }: BackendProcessFacts): NonNullable<BackendProcessFacts['firewall']> {
  return (firewall ?? []).filter((rule) => (rule.action === 'drop' || rule.action === 'reject' || rule.action === 'share') && rule.packets !== 0);
}

/** Linux takes one more than the backlog says, then drops (sk_acceptq_is_full); at the backlog it is as good as full. */
function queueFull({ listeners, overflows }: BackendProcessFacts): boolean {
  const fill = listeners.map(({ queue, backlog }) => (queue === null || backlog === null ? null : queue / Math.max(1, backlog)));
  if (fill.some((share) => share !== null && share >= 1)) return true;
  // The counter is the whole machine's; it counts here where this queue is not seen to be rather empty.
  return (overflows?.grewBy ?? 0) > 0 && fill.some((share) => share === null || share >= 0.5);
}

function summary(facts: BackendProcessFacts, outcome: Outcome): string {
  const { port, listeners, addresses, otherPorts, overflows, crashes } = facts;
  const [listener] = listeners;
  const program = listener?.process ?? 'A program';
  const place = facts.socket ?? `port ${port}`;
  switch (outcome) {
    case 'not-listening': {
      if (facts.socket !== undefined) return `Nobody listens on ${facts.socket}${facts.localConnect[0]?.code == null ? '' : ` (${facts.localConnect[0].code})`}${crashes[0] === undefined ? '' : `; what ended lately on that machine: ${crashes[0].text.slice(0, 80)}`}`;
      const others = otherPorts.length === 0 ? 'nor on any other port' : `other ports in use there: ${otherPorts.slice(0, 12).join(', ')}`;
      return `Nothing listens on port ${port} on the backend's side (${others})${crashes[0] === undefined ? '' : `; what ended lately on that machine: ${crashes[0].text.slice(0, 80)}`}`;
    }
    case 'other-address':
      return `${program} listens on ${listeners.map(listenerText).join(', ')}, not on ${addresses.join(' or ')}, which the proxy uses`;
    case 'filtered': {
      const [rule] = blocking(facts);
      const counted = rule?.packets === null || rule === undefined ? '' : ` (${rule.packets} packets so far)`;
      return `${program} listens on port ${port}, but a packet filter there stops ${rule?.action === 'share' ? 'a share of what comes' : 'it'}: ${rule?.tool ?? ''} ${rule?.rule ?? ''}${counted}`;
    }
    case 'queue-full':
      return `${program} does not accept fast enough: ${queues(facts)}${overflows === null ? '' : `, overflowed ${overflows.listenOverflows} times since boot, ${overflows.grewBy} of them just now`}${refuses(facts)}`;
    case 'crashed':
      return `${program} listens on ${place}, and its process ended lately: ${crashes[0]?.text ?? ''}${crashes[0]?.time == null ? '' : ` (${crashes[0].time})`}`;
    case 'listening':
      if (listener === undefined)
        return `${facts.socket ?? `Port ${port}`} accepts connects on its own side, though no socket there is seen to listen${remarks(facts)}`;
      return `${program} listens on ${listeners.map(listenerText).join(', ')}, ${queues(facts)}${remarks(facts)}`;
  }
}

/** As the log and the configuration say it. */
export function listenerText({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.startsWith('/') ? address : `${address}:${port}`;
}

function queues({ listeners }: BackendProcessFacts): string {
  const known = listeners.filter((one) => one.queue !== null);
  const fullest = known.toSorted((a, b) => (b.queue ?? 0) - (a.queue ?? 0))[0];
  return fullest === undefined ? 'accept queue not known' : `${fullest.queue} of ${fullest.backlog ?? '?'} waiting in its accept queue`;
}

function refuses({ abortOnOverflow }: BackendProcessFacts): string {
  return abortOnOverflow === true ? '; with tcp_abort_on_overflow what does not fit is refused' : '';
}

function remarks(facts: BackendProcessFacts): string {
  const { connections, firewall, firewallUnread, localConnect, listenerStartedAt, ownsAddress, overflows } = facts;
  const said: string[] = [];
  const limits = (firewall ?? []).filter((rule) => rule.action === 'limit');
  if (limits[0] !== undefined)
    said.push(`a limit is in force: ${limits[0].rule}${limits[0].packets === null ? '' : ` (${limits[0].packets} packets beyond it)`}`);
  const unhit = (firewall ?? []).filter((rule) => (rule.action === 'drop' || rule.action === 'reject') && rule.packets === 0);
  if (unhit[0] !== undefined) said.push(`a rule that would stop the proxy has counted nothing yet: ${unhit[0].rule}`);
  const unclosed = connections['CLOSE-WAIT'] ?? 0;
  if (unclosed >= manyUnclosed) said.push(`${unclosed} connections that their clients have closed wait for the program (CLOSE-WAIT)`);
  const failed = localConnect.find((one) => one.outcome !== 'connected');
  if (failed !== undefined)
    said.push(`a connect to ${failed.address} on its own side: ${failed.outcome}${failed.code === null ? '' : ` (${failed.code})`}`);
  if ((overflows?.listenOverflows ?? 0) > 0)
    said.push(`queues of that machine overflowed ${overflows?.listenOverflows ?? 0} times since boot`);
  if (listenerStartedAt !== null) said.push(`started ${listenerStartedAt.slice(0, 19).replace('T', ' ')} UTC`);
  if (ownsAddress === false) said.push(`the proxy's address for it is not of this side: something in between hands connections on`);
  if (firewallUnread !== null) said.push(firewallUnread);
  return said.length === 0 ? '' : `; ${said.join('; ')}`;
}
