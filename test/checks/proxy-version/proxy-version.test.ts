import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { backportOf } from '../../../src/checks/proxy-version/backport.ts';
import { proxyVersion } from '../../../src/checks/proxy-version/check.ts';
import type { ProxyVersionFacts } from '../../../src/checks/proxy-version/facts.ts';
import type { Parameters } from '../../../src/checks/proxy-version/parameters.ts';
import type { KnownFault } from '../../../src/httpd/versions/faults.ts';
import type { MemoryTables } from '../../fakes/memory-host.ts';
import { memoryContext, memoryHost } from '../../fakes/memory-host.ts';

const asked: Parameters = {
  command: ['/usr/sbin/apache2'],
  binary: '/usr/sbin/apache2',
  root: '',
  modules: null,
  mpm: null,
  configFile: null,
};
const printed = (version: string): string =>
  `Server version: Apache/${version} (Debian)\nServer built:   2024-04-05T06:07:08\nServer loaded:  APR 1.7.0, APR-UTIL 1.6.1\n`;

async function run(tables: MemoryTables, parameters: Partial<Parameters> = {}): Promise<ProxyVersionFacts> {
  const { facts } = await proxyVersion.collect(memoryContext({ proxy: memoryHost(tables), backend: null }), { ...asked, ...parameters });
  return proxyVersion.facts.parse(facts);
}

function debian(version: string, packaged: string, changelog: string | null): MemoryTables {
  return {
    files: {
      '/var/lib/dpkg/info/apache2-bin.list': { content: '', info: { modifiedAt: Date.UTC(2025, 5, 1) } },
      ...(changelog === null ? {} : { '/usr/share/doc/apache2-bin/changelog.Debian.gz': gzipSync(changelog) }),
    },
    commands: {
      '/usr/sbin/apache2 -V': printed(version),
      '/usr/sbin/apache2 -l': '  core.c\n',
      'dpkg-query -S /usr/sbin/apache2': 'apache2-bin: /usr/sbin/apache2\n',
      'dpkg-query -W': packaged,
      'dpkg-query': { exitCode: 1 },
    },
  };
}

const ids = (facts: ProxyVersionFacts, backport: string): string[] =>
  facts.faults.filter((fault) => fault.backport === backport).map((fault) => fault.id);

describe('a package of Debian', () => {
  test('its changelog tells which faults it mended', async () => {
    const facts = await run(
      debian('2.4.52', '2.4.52-1ubuntu4.9', 'apache2 (2.4.52-1ubuntu4.9)\n  * SECURITY UPDATE: CVE-2022-37436\n  * fix PR 65886\n'),
    );
    expect(facts).toMatchObject({
      version: '2.4.52',
      platform: 'Debian',
      aprUtil: '1.6.1',
      package: { name: 'apache2-bin', version: '2.4.52-1ubuntu4.9', installedAt: '2025-06-01T00:00:00.000Z' },
    });
    expect(ids(facts, 'fixed-by-backport')).toEqual(['CVE-2022-37436', 'PR 65886']);
    expect(ids(facts, 'no')).toContain('PR 65666');
    // A fault without a number can not be looked for.
    expect(ids(facts, 'unknown')).toContain('2.4.54 unanswered request logged as 200');
    expect(facts.faults.find((fault) => fault.id === 'PR 65666')).toMatchObject({ introduced: '2.4.40', fixedIn: '2.4.54' });
  });

  test('without a changelog it is not known what it mended', async () => {
    const facts = await run(debian('2.4.52', '2.4.52-1', null));
    expect(new Set(facts.faults.map((fault) => fault.backport))).toEqual(new Set(['unknown']));
    expect(facts.how).toContain('its changelog is not there to read');
  });
});

test("a package of Red Hat's names tickets of its own: its silence is no proof, but for what leaves it open to attack", async () => {
  const facts = await run({
    commands: {
      '/usr/sbin/apache2 -V': printed('2.4.37'),
      'rpm -qf': 'httpd 2.4.37-65.el8 1700000000\n',
      'rpm -q --changelog httpd': '* Mon Jan 1 2024\n- Resolves: #1234567 - CVE-2020-13950\n- proxy: PR63170\n',
    },
  });
  expect(facts.package).toEqual({ name: 'httpd', version: '2.4.37-65.el8', installedAt: '2023-11-14T22:13:20.000Z' });
  expect(ids(facts, 'fixed-by-backport')).toEqual(['PR 63170']);
  expect(ids(facts, 'no')).toContain('CVE-2022-22720');
  expect(ids(facts, 'unknown')).toContain('PR 60330');
});

test("an httpd in a container is of the container's package, whatever this machine has installed", async () => {
  const here = debian('2.4.71', '2.4.71-1', null);
  const facts = await run(
    {
      files: here.files ?? {},
      commands: {
        ...here.commands,
        'chroot /proc/9/root /usr/sbin/apache2 -V': printed('2.4.52'),
        'chroot /proc/9/root rpm -qf': 'httpd 2.4.52-1 1700000000\n',
      },
    },
    { command: ['chroot', '/proc/9/root', '/usr/sbin/apache2'], root: '/proc/9/root' },
  );
  expect(facts).toMatchObject({ version: '2.4.52', package: { name: 'httpd', version: '2.4.52-1' } });
});

test('a build from source is what its number says', async () => {
  const facts = await run({ commands: { '/usr/sbin/apache2 -V': printed('2.4.6') } });
  expect(facts.package).toBeNull();
  expect(ids(facts, 'no')).toContain('PR 48388');
  expect(ids(facts, 'unknown')).toEqual([]);
});

test('faults of modules that are not loaded, and of other ways to serve, are left out', async () => {
  const tables = { commands: { '/usr/sbin/apache2 -V': printed('2.4.46') } };
  const all = (await run(tables)).faults.map((fault) => fault.id);
  const some = (await run(tables, { modules: ['proxy_module', 'proxy_http_module'], mpm: 'prefork' })).faults.map((fault) => fault.id);
  expect(all).toEqual(expect.arrayContaining(['PR 63010', 'PR 65769', 'PR 64234']));
  expect(some).toContain('PR 64234');
  expect(some).not.toContain('PR 63010');
  expect(some).not.toContain('PR 65769');
});

test('nobody to ask', async () => {
  const facts = await run({ commands: { '/usr/sbin/apache2': { ended: 'not-found', exitCode: null } } });
  expect(proxyVersion.classify(facts, null)).toEqual({
    outcome: 'version-unknown',
    summary: expect.stringContaining('no such program there'),
  });
  await expect(run({ files: { '/proc/1/comm': 'init' } }, { command: null, binary: null })).rejects.toMatchObject({
    status: 'skipped',
    remedy: expect.stringContaining('--httpd'),
  });
});

describe('in words', () => {
  const base: ProxyVersionFacts = {
    server: null,
    version: '2.4.52',
    built: null,
    mpm: null,
    aprUtil: null,
    platform: null,
    package: null,
    faults: [],
    how: '',
  };
  const one = (backport: 'no' | 'unknown' | 'fixed-by-backport'): ProxyVersionFacts['faults'][number] => ({
    id: 'x',
    title: '',
    introduced: null,
    fixedIn: '2.4.60',
    symptoms: [],
    condition: '',
    backport,
  });

  test.each<[string, Partial<ProxyVersionFacts>, string, RegExp]>([
    ['none', {}, 'no-known-fault', /^httpd 2\.4\.52: no fault on record$/],
    ['newer than the record', { version: '2.4.90' }, 'no-known-fault', /no fault on record; the record ends with 2\.4\.69$/],
    ['all mended by the package', { faults: [one('fixed-by-backport')] }, 'no-known-fault', /that its package did not mend \(1 mended\)/],
    [
      'one open',
      { faults: [one('no'), one('fixed-by-backport')] },
      'known-fault',
      /1 fault of its proxy code is on record.*1 more the package mended itself/,
    ],
    [
      'not known',
      { faults: [one('unknown'), one('unknown')] },
      'known-fault',
      /2 faults of its proxy code are on record.*2 of them the package may have mended/,
    ],
    ['no version', { version: null, how: 'nobody' }, 'version-unknown', /nobody/],
  ])('%s', (_name, facts, outcome, summary) => {
    const classified = proxyVersion.classify({ ...base, ...facts }, null);
    expect(classified.outcome).toBe(outcome);
    expect(classified.summary).toMatch(summary);
  });
});

test.each<[string, Parameters_, ReturnType<typeof backportOf>]>([
  ['no package', { packaged: false, manager: null, changelog: null }, 'no'],
  ['no changelog', { packaged: true, manager: 'dpkg', changelog: null }, 'unknown'],
  ['mentioned', { packaged: true, manager: 'rpm', changelog: 'fix bug 77' }, 'fixed-by-backport'],
  ['not mentioned by Debian', { packaged: true, manager: 'dpkg', changelog: 'x' }, 'no'],
  ['not mentioned by Red Hat', { packaged: true, manager: 'rpm', changelog: 'x' }, 'unknown'],
])('%s', (_name, of, expected) => {
  const fault: KnownFault = { id: 'PR 77', modules: ['core'], introduced: null, fixed: ['2.4.60'], title: '', when: '', shows: [] };
  expect(backportOf(fault, of)).toBe(expected);
});
type Parameters_ = globalThis.Parameters<typeof backportOf>[1];
