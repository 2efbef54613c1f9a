/** What the program is made of: each package has its reason in the docs, a licence that lets it be bundled, and nothing of it runs at install. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../soak/measured.ts';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const manifest = JSON.parse(read('package.json')) as { dependencies?: Record<string, string>; devDependencies: Record<string, string> };
const lock = (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages;
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const packages = Object.entries(lock).filter(([path, one]) => path.includes('node_modules/') && one.link !== true);
const architecture = read('docs/architecture.md');
const reliability = read('docs/reliability.md');

/** Licences that allow to hand a package on inside another under MIT, with its notice. */
const permissive = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'MIT-0', 'Unlicense', 'Python-2.0', 'PSF-2.0']);
/** Of tools that nothing is bundled from. */
const forTools = new Set([...permissive, 'MPL-2.0', 'CC-BY-4.0', 'MIT AND OFL-1.1', '(MIT OR CC0-1.0)', '(MIT OR WTFPL)', '(BSD-3-Clause AND Apache-2.0)']);

describe('each dependency', () => {
  test('is named with its reason in docs/architecture.md', () => {
    const table = architecture.slice(architecture.indexOf('## Dependencies'));
    const named = new Set([...table.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].flatMap(([, names = '', reason = '']) => (reason.trim() === '' ? [] : names.split(',').map((name) => name.trim()))));
    const all = [...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.devDependencies)].filter((name) => !name.startsWith('@types/'));
    expect(all.filter((name) => !named.has(name))).toEqual([]);
    const known = new Set([...all, 'package', '---']);
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
  });

  test('is locked to one version with its digest', () => {
    expect(packages.filter(([, one]) => one.integrity === undefined || one.version === undefined).map(([path]) => path)).toEqual([]);
  });
});

describe('licences', () => {
  test('of all packages are among those that are allowed', () => {
    expect(packages.filter(([, one]) => !forTools.has(one.license ?? 'none')).map(([path, one]) => `${nameOf(path)}: ${one.license}`)).toEqual([]);
  });

  test('of what is in the bundle let it be handed on; their notices go along, and the docs list them', () => {
    const notices = read('dist/LICENCES.txt').split(/^-{78}$/m).slice(1);
    const bundled = notices.map((notice) => {
      const [, name = '', licence = ''] = /^(\S+) \S+ \(([^)]+)\)$/m.exec(notice) ?? [];
      return { name, licence, long: notice.length > 400 };
    });
    expect(bundled.map((one) => one.name)).toEqual(expect.arrayContaining(['ink', 'react', 'execa', 'zod', 'js-yaml', 'commander']));
    // MPL-2.0 asks for the source of its own files: they are unchanged, and the notice says where they are.
    expect(bundled.filter((one) => !permissive.has(one.licence) && one.licence !== 'MPL-2.0')).toEqual([]);
    // It says its licence, and brings no text of it.
    expect(bundled.filter((one) => !one.long).map((one) => one.name)).toEqual(['yoga-layout']);
    const listed = [...reliability.slice(reliability.indexOf('### Licences')).matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].filter(([, licence]) => !/^(licence|---)$/.test(licence ?? ''));
    const inDocs = listed.flatMap(([, licence = '', names = '']) => names.split(', ').map((name) => `${name} (${licence})`));
    expect(inDocs.toSorted()).toEqual([...new Set(bundled.map((one) => `${one.name} (${one.licence})`))].sort());
  });
});

describe('nothing of a package runs but what is called', () => {
  test('the packages with an install script are known, and only for building', () => {
    // core-js asks for donations, esbuild sees whether its own binary is there: both work without.
    const scripts = packages.filter(([, one]) => one.hasInstallScript === true && one.optional !== true).map(([path]) => nameOf(path));
    expect(scripts.filter((name) => !['core-js', 'esbuild'].includes(name))).toEqual([]);
    expect(Object.keys(manifest.dependencies ?? {})).toEqual([]);
  });

  test('the installed program has no dependencies, and no script of its own at install', () => {
    const { dependencies, scripts } = JSON.parse(read('package.json')) as { dependencies?: unknown; scripts: Record<string, string> };
    expect([dependencies, Object.keys(scripts).filter((name) => /install|prepare$/.test(name))]).toEqual([undefined, []]);
  });
});
