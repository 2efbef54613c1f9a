import type { World } from '../world.ts';
import { traffic } from './common.ts';

export const noProxyErrors: readonly World[] = [
  {
    name: 'healthy',
    title: 'Nothing is wrong.',
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
];
