import { filter, ip } from '../faults.ts';
import type { Scene, World } from '../world.ts';
import { connectTimedOut, visits } from './common.ts';

const unplugged = ip('be', 'link set eth0 down', 'link set eth0 up');
const flap: readonly Scene[] = [
  { do: 'fault', fault: unplugged },
  { do: 'heal', fault: unplugged },
  { do: 'idle', seconds: 0.2 },
];

export const hardwareSuspected: readonly World[] = [
  {
    name: 'sporadic-connect-loss',
    title: 'Over a day now and then a connect is lost on the way, whatever the load, the path and the client.',
    network: 'through-firewall',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/" connectiontimeout=700ms disablereuse=On
</VirtualHost>`,
    },
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    faults: [filter('fw', '-A FORWARD -p tcp --syn -m statistic --mode random --probability 0.02 -j DROP')],
    story: [{ do: 'traffic', traffic: visits(1500, { atOnce: 20, perSecond: 220 }), when: { from: '24h', to: '10s' } }],
    logged: { error: [{ has: connectTimedOut, atLeast: 12 }], statuses: { 200: 1300, 503: { min: 12, max: 60 } } },
    runs: [
      {
        name: 'as it is',
        expect: { first: 'hardware-suspected', atLeast: 'possible', backend: '{app}', frequency: 'sporadic', pattern: 'none' },
      },
    ],
  },
  {
    name: 'link-flaps',
    title: 'A bad cable: now and then a connect is lost, and the link has come and gone.',
    network: 'two-hosts',
    httpd: {
      layout: 'one-file',
      site: 'ProxyPass "/" "http://{app}/" connectiontimeout=600ms disablereuse=On',
    },
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    faults: [filter('be', '-A INPUT -p tcp --dport 9000 --syn -m statistic --mode random --probability 0.025 -j DROP')],
    story: [
      ...Array.from({ length: 3 }, () => flap).flat(),
      { do: 'idle', seconds: 1 },
      { do: 'traffic', traffic: visits(1200, { atOnce: 20, perSecond: 220 }), when: { from: '20h', to: '10s' } },
    ],
    logged: { error: [{ has: connectTimedOut, atLeast: 12 }], statuses: { 200: 1000, 503: { min: 12, max: 70 } } },
    runs: [{ name: 'as it is', expect: { first: 'hardware-suspected', atLeast: 'likely', backend: '{app}', frequency: 'sporadic' } }],
  },
  {
    name: 'two-failures-in-a-day',
    title: 'Near miss: two connects were lost in a day. Too few to say anything of them.',
    network: 'through-firewall',
    httpd: {
      layout: 'debian',
      site: `
<VirtualHost *:8080>
  ServerName shop.lab.example
  {errorLog}
  {accessLog}
  ProxyPass "/" "http://{app}/" connectiontimeout=700ms disablereuse=On
</VirtualHost>`,
    },
    backends: [{ name: 'app', on: 'be', port: 9000 }],
    faults: [filter('fw', '-A FORWARD -p tcp --syn -m statistic --mode nth --every 140 --packet 70 -j DROP')],
    story: [{ do: 'traffic', traffic: visits(300, { atOnce: 8, perSecond: 80 }), when: { from: '24h', to: '10s' } }],
    logged: { error: [{ has: connectTimedOut, atLeast: 2 }], statuses: { 200: 295, 503: { min: 2, max: 3 } } },
    runs: [{ name: 'as it is', expect: { first: ['undetermined', 'hardware-suspected'], atMost: 'possible' } }],
  },
];
