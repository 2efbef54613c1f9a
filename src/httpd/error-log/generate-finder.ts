/** Assembles finder.wat into a module that carries its bytes (`node src/httpd/error-log/generate-finder.ts`); a test compares the two. */
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

export async function assemble(): Promise<Uint8Array> {
  const tools = await wabt();
  const text = readFileSync(new URL('finder.wat', import.meta.url), 'utf8');
  const module = tools.parseWat('finder.wat', text, { simd: true });
  try {
    return module.toBinary({ write_debug_names: false }).buffer;
  } finally {
    module.destroy();
  }
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  const bytes = Buffer.from(await assemble()).toString('base64');
  writeFileSync(
    new URL('finder.generated.ts', import.meta.url),
    `// Made from finder.wat by generate-finder.ts; change that, not this.\nexport const finderModule =\n  '${bytes}';\n`,
  );
}
