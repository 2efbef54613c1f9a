import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConfigTree, Node } from '../../../src/httpd/config/tree.ts';
import { main, read } from './support.ts';

/** Pieces that configurations are made of, well formed or not, so that random text reaches every part of the reader. */
const pieces = fc.constantFrom(
  '<VirtualHost *:80>',
  '</VirtualHost>',
  '<IfModule ',
  '!mod_x.c>',
  '</IfModule>',
  '<IfDefine A>',
  '</IfDefine>',
  '<IfVersion >= 2.4>',
  '<Macro M $a>',
  '</Macro>',
  'Use M x',
  'Define A ${A}${A}',
  '${A}',
  'Include ',
  'conf/*.conf',
  'conf/httpd.conf',
  'LoadModule a b',
  '\\\n',
  '\n',
  '"',
  "'",
  '\\',
  '#',
  ' ',
  '\0',
  '>',
  '<',
  '<>',
  '</>',
  'ProxyPass / http://x/',
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 60 }).map((parts) => parts.join('')),
);

function* all(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    if (node.kind === 'section') yield* all(node.children);
  }
}

test('any text is read without an exception, and what is said of it lies inside the text', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (text, included) => {
      const files: Record<string, string> = { [main]: text, '/etc/httpd/conf/other.conf': included };
      const tree: ConfigTree = await read(files);
      for (const node of all(tree.nodes)) {
        const lines = (files[node.at.file] ?? '').split('\n').length;
        expect(node.at.line).toBeGreaterThan(0);
        expect(node.at.line).toBeLessThanOrEqual(lines);
      }
    }),
    { numRuns: 400 },
  );
});

/** A configuration whose directives each carry a number of their own, written with the liberties that httpd allows. */
interface Written {
  readonly files: Record<string, string>;
  /** `file:line` by number. */
  readonly places: Map<string, string>;
}

type Shape =
  | { readonly kind: 'directive'; readonly pieces: number; readonly style: 'bare' | 'quoted' | 'windows' }
  | { readonly kind: 'blank'; readonly text: string }
  | { readonly kind: 'section'; readonly name: string; readonly inner: readonly Shape[] }
  | { readonly kind: 'include'; readonly inner: readonly Shape[] };

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({
      kind: fc.constant('directive' as const),
      pieces: fc.integer({ min: 1, max: 4 }),
      style: fc.constantFrom('bare' as const, 'quoted' as const, 'windows' as const),
    }),
    fc.record({
      kind: fc.constant('blank' as const),
      text: fc.constantFrom('', '   ', '# a comment', '# one that goes on \\\n# over a line'),
    }),
    fc.record({
      kind: fc.constant('section' as const),
      name: fc.constantFrom('VirtualHost *', 'Location /a', 'IfModule so_module', 'IfDefine !NO', 'Proxy *'),
      inner: fc.array(tie('shape'), { maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('include' as const), inner: fc.array(tie('shape'), { maxLength: 4 }) }),
  ),
}));

function write(shapes: readonly Shape[]): Written {
  const files: Record<string, string> = {};
  const places = new Map<string, string>();
  let numbers = 0;
  let names = 0;
  const writeFile = (path: string, content: readonly Shape[]): void => {
    let text = '';
    const here = (): number => text.split('\n').length;
    const put = (one: Shape): void => {
      switch (one.kind) {
        case 'blank':
          text += `${one.text}\n`;
          return;
        case 'directive': {
          numbers += 1;
          places.set(`n${numbers}`, `${path}:${here()}`);
          const end = one.style === 'windows' ? '\r\n' : '\n';
          const number = one.style === 'quoted' ? `"n${numbers}"` : `n${numbers}`;
          text += ['  Mark', number, ...Array.from({ length: one.pieces - 1 }, (_, index) => `extra${index}`)].join(` \\${end}  `) + end;
          return;
        }
        case 'section':
          text += `<${one.name}>\n`;
          one.inner.forEach(put);
          text += `</${one.name.split(' ')[0]}>\n`;
          return;
        case 'include': {
          names += 1;
          const name = `/etc/httpd/inc/${names}.conf`;
          text += `Include inc/${names}.conf\n`;
          writeFile(name, one.inner);
          return;
        }
      }
    };
    content.forEach(put);
    files[path] = text;
  };
  writeFile(main, shapes);
  return { files, places };
}

describe('generated configurations', () => {
  test('every directive is found once, with the file and the line where it begins', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(shape, { maxLength: 8 }), async (shapes) => {
        const { files, places } = write(shapes);
        const tree = await read(files);
        const found = [...all(tree.nodes)].flatMap((node) =>
          node.kind === 'directive' && node.name === 'Mark'
            ? [[node.raw.replaceAll('"', '').split(/\s+/)[0], `${node.at.file}:${node.at.line}`] as const]
            : [],
        );
        expect(tree.problems).toEqual([]);
        expect(found).toEqual([...places]);
      }),
      { numRuns: 200 },
    );
  });
});
