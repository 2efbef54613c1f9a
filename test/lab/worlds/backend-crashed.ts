import type { World } from '../world.ts';
import { traffic } from './common.ts';

export const backendCrashed: readonly World[] = [
  {
    name: 'reset-in-body',
    title: 'The backend resets the connection while it reads the body of an upload; everything else works.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/" timeout=10
</VirtualHost>`,
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D %k %X %{proxy-status}n' },
    },
    backends: [
      {
        name: 'app',
        on: 'be',
        port: 9000,
        plan: { rules: [{ method: 'POST', path: '/upload', deed: { do: 'reset', at: 'body', afterBytes: 200_000 } }] },
      },
    ],
    story: [
      traffic(120, {
        kinds: [
          { path: '/shop/items/{n}', weight: 7 },
          { method: 'POST', path: '/shop/orders', weight: 2, bodyBytes: 800 },
          { method: 'POST', path: '/upload/{n}', weight: 3, bodyBytes: 2_000_000 },
        ],
      }),
    ],
    logged: { error: [{ has: 'AH01084: pass request body failed to 192.0.2.2:9000', atLeast: 20 }], statuses: { 200: 80 } },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: 'backend-crashed',
          atLeast: 'likely',
          ongoing: true,
          backend: '{app}',
          pattern: { method: 'POST', path: '/upload/{id}' },
        },
      },
    ],
  },

  {
    name: 'close-in-body',
    title: 'The backend closes the connection properly while an upload is still coming.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      server: 'ProxyTimeout 5',
      site: `
<Location "/upload">
  ProxyPass "http://{app}/upload"
</Location>
<Location "/shop">
  ProxyPass "http://{app}/shop"
</Location>`,
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %{ms}T' },
    },
    backends: [
      {
        name: 'app',
        on: 'be',
        port: 9000,
        plan: { rules: [{ method: 'POST', path: '/upload', deed: { do: 'close', at: 'body', afterBytes: 100_000 } }] },
      },
    ],
    story: [
      traffic(120, {
        kinds: [
          { path: '/shop/items/{n}', weight: 7 },
          { method: 'POST', path: '/upload/{n}', weight: 3, bodyBytes: 1_500_000 },
        ],
      }),
    ],
    logged: { error: [{ has: '192.0.2.2:9000', atLeast: 20 }], statuses: { 200: 70, 502: 20 } },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: 'backend-crashed',
          atLeast: 'likely',
          ongoing: true,
          backend: '{app}',
          pattern: { method: 'POST', path: '/upload/{id}' },
        },
      },
    ],
  },
  {
    name: 'no-answer-on-fresh-connections',
    title: 'The backend closes every fourth connection without an answer. No connection is ever reused, so it is no keepalive race.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      site: `
RewriteEngine On
RewriteRule "^/(.*)$" "http://{app}/$1" [P]`,
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { rules: [{ every: 4, deed: { do: 'close', at: 'end', afterMs: 300 } }] } }],
    story: [traffic(120, { atOnce: 12 })],
    logged: {
      error: [
        { has: '(20014)Internal error', atLeast: 25 },
        { has: 'AH01102: error reading status line', atLeast: 25 },
      ],
      statuses: { 200: 80, 502: 25 },
    },
    runs: [{ name: 'as it is', expect: { first: 'backend-crashed', atLeast: 'likely', ongoing: true, backend: '{app}', pattern: 'none' } }],
  },
  {
    name: 'answer-cut',
    title: 'The backend breaks off in the middle of some answers: the access log says 200, the error log knows better.',
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
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %X %D' },
    },
    backends: [
      {
        name: 'app',
        on: 'be',
        port: 9000,
        plan: { answerBytes: 60_000, rules: [{ path: '/shop/export', deed: { do: 'reset', at: 'answer', afterMs: 20 } }] },
      },
    ],
    story: [
      traffic(120, {
        kinds: [
          { path: '/shop/items/{n}', weight: 7 },
          { path: '/shop/export/{n}', weight: 3 },
        ],
      }),
    ],
    logged: { error: [{ has: 'AH01110: error reading response', atLeast: 20 }], statuses: { 200: 70 } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-crashed', atLeast: 'likely', backend: '{app}', pattern: { method: 'GET', path: '/shop/export/{id}' } },
      },
    ],
  },
  {
    name: 'process-dies',
    title: 'One kind of request kills the backend’s process; it is started again at once.',
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
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { rules: [{ path: '/shop/export', deed: { do: 'die' } }] } }],
    story: [
      traffic(150, {
        atOnce: 2,
        perSecond: 16,
        kinds: [
          { path: '/shop/items/{n}', weight: 19 },
          { path: '/shop/export/{n}', weight: 1 },
        ],
      }),
    ],
    logged: { error: [{ has: 'AH01102', atLeast: 5 }], statuses: { 200: 80, 502: 5 } },
    runs: [
      { name: 'as it is', expect: { first: 'backend-crashed', atLeast: 'likely', backend: '{app}' } },
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'backend-crashed', atLeast: 'likely', backend: '{app}' },
      },
    ],
  },
  {
    name: 'accepts-then-resets',
    title: 'Something accepts every connection and resets it at once.',
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
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { onConnect: 'reset' } }],
    story: [traffic(60)],
    logged: { error: [{ has: '(104)Connection reset by peer', atLeast: 60 }], statuses: { 200: { max: 0 } } },
    runs: [{ name: 'as it is', expect: { first: 'backend-crashed', atLeast: 'likely', ongoing: true, backend: '{app}' } }],
  },
];
