/** Check `http-request`: a few harmless GETs, marked and through the proxy with --url, else straight to the backend. Never a body. */
import { defineCheck } from '../check.ts';
import { nothing, talkTools } from '../may.ts';
import { classify, outcomes } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';

export const httpRequest = defineCheck({
  name: 'http-request',
  title: 'Sends a few GETs, each on a fresh connection: through the proxy with a mark that is found again in its logs, else to the backend',
  side: 'proxy',
  scope: 'backend',
  load: 'brief',
  action: null,
  sendsTraffic: true,
  needs: { commands: [], files: ['the proxy’s logs, to find the marked requests again'], rights: [] },
  may: (inputs) => ({
    ...nothing,
    starts: inputs.passive ? [] : talkTools,
    connects: inputs.passive ? [] : [inputs.url === null ? 'backend' : 'url', 'backend', 'name-server'],
  }),
  parameters,
  facts,
  outcomes,
  good: ['answered'],
  timeLimitMs: 60_000,
  prepare,
  describe: ({ url, count, timeoutSeconds }) => [
    `curl -sS -o /dev/null -w '%{http_code} %{time_total}\\n' --max-time ${timeoutSeconds} '${url}'   # ${count} times`,
  ],
  collect,
  classify,
});
