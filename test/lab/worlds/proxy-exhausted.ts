import { setting } from '../faults.ts';
import type { World } from '../world.ts';
import { traffic, visits } from './common.ts';

export const proxyExhausted: readonly World[] = [
  {
    name: 'local-ports',
    title: 'The proxy has thirty local ports towards the backend, and more requests at a time than that.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/" disablereuse=On
</VirtualHost>`,
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { answerAfterMs: 500 } }],
    faults: [setting('px', 'net.ipv4.ip_local_port_range', '40000 40029')],
    story: [traffic(200, { atOnce: 46, perSecond: 120, keepalive: true, clients: 20 })],
    logged: { error: [{ has: '(99)Cannot assign requested address: AH00957', atLeast: 20 }], statuses: { 503: 20 } },
    runs: [
      {
        name: 'while it goes on',
        meanwhile: visits(6000, { atOnce: 46, perSecond: 120, keepalive: true, clients: 20 }),
        expect: { first: 'proxy-exhausted', atLeast: 'likely', ongoing: true },
      },
      { name: 'when the rush is over', expect: { first: 'proxy-exhausted', atLeast: 'possible' } },
    ],
  },
  {
    name: 'open-files',
    title: 'httpd may open too few files: it cannot make sockets towards the backend.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      site: 'ProxyPass "/" "http://{app}/"',
      openFiles: 60,
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { answerAfterMs: 500 } }],
    // The clients alone leave files free, with a socket to the backend for each there are too few: else httpd fails at accept, and ends.
    story: [traffic(150, { atOnce: 26, perSecond: 100, patienceSeconds: 5 })],
    logged: { error: [{ has: '(24)Too many open files', atLeast: 1 }], statuses: { 503: 5, none: { max: 0 } } },
    runs: [{ name: 'as it is', expect: { first: 'proxy-exhausted', atLeast: 'likely' } }],
  },
  {
    name: 'workers',
    title: 'All workers of httpd are busy with slow answers: the others wait in line.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      mpm: 'event',
      server: 'ServerLimit 1\nThreadsPerChild 5\nMaxRequestWorkers 5',
      site: 'ProxyPass "/" "http://{app}/"',
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { answerAfterMs: 600 } }],
    story: [traffic(40, { atOnce: 20, perSecond: 40, patienceSeconds: 8 })],
    logged: { error: [{ has: 'AH00484: server reached MaxRequestWorkers' }] },
    runs: [{ name: 'as it is', expect: { first: 'proxy-exhausted', atLeast: 'likely' } }],
  },
  {
    name: 'pool-exhausted',
    title: 'The worker’s pool of connections (max=2) is too small: requests wait for a free one until acquire= ends.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/" max=2 acquire=200
</VirtualHost>`,
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { answerAfterMs: 400 } }],
    story: [traffic(60, { atOnce: 20, perSecond: 40 })],
    logged: { error: [{ has: '(70007)The timeout specified has expired: AH00941', atLeast: 20 }], statuses: { 503: 20 } },
    runs: [{ name: 'as it is', expect: { first: 'proxy-exhausted', atLeast: 'likely' } }],
  },
];
