import { filter } from '../faults.ts';
import type { World } from '../world.ts';
import { refused, traffic, visits } from './common.ts';

/** The name server is refused: its host's own packet filter. */
const noNames = filter('px', '-A OUTPUT -p udp --dport 53 -j REJECT');

export const backendNotFound: readonly World[] = [
  {
    name: 'name-unknown',
    title: 'The name in ProxyPass does not exist.',
    network: 'loopback',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://app.invalid:8080/"
</VirtualHost>`,
    },
    backends: [],
    story: [traffic(40)],
    logged: { error: [{ has: 'AH00898: DNS lookup failure for: app.invalid', atLeast: 40 }], statuses: { 500: 40 } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-found', atLeast: 'confirmed', ongoing: true, backend: 'app.invalid:8080', frequency: 'every' },
      },
    ],
  },
  {
    name: 'address-unreachable',
    title: 'No host has the address in ProxyPass: nobody answers when the proxy asks who has it.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      site: 'ProxyPass "/" "http://192.0.2.77:8080/"',
      accessLog: { path: 'logs/access.log', format: 'common' },
    },
    backends: [],
    story: [traffic(12, { atOnce: 6 })],
    logged: { error: [{ has: '(113)No route to host: AH00957', atLeast: 12 }], statuses: { 503: 12 } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-found', atLeast: 'confirmed', ongoing: true, backend: '192.0.2.77:8080', frequency: 'every' },
      },
    ],
  },

  {
    name: 'name-server-fails',
    title: 'The name server cannot answer for the backend’s name: a failure of the name service, not of the backend.',
    network: 'two-hosts',
    names: { 'app.lab.example': 'server-failure' },
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  <Location "/">
    ProxyPass "http://app.lab.example:9000/"
  </Location>
</VirtualHost>`,
    },
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    story: [traffic(20)],
    logged: { error: [{ has: 'AH00898: DNS lookup failure for: app.lab.example', atLeast: 20 }], statuses: { 500: 20 } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-found', atLeast: 'likely', ongoing: true, backend: 'app.lab.example:9000', frequency: 'every' },
      },
    ],
  },
  {
    name: 'no-route',
    title: 'The proxy has no route to the backend’s network.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      site: `
<Proxy "balancer://shop">
  BalancerMember "http://203.0.113.9:9000" retry=0
</Proxy>
ProxyPass "/" "balancer://shop/"`,
    },
    backends: [],
    story: [traffic(40)],
    logged: { error: [{ has: '(101)Network is unreachable: AH00957', atLeast: 40 }], statuses: { 503: 40 } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-found', atLeast: 'confirmed', ongoing: true, backend: '203.0.113.9:9000', frequency: 'every' },
      },
    ],
  },
  {
    name: 'named-backend-down',
    title: 'Near miss: the name resolves; the backend behind it has ended.',
    network: 'two-hosts',
    names: { 'app.lab.example': ['{app.host}'] },
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://app.lab.example:9000/"
</VirtualHost>`,
    },
    backends: [{ name: 'app', on: 'be', port: 9000, runs: false }],
    story: [traffic(40)],
    logged: { error: [{ has: refused, atLeast: 40 }], statuses: { 503: 40 } },
    runs: [
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'backend-not-running', atLeast: 'confirmed', ongoing: true, frequency: 'every' },
      },
    ],
  },

  {
    name: 'name-came-back',
    title: 'For twenty minutes the backend’s name did not resolve; now it does and all is well.',
    network: 'two-hosts',
    names: { 'app.lab.example': ['{app.host}'] },
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://app.lab.example:9000/" disablereuse=On
</VirtualHost>`,
    },
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    story: [
      { do: 'traffic', traffic: visits(80), when: { from: '3h', to: '80m' } },
      { do: 'fault', fault: noNames },
      { do: 'traffic', traffic: visits(40), when: { from: '80m', to: '60m' } },
      { do: 'heal', fault: noNames },
      { do: 'traffic', traffic: visits(80), when: { from: '60m', to: '3s' } },
    ],
    logged: { error: [{ has: 'AH00898: DNS lookup failure for: app.lab.example', atLeast: 38 }], statuses: { 200: 155, 500: 38 } },
    runs: [{ name: 'as it is', expect: { first: 'backend-not-found', ongoing: false, frequency: 'every' } }],
  },
];
