import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownFaults } from '../../../src/httpd/versions/faults.generated.ts';
import type { KnownFault } from '../../../src/httpd/versions/faults.ts';
import { listReachesTo, mendedFor, mentionsOf } from '../../../src/httpd/versions/faults.ts';
import { source } from '../../../src/httpd/versions/generate.ts';
import { readFaults } from '../../../src/httpd/versions/read-faults.ts';
import type { Version } from '../../../src/httpd/versions/version.ts';
import { compareVersions, formatVersion, parseVersion, versionCondition } from '../../../src/httpd/versions/version.ts';

describe('versions', () => {
  test.each<[string, Version | null]>([
    ['Apache/2.4.71 (Debian)', [2, 4, 71]],
    ['2.2', [2, 2, 0]],
    ['Apache', null],
  ])('%s', (text, expected) => {
    expect(parseVersion(text)).toEqual(expected);
  });

  test.each<[string[], boolean | null]>([
    [['2.4.62'], true],
    [['=', '2.4.62'], true],
    [['==', '2.4.62'], true],
    [['!2.4.62'], false],
    [['!=', '2.4'], true],
    [['>=', '2.4'], true],
    [['<', '2.4.62'], false],
    [['<=', '2.4.62'], true],
    [['>', '2.4.9'], true],
    [['~', '^2\\.[24]\\.'], true],
    [['=', '/^2\\.2/'], false],
    [['!~', '^2\\.2'], true],
    [['>', 'two'], null],
    [['~', '('], null],
    [[], null],
  ])('<IfVersion %j> for 2.4.62 is %s', (args, expected) => {
    expect(versionCondition(args, [2, 4, 62])).toBe(expected);
  });
});

describe('the list of faults', () => {
  test('the table in the program is what the YAML says', () => {
    expect(knownFaults).toEqual(readFaults(readFileSync(source, 'utf8')));
  });

  test('each fault is there once, and was there before it was mended', () => {
    expect(new Set(knownFaults.map((fault) => fault.id)).size).toBe(knownFaults.length);
    for (const { id, introduced, fixed } of knownFaults) {
      const before = parseVersion(introduced ?? '0.0.0') ?? [0, 0, 0];
      expect([id, ...fixed.map((text) => compareVersions(before, parseVersion(text) ?? [0, 0, 0]) < 0)]).toEqual([
        id,
        ...fixed.map(() => true),
      ]);
      expect(new Set(fixed.map((text) => text.split('.').slice(0, 2).join('.'))).size).toBe(fixed.length);
    }
  });

  test('an unknown word in the file is refused', () => {
    expect(() =>
      readFaults('faults:\n  - {id: x, modules: [mod_x], fixed: [2.4.1], title: long enough to be one, when: always, severity: 3}'),
    ).toThrow('severity');
    expect(() =>
      readFaults('faults:\n  - {id: x, modules: [mod_x], fixed: [2.4.1], title: long enough to be one, when: always, shows: [made-up]}'),
    ).toThrow('Invalid');
  });
});

const fault = (fixed: string[], introduced: string | null = null): KnownFault => ({
  id: 'PR 1',
  modules: ['core'],
  introduced,
  fixed,
  title: '',
  when: '',
  shows: [],
});

describe('which versions have a fault', () => {
  test.each<[string, string[], string | null, Version, string | null]>([
    ['mended in the branch, of unknown age: the branch before it', ['2.4.40'], null, [2, 4, 39], '2.4.40'],
    ['the release that mended it', ['2.4.40'], null, [2, 4, 40], null],
    ['another branch, of unknown age', ['2.4.40'], null, [2, 2, 34], null],
    ['another branch that is known to have had it', ['2.4.21'], '2.2.0', [2, 2, 34], '2.4.21'],
    ['a branch where it was mended apart', ['2.4.17', '2.2.32'], '2.2.0', [2, 2, 31], '2.2.32'],
    ['the same, mended', ['2.4.17', '2.2.32'], '2.2.0', [2, 2, 34], null],
    ['before it came', ['2.4.42'], '2.4.40', [2, 4, 39], null],
    ['while it was there', ['2.4.42'], '2.4.40', [2, 4, 41], '2.4.42'],
    ['an older branch than it', ['2.4.42'], '2.4.40', [2, 2, 34], null],
    ['a development version towards the branch', ['2.4.3'], null, [2, 3, 16], '2.4.3'],
  ])('%s', (_name, fixed, introduced, version, expected) => {
    expect(mendedFor(fault(fixed, introduced), version)).toBe(expected);
  });

  test('a version has a fault or a later one of its branch has not: the release that mended it ends it', () => {
    const version = fc.tuple(fc.constant(2), fc.constantFrom(0, 2, 4), fc.nat({ max: 80 }));
    fc.assert(
      fc.property(fc.constantFrom(...knownFaults), version, (one, at) => {
        const release = parseVersion(mendedFor(one, at) ?? '');
        expect(release === null || (compareVersions(at, release) < 0 && mendedFor(one, release) === null)).toBe(true);
      }),
    );
  });

  test.each<[Version, string, boolean]>([
    [[2, 4, 6], 'PR 48388', true],
    [[2, 4, 25], 'PR 48388', false],
    [[2, 2, 15], 'PR 48388', true],
    [[2, 4, 37], 'PR 60330', true],
    [[2, 4, 62], 'PR 69233', true],
    [[2, 4, 46], 'PR 69233', false],
    [[2, 4, 59], 'PR 69126', true],
    [[2, 4, 58], 'PR 69126', false],
    [[2, 4, 47], 'CVE-2020-13950', false],
    [[2, 4, 40], 'CVE-2020-13950', false],
    [[2, 4, 41], 'CVE-2020-13950', true],
    [[2, 0, 52], 'PR 60330', false],
  ])('%j and %s: %s', (version, id, expected) => {
    const known = knownFaults.find((one) => one.id === id);
    expect(known && mendedFor(known, version) !== null).toBe(expected);
  });

  test('the newest version has none of them', () => {
    const newest = listReachesTo(knownFaults);
    expect(newest && formatVersion(newest)).toBe('2.4.69');
    expect(knownFaults.filter((one) => newest && mendedFor(one, newest) !== null)).toEqual([]);
  });
});

test('what a changelog calls a fault', () => {
  const mentions = mentionsOf({ ...fault([]), id: 'CVE-2012-3502, PR 53727' });
  const found = (text: string): boolean => mentions.some((mention) => mention.test(text));
  expect(['fixes cve-2012-3502', 'PR 53727', 'bug #53727', 'PR537270', 'Closes: #53727', 'CVE-2012-35020'].map(found)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(mentionsOf({ ...fault([]), id: '2.4.17 something' })).toEqual([]);
});
