import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { classify } from '../../../src/checks/proxy-config/classify.ts';
import { facts as schema } from '../../../src/checks/proxy-config/facts.ts';
import { routeFor } from '../../../src/checks/proxy-config/routes.ts';
import { factsOf } from './support.ts';

const names = [
  'ProxyPass',
  'ProxyPassMatch',
  'BalancerMember',
  'ProxySet',
  'RewriteRule',
  'RewriteCond',
  'RewriteEngine',
  'SetHandler',
  'ErrorLog',
  'CustomLog',
  'LogFormat',
  'TransferLog',
  'LogLevel',
  'SetEnv',
  'SetEnvIf',
  'Timeout',
  'Listen',
  'ServerName',
  'MaxRequestWorkers',
  'ErrorLogFormat',
  'ProxyRemote',
];
const values = [
  '/',
  '/a',
  '!',
  '~',
  '^/(.*)$',
  '(',
  '[',
  'http://h:1/',
  'http://h/$1',
  'http://[::1]:',
  'https://',
  'balancer://b',
  'balancer://',
  'unix:/s|http://l/',
  'unix:|',
  '[P]',
  '[P,NC,E=proxy-nokeepalive:1]',
  'on',
  'timeout=5',
  '=',
  'ttl=',
  '__proto__=1',
  'constructor=x',
  '-',
  '|rotatelogs',
  '|',
  'logs/x',
  '%h',
  '"%h \\"%r\\""',
  'proxy:debug',
  ':',
  '80',
  '*:80',
  '99999',
  'proxy:http://h/',
  'env=!x',
  '\u202e',
  '${X}',
];
const directive = fc
  .tuple(fc.constantFrom(...names), fc.array(fc.oneof(fc.constantFrom(...values), fc.string({ maxLength: 6 })), { maxLength: 5 }))
  .map(([name, args]) => `${name} ${args.join(' ')}`);
const section = fc.constantFrom(
  '<VirtualHost *:80>',
  '</VirtualHost>',
  '<Location /a>',
  '</Location>',
  '<Proxy balancer://b>',
  '<Proxy http://h:1/ ttl=1>',
  '</Proxy>',
  '<LocationMatch (>',
  '</LocationMatch>',
  '<FilesMatch x>',
  '</FilesMatch>',
);

test('any mixture of directives becomes facts of the right form, and any path a route or none', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: directive }, section), { maxLength: 25 }),
      fc.webPath(),
      fc.string(),
      async (lines, path, host) => {
        const facts = await factsOf(lines.join('\n'));
        expect(schema.safeParse(facts).error).toBeUndefined();
        expect(classify(facts).outcome).toBe(facts.backends.length > 0 ? 'backends-found' : 'no-backends');
        for (const virtualHost of [undefined, host, facts.virtualHosts[0]?.name]) {
          const route = routeFor(facts, { path, ...(virtualHost === undefined ? {} : { virtualHost }) });
          expect(route === null || route.at.line <= lines.length).toBe(true);
        }
      },
    ),
    { numRuns: 200 },
  );
});
