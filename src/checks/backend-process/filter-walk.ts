/**
 * The way of one packet through a packet filter's chains, as far as rules can tell: which of them stop it, or may. Pure; iptables and nft
 * are both read into these chains.
 */

/** A packet of the connection under test. `interface` null: some interface, not the loopback one. */
export interface Packet {
  readonly family: 4 | 6;
  /** Null: not known. */
  readonly source: string | null;
  readonly destination: string | null;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  readonly interface: 'lo' | null;
  readonly direction: 'in' | 'out';
  /** State of its connection as conntrack sees it: the proxy's SYN is new, the answer to it established. */
  readonly state: 'new' | 'established';
}

/** `share`: for some of the connections, whose source ports the proxy's system chooses. */
export type Match = 'yes' | 'no' | 'share' | 'maybe';

export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' | 'translate' | 'queue' | 'continue' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

export interface Rule {
  readonly text: string;
  /** Does it apply, its limits and dice left aside? */
  readonly applies: (packet: Packet) => Match;
  /** `rate`: it holds above or below a rate or number of connections; `random`: for a share of packets. */
  readonly partly: 'rate' | 'random' | null;
  readonly verdict: Verdict;
  readonly packets: number | null;
}

export interface Chain {
  readonly rules: readonly Rule[];
  /** What becomes of a packet that reaches the end; null: a chain that others jump to. */
  readonly policy: { readonly drops: boolean; readonly text: string; readonly packets: number | null } | null;
}

export interface Finding {
  readonly rule: string;
  /** `limit`: beyond a rate or number; `share`: a share of the packets; `other`: it may stop it, which the rule alone does not tell. */
  readonly action: 'drop' | 'reject' | 'share' | 'limit' | 'other';
  readonly packets: number | null;
}

export interface Walked {
  readonly findings: readonly Finding[];
  /** The address or port is rewritten on the way, so another machine or port may be meant. */
  readonly translated: boolean;
}

interface State {
  readonly packet: Packet;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly findings: Finding[];
  /** An accept up to a limit came before: what stops the packet after it, stops what is beyond the limit. */
  beyondLimit: boolean;
  translated: boolean;
}

/** `stopped`: no later rule of this base chain sees the packet. */
type End = 'fell-through' | 'stopped';

const deepest = 32;

export function walk(chains: ReadonlyMap<string, Chain>, base: string, packet: Packet): Walked {
  const state: State = { packet, chains, findings: [], beyondLimit: false, translated: false };
  const chain = chains.get(base);
  const end = chain === undefined ? 'stopped' : through(chain, state, true, 0);
  const policy = chain?.policy ?? null;
  if (end === 'fell-through' && policy?.drops === true) {
    state.findings.push({ rule: policy.text, action: state.beyondLimit ? 'limit' : 'drop', packets: policy.packets });
  }
  return { findings: state.findings, translated: state.translated };
}

/** `certain`: the packet surely comes here. */
function through(chain: Chain, state: State, certain: boolean, depth: number): End {
  for (const rule of chain.rules) {
    const applies = rule.applies(state.packet);
    if (applies === 'no') continue;
    const sure = certain && (applies === 'yes' || applies === 'share');
    const { verdict } = rule;
    const partly = rule.partly ?? (applies === 'share' ? 'random' : null);
    switch (verdict.kind) {
      case 'continue':
        break;
      case 'translate':
        if (applies === 'yes') state.translated = true;
        break;
      case 'queue':
        note(state, rule, 'other');
        break;
      case 'accept':
        if (sure && partly === null) return 'stopped';
        if (sure && partly === 'rate') state.beyondLimit = true;
        break;
      case 'drop':
      case 'reject':
        note(state, rule, !sure ? 'other' : partly === 'rate' || state.beyondLimit ? 'limit' : partly === 'random' ? 'share' : verdict.kind);
        if (sure && partly === null) return 'stopped';
        break;
      case 'return':
        if (sure && partly === null) return 'fell-through';
        break;
      case 'jump':
      case 'goto': {
        const next = state.chains.get(verdict.chain);
        if (next === undefined || depth >= deepest) break;
        const entered = sure && partly === null;
        const end = through(next, state, entered, depth + 1);
        if (entered && end === 'stopped') return 'stopped';
        // After goto the packet goes on where this chain was called from.
        if (entered && verdict.kind === 'goto') return 'fell-through';
        break;
      }
    }
  }
  return 'fell-through';
}

function note(state: State, rule: Rule, action: Finding['action']): void {
  state.findings.push({ rule: rule.text, action, packets: rule.packets });
}

/** All of several conditions. */
export function allOf(matches: readonly Match[]): Match {
  if (matches.includes('no')) return 'no';
  if (matches.includes('maybe')) return 'maybe';
  return matches.includes('share') ? 'share' : 'yes';
}

export function not(match: Match): Match {
  return match === 'yes' ? 'no' : match === 'no' ? 'yes' : match;
}

/** The ports that Linux connects from (net.ipv4.ip_local_port_range), thinned out. */
const localPorts = Array.from({ length: 4034 }, (_, i) => 32_768 + i * 7);

/** A condition on the source port of a connection that is still to be made. */
export function ofLocalPorts(test: (port: number) => Match): Match {
  const found = new Set(localPorts.map(test));
  const [only] = found;
  return found.size > 1 ? (found.has('maybe') ? 'maybe' : 'share') : only === 'yes' ? 'yes' : 'maybe';
}

export function equal<T>(known: T | null, wanted: T): Match {
  return known === null ? 'maybe' : known === wanted ? 'yes' : 'no';
}
