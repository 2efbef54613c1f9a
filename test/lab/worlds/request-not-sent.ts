import type { World } from '../world.ts';
import { traffic } from './common.ts';

const uploads = (upload: 'stops' | 'leaves', bodyBytes: number) =>
  [
    { path: '/shop/items/{n}', weight: 6 },
    { method: 'POST', path: '/shop/orders', weight: 2, bodyBytes: 900 },
    { method: 'POST', path: '/photos/{n}', weight: 2, bodyBytes, upload },
  ] as const;

const site = `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  RequestReadTimeout header=5 body=1
  ProxyPass "/" "http://{app}/"
</VirtualHost>`;

export const requestNotSent: readonly World[] = [
  {
    name: 'clients-stop-uploading',
    title: 'Clients stop in the middle of small uploads: the proxy waits for the rest, then answers 408. The backend is innocent.',
    network: 'two-hosts',
    httpd: { layout: 'debian', site },
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    story: [traffic(100, { atOnce: 12, kinds: uploads('stops', 12_000) })],
    logged: { error: [{ has: 'AH01095: prefetch request body failed', atLeast: 15 }], statuses: { 200: 70 } },
    runs: [{ name: 'as it is', expect: { first: 'request-not-sent', atLeast: 'likely' } }],
  },
  {
    name: 'clients-leave-uploading',
    title: 'Clients go away in the middle of big uploads, when the request is on its way to the backend already.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site,
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %I %D %X' },
    },
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    story: [traffic(100, { atOnce: 12, kinds: uploads('leaves', 400_000) })],
    logged: { error: [{ has: 'AH02608: read request body failed', atLeast: 15 }], statuses: { 200: 70, left: 15 } },
    runs: [{ name: 'as it is', expect: { first: 'request-not-sent', atLeast: 'likely' } }],
  },
];
