/**
 * Turns flows/nginx-upstream/messages.yaml and fixes.yaml, the sources, into modules that load at once: what recognition needs, the words that
 * only `explain` needs, and the faults on record. Run it after changing them (`node src/nginx/generate.ts`); a test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { MessageWords } from '../httpd/error-log/words.ts';

export interface SourceMessage extends MessageWords {
  readonly family: string;
  readonly templates: readonly string[];
  /** A sample line with what has to be read from it. */
  readonly samples: readonly { readonly line: string; readonly errno?: string; readonly backend?: string }[];
}

const read = (name: string): unknown => parse(readFileSync(new URL(`../../flows/nginx-upstream/${name}`, import.meta.url), 'utf8'));

export function readMessages(): Readonly<Record<string, SourceMessage>> {
  return (read('messages.yaml') as { messages: Record<string, SourceMessage> }).messages;
}

const release = z.string().regex(/^\d+\.\d+\.\d+$/);
const faults = z.strictObject({
  faults: z.array(
    z.strictObject({
      id: z.string().min(1),
      introduced: release.optional(),
      fixed: z.array(release).min(1),
      title: z.string().min(20),
      when: z.string().min(5),
      shows: z.array(z.string()).optional(),
    }),
  ),
});

/** Path and content of each generated file. */
export function generated(): Readonly<Record<string, string>> {
  const from = (name: string): string => `// Made from flows/nginx-upstream/${name} by generate.ts; change that, not this.\n`;
  const entries = Object.entries(readMessages());
  const rows = entries.map(([key, { family, templates }]) => `  ${JSON.stringify({ key, family, templates })},\n`).join('');
  const words = entries
    .map(
      ([key, { meaning, client, rulesOut, causes, next, byErrno }]) =>
        `  ${JSON.stringify(key)}: ${JSON.stringify({ meaning, client, rulesOut, causes, next, byErrno })},\n`,
    )
    .join('');
  const known = faults.parse(read('fixes.yaml')).faults.map(({ id, introduced, fixed, title, when, shows = [] }) => {
    const signs = shows.map((text) => ({ family: text.split('/')[0], errno: text.split('/')[1] ?? null }));
    return `  ${JSON.stringify({ id, modules: ['core'], introduced: introduced ?? null, fixed, title, when, shows: signs })},\n`;
  });
  return {
    'error-log/messages.generated.ts': `${from('messages.yaml')}import type { NginxMessage } from './messages.ts';\n\nexport const messages: readonly NginxMessage[] = [\n${rows}];\n`,
    'error-log/words.generated.ts': `${from('messages.yaml')}import type { MessageWords } from '../../httpd/error-log/words.ts';\n\nexport const messageWords: Readonly<Record<string, MessageWords>> = {\n${words}};\n`,
    'versions/faults.generated.ts': `${from('fixes.yaml')}import type { KnownFault } from '../../httpd/versions/faults.ts';\n\nexport const knownFaults: readonly KnownFault[] = [\n${known.join('')}];\n`,
  };
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  for (const [name, text] of Object.entries(generated())) writeFileSync(new URL(name, import.meta.url), text);
}
