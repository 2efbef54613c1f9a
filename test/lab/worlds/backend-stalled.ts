import { setting } from '../faults.ts';
import type { World } from '../world.ts';
import { traffic } from './common.ts';

export const backendStalled: readonly World[] = [
  {
    name: 'stall-until-timeout',
    title: 'The backend takes one kind of request and never answers it; the proxy gives up after ProxyTimeout.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      server: 'ProxyTimeout 3',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/"
</VirtualHost>`,
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D' },
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { rules: [{ path: '/shop/report', deed: { do: 'stall', at: 'end' } }] } }],
    story: [
      traffic(150, {
        atOnce: 12,
        kinds: [
          { path: '/shop/items/{n}', weight: 8 },
          { path: '/shop/report/{n}', weight: 2 },
        ],
      }),
    ],
    logged: {
      error: [
        { has: '(70007)The timeout specified has expired: ', atLeast: 20 },
        { has: 'AH01102: error reading status line', atLeast: 20 },
      ],
      statuses: { 200: 100, 502: 20 },
    },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: 'backend-stalled',
          atLeast: 'likely',
          ongoing: true,
          backend: '{app}',
          pattern: { method: 'GET', path: '/shop/report/{id}' },
        },
      },
    ],
  },

  {
    name: 'stops-reading',
    title: 'The backend stops reading big uploads after their head: the proxy cannot get rid of the body and answers 504.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      site: `
<Location "/upload">
  ProxyPass "http://{app}/upload" timeout=2
</Location>
ProxyPass "/" "http://{app}/" timeout=2`,
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %{ms}T' },
    },
    backends: [
      { name: 'app', on: 'be', port: 9000, plan: { rules: [{ method: 'POST', path: '/upload', deed: { do: 'stall', at: 'head' } }] } },
    ],
    faults: [setting('be', 'net.ipv4.tcp_rmem', '4096 16384 32768'), setting('px', 'net.ipv4.tcp_wmem', '4096 16384 65536')],
    story: [
      traffic(80, {
        atOnce: 12,
        kinds: [
          { path: '/shop/items/{n}', weight: 7 },
          { method: 'POST', path: '/upload/{n}', weight: 3, bodyBytes: 1_000_000 },
        ],
      }),
    ],
    logged: {
      error: [
        { has: '(70007)The timeout specified has expired: [client', atLeast: 15 },
        { has: 'AH01084: pass request body failed', atLeast: 15 },
      ],
      statuses: { 200: 40, 504: 15 },
    },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-stalled', atLeast: 'likely', backend: '{app}', pattern: { method: 'POST', path: '/upload/{id}' } },
      },
    ],
  },
  {
    name: 'hangs-altogether',
    title: 'The backend accepts connections and never says a word: every request runs into the timeout.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyTimeout 2
  ProxyPassMatch "^/(shop/.*)$" "http://{app}/$1"
</VirtualHost>`,
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %T' },
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { onConnect: 'nothing' } }],
    story: [traffic(40, { atOnce: 20 })],
    logged: {
      error: [
        { has: '(70007)The timeout specified has expired: [client', atLeast: 40 },
        { has: 'AH01102', atLeast: 40 },
      ],
      statuses: { 502: 40 },
    },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-stalled', atLeast: 'likely', ongoing: true, backend: '{app}', frequency: 'every', pattern: 'none' },
      },
    ],
  },
];
