import { all, filter, setting } from '../faults.ts';
import type { Scene, World } from '../world.ts';
import { traffic, visits } from './common.ts';

const format = '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D %k %X';

/** Visits in waves of six, with quiet in which the pool's connections are idle. */
const waves = (count: number, everySeconds: number): Scene => traffic(count * 6, { atOnce: 6, inGroupsOf: 6, perSecond: 6 / everySeconds });

/** Slow enough that a wave takes six connections. */
const unhurried = { answerAfterMs: 40 } as const;

/** A firewall that forgets connections after an idle second and has its own way with packets that it then does not know. */
const forgetful = (answer: string) =>
  all(
    setting('fw', 'net.netfilter.nf_conntrack_tcp_timeout_established', '1'),
    setting('fw', 'net.netfilter.nf_conntrack_tcp_loose', '0'),
    filter('fw', '-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT'),
    filter('fw', '-A FORWARD -p tcp --syn -m conntrack --ctstate NEW -j ACCEPT'),
    filter('fw', '-A FORWARD -p icmp -j ACCEPT'),
    filter('fw', `-A FORWARD ${answer}`),
  );

export const keepaliveRace: readonly World[] = [
  {
    name: 'race-at-the-backend',
    title: 'The backend closes idle connections after a second, late when it is busy: requests meet the closing connection.',
    needsLive: 'what an idle connection comes to: in the log it is a connection that was reset',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/"
</VirtualHost>`,
      accessLog: { path: 'logs/access.log', format },
    },
    backends: [
      { name: 'app', on: 'be', port: 9000, plan: { keepAliveSeconds: 1, answerAfterMs: 30, pauses: { everyMs: 400, forMs: 300 } } },
    ],
    story: [traffic(90, { atOnce: 9, inGroupsOf: 9, perSecond: 8 })],
    logged: { error: [{ has: '(104)Connection reset by peer: [client', atLeast: 3 }], statuses: { 200: 50, 502: 3 } },
    runs: [{ name: 'as it is', expect: { first: 'keepalive-race', atLeast: 'likely', backend: '{app}' } }],
  },
  {
    name: 'reused-connections-reset',
    title: 'The backend resets a connection that is used again after a while; fresh connections are always served.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/"
</VirtualHost>`,
      accessLog: { path: 'logs/access.log', format },
    },
    backends: [
      {
        name: 'app',
        on: 'be',
        port: 9000,
        plan: { ...unhurried, rules: [{ on: 'reused', afterIdleMs: 700, deed: { do: 'reset', at: 'end' } }] },
      },
    ],
    story: [waves(10, 1)],
    logged: { error: [{ has: '(104)Connection reset by peer: [client', atLeast: 10 }], statuses: { 200: 20, 502: 10 } },
    runs: [
      { name: 'as it is', expect: { first: 'keepalive-race', atLeast: 'likely', backend: '{app}', pattern: 'none' } },
      {
        name: 'with leave to try without keepalive',
        allow: ['keepalive-toggle'],
        url: '/shop/items/1',
        meanwhile: visits(400, { atOnce: 4, perSecond: 4 }),
        expect: { first: 'keepalive-race', atLeast: 'confirmed', backend: '{app}' },
      },
    ],
  },
  {
    name: 'firewall-forgets-and-resets',
    title: 'A stateful firewall in between forgets connections after an idle second and resets what comes on them later.',
    network: 'through-firewall',
    httpd: {
      layout: 'one-file',
      site: 'ProxyPass "/" "http://{app}/"',
      accessLog: { path: 'logs/access.log', format },
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: unhurried }],
    faults: [forgetful('-p tcp -j REJECT --reject-with tcp-reset')],
    story: [waves(6, 1.8)],
    logged: { error: [{ has: '(104)Connection reset by peer: [client', atLeast: 8 }], statuses: { 200: 10, 502: 8 } },
    runs: [{ name: 'as it is', expect: { first: 'keepalive-race', atLeast: 'likely', backend: '{app}' } }],
  },
  {
    name: 'firewall-forgets-and-drops',
    title:
      'A stateful firewall in between forgets connections after an idle second and drops what comes on them later: it looks like a stall.',
    needsLive: 'what an idle connection comes to: in the log it is a stall',
    network: 'through-firewall',
    httpd: {
      layout: 'one-file',
      server: 'ProxyTimeout 2',
      site: 'ProxyPass "/" "http://{app}/"',
      accessLog: { path: 'logs/access.log', format },
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: unhurried }],
    faults: [forgetful('-j DROP')],
    story: [waves(5, 3.6)],
    logged: { error: [{ has: '(70007)The timeout specified has expired: [client', atLeast: 6 }], statuses: { 200: 10, 502: 6 } },
    runs: [{ name: 'as it is', expect: { first: 'keepalive-race', atLeast: 'likely', backend: '{app}' } }],
  },
];
