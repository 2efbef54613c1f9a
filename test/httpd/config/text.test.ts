import { describe, expect, test } from 'vitest';
import { logicalLines } from '../../../src/httpd/config/lines.ts';
import { componentMatcher, isPattern } from '../../../src/httpd/config/patterns.ts';
import { absolutePath } from '../../../src/httpd/config/paths.ts';
import { longestResolved, resolveVariables } from '../../../src/httpd/config/variables.ts';
import { words } from '../../../src/httpd/config/words.ts';

describe('lines', () => {
  test.each<[string, string, [string, number][]]>([
    ['comments and empty lines are left out', '# one\n\n  Listen 80\n\t#two\n', [['Listen 80', 3]]],
    ['# behind a directive is no comment', 'ServerAdmin a#b # c', [['ServerAdmin a#b # c', 1]]],
    [
      'a continued line is one line where it begins',
      'A 1 \\\n  2 \\\n  3\nB 4',
      [
        ['A 1   2   3', 1],
        ['B 4', 4],
      ],
    ],
    ['a comment continues too', '# x \\\nListen 1\nListen 2', [['Listen 2', 3]]],
    [
      'line ends of Windows',
      'A 1\\\r\n2\r\nB\r\n',
      [
        ['A 12', 1],
        ['B', 3],
      ],
    ],
    [
      'a continuation that begins with nothing',
      '\\\nA 1\nB',
      [
        ['A 1', 1],
        ['B', 3],
      ],
    ],
    ['a backslash at the very end without a newline stays', 'A 1\\', [['A 1\\', 1]]],
    ['a backslash and a newline at the very end', 'A 1\\\n', [['A 1', 1]]],
    ['a byte-order mark', '\ufeffA 1', [['A 1', 1]]],
    ['nothing', '', []],
  ])('%s', (_name, text, expected) => {
    expect(logicalLines(text).map(({ text: line, line: number }) => [line, number])).toEqual(expected);
  });
});

describe('words', () => {
  test.each<[string, string[]]>([
    ['a  b\tc', ['a', 'b', 'c']],
    ['"a b" \'c "d"\'', ['a b', 'c "d"']],
    [String.raw`"a \"b\" c" "\\"`, ['a "b" c', '\\']],
    [String.raw`"a\nb" C:\\x \"d`, [String.raw`a\nb`, String.raw`C:\x`, String.raw`\"d`]],
    ['"never closed and more', ['never closed and more']],
    ['""', ['']],
    ['"a"b', ['a', 'b']],
    ['  ', []],
  ])('%s', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });
});

describe('variables', () => {
  const known: Record<string, string> = { A: 'one', EMPTY: '', LONG: 'x'.repeat(longestResolved) };
  const lookup = (name: string): string | undefined => known[name];

  test.each([
    ['${A}/${A}', 'one/one'],
    ['[${EMPTY}]', '[]'],
    ['$A ${B} ${map:${A}}', '$A ${B} ${map:${A}}'],
    ['${B?=two}', 'two'],
    ['${A', '${A'],
  ])('%s becomes %s', (text, expected) => {
    expect(resolveVariables(text, lookup).text).toBe(expected);
  });

  test('undefined ones are named, those of rewrite maps are not', () => {
    expect(resolveVariables('${B} ${map:x} ${C}', lookup).undefined).toEqual(['B', 'C']);
  });

  test('a line that would grow without bound stays as it is', () => {
    expect(resolveVariables('${LONG}${LONG}', lookup)).toMatchObject({ text: '${LONG}${LONG}', tooLong: true });
  });
});

describe('patterns', () => {
  test.each<[string, string, boolean]>([
    ['*.conf', 'a.conf', true],
    ['*.conf', '.hidden.conf', false],
    ['.*.conf', '.hidden.conf', true],
    ['[0-9]?-*', '01-x', true],
    ['[!a]*', 'abc', false],
    ['a+b(c).conf', 'a+b(c).conf', true],
    ['a[.conf', 'a[.conf', true],
    ['**', 'anything', true],
    [String.raw`\*`, '*', true],
    [String.raw`\*`, 'x', false],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(componentMatcher(pattern)(name)).toBe(expected);
  });

  test.each<[string, boolean]>([
    ['conf.d', false],
    ['conf.d/*.conf', true],
    ['a[b', false],
    ['a[b]', true],
  ])('%s is a pattern: %s', (text, expected) => {
    expect(isPattern(text)).toBe(expected);
  });
});

test.each([
  ['logs/error_log', '/etc/httpd', '/etc/httpd/logs/error_log'],
  ['/var/log//x/../y', '/etc', '/var/log/y'],
  ['../../..', '/a', '/'],
])('%s in %s is %s', (path, base, expected) => {
  expect(absolutePath(path, base)).toBe(expected);
});
