import { describe, expect, test } from 'vitest';
import { balancerName, isVariableUrl, parseBackendUrl } from '../../../src/checks/proxy-config/backend-url.ts';
import { backendsShown, factsOf } from './support.ts';

describe('URLs of backends', () => {
  test.each<[string, string | null]>([
    ['http://App.Example:8080/x', 'app.example:8080'],
    ['http://app', 'app:80'],
    ['https://app/', 'app:443'],
    ['ajp://app/', 'app:8009'],
    ['fcgi://127.0.0.1:9000/', '127.0.0.1:9000'],
    ['http://[2001:db8::1]:81/', '[2001:db8::1]:81'],
    ['http://[::1]/', '[::1]:80'],
    ['unix:/run/a.sock|http://localhost/x', 'unix:/run/a.sock'],
    ['http://user:secret@app:81/', 'app:81'],
    ['http://app:80$1', null],
    ['http://$1.example/', null],
    ['http://%{ENV:host}/', null],
    ['/local', null],
    ['!', null],
    ['balancer://x', null],
  ])('%s is %s', (url, expected) => {
    expect(parseBackendUrl(url)?.backend ?? null).toBe(expected);
  });

  test('a host that is worked out for each request is a URL all the same', () => {
    expect([isVariableUrl('http://$1.example/'), isVariableUrl('/local'), isVariableUrl('balancer://x')]).toEqual([true, false, false]);
  });

  test.each([
    ['balancer://Cluster/app', 'balancer://cluster'],
    ['balancer://cluster%{REQUEST_URI}', 'balancer://cluster'],
    ['balancer://cluster$1', 'balancer://cluster'],
  ])('%s names %s', (text, expected) => {
    expect(balancerName(text)).toBe(expected);
  });
});

describe('every way to a backend', () => {
  test.each<[string, string, string[]]>([
    [
      'ProxyPass',
      'ProxyPass "/app" "http://10.0.0.5:8080/" timeout=5 KeepAlive=On nocanon',
      ['10.0.0.5:8080@1 /app timeout=5 keepalive=On'],
    ],
    ['ProxyPassMatch', String.raw`ProxyPassMatch "^/(.*\.gif)$" http://10.0.0.5/$1`, [String.raw`10.0.0.5:80@1 ~^/(.*\.gif)$`]],
    ['ProxyPass ~', 'ProxyPass ~ ^/x http://a/', ['a:80@1 ~^/x']],
    ['ProxyPass inside a Location', '<Location /app>\n  ProxyPass http://a:1/ ttl=9\n</Location>', ['a:1@2 /app ttl=9']],
    ['inside a LocationMatch', '<LocationMatch "^/v[12]/">\nProxyPassMatch http://a:1/\n</LocationMatch>', ['a:1@2 ~^/v[12]/']],
    ['over several lines', 'ProxyPass / \\\n  http://a:1/ \\\n  retry=0', ['a:1@1 / retry=0']],
    ['RewriteRule [P]', 'RewriteEngine On\nRewriteRule ^/x(.*)$ http://a:1$1 [NC,P,L]', []],
    ['RewriteRule [P] with a path', 'RewriteEngine On\nRewriteRule ^/x(.*)$ http://a:1/y$1 [QSA,P]', ['a:1@2 ~^/x(.*)$']],
    ['RewriteRule without its engine', 'RewriteRule ^/x http://a:1/ [P]', []],
    ['RewriteRule that redirects', 'RewriteEngine On\nRewriteRule ^/x http://a:1/ [R,L]', []],
    [
      'SetHandler',
      String.raw`<FilesMatch "\.php$">` + '\nSetHandler "proxy:unix:/run/php.sock|fcgi://localhost/"\n</FilesMatch>',
      [String.raw`unix:/run/php.sock@2 ~\.php$`],
    ],
    ['AddHandler', 'AddHandler "proxy:fcgi://127.0.0.1:9000" .php', [String.raw`127.0.0.1:9000@1 ~\.(?:php)(?:$|[./])`]],
    ['a worker that only a Proxy section names', '<Proxy http://a:1/>\nProxySet ttl=3\n</Proxy>', ['a:1@2 - ttl=3']],
    [
      'a worker of a Proxy section that only rewrite rules use',
      '<Proxy http://a:1/ enablereuse=on>\n</Proxy>\nRewriteEngine On\nRewriteRule ^/(.*)$ http://a:1/$1 [P]',
      ['a:1@4 ~^/(.*)$ enablereuse=on', 'a:1@1 - enablereuse=on'],
    ],
    ['an exclusion', 'ProxyPass /static !', []],
  ])('%s', async (_name, text, expected) => {
    expect(backendsShown(await factsOf(text))).toEqual(expected);
  });

  test('members of a balancer have its path; parameters of the balancer and of the members stay apart', async () => {
    const facts = await factsOf(`<Proxy "balancer://Shop">
  BalancerMember http://a:1 route=x retry=5
  BalancerMember http://b:1/ctx status=+H
  ProxySet lbmethod=byrequests
</Proxy>
BalancerMember balancer://other http://c:1
ProxyPass /shop balancer://shop/ctx stickysession=SID nofailover=On
RewriteEngine on
RewriteRule ^/o balancer://other%{REQUEST_URI} [P]`);
    expect(backendsShown(facts)).toEqual(['a:1@2 /shop route=x retry=5', 'b:1@3 /shop status=+H', 'c:1@6 ~^/o']);
    expect(facts.balancers).toMatchObject([
      {
        name: 'balancer://shop',
        members: ['a:1', 'b:1'],
        parameters: { lbmethod: { value: 'byrequests', at: { line: 4 } }, stickysession: { value: 'SID' } },
      },
      { name: 'balancer://other', members: ['c:1'] },
    ]);
  });

  test('a virtual host that leads to a balancer of the main server is where its members are met', async () => {
    const facts = await factsOf(
      '<Proxy balancer://b>\nBalancerMember http://a:1\n</Proxy>\n<VirtualHost *:80>\nServerName w\nProxyPass / balancer://b/\n</VirtualHost>',
    );
    expect(facts.backends).toMatchObject([{ backend: 'a:1', virtualHost: 'w:80', path: '/' }]);
    expect(facts.balancers).toHaveLength(1);
  });
});

describe('parameters that are really in force', () => {
  test('the first worker whose URL a later one begins with takes its requests, and the later parameters are lost (AH01146)', async () => {
    const facts = await factsOf(
      'ProxyPass /a http://h:1/ timeout=5\nProxyPass /b http://H:1/b timeout=9 ttl=3\nProxyPass /c http://h:11/ timeout=7',
    );
    expect(backendsShown(facts)).toEqual(['h:1@1 /a timeout=5', 'h:1@2 /b timeout=5', 'h:11@3 /c timeout=7']);
    expect(facts.problems).toEqual([
      expect.stringMatching(/httpd\.conf:2: ProxyPass parameters have no effect \(timeout, ttl\).*httpd\.conf:1 is shared/),
    ]);
  });

  test('a port that begins like another one is another backend', async () => {
    const facts = await factsOf('ProxyPass /a http://h:1 timeout=5\nProxyPass /b http://h:11 timeout=7\nProxyPass /c http://h timeout=9');
    expect(backendsShown(facts)).toEqual(['h:1@1 /a timeout=5', 'h:11@2 /b timeout=7', 'h:80@3 /c timeout=9']);
  });

  test('ProxySet adds to a worker that is there, wherever it stands, with its own place', async () => {
    const facts = await factsOf(
      'ProxyPass / http://h:1/ timeout=5\nProxySet http://h:1/ timeout=6\n<Proxy http://h:1/ ttl=4>\nProxySet retry=0\n</Proxy>',
    );
    expect(facts.backends[0]?.parameters).toMatchObject({
      timeout: { value: '6', at: { line: 2 } },
      retry: { value: '0', at: { line: 4 } },
      ttl: { value: '4', at: { line: 3 } },
    });
  });

  test('a Proxy section before the ProxyPass defines the worker, so that the ProxyPass shares it', async () => {
    const facts = await factsOf('<Proxy http://h:1/ ttl=4>\n</Proxy>\nProxyPass / http://h:1/ ttl=8');
    expect(backendsShown(facts)).toEqual(['h:1@3 / ttl=4']);
  });

  test('a rewrite rule meets the worker that fits its URL, else none', async () => {
    const facts = await factsOf(
      'RewriteEngine on\nRewriteRule ^/a http://h:1/a [P]\nRewriteRule ^/b http://k:1/b [P]\nProxyPass /x http://h:1/ ttl=8',
    );
    expect(backendsShown(facts)).toEqual(['h:1@4 /x ttl=8', 'h:1@2 ~^/a ttl=8', 'k:1@3 ~^/b']);
  });

  test('workers of two virtual hosts are apart', async () => {
    const host = (name: string, ttl: number): string =>
      `<VirtualHost *:80>\nServerName ${name}\nProxyPass / http://h:1/ ttl=${ttl}\n</VirtualHost>\n`;
    const facts = await factsOf(host('a', 1) + host('b', 2));
    expect(facts.backends.map((entry) => [entry.virtualHost, entry.parameters['ttl']?.value])).toEqual([
      ['a:80', '1'],
      ['b:80', '2'],
    ]);
  });
});

test('a parameter named like a part of JavaScript is no key of its own', async () => {
  const [entry] = (await factsOf('ProxyPass / http://a:1/ __proto__=1 constructor=2')).backends;
  expect(Object.getPrototypeOf(entry?.parameters)).toBe(Object.prototype);
  expect(Object.keys(entry?.parameters ?? {})).toEqual(['constructor']);
});

test('a backend that is worked out for each request is said, not guessed', async () => {
  const facts = await factsOf('ProxyPassMatch ^/([^/]+)/ http://$1.internal/');
  expect(facts.backends).toEqual([]);
  expect(facts.problems).toEqual([
    expect.stringContaining('httpd.conf:1: ProxyPassMatch goes to http://$1.internal/: the backend is worked out for each request'),
  ]);
});

test('five hundred virtual hosts with a backend each are all there', async () => {
  const hosts = Array.from(
    { length: 500 },
    (_, n) =>
      `<VirtualHost *:80>\n ServerName h${n}\n ErrorLog logs/h${n}\n ProxyPass / http://10.0.${n >> 8}.${n & 255}:80/ timeout=${n}\n</VirtualHost>`,
  );
  const facts = await factsOf(hosts.join('\n'));
  expect(facts.backends).toHaveLength(500);
  expect(facts.backends[499]).toMatchObject({
    backend: '10.0.1.243:80',
    virtualHost: 'h499:80',
    parameters: { timeout: { value: '499', at: { line: 2499 } } },
  });
  expect(facts.errorLogs).toHaveLength(501);
});
