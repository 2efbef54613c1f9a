/** Worlds with the real nginx, for the flow nginx-upstream: the same causes, as nginx meets them. */
import type { World } from '../world.ts';
import { traffic } from './common.ts';

const refused = 'connect() failed (111: Connection refused) while connecting to upstream';

/** A server with one location that passes everything on. */
const shop = (to: string, more = ''): string => `
server {
  listen {listen};
  server_name shop.lab.example;
  location / {
    proxy_pass ${to};
    ${more}
  }
}`;

export const nginxWorlds: readonly World[] = [
  {
    name: 'nginx-backend-down',
    title: 'The one server of the upstream block has ended; every request is refused.',
    proxy: 'nginx',
    network: 'loopback',
    httpd: { layout: 'debian', site: `upstream app { server {app}; }${shop('http://app')}` },
    backends: [{ name: 'app', on: 'px', port: 9000 }],
    story: [traffic(30), { do: 'stop', backend: 'app' }, traffic(40)],
    logged: { error: [{ has: refused, atLeast: 40 }], never: ['no live upstreams'], statuses: { 200: 30, 502: 40 } },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: 'backend-not-running',
          atLeast: 'confirmed',
          ongoing: true,
          backend: '{app}',
          frequency: 'every',
          pattern: 'none',
        },
      },
    ],
  },
  {
    name: 'nginx-one-of-two-down',
    title: 'One of two servers has ended; nginx goes on to the other and the clients notice nothing.',
    proxy: 'nginx',
    network: 'three-hosts',
    httpd: {
      layout: 'debian',
      site: `upstream shop { server {one} fail_timeout=1s; server {two} fail_timeout=1s; }${shop('http://shop')}`,
      accessLog: {
        path: 'logs/access.log',
        format: '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$upstream_addr" $request_time',
      },
    },
    backends: [
      { name: 'one', on: 'be', port: 8080 },
      { name: 'two', on: 'be2', port: 8080, runs: false },
    ],
    story: [traffic(120, { perSecond: 30 })],
    logged: { error: [{ has: `${refused}, client`, atLeast: 3 }], never: ['no live upstreams'], statuses: { 200: 120 } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-running', atLeast: 'likely', atMost: 'likely', ongoing: true, backend: '{two}', frequency: 'every' },
      },
      {
        name: 'with a vantage on the side of the server that is down',
        via: 'be2',
        expect: { first: 'backend-not-running', atLeast: 'confirmed', ongoing: true, backend: '{two}', frequency: 'every' },
      },
    ],
  },
  {
    name: 'nginx-no-live-upstreams',
    title: 'Both servers of a group have ended: a few attempts, then 502 without one while they are left out.',
    proxy: 'nginx',
    network: 'two-hosts',
    httpd: { layout: 'debian', site: `upstream shop { server {one}; server {two}; }${shop('http://shop')}` },
    backends: [
      { name: 'one', on: 'be', port: 8080, runs: false },
      { name: 'two', on: 'be', port: 8081, runs: false },
    ],
    story: [traffic(60)],
    logged: {
      error: [
        { has: refused, atLeast: 2 },
        { has: 'no live upstreams while connecting to upstream', atLeast: 40 },
      ],
      statuses: { 502: 60 },
    },
    runs: [
      {
        name: 'with a vantage on the side of the servers',
        via: 'be',
        expect: { first: 'backend-not-running', atLeast: 'confirmed', ongoing: true, also: ['backend-not-running'] },
      },
    ],
  },
  {
    name: 'nginx-closes-early',
    title: 'The server closes the connection instead of answering searches.',
    proxy: 'nginx',
    network: 'loopback',
    httpd: { layout: 'debian', site: `upstream app { server {app}; }${shop('http://app')}` },
    backends: [{ name: 'app', on: 'px', port: 9000, plan: { rules: [{ path: '/shop/search', deed: { do: 'close', at: 'end' } }] } }],
    story: [traffic(200, { perSecond: 100 })],
    logged: {
      error: [{ has: 'upstream prematurely closed connection while reading response header from upstream', atLeast: 20 }],
      statuses: { 200: { min: 100 }, 502: { min: 20 } },
    },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-crashed', atLeast: 'likely', ongoing: true, backend: '{app}', pattern: { path: '/shop/search' } },
      },
    ],
  },
  {
    name: 'nginx-stalls',
    title: 'The server reads orders and does not answer them until proxy_read_timeout.',
    proxy: 'nginx',
    network: 'two-hosts',
    httpd: {
      layout: 'debian',
      site: `upstream app { server {app}; }${shop('http://app', 'proxy_read_timeout 1s;')}`,
      accessLog: {
        path: 'logs/access.log',
        format:
          '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time',
      },
    },
    backends: [
      { name: 'app', on: 'be', port: 9000, plan: { rules: [{ method: 'POST', path: '/shop/orders', deed: { do: 'stall', at: 'end' } }] } },
    ],
    story: [traffic(120, { atOnce: 12 })],
    logged: {
      error: [{ has: 'upstream timed out (110: Connection timed out) while reading response header from upstream', atLeast: 10 }],
      statuses: { 200: { min: 60 }, 504: { min: 10 } },
    },
    runs: [
      {
        name: 'as it is',
        expect: {
          first: 'backend-stalled',
          atLeast: 'likely',
          ongoing: true,
          backend: '{app}',
          pattern: { method: 'POST', path: '/shop/orders' },
        },
      },
    ],
  },
  {
    name: 'nginx-name-not-found',
    title: 'A proxy_pass with a variable: the resolver does not know the name.',
    proxy: 'nginx',
    network: 'loopback',
    names: { 'other.lab.example': ['{app.host}'] },
    httpd: { layout: 'debian', site: shop('http://$app:9000', 'resolver 127.0.0.53 ipv6=off; set $app shop-backend.lab.example;') },
    backends: [{ name: 'app', on: 'px', port: 9000 }],
    story: [traffic(40)],
    logged: { error: [{ has: 'shop-backend.lab.example could not be resolved (3: Host not found)', atLeast: 40 }], statuses: { 502: 40 } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'backend-not-found', atLeast: 'likely', ongoing: true, backend: 'shop-backend.lab.example' },
      },
    ],
  },
  {
    name: 'nginx-plain-http-behind-https',
    title: 'proxy_pass says https, and the server speaks plain HTTP on that port.',
    proxy: 'nginx',
    network: 'loopback',
    httpd: { layout: 'debian', site: shop('https://{app}') },
    backends: [{ name: 'app', on: 'px', port: 9000 }],
    story: [traffic(40)],
    logged: { error: [{ has: 'SSL_do_handshake() failed', atLeast: 40 }], statuses: { 502: 40 } },
    runs: [
      { name: 'as it is', expect: { first: 'backend-tls', atLeast: 'confirmed', ongoing: true, backend: '{app}', frequency: 'every' } },
    ],
  },
  {
    name: 'nginx-healthy',
    title: 'All is well: nginx has nothing to say, and its error log is empty.',
    proxy: 'nginx',
    network: 'two-hosts',
    names: { 'app.lab.example': ['{app.host}'] },
    httpd: { layout: 'debian', site: `upstream app { server app.lab.example:9000; }${shop('http://app')}` },
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    story: [traffic(60)],
    logged: { error: [], never: ['[error]'], statuses: { 200: 60 } },
    runs: [{ name: 'as it is', expect: { first: 'no-proxy-errors', atLeast: 'likely' } }],
  },
];
