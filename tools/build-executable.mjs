// Makes build/proxy-doctor, one file that needs no Node: the pinned Node with the program and its flows inside (a single executable
// application). See docs/offline.md for its use.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { flowIds } from '../src/commands/find-flow.ts';
import { loadFlow } from '../src/commands/load-flow.ts';
import { proven } from '../src/commands/shipped-flow.ts';
import { bundleOptions } from './bundle-options.mjs';
import { licences } from './licences.mjs';

const root = new URL('..', import.meta.url).pathname;
// Not below dist/: npm packs that, and a build of the bundle empties it.
const target = process.argv[2] ?? join(root, 'build/proxy-doctor');
const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-executable-'));
try {
  mkdirSync(join(target, '..'), { recursive: true });
  // One file: the program inside the executable can import nothing but Node's own modules.
  const main = join(folder, 'main.mjs');
  const { metafile } = await build({ ...bundleOptions, entryPoints: [join(root, 'src/main.ts')], outfile: main, metafile: true });
  // They go along with the file: Node's own, and those of the packages inside.
  const node = realpathSync(process.execPath);
  const nodes = join(node, '../../LICENSE');
  const notices = [licences(root, metafile), 'Node.js', existsSync(nodes) ? readFileSync(nodes, 'utf8') : 'https://github.com/nodejs/node/blob/main/LICENSE'];
  writeFileSync(`${target}.LICENCES.txt`, notices.join('\n\n'));

  // Symbols are a third of Node's file. They go before the program is put in: afterwards strip would damage it.
  const stripped = join(folder, 'node');
  copyFileSync(node, stripped);
  chmodSync(stripped, 0o755);
  if (spawnSync('strip', [stripped]).status !== 0) console.error('strip is not there (binutils): the executable will be larger than need be');

  const assets = Object.fromEntries(
    readdirSync(join(root, 'flows'), { recursive: true })
      .filter((name) => statSync(join(root, 'flows', name)).isFile())
      .map((name) => [`flows/${name}`, join(root, 'flows', name)]),
  );
  for (const { name, text } of flowIds().map((id) => proven(loadFlow(id)))) {
    assets[`built/${name}`] = join(folder, name);
    writeFileSync(join(folder, name), text);
  }
  const config = join(folder, 'sea.json');
  writeFileSync(
    config,
    JSON.stringify({ main, mainFormat: 'module', executable: stripped, output: target, disableExperimentalSEAWarning: true, assets }),
  );
  execFileSync(process.execPath, ['--build-sea', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  chmodSync(target, 0o755);
  console.log(
    `${target}: ${(statSync(target).size / 2 ** 20).toFixed(0)} MiB, ${execFileSync(target, ['--version'], { encoding: 'utf8' }).trim()}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
