/** Check `tcp-connect` (article A15, A16): connects from the proxy to the backend, again and again. */
import { defineCheck } from '../check.ts';
import { firewallCommands } from '../backend-process/read-firewall.ts';
import { connectTools, nothing } from '../may.ts';
import { showEndpoint } from '../../httpd/wire/endpoint.ts';
import { classify, outcomes } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';
import { captureCommand } from './refused-by.ts';

export const tcpConnect = defineCheck({
  name: 'tcp-connect',
  title: 'Connects to every address of the backend again and again, and closes at once',
  side: 'proxy',
  scope: 'backend',
  load: 'brief',
  action: null,
  sendsTraffic: true,
  needs: {
    commands: [],
    files: [],
    rights: ["connect as httpd's user (root)", 'read the proxy’s own packet filter where no connect is accepted (root)', 'tell a reset from a firewall’s ICMP (root, --allow packet-capture)'],
  },
  may: (inputs) => ({
    ...nothing,
    starts: ['id', ...connectTools, 'iptables-save', 'ip6tables-save', 'nft', ...(inputs.allow.includes('packet-capture') ? ['tcpdump', 'timeout'] : [])],
    connects: inputs.passive ? [] : ['backend', 'name-server'],
  }),
  parameters,
  facts,
  outcomes,
  good: ['connected'],
  // The attempts have a bound of their own, in which what was asked for (`--count`) fits.
  timeLimitMs: 900_000,
  prepare,
  describe: ({ host, port, count, intervalMs, daemon, capture }) => host.startsWith('/') ? [`${count} connects to the socket ${host}, each ended at once (by hand: nc -zvU ${host})`, ...(daemon === null ? [] : [`up to 3 connects as ${daemon.user} (uid ${daemon.uid}); modes and owners of the file and its folders (namei -l ${host})`])] : [
    `${count} connects to ${showEndpoint(host, port)}, one every ${intervalMs} ms, each ended at once (by hand: nc -vz -w 3 ${host} ${port})`,
    ...(daemon === null
      ? []
      : [`up to 3 connects as ${daemon.user} (uid ${daemon.uid}): setpriv --reuid ${daemon.uid} nc -vz -w 3 ${host} ${port}`]),
    `where none is accepted, the proxy's own packet filter: ${firewallCommands.join('; ')}`,
    ...(capture ? [captureCommand({ address: host, port }).join(' ')] : []),
  ],
  collect,
  classify,
});
