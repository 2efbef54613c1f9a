import { filter } from '../faults.ts';
import type { Scene, World } from '../world.ts';
import { connectTimedOut, refused, traffic } from './common.ts';

const burst = (requests: number): Scene => traffic(requests, { atOnce: 40, perSecond: 2000 });

/** A quiet stream of visits with three rushes in it. */
const rushes = (perRush: number): readonly (readonly Scene[])[] => [
  [traffic(90, { perSecond: 8 })],
  [0, 1, 2].flatMap((): Scene[] => [{ do: 'idle', seconds: 2 }, burst(perRush)]),
];

export const backendOverloaded: readonly World[] = [
  {
    name: 'accept-queue-full',
    title: 'In rushes more connections come than the backend accepts: its accept queue is full and the kernel drops the rest.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/" connectiontimeout=1 timeout=10 disablereuse=On
</VirtualHost>`,
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D' },
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { busyMs: 50, backlog: 3 } }],
    story: [{ do: 'together', stories: rushes(50), when: { from: '2h', to: '5s' } }],
    logged: { error: [{ has: connectTimedOut, atLeast: 30 }], statuses: { 200: 100, 503: 30 } },
    runs: [
      { name: 'as it is', expect: { first: 'backend-overloaded', atLeast: 'likely', backend: '{app}', frequency: 'clusters' } },
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'backend-overloaded', atLeast: 'likely', backend: '{app}', frequency: 'clusters' },
      },
    ],
  },
  {
    name: 'connection-limit',
    title: 'The backend’s host lets in a few connections at a time and refuses more: rushes are refused, the quiet between them is served.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      site: `
<Location "/">
  ProxyPass "http://{app}/" disablereuse=On timeout=10
</Location>`,
      accessLog: { path: 'var/shop-access.log', format: 'common' },
      errorLog: { path: 'var/shop-error.log' },
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { answerAfterMs: 200 } }],
    faults: [
      filter(
        'be',
        '-A INPUT -p tcp --dport 9000 --syn -m connlimit --connlimit-above 8 --connlimit-mask 0 -j REJECT --reject-with tcp-reset',
      ),
    ],
    story: [{ do: 'together', stories: rushes(60), when: { from: '2h', to: '5s' } }],
    logged: { error: [{ has: refused, atLeast: 60 }], statuses: { 200: 100, 503: 60 } },
    runs: [
      { name: 'as it is', expect: { first: 'backend-overloaded', atLeast: 'likely', backend: '{app}', frequency: 'clusters' } },
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'backend-overloaded', atLeast: 'likely', backend: '{app}', frequency: 'clusters' },
      },
    ],
  },
];
