import type { World } from '../world.ts';
import { traffic } from './common.ts';

const site = (inProxy: string): string => `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  SSLProxyEngine On
  SSLProxyVerify require
  <Proxy "https://app.lab.example:{app.port}/">
    ${inProxy}
  </Proxy>
  ProxyPass "/" "https://app.lab.example:{app.port}/"
</VirtualHost>`;

export const proxyBug: readonly World[] = [
  {
    name: 'old-version-ignores-settings',
    title:
      'An httpd 2.4.38 that ignores the SSLProxy settings inside of <Proxy>: its handshakes fail, though with these settings they would not.',
    needsLive: 'that the handshake succeeds with the settings on disk',
    network: 'two-hosts',
    names: { 'app.lab.example': ['{app.host}'] },
    httpd: {
      layout: 'debian',
      modules: ['ssl'],
      site: site('# SSLProxyCACertificateFile is not seen'),
      plays: { version: '2.4.38', site: site('SSLProxyCACertificateFile "{folder}/tls/ca.pem"') },
    },
    backends: [{ name: 'app', on: 'be', port: 8443, plan: { tls: { certificate: 'good' } } }],
    story: [traffic(40)],
    logged: {
      error: [{ has: 'AH00898: Error during SSL Handshake with remote server', atLeast: 40 }, { has: 'Apache/2.4.38' }],
      never: ['Apache/2.4.71'],
      statuses: { 500: 40 },
    },
    runs: [
      {
        name: 'with that httpd named',
        args: ['--httpd', '{folder}/bin/httpd -f {folder}/apache2.conf'],
        expect: { first: 'proxy-bug', atLeast: 'possible', backend: '{app}' },
      },
    ],
  },
];
