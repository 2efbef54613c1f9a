import { describe, expect, test } from 'vitest';
import { FileError } from '../../../src/host/host.ts';
import { filesOfHost } from '../../../src/httpd/config/files.ts';
import { readMany, statMany } from '../../../src/httpd/config/many.ts';
import { offlineConfig } from '../../../src/httpd/config/offline.ts';
import { memoryHost } from '../../fakes/memory-host.ts';

describe('many files at a vantage', () => {
  const files = { '/a': 'one\ntwo', '/b': '/a:1:not a beginning\n/c:1:nor this', '/c': '', '/d': { error: 'EACCES' } as const };

  test('one command reads them, whatever stands in them; what it does not show is asked for by itself', async () => {
    const printed = '/a:1:one\n/a:2:two\n/b:1:/a:1:not a beginning\n/b:2:/c:1:nor this\n';
    const host = memoryHost({
      vantage: ['ssh', 'web'],
      files,
      commands: { grep: { stdout: printed, exitCode: 2, stderr: 'grep: /d: Permission denied' } },
    });
    const found = await readMany(host, ['/a', '/b', '/c', '/d'], 1000);
    expect(found.get('/a')?.toString()).toBe('one\ntwo\n');
    expect(found.get('/b')?.toString()).toBe('/a:1:not a beginning\n/c:1:nor this\n');
    expect(found.get('/c')?.toString()).toBe('');
    expect(found.get('/d')).toBeInstanceOf(FileError);
    expect(host.ran).toHaveLength(1);
    expect(host.read).toEqual(['/d', '/c']);
  });

  test('output that was cut off is not taken for whole files', async () => {
    const host = memoryHost({
      vantage: ['ssh', 'web'],
      files,
      commands: { grep: { stdout: '/a:1:one\n', ended: 'too-much-output', exitCode: null } },
    });
    expect((await readMany(host, ['/a', '/b'], 1000)).get('/a')?.toString()).toBe('one\ntwo');
  });

  test('one command looks at them', async () => {
    const host = memoryHost({
      vantage: ['ssh', 'web'],
      files,
      commands: { stat: '81a4 7 100 0 0 12 /a\n41ed 7 100 0 0 13 /folder with blanks\n' },
    });
    const found = await statMany(host, ['/a', '/folder with blanks']);
    expect(found.get('/a')).toMatchObject({ kind: 'file', size: 7, modifiedAt: 100_000, mode: 0o644, inode: 12 });
    expect(found.get('/folder with blanks')).toMatchObject({ kind: 'directory' });
  });
});

describe("a container's files", () => {
  test('are read below its root folder', async () => {
    const files = filesOfHost(memoryHost({ files: { '/proc/7/root/etc/x.conf': 'A 1', '/etc/x.conf': 'B 2' } }), '/proc/7/root');
    expect((await files.read('/etc/x.conf')).text).toBe('A 1');
  });
});

describe("another machine's configuration", () => {
  test('a copy that keeps the tree is read below its own root folder', async () => {
    const host = memoryHost({
      files: { '/case/etc/apache2/apache2.conf': '', '/case/etc/apache2/ports.conf': 'Listen 80', '/etc/apache2/ports.conf': 'Listen 99' },
    });
    const config = await offlineConfig(host, '/case/etc/apache2/apache2.conf');
    expect(config).toMatchObject({ configFile: '/etc/apache2/apache2.conf', serverRoot: '/etc/apache2' });
    expect((await config.files.read('/etc/apache2/ports.conf')).text).toBe('Listen 80');
    expect(config.copyOf('/var/log/apache2/error.log')).toBe('/case/var/log/apache2/error.log');
  });

  test('a folder that was copied by itself stands for its ServerRoot; this machine is not looked at', async () => {
    const host = memoryHost({
      files: { '/tmp/px/conf/httpd.conf': 'ServerRoot "/opt/px"', '/tmp/px/conf.d/a.conf': 'A 1', '/etc/passwd': 'root' },
    });
    const config = await offlineConfig(host, '/tmp/px/conf/httpd.conf');
    expect(config.serverRoot).toBe('/opt/px');
    expect((await config.files.read('/opt/px/conf.d/a.conf')).text).toBe('A 1');
    await expect(config.files.read('/etc/passwd')).rejects.toThrow('not among the files that were given');
    expect(config.copyOf('/var/log/error.log')).toBeNull();
  });
});
