import type { World } from '../world.ts';
import { behindSocket, refused, traffic, visits } from './common.ts';

export const backendNotRunning: readonly World[] = [
  {
    name: 'backend-down',
    title: 'The backend on this machine has ended; every request is refused.',
    network: 'loopback',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass        "/" "http://{app}/"
  ProxyPassReverse "/" "http://{app}/"
</VirtualHost>`,
    },
    backends: [{ name: 'app', on: 'px', port: 9000 }],
    story: [traffic(30), { do: 'stop', backend: 'app' }, traffic(60)],
    logged: { error: [{ has: refused, atLeast: 60 }], statuses: { 200: 30, 503: 60 } },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: 'backend-not-running',
          atLeast: 'confirmed',
          ongoing: true,
          backend: '{app}',
          frequency: 'every',
          pattern: 'none',
        },
      },
    ],
  },
  {
    name: 'balancer-one-member-down',
    title: 'One of two balancer members has ended; the other takes over and the clients notice nothing.',
    network: 'three-hosts',
    httpd: {
      layout: 'debian',
      site: `
<Proxy "balancer://shop">
  BalancerMember "http://{one}" retry=1
  BalancerMember "http://{two}" retry=1
</Proxy>
ProxyPass "/" "balancer://shop/"`,
      accessLog: { path: 'logs/access.log', format: 'common' },
    },
    backends: [
      { name: 'one', on: 'be', port: 8080 },
      { name: 'two', on: 'be2', port: 8080, runs: false },
    ],
    story: [traffic(120, { perSecond: 30 })],
    logged: {
      error: [
        { has: `${refused}: http: attempt to connect to 203.0.113.2:8080`, atLeast: 3 },
        { has: 'AH00959', atLeast: 3 },
      ],
      never: ['AH01170'],
      statuses: { 200: { min: 120 } },
    },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-running', atLeast: 'likely', atMost: 'likely', ongoing: true, backend: '{two}', frequency: 'every' },
      },
      {
        name: 'with a vantage on the side of the member that is down',
        via: 'be2',
        expect: { first: 'backend-not-running', atLeast: 'confirmed', ongoing: true, backend: '{two}', frequency: 'every' },
      },
    ],
  },
  {
    name: 'balancer-all-down-no-recovery',
    title: 'Both members of a balancer with forcerecovery=Off have ended: few attempts, and 503 without one in between.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      site: `
<Proxy "balancer://shop">
  BalancerMember "http://{one}"
  BalancerMember "http://{two}"
  ProxySet forcerecovery=Off
</Proxy>
<Location "/shop">
  ProxyPass "balancer://shop/shop"
</Location>`,
    },
    backends: [
      { name: 'one', on: 'be', port: 9001, runs: false },
      { name: 'two', on: 'be', port: 9002, runs: false },
    ],
    story: [traffic(80)],
    logged: {
      error: [
        { has: refused, atLeast: 2 },
        { has: 'AH01170: balancer://shop: All workers are in error state', atLeast: 60 },
      ],
      statuses: { 503: 80 },
    },
    runs: [
      {
        name: 'with a vantage on the backends’ side',
        via: 'be',
        expect: { first: 'backend-not-running', atLeast: 'confirmed', ongoing: true, frequency: 'every' },
      },
      { name: 'as it is', expect: { first: 'backend-not-running', atLeast: 'likely', ongoing: true, frequency: 'every' } },
    ],
  },

  {
    name: 'backend-down-elsewhere',
    title: 'The backend on another host has ended; the host itself is well.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      mpm: 'prefork',
      site: `
RewriteEngine On
RewriteRule "^/shop/(.*)$" "http://{app}/shop/$1" [P]`,
      errorLog: { path: 'logs/error.log', format: '[%{cu}t] [%m:%l] [pid %P] %E: [client %a] %M' },
    },
    backends: [{ name: 'app', on: 'be', port: 9000, runs: false }],
    story: [traffic(60)],
    logged: {
      error: [
        { has: 'AH00957', atLeast: 60 },
        { has: '(111)Connection refused', atLeast: 60 },
      ],
      statuses: { 503: 60 },
    },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-running', atLeast: 'likely', atMost: 'likely', ongoing: true, backend: '{app}', frequency: 'every' },
      },
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'backend-not-running', atLeast: 'confirmed', ongoing: true, backend: '{app}', frequency: 'every' },
      },
    ],
  },
  {
    name: 'wrong-port',
    title: 'ProxyPass names a port on which nothing listens; the application listens on another one.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  <Location "/shop">
    ProxyPass        "http://192.0.2.2:9010/shop"
    ProxyPassReverse "http://192.0.2.2:9010/shop"
  </Location>
</VirtualHost>`,
      accessLog: { path: 'logs/access.log', format: 'vhost_combined' },
    },
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    story: [traffic(60)],
    logged: { error: [{ has: refused, atLeast: 60 }], statuses: { 503: 60 } },
    runs: [
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'backend-not-running', atLeast: 'confirmed', ongoing: true, backend: '192.0.2.2:9010', frequency: 'every' },
      },
    ],
  },
  {
    name: 'restart-outage',
    title: 'The backend was down for a while an hour ago; inside of that nothing succeeded, before and after all was well.',
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
    },
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    story: [
      { do: 'traffic', traffic: visits(120), when: { from: '3h', to: '65m' } },
      { do: 'stop', backend: 'app' },
      { do: 'traffic', traffic: visits(60), when: { from: '65m', to: '45m' } },
      { do: 'start', backend: 'app' },
      { do: 'traffic', traffic: visits(120), when: { from: '45m', to: '5s' } },
    ],
    logged: { error: [{ has: refused, atLeast: 55 }], statuses: { 200: 230, 503: 55 } },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: 'backend-not-running',
          atMost: 'likely',
          ongoing: false,
          backend: '{app}',
          frequency: 'every',
          notConfirmed: ['backend-overloaded'],
        },
      },
    ],
  },
  {
    name: 'errors-of-yesterday',
    title: 'Yesterday the backend was down for an hour; since then all is well.',
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
    },
    backends: [{ name: 'app', on: 'be', port: 9000, runs: false }],
    story: [
      { do: 'traffic', traffic: visits(60), when: { from: '26h', to: '25h' } },
      { do: 'start', backend: 'app' },
      { do: 'traffic', traffic: visits(160), when: { from: '25h', to: '3s' } },
    ],
    logged: { error: [{ has: refused, atLeast: 60 }], statuses: { 200: 160, 503: 60 } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-running', atMost: 'likely', ongoing: false, backend: '{app}', frequency: 'every' },
      },
      { name: 'asked about the last two hours', args: ['--since', '2h'], expect: { first: 'no-proxy-errors', atLeast: 'likely' } },
    ],
  },
  {
    name: 'socket-file-without-a-listener',
    title: 'The backend behind a socket in the file system has ended, and its file is still there.',
    ...behindSocket('666'),
    story: [traffic(20), { do: 'stop', backend: 'app' }, traffic(40)],
    logged: { error: [{ has: '(111)Connection refused: AH02454', atLeast: 40 }], statuses: { 200: 20, 503: 40 } },
    runs: [{ name: 'as it is', expect: { first: 'backend-not-running', atLeast: 'confirmed', ongoing: true, backend: '{app}', frequency: 'every' } }],
  },
];
