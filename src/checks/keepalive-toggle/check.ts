/** The article's experiment on the running proxy (A20–A23), bounded in time and always undone. */
import { defineCheck } from '../check.ts';
import { httpdCommands, nameOf, nothing } from '../may.ts';
import { classify, type Outcome } from './classify.ts';
import { collect } from './collect.ts';
import { lineOf } from './directive.ts';
import { facts, type KeepaliveToggleFacts } from './facts.ts';
import { type Parameters, parameters, prepare } from './parameters.ts';

export const keepaliveToggle = defineCheck<Parameters, KeepaliveToggleFacts, Outcome>({
  name: 'keepalive-toggle',
  title: 'Keeps the proxy from reusing connections for a bounded time, compares failures before and during, and puts it back',
  side: 'proxy',
  scope: 'backend',
  load: 'holds',
  action: 'keepalive-toggle',
  sendsTraffic: false,
  needs: { commands: [], files: ['the access log', 'httpd’s configuration'], rights: ['write httpd’s configuration and reload it (root)'] },
  may: (inputs) =>
    inputs.passive
      ? nothing
      : {
          // The supervisor is this program once more.
          starts: [...httpdCommands(inputs), nameOf(process.execPath)],
          connects: ['proxy', ...(inputs.url === null ? [] : ['url' as const])],
          writes: ['changes', 'httpd-configuration'],
          signals: ['httpd'],
        },
  parameters,
  facts,
  outcomes: {
    helped: 'The failures vanish without reuse',
    'no-change': 'The failures go on without reuse',
    'too-little-traffic': 'Too little traffic to tell',
    worse: 'It got worse, and was put back at once',
  },
  good: ['helped', 'no-change'],
  timeLimitMs: 180_000,
  prepare,
  describe: (given) => [
    given.placement.kind === 'block' ? `add at the end of ${given.placement.file}:` : `make ${given.placement.folder}/zz-proxy-doctor-ID.conf with:`,
    `+ ${lineOf(given.directive, new Date(Date.now() + given.seconds * 1000))}`,
    `${given.httpd.binary} -t, then reload gracefully (SIGUSR1 to ${given.httpd.pid})`,
    `watch the access log for at most ${given.seconds} s; stop when it is clear or gets worse`,
    'put it back: same bytes, mode and owner, syntax test, reload; a supervisor does so even if this program dies',
  ],
  collect,
  classify,
});
