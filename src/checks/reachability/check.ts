/** Check `reachability` (article A07, A08): does the backend's host answer in another way, and does the way carry large packets? */
import { defineCheck } from '../check.ts';
import { connectTools, nothing } from '../may.ts';
import { classify, outcomes } from './classify.ts';
import { collect } from './collect.ts';
import { pingCommand } from './echo.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';

export const reachability = defineCheck({
  name: 'reachability',
  title: "Looks whether the backend's host is there: route, neighbour table, ping, other ports, and the path's MTU",
  side: 'proxy',
  scope: 'backend',
  load: 'brief',
  action: null,
  sendsTraffic: true,
  readsWhenPassive: true,
  needs: { commands: [['ip'], ['ping', 'python3']], files: [], rights: [] },
  may: (inputs) => ({
    ...nothing,
    starts: ['ip', ...(inputs.passive ? [] : ['ping', ...connectTools])],
    connects: inputs.passive ? [] : ['backend', 'backend-host', 'name-server'],
  }),
  parameters,
  facts,
  outcomes,
  good: ['host-answers'],
  timeLimitMs: 30_000,
  prepare: (known) => prepare(known),
  describe: ({ host, address, daemon, otherPorts, send }) => {
    const at = address ?? host;
    return [
      `ip route get ${at}`,
      ...(daemon === null ? [] : [`ip route get ${at} uid ${daemon.uid}`]),
      `ip neigh show to ${at}`,
      ...(send
        ? [
            pingCommand(at, 3, null).join(' '),
            `one connect to each of the ports ${otherPorts.join(', ')} of ${at}`,
            `${pingCommand(at, 1, 1500).join(' ')} (as large as the device allows, then smaller)`,
          ]
        : []),
    ];
  },
  collect,
  classify,
});
