import type { World } from '../world.ts';
import { traffic } from './common.ts';

export const backendNotFound: readonly World[] = [
  {
    name: 'name-unknown',
    title: 'The name in ProxyPass does not exist.',
    network: 'loopback',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://app.invalid:8080/"
</VirtualHost>`,
    },
    backends: [],
    story: [traffic(40)],
    logged: { error: [{ has: 'AH00898: DNS lookup failure for: app.invalid', atLeast: 40 }], statuses: { 500: 40 } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-found', atLeast: 'confirmed', ongoing: true, backend: 'app.invalid:8080', frequency: 'every' },
      },
    ],
  },
  {
    name: 'address-unreachable',
    title: 'No host has the address in ProxyPass: nobody answers when the proxy asks who has it.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      site: 'ProxyPass "/" "http://192.0.2.77:8080/"',
      accessLog: { path: 'logs/access.log', format: 'common' },
    },
    backends: [],
    story: [traffic(12, { atOnce: 6 })],
    logged: { error: [{ has: '(113)No route to host: AH00957', atLeast: 12 }], statuses: { 503: 12 } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-found', atLeast: 'confirmed', ongoing: true, backend: '192.0.2.77:8080', frequency: 'every' },
      },
    ],
  },
];
