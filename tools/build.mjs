// Bundles src/main.ts into dist/: one small entry and a chunk per command, so that a command loads only what it needs.
// See docs/decisions/0002-bundle.md.
import { execFileSync } from 'node:child_process';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';
import { flowIds } from '../src/commands/find-flow.ts';
import { loadFlow } from '../src/commands/load-flow.ts';
import { proven } from '../src/commands/shipped-flow.ts';
import { licences } from './licences.mjs';

const root = new URL('..', import.meta.url).pathname;
await rm(`${root}dist`, { recursive: true, force: true });
const { metafile } = await build({
  ...bundleOptions,
  // The supervisor of a change is a program of its own: it outlives the tool. So are the threads that read big logs.
  entryPoints: {
    main: 'src/main.ts',
    supervisor: 'src/change/supervisor.ts',
    'scan-thread': 'src/httpd/error-log/scan-thread.ts',
    'cut-thread': 'src/httpd/access-log/cut-thread.ts',
  },
  outdir: 'dist',
  splitting: true,
  metafile: true,
});
await chmod(`${root}dist/main.js`, 0o755);
await writeFile(`${root}dist/proxy-doctor.1`, execFileSync(process.execPath, [`${root}dist/main.js`, 'man']));
for (const { name, text } of flowIds().map((id) => proven(loadFlow(id)))) await writeFile(`${root}dist/${name}`, text);
await writeFile(`${root}dist/LICENCES.txt`, licences(root, metafile));
