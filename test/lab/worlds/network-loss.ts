import { all, filter, ip } from '../faults.ts';
import type { World } from '../world.ts';
import { traffic } from './common.ts';

const site = `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/" timeout=2 connectiontimeout=2
</VirtualHost>`;
const format = '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D %X';

export const networkLoss: readonly World[] = [
  {
    name: 'loss-one-way',
    title: 'Most of what the backend sends in big packets is lost on its way to the proxy.',
    needsLive: 'what the backend’s side sends again: in the log it is a stall',
    network: 'through-firewall',
    httpd: { layout: 'debian', site, accessLog: { path: 'logs/access.log', format } },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { answerBytes: 30_000 } }],
    faults: [
      filter('fw', '-A FORWARD -s 198.51.100.2 -p tcp -m length --length 300: -m statistic --mode random --probability 0.6 -j DROP'),
    ],
    story: [traffic(60, { atOnce: 20, perSecond: 20 })],
    logged: { error: [{ has: '(70007)The timeout specified has expired', atLeast: 10 }] },
    runs: [
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'network-loss', atLeast: 'likely', backend: '{app}' },
      },
      {
        name: 'as it is',
        expect: { first: ['network-loss', 'backend-stalled', 'undetermined'], atMost: 'likely', notConfirmed: ['backend-stalled'] },
      },
    ],
  },
  {
    name: 'mtu-hole',
    title: 'A link in between carries only small packets and nobody says so: big answers hang, small ones pass.',
    needsLive: 'whether large packets pass: in the log it is a stall of one operation',
    network: 'through-firewall',
    httpd: { layout: 'debian', site, accessLog: { path: 'logs/access.log', format } },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { rules: [{ path: '/shop/catalog', deed: { do: 'answer', bytes: 40_000 } }] } }],
    faults: [all(ip('fw', 'link set eth0 mtu 1300'), filter('fw', '-A OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP'))],
    story: [
      traffic(80, {
        atOnce: 20,
        kinds: [
          { path: '/shop/items/{n}', weight: 7 },
          { path: '/shop/catalog/{n}', weight: 3 },
        ],
      }),
    ],
    logged: { error: [{ has: '(70007)The timeout specified has expired', atLeast: 15 }], statuses: { 200: 40 } },
    runs: [{ name: 'as it is', expect: { first: 'network-loss', atLeast: 'likely', backend: '{app}' } }],
  },
];
