import { all, filter, ip, setting } from '../faults.ts';
import type { World } from '../world.ts';
import { behindSocket, connectTimedOut, refused, traffic } from './common.ts';

/** Refuses with an ICMP message, each time: by default a host sends one peer only one such message a second, after a first six. */
const refusesBy = (message: string) =>
  all(setting('fw', 'net.ipv4.icmp_ratelimit', '0'), filter('fw', `-A FORWARD -p tcp --dport 9000 -j REJECT --reject-with ${message}`));

const app = { name: 'app', on: 'be', port: 9000 } as const;

export const networkBlocked: readonly World[] = [
  {
    name: 'firewall-drops',
    title: 'A packet filter on the backend’s host drops what comes to the port; the host answers otherwise.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/" connectiontimeout=1
</VirtualHost>`,
      accessLog: { path: 'logs/other_vhosts_access.log', format: 'vhost_combined' },
    },
    backends: [app],
    faults: [filter('be', '-A INPUT -p tcp --dport 9000 -j DROP')],
    story: [traffic(40, { atOnce: 20 })],
    logged: { error: [{ has: connectTimedOut, atLeast: 40 }], statuses: { 503: 40 } },
    runs: [
      { name: 'as it is', expect: { first: 'network-blocked', atLeast: 'likely', ongoing: true, backend: '{app}', frequency: 'every' } },
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'network-blocked', atLeast: 'confirmed', ongoing: true, backend: '{app}', frequency: 'every' },
      },
    ],
  },
  {
    name: 'firewall-resets',
    title: 'A packet filter on the backend’s host refuses with a reset: from the proxy it looks as if nothing listened.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      site: `
RewriteEngine On
RewriteRule "^/(.*)$" "http://{app}/$1" [P]`,
    },
    backends: [app],
    faults: [filter('be', '-A INPUT -p tcp --dport 9000 -j REJECT --reject-with tcp-reset')],
    story: [traffic(60)],
    logged: { error: [{ has: refused, atLeast: 60 }], statuses: { 503: 60 } },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: ['backend-not-running', 'network-blocked'],
          atMost: 'likely',
          ongoing: true,
          backend: '{app}',
          frequency: 'every',
        },
      },
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'network-blocked', atLeast: 'confirmed', ongoing: true, backend: '{app}', frequency: 'every' },
      },
    ],
  },
  {
    name: 'firewall-between-refuses',
    title: 'A firewall between proxy and backend refuses with an ICMP message, which the proxy logs as connection refused.',
    network: 'through-firewall',
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
    backends: [app],
    faults: [refusesBy('icmp-port-unreachable')],
    story: [traffic(60)],
    logged: { error: [{ has: refused, atLeast: 60 }], statuses: { 503: 60 } },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: ['backend-not-running', 'network-blocked'],
          atMost: 'likely',
          ongoing: true,
          backend: '{app}',
          frequency: 'every',
        },
      },
      {
        name: 'with leave to capture packets',
        allow: ['packet-capture'],
        expect: { first: 'network-blocked', atLeast: 'likely', ongoing: true, backend: '{app}', frequency: 'every' },
      },
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'network-blocked', atLeast: 'confirmed', ongoing: true, backend: '{app}', frequency: 'every' },
      },
    ],
  },
  {
    name: 'firewall-prohibits',
    title: 'A firewall in between says that the way is prohibited: “no route to host” at once, although the host answers otherwise.',
    needsLive: 'whether the host answers otherwise: “no route to host” alone may be the host’s own absence',
    network: 'through-firewall',
    httpd: {
      layout: 'one-file',
      site: 'ProxyPass "/" "http://{app}/"',
      accessLog: {
        path: 'logs/access.json',
        format: '{"time":"%{%FT%T%z}t","client":"%a","method":"%m","path":"%U","query":"%q","status":"%>s","bytes":"%B","us":"%D"}',
      },
    },
    backends: [app],
    faults: [refusesBy('icmp-admin-prohibited')],
    story: [traffic(40)],
    logged: { error: [{ has: '(113)No route to host: AH00957', atLeast: 40 }], statuses: { 503: 40 } },
    runs: [
      { name: 'as it is', expect: { first: 'network-blocked', atLeast: 'likely', ongoing: true, backend: '{app}', frequency: 'every' } },
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'network-blocked', atLeast: 'likely', ongoing: true, backend: '{app}', frequency: 'every' },
      },
    ],
  },
  {
    name: 'bound-to-loopback',
    title: 'The backend listens on 127.0.0.1 of its host only.',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  <Location "/shop">
    ProxyPass "http://{app}/shop"
  </Location>
</VirtualHost>`,
    },
    backends: [{ ...app, binds: '127.0.0.1' }],
    story: [traffic(60)],
    logged: { error: [{ has: refused, atLeast: 60 }], statuses: { 503: 60 } },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: ['backend-not-running', 'network-blocked'],
          atMost: 'likely',
          ongoing: true,
          backend: '{app}',
          frequency: 'every',
        },
      },
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'network-blocked', atLeast: 'confirmed', ongoing: true, backend: '{app}', frequency: 'every' },
      },
    ],
  },
  {
    name: 'daemon-denied',
    title: 'A policy denies httpd’s user, and nobody else, to connect: permission denied in the log, while a shell connects.',
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
    backends: [app],
    faults: [ip('px', 'rule add uidrange 33-33 to 192.0.2.2/32 prohibit')],
    story: [traffic(40)],
    logged: { error: [{ has: '(13)Permission denied: AH00957', atLeast: 40 }], statuses: { 503: 40 } },
    runs: [
      { name: 'as it is', expect: { first: 'network-blocked', atLeast: 'likely', ongoing: true, backend: '{app}', frequency: 'every' } },
    ],
  },
  {
    name: 'daemon-refused',
    title:
      'A packet filter on the proxy refuses what httpd’s user sends, and nobody else’s: every request is refused, while a shell connects.',
    needsLive: 'that another user connects: refused is refused in the log',
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
    backends: [app],
    faults: [filter('px', '-A OUTPUT -p tcp --dport 9000 -m owner --uid-owner 33 -j REJECT --reject-with tcp-reset')],
    story: [traffic(40)],
    logged: { error: [{ has: refused, atLeast: 40 }], statuses: { 503: 40 } },
    runs: [{ name: 'as it is', expect: { first: 'network-blocked', ongoing: true, backend: '{app}', frequency: 'every' } }],
  },

  {
    name: 'own-filter-refuses',
    title: 'A packet filter on the proxy itself refuses with a reset what goes to the backend, which listens: from the proxy it looks as if nothing did.',
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
    backends: [app],
    faults: [filter('px', '-A OUTPUT -p tcp --dport 9000 -j REJECT --reject-with tcp-reset')],
    story: [traffic(40)],
    logged: { error: [{ has: refused, atLeast: 40 }], statuses: { 503: 40 } },
    needsLive: 'the rules of the proxy’s own packet filter: the log has refusals as of a host without a listener',
    // Whoever may not read the filter sees a port that refuses.
    looksLike: ['backend-not-running'],
    runs: [{ name: 'as it is', expect: { first: 'network-blocked', atLeast: 'confirmed', ongoing: true, backend: '{app}', frequency: 'every' } }],
  },

  {
    name: 'firewall-refuses-some',
    title: 'A firewall refuses by ICMP, but sends one such message a second only: some connects are refused, the others time out.',
    network: 'through-firewall',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/" connectiontimeout=1
</VirtualHost>`,
    },
    backends: [app],
    faults: [filter('fw', '-A FORWARD -p tcp --dport 9000 -j REJECT --reject-with icmp-port-unreachable')],
    story: [traffic(60, { atOnce: 20, perSecond: 15 })],
    logged: {
      error: [
        { has: refused, atLeast: 5 },
        { has: connectTimedOut, atLeast: 20 },
      ],
      statuses: { 503: 60 },
    },
    runs: [
      {
        name: 'with a vantage on the backend’s side',
        via: 'be',
        expect: { first: 'network-blocked', atLeast: 'likely', ongoing: true, backend: '{app}', frequency: 'every' },
      },
      {
        name: 'as it is',
        expect: {
          first: ['network-blocked', 'backend-not-running'],
          atMost: 'likely',
          ongoing: true,
          backend: '{app}',
          frequency: 'every',
        },
      },
    ],
  },
  {
    name: 'socket-file-of-others',
    title: 'The backend listens on a socket in the file system that its mode keeps httpd’s user from.',
    ...behindSocket('600'),
    story: [traffic(40)],
    logged: { error: [{ has: '(13)Permission denied: AH02454', atLeast: 40 }], statuses: { 503: 40 } },
    runs: [{ name: 'as it is', expect: { first: 'network-blocked', atLeast: 'confirmed', ongoing: true, backend: '{app}', frequency: 'every' } }],
  },
];
