import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteForShell, remoteShells, throughPrefix } from '../../src/host/quote.ts';

/** What a remote shell makes of the line that ssh hands to it. */
function shellReads(line: string): readonly string[] {
  const out = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return out.split('\0').slice(0, -1);
}

const nasty = [
  '',
  ' ',
  "'",
  '"',
  '\\',
  '$(id)',
  '`id`',
  '$HOME',
  '*',
  '~',
  '#',
  '&',
  ';',
  '|',
  '\n',
  'a\tb',
  '-n',
  '--',
  "it's",
  '!!',
  'ä€😀',
  '{a,b}',
];

test('a shell reads back every argument as it was', () => {
  const argument = fc.oneof(
    fc.constantFrom(...nasty),
    fc.string({ unit: 'grapheme' }).filter((text) => !/[\0\u0008\r\u001b\u009b]/.test(text)),
    fc.array(fc.constantFrom(...nasty)).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 20 }), (argv) => {
      expect(shellReads(argv.map(quoteForShell).join(' '))).toEqual(argv);
    }),
    { numRuns: 60 },
  );
});

test.each(['a\0b', 'a\u001b[2J', 'a\rb', '\u009b', '\b'])('an argument that would arrive changed is refused: %j', (argument) => {
  expect(() => quoteForShell(argument)).toThrow('control characters');
});

test.each<[readonly string[], number]>([
  [['ssh', 'web1'], 1],
  [['/usr/bin/ssh', '-p', '2222', 'web1'], 1],
  [['sudo', '-n', 'ssh', 'web1'], 1],
  [['ssh', 'jump', 'ssh', 'web1'], 2],
  [['ssh', 'web1', 'docker', 'exec', 'app'], 1],
  [['docker', 'exec', 'web'], 0],
  [['kubectl', 'exec', '-n', 'prod', 'web-0', '--'], 0],
  // A pod or container may be called what it likes.
  [['kubectl', 'exec', 'ssh', '--'], 0],
  [['docker', 'exec', 'ssh'], 0],
  [['ip', 'netns', 'exec', 'px'], 0],
  [['sudo'], 0],
])('%j goes through %d remote shells', (prefix, levels) => {
  expect(remoteShells(prefix)).toBe(levels);
});

test('behind two ssh, the argument is quoted for both shells', () => {
  const [, , , , given = ''] = throughPrefix(['ssh', 'jump', 'ssh', 'web1'], ["it's $HOME"]);
  expect(shellReads(shellReads(given).join(' '))).toEqual(["it's $HOME"]);
});

test('other prefixes get arguments as they are', () => {
  expect(throughPrefix(['docker', 'exec', 'web'], ['grep', '-F', "it's"])).toEqual(['docker', 'exec', 'web', 'grep', '-F', "it's"]);
});
