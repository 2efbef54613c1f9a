/** Reads the packet filters of a side and follows the proxy's packets through them. Nothing is changed. */
import type { CommandRecord } from '../../engine/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { BackendProcessFacts } from './facts.ts';
import { walk, type Chain, type Finding, type Packet } from './filter-walk.ts';
import { readIptables, type Tables } from './iptables.ts';
import { readNft, type Ruleset } from './nft.ts';

const limitMs = 8000;
const maxBytes = 16 * 1024 * 1024;

export interface Firewall {
  readonly rules: BackendProcessFacts['firewall'];
  readonly unread: string | null;
  readonly translated: boolean;
}

const saves = [
  { tool: 'iptables', command: 'iptables-save', family: 4 },
  { tool: 'ip6tables', command: 'ip6tables-save', family: 6 },
] as const;

export const firewallCommands = ['iptables-save -c', 'ip6tables-save -c', 'nft -j list ruleset'];

/** Tables in the order in which packets meet them; each is gone through whatever another has accepted. */
const way = {
  in: ['raw PREROUTING', 'mangle PREROUTING', 'nat PREROUTING', 'mangle INPUT', 'filter INPUT', 'security INPUT', 'nat INPUT'],
  out: ['raw OUTPUT', 'mangle OUTPUT', 'nat OUTPUT', 'filter OUTPUT', 'security OUTPUT', 'mangle POSTROUTING'],
} as const;

/** Names of the tables that iptables keeps in nftables. */
const shared = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

export async function readFirewall(
  host: Host,
  packets: readonly Packet[],
  signal: AbortSignal,
  commands: CommandRecord[],
): Promise<Firewall> {
  const found: NonNullable<BackendProcessFacts['firewall']>[number][] = [];
  const refusals: string[] = [];
  const inNftables = new Set<number>();
  let translated = false;
  let read = 0;
  const add = (tool: string, chains: ReadonlyMap<string, Chain>, base: string, packet: Packet) => {
    const walked = walk(chains, base, packet);
    translated ||= walked.translated;
    for (const finding of walked.findings)
      if (!found.some((one) => one.rule === finding.rule && one.tool === tool)) found.push(entry(tool, finding));
  };
  const ask = async (argv: readonly string[]): Promise<string | null> => {
    const result = await host.run(argv, { timeLimitMs: limitMs, maxBytes, signal });
    if (result.ended === 'not-found') return null;
    commands.push(result);
    if (result.exitCode === 0) return result.stdout;
    refusals.push(argv[0] ?? '');
    return null;
  };
  const [iptables, ip6tables, nft] = await Promise.all([
    ...saves.map(async ({ command }) => ((await host.has(command)) ? ask([command, '-c']) : null)),
    (await host.has('nft')) ? ask(['nft', '-j', 'list', 'ruleset']) : null,
  ]);
  for (const [index, { tool, family }] of saves.entries()) {
    const text = [iptables, ip6tables][index] ?? null;
    if (text === null) continue;
    const tables: Tables = readIptables(text);
    read++;
    if (tables.inNftables) inNftables.add(family);
    for (const packet of packets.filter((one) => one.family === family))
      for (const base of way[packet.direction]) add(tool, tables.chains, base, packet);
  }
  const ruleset = nft === null || nft === undefined ? null : readNft(nft);
  if (ruleset !== null) {
    read++;
    for (const packet of packets) for (const base of basesFor(ruleset, packet, inNftables)) add('nft', ruleset.chains, base, packet);
  }
  if (read > 0) return { rules: found, unread: null, translated };
  const unread =
    refusals.length > 0
      ? `${[...new Set(refusals)].join(', ')} gave no rules: reading them takes root on that side (for example --via backend="… sudo").`
      : 'Neither iptables nor nft is there to ask for the rules.';
  return { rules: null, unread, translated: false };
}

function basesFor(ruleset: Ruleset, packet: Packet, inNftables: ReadonlySet<number>): readonly string[] {
  const families = packet.family === 4 ? ['ip', 'inet', 'netdev'] : ['ip6', 'inet', 'netdev'];
  const hooks = packet.direction === 'in' ? ['ingress', 'prerouting', 'input'] : ['output'];
  return (
    ruleset.bases
      .filter(({ family, hook }) => families.includes(family) && hooks.includes(hook))
      // iptables-save has shown these already, with matches that nft can not print.
      .filter(({ family, table }) => !(shared.has(table) && (family === 'ip' ? inNftables.has(4) : family === 'ip6' && inNftables.has(6))))
      .map(({ key }) => key)
  );
}

function entry(tool: string, { rule, action, packets }: Finding): NonNullable<BackendProcessFacts['firewall']>[number] {
  return { tool, rule, action, packets };
}
