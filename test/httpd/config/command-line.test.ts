import { describe, expect, test } from 'vitest';
import { argumentsToRepeat, parseHttpdArguments } from '../../../src/httpd/config/arguments.ts';
import { parseCompiled, parseStaticModules } from '../../../src/httpd/config/compiled.ts';
import { parseEnvvars } from '../../../src/httpd/config/envvars.ts';

describe("httpd's arguments", () => {
  test.each<[string, Partial<ReturnType<typeof parseHttpdArguments>>]>([
    ['-k start', { configFile: null, defines: [] }],
    [
      '-D FOREGROUND -DTLS -f conf/x.conf -d /opt/httpd',
      { configFile: 'conf/x.conf', serverRoot: '/opt/httpd', defines: ['FOREGROUND', 'TLS'] },
    ],
    ['-f one -f two', { configFile: 'two' }],
    ['-X -f/etc/x.conf', { configFile: '/etc/x.conf', defines: ['DEBUG'] }],
    ['-k -f', { configFile: null }],
    ['-C Listen=1 -c Listen=2 -E /tmp/start.log', { before: ['Listen=1'], after: ['Listen=2'], startupLog: '/tmp/start.log' }],
    ['start -f x', { configFile: null }],
    ['', { configFile: null }],
  ])('%s', (line, expected) => {
    expect(parseHttpdArguments(line.split(' ').filter((word) => word !== ''))).toMatchObject(expected);
  });

  test('another call repeats what decides the configuration and leaves out how it was started', () => {
    const parsed = parseHttpdArguments(['-k', 'start', '-DFOREGROUND', '-D', 'TLS', '-f', '/x.conf', '-d', '/r', '-C', 'Listen 1']);
    expect(argumentsToRepeat(parsed)).toEqual(['-d', '/r', '-f', '/x.conf', '-D', 'TLS', '-C', 'Listen 1']);
  });
});

describe('what httpd -V prints', () => {
  test('2.4 with a loadable MPM and no configuration', () => {
    const printed = [
      'Server version: Apache/2.4.62 (Debian)',
      'Server built:   2025-01-02T03:04:05',
      'Server loaded:  APR 1.7.2, APR-UTIL 1.6.3, PCRE 10.42 2022-12-11',
      'Compiled using: APR 1.7.0, APR-UTIL 1.6.1',
      'Architecture:   64-bit',
      'Server MPM:     ',
      ' -D HTTPD_ROOT="/etc/apache2"',
      ' -D DEFAULT_ERRORLOG="logs/error_log"',
      ' -D SERVER_CONFIG_FILE="apache2.conf"',
    ].join('\n');
    expect(parseCompiled(printed)).toEqual({
      server: 'Apache/2.4.62 (Debian)',
      version: [2, 4, 62],
      built: '2025-01-02T03:04:05',
      mpm: null,
      aprUtil: '1.6.3',
      root: '/etc/apache2',
      configFile: 'apache2.conf',
      errorLog: 'logs/error_log',
      architecture: '64-bit',
    });
  });

  test('2.2 with its MPM compiled in', () => {
    const printed =
      'Server version: Apache/2.2.15 (Unix)\nServer loaded:  APR 1.3.9, APR-Util 1.3.9\nServer MPM:     Prefork\n -D APACHE_MPM_DIR="server/mpm/prefork"\n';
    expect(parseCompiled(printed)).toMatchObject({ version: [2, 2, 15], mpm: 'prefork', aprUtil: '1.3.9' });
  });

  test('2.0 names its MPM only by a folder', () => {
    expect(parseCompiled('Server version: Apache/2.0.52\n -D APACHE_MPM_DIR="server/mpm/worker"\n')).toMatchObject({
      version: [2, 0, 52],
      mpm: 'worker',
    });
  });

  test('something else', () => {
    expect(parseCompiled('usage: httpd [-p port]')).toMatchObject({ server: null, version: null, root: null });
  });

  test('the list of compiled-in modules', () => {
    expect(parseStaticModules('Compiled in modules:\n  core.c\n  mod_so.c\n  http_core.c\n')).toEqual([
      'core.c',
      'mod_so.c',
      'http_core.c',
    ]);
  });
});

describe("Debian's envvars", () => {
  const script = `unset HOME
if [ "\${APACHE_CONFDIR##/etc/apache2-}" != "\${APACHE_CONFDIR}" ] ; then
        SUFFIX="-\${APACHE_CONFDIR##/etc/apache2-}"
else
        SUFFIX=
fi
export APACHE_RUN_USER=www-data
# export COMMENTED=x
export APACHE_LOG_DIR=/var/log/apache2$SUFFIX # behind
: \${APACHE_LOCK_DIR:=/run/lock\${SUFFIX}}
QUOTED="a 'b' \${NOWHERE:-c}"' $d'
export APACHE_PID_FILE=\${APACHE_RUN_DIR:-/run/apache2}/apache2.pid`;

  test('assignments in their order', () => {
    const values = parseEnvvars(script, '/etc/apache2');
    expect(Object.fromEntries(values)).toEqual({
      SUFFIX: '',
      APACHE_RUN_USER: 'www-data',
      APACHE_LOG_DIR: '/var/log/apache2',
      APACHE_LOCK_DIR: '/run/lock',
      QUOTED: "a 'b' c $d",
      APACHE_PID_FILE: '/run/apache2/apache2.pid',
    });
  });

  test('a second instance has its name in the paths', () => {
    expect(parseEnvvars(script, '/etc/apache2-shop').get('APACHE_LOG_DIR')).toBe('/var/log/apache2-shop');
  });

  test('an instance whose script knows nothing of instances', () => {
    expect(parseEnvvars('export APACHE_LOG_DIR=/logs', '/etc/apache2-shop').get('APACHE_LOG_DIR')).toBe('/logs');
  });
});
