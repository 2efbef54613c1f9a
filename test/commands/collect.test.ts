/** `collect` and `run --bundle`: gathered by bare shells from a real httpd, diagnosed elsewhere as it would be there. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleHost } from '../../src/bundle/bundle-host.ts';
import { readBundle } from '../../src/bundle/read-bundle.ts';
import { collectScript } from '../../src/bundle/script.ts';
import { writeLogs } from '../../src/demo/log-writer.ts';
import { scenarios } from '../../src/demo/scenarios.ts';
import { proxyDoctor } from './cli.ts';

const backend = '198.51.100.7:9000';
let folder = '';
let script = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-collect-'));
  script = at('collect.sh');
  writeFileSync(script, collectScript);
  for (const name of ['web/conf', 'web/extra', 'web/logs with blanks']) mkdirSync(at(name), { recursive: true });
  const down = scenarios.find((one) => one.id === 'backend-down');
  const now = Date.now();
  const { error, access } = writeLogs(down?.requests(now, backend, () => 0.5) ?? [], now - 7_260_000);
  writeFileSync(at('web/logs with blanks/error_log'), error);
  writeFileSync(at('web/logs with blanks/access_log'), access);
  writeFileSync(
    at('web/conf/httpd.conf'),
    `ServerRoot "${at('web')}"\nErrorLog "logs with blanks/error_log"\nCustomLog "logs with blanks/access_log" "%h %l %u %t \\"%r\\" %>s %b %D"\nInclude extra/*.conf\n`,
  );
  writeFileSync(at('web/extra/proxy.conf'), `ProxyPass / http://${backend}/\n`);
  writeFileSync(at('web/conf/key.conf'), '-----BEGIN PRIVATE KEY-----\nhush\n');
  writeFileSync(at('web/conf/site.key'), 'hush');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function collect(shell: readonly string[], args: readonly string[]): { status: number | null; stderr: string } {
  const [command = '', ...rest] = shell;
  const { status, stderr } = spawnSync(command, [...rest, script, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TMPDIR: folder },
  });
  return { status, stderr };
}

describe.each([
  ['dash', ['/usr/bin/dash']],
  ['busybox', ['/usr/bin/busybox', 'sh']],
  ['bash', ['/bin/bash', '--posix']],
])('%s', (name, shell) => {
  test('gathers logs and configuration, no keys, and leaves nothing behind', async () => {
    const archive = at(`${name}.tar.gz`);
    expect(collect(shell, ['-o', archive, '-c', at('web/conf/httpd.conf')]).status).toBe(0);
    const { files, commands } = await readBundle(archive);
    for (const path of [
      'web/conf/httpd.conf',
      'web/extra/proxy.conf',
      'web/logs with blanks/error_log',
      'web/logs with blanks/access_log',
    ]) {
      expect(files.get(at(path))?.content.toString()).toBe(await readFile(at(path), 'utf8'));
    }
    expect([...files.keys()].filter((path) => /key/.test(path))).toEqual([]);
    for (const path of ['/proc/net/tcp', '/proc/net/snmp', '/proc/net/netstat', '/proc/stat'])
      expect(files.get(path)?.content.length).toBeGreaterThan(0);
    expect(commands.map((one) => one.argv.join(' '))).toContain('uname -a');
    expect(execFileSync('find', [folder, '-name', 'proxy-doctor-collect.*'], { encoding: 'utf8' })).toBe('');
  }, 60_000);
});

test('a log is kept from its end, in whole lines', async () => {
  const big = at('big.log');
  writeFileSync(big, Array.from({ length: 60_000 }, (_, index) => `line ${index} ${'x'.repeat(20)}\n`).join(''));
  expect(collect(['/usr/bin/dash'], ['-o', at('big.tar.gz'), '-l', big, '-m', '1']).stderr).toContain('the last 1 MiB');
  const kept = (await readBundle(at('big.tar.gz'))).files.get(big)?.content.toString().split('\n') ?? [];
  expect(kept.at(-2)).toBe(`line 59999 ${'x'.repeat(20)}`);
  expect(kept[0]).toMatch(/^line \d+ x{20}$/);
  expect(kept.length).toBeLessThan(60_000);
});

test('the same diagnosis from the bundle as from the files themselves', async () => {
  const archive = at('same.tar.gz');
  const collected = await proxyDoctor(['collect', '--output', archive, '--proxy-config', at('web/conf/httpd.conf')]);
  expect(collected.status).toBe(0);
  const options = ['--no-input', '--json', '--proxy-config', at('web/conf/httpd.conf')];
  const live = JSON.parse((await proxyDoctor([...options, '--offline'])).stdout) as Reported;
  const bundled = JSON.parse((await proxyDoctor([...options, '--bundle', archive])).stdout) as Reported;
  const said = ({ diagnoses, impact }: Reported): unknown => ({
    diagnoses: diagnoses.map(({ id, backend }) => ({ id, backend })),
    failed: impact?.failed,
  });
  expect(said(bundled)).toEqual(said(live));
  expect(bundled.case.host).toMatch(/\(bundle of /);
  const connect = bundled.evidence.find((one) => one.check === 'tcp-connect');
  expect(connect).toMatchObject({ status: 'skipped', summary: expect.stringMatching(/^From a bundle/) });
}, 60_000);

interface Reported {
  readonly case: { readonly host: string };
  readonly impact: { readonly failed: number } | null;
  readonly diagnoses: readonly { readonly id: string; readonly backend: string | null }[];
  readonly evidence: readonly { readonly check: string; readonly status: string; readonly summary: string }[];
}

test('collect --script prints that very script', async () => {
  expect(await proxyDoctor(['collect', '--script'])).toMatchObject({ status: 0, stdout: collectScript });
});

test('an archive may go to standard output, through ssh', async () => {
  const { stdout } = spawnSync('/usr/bin/dash', [script, '-o', '-'], { cwd: folder, maxBuffer: 2 ** 28, env: { PATH: '/usr/bin:/bin' } });
  writeFileSync(at('piped.tar.gz'), stdout);
  expect((await readBundle(at('piped.tar.gz'))).files.size).toBeGreaterThan(5);
}, 60_000);

describe('an archive that is none of ours', () => {
  const made = async (name: string, entries: Readonly<Record<string, string>>): Promise<string> => {
    const tar = pack();
    for (const [path, content] of Object.entries(entries)) tar.entry({ name: path }, content);
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(Buffer.from(chunk as Buffer));
    writeFileSync(at(name), gzipSync(Buffer.concat(chunks)));
    return at(name);
  };
  const manifest = { 'proxy-doctor-bundle/manifest': 'format=proxy-doctor.bundle/1\ntime=1795000000\noffset=+0100\nhost=px1\n' };

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['climbs out of its folder', { ...manifest, 'proxy-doctor-bundle/root/../../etc/cron.d/x': 'x' }, /no archive of collect has/],
    ['an absolute path', { '/etc/passwd': 'x' }, /no archive of collect has/],
    ['something else', { 'other/file': 'x' }, /no archive of collect has/],
    ['no manifest', { 'proxy-doctor-bundle/root/x': 'x' }, /no archive of proxy-doctor collect/],
    ['a later format', { 'proxy-doctor-bundle/manifest': 'format=proxy-doctor.bundle/9\ntime=1\n' }, /no archive of proxy-doctor collect/],
  ])('%s', async (name, entries, message) => {
    const file = await made(`${name}.tar.gz`, entries);
    await expect(readBundle(file)).rejects.toThrow(message);
    await expect(readBundle(file)).rejects.toMatchObject({ name: 'UsageError', place: { file } });
  });

  test('a text file, a folder, nothing at all: exit 2, one line', async () => {
    for (const path of [script, folder, at('missing.tar.gz')]) {
      const { status, stderr } = await proxyDoctor(['run', '--bundle', path, '--no-input']);
      expect([path, status, stderr.trim().split('\n').length]).toEqual([path, 2, 1]);
    }
  });

  test('its clock and zone are those of its host; commands are answered only where they were recorded', async () => {
    const command = 'proxy-doctor-bundle/commands/1';
    const file = await made('small.tar.gz', {
      ...manifest,
      'proxy-doctor-bundle/links': '/proc/9/exe\t/usr/sbin/apache2\n',
      [`${command}/argv`]: '/usr/sbin/apache2\n-V\n-f\n/dev/null\n',
      [`${command}/stdout`]: 'Server version: Apache/2.4.6\n',
      [`${command}/status`]: '0\n',
    });
    const host = bundleHost(await readBundle(file));
    expect([host.now(), host.zoneOffset(0)]).toEqual([1_795_000_000_000, 60]);
    expect(await host.readLink('/proc/9/exe')).toBe('/usr/sbin/apache2');
    expect(await host.list('/proc')).toEqual(['9']);
    const limits = { timeLimitMs: 1000 };
    expect(await host.run(['/usr/sbin/apache2', '-f', '/etc/other.conf', '-V', '-f', '/dev/null'], limits)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('2.4.6'),
    });
    expect(await host.run(['touch', at('touched')], limits)).toMatchObject({ exitCode: null, ended: 'not-found' });
    expect(existsSync(at('touched'))).toBe(false);
    await expect(host.connect('192.0.2.1', 80, { timeoutMs: 1 })).rejects.toMatchObject({ name: 'CouldNot', status: 'skipped' });
    await expect(host.readFile('/etc/hostname')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
