/**
 * Turns flows/mod-proxy-http/messages.yaml and errno.yaml, the sources, into two modules that load at once: what recognition needs, and
 * the words that only `explain` needs. Run it after changing them (`node src/httpd/error-log/generate.ts`); a test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { load } from 'js-yaml';
import type { ErrnoWords, MessageWords } from './words.ts';

/** A sample line with what has to be read from it. */
export interface Sample {
  readonly line: string;
  readonly errno?: string;
  readonly backend?: string;
  /** `address` or `address:port`. */
  readonly client?: string;
  readonly path?: string;
}

export interface SourceMessage extends MessageWords {
  readonly codes?: readonly string[];
  readonly from: string;
  readonly level: string;
  readonly family: string;
  /** Wordings by the versions that print them. */
  readonly templates: Readonly<Record<string, string>>;
  readonly samples?: readonly Sample[];
}

const folder = new URL('../../../flows/mod-proxy-http/', import.meta.url);

export function readMessages(): Readonly<Record<string, SourceMessage>> {
  return (load(readFileSync(new URL('messages.yaml', folder), 'utf8')) as { messages: Record<string, SourceMessage> }).messages;
}

export function readErrnos(): Readonly<Record<string, ErrnoWords>> {
  return (load(readFileSync(new URL('errno.yaml', folder), 'utf8')) as { errno: Record<string, ErrnoWords> }).errno;
}

/** The table that lines are recognised by. */
export function recognitionOf(messages: Readonly<Record<string, SourceMessage>>): readonly unknown[] {
  return Object.entries(messages).map(([key, message]) => ({
    key,
    codes: message.codes ?? [],
    from: message.from,
    level: message.level,
    family: message.family,
    templates: wordings(message, (version) => !isClassic(version)),
    classic: wordings(message, (version) => isClassic(version) || (message.codes ?? []).length === 0),
  }));
}

/** What is said about a message, and nothing that is empty. */
export function wordsOf(messages: Readonly<Record<string, SourceMessage>>): Readonly<Record<string, MessageWords>> {
  const entries = Object.entries(messages).map(([key, { meaning, client, side, rulesOut, causes, next, byErrno }]) => {
    const words = { meaning, client, side, rulesOut, causes, next, byErrno };
    return [key, Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined))];
  });
  return Object.fromEntries(entries) as Record<string, MessageWords>;
}

/** 2.0 and 2.2 print no code. */
function isClassic(version: string): boolean {
  return version.startsWith('2.0') || version.startsWith('2.2');
}

function wordings(message: SourceMessage, wanted: (version: string) => boolean): readonly string[] {
  const found = Object.entries(message.templates).filter(([version]) => wanted(version));
  return [...new Set(found.map(([, template]) => template))];
}

function write(name: string, sources: string, text: string): void {
  writeFileSync(new URL(name, import.meta.url), `// Made from ${sources} by generate.ts; change that, not this.\n${text}`);
}

export function generate(): void {
  const messages = readMessages();
  const rows = recognitionOf(messages).map((row) => `  ${JSON.stringify(row)},\n`);
  write(
    'messages.generated.ts',
    'flows/mod-proxy-http/messages.yaml',
    `import type { Recognition } from './match.ts';\n\nexport const recognition: readonly Recognition[] = [\n${rows.join('')}];\n`,
  );
  const record = (value: object): string =>
    Object.entries(value)
      .map(([key, each]) => `  ${JSON.stringify(key)}: ${JSON.stringify(each)},\n`)
      .join('');
  write(
    'words.generated.ts',
    'flows/mod-proxy-http/messages.yaml and errno.yaml',
    `import type { ErrnoWords, MessageWords } from './words.ts';\n\n` +
      `export const messageWords: Readonly<Record<string, MessageWords>> = {\n${record(wordsOf(messages))}};\n\n` +
      `export const errnoWords: Readonly<Record<string, ErrnoWords>> = {\n${record(readErrnos())}};\n`,
  );
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) generate();
