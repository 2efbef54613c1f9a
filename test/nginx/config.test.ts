/** nginx's configuration: words and blocks, what includes what, what nginx says of itself, and which nginx runs. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filesOfHost } from '../../src/httpd/config/files.ts';
import { parseCompiled } from '../../src/nginx/config/compiled.ts';
import { tokensOf } from '../../src/nginx/config/lexer.ts';
import { locateNginx } from '../../src/nginx/config/locate.ts';
import { readNginxConfig, type Directive } from '../../src/nginx/config/read.ts';
import { knownFaults } from '../../src/nginx/versions/faults.generated.ts';
import { mendedInNginx } from '../../src/nginx/versions/faults.ts';
import { memoryHost, type MemoryFile } from '../fakes/memory-host.ts';

const words = (text: string): string[] => tokensOf(text).map((token) => (token.kind === 'word' ? token.text : token.kind));

describe('words', () => {
  test.each([
    ['a b c;', ['a', 'b', 'c', ';']],
    ['a"b" c;', ['a"b"', 'c', ';']],
    [`log_format main '$a - "$b" ' "it's";`, ['log_format', 'main', '$a - "$b" ', "it's", ';']],
    ['a \\"b\\" "c\\"d";', ['a', '"b"', 'c"d', ';']],
    ['set $x ${y}z; # comment { }\nb;', ['set', '$x', '${y}z', ';', 'b', ';']],
    ['location ~ \\.php$ { a; }', ['location', '~', '\\.php$', '{', 'a', ';', '}']],
    ['content_by_lua_block { if x then { y; } end } b;', ['content_by_lua_block', ';', 'b', ';']],
    ['\ufeffa;', ['a', ';']],
  ])('%s', (text, expected) => expect(words(text)).toEqual(expected));

  test('lines are counted, through quotes and blocks of another language', () => {
    const lines = tokensOf('a "x\ny";\nb_by_lua_block {\n z\n}\nc;').map((token) => [
      token.kind === 'word' ? token.text : token.kind,
      token.line,
    ]);
    expect(lines).toEqual([
      ['a', 1],
      ['x\ny', 1],
      [';', 2],
      ['b_by_lua_block', 3],
      [';', 5],
      ['c', 6],
      [';', 6],
    ]);
  });

  test('any text has words, and comes to an end', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(tokensOf(text).every((token) => token.line >= 1)).toBe(true);
      }),
    ));
});

const read = (files: Record<string, MemoryFile>) => readNginxConfig('/etc/nginx/nginx.conf', filesOfHost(memoryHost({ files })));
const outline = (nodes: readonly Directive[]): unknown[] =>
  nodes.map(({ name, args, at, children }) => [
    `${name} ${args.join(' ')}`.trim(),
    `${at.file.split('/').at(-1)}:${at.line}`,
    ...(children === null ? [] : [outline(children)]),
  ]);

describe('files', () => {
  test('includes are relative to the main file, patterns in the order of glob', async () => {
    const { nodes, files, problems } = await read({
      '/etc/nginx/nginx.conf': 'user www-data;\nhttp {\n  include sites-enabled/*;\n  include more.conf;\n}\n',
      '/etc/nginx/sites-enabled/b': 'b;',
      '/etc/nginx/sites-enabled/a': '\na;',
      '/etc/nginx/sites-enabled/.hidden': 'c;',
      '/etc/nginx/more.conf': 'd {\n e; }',
    });
    expect(outline(nodes)).toEqual([
      ['user www-data', 'nginx.conf:1'],
      [
        'http',
        'nginx.conf:2',
        [
          ['a', 'a:2'],
          ['b', 'b:1'],
          ['d', 'more.conf:1', [['e', 'more.conf:2']]],
        ],
      ],
    ]);
    expect(files).toHaveLength(4);
    expect(problems).toEqual([]);
  });

  test('what can’t be read is said with the line that includes it; a pattern without a file is none', async () => {
    const { problems } = await read({ '/etc/nginx/nginx.conf': 'include none/*.conf;\ninclude gone.conf;\n' });
    expect(problems).toMatchObject([{ at: { line: 2 }, text: /gone\.conf/ }]);
  });

  test('a file that includes itself comes to an end', async () => {
    const { problems } = await read({ '/etc/nginx/nginx.conf': 'include nginx.conf; a;' });
    expect(problems.at(0)?.text).toMatch(/includes itself/);
  });

  test.each(['http { server {', '} } a;', 'a b', 'a { b }'])('half a configuration is read as far as it goes: %s', async (text) => {
    await expect(read({ '/etc/nginx/nginx.conf': text })).resolves.toBeDefined();
  });
});

const version = `nginx version: nginx/1.22.1
built with OpenSSL 3.0.9 30 May 2023
configure arguments: --with-cc-opt='-g -O2 -fdebug-prefix-map=/x=.' --prefix=/usr/share/nginx --conf-path=/etc/nginx/nginx.conf --http-log-path=/var/log/nginx/access.log --error-log-path=stderr
`;

test('what nginx -V says', () => {
  expect(parseCompiled(version)).toEqual({
    server: 'nginx/1.22.1',
    version: [1, 22, 1],
    prefix: '/usr/share/nginx',
    configFile: '/etc/nginx/nginx.conf',
    errorLog: 'stderr',
    accessLog: '/var/log/nginx/access.log',
  });
  expect(parseCompiled('nginx version: openresty/1.21.4.1\n')).toMatchObject({
    server: 'openresty/1.21.4.1',
    configFile: '/usr/local/nginx/conf/nginx.conf',
  });
  expect(parseCompiled('Server version: Apache/2.4.71\n')).toBe(null);
});

describe('which nginx', () => {
  const process = (pid: number, title: string, parent: number, namespace = 'net:[1]'): Record<string, MemoryFile> => ({
    [`/proc/${pid}/comm`]: 'nginx\n',
    [`/proc/${pid}/cmdline`]: `${title}\0`,
    [`/proc/${pid}/status`]: `Name:\tnginx\nState:\tS\nPPid:\t${parent}\nUid:\t33\t33\t33\t33\nGid:\t33\t33\t33\t33\n`,
    [`/proc/${pid}/exe`]: { link: '/usr/sbin/nginx' },
    [`/proc/${pid}/ns/net`]: { link: namespace },
    [`/proc/${pid}/root`]: { link: '/' },
  });
  const here = { '/proc/self/ns/net': { link: 'net:[1]' }, '/proc/self/ns/mnt': { link: 'mnt:[1]' } };
  const locate = (files: Record<string, MemoryFile>, options: Partial<Parameters<typeof locateNginx>[1]> = {}) =>
    locateNginx(
      memoryHost({ files: { ...here, ...files }, commands: { '/usr/sbin/nginx -V': { stderr: version, exitCode: 0, ended: 'exit' } } }),
      {
        configFile: null,
        command: null,
        ...options,
      },
    );

  test('the master’s own command line names the file, relative to the prefix', async () => {
    const { found } = await locate({
      ...process(10, 'nginx: master process nginx -p /srv/px -c conf/px.conf', 1),
      ...process(11, 'nginx: worker process', 10),
    });
    expect(found).toMatchObject([
      {
        source: 'running',
        configFile: '/srv/px/conf/px.conf',
        command: ['/usr/sbin/nginx', '-p', '/srv/px', '-c', 'conf/px.conf'],
        running: { pid: 10, children: [11] },
      },
    ]);
  });

  test('without one it is what was compiled in', async () => {
    const { found } = await locate(process(10, 'nginx: master process /usr/sbin/nginx -g daemon on; master_process on;', 1));
    expect(found).toMatchObject([{ configFile: '/etc/nginx/nginx.conf' }]);
  });

  test('one of another network namespace is not this proxy, and is named', async () => {
    const { found, problems } = await locate(process(10, 'nginx: master process nginx', 1, 'net:[2]'));
    expect(found).toEqual([]);
    expect(problems.join(' ')).toMatch(/other network namespaces \(pid 10\)/);
  });

  test('one that only tests its configuration does not run', async () => {
    expect((await locate(process(10, 'nginx\0-t', 1))).found).toEqual([]);
  });

  test('two with files of their own are both told; --proxy-config picks one', async () => {
    const two = {
      ...process(10, 'nginx: master process nginx -c /a.conf', 1),
      ...process(20, 'nginx: master process nginx -c /b.conf', 1),
      '/b.conf': '',
    };
    expect((await locate(two)).found.map((one) => one.configFile)).toEqual(['/a.conf', '/b.conf']);
    expect((await locate(two, { configFile: '/b.conf' })).found).toMatchObject([{ source: 'given', running: { pid: 20 } }]);
  });
});

describe('faults on record', () => {
  const has = (text: string): string[] => {
    const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number);
    return knownFaults.filter((fault) => mendedInNginx(fault, [major, minor, patch]) !== null).map((fault) => fault.id.split(' ')[0] ?? '');
  };
  test.each([
    ['1.22.1', []],
    ['1.21.3', ['1.21.4']],
    // Carried back to the branch.
    ['1.20.0', ['1.21.4', 'CVE-2021-23017']],
    ['1.20.1', ['1.21.4']],
    ['1.19.5', ['1.21.4', 'CVE-2021-23017', '1.19.6']],
  ])('%s', (text, expected) => expect(has(text)).toEqual(expected));
});
