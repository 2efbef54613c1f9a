import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { locateHttpd } from '../../../src/httpd/config/locate.ts';
import { startedAt } from '../../../src/httpd/config/processes.ts';
import { isHttpdName, runningHttpds } from '../../../src/httpd/config/running.ts';
import type { MemoryFile, MemoryTables } from '../../fakes/memory-host.ts';
import { memoryHost } from '../../fakes/memory-host.ts';

interface Process {
  readonly pid: number;
  readonly name?: string;
  readonly parent?: number;
  readonly uid?: number;
  readonly argv?: readonly string[];
  readonly exe?: string;
  readonly net?: string;
  readonly environment?: string;
  readonly state?: string;
}

const ourNet = 'net:[1]';

/** /proc as Linux shows it, with our own namespaces. */
function proc(processes: readonly Process[]): Record<string, MemoryFile> {
  const files: Record<string, MemoryFile> = {
    '/proc/self/ns/net': { link: ourNet },
    '/proc/self/ns/mnt': { link: 'mnt:[1]' },
    '/proc/stat': 'cpu 1 2\nbtime 1000\n',
  };
  for (const {
    pid,
    name = 'apache2',
    parent = 1,
    uid = 0,
    argv = ['/usr/sbin/apache2', '-k', 'start'],
    exe = '/usr/sbin/apache2',
    net = ourNet,
    environment,
    state = 'S',
  } of processes) {
    files[`/proc/${pid}/comm`] = `${name}\n`;
    files[`/proc/${pid}/status`] =
      `Name:\t${name}\nState:\t${state} (x)\nPPid:\t${parent}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${uid}\t${uid}\t${uid}\t${uid}\n`;
    files[`/proc/${pid}/cmdline`] = state === 'Z' ? '' : `${argv.join('\0')}\0`;
    files[`/proc/${pid}/stat`] = `${pid} (${name}) S ${parent} ${'0 '.repeat(17)}500 0`;
    files[`/proc/${pid}/exe`] = { link: exe };
    files[`/proc/${pid}/ns/net`] = { link: net };
    files[`/proc/${pid}/ns/mnt`] = { link: 'mnt:[1]' };
    if (environment !== undefined) files[`/proc/${pid}/environ`] = environment;
  }
  return files;
}

const settings = 'Server version: Apache/2.4.62 (Debian)\n -D HTTPD_ROOT="/etc/apache2"\n -D SERVER_CONFIG_FILE="apache2.conf"\n';

function machine(files: Record<string, MemoryFile>, more: MemoryTables = {}): ReturnType<typeof memoryHost> {
  return memoryHost({
    ...more,
    files: { '/etc/apache2/apache2.conf': 'Listen 80', ...files },
    commands: { '/usr/sbin/apache2': settings, ...more.commands },
  });
}

describe('the httpds that run', () => {
  test('parents with the user of their children, their start and their environment', async () => {
    const host = machine(
      proc([
        { pid: 7, environment: 'A=1\0B=x=y\0' },
        { pid: 8, parent: 7, uid: 33 },
        { pid: 9, parent: 7, uid: 33 },
        { pid: 20, name: 'nginx' },
      ]),
    );
    const [only, ...rest] = await runningHttpds(host);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({
      pid: 7,
      uid: 33,
      children: [8, 9],
      binary: '/usr/sbin/apache2',
      argv: ['/usr/sbin/apache2', '-k', 'start'],
      namespace: 'same',
      startedAt: 1_005_000,
    });
    expect(only?.environment?.get('B')).toBe('x=y');
  });

  test('zombies and other programs of that name are none', async () => {
    const host = machine(
      proc([
        { pid: 5, state: 'Z' },
        { pid: 6, name: 'httpd', exe: '/bin/busybox', argv: ['httpd', '-p', '80'] },
      ]),
    );
    expect(await runningHttpds(host)).toEqual([]);
  });

  test.each([['-V', '-f', '/dev/null'], ['-l'], ['-t'], ['-D', 'X', '-S'], ['-k', 'graceful'], ['-kstop'], ['-f', 'x', '-M']])(
    'one that was called with %s %s %s serves nothing',
    async (...argv) => {
      const host = machine(proc([{ pid: 5, argv: ['apache2', ...argv] }, { pid: 6 }]));
      expect((await runningHttpds(host)).map(({ pid }) => pid)).toEqual([6]);
    },
  );

  test('one that began as a restart of none serves as well', async () => {
    const host = machine(
      proc([
        { pid: 5, argv: ['apache2', '-k', 'graceful'] },
        { pid: 6, parent: 5, uid: 33 },
      ]),
    );
    expect((await runningHttpds(host)).map(({ pid }) => pid)).toEqual([5]);
  });

  test('one in another network namespace is told apart', async () => {
    const host = machine(proc([{ pid: 5, net: 'net:[2]' }, { pid: 6 }]));
    expect((await runningHttpds(host)).map(({ pid, namespace }) => [pid, namespace])).toEqual([
      [5, 'other'],
      [6, 'same'],
    ]);
  });

  test('without the right to follow the link, a file of the namespace that everyone may look at decides', async () => {
    const files = proc([{ pid: 5 }, { pid: 6 }]);
    const denied = { error: 'EACCES' } as const;
    const device = (inode: number): MemoryFile => ({ content: '', info: { inode } });
    const host = machine({
      ...files,
      '/proc/5/ns/net': denied,
      '/proc/6/ns/net': denied,
      '/proc/self/net/dev': device(77),
      '/proc/5/net/dev': device(78),
      '/proc/6/net/dev': device(77),
    });
    expect((await runningHttpds(host)).map(({ pid, namespace }) => [pid, namespace])).toEqual([
      [5, 'other'],
      [6, 'same'],
    ]);
  });

  test.each<[string, boolean]>([
    ['apache2', true],
    ['httpd', true],
    ['httpd-prefork', true],
    ['httpd2-worker', true],
    ['httpd.event', true],
    ['lighttpd', false],
    ['httpdx', false],
    ['apache2ctl', false],
  ])('%s is a name of httpd: %s', (name, expected) => {
    expect(isHttpdName(name)).toBe(expected);
  });

  test('a process whose name holds parentheses still tells its start', () => {
    expect(startedAt(`9 (a) (b) S 1 ${'0 '.repeat(17)}250 0`, 'btime 2000\n')).toBe(2_002_500);
  });
});

describe('which configuration', () => {
  const nothing = { configFile: null, httpd: null };

  test('of the running httpd, as its program was built', async () => {
    const { found } = await locateHttpd(machine(proc([{ pid: 7 }])), nothing);
    expect(found).toMatchObject([
      { source: 'running', configFile: '/etc/apache2/apache2.conf', serverRoot: '/etc/apache2', command: ['/usr/sbin/apache2'] },
    ]);
  });

  test('-f is relative to the root of the build or of -d, not to a working folder', async () => {
    const other = { pid: 7, argv: ['apache2', '-d', '/srv/r', '-f', 'my.conf', '-D', 'X', '-D', 'FOREGROUND'] };
    const { found } = await locateHttpd(machine(proc([other])), nothing);
    expect(found).toMatchObject([
      { configFile: '/srv/r/my.conf', serverRoot: '/srv/r', command: ['/usr/sbin/apache2', '-d', '/srv/r', '-f', 'my.conf', '-D', 'X'] },
    ]);
  });

  test('several that differ are all given back; one of them, named, is found again with its process', async () => {
    const host = machine({
      ...proc([
        { pid: 7, argv: ['apache2', '-f', '/a.conf'] },
        { pid: 8, argv: ['apache2', '-f', '/b.conf'] },
      ]),
      '/a.conf': '',
      '/b.conf': '',
    });
    expect((await locateHttpd(host, nothing)).found).toHaveLength(2);
    const named = await locateHttpd(host, { configFile: '/b.conf', httpd: null });
    expect(named.found).toMatchObject([{ source: 'given', configFile: '/b.conf', httpd: { pid: 8 } }]);
    expect(named.running.map((one) => one.pid)).toEqual([7, 8]);
    const called = await locateHttpd(host, { configFile: null, httpd: ['/usr/sbin/apache2', '-f', '/a.conf'] });
    expect(called.found).toMatchObject([{ source: 'given', httpd: { pid: 7 } }]);
  });

  test('one that is being replaced by another with the same configuration is one', async () => {
    expect((await locateHttpd(machine(proc([{ pid: 7 }, { pid: 9 }])), nothing)).found).toMatchObject([{ httpd: { pid: 7 } }]);
  });

  test('only in another namespace: the usual place is read, and where it runs is said', async () => {
    const host = machine(proc([{ pid: 7, net: 'net:[2]' }]));
    const { found, problems } = await locateHttpd(host, nothing);
    expect(found).toMatchObject([{ source: 'usual-place', httpd: null, configFile: '/etc/apache2/apache2.conf' }]);
    expect(problems).toEqual([expect.stringContaining('other network namespaces (pid 7)')]);
  });

  test('usual places where nothing runs and no program is there', async () => {
    const host = memoryHost({ files: { '/etc/httpd/conf/httpd.conf': 'Listen 80', '/proc/1/comm': 'init' } });
    expect((await locateHttpd(host, nothing)).found).toMatchObject([
      { source: 'usual-place', configFile: '/etc/httpd/conf/httpd.conf', serverRoot: '/etc/httpd', command: null },
    ]);
    expect((await locateHttpd(memoryHost({ files: { '/proc/1/comm': 'init' } }), nothing)).found).toEqual([]);
  });

  test('no /proc is said, for then a running httpd would not be found', async () => {
    const { problems } = await locateHttpd(memoryHost({ files: { '/etc/httpd/conf/httpd.conf': '' } }), nothing);
    expect(problems).toEqual([expect.stringContaining('Processes could not be looked at')]);
  });

  test.each<[string, string, MemoryFile]>([
    ['a folder', '/etc/apache2', ''],
    ['nothing', '/gone', ''],
    ['no right', '/shut', { error: 'EACCES' }],
  ])('a named configuration that is %s is a mistake of the command line', async (_what, path, file) => {
    const host = machine(path === '/shut' ? { '/shut': file } : {});
    await expect(locateHttpd(host, { configFile: path, httpd: null })).rejects.toThrow(UsageError);
  });

  test('a program that can not be started is said, and the configuration it would read is still found', async () => {
    const host = memoryHost({ files: { '/x.conf': '', '/proc/1/comm': 'init' } });
    const { found, problems } = await locateHttpd(host, { configFile: null, httpd: ['/opt/h/bin/httpd', '-f', '/x.conf'] });
    expect(found).toMatchObject([{ configFile: '/x.conf', compiled: null }]);
    expect(problems).toEqual(['/opt/h/bin/httpd -f /x.conf -V -f /dev/null: no such program there']);
  });
});

test('through a vantage, many processes cost few commands', async () => {
  const processes: Process[] = [{ pid: 7 }, ...Array.from({ length: 150 }, (_, n): Process => ({ pid: 100 + n, parent: 7, uid: 33 }))];
  const files = proc(processes);
  const grep = (argv: readonly string[]): string =>
    argv
      .slice(4)
      .filter((path) => typeof files[path] === 'string')
      .map((path) =>
        (files[path] as string)
          .replace(/\n$/, '')
          .split('\n')
          .map((line, index) => `${path}:${index + 1}:${line}\n`)
          .join(''),
      )
      .join('');
  const host = machine(files, { vantage: ['ssh', 'web'], commands: { grep: (argv: readonly string[]) => grep(argv) } });
  const [httpd] = await runningHttpds(host);
  expect(httpd).toMatchObject({ pid: 7, uid: 33, argv: ['/usr/sbin/apache2', '-k', 'start'] });
  expect(httpd?.children).toHaveLength(150);
  expect(host.ran.length + host.read.length).toBeLessThan(30);
});
