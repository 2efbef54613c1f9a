import type { World } from '../world.ts';
import { traffic } from './common.ts';

export const noProxyErrors: readonly World[] = [
  {
    name: 'healthy',
    title: 'Nothing is wrong.',
    needsLive: 'that the backends accept: silence of the logs is no health',
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
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    story: [traffic(120)],
    logged: { error: [], never: [':error]', ':crit]'], statuses: { 200: 120 } },
    runs: [{ name: 'as it is', expect: { first: 'no-proxy-errors', atLeast: 'likely' } }],
  },

  {
    name: 'application-errors',
    title: 'The application itself answers 500, 502 and 503 now and then: no failure of the proxy.',
    needsLive: 'that the backends accept: silence of the logs is no health',
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
      accessLog: { path: 'logs/access.log', format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D %{proxy-status}n' },
    },
    backends: [
      {
        name: 'app',
        on: 'be',
        port: 9000,
        plan: {
          rules: [
            { path: '/shop/report', deed: { do: 'answer', status: 502 } },
            { method: 'POST', every: 3, deed: { do: 'answer', status: 500 } },
            { every: 20, deed: { do: 'answer', status: 503 } },
          ],
        },
      },
    ],
    story: [
      traffic(150, {
        kinds: [
          { path: '/shop/items/{n}', weight: 6 },
          { path: '/shop/report/{n}', weight: 2 },
          { method: 'POST', path: '/shop/orders', weight: 2, bodyBytes: 600 },
        ],
      }),
    ],
    logged: { error: [], never: [':error]'], statuses: { 200: 90, 500: 4, 502: 20, 503: 3 } },
    runs: [{ name: 'as it is', expect: { first: 'no-proxy-errors', atLeast: 'likely' } }],
  },
  {
    name: 'idle-connections-closed',
    title: 'The backend closes idle connections after a second. The proxy notices before it uses them: nothing fails.',
    needsLive: 'that the backends accept: silence of the logs is no health',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      mpm: 'worker',
      site: 'ProxyPass "/" "http://{app}/"',
      accessLog: { path: 'logs/access.log', format: 'common' },
    },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { keepAliveSeconds: 1 } }],
    story: [traffic(40), { do: 'idle', seconds: 1.5 }, traffic(40), { do: 'idle', seconds: 1.5 }, traffic(40)],
    logged: { error: [], never: [':error]'], statuses: { 200: 120 } },
    runs: [{ name: 'as it is', expect: { first: 'no-proxy-errors', atLeast: 'likely' } }],
  },

  {
    name: 'healthy-tls',
    title: 'TLS to the backend, its certificate verified and found good.',
    needsLive: 'that the backends accept: silence of the logs is no health',
    network: 'two-hosts',
    names: { 'app.lab.example': ['{app.host}'] },
    httpd: {
      layout: 'debian',
      modules: ['ssl'],
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  SSLProxyEngine On
  SSLProxyVerify require
  SSLProxyCACertificateFile "{folder}/tls/ca.pem"
  ProxyPass "/" "https://app.lab.example:{app.port}/"
</VirtualHost>`,
    },
    backends: [{ name: 'app', on: 'be', port: 8443, plan: { tls: { certificate: 'good' } } }],
    story: [traffic(60)],
    logged: { error: [], never: [':error]'], statuses: { 200: 60 } },
    runs: [{ name: 'as it is', expect: { first: 'no-proxy-errors', atLeast: 'likely' } }],
  },
];
