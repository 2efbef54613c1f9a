/**
 * Turns flows/mod-proxy-http/fixes.yaml, the source, into a module that loads at once. Run it after changing the YAML
 * (`node src/httpd/versions/generate.ts`); a test compares the two.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { readFaults } from './read-faults.ts';

export const source = new URL('../../../flows/mod-proxy-http/fixes.yaml', import.meta.url);

/** The module's text. */
export function generated(yaml: string): string {
  const rows = readFaults(yaml).map((fault) => `  ${JSON.stringify(fault)},`);
  return [
    '// Made from flows/mod-proxy-http/fixes.yaml by generate.ts; change the YAML, not this.',
    "import type { KnownFault } from './faults.ts';",
    '',
    'export const knownFaults: readonly KnownFault[] = [',
    ...rows,
    '];',
    '',
  ].join('\n');
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  writeFileSync(new URL('faults.generated.ts', import.meta.url), generated(readFileSync(source, 'utf8')));
}
