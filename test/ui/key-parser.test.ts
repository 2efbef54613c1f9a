import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { feed, patience, quiet, silence, type ParserState } from '../../src/ui/key-parser.ts';
import type { Key } from '../../src/ui/key.ts';

/** Feeds the reads one after the other; `null` is a silence long enough for anything awaited. */
function keysOf(reads: readonly (string | null)[]): readonly Key[] {
  let state: ParserState = quiet;
  const keys: Key[] = [];
  for (const read of reads) {
    const result = read === null ? silence(state) : feed(state, read);
    keys.push(...result.keys);
    state = result.state;
  }
  return keys;
}
const names = (reads: readonly (string | null)[]): string =>
  keysOf(reads)
    .map((key) => key.name)
    .join(' ');

describe('bytes become single keys', () => {
  const table: readonly (readonly [string, readonly (string | null)[], string])[] = [
    ['letters', ['bK?'], 'b K ?'],
    ['a burst over a slow link', ['\u001b[B\u001b[B\r'], 'down down enter'],
    ['application cursor keys', ['\u001bOA\u001bOB'], 'up down'],
    ['paging keys', ['\u001b[5~\u001b[6~\u001b[H\u001b[4~'], 'pageup pagedown home end'],
    ['keys with modifiers', ['\u001b[1;5D\u001b[Z'], 'ctrl-left shift-tab'],
    ['the keypad enter', ['\u001bOM'], 'enter'],
    ['control letters', ['\u0003\u001a\u000c'], 'ctrl-c ctrl-z ctrl-l'],
    ['a sequence split after its ESC', ['\u001b', '[B'], 'down'],
    ['a sequence split in the middle', ['\u001b[', 'B'], 'down'],
    ['a sequence split before its last byte', ['\u001b[5', '~'], 'pageup'],
    ['ESC alone, then silence', ['\u001b', null], 'escape'],
    ['ESC and a letter in one read are two keys', ['\u001bq'], 'escape q'],
    ['two ESC', ['\u001b\u001b', null], 'escape escape'],
    ['the rest of an arrow after the Escape was given out', ['\u001b', null, '[B'], 'escape down'],
    ['the rest in two reads', ['\u001b', null, '[', '5~'], 'escape pageup'],
    ['a digit typed long after Escape', ['\u001b', null, null, '5'], 'escape 5'],
    ['a key typed right after Escape', ['\u001b', null, 'q'], 'escape q'],
    ['a sequence never finished does nothing', ['\u001b[1;', null], 'unknown'],
    ['the mouse, focus and replies of the terminal', ['\u001b[<0;3;4M\u001b[I\u001b]11;rgb:0/0/0\u0007'], 'unknown unknown unknown'],
    ['an unknown key', ['\u001b[25~b'], 'unknown b'],
    ['pasted text', ['\u001b[200~q\r\u001b[Bx\u001b[201~b'], 'paste b'],
    ['a paste split in its marks', ['\u001b[20', '0~ab', 'c\u001b[2', '01~q'], 'paste q'],
    ['a letter outside ASCII', ['é😀'], 'é 😀'],
  ];
  test.each(table)('%s', (_, reads, expected) => {
    expect(names(reads)).toBe(expected);
  });

  test('pasted text is one key with all of its text', () => {
    expect(keysOf(['\u001b[200~two\nlines', '\u001b[201~'])[0]).toMatchObject({ name: 'paste', text: 'two\nlines' });
  });

  test('a paste that never ends is kept short and never acts as keys', () => {
    const reads = ['\u001b[200~', ...Array.from({ length: 40 }, () => 'q'.repeat(100_000))];
    expect(names([...reads, '\u001b[201~b'])).toBe('paste b');
  });
});

const whole = fc.constantFrom(
  'a',
  'K',
  '/',
  ' ',
  '\r',
  '\t',
  '\u007f',
  '\u0003',
  '\u001b[A',
  '\u001b[B',
  '\u001bOC',
  '\u001b[5~',
  '\u001b[1;5C',
  '\u001b[200~q\r\u001b[201~',
  'ß',
);

describe('however the bytes are cut into reads', () => {
  test('the keys are the same', () => {
    fc.assert(
      fc.property(fc.array(whole, { maxLength: 12 }), fc.array(fc.nat({ max: 80 }), { maxLength: 8 }), (sequences, cuts) => {
        const bytes = sequences.join('');
        const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const reads = [0, ...places].map((from, index) => bytes.slice(from, places[index]));
        expect(keysOf(reads).map((key) => key.bytes)).toEqual(sequences);
      }),
    );
  });

  test('every byte comes out again, in some key, once silence has settled it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('\u001b', '[', 'O', 'A', '5', '~', ';', 'x', '\r') }), { maxLength: 6 }),
        (reads) => {
          const keys = keysOf([...reads, null, null, null]);
          const escapes = reads.join('').split('\u001b').length - 1;
          expect(keys.length).toBeGreaterThanOrEqual(Math.min(1, reads.join('').length));
          expect(keys.map((key) => key.bytes).join('')).toBe(reads.join(''));
          expect(keys.filter((key) => key.name === 'escape').length).toBeLessThanOrEqual(escapes);
        },
      ),
    );
  });
});

test('waits only while something is open', () => {
  expect(patience(quiet)).toBeNull();
  expect(patience(feed(quiet, 'b').state)).toBeNull();
  expect(patience(feed(quiet, '\u001b').state)).toBeGreaterThanOrEqual(100);
  expect(patience(feed(quiet, '\u001b[').state)).toBeGreaterThan(patience(feed(quiet, '\u001b').state) ?? 0);
});
