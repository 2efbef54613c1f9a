/** Namespaces as hosts, veth pairs as cables. Addresses come from the ranges kept for documentation; there is no default route. */
import { mkdir, writeFile } from 'node:fs/promises';
import { run } from './command.ts';
import type { HostName, Network } from './world.ts';

interface Cable {
  readonly a: { readonly host: HostName; readonly device: string; readonly address: string };
  readonly b: { readonly host: HostName; readonly device: string; readonly address: string };
}

interface Plan {
  readonly hosts: readonly HostName[];
  readonly cables: readonly Cable[];
  /** `ip route add` with these words, on that host. */
  readonly routes: readonly { readonly host: HostName; readonly words: readonly string[] }[];
}

const direct: Cable = {
  a: { host: 'px', device: 'eth0', address: '192.0.2.1/24' },
  b: { host: 'be', device: 'eth0', address: '192.0.2.2/24' },
};

const plans: Record<Network, Plan> = {
  loopback: { hosts: ['px'], cables: [], routes: [] },
  'two-hosts': { hosts: ['px', 'be'], cables: [direct], routes: [] },
  'three-hosts': {
    hosts: ['px', 'be', 'be2'],
    cables: [
      direct,
      {
        a: { host: 'px', device: 'eth1', address: '203.0.113.1/24' },
        b: { host: 'be2', device: 'eth0', address: '203.0.113.2/24' },
      },
    ],
    routes: [],
  },
  'through-firewall': {
    hosts: ['px', 'fw', 'be'],
    cables: [
      {
        a: { host: 'px', device: 'eth0', address: '192.0.2.1/24' },
        b: { host: 'fw', device: 'eth0', address: '192.0.2.254/24' },
      },
      {
        a: { host: 'fw', device: 'eth1', address: '198.51.100.254/24' },
        b: { host: 'be', device: 'eth0', address: '198.51.100.2/24' },
      },
    ],
    routes: [
      { host: 'px', words: ['198.51.100.0/24', 'via', '192.0.2.254'] },
      { host: 'be', words: ['192.0.2.0/24', 'via', '198.51.100.254'] },
    ],
  },
};

export function hostsOf(network: Network): readonly HostName[] {
  return plans[network].hosts;
}

/** The address under which the proxy reaches that host. */
export function addressOf(network: Network, host: HostName): string {
  if (network === 'loopback' || host === 'px') return '127.0.0.1';
  for (const { a, b } of plans[network].cables) {
    for (const end of [b, a]) if (end.host === host) return end.address.slice(0, end.address.indexOf('/'));
  }
  throw new Error(`host ${host} is not in a ${network} network`);
}

/** All addresses of a host. */
export function addressesIn(network: Network, host: HostName): readonly string[] {
  const ends = plans[network].cables.flatMap(({ a, b }) => [a, b]).filter((end) => end.host === host);
  return ['127.0.0.1', ...ends.map(({ address }) => address.slice(0, address.indexOf('/')))];
}

/** Makes the namespaces and what connects them. `namespace` gives the name of a host's namespace. */
export async function makeNetwork(network: Network, namespace: (host: HostName) => string): Promise<void> {
  const plan = plans[network];
  for (const host of plan.hosts) {
    await run(['ip', 'netns', 'add', namespace(host)]);
    await run(['ip', '-n', namespace(host), 'link', 'set', 'lo', 'up']);
  }
  for (const { a, b } of plan.cables) {
    const pair = ['name', a.device, 'netns', namespace(a.host), 'type', 'veth', 'peer', 'name', b.device, 'netns', namespace(b.host)];
    await run(['ip', 'link', 'add', ...pair]);
    for (const end of [a, b]) {
      await run(['ip', '-n', namespace(end.host), 'address', 'add', end.address, 'dev', end.device]);
      await run(['ip', '-n', namespace(end.host), 'link', 'set', end.device, 'up']);
    }
  }
  for (const { host, words } of plan.routes) await run(['ip', '-n', namespace(host), 'route', 'add', ...words]);
  if (plan.hosts.includes('fw')) await run(['ip', 'netns', 'exec', namespace('fw'), 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']);
}

/** `ip netns exec` shows its programs /etc/netns/NAME/resolv.conf as /etc/resolv.conf: how a host gets a name server of its own. */
export async function useNameServer(namespace: string, address: string): Promise<void> {
  await mkdir(`/etc/netns/${namespace}`, { recursive: true });
  await writeFile(`/etc/netns/${namespace}/resolv.conf`, `nameserver ${address}\noptions timeout:1 attempts:1\n`);
}

/** The argv prefix that runs a program on that host. */
export const on = (namespace: string): readonly string[] => ['ip', 'netns', 'exec', namespace];
