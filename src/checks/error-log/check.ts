/** The check `error-log`: what the proxy's error log says of each backend in the window, how often it fails and whether it still does. */
import { defineCheck } from '../check.ts';
import { nothing } from '../may.ts';
import { describeLogs, logsTimeLimitMs } from '../logs/describe.ts';
import { parameters, prepareLogs } from '../logs/parameters.ts';
import { classify, outcomes } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';

export const errorLog = defineCheck({
  name: 'error-log',
  title: "Reads the proxy's error log: which backend fails, in which way, how often, since when, and whether it still does",
  side: 'proxy',
  scope: 'case',
  load: 'none',
  action: null,
  sendsTraffic: false,
  needs: {
    commands: [],
    files: ['the error log', 'the access log, for what succeeded in between'],
    rights: ['read the error log (root, or the group that owns it: adm on Debian)'],
  },
  may: () => nothing,
  parameters,
  facts,
  outcomes,
  good: ['no-failures'],
  timeLimitMs: logsTimeLimitMs,
  prepare: (known, set) => prepareLogs(known, 'error-log', set),
  describe: (logs) => describeLogs(logs, 'error-log'),
  collect,
  classify,
});
