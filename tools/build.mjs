// Bundles src/main.ts into dist/: one small entry and a chunk per command, so that a command loads only what it needs.
// See docs/decisions/0002-bundle.md.
import { execFileSync } from 'node:child_process';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));

// Ink asks for its developer tools by a name that is not installed; they are never wanted in a build.
const withoutDevtools = {
  name: 'without-devtools',
  setup(builder) {
    builder.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'devtools', namespace: 'stub' }));
    builder.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: 'export default {}' }));
  },
};

await rm(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  // The supervisor of a change is a program of its own: it outlives the tool.
  entryPoints: { main: 'src/main.ts', supervisor: 'src/change/supervisor.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Names and lines stay readable: a stack is worth more than some kilobytes.
  minifySyntax: true,
  legalComments: 'none',
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    // Without a fetch, yoga's WebAssembly is decoded in place, which saves some 30 ms of the start.
    fetch: 'undefined',
    PROXY_DOCTOR_VERSION: JSON.stringify(version),
  },
  banner: { js: "import{createRequire as createRequireForBundle}from'node:module';const require=createRequireForBundle(import.meta.url);" },
  plugins: [withoutDevtools],
  logLevel: 'warning',
});
await chmod(`${root}dist/main.js`, 0o755);
await writeFile(`${root}dist/proxy-doctor.1`, execFileSync(process.execPath, [`${root}dist/main.js`, 'man']));
