import type { World } from '../world.ts';
import { traffic } from './common.ts';

const flaky = {
  name: 'app',
  on: 'be',
  port: 9000,
  plan: { rules: [{ path: '/shop/export', deed: { do: 'close', at: 'end' } }] },
} as const;

const kinds = [
  { path: '/shop/items/{n}', weight: 7 },
  { path: '/shop/export/{n}', weight: 3 },
] as const;

const quietSite = `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/"
</VirtualHost>`;

export const undetermined: readonly World[] = [
  {
    name: 'level-hides-errors',
    title: 'Requests fail, but LogLevel crit keeps every message of it out of the error log, and there is no access log.',
    network: 'two-hosts',
    httpd: { layout: 'one-file', logLevel: 'crit', accessLog: 'none', site: 'ProxyPass "/" "http://{app}/"' },
    backends: [flaky],
    story: [traffic(80, { kinds })],
    logged: { error: [], never: ['AH01102'], statuses: { 200: 40, 502: 15 } },
    runs: [{ name: 'as it is', expect: { first: 'undetermined', notConfirmed: ['no-proxy-errors'] } }],
  },
  {
    name: 'log-goes-through-a-pipe',
    title: 'Requests fail; the error log goes to a program, so no file tells.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      accessLog: 'none',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  ErrorLog "|/usr/bin/tee -a /dev/null"
  ProxyPass "/" "http://{app}/"
</VirtualHost>`,
    },
    backends: [flaky],
    story: [traffic(80, { kinds })],
    logged: { error: [], never: ['AH01102'], statuses: { 200: 40, 502: 15 } },
    runs: [{ name: 'as it is', expect: { first: 'undetermined', notConfirmed: ['no-proxy-errors'] } }],
  },
  {
    name: 'answers-no-http',
    title: 'What accepts there reads a request and answers in words of its own: httpd hands them on with status 200, and logs nothing.',
    needsLive: 'what comes back: every line of the logs is as it should be',
    looksLike: ['no-proxy-errors'],
    network: 'two-hosts',
    httpd: { layout: 'debian', site: quietSite },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { rules: [{ deed: { do: 'say', text: '-ERR unknown command\r\n' } }] } }],
    story: [traffic(30)],
    logged: { error: [], never: [':error]'], statuses: { 200: 30 } },
    runs: [
      { name: 'as it is', expect: { first: 'undetermined', notConfirmed: ['no-proxy-errors'] } },
      { name: 'and nothing may be sent', args: ['--passive'], expect: { first: 'undetermined', notConfirmed: ['no-proxy-errors'] } },
    ],
  },
  {
    name: 'nobody-asks-a-backend-that-hangs',
    title: 'The backend accepts and never answers; but no request has come since httpd was started, so the log is clean.',
    needsLive: 'that no request is answered: the logs hold nothing',
    looksLike: ['no-proxy-errors'],
    network: 'two-hosts',
    httpd: { layout: 'debian', site: quietSite },
    backends: [{ name: 'app', on: 'be', port: 9000, plan: { onConnect: 'nothing' } }],
    story: [],
    logged: { error: [], never: [':error]'], statuses: {} },
    runs: [{ name: 'as it is', expect: { first: 'undetermined', notConfirmed: ['no-proxy-errors'] } }],
  },
];
