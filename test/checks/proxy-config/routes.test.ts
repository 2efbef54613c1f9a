import { describe, expect, test } from 'vitest';
import { prefixMatches, routeFor } from '../../../src/checks/proxy-config/routes.ts';
import { factsOf } from './support.ts';

/** `backend`, `balancer`, or null; `?` behind what more than the path decides. */
async function go(text: string, path: string, virtualHost?: string): Promise<string | null> {
  const route = routeFor(await factsOf(text), virtualHost === undefined ? { path } : { path, virtualHost });
  return route === null ? null : `${route.balancer ?? route.backend}${route.certain ? '' : '?'}`;
}

describe('whole components of a path', () => {
  test.each<[string, string, boolean]>([
    ['/app', '/app', true],
    ['/app/x', '/app', true],
    ['/apple', '/app', false],
    ['/app', '/app/', false],
    ['/app/', '/app/', true],
    ['//app///x', '/app/x', true],
    ['/a', '/', true],
    ['/', '/app', false],
    ['/x', '', false],
  ])('%s under %s: %s', (path, prefix, expected) => {
    expect(prefixMatches(path, prefix)).toBe(expected);
  });
});

describe('one server', () => {
  const lines = `ProxyPass /static !
ProxyPass /app/v2 http://v2:1/
ProxyPass /app http://v1:1/
ProxyPass /app/v3 http://v3:1/
ProxyPassMatch "^/img/(.*\\.png)$" http://img:1/$1
ProxyPass /b balancer://b
<Proxy balancer://b>
BalancerMember http://m1:1
BalancerMember http://m2:1
</Proxy>`;

  test.each<[string, string | null]>([
    ['/static/x', null],
    ['/app/v2/x', 'v2:1'],
    ['/app/v3/x', 'v1:1'],
    ['/app?x=/static', 'v1:1'],
    ['/app%2Fv2/x', 'v2:1'],
    ['/img/a.png', 'img:1'],
    ['/img/a.jpg', null],
    ['/b/x', 'balancer://b'],
    ['/other', null],
    ['/%', null],
  ])('%s goes to %s: the first line that fits, an exclusion ends the search', async (path, expected) => {
    expect(await go(lines, path)).toBe(expected);
  });

  test('a balancer names its members; one member alone is the backend', async () => {
    const facts = await factsOf(lines);
    expect(routeFor(facts, { path: '/b' })).toMatchObject({ backend: null, members: ['m1:1', 'm2:1'], at: { line: 6 } });
    const one = await factsOf('<Proxy balancer://b>\nBalancerMember http://m1:1\n</Proxy>\nProxyPass / balancer://b/');
    expect(routeFor(one, { path: '/' })).toMatchObject({ backend: 'm1:1', balancer: 'balancer://b' });
  });
});

describe('the order of the mechanisms', () => {
  const all = `RewriteEngine on
RewriteRule ^/both/r http://rewrite:1/ [P]
RewriteCond %{HTTP_COOKIE} beta
RewriteRule ^/beta http://beta:1/ [P]
ProxyPass / http://server:1/
<Location /both>
ProxyPass http://outer:1/
</Location>
<Location /both/in>
ProxyPass http://inner:1/
</Location>
<Location /both/in/out>
ProxyPass !
</Location>
<LocationMatch \\.php$>
SetHandler "proxy:fcgi://php:1/"
</LocationMatch>
<If "%{HTTP_HOST} == 'x'">
ProxyPass http://if:1/
</If>`;

  test.each<[string, string | null]>([
    ['/both/r', 'rewrite:1'],
    ['/both/x', 'outer:1?'],
    ['/both/in/x', 'inner:1?'],
    ['/both/in/out', null],
    ['/beta', 'beta:1?'],
  ])('%s goes to %s', async (path, expected) => {
    expect(await go(all.replace(/<If[\s\S]*/, ''), path)).toBe(expected?.replace(/(outer|inner):1\?/, '$1:1') ?? null);
  });

  test.each([
    ['RewriteCond %{REQUEST_URI} ^/app', '/app/1', '/x'],
    ['RewriteCond %{REQUEST_URI} !^/static/', '/x', '/static/x'],
    ['RewriteCond %{REQUEST_URI} \\.do$', '/a/b.do', '/a/b.html'],
    ['RewriteCond %{REQUEST_URI} ^/a\nRewriteCond %{REQUEST_URI} "!^/a/x"', '/a/y', '/a/x'],
  ])('a condition on the path is part of the rule: %s', async (conditions, passed, kept) => {
    const facts = await factsOf(`RewriteEngine on\n${conditions}\nRewriteRule ^/(.*)$ http://r:1/$1 [P]`);
    expect(routeFor(facts, { path: passed })).toMatchObject({ backend: 'r:1', certain: true });
    expect(routeFor(facts, { path: kept })).toBeNull();
    expect(facts.backends[0]).toMatchObject({ path: '^/(.*)$' });
  });

  test.each([
    ['RewriteCond %{HTTP_HOST} ^a', false],
    ['RewriteCond %{REQUEST_URI} ^/a [OR]\nRewriteCond %{REQUEST_URI} ^/b', false],
    ['RewriteCond %{REQUEST_URI} =/a', false],
    ['RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !-f', false],
  ])('a condition on something else leaves it open: %s', async (conditions, certain) => {
    const facts = await factsOf(`RewriteEngine on\n${conditions}\nRewriteRule ^/(.*)$ http://r:1/$1 [P]`);
    expect(routeFor(facts, { path: '/x' })).toMatchObject({ backend: 'r:1', certain, orElsewhere: false });
  });

  test('where the condition does not hold, another line may lead elsewhere', async () => {
    const rule = 'RewriteEngine on\nRewriteCond %{HTTP_HOST} ^a\nRewriteRule ^/(.*)$ http://r:1/$1 [P]\n';
    const elsewhere = await factsOf(`${rule}ProxyPass / http://s:1/`);
    expect(routeFor(elsewhere, { path: '/x' })).toMatchObject({ backend: 'r:1', orElsewhere: true });
    const same = await factsOf(`${rule}ProxyPass / http://r:1/`);
    expect(routeFor(same, { path: '/x' })).toMatchObject({ backend: 'r:1', orElsewhere: false });
  });

  test('a handler takes what no ProxyPass took', async () => {
    expect(await go('<LocationMatch \\.php$>\nSetHandler "proxy:fcgi://php:1/"\n</LocationMatch>', '/a.php')).toBe('php:1');
  });
});

describe('virtual hosts', () => {
  const hosts = `ProxyPass /shared http://main:1/
<VirtualHost *:80>
ServerName a.example
ProxyPass / http://a:1/
</VirtualHost>
<VirtualHost *:80>
ServerName b.example
RewriteEngine on
RewriteRule ^/r http://b-rewrite:1/ [P]
ProxyPass /x http://b:1/
</VirtualHost>`;

  test.each<[string, string | undefined, string | null]>([
    ['/x', 'a.example:80', 'a:1'],
    ['/x', 'b.example', 'b:1'],
    ['/X', 'B.Example:80', null],
    ['/shared', 'b.example:80', 'main:1'],
    ['/shared', 'a.example', 'main:1'],
    ['/r', 'b.example', 'b-rewrite:1'],
    ['/x', undefined, null],
    ['/shared', undefined, 'main:1?'],
    ['/only-a', undefined, 'a:1?'],
  ])('%s of %s goes to %s', async (path, host, expected) => {
    expect(await go(hosts, path, host)).toBe(expected);
  });

  test('rewrite rules of the main server count in a virtual host only where it inherits them', async () => {
    const text = (options: string): string =>
      `RewriteEngine on\nRewriteRule ^/r http://main:1/ [P]\n<VirtualHost *:80>\nServerName v\n${options}\nProxyPass /p http://p:1/\n</VirtualHost>`;
    expect(await go(text(''), '/r', 'v')).toBeNull();
    expect(await go(text('RewriteOptions Inherit'), '/r', 'v')).toBe('main:1');
  });
});

test('expressions of PCRE that JavaScript writes otherwise, and ones that it does not have', async () => {
  expect(await go('ProxyPassMatch "(?i)^/(?<name>a.c)$" http://x:1/', '/ABC')).toBe('x:1');
  expect(await go(String.raw`ProxyPassMatch "^/a\-b\_c" http://x:1/`, '/a-b_c')).toBe('x:1');
  expect(await go('ProxyPassMatch "^/(?>a)" http://x:1/\nProxyPass / http://y:1/', '/a')).toBe('y:1');
});

test('facts of an earlier version, without routes, still answer from the backends', async () => {
  const { routes: _routes, ...facts } = await factsOf('ProxyPass /a http://a:1/\nProxyPassMatch ^/b http://b:1/');
  expect(routeFor(facts, { path: '/a/x' })?.backend).toBe('a:1');
  expect(routeFor(facts, { path: '/bx' })?.backend).toBe('b:1');
});
