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
];
