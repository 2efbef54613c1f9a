/** The npm package: what is in it, and that it works where nothing else is. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flowIds } from '../../src/commands/find-flow.ts';
import { loadFlow } from '../../src/commands/load-flow.ts';
import { proven } from '../../src/commands/shipped-flow.ts';
import { neededNode, tooOldNode } from '../../src/node-version.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  engines: { node: string };
  dependencies?: unknown;
};

let folder = '';
let files: readonly string[] = [];
let empty = '';
/** npm as a user has it, with nothing of this project's settings. */
function npm(args: readonly string[], cwd: string): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')));
  return execFileSync('npm', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-package-'));
  // Without prepack, which builds: dist/ is built already, and other tests run it now.
  const [packed] = JSON.parse(npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root)) as [
    { filename: string; files: { path: string }[] },
  ];
  files = packed.files.map((file) => file.path);
  empty = join(folder, 'empty');
  mkdirSync(empty);
  npm(['install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename)], empty);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installed = (args: readonly string[]): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, [join(empty, 'node_modules/.bin/proxy-doctor'), ...args], {
    cwd: empty,
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
  });

test('holds the program, the flows and what people read, and nothing else', () => {
  const strays = files.filter(
    (path) =>
      !/^(?:dist\/[\w-]+\.js|dist\/proxy-doctor\.1|dist\/LICENCES\.txt|dist\/[\w-]+\.flow\.json|flows\/[\w./-]+\.(?:ya?ml|schema\.json)|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(path),
  );
  expect(strays).toEqual([]);
  for (const needed of [
    'dist/main.js',
    'dist/supervisor.js',
    'dist/proxy-doctor.1',
    'dist/LICENCES.txt',
    'dist/mod-proxy-http.flow.json',
    'dist/nginx-upstream.flow.json',
    'flows/mod-proxy-http/flow.yaml',
    'flows/mod-proxy-http/diagnoses.yaml',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ])
    expect(files).toContain(needed);
});

test('brings everything: it installs without a network, alone', () => {
  expect(manifest.dependencies).toBeUndefined();
  const tree = JSON.parse(npm(['ls', '--all', '--json'], empty)) as { dependencies: Record<string, { dependencies?: unknown }> };
  expect(Object.keys(tree.dependencies)).toEqual(['proxy-doctor']);
  expect(tree.dependencies['proxy-doctor']?.dependencies).toBeUndefined();
});

test('speaks one language: of zod, which brings its words in fifty, only what is used comes along', () => {
  const chunks = files.filter((path) => path.endsWith('.js')).map((path) => readFileSync(join(root, path), 'utf8'));
  const saying = (text: string): number => chunks.filter((chunk) => chunk.includes(text)).length;
  expect({ english: saying('Invalid input: expected '), german: saying('erwartet instanceof') }).toEqual({ english: 1, german: 0 });
});

test('before the first frame little is loaded: no schemas, no processes, no digests, nothing of Ink', () => {
  const dist = join(root, 'dist');
  const begins = readdirSync(dist).filter((name) => /^(?:main|(?:command-line|start|first-view|opening)-[A-Z0-9]+)\.js$/.test(name));
  expect(begins.length).toBeGreaterThanOrEqual(5);
  const loaded = new Map<string, string>();
  const load = (name: string): void => {
    if (loaded.has(name)) return;
    const text = readFileSync(join(dist, name), 'utf8');
    loaded.set(name, text);
    for (const [, next = ''] of text.matchAll(/(?:from|import) ?"\.\/([^"]+)"/g)) load(next);
  };
  begins.forEach(load);
  const all = [...loaded.values()].join('\n');
  expect([...all.matchAll(/(?:from|import) ?"(node:(?:crypto|child_process|net|worker_threads))"/g)].map(([, name]) => name)).toEqual([]);
  expect(all).not.toMatch(/node_modules\/(?:zod|ink|react|yoga-layout|execa|js-yaml)\//);
  expect(all.length).toBeLessThan(400_000);
});

test('npx runs it', () => {
  expect(npm(['exec', '--offline', '--', 'proxy-doctor', '--version'], empty).trim()).toBe(manifest.version);
});

test.each([
  [['flow', 'lint']],
  [['check', '--list']],
  [['explain', '[proxy:error] AH00957: http: attempt to connect to 192.0.2.2:80 (192.0.2.2) failed']],
])('the installed program: %s', (args) => {
  const { status, stderr } = installed(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('the installed program carries a rehearsal out', () => {
  const { status, stdout } = installed(['demo', '--no-input', '--json']);
  expect(status).toBe(0);
  expect(JSON.parse(String(stdout))).toMatchObject({ diagnoses: [{ id: 'backend-not-running' }] });
}, 60_000);

describe('the shipped flows', () => {
  const own = (path: string): string => join(empty, 'node_modules/proxy-doctor', path);

  test.each(flowIds())('%s comes proven, as it is', (id) => {
    expect(readFileSync(own(`dist/${id}.flow.json`), 'utf8')).toBe(proven(loadFlow(id)).text);
  });

  test('who changes one runs the changed one: its mistakes are found', () => {
    const file = own('flows/mod-proxy-http/flow.yaml');
    const text = readFileSync(file, 'utf8');
    try {
      writeFileSync(file, `${text}\nnonsense: true\n`);
      const { status, stderr } = installed(['run', '--no-input', '--offline', '--backend', '127.0.0.1:9']);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/flow\.yaml:\d+:1: .*nonsense/)]);
    } finally {
      writeFileSync(file, text);
    }
  });
});

describe('an older Node', () => {
  test.each([
    ['12.22.12', true],
    ['18.20.8', true],
    ['20.9.0', true],
    ['20.18.3', true],
    ['20.19.0', false],
    ['22.0.0', false],
    ['26.10.0', false],
  ])('%s', (version, tooOld) => {
    expect(tooOldNode(version) !== null).toBe(tooOld);
  });

  test('is what package.json says', () => {
    expect(manifest.engines.node).toBe(`>=${neededNode}`);
  });

  test('is told in one line, before anything else is loaded', () => {
    const before = join(folder, 'older.cjs');
    // And what an older one does not know must not be reached.
    writeFileSync(
      before,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } }); delete Set.prototype.union;`,
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', before, join(root, 'dist/main.js'), '--version'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/Node 18\.20\.8.*needs 20\.19 or later/)]);
  });

  test('can read all that is loaded before it is asked', () => {
    const loaded: string[] = [];
    const load = (name: string): void => {
      const text = readFileSync(join(root, 'dist', name), 'utf8');
      loaded.push(text);
      for (const [, path = ''] of text.matchAll(/^import\b[^(]*?["']\.\/([^"']+)["'];?$/gm)) load(path);
    };
    load('main.js');
    // The entry and the bundler's own few helpers.
    expect(loaded.join('').length).toBeLessThan(5000);
    // Logical assignment, private names and static blocks (Node 15, 16), await outside of a function (14.8).
    for (const text of loaded) expect(text).not.toMatch(/\?\?=|\|\|=|&&=|\bstatic \{|[.\s]#[a-z]|^await |^[^{\n]*= await /m);
  });
});

describe('the manual page', () => {
  const page = join(root, 'dist/proxy-doctor.1');
  const source = (): string => readFileSync(page, 'utf8');

  test('is clean to mandoc but for its missing date and long source lines', () => {
    const { stdout } = spawnSync('mandoc', ['-T', 'lint', page], { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line !== '' && !/missing date|line longer than 80/.test(line))).toEqual([]);
  });

  test('names every command and option of --help', () => {
    const rendered = spawnSync('mandoc', ['-T', 'ascii', page], { encoding: 'utf8' })
      .stdout.replaceAll(/.\u0008/g, '')
      .replaceAll(/\s+/g, ' ');
    const help =
      String(installed(['--help']).stdout) + String(installed(['run', '--help']).stdout) + String(installed(['flow', '--help']).stdout);
    const words = [...help.matchAll(/^ {2}([a-z]+)(?= )|(--[a-z-]+)/gm)]
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((word) => !['--help', '--version', 'help'].includes(word));
    expect(words.length).toBeGreaterThan(30);
    expect([...new Set(words)].filter((word) => !rendered.includes(word))).toEqual([]);
  });

  test('begins as a manual page does', () => {
    expect(source().split('\n')[0]).toContain(`.TH PROXY\\-DOCTOR 1 "" "proxy\\-doctor ${manifest.version}"`);
  });
});
