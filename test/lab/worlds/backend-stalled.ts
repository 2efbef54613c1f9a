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
];
