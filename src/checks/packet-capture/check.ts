/** Check `packet-capture` (article A26–A29): a short capture of headers at the proxy, and at the backend where it can be reached. */
import { defineCheck } from '../check.ts';
import { nothing, talkTools } from '../may.ts';
import { classify, outcomes } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';
import { filterFor, tcpdumpArgv } from './tcpdump.ts';

export const packetCapture = defineCheck({
  name: 'packet-capture',
  title: 'Captures packet headers between proxy and backend, at both ends where it can, and tells who closed first and what was lost',
  side: 'proxy',
  scope: 'backend',
  load: 'holds',
  action: 'packet-capture',
  sendsTraffic: false,
  needs: { commands: [['tcpdump']], files: [], rights: ['capture packets (root, or CAP_NET_RAW for tcpdump)'] },
  may: (inputs) => ({
    ...nothing,
    starts: ['tcpdump', 'timeout', 'ip', ...(inputs.url === null ? [] : talkTools)],
    connects: inputs.url === null || inputs.passive ? ['name-server'] : ['url', 'name-server'],
    writes: ['case'],
  }),
  parameters,
  facts,
  outcomes,
  good: ['clean'],
  timeLimitMs: 330_000,
  prepare,
  describe: ({ target, seconds, packets, snapLength, url }) => {
    const addresses = target.addresses.length > 0 ? target.addresses : [target.host];
    const argv = tcpdumpArgv({ filter: `'${filterFor(addresses, target.port)}'`, packets, snapLength });
    return [
      `timeout -s INT ${seconds} ${argv.join(' ').replace(' -w -', ' -w capture.pcap')}`,
      `at the proxy, and at the backend where it can be reached: at most ${packets} packets, ${seconds} s, the first ${snapLength} bytes of each; the files stay in the case, readable by you alone`,
      ...(url === null ? [] : [`meanwhile GET ${url} through the proxy, once a second`]),
    ];
  },
  collect,
  classify,
});
