import { describe, expect, test } from 'vitest';
import { CouldNot } from '../../../src/checks/check.ts';
import type { Inputs } from '../../../src/checks/inputs.ts';
import { proxyConfig } from '../../../src/checks/proxy-config/check.ts';
import type { ProxyConfigFacts } from '../../../src/checks/proxy-config/facts.ts';
import { UsageError } from '../../../src/errors.ts';
import type { Host } from '../../../src/host/host.ts';
import { noInputs } from '../../fakes/inputs.ts';
import type { MemoryFile, MemoryTables } from '../../fakes/memory-host.ts';
import { memoryContext, memoryHost } from '../../fakes/memory-host.ts';

async function run(host: Host, inputs: Partial<Inputs> = {}): Promise<ProxyConfigFacts> {
  const prepared = proxyConfig.prepare({ inputs: { ...noInputs, ...inputs }, evidence: () => null, subject: null }, {});
  if (!prepared.ready) throw new CouldNot('skipped', prepared.reason, prepared.remedy);
  const { facts } = await proxyConfig.collect(memoryContext({ proxy: host, backend: null }), prepared.parameters);
  return proxyConfig.facts.parse(facts);
}

/** Debian's layout, in short. */
const debian: Record<string, MemoryFile> = {
  '/etc/apache2/apache2.conf': `PidFile \${APACHE_PID_FILE}
Timeout 300
User \${APACHE_RUN_USER}
ErrorLog \${APACHE_LOG_DIR}/error.log
LogLevel warn
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
Include ports.conf
LogFormat "%v:%p %h \\"%r\\" %>s %O" vhost_combined
LogFormat "%h \\"%r\\" %>s %D" timed
IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf`,
  '/etc/apache2/envvars':
    'export APACHE_RUN_USER=www-data\nexport APACHE_LOG_DIR=/var/log/apache2$SUFFIX\nexport APACHE_PID_FILE=/run/apache2.pid',
  '/etc/apache2/ports.conf': 'Listen 80\n<IfModule ssl_module>\nListen 443\n</IfModule>',
  '/etc/apache2/mods-enabled/mpm_event.load': 'LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so',
  '/etc/apache2/mods-enabled/proxy.load': 'LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so',
  '/etc/apache2/mods-enabled/proxy_http.load': '# Depends: proxy\nLoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so',
  '/etc/apache2/mods-enabled/mpm_event.conf': 'MaxRequestWorkers 150',
  '/etc/apache2/conf-enabled/other-vhosts-access-log.conf': 'CustomLog ${APACHE_LOG_DIR}/other_vhosts_access.log vhost_combined',
  '/etc/apache2/sites-enabled/000-shop.conf': `<VirtualHost *:80>
  ServerName shop.example
  ErrorLog \${APACHE_LOG_DIR}/shop-error.log
  CustomLog \${APACHE_LOG_DIR}/shop-access.log timed
  <IfModule mod_proxy_http.c>
    ProxyPass "/" "http://10.0.0.5:8080/" timeout=20
  </IfModule>
</VirtualHost>`,
};

const settings = 'Server version: Apache/2.4.62 (Debian)\n -D HTTPD_ROOT="/etc/apache2"\n -D SERVER_CONFIG_FILE="apache2.conf"\n';

function apache(
  pid: number,
  argv: readonly string[] = ['/usr/sbin/apache2', '-k', 'start'],
  environment: MemoryFile = { error: 'EACCES' },
): Record<string, MemoryFile> {
  const status = (parent: number, id: number): string => `State:\tS\nPPid:\t${parent}\nUid:\t${id}\t0\nGid:\t${id}\t0\n`;
  const files: Record<string, MemoryFile> = {
    '/proc/self/ns/net': { link: 'net:[1]' },
    '/etc/passwd': 'root:x:0:0::/:\nwww-data:x:33:33::/:\n',
    '/etc/group': 'www-data:x:33:\n',
  };
  for (const [id, parent, uid] of [
    [pid, 1, 0],
    [pid + 1, pid, 33],
  ] as const) {
    files[`/proc/${id}/comm`] = 'apache2\n';
    files[`/proc/${id}/status`] = status(parent, uid);
    files[`/proc/${id}/cmdline`] = `${argv.join('\0')}\0`;
    files[`/proc/${id}/exe`] = { link: '/usr/sbin/apache2' };
    files[`/proc/${id}/ns/net`] = { link: 'net:[1]' };
    files[`/proc/${id}/environ`] = environment;
  }
  return files;
}

function machine(files: Record<string, MemoryFile>, more: MemoryTables = {}): ReturnType<typeof memoryHost> {
  return memoryHost({ ...more, files, commands: { '/usr/sbin/apache2': settings, apache2: settings, ...more.commands } });
}

describe('Debian', () => {
  test('with no option at all, logs, formats, backends and timeouts are known', async () => {
    const facts = await run(machine({ ...debian, ...apache(7) }));
    expect(facts).toMatchObject({
      source: 'running',
      configFile: '/etc/apache2/apache2.conf',
      httpd: { pid: 7, user: 'www-data', uid: 33, group: 'www-data' },
      mpm: 'event',
      problems: [],
      timeout: { seconds: 300, at: { file: '/etc/apache2/apache2.conf', line: 2 } },
      server: 'Apache/2.4.62 (Debian)',
    });
    expect(facts.backends).toMatchObject([
      {
        backend: '10.0.0.5:8080',
        virtualHost: 'shop.example:80',
        path: '/',
        parameters: { timeout: { value: '20' } },
        at: { file: '/etc/apache2/sites-enabled/000-shop.conf', line: 6 },
      },
    ]);
    expect(facts.errorLogs.map((log) => log.path)).toEqual(['/var/log/apache2/error.log', '/var/log/apache2/shop-error.log']);
    expect(facts.accessLogs.map((log) => [log.path, log.format])).toEqual([
      ['/var/log/apache2/other_vhosts_access.log', '%v:%p %h "%r" %>s %O'],
      ['/var/log/apache2/shop-access.log', '%h "%r" %>s %D'],
    ]);
    expect(facts.listen).toMatchObject([{ port: 80 }]);
    expect(facts.includeFolders.map(({ folder, pattern }) => `${folder}/${pattern}`)).toContain('/etc/apache2/conf-enabled/*.conf');
    expect(facts.limits['MaxRequestWorkers']).toMatchObject({ value: '150' });
  });

  test("the running process' own environment counts more than the start script's", async () => {
    const facts = await run(machine({ ...debian, ...apache(7, undefined, 'APACHE_LOG_DIR=/srv/log\0SECRET=x\0') }));
    expect(facts.errorLogs[0]?.path).toBe('/srv/log/error.log');
    expect(facts.command).toEqual(['env', 'APACHE_LOG_DIR=/srv/log', '/usr/sbin/apache2']);
    expect(JSON.stringify(facts)).not.toContain('SECRET');
  });

  test('switched off sites and files of packages are not read', async () => {
    const facts = await run(
      machine({ ...debian, ...apache(7), '/etc/apache2/sites-enabled/shop.conf.dpkg-old': 'ProxyPass / http://old:1/' }),
    );
    expect(facts.backends).toHaveLength(1);
  });
});

test('RHEL keeps its own tree, with the default error log below the server root', async () => {
  const facts = await run(
    memoryHost({
      files: {
        '/proc/1/comm': 'systemd',
        '/etc/httpd/conf/httpd.conf':
          'ServerRoot "/etc/httpd"\nInclude conf.modules.d/*.conf\nErrorLog "logs/error_log"\nLogLevel warn\nIncludeOptional conf.d/*.conf',
        '/etc/httpd/conf.modules.d/00-mpm.conf': 'LoadModule mpm_prefork_module modules/mod_mpm_prefork.so',
        '/etc/httpd/conf.d/proxy.conf': "<Location '/api'>\n  ProxyPass   'http://backend.internal:9000/api'\n</Location>",
      },
    }),
  );
  expect(facts).toMatchObject({ source: 'usual-place', mpm: 'prefork', httpd: null });
  expect(facts.errorLogs[0]?.path).toBe('/etc/httpd/logs/error_log');
  expect(facts.backends).toMatchObject([
    { backend: 'backend.internal:9000', path: '/api', at: { file: '/etc/httpd/conf.d/proxy.conf', line: 2 } },
  ]);
});

describe('several httpds', () => {
  const two = {
    ...apache(7, ['apache2', '-f', '/a.conf']),
    ...apache(17, ['apache2', '-f', '/b.conf']),
    '/a.conf': 'ErrorLog /var/log/a.log\nProxyPass / http://a:1/',
    '/b.conf': 'ErrorLog /var/log/b.log\nProxyPass / http://b:1/',
  };

  test('are listed, and one must be named', async () => {
    const failed = await run(machine(two)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UsageError);
    expect(String(failed)).toMatch(/2 httpds.*pid 7: apache2 -f \/a\.conf.*pid 17: apache2 -f \/b\.conf/);
    expect((failed as UsageError).remedy).toContain('--proxy-config /a.conf');
  });

  test('the error log that was given tells which one is meant', async () => {
    const facts = await run(machine(two), { errorLogs: ['/var/log/b.log'] });
    expect(facts.backends[0]?.backend).toBe('b:1');
    expect(facts.otherHttpds).toEqual([{ pid: 7, argv: ['apache2', '-f', '/a.conf'], config: '/a.conf' }]);
  });

  test('one that is named is taken', async () => {
    expect((await run(machine(two), { proxyConfig: '/a.conf' })).httpd?.pid).toBe(7);
  });

  test('with logs and backends given, the run goes on without a configuration', async () => {
    await expect(run(machine(two), { errorLogs: ['/elsewhere'], backends: ['x:1'] })).rejects.toMatchObject({ status: 'skipped' });
  });
});

describe('what could not be done', () => {
  test('no httpd at all', async () => {
    await expect(run(memoryHost({ files: { '/proc/1/comm': 'init' } }))).rejects.toMatchObject({
      status: 'skipped',
      remedy: expect.stringContaining('--proxy-config'),
    });
  });

  test('no httpd, but nginx: its flow is named', async () => {
    const files = {
      '/proc/self/ns/net': { link: 'net:[1]' },
      '/proc/40/comm': 'nginx\n',
      '/proc/40/status': 'State:\tS\nPPid:\t1\nUid:\t0\t0\nGid:\t0\t0\n',
      '/proc/40/cmdline': 'nginx: master process /usr/sbin/nginx -g daemon on;\0',
      '/proc/40/exe': { link: '/usr/sbin/nginx' },
      '/proc/40/ns/net': { link: 'net:[1]' },
    };
    await expect(run(memoryHost({ files }))).rejects.toMatchObject({
      status: 'skipped',
      remedy: expect.stringMatching(/^nginx runs there \(pid 40\).*proxy-doctor run nginx-upstream.*--proxy-config/),
    });
  });

  test('a configuration that may not be read', async () => {
    const denied = { ...debian, ...apache(7), '/etc/apache2/apache2.conf': { error: 'EACCES' } as const };
    await expect(run(machine(denied))).rejects.toMatchObject({ status: 'skipped', remedy: expect.stringContaining('sudo') });
  });

  test('a vantage that can not be entered', async () => {
    await expect(run(memoryHost({ unreachable: 'ssh: no route' }))).rejects.toMatchObject({ status: 'failed' });
  });

  test('a part that may not be read is said, and the rest is told', async () => {
    const facts = await run(machine({ ...debian, ...apache(7), '/etc/apache2/ports.conf': { error: 'EACCES' } }));
    expect(facts.problems).toEqual([expect.stringContaining('/etc/apache2/apache2.conf:8: Include: /etc/apache2/ports.conf')]);
    expect(facts.backends).toHaveLength(1);
  });

  test('control characters of a configuration do not reach a screen by way of problems', async () => {
    const facts = await run(machine({ ...apache(7, ['apache2', '-f', '/a.conf']), '/a.conf': 'Include "gone\u001b[2J"' }));
    expect(facts.problems.join()).toContain('\\e[2J');
    expect(facts.problems.join()).not.toContain('\u001b');
  });
});

describe('offline', () => {
  test('nothing of this machine is taken', async () => {
    const prepared = proxyConfig.prepare({ inputs: { ...noInputs, offline: true }, evidence: () => null, subject: null }, {});
    expect(prepared).toMatchObject({ ready: false, remedy: expect.stringContaining('--proxy-config') });
  });

  test('a copied tree is read; logs only where their copies lie', async () => {
    const copied = Object.fromEntries(Object.entries(debian).map(([path, file]) => [`/case${path}`, file]));
    const host = memoryHost({
      files: { ...copied, '/case/var/log/apache2/error.log': 'x', '/var/log/apache2/shop-error.log': 'of this machine', ...apache(7) },
    });
    const facts = await run(host, { offline: true, proxyConfig: '/case/etc/apache2/apache2.conf' });
    expect(facts).toMatchObject({ source: 'bundle', httpd: null, configFile: '/etc/apache2/apache2.conf' });
    expect(facts.errorLogs.map((log) => log.path)).toEqual(['/case/var/log/apache2/error.log', null]);
    expect(facts.backends).toHaveLength(1);
    expect(host.read.filter((path) => !path.startsWith('/case'))).toEqual([]);
  });
});

describe('in words', () => {
  test.each<[string, string, string]>([
    ['ProxyPass /a http://a:1/\nProxyPass /b http://b:1/', 'backends-found', '2 backends in /x.conf: a:1, b:1'],
    ['Listen 80', 'no-backends', 'nothing is proxied by /x.conf'],
    [
      [1, 2, 3, 4, 5, 6].map((n) => `ProxyPass /${n} http://h${n}:1/`).join('\n'),
      'backends-found',
      '6 backends in /x.conf: h1:1, h2:1, h3:1, h4:1 and 2 more',
    ],
  ])('%j', async (text, outcome, summary) => {
    const facts = await run(memoryHost({ files: { '/x.conf': text, '/proc/1/comm': 'init' } }), { proxyConfig: '/x.conf' });
    expect(proxyConfig.classify(facts, null)).toEqual({ outcome, summary });
  });

  test('where nothing is proxied, what hindered the search is said and not only counted', async () => {
    const facts = await run(memoryHost({ files: { '/x.conf': 'Listen 80', '/proc/1/comm': 'init' } }), { proxyConfig: '/x.conf' });
    const hindered = { ...facts, problems: ['httpd runs in other network namespaces (pid 7)', 'conf.d can not be read'] };
    expect(proxyConfig.classify(hindered, null).summary).toBe('nothing is proxied by /x.conf; httpd runs in other network namespaces (pid 7) (and 1 more remark)');
  });
});
