// How esbuild bundles the program, for dist/ and for the single executable. See docs/decisions/0002-bundle.md.
import { readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

// Ink asks for its developer tools by a name that is not installed; they are never wanted in a build.
const withoutDevtools = {
  name: 'without-devtools',
  setup(builder) {
    builder.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'devtools', namespace: 'stub' }));
    builder.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: 'export default {}' }));
  },
};

// Ink measures all that it draws; see src/columns.ts, which alone is given the real one.
const quickColumns = {
  name: 'quick-columns',
  setup(builder) {
    builder.onResolve({ filter: /^string-width$/ }, ({ importer }) => (importer === `${root}src/columns.ts` ? undefined : { path: `${root}src/columns.ts` }));
  },
};

export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
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
  plugins: [withoutDevtools, quickColumns],
  logLevel: 'warning',
};
