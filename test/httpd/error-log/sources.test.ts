/** Which files a log is made of. */
import { describe, expect, test } from 'vitest';
import { openLogSources } from '../../../src/httpd/error-log/sources.ts';
import { memoryHost, type MemoryFile } from '../../fakes/memory-host.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 22);
const file = (modifiedAt: number, inode: number): MemoryFile => ({ content: 'x\n', info: { modifiedAt, inode } });

const host = memoryHost({
  now,
  files: {
    '/var/log/httpd/error.log': file(now, 10),
    '/var/log/httpd/error.log.1': file(now - day, 11),
    '/var/log/httpd/error.log.2.gz': file(now - 2 * day, 12),
    '/var/log/httpd/error.log-20261119.gz': file(now - 3 * day, 13),
    '/var/log/httpd/error.log.1795000000': file(now - 4 * day, 14),
    '/var/log/httpd/error.log.swp': file(now, 15),
    '/var/log/httpd/error.log.orig.gz': file(now, 16),
    '/var/log/httpd/error.logs': file(now, 17),
    '/var/log/httpd/other_error.log': file(now - 5, 18),
    '/var/log/httpd/.hidden_error.log': file(now, 19),
    '/srv/a/logs/error_log': file(now - 7, 20),
    '/srv/b/logs/error_log': file(now - 9, 21),
    '/srv/c/logs/[odd]*.log': file(now, 22),
    '/secret/error.log': { error: 'EACCES' },
  },
});

const paths = async (patterns: readonly string[], since: number | null = null): Promise<readonly string[]> =>
  (await openLogSources(host, patterns, { since })).sources.map((source) => source.path);

describe('openLogSources', () => {
  test('without a window the file alone is read', async () => {
    expect(await paths(['/var/log/httpd/error.log'])).toEqual(['/var/log/httpd/error.log']);
  });

  test('a window takes the rotated neighbours that reach into it, oldest first', async () => {
    expect(await paths(['/var/log/httpd/error.log'], now - 3.5 * day)).toEqual([
      '/var/log/httpd/error.log-20261119.gz',
      '/var/log/httpd/error.log.2.gz',
      '/var/log/httpd/error.log.1',
      '/var/log/httpd/error.log',
    ]);
    expect(await paths(['/var/log/httpd/error.log'], now - 1.5 * day)).toEqual(['/var/log/httpd/error.log.1', '/var/log/httpd/error.log']);
    expect(await paths(['/var/log/httpd/error.log'], now - 9 * day)).toHaveLength(5);
  });

  test.each([
    ['/var/log/httpd/*error.log', ['/var/log/httpd/other_error.log', '/var/log/httpd/error.log']],
    [
      '/var/log/httpd/error.log.[12]*',
      ['/var/log/httpd/error.log.1795000000', '/var/log/httpd/error.log.2.gz', '/var/log/httpd/error.log.1'],
    ],
    ['/srv/*/logs/error_log', ['/srv/b/logs/error_log', '/srv/a/logs/error_log']],
    ['/srv/?/logs/error_log', ['/srv/b/logs/error_log', '/srv/a/logs/error_log']],
    ['/srv/[!a]/logs/error_log', ['/srv/b/logs/error_log']],
    ['/srv/c/logs/[odd]*.log', ['/srv/c/logs/[odd]*.log']],
  ])('%s', async (pattern, expected) => {
    expect(await paths([pattern])).toEqual(expected);
  });

  test('the same file is read once, however often it is named', async () => {
    expect(await paths(['/var/log/httpd/error.log', '/var/log/httpd/err*.log', '/var/log/httpd/error.log.1'], now - 1.5 * day)).toEqual([
      '/var/log/httpd/error.log.1',
      '/var/log/httpd/error.log',
    ]);
  });

  test('what can not be read is said with its reason, and the rest is read', async () => {
    const { sources, missing } = await openLogSources(host, [
      '/nowhere/error.log',
      '/srv/*/none',
      '/secret/error.log',
      '/var/log/httpd',
      '/srv/a/logs/error_log',
    ]);
    expect(sources.map((source) => source.path)).toEqual(['/srv/a/logs/error_log']);
    expect(missing.map(({ path, code }) => [path, code])).toEqual([
      ['/nowhere/error.log', 'ENOENT'],
      ['/srv/*/none', 'ENOENT'],
      ['/secret/error.log', 'EACCES'],
      ['/var/log/httpd', 'EISDIR'],
    ]);
  });

  test('a name says what is packed, and packing that can not be undone is said', async () => {
    const odd = memoryHost({ files: { '/log/a.gz': file(now, 1), '/log/a.xz': file(now, 2), '/log/a.log': file(now, 3) } });
    const { sources, missing } = await openLogSources(odd, ['/log/a.gz', '/log/a.xz', '/log/a.log']);
    expect(sources.map(({ path, kind }) => [path, kind])).toEqual([
      ['/log/a.gz', 'gzip'],
      ['/log/a.log', 'plain'],
    ]);
    expect(missing[0]?.reason).toMatch(/xz .*unpack it/);
  });

  test('- is standard input where there is one', async () => {
    async function* input(): AsyncIterable<Buffer> {
      yield Buffer.from('x');
    }
    expect((await openLogSources(host, ['-'], { stdin: input() })).sources).toMatchObject([{ path: '-', kind: 'stdin' }]);
    expect((await openLogSources(host, ['-'])).missing).toMatchObject([{ path: '-' }]);
  });
});
