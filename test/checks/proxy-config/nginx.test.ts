/** What nginx's configuration says about proxying, in the terms of all checks. */
import { describe, expect, test } from 'vitest';
import { CouldNot } from '../../../src/checks/check.ts';
import { proxyKeeps } from '../../../src/checks/keepalive-probe/proxy-keeps.ts';
import { proxyConfig } from '../../../src/checks/proxy-config/check.ts';
import type { ProxyConfigFacts } from '../../../src/checks/proxy-config/facts.ts';
import { routeFor } from '../../../src/checks/proxy-config/routes.ts';
import { nginxTlsOf } from '../../../src/checks/tls-connect/nginx-settings.ts';
import { UsageError } from '../../../src/errors.ts';
import type { Inputs } from '../../../src/checks/inputs.ts';
import { memoryContext, memoryHost, type MemoryFile, type MemoryTables } from '../../fakes/memory-host.ts';
import { noInputs } from '../../fakes/inputs.ts';

const main = '/etc/nginx/nginx.conf';

async function facts(
  files: Record<string, MemoryFile>,
  inputs: Partial<Inputs> = {},
  tables: MemoryTables = {},
): Promise<ProxyConfigFacts> {
  const prepared = proxyConfig.prepare(
    { inputs: { ...noInputs, proxyConfig: main, ...inputs }, evidence: () => null, subject: null },
    { dialect: 'nginx' },
  );
  if (!prepared.ready) throw new CouldNot('skipped', prepared.reason, prepared.remedy);
  const host = memoryHost({ ...tables, files });
  return proxyConfig.facts.parse((await proxyConfig.collect(memoryContext({ proxy: host, backend: null }), prepared.parameters)).facts);
}

const http = (text: string): Record<string, MemoryFile> => ({ [main]: `events {}\nhttp {\n${text}\n}` });
const server = (text: string): Record<string, MemoryFile> => http(`server { listen 80; server_name shop.example;\n${text}\n}`);
const said = (given: ProxyConfigFacts, index = 0): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given.backends[index]?.parameters ?? {}).map(([name, { value, said: words }]) => [name, `${value} (${words})`]),
  );

describe('servers', () => {
  test('an address of its own, with the time limits in force and where they stand', async () => {
    const found = await facts(
      server('proxy_read_timeout 1m;\nlocation /app/ { proxy_pass http://App.Example:8080/x; proxy_connect_timeout 500ms; }'),
    );
    expect(found).toMatchObject({
      dialect: 'nginx',
      backends: [
        {
          backend: 'app.example:8080',
          directive: 'proxy_pass',
          path: '/app/',
          virtualHost: 'shop.example:80',
          balancer: null,
          at: { line: 5 },
        },
      ],
    });
    expect(found.backends[0]?.parameters).toMatchObject({
      timeout: { value: '60', said: 'proxy_read_timeout 1m', at: { line: 4 } },
      connectiontimeout: { value: '0.5' },
      sendtimeout: { at: null },
    });
  });

  test('a group: its servers, and how long one that failed is left out', async () => {
    const found = await facts(
      http(
        'upstream app { server 10.0.0.5:8080 weight=3 max_conns=10; server 10.0.0.6 backup max_fails=2 fail_timeout=1m; server unix:/run/A.sock down max_fails=0; }\nserver { listen 80; location / { proxy_pass http://app; } }',
      ),
    );
    expect(found.backends.map(({ backend, balancer, directive }) => [backend, balancer, directive])).toEqual([
      ['10.0.0.5:8080', 'balancer://app', 'server'],
      ['10.0.0.6:80', 'balancer://app', 'server'],
      ['unix:/run/A.sock', 'balancer://app', 'server'],
    ]);
    expect(found.balancers).toMatchObject([{ name: 'balancer://app', members: ['10.0.0.5:8080', '10.0.0.6:80', 'unix:/run/A.sock'] }]);
    expect(said(found, 0)).toMatchObject({
      retry: '10 (max_fails=1 fail_timeout=10s)',
      loadfactor: '3 (weight=3)',
      max: '10 (max_conns=10)',
    });
    expect(said(found, 1)).toMatchObject({ retry: '60 (max_fails=2 fail_timeout=1m)', status: 'H (backup)' });
    expect(said(found, 2)).toMatchObject({ retry: '0 (max_fails=0)', status: 'D (down)' });
  });

  test('the only server of a group is never left out', async () => {
    const found = await facts(http('upstream app { server 10.0.0.5; }\nserver { location / { proxy_pass http://app; } }'));
    expect(found.backends).toMatchObject([{ backend: '10.0.0.5:80', balancer: null }]);
    expect(said(found)['retry']).toBe('0 (the only server of its group)');
  });

  test.each([
    ['https', 'proxy_pass https://[2001:db8::5];', '[2001:db8::5]:443', 'https'],
    ['a socket with a path behind it', 'proxy_pass http://unix:/run/app.sock:/x;', 'unix:/run/app.sock', 'http'],
    ['FastCGI', 'fastcgi_pass 127.0.0.1:9000;', '127.0.0.1:9000', 'fastcgi'],
    ['FastCGI over a socket', 'fastcgi_pass unix:/run/PHP.sock;', 'unix:/run/PHP.sock', 'fastcgi'],
    ['gRPC', 'grpc_pass grpcs://10.0.0.5;', '10.0.0.5:443', 'grpcs'],
  ])('%s', async (_name, pass, backend, scheme) => {
    expect((await facts(server(`location / { ${pass} }`))).backends).toMatchObject([{ backend, scheme }]);
  });

  test('one that a variable makes is known only while nginx runs, and is said to be', async () => {
    const found = await facts(server('location / { set $b app; proxy_pass http://$b:8080; }'));
    expect(found.backends).toEqual([]);
    expect(found.problems.join()).toMatch(/nginx\.conf:4: proxy_pass http:\/\/\$b:8080: .*resolver directive, which is missing/);
  });

  test('names are looked up, as nginx logs addresses only; not with --passive', async () => {
    const files = server('location / { proxy_pass http://app.example:8080; }');
    const names = { 'app.example': ['10.0.0.5', '2001:db8::5'] };
    expect((await facts(files, {}, { names })).backends[0]?.addresses).toEqual(['10.0.0.5:8080', '[2001:db8::5]:8080']);
    expect((await facts(files, { passive: true }, { names })).backends[0]?.addresses).toBeUndefined();
  });
});

describe('connections are kept', () => {
  const group = (more: string, at: string): Record<string, MemoryFile> =>
    http(`upstream app { server 10.0.0.5; ${more} }\nserver { location / { proxy_pass http://app; ${at} } }`);
  const cleared = 'proxy_http_version 1.1; proxy_set_header Connection "";';
  test.each([
    ['no keepalive', group('', cleared), false, /no keepalive in upstream app/],
    ['HTTP/1.0, the default', group('keepalive 8;', ''), false, /proxy_http_version is not 1\.1/],
    ['Connection: close, the default', group('keepalive 8;', 'proxy_http_version 1.1;'), false, /Connection header says close/],
    ['all that is needed', group('keepalive 8; keepalive_timeout 30s;', cleared), true, /keepalive_timeout 30s/],
    ['no group', server(`location / { proxy_pass http://10.0.0.5; ${cleared} }`), false, /without an upstream block/],
    [
      'set for all servers',
      http(
        'proxy_http_version 1.1; proxy_set_header Connection "";\nupstream app { server 10.0.0.5; keepalive 8; }\nserver { location / { proxy_pass http://app; } }',
      ),
      true,
      /keepalive_timeout 60s/,
    ],
    [
      'headers of the location replace those above',
      http(
        `${cleared}\nupstream app { server 10.0.0.5; keepalive 8; }\nserver { location / { proxy_pass http://app; proxy_set_header Host x; } }`,
      ),
      false,
      /says close/,
    ],
  ])('%s', async (_name, files, reuse, because) => {
    const found = await facts(files);
    expect(proxyKeeps(found.backends, found, null)).toMatchObject({ reuse, because: expect.stringMatching(because) as string });
  });

  test('of a release whose defaults are not known here, nothing is said', async () => {
    const commands = { 'nginx -c': { stderr: 'nginx version: nginx/1.29.3\n', exitCode: 0, ended: 'exit' as const } };
    const found = await facts(group('', ''), { httpd: ['nginx', '-c', main] }, { commands });
    expect(found.server).toBe('nginx/1.29.3');
    expect(found.backends[0]?.parameters['disablereuse']).toBeUndefined();
  });
});

describe('which location takes a path', () => {
  const text = `
    location = /exact { proxy_pass http://exact; }
    location / { proxy_pass http://root; }
    location /app { proxy_pass http://app; }
    location /app/deep/ { proxy_pass http://deep; }
    location ^~ /static/ { root /srv; }
    location ~ \\.php$ { fastcgi_pass php:9000; }
    location ~* \\.PNG$ { proxy_pass http://png; }
    location /files/ { try_files $uri @fallback; }
    location /old/ { return 301 /; }
    location @fallback { proxy_pass http://fallback; }`;
  test.each([
    ['/exact', 'exact:80'],
    ['/exact/', 'root:80'],
    ['/x', 'root:80'],
    ['/application', 'app:80'],
    ['/app/deep/x?y=.php', 'deep:80'],
    ['/app/deep/x.php', 'php:9000'],
    ['/x.png', 'png:80'],
    ['/static/x.php', null],
    ['/files/x', 'fallback:80'],
    ['/old/x', null],
  ])('%s', async (path, backend) => {
    expect(routeFor(await facts(server(text)), { path, virtualHost: 'shop.example' })?.backend ?? null).toBe(backend);
  });

  test('a fallback is not certain', async () => {
    expect(routeFor(await facts(server(text)), { path: '/files/x' })?.certain).toBe(false);
  });

  test('several servers, told by name', async () => {
    const found = await facts(
      http(
        'server { server_name a.example; location / { proxy_pass http://a; } }\nserver { server_name b.example; location / { proxy_pass http://b; } }',
      ),
    );
    expect(routeFor(found, { path: '/', virtualHost: 'b.example' })?.backend).toBe('b:80');
    expect(routeFor(found, { path: '/' })).toBe(null);
  });
});

describe('logs', () => {
  test('each place its own; formats in the terms of one reader; levels', async () => {
    const found = await facts({
      [main]: `error_log /var/log/nginx/error.log warn;
http {
  log_format timed '$remote_addr [$time_local] "$request" $status '
                   '$request_time';
  access_log /var/log/nginx/access.log;
  server { server_name a; access_log /var/log/nginx/a.log timed buffer=32k; error_log syslog:server=unix:/dev/log; }
  server { server_name b; access_log off; location / { error_log /var/log/nginx/b.log crit; proxy_pass http://10.0.0.5; } }
}`,
      '/var/log/nginx/error.log': '',
    });
    expect(found.errorLogs.map(({ path, target, virtualHost }) => [path, target, virtualHost])).toEqual([
      ['/var/log/nginx/error.log', 'file', null],
      [null, 'syslog', 'a:80'],
      ['/var/log/nginx/b.log', 'file', 'b:80'],
    ]);
    expect(found.logLevels.map(({ virtualHost, level }) => [virtualHost, level])).toEqual([
      [null, 'warn'],
      ['a:80', 'error'],
      ['b:80', 'crit'],
    ]);
    expect(found.accessLogs.map(({ path, target, format, virtualHost }) => [path, target, format, virtualHost])).toEqual([
      ['/var/log/nginx/access.log', 'file', String.raw`%a - %u %{end}t \"%r\" %>s %B \"%{referer}i\" \"%{user-agent}i\"`, null],
      ['/var/log/nginx/a.log', 'file', String.raw`%a %{end}t \"%r\" %>s %T`, 'a:80'],
      [null, 'off', String.raw`%a - %u %{end}t \"%r\" %>s %B \"%{referer}i\" \"%{user-agent}i\"`, 'b:80'],
    ]);
  });

  test('a link to the process’s own output, as images of containers have it', async () => {
    const found = await facts({
      [main]: 'error_log /var/log/nginx/error.log;\nhttp {}',
      '/var/log/nginx/error.log': { link: '/dev/stderr' },
    });
    expect(found.errorLogs).toMatchObject([{ target: 'stdio', path: null }]);
  });
});

describe('TLS towards an upstream', () => {
  const tls = async (more: string) => {
    const found = await facts(server(`location / { proxy_pass https://10.0.0.5; ${more} }`));
    return nginxTlsOf(found, found.backends);
  };
  test('nothing is checked unless proxy_ssl_verify is on', async () => {
    expect(await tls('')).toMatchObject({ engine: true, verify: 'none', checkName: false, checkDates: false });
    expect(await tls('proxy_ssl_verify on; proxy_ssl_trusted_certificate /etc/ca.pem; proxy_ssl_protocols TLSv1.2;')).toMatchObject({
      verify: 'require',
      checkName: true,
      checkDates: true,
      caFile: '/etc/ca.pem',
      max: 'TLSv1.2',
      places: { SSLProxyVerify: expect.stringMatching(/^proxy_ssl_verify on \(.*:4\)$/) as string },
    });
  });
});

describe('where it comes from', () => {
  test('a copy of another machine’s tree: nothing of this one is asked', async () => {
    const found = await facts(
      {
        '/case/etc/nginx/nginx.conf': 'error_log /var/log/nginx/error.log;\nhttp { include /etc/nginx/conf.d/*.conf; }',
        '/case/etc/nginx/conf.d/a.conf': 'server { location / { proxy_pass http://app.example; } }',
        '/case/var/log/nginx/error.log': '',
      },
      { proxyConfig: '/case/etc/nginx/nginx.conf', offline: true },
      { names: { 'app.example': ['10.0.0.5'] } },
    );
    expect(found).toMatchObject({
      source: 'bundle',
      configFile: main,
      backends: [{ backend: 'app.example:80' }],
      errorLogs: [{ path: '/case/var/log/nginx/error.log' }],
    });
    expect(found.backends[0]?.addresses).toBeUndefined();
  });

  test('a file that is not there is the caller’s mistake; no nginx at all is a reason', async () => {
    await expect(facts({})).rejects.toThrow(UsageError);
    await expect(facts({}, { proxyConfig: null })).rejects.toThrow(/no nginx runs in this network namespace/);
  });
});
