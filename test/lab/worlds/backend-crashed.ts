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
];
