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

// Ink measures all that it draws; see src/columns.ts, which alone is given the real string-width, and that when it first calls it: what esbuild
// makes of `require` begins a module where it is called.
const quickColumns = {
  name: 'quick-columns',
  setup(builder) {
    const columns = `${root}src/columns.ts`;
    builder.onResolve({ filter: /^string-width$/ }, ({ importer, namespace }) => {
      if (namespace === 'when-called') return undefined;
      return importer === columns ? { path: 'string-width', namespace: 'when-called' } : { path: columns };
    });
    builder.onLoad({ filter: /.*/, namespace: 'when-called' }, ({ path }) => ({
      contents: `export default (...given) => require(${JSON.stringify(path)}).default(...given)`,
      resolveDir: root,
    }));
  },
};

// Commander starts programs for subcommands that are programs of their own; there are none here.
const withoutPrograms = {
  name: 'without-programs',
  setup(builder) {
    builder.onResolve({ filter: /^node:child_process$/ }, ({ importer }) => (importer.includes('/commander/') ? { path: 'programs', namespace: 'stub' } : undefined));
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
  plugins: [withoutDevtools, quickColumns, withoutPrograms],
  logLevel: 'warning',
};
