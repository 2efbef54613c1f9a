/** What many worlds share: ordinary traffic and ordinary expectations of the logs. */
import type { RequestKind, Scene, Traffic, World } from '../world.ts';

/** A shop's requests: mostly reading, some writing, no two paths quite alike. */
export const shop: readonly RequestKind[] = [
  { path: '/shop/items/{n}', weight: 6 },
  { path: '/shop/search?q={n}', weight: 2 },
  { method: 'POST', path: '/shop/orders', weight: 2, bodyBytes: 600 },
];

export const visits = (requests: number, more: Partial<Traffic> = {}): Traffic => ({
  requests,
  atOnce: 4,
  perSecond: 40,
  kinds: shop,
  ...more,
});

export const traffic = (requests: number, more: Partial<Traffic> = {}): Scene => ({ do: 'traffic', traffic: visits(requests, more) });

export const refused = '(111)Connection refused: AH00957';
export const connectTimedOut = '(70007)The timeout specified has expired: AH00957';

/** A backend behind a socket in the file system, which httpd's user may use where its mode lets everybody. */
export const behindSocket = (mode: string): Pick<World, 'network' | 'httpd' | 'backends' | 'faults'> => ({
  network: 'loopback',
  httpd: {
    layout: 'debian',
    site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "{app}|http://shop.lab.example/"
</VirtualHost>`,
  },
  backends: [{ name: 'app', on: 'px', port: 9000, socket: '{folder}/app.sock' }],
  faults: [{ on: 'px', make: [['chmod', '755', '{folder}/..', '{folder}'], ['chmod', mode, '{folder}/app.sock']] }],
});
