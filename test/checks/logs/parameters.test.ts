import { describe, expect, test } from 'vitest';
import { prepareLogs } from '../../../src/checks/logs/parameters.ts';
import { pipedPath } from '../../../src/checks/logs/piped.ts';
import { configOf, known, parametersOf } from './run.ts';

describe('where a piped log ends', () => {
  test.each([
    ['"|/usr/bin/rotatelogs -l /var/log/apache2/error.%Y%m%d 86400"', '/var/log/apache2/error.*'],
    ['|/usr/bin/rotatelogs /var/log/access 86400', '/var/log/access.*'],
    ['|$/usr/sbin/rotatelogs -t /var/log/access 5M', '/var/log/access'],
    ['|/usr/bin/rotatelogs -n 5 /var/log/access 86400', '/var/log/access*'],
    ['|/usr/bin/rotatelogs -L /var/log/current /var/log/a.%Y 86400', '/var/log/current'],
    ['|/usr/bin/rotatelogs -p /usr/bin/gzip /var/log/a.%H 3600', '/var/log/a.*'],
    ['|/usr/sbin/cronolog /logs/%Y/%m/%d/error.log', '/logs/*/*/*/error.log'],
    ['|/usr/sbin/cronolog -S /logs/current /logs/%Y/error.log', '/logs/*/error.log'],
    ['|/usr/bin/tee -a /var/log/copy.log', '/var/log/copy.log'],
    ['|/usr/bin/tee -a /dev/null', null],
    ['|/usr/bin/logger -t apache', null],
  ])('%s', (raw, path) => {
    expect(pipedPath(raw)).toBe(path);
  });
});

describe('which logs are read', () => {
  const config = configOf([{ path: '/', backend: '10.0.0.1:80', virtualHost: 'shop:80' }], {
    errorLogs: [
      { path: '/var/log/error.log', target: 'file', raw: 'x', virtualHost: null, format: null, at: null },
      { path: '/var/log/shop.error.log', target: 'file', raw: 'y', virtualHost: 'shop:80', format: null, at: null },
      { path: '/var/log/static.error.log', target: 'file', raw: 'z', virtualHost: 'static:80', format: null, at: null },
    ],
    accessLogs: [{ path: '/var/log/shop.access.log', target: 'file', raw: 'y', virtualHost: 'shop:80', format: '%h %>s', at: null }],
  });

  test('those of the virtual hosts that proxy, and the main server’s', () => {
    const parameters = parametersOf(prepareLogs(known(config), 'error-log'));
    expect(parameters.errorLogs.map((log) => log.path)).toEqual(['/var/log/error.log', '/var/log/shop.error.log']);
    expect(parameters.accessLogs).toEqual([
      { path: '/var/log/shop.access.log', virtualHost: 'shop:80', format: '%h %>s', standing: 'running' },
    ]);
  });

  test('given ones instead of them, each kind by itself, with what the configuration knows of them', () => {
    const parameters = parametersOf(prepareLogs(known(config, { errorLogs: ['/var/log/shop.error.log', '/tmp/other.log'] }), 'error-log'));
    expect(parameters.errorLogs.map((log) => [log.path, log.standing, log.virtualHost])).toEqual([
      ['/var/log/shop.error.log', 'running', 'shop:80'],
      ['/tmp/other.log', 'given', null],
    ]);
    expect(parameters.accessLogs).toHaveLength(1);
  });

  test('a check that is left out takes its log along', () => {
    expect(parametersOf(prepareLogs(known(config, { skip: ['access-log'] }), 'error-log')).accessLogs).toEqual([]);
    expect(parametersOf(prepareLogs(known(config, { skip: ['error-log'] }), 'access-log')).errorLogs).toEqual([]);
  });

  test('both checks read the same, so that it is read once', () => {
    expect(prepareLogs(known(config), 'error-log')).toEqual(prepareLogs(known(config), 'access-log'));
  });

  test('a container’s paths are those behind its root', () => {
    const inside = { ...config, root: '/proc/77/root' };
    expect(parametersOf(prepareLogs(known(inside), 'error-log')).errorLogs[0]?.path).toBe('/proc/77/root/var/log/error.log');
  });

  test.each([
    ['no configuration and nothing given', null, 'no error log is known', '--error-log PATH'],
    ['syslog', { target: 'syslog', raw: 'syslog:local1' }, 'goes to syslog', 'journalctl'],
    ['standard error', { target: 'stdio', raw: '/dev/stderr' }, 'the process’s own output', 'docker logs'],
    ['a program that is not known', { target: 'pipe', raw: '|/usr/bin/logger' }, 'goes to a program', '--error-log -'],
  ] as const)('%s: not ready, with the reason and what to do', (_, log, reason, remedy) => {
    const setting =
      log === null
        ? null
        : configOf([{ path: '/', backend: '10.0.0.1:80' }], {
            errorLogs: [{ path: null, virtualHost: null, format: null, at: null, ...log }],
          });
    const prepared = prepareLogs(known(setting), 'error-log');
    expect(prepared.ready).toBe(false);
    if (prepared.ready) return;
    expect(prepared.reason.replaceAll("'", '’')).toContain(reason);
    expect(prepared.remedy).toContain(remedy);
  });
});
