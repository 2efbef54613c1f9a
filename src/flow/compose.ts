/** YAML text → syntax nodes with their offsets. What goes wrong comes back as data; what would harm is stopped half-way. */
import { Composer, Lexer, Parser, type Alias, type Document, type ParsedNode } from 'yaml';

export interface Trouble {
  readonly kind: 'syntax' | 'tag' | 'too-deep' | 'second-document';
  readonly offset: number;
  readonly message: string;
}

export interface Composed {
  readonly root: ParsedNode | null;
  readonly troubles: readonly Trouble[];
  readonly resolve: (alias: Alias) => unknown;
}

// Duplicate keys are looked for by the reader: the library's own search compares every key with every other.
const options = { uniqueKeys: false, version: '1.2', schema: 'core', strict: true } as const;
// Once the first is mended, the others have often gone.
const mostTroubles = 20;

/** @param deepest entries of the parser's stack (two to three a level) beyond which a text is refused before it can exhaust ours */
export function compose(text: string, deepest: number): Composed {
  const lexer = new Lexer();
  const parser = new Parser();
  let tooDeep: Trouble | null = null;
  function* tokens(): Generator<Parameters<Composer['next']>[0], void> {
    for (const lexeme of lexer.lex(text)) {
      yield* parser.next(lexeme);
      if (parser.stack.length <= deepest) continue;
      tooDeep = { kind: 'too-deep', offset: parser.offset, message: '' };
      return;
    }
    yield* parser.end();
  }
  let first: Document.Parsed | null = null;
  let second: Trouble | null = null;
  for (const document of new Composer(options).compose(tokens(), true, text.length)) {
    if (!first) first = document as Document.Parsed;
    else {
      second = { kind: 'second-document', offset: document.range[0], message: '' };
      break;
    }
  }
  const stopped = tooDeep ?? second;
  if (stopped || !first) return { root: null, troubles: stopped ? [stopped] : [], resolve: () => undefined };
  const document: Document.Parsed = first;
  const troubles = [
    ...document.errors.slice(0, mostTroubles).map((error): Trouble => ({ kind: 'syntax', offset: error.pos[0], message: error.message })),
    ...document.warnings
      .slice(0, mostTroubles)
      .map((warning): Trouble => ({ kind: 'tag', offset: warning.pos[0], message: warning.message })),
  ];
  return { root: document.contents, troubles, resolve: (alias) => alias.resolve(document) };
}
