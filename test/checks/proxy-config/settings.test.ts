import { describe, expect, test } from 'vitest';
import { durationSeconds } from '../../../src/checks/proxy-config/settings.ts';
import { factsOf } from './support.ts';

describe('timeouts', () => {
  test.each<[string, readonly [number, number, number], number, number]>([
    ['2.0', [2, 0, 64], 300, 15],
    ['2.2', [2, 2, 34], 300, 5],
    ['2.4', [2, 4, 62], 60, 5],
  ])('unset, %s has its own', async (_name, version, timeout, keepAlive) => {
    const facts = await factsOf('Listen 80', { version });
    expect([facts.timeout, facts.keepAliveTimeout, facts.proxyTimeout]).toEqual([
      { seconds: timeout, at: null },
      { seconds: keepAlive, at: null },
      null,
    ]);
  });

  test('the last of the main server counts; those of virtual hosts stand among the directives', async () => {
    const facts = await factsOf(
      'Timeout 10\nTimeout 20\nProxyTimeout 30\nKeepAliveTimeout 1500ms\n<VirtualHost *:80>\nServerName a\nTimeout 40\n</VirtualHost>',
    );
    expect(facts.timeout).toMatchObject({ seconds: 20, at: { line: 2 } });
    expect(facts.proxyTimeout).toMatchObject({ seconds: 30, at: { line: 3 } });
    expect(facts.keepAliveTimeout.seconds).toBe(1.5);
    expect(facts.directives).toMatchObject([{ name: 'Timeout', value: '40', virtualHost: 'a:80', at: { line: 7 } }]);
  });

  test.each<[string, number | null]>([
    ['60', 60],
    ['500ms', 0.5],
    ['2m', 120],
    ['1h', 3600],
    ['5 s', null],
    ['x', null],
  ])('%s', (text, expected) => {
    expect(durationSeconds(text)).toBe(expected);
  });
});

describe('workers', () => {
  test.each<[string, string, string, number | null]>([
    ['event by default', 'LoadModule mpm_event_module modules/mod_mpm_event.so', '400', null],
    ['as many children as set', 'LoadModule mpm_worker_module modules/mod_mpm_worker.so\nServerLimit 4\nThreadsPerChild 10', '40', null],
    ['prefork by default', 'LoadModule mpm_prefork_module modules/mod_mpm_prefork.so', '256', null],
    ['set', 'LoadModule mpm_event_module modules/mod_mpm_event.so\nMaxRequestWorkers 150', '150', 2],
    ['set by its old name', 'LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\nMaxClients 20', '20', 2],
  ])('%s', async (_name, text, value, line) => {
    const { limits } = await factsOf(text);
    expect(limits['MaxRequestWorkers']?.value).toBe(value);
    expect(limits['MaxRequestWorkers']?.at?.line ?? null).toBe(line);
  });
});

describe('environment', () => {
  test.each<[string, [string, string, boolean][]]>([
    ['SetEnv proxy-nokeepalive 1', [['proxy-nokeepalive', '1', false]]],
    ['SetEnv force-proxy-request-1.0', [['force-proxy-request-1.0', '', false]]],
    [
      'SetEnvIf Request_URI ^/x proxy-nokeepalive !proxy-sendcl other=1',
      [
        ['proxy-nokeepalive', '1', true],
        ['!proxy-sendcl', '', true],
      ],
    ],
    ['SetEnvIfExpr "%{TIME} -lt 1" proxy-nokeepalive=1', [['proxy-nokeepalive', '1', true]]],
    [
      'BrowserMatch "MSIE" nokeepalive downgrade-1.0',
      [
        ['nokeepalive', '1', true],
        ['downgrade-1.0', '1', true],
      ],
    ],
    ['<Location /x>\nSetEnv proxy-initial-not-pooled 1\n</Location>', [['proxy-initial-not-pooled', '1', true]]],
    ['RewriteRule ^/x - [E=proxy-sendchunked:1,L]', [['proxy-sendchunked', '1', true]]],
    ['SetEnv PATH /bin', []],
  ])('%s', async (text, expected) => {
    expect((await factsOf(text)).environment.map(({ name, value, conditional }) => [name, value, conditional])).toEqual(expected);
  });
});

describe('log levels', () => {
  test('modules keep their own until a plain level takes them back', async () => {
    const facts = await factsOf(
      'LogLevel info proxy:debug mod_proxy_http.c:trace2\n<VirtualHost *:80>\nServerName a\nLogLevel proxy_http_module:error\n</VirtualHost>\n<VirtualHost *:81>\nServerName b\nLogLevel crit\n</VirtualHost>\n<VirtualHost *:82>\nServerName c\n</VirtualHost>',
    );
    expect(facts.logLevels).toMatchObject([
      { virtualHost: null, level: 'info', proxy: 'debug', proxyHttp: 'trace2', at: { line: 1 } },
      { virtualHost: 'a:80', level: 'info', proxy: 'debug', proxyHttp: 'error', at: { line: 4 } },
      { virtualHost: 'b:81', level: 'crit', proxy: 'crit', proxyHttp: 'crit' },
    ]);
  });

  test('unset is warn', async () => {
    expect((await factsOf('')).logLevels).toEqual([{ virtualHost: null, level: 'warn', proxy: 'warn', proxyHttp: 'warn', at: null }]);
  });
});

describe('virtual hosts', () => {
  test.each([
    ['<VirtualHost *:8080>\nServerName www.example\nServerAlias a b\n</VirtualHost>', 'www.example:8080'],
    ['<VirtualHost 192.0.2.1>\nServerName https://www.example:444\n</VirtualHost>', 'www.example:444'],
    ['<VirtualHost _default_:443>\n</VirtualHost>', '_default_:443'],
    ['<VirtualHost *>\nServerName x\n</VirtualHost>', 'x:80'],
  ])('%j is %s', async (text, expected) => {
    expect((await factsOf(text)).virtualHosts[0]?.name).toBe(expected);
  });
});

test('listening addresses', async () => {
  const facts = await factsOf('Listen 80\nListen 127.0.0.1:81\nListen [::1]:82 https\nListen *:83');
  expect(facts.listen.map(({ address, port }) => [address, port])).toEqual([
    [null, 80],
    ['127.0.0.1', 81],
    ['[::1]', 82],
    [null, 83],
  ]);
});

test('other directives are kept with their places, passwords are not', async () => {
  const facts = await factsOf(
    'ProxyRemote * http://user:hush@proxy:3128\nSSLProxyEngine on\nProxyErrorOverride On 500\nAlias /x /y\nSecRuleEngine On',
  );
  expect(facts.directives.map(({ name, value }) => `${name} ${value}`)).toEqual([
    'ProxyRemote * http://user:…@proxy:3128',
    'SSLProxyEngine on',
    'ProxyErrorOverride On 500',
    'SecRuleEngine On',
  ]);
});

test('the page of mod_status', async () => {
  const facts = await factsOf(
    '<Location "/server-status">\nSetHandler server-status\n</Location>\n<Location /x>\nSetHandler server-info\n</Location>',
  );
  expect(facts.statusPages).toMatchObject([{ path: '/server-status', virtualHost: null }]);
});
