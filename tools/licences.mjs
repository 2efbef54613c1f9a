// The notices of the packages that a build puts into dist/: their licences ask that they go along.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param metafile of the build. Text: one heading a package, `NAME VERSION (LICENCE)`, and its notice. */
export function licences(root, metafile) {
  const folders = new Set();
  for (const output of Object.values(metafile.outputs))
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  const packages = [...folders].map((folder) => {
    const { name, version, license, repository } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e/i.test(one));
    const text = file === undefined ? `The package brings no text of its licence; it says that it is ${license}.` : readFileSync(join(root, folder, file), 'utf8').trim();
    const from = typeof repository === 'string' ? repository : (repository?.url ?? '');
    return { name, heading: `${name} ${version} (${license})`, text, from };
  });
  packages.sort((a, b) => (a.name < b.name ? -1 : 1));
  const parts = packages.map(({ heading, text, from }) => `${heading}\n${from}\n\n${text}\n`);
  const own = existsSync(join(root, 'LICENSE')) ? 'proxy-doctor itself: see LICENSE.\n' : '';
  return [`Packages inside this program, unchanged but for their bundling, each with its source and its notice.\n${own}`, ...parts].join(`\n${'-'.repeat(78)}\n\n`);
}
