/**
 * Turns flows/nginx-upstream/messages.yaml and fixes.yaml, the sources, into modules that load at once: what recognition needs, the words that
 * only `explain` needs, and the faults on record. Run it after changing them (`node src/nginx/generate.ts`); a test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { load } from 'js-yaml';
import * as z from 'zod';
import type { MessageWords } from '../httpd/error-log/words.ts';

export interface SourceMessage extends MessageWords {
  readonly family: string;
  readonly templates: readonly string[];
  /** A sample line with what has to be read from it. */
  readonly samples: readonly { readonly line: string; readonly errno?: string; readonly backend?: string }[];
}

const read = (name: string): unknown => load(readFileSync(new URL(`../../flows/nginx-upstream/${name}`, import.meta.url), 'utf8'));

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

/** What the generated modules hold. */
export function tables(): {
  readonly messages: readonly object[];
  readonly words: Readonly<Record<string, object>>;
  readonly faults: readonly object[];
} {
  const entries = Object.entries(readMessages());
  const known = faults.parse(read('fixes.yaml')).faults.map(({ id, introduced, fixed, title, when, shows = [] }) => {
    const signs = shows.map((text) => ({ family: text.split('/')[0], errno: text.split('/')[1] ?? null }));
    return { id, modules: ['core'], introduced: introduced ?? null, fixed, title, when, shows: signs };
  });
  const wordsOf = ({ meaning, client, rulesOut, causes, next, byErrno }: SourceMessage): object =>
    Object.fromEntries(Object.entries({ meaning, client, rulesOut, causes, next, byErrno }).filter(([, value]) => value !== undefined));
  return {
    messages: entries.map(([key, { family, templates }]) => ({ key, family, templates })),
    words: Object.fromEntries(entries.map(([key, message]) => [key, wordsOf(message)])),
    faults: known,
  };
}

function write(
  name: string,
  source: string,
  imported: string,
  declared: string,
  rows: readonly string[],
  ends: readonly [string, string],
): void {
  const text = `// Made from flows/nginx-upstream/${source} by generate.ts; change that, not this.\n${imported}\n\n${declared} = ${ends[0]}\n${rows.map((row) => `  ${row},\n`).join('')}${ends[1]};\n`;
  writeFileSync(new URL(name, import.meta.url), text);
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  const { messages, words, faults: known } = tables();
  const json = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row));
  const list = ['[', ']'] as const;
  write(
    'error-log/messages.generated.ts',
    'messages.yaml',
    "import type { NginxMessage } from './messages.ts';",
    'export const messages: readonly NginxMessage[]',
    json(messages),
    list,
  );
  const pairs = Object.entries(words).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  write(
    'error-log/words.generated.ts',
    'messages.yaml',
    "import type { MessageWords } from '../../httpd/error-log/words.ts';",
    'export const messageWords: Readonly<Record<string, MessageWords>>',
    pairs,
    ['{', '}'],
  );
  write(
    'versions/faults.generated.ts',
    'fixes.yaml',
    "import type { KnownFault } from '../../httpd/versions/faults.ts';",
    'export const knownFaults: readonly KnownFault[]',
    json(known),
    list,
  );
}
