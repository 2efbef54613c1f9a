/** The check `proxy-resources`: what the proxy itself can run out of, now. */
import { defineCheck } from '../check.ts';
import type { Dialect } from '../dialect.ts';
import { nothing, talkTools } from '../may.ts';
import { classify } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';

const oldest = (dialect: Dialect | undefined): string => `$(pgrep -o "${dialect === 'nginx' ? 'nginx' : 'apache2|httpd'}")`;

export const proxyResources = defineCheck({
  name: 'proxy-resources',
  title: 'Looks whether the proxy itself is out of ports, descriptors, workers or connection tracking',
  side: 'proxy',
  scope: 'case',
  load: 'none',
  action: null,
  // One GET of httpd's own status page at most, and none with --passive; nothing goes to a backend.
  sendsTraffic: false,
  needs: {
    commands: [],
    files: ['/proc/net/tcp and /proc/net/tcp6', '/proc/sys/net and /proc/sys/fs', '/proc/PID/fd and /proc/PID/limits of httpd'],
    rights: ["count the descriptors of httpd's processes (root)"],
  },
  may: (inputs) => ({
    ...nothing,
    starts: ['conntrack', 'find', ...(inputs.passive ? [] : talkTools)],
    connects: inputs.passive ? [] : ['proxy'],
  }),
  parameters,
  facts,
  outcomes: {
    'at-limit': 'A resource of the proxy is used up, or was a moment ago',
    'near-limit': 'A resource of the proxy is used to more than four fifths',
    'within-limits': 'All that could be looked at is far from its limit',
  },
  good: ['within-limits'],
  timeLimitMs: 15_000,
  prepare,
  describe: ({ pid, statusPage, dialect }) => [
    'ss -tan',
    'cat /proc/sys/net/ipv4/ip_local_port_range /proc/sys/net/ipv4/ip_local_reserved_ports /proc/sys/net/ipv4/tcp_tw_reuse',
    `ls /proc/${pid ?? oldest(dialect)}/fd | wc -l; grep "open files" /proc/${pid ?? oldest(dialect)}/limits`,
    'cat /proc/sys/fs/file-nr /proc/net/sockstat /proc/sys/net/ipv4/tcp_mem',
    'cat /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max; conntrack -S',
    ...(statusPage === null
      ? []
      : [`curl -s -H 'Host: ${statusPage.host}' 'http://${statusPage.address}:${statusPage.port}${statusPage.path}?auto'`]),
  ],
  collect,
  classify,
});
