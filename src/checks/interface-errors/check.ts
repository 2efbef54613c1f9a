/** Check `interface-errors` (article A07, A18): faults of the interfaces on the way to the backend, and retransmissions. */
import { defineCheck } from '../check.ts';
import { nothing } from '../may.ts';
import { classify, outcomes } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';

export const interfaceErrors = defineCheck({
  name: 'interface-errors',
  title: 'Reads the counters of the interfaces on the way to the backend twice, and how much had to be sent again',
  side: 'proxy',
  scope: 'backend',
  load: 'none',
  action: null,
  sendsTraffic: false,
  needs: {
    commands: [['ip']],
    files: ['/proc/net/dev, /proc/net/snmp'],
    rights: ['read kernel messages (root, or group systemd-journal)'],
  },
  may: (inputs) => ({ ...nothing, starts: ['ip', 'ethtool', 'ss', 'journalctl', 'dmesg'], connects: inputs.passive ? [] : ['name-server'] }),
  parameters,
  facts,
  outcomes,
  good: ['clean'],
  timeLimitMs: 30_000,
  prepare,
  describe: ({ host, address, port, watchMs }) => [
    `ip route get ${address ?? host}`,
    `cat /proc/net/dev /proc/net/snmp (twice, ${watchMs / 1000} s apart; also on the backend's side with --via backend)`,
    'ip link show dev INTERFACE; ethtool -S INTERFACE',
    `ss -tin dst ${address ?? host} and dport = :${port}`,
    'journalctl -t kernel, else dmesg',
  ],
  collect,
  classify,
});
