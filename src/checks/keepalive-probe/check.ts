/** Check `keepalive-probe` (article A20, A22, A23): asks the backend alone what it does with idle connections; changes nothing. */
import { defineCheck } from '../check.ts';
import { nothing, talkTools } from '../may.ts';
import { showEndpoint } from '../../httpd/wire/endpoint.ts';
import { classify, outcomes } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';

export const keepaliveProbe = defineCheck({
  name: 'keepalive-probe',
  title: 'Uses connections of its own to the backend again after ever longer idle times, and notes when they end',
  side: 'proxy',
  scope: 'backend',
  load: 'holds',
  action: null,
  sendsTraffic: true,
  needs: { commands: [], files: [], rights: [] },
  may: (inputs) => ({ ...nothing, starts: inputs.passive ? [] : talkTools, connects: inputs.passive ? [] : ['backend', 'name-server'] }),
  parameters,
  facts,
  outcomes,
  good: ['no-race'],
  // The probe's own bound, and time for a last answer.
  timeLimitMs: 45_000,
  prepare,
  describe: ({ target, path, seconds }) => {
    const at = `${target.secure ? 'https' : 'http'}://${showEndpoint(target.host, target.port)}${path}`;
    return [
      `at most two connections at a time to ${showEndpoint(target.host, target.port)}, for up to ${seconds} s: GET ${path}, wait, GET ${path} again`,
      `curl -sv -o /dev/null ${at} --next -sv -o /dev/null ${at}`,
    ];
  },
  collect,
  classify,
});
