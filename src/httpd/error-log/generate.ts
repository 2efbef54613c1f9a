/**
 * Turns flows/mod-proxy-http/messages.yaml, the source, into two modules that load at once: what recognition needs, and the words
 * that only `explain` needs. Run it after changing the YAML (`node src/httpd/error-log/generate.ts`); a test compares the two.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Source {
  readonly codes?: readonly string[];
  readonly from: string;
  readonly level: string;
  readonly family: string;
  readonly errno?: boolean;
  readonly templates: Readonly<Record<string, string>>;
}

const yaml = new URL('../../../flows/mod-proxy-http/messages.yaml', import.meta.url);

/** The recognition table as it stands in the YAML. */
export function recognitionOf(text: string): unknown {
  const { messages } = parse(text) as { messages: Record<string, Source> };
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

/** 2.0 and 2.2 print no code. */
function isClassic(version: string): boolean {
  return version.startsWith('2.0') || version.startsWith('2.2');
}

function wordings(message: Source, wanted: (version: string) => boolean): readonly string[] {
  const found = Object.entries(message.templates).filter(([version]) => wanted(version));
  return [...new Set(found.map(([, template]) => template))];
}

export function generate(): void {
  const rows = recognitionOf(readFileSync(yaml, 'utf8')) as unknown[];
  const lines = rows.map((row) => `  ${JSON.stringify(row)},`).join('\n');
  writeFileSync(
    new URL('messages.generated.ts', import.meta.url),
    `// Made from flows/mod-proxy-http/messages.yaml by generate.ts; change the YAML, not this.\nimport type { Recognition } from './match.ts';\n\nexport const recognition: readonly Recognition[] = [\n${lines}\n];\n`,
  );
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) generate();
