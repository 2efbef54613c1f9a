/** The check `access-log`: which requests failed, what they have in common, how long they took, and whose errors they are. */
import { defineCheck } from '../check.ts';
import { nothing } from '../may.ts';
import { describeLogs, logsTimeLimitMs } from '../logs/describe.ts';
import { parameters, prepareLogs } from '../logs/parameters.ts';
import { classify, outcomes } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';

export const accessLog = defineCheck({
  name: 'access-log',
  title:
    "Reads the proxy's access log: which requests fail, what they have in common, how long they take, and whether the application itself sent the errors",
  side: 'proxy',
  scope: 'case',
  load: 'none',
  action: null,
  sendsTraffic: false,
  needs: {
    commands: [],
    files: ['the access log', 'the error log, to match its lines'],
    rights: ['read the access log (root, or the group that owns it: adm on Debian)'],
  },
  may: () => nothing,
  parameters,
  facts,
  outcomes,
  good: ['no-failures'],
  timeLimitMs: logsTimeLimitMs,
  prepare: (known, set) => prepareLogs(known, 'access-log', set),
  describe: (logs) => describeLogs(logs, 'access-log'),
  collect,
  classify,
});
