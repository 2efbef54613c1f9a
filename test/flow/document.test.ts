import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { readDocument } from '../../src/flow/document.ts';

const read = (text: string): ReturnType<typeof readDocument> => readDocument(text, 'f.yaml', { bytes: 400_000 });
const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...[...'bcdefghi'].map(
    (name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index] ?? 'a'}`).join(', ')}]`,
  ),
].join('\n');

const chain = Array.from({ length: 50 }, (_, index) => `k${index}: &k${index} [${index === 0 ? 'x' : `*k${index - 1}`}]`).join('\n');

describe('hostile files are refused with a place, and without harm', () => {
  test.each<[string, string, string]>([
    ['a file that is too big', 'x'.repeat(400_001), 'too-big'],
    ['lists in lists in lists', '['.repeat(50_000), 'too-deep'],
    ['maps in maps', '{a: '.repeat(20_000), 'too-deep'],
    ['block lists in block lists', '- '.repeat(40_000), 'too-deep'],
    ['closed deep lists', '['.repeat(200) + ']'.repeat(200), 'too-deep'],
    ['a billion laughs', bomb, 'too-many-aliases'],
    ['an alias of what holds it', 'a: &a [*a]', 'syntax'],
    ['aliases that nest deeper than anything written', chain, 'too-deep'],
    ['a tag that makes objects', 'a: !!js/function "x"', 'tag'],
    ['a key of the prototype', '__proto__: {polluted: 1}', 'key'],
    ['a constructor', 'constructor: {prototype: {polluted: 1}}', 'key'],
    ['a key that is a list', '? [a]\n: 1', 'key'],
    ['a key twice', 'a: 1\nb: 2\na: 3', 'duplicate-key'],
    ['not a number', 'a: .nan', 'value'],
    ['two documents', 'a: 1\n---\nb: 2', 'second-document'],
    ['broken quotes', 'a: "b', 'syntax'],
    ['an unknown alias', 'a: *b', 'syntax'],
  ])('%s', (_name, text, kind) => {
    const { problems } = read(text);
    expect(problems[0]?.kind).toBe(kind);
    expect(problems[0]?.message).not.toBe('');
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});

test.each([
  ['yes and no are words', 'a: yes\nno: off', { a: 'yes', no: 'off' }],
  ['keys that look like numbers are words', '1: a\ntrue: b', { 1: 'a', true: 'b' }],
  ['an alias stands for its value', 'a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
  ['a byte order mark and CRLF', '\uFEFFa: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
  ['an address with a port is text', 'a: 10.0.0.5:8080', { a: '10.0.0.5:8080' }],
  ['nothing', '', null],
])('%s', (_name, text, value) => expect(read(text)).toMatchObject({ value, problems: [] }));

test('places: of keys, of values, of list items, through aliases, and of the nearest thing that is there', () => {
  const source = read('a:\n  - b: 1\n    c: 22\nd: &x\n  e: 5\nf: *x\n');
  expect(source.keyAt(['a', 0, 'c'])).toEqual({ file: 'f.yaml', line: 3, column: 5 });
  expect(source.valueAt(['a', 0, 'c'])).toEqual({ file: 'f.yaml', line: 3, column: 8 });
  expect(source.valueAt(['f', 'e'])).toEqual({ file: 'f.yaml', line: 5, column: 6 });
  expect(source.valueAt(['a', 0, 'nowhere', 'deeper'])).toEqual({ file: 'f.yaml', line: 2, column: 5 });
  expect([source.has(['a', 0, 'c']), source.has(['a', 1])]).toEqual([true, false]);
});

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('map'),
  ),
  map: fc.dictionary(
    fc.string().filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key)),
    tie('value'),
    { maxKeys: 4, noNullPrototype: true },
  ),
})).map;

test('what is written as YAML or JSON is read back', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(read(stringify(value))).toMatchObject({ problems: [] });
      expect(read(stringify(value)).value).toEqual(value);
      expect(read(JSON.stringify(value)).value).toEqual(value);
    }),
    { numRuns: 200 },
  );
});

test('no text at all makes it throw', () => {
  const pieces = fc.array(
    fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '&x ',
      '*x',
      '!t ',
      '|',
      '>',
      '#',
      '? ',
      '---',
      '%',
      '\t',
      '\0',
      'é',
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const { problems, value } = read(parts.join(''));
      expect(problems.length > 0 || value !== undefined).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('plain words mean what another reader of YAML 1.2 takes them for', () => {
  const pieces = [
    '0',
    '1',
    '7',
    '9',
    '.',
    'e',
    'E',
    '+',
    '-',
    '_',
    'x',
    'o',
    'a',
    'F',
    '~',
    'null',
    'Null',
    'true',
    'True',
    'no',
    'yes',
    '.inf',
    '.nan',
    '2026-01-01',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }), (parts) => {
      const text = `[${parts.join('')}]`;
      const { value, problems } = read(text);
      fc.pre(problems.length === 0);
      expect(value).toEqual(parse(text, { version: '1.2', schema: 'core', logLevel: 'silent' }));
    }),
    { numRuns: 1000 },
  );
});
