import type { World } from '../world.ts';
import { refused, traffic } from './common.ts';

export const severalCauses: readonly World[] = [
  {
    name: 'one-down-one-stalling',
    title: 'Two applications behind one proxy: one has ended, the other stalls on its reports.',
    network: 'three-hosts',
    httpd: {
      layout: 'debian',
      server: 'ProxyTimeout 2',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/search" "http://{search}/search"
  ProxyPass "/" "http://{app}/"
</VirtualHost>`,
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D' },
    },
    backends: [
      { name: 'app', on: 'be', port: 9000, plan: { rules: [{ path: '/shop/report', deed: { do: 'stall', at: 'end' } }] } },
      { name: 'search', on: 'be2', port: 9200, runs: false },
    ],
    story: [
      traffic(160, {
        atOnce: 12,
        kinds: [
          { path: '/shop/items/{n}', weight: 6 },
          { path: '/search?q={n}', weight: 3 },
          { path: '/shop/report/{n}', weight: 1 },
        ],
      }),
    ],
    logged: {
      error: [
        { has: refused, atLeast: 30 },
        { has: 'AH01102', atLeast: 10 },
      ],
      statuses: { 200: 80, 502: 10, 503: 30 },
    },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-running', atLeast: 'likely', ongoing: true, backend: '{search}', also: ['backend-stalled'] },
      },
    ],
  },
  {
    name: 'resets-uploads-and-stalls-on-reports',
    title: 'One application with two faults: it resets uploads in the middle of the body, and never answers for its reports.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      server: 'ProxyTimeout 2',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/"
</VirtualHost>`,
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D' },
    },
    backends: [
      {
        name: 'app',
        on: 'be',
        port: 9000,
        plan: {
          rules: [
            { method: 'POST', path: '/upload', deed: { do: 'reset', at: 'body', afterBytes: 200_000 } },
            { path: '/report', deed: { do: 'stall', at: 'end' } },
          ],
        },
      },
    ],
    story: [
      traffic(170, {
        atOnce: 12,
        kinds: [
          { path: '/shop/items/{n}', weight: 12 },
          { method: 'POST', path: '/upload/{n}', weight: 3, bodyBytes: 2_000_000 },
          { path: '/report/{n}', weight: 2 },
        ],
      }),
    ],
    logged: {
      error: [
        { has: '(104)Connection reset by peer', atLeast: 20 },
        { has: '(70007)The timeout specified has expired', atLeast: 15 },
      ],
      statuses: { 200: 100, 502: 40 },
    },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: 'backend-crashed',
          atLeast: 'likely',
          ongoing: true,
          backend: '{app}',
          pattern: { method: 'POST', path: '/upload/{id}' },
          also: ['backend-stalled'],
        },
      },
    ],
  },
  {
    name: 'outage-over-and-stalls-now',
    title: 'The application was down for a while and is up again; since then it never answers for its reports, which few ask for.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      server: 'ProxyTimeout 2',
      site: 'ProxyPass "/" "http://{app}/"',
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D' },
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { rules: [{ path: '/report', deed: { do: 'stall', at: 'end' } }] } }],
    story: [
      traffic(60),
      { do: 'stop', backend: 'app' },
      traffic(200, { atOnce: 8, perSecond: 80 }),
      { do: 'start', backend: 'app' },
      traffic(120, {
        atOnce: 12,
        kinds: [
          { path: '/shop/items/{n}', weight: 10 },
          { path: '/report/{n}', weight: 1 },
        ],
      }),
    ],
    logged: {
      error: [
        { has: refused, atLeast: 150 },
        { has: 'AH01102', atLeast: 8 },
      ],
      statuses: { 200: 120, 502: 8, 503: 150 },
    },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: 'backend-stalled',
          atLeast: 'likely',
          ongoing: true,
          backend: '{app}',
          pattern: { method: 'GET', path: '/report/{id}' },
          also: ['backend-not-running'],
        },
      },
    ],
  },
];
