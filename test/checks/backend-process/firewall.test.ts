/** Rulesets as administrators write them, and what they do to the proxy's SYN from 192.0.2.1 to 192.0.2.2:8080. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { inNetwork, inRange } from '../../../src/checks/backend-process/addresses.ts';
import { walk, type Finding, type Packet } from '../../../src/checks/backend-process/filter-walk.ts';
import { readIptables, words } from '../../../src/checks/backend-process/iptables.ts';
import { readNft } from '../../../src/checks/backend-process/nft.ts';
import { isRoot } from '../../host/network.ts';

const syn: Packet = {
  family: 4,
  direction: 'in',
  source: '192.0.2.1',
  destination: '192.0.2.2',
  sourcePort: null,
  destinationPort: 8080,
  interface: null,
  state: 'new',
};
const answer: Packet = {
  ...syn,
  direction: 'out',
  source: '192.0.2.2',
  destination: '192.0.2.1',
  sourcePort: 8080,
  destinationPort: null,
  state: 'established',
};

function iptables(rules: readonly string[], policy = 'ACCEPT', packet: Packet = syn): readonly Finding['action'][] {
  const save = [
    '*filter',
    `:INPUT ${policy} [7:420]`,
    ':OUTPUT ACCEPT [0:0]',
    ':sub - [0:0]',
    ...rules.map((rule) => `[3:180] ${rule}`),
    'COMMIT',
  ];
  return walk(readIptables(save.join('\n')).chains, packet.direction === 'in' ? 'filter INPUT' : 'filter OUTPUT', packet).findings.map(
    (one) => one.action,
  );
}

describe('iptables', () => {
  test.each<[string, readonly Finding['action'][], readonly string[], string?]>([
    ['nothing', [], []],
    ['a drop of the port', ['drop'], ['-A INPUT -p tcp -m tcp --dport 8080 -j DROP']],
    ['a reject of the port', ['reject'], ['-A INPUT -p tcp -m tcp --dport 8080 -j REJECT --reject-with icmp-port-unreachable']],
    ['another port', [], ['-A INPUT -p tcp -m tcp --dport 8081 -j DROP']],
    ['a range that holds it', ['drop'], ['-A INPUT -p tcp -m multiport --dports 80,8000:8100 -j DROP']],
    ['a range that does not', [], ['-A INPUT -p tcp -m multiport --dports 80,8081:8100 -j DROP']],
    ['another protocol', [], ['-A INPUT -p udp -j DROP']],
    ['the proxy’s network', ['drop'], ['-A INPUT -s 192.0.2.0/28 -j DROP']],
    ['another network', [], ['-A INPUT -s 198.51.100.0/24 -j DROP']],
    ['all but the proxy', [], ['-A INPUT ! -s 192.0.2.1/32 -j DROP']],
    ['an address range', ['drop'], ['-A INPUT -m iprange --src-range 192.0.2.1-192.0.2.9 -j DROP']],
    ['accepted before', [], ['-A INPUT -p tcp -m tcp --dport 8080 -j ACCEPT', '-A INPUT -j DROP']],
    ['accepted after', ['drop'], ['-A INPUT -j DROP', '-A INPUT -p tcp -m tcp --dport 8080 -j ACCEPT']],
    ['established connections only', ['drop'], ['-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', '-A INPUT -j DROP']],
    ['invalid packets', [], ['-A INPUT -m conntrack --ctstate INVALID -j DROP']],
    ['a policy that drops', ['drop'], ['-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT'], 'DROP'],
    ['a policy that drops what no rule accepts', [], ['-A INPUT -p tcp -m tcp --dport 8080 -j ACCEPT'], 'DROP'],
    [
      'a limit of connections',
      ['limit'],
      [
        '-A INPUT -p tcp -m tcp --dport 8080 -m connlimit --connlimit-above 10 --connlimit-mask 32 --connlimit-saddr -j REJECT --reject-with tcp-reset',
      ],
    ],
    [
      'a rate, and a drop of what is beyond it',
      ['limit'],
      ['-A INPUT -p tcp -m tcp --dport 8080 -m limit --limit 5/sec -j ACCEPT', '-A INPUT -p tcp -m tcp --dport 8080 -j DROP'],
    ],
    ['dice', ['share'], ['-A INPUT -p tcp -m tcp --dport 8080 -m statistic --mode random --probability 0.3 -j DROP']],
    ['some of the ports that the proxy connects from', ['share'], ['-A INPUT -p tcp -m tcp --sport 40000:50000 --dport 8080 -j DROP']],
    ['all but some of them', ['share'], ['-A INPUT -p tcp -m tcp ! --sport 40000:50000 --dport 8080 -j DROP']],
    ['all of them', ['drop'], ['-A INPUT -p tcp -m tcp --sport 1024:65535 --dport 8080 -j DROP']],
    ['ports that nobody connects from', ['other'], ['-A INPUT -p tcp -m tcp --sport 1:1023 --dport 8080 -j DROP']],
    ['a set whose members are not known', ['other'], ['-A INPUT -m set --match-set blocked src -j DROP']],
    [
      'a match that is not known',
      ['other'],
      ['-A INPUT -p tcp -m tcp --dport 8080 -m string --string "evil" --algo bm --to 65535 -j DROP'],
    ],
    ['an option that is not known', ['other'], ['-A INPUT -p tcp -m tcp --dport 8080 --tcp-option 5 -j DROP']],
    ['the loopback interface', [], ['-A INPUT -i lo -j DROP']],
    ['any interface but loopback', ['drop'], ['-A INPUT ! -i lo -p tcp -m tcp --dport 8080 -j DROP']],
    ['an interface that may be it', ['other'], ['-A INPUT -i eth0 -j DROP']],
    ['a chain of its own', ['drop'], ['-A INPUT -p tcp -j sub', '-A sub -p tcp -m tcp --dport 8080 -j DROP']],
    ['a chain that accepts', [], ['-A INPUT -p tcp -j sub', '-A INPUT -j DROP', '-A sub -s 192.0.2.1/32 -j ACCEPT']],
    ['a chain that returns', ['drop'], ['-A INPUT -j sub', '-A INPUT -j DROP', '-A sub -s 192.0.2.1/32 -j RETURN', '-A sub -j ACCEPT']],
    ['a chain for others', [], ['-A INPUT -s 198.51.100.0/24 -j sub', '-A sub -j DROP']],
    ['goto a chain that falls through: the policy decides', ['drop'], ['-A INPUT -g sub', '-A INPUT -j ACCEPT'], 'DROP'],
    ['a log line', [], ['-A INPUT -p tcp -m tcp --dport 8080 -j LOG --log-prefix "drop it -j DROP "']],
    ['a comment that looks like a rule', [], ['-A INPUT -p tcp -m tcp --dport 8080 -m comment --comment "-j DROP" -j ACCEPT']],
    ['SYN packets', ['drop'], ['-A INPUT -p tcp -m tcp --dport 8080 --tcp-flags FIN,SYN,RST,ACK SYN -j DROP']],
    ['packets that are no SYN', [], ['-A INPUT -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m conntrack --ctstate NEW -j DROP']],
    [
      'who came too often',
      ['limit'],
      ['-A INPUT -p tcp -m tcp --dport 8080 -m recent --update --seconds 3 --name DEFAULT --mask 255.255.255.255 --rsource -j DROP'],
    ],
  ])('%s', (_what, actions, rules, policy) => {
    expect(iptables(rules, policy)).toEqual(actions);
  });

  test('the answer of the backend can be stopped too', () => {
    expect(iptables(['-A OUTPUT -p tcp -m tcp --sport 8080 -j DROP'], 'ACCEPT', answer)).toEqual(['drop']);
    expect(iptables(['-A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT', '-A OUTPUT -j DROP'], 'ACCEPT', answer)).toEqual([]);
  });

  test('a source that is not known makes rules about sources possible, not certain', () => {
    expect(iptables(['-A INPUT -s 192.0.2.0/28 -j DROP'], 'ACCEPT', { ...syn, source: null })).toEqual(['other']);
  });

  test('counters come with the rules', () => {
    const tables = readIptables('*filter\n:INPUT DROP [7:420]\n[3:180] -A INPUT -p tcp -m tcp --dport 8080 -j DROP\nCOMMIT\n');
    expect(walk(tables.chains, 'filter INPUT', syn).findings).toEqual([
      { rule: '-A INPUT -p tcp -m tcp --dport 8080 -j DROP', action: 'drop', packets: 3 },
    ]);
    expect(walk(tables.chains, 'filter INPUT', { ...syn, destinationPort: 81 }).findings).toEqual([
      { rule: '-P INPUT DROP', action: 'drop', packets: 7 },
    ]);
  });

  test('chains that call each other end', () => {
    expect(iptables(['-A INPUT -j sub', '-A sub -j sub'])).toEqual([]);
  });

  test('quoted words', () => {
    expect(words('-m comment --comment "a \\"b\\" c" -j DROP')).toEqual(['-m', 'comment', '--comment', 'a "b" c', '-j', 'DROP']);
  });
});

/** The JSON that this machine's nft makes of rules, so that no hand-made JSON is believed. Needs a namespace with a packet filter in it. */
function nftJson(script: string): string {
  const own = isRoot ? ['-n'] : ['-U', '-r', '-n'];
  return execFileSync('unshare', [...own, 'sh', '-c', 'nft -f - && nft -j list ruleset'], { input: script, encoding: 'utf8' });
}

function nft(rules: readonly string[], policy = 'accept', packet: Packet = syn, more = ''): readonly Finding['action'][] {
  const ruleset = readNft(
    nftJson(
      `table inet fw {\n${more}\n chain sub { }\n chain in { type filter hook input priority filter; policy ${policy};\n${rules.join('\n')}\n }\n}\n`,
    ),
  );
  if (ruleset === null) throw new Error('no ruleset');
  return ruleset.bases.flatMap((base) => walk(ruleset.chains, base.key, packet).findings.map((one) => one.action));
}

describe('nft', () => {
  const bad = 'set bad { type ipv4_addr; flags interval; elements = { 192.0.2.0/28, 198.51.100.7 }; }';
  test.each<[string, readonly Finding['action'][], readonly string[], string?, string?]>([
    ['nothing', [], []],
    ['a drop of the port', ['drop'], ['tcp dport 8080 counter drop']],
    ['a reject', ['reject'], ['tcp dport 8080 reject with tcp reset']],
    ['another port', [], ['tcp dport 8081 drop']],
    ['a set of ports and ranges', ['drop'], ['tcp dport { 22, 8000-8100, 443 } drop']],
    ['all but a range', [], ['tcp dport != 8000-8100 drop']],
    ['th, for any transport', ['drop'], ['meta l4proto tcp th dport 8080 drop']],
    ['another protocol', [], ['udp dport 8080 drop', 'meta l4proto icmp drop']],
    ['a named set that holds the proxy', ['drop'], ['ip saddr @bad drop'], 'accept', bad],
    ['a named set of others', [], ['ip saddr @bad drop'], 'accept', bad.replace('192.0.2.0/28', '203.0.113.0/24')],
    ['states by map', ['drop'], ['ct state vmap { established : accept, related : accept, invalid : drop }'], 'drop'],
    ['states by map, new ones accepted', [], ['ct state vmap { established : accept, new : accept }'], 'drop'],
    ['established only', ['drop'], ['ct state established,related accept'], 'drop'],
    ['a policy that drops what no rule accepts', [], ['tcp dport 8080 accept'], 'drop'],
    ['loopback only', ['drop'], ['iifname "lo" accept'], 'drop'],
    ['an interface that may be it', ['drop'], ['iifname "eth0" accept'], 'drop'],
    ['a number of connections', ['limit'], ['tcp dport 8080 ct count over 10 reject with tcp reset']],
    ['a rate, then the policy', ['limit'], ['tcp dport 8080 limit rate 5/second accept'], 'drop'],
    ['dice', ['share'], ['tcp dport 8080 numgen random mod 10 < 3 drop']],
    ['some of the ports that the proxy connects from', ['share'], ['tcp dport 8080 tcp sport 40000-50000 drop']],
    ['the same, above a number', ['share'], ['tcp dport 8080 tcp sport > 50000 drop']],
    ['the same, by their bits', ['share'], ['tcp dport 8080 tcp sport & 12 == 4 drop']],
    ['all of them', ['drop'], ['tcp dport 8080 tcp sport 1024-65535 drop']],
    ['IPv6 rules do not concern IPv4', [], ['ip6 saddr ::/0 drop', 'meta nfproto ipv6 drop']],
    ['SYN packets', ['drop'], ['tcp flags & (fin|syn|rst|ack) == syn tcp dport 8080 drop']],
    ['all but the proxy', [], ['ip saddr != 192.0.2.1 tcp dport 8080 reject']],
    ['a pair of address and port', ['drop'], ['ip saddr . tcp dport { 192.0.2.1 . 8080 } drop']],
    ['a pair of which one differs', [], ['ip saddr . tcp dport { 192.0.2.1 . 8081 } drop']],
    ['a chain by map of interfaces', ['other'], ['iifname vmap { "eth0" : jump sub }', 'meta mark 7 drop']],
  ])('%s', (_what, actions, rules, policy, more) => {
    expect(nft(rules, policy, syn, more)).toEqual(actions);
  });

  test('a rule is told in about the words that nft uses', () => {
    const ruleset = readNft(
      nftJson(
        'table inet fw { chain in { type filter hook input priority 0; ip saddr 192.0.2.0/28 tcp dport { 80, 8080 } counter reject with icmpx type admin-prohibited; }; }',
      ),
    );
    const [finding] = walk(ruleset?.chains ?? new Map(), 'inet fw in', syn).findings;
    expect(finding).toEqual({
      rule: 'inet fw in: ip saddr 192.0.2.0/28 tcp dport { 80, 8080 } counter reject icmpx admin-prohibited',
      action: 'reject',
      packets: 0,
    });
  });

  test('base chains come in the order in which a packet meets them', () => {
    const ruleset = readNft(
      nftJson(
        'table inet a { chain late { type filter hook input priority 10; }; chain early { type filter hook input priority -10; }; chain first { type filter hook prerouting priority 300; }; }',
      ),
    );
    expect(ruleset?.bases.map((base) => base.key)).toEqual(['inet a first', 'inet a early', 'inet a late']);
  });

  test.each(['', 'Operation not permitted', '{"nftables": 3}'])('%j is no ruleset', (text) => {
    expect(readNft(text)).toBeNull();
  });
});

test.each([
  ['192.0.2.1', '192.0.2.0', 28, true],
  ['192.0.2.17', '192.0.2.0', 28, false],
  ['2001:db8::5', '2001:db8::', 32, true],
  ['2001:db8::5', '192.0.2.0', 0, false],
] as const)('%s in %s/%d: %s', (address, network, bits, inside) => {
  expect(inNetwork(address, network, bits)).toBe(inside);
});

test('a range that runs backwards holds nothing', () => {
  expect(inRange('192.0.2.5', '192.0.2.9', '192.0.2.1')).toBe(false);
});
