/** Faults of a network, each a value that `stage.ts` carries out inside the host it names. */
import type { Fault, HostName } from './world.ts';

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

/** A rule of the packet filter, as after `iptables`: `-A INPUT -p tcp --dport 9000 -j DROP`. */
export function filter(on: HostName, rule: string): Fault {
  const argv = words(rule);
  return {
    on,
    make: [['iptables', '-w', ...argv]],
    heal: [['iptables', '-w', ...argv.map((word) => (word === '-A' || word === '-I' ? '-D' : word))]],
  };
}

/** A kernel setting of that host's own network namespace. */
export function setting(on: HostName, name: string, value: string): Fault {
  return { on, make: [['sysctl', '-q', '-w', `${name}=${value}`]] };
}

/** A call of `ip`: routes, rules, links; `back` takes it back. */
export function ip(on: HostName, call: string, back?: string): Fault {
  const make = [['ip', ...words(call)]];
  return back === undefined ? { on, make } : { on, make, heal: [['ip', ...words(back)]] };
}

/** Several faults of one host that come and go together. */
export function all(...faults: readonly Fault[]): Fault {
  const [first] = faults;
  if (first === undefined || faults.some((fault) => fault.on !== first.on)) throw new Error('all(): faults of one host, at least one');
  return {
    on: first.on,
    make: faults.flatMap((fault) => fault.make),
    heal: faults.toReversed().flatMap((fault) => fault.heal ?? []),
  };
}
