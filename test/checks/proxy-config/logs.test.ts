import { describe, expect, test } from 'vitest';
import { findLogFiles } from '../../../src/checks/proxy-config/log-files.ts';
import { logTarget } from '../../../src/checks/proxy-config/logs.ts';
import type { MemoryFile } from '../../fakes/memory-host.ts';
import { memoryHost } from '../../fakes/memory-host.ts';
import { factsOf } from './support.ts';

describe('where a log goes', () => {
  test.each<[string, ReturnType<typeof logTarget>['target'], string | null]>([
    ['logs/error_log', 'file', '/etc/httpd/logs/error_log'],
    ['/var/log/../tmp/x', 'file', '/var/tmp/x'],
    ['/dev/null', 'off', null],
    ['/dev/stderr', 'stdio', null],
    ['/proc/self/fd/2', 'stdio', null],
    ['syslog', 'syslog', null],
    ['syslog:local1', 'syslog', null],
    ['|/usr/bin/logger -t httpd', 'pipe', null],
    ['${LOGS}/error.log', 'file', null],
  ])('%s is a %s', (raw, target, path) => {
    expect(logTarget(raw, '/etc/httpd')).toMatchObject({ target, path });
  });

  test.each<[string, string | null]>([
    ['|/usr/sbin/rotatelogs /var/log/a 86400', '/var/log/a.*'],
    ['||/usr/sbin/rotatelogs -l -f "/var/log/a.%Y-%m-%d" 86400 60', '/var/log/a.*-*-*'],
    ['|$/usr/sbin/rotatelogs -n 5 /var/log/a 5M', '/var/log/a*'],
    ['|rotatelogs -L /var/log/newest -l /var/log/a.%s 1G', '/var/log/newest'],
    ['|/usr/sbin/cronolog -S /var/log/link /var/log/%Y/%m/access_%%_%d.log', '/var/log/*/*/access_%_*.log'],
    ['|/usr/bin/tee -a /var/log/a', '/var/log/a'],
    ['|/bin/sh -c "cat >> /var/log/a"', '/var/log/a'],
    ['|/usr/sbin/rotatelogs logs/relative 86400', null],
    ['|/opt/own-program /var/log/a', null],
    ['|', null],
  ])('%s writes %s', (raw, pattern) => {
    expect(logTarget(raw, '/etc/httpd').pattern).toBe(pattern);
  });
});

describe('error logs', () => {
  test('the main one first, by default below the server root, then those that virtual hosts have of their own', async () => {
    const facts = await factsOf(
      'ErrorLogFormat "[%t] %M"\nErrorLogFormat connection "[%c]"\n<VirtualHost *:80>\nServerName a\nErrorLog /var/log/a\n</VirtualHost>\n<VirtualHost *:81>\nServerName b\n</VirtualHost>',
    );
    expect(facts.errorLogs).toMatchObject([
      { virtualHost: null, path: '/etc/httpd/logs/error_log', format: '[%t] %M', at: null },
      { virtualHost: 'a:80', path: '/var/log/a', format: '[%t] %M', at: { line: 5 } },
    ]);
  });

  test('with a provider named', async () => {
    const facts = await factsOf('ErrorLog syslog local3\n<VirtualHost *:80>\nServerName a\nErrorLog file /x/y\n</VirtualHost>');
    expect(facts.errorLogs).toMatchObject([
      { target: 'syslog', raw: 'syslog:local3' },
      { target: 'file', path: '/x/y' },
    ]);
  });
});

describe('access logs', () => {
  test('formats by name, written out, and by default; a later definition wins; virtual hosts see those of the main server', async () => {
    const facts = await factsOf(String.raw`LogFormat "%h %>s" short
LogFormat "%h \"%r\""
CustomLog logs/a short env=!quiet
CustomLog logs/b "%U %D"
TransferLog logs/c
CustomLog logs/d CLF
LogFormat "%a %>s" short
<VirtualHost *:80>
ServerName v
LogFormat "%{X}i" own
CustomLog /v/own own
CustomLog /v/short short
CustomLog /v/expr short "expr=%{REQUEST_STATUS} -ge 500"
</VirtualHost>`);
    expect(facts.accessLogs.map(({ path, format, virtualHost, condition }) => [path, format, virtualHost, condition])).toEqual([
      ['/etc/httpd/logs/a', '%a %>s', null, 'env=!quiet'],
      ['/etc/httpd/logs/b', '%U %D', null, null],
      ['/etc/httpd/logs/d', '%h %l %u %t "%r" %>s %b', null, null],
      ['/etc/httpd/logs/c', '%h "%r"', null, null],
      ['/v/own', '%{X}i', 'v:80', null],
      ['/v/short', '%a %>s', 'v:80', null],
      ['/v/expr', '%a %>s', 'v:80', 'expr=%{REQUEST_STATUS} -ge 500'],
    ]);
  });
});

describe('the file behind a pipe or a stream', () => {
  const log = (raw: string): Parameters<typeof findLogFiles>[1][number] => ({
    ...logTarget(raw, '/etc/httpd'),
    raw,
    virtualHost: null,
    format: null,
    at: null,
  });
  const written = (modifiedAt: number): MemoryFile => ({ content: 'x', info: { modifiedAt } });

  test('the newest file that rotatelogs made', async () => {
    const host = memoryHost({
      files: { '/var/log/a.100': written(3), '/var/log/a.200': written(9), '/var/log/a.300': written(5), '/var/log/b.400': written(20) },
    });
    expect(await findLogFiles(host, [log('|rotatelogs /var/log/a 86400')], null, '')).toMatchObject([
      { path: '/var/log/a.200', pattern: '/var/log/a.*' },
    ]);
  });

  test('folders made of dates: the last one that holds such a file', async () => {
    const host = memoryHost({ files: { '/l/2026/01/e.log': written(1), '/l/2026/02/e.log': written(2), '/l/2026/03/other': written(3) } });
    expect(await findLogFiles(host, [log('|cronolog /l/%Y/%m/e.log')], null, '')).toMatchObject([{ path: '/l/2026/02/e.log' }]);
  });

  test.each<[string, string, string | null]>([
    ['a file it was started with', '/srv/err.txt', '/srv/err.txt'],
    ['a terminal', '/dev/pts/3', null],
    ['a pipe', 'pipe:[123]', null],
    ['a file that was deleted', '/srv/err.txt (deleted)', null],
  ])('standard error of the running httpd: %s', async (_name, link, expected) => {
    const host = memoryHost({ files: { '/proc/7/fd/2': { link } } });
    expect(await findLogFiles(host, [log('/dev/stderr')], 7, '')).toMatchObject([{ target: 'stdio', path: expected }]);
  });

  test('nothing was written yet, or nothing runs', async () => {
    const host = memoryHost();
    expect((await findLogFiles(host, [log('|rotatelogs /var/log/a 60'), log('/dev/stdout')], null, '')).map(({ path }) => path)).toEqual([
      null,
      null,
    ]);
  });
});
