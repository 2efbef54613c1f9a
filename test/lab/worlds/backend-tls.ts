import type { BackendTls, World } from '../world.ts';
import { traffic } from './common.ts';

const site = (directives: string): string => `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  SSLProxyEngine On
  ${directives}
  ProxyPass "/" "https://app.lab.example:{app.port}/"
</VirtualHost>`;

const tlsWorld = (name: string, title: string, tls: BackendTls | null, directives: string, has: string, backend = '{app}'): World => ({
  name,
  title,
  network: 'two-hosts',
  // By name: mod_ssl compares a certificate with names only, never with an address among its alternative names.
  names: { 'app.lab.example': ['{app.host}'] },
  httpd: { layout: 'debian', modules: ['ssl'], site: site(directives) },
  backends: [{ name: 'app', on: 'be', port: 8443, plan: tls === null ? {} : { tls } }],
  story: [traffic(30)],
  logged: { error: [{ has, atLeast: 30 }], statuses: { 200: { max: 0 } } },
  runs: [{ name: 'as it is', expect: { first: 'backend-tls', atLeast: 'confirmed', ongoing: true, backend, frequency: 'every' } }],
});

const handshake = 'AH00898: Error during SSL Handshake with remote server';

export const backendTls: readonly World[] = [
  tlsWorld('tls-to-plain-port', 'ProxyPass says https, but plain HTTP is spoken on that port.', null, '', handshake),
  tlsWorld(
    'tls-self-signed',
    'The backend’s certificate is self-signed and the proxy is told to verify it.',
    { certificate: 'self-signed' },
    'SSLProxyVerify require\n  SSLProxyCACertificateFile "{folder}/tls/ca.pem"',
    'AH02039: Certificate Verification: Error (18)',
  ),
  tlsWorld('tls-expired', 'The backend’s certificate has expired.', { certificate: 'expired' }, '', handshake),
  tlsWorld('tls-other-name', 'The backend’s certificate is for another name.', { certificate: 'other-name' }, '', handshake),
  tlsWorld(
    'tls-protocol',
    'The backend speaks TLS 1.3 only, the proxy is held to 1.2.',
    { certificate: 'good', protocol: 'TLSv1.3' },
    'SSLProxyProtocol TLSv1.2',
    handshake,
  ),
  tlsWorld(
    'tls-client-certificate',
    'The backend asks for a client certificate and the proxy has none.',
    { certificate: 'good', protocol: 'TLSv1.2', asksForClientCertificate: true },
    '',
    'AH0',
  ),
  // A broken status line names the backend as ProxyPass does.
  {
    ...tlsWorld(
      'tls-client-certificate-late',
      'With TLS 1.3 the backend turns the missing client certificate down only after the request was sent: no handshake fails in the log.',
      { certificate: 'good', protocol: 'TLSv1.3', asksForClientCertificate: true },
      '',
      'AH02268: Proxy client certificate callback',
      'app.lab.example:{app.port}',
    ),
    needsLive: 'what it was closed for: a server that takes requests without a certificate too asks for one in the same words',
  },
  {
    name: 'tls-behind-plain-line',
    title: 'ProxyPass says http, but TLS is spoken on that port: plain requests are dropped without a word.',
    network: 'two-hosts',
    names: { 'app.lab.example': ['{app.host}'] },
    httpd: { layout: 'debian', modules: ['ssl'], site: site('').replace('https://', 'http://') },
    backends: [{ name: 'app', on: 'be', port: 8443, plan: { tls: { certificate: 'good' } } }],
    needsLive: 'what speaks on that port: in the log it drops every request',
    story: [traffic(30)],
    logged: { error: [{ has: 'AH01102: error reading status line', atLeast: 20 }], statuses: { 200: { max: 0 } } },
    runs: [{ name: 'as it is', expect: { first: 'backend-tls', atLeast: 'confirmed', ongoing: true, backend: 'app.lab.example:{app.port}', frequency: 'every' } }],
  },
];
