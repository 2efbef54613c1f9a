import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import columnsOf, { oneColumnEach } from '../../src/columns.ts';
import { edit, fieldOf, type Field } from '../../src/ui/field.ts';
import { key } from '../../src/ui/key.ts';
import { fit, lineText, lineWidth, paragraph, span, spread } from '../../src/ui/line.ts';
import { createTheme, showsColor, showsUnicode } from '../../src/ui/theme.ts';
import { breakHard, cut, cutStart, widthOf, wrap } from '../../src/ui/width.ts';
import { ago, bytes, clock, count, countdown, duration, percent } from '../../src/ui/words.ts';

const theme = createTheme({ LANG: 'C.UTF-8' });
const plain = createTheme({ LANG: 'C' });
// Letters of one column, of two, of none (a combining accent), blanks.
const text = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '界', 'e\u0301', '😀', '…', '-'), maxLength: 60 });
const width = fc.integer({ min: 1, max: 40 });

describe('columns are what string-width says', () => {
  const common = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).filter(oneColumnEach);

  test('of each character that is taken for one column', () => {
    expect(common.length).toBeGreaterThan(1000);
    expect(common.filter((character) => stringWidth(character) !== 1)).toEqual([]);
  });

  test('of any text made of them, and of others among them', () => {
    const others = ['界', '\u0301', '\uFE0F', '\u200D', '\u20E3', '😀', '🇩', '\u001b[1m', '\u001b[38;5;1m', '\u001b[', '\u001b', '\u001b]8;;x\u0007', 'm', ';', '\t', '\u00AD', 'ᄀ', 'ᅡ'];
    const unit = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...common) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 20 }), (value) => {
        expect(columnsOf(value)).toBe(stringWidth(value));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...common), maxLength: 20 }), (value) => {
        expect([oneColumnEach(value), columnsOf(value)]).toEqual([true, stringWidth(value)]);
      }),
    );
  });

  test('of all signs of a theme', () => {
    expect(oneColumnEach(createTheme({ LANG: 'C.UTF-8' }).levels.join(''))).toBe(true);
  });
});

describe('nothing is wider than its room, and nothing is cut without a mark', () => {
  test('cut, from either end', () => {
    fc.assert(
      fc.property(text, width, (value, room) => {
        for (const short of [cut(value, room, '…'), cutStart(value, room, '…')]) {
          expect(widthOf(short)).toBeLessThanOrEqual(room);
          expect(short === value || short.includes('…')).toBe(true);
        }
      }),
    );
  });

  test('fit, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), width, (pieces, room) => {
        const line = pieces.map((piece) => span(piece));
        const fitted = fit(line, room, theme);
        expect(lineWidth(fitted)).toBeLessThanOrEqual(room);
        expect(lineText(fitted) === pieces.join('') || lineText(fitted).includes('…')).toBe(true);
      }),
    );
  });

  test('spread keeps its right end', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 12, max: 60 }), (left, room) => {
        const line = spread([span(left)], [span('read-only')], room, theme);
        expect(lineWidth(line)).toBe(room);
        expect(lineText(line).endsWith('read-only')).toBe(true);
      }),
    );
  });

  test('wrapping loses nothing but blanks at the breaks', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (value, room) => {
        const lines = wrap(value, room);
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(room);
        expect(lines.join('').replaceAll(' ', '')).toBe(value.replaceAll(' ', ''));
      }),
    );
  });

  test('raw output is broken hard and keeps every character', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (value, room) => {
        const lines = breakHard(value, room);
        expect(lines.join('')).toBe(value);
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(room);
      }),
    );
  });

  test('words stay whole where they fit', () => {
    expect(wrap('the host is there, the port does not accept', 20)).toEqual(['the host is there,', 'the port does not', 'accept']);
    expect(wrap('a verylongwordthatdoesnotfit b', 10)).toEqual(['a', 'verylongwo', 'rdthatdoes', 'notfit b']);
  });
});

describe('text from outside', () => {
  test.each([
    ['escapes and bells', 'a\u001b[2Jb\u0007', 'a\\e[2Jb\\x07', 'a\\e[2Jb\\x07'],
    ['marks that turn text around', '\u202egnirts\u202c', '\\u202egnirts\\u202c', '\\u202egnirts\\u202c'],
    ['letters that ASCII has not', 'café', 'café', 'caf\\u00e9'],
    ['signs with a second form', '7 → 8 … ✓ “x” ≥', '7 → 8 … ✓ “x” ≥', '7 -> 8 ... + "x" >='],
    ['an emoji', '😀', '😀', '\\u{1f600}'],
  ])('%s', (_, given, unicode, ascii) => {
    expect(theme.text(given)).toBe(unicode);
    expect(plain.text(given)).toBe(ascii);
  });

  test('whatever it is, an ASCII terminal gets printable ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(plain.text(value)).toMatch(/^[ -~]*$/);
      }),
    );
  });

  test('paragraphs of it never hold a control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(paragraph(value, 30, theme).map(lineText).join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });
});

test.each([
  ['LC_ALL wins over LANG', { LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
  ['an empty LC_ALL counts for nothing', { LC_ALL: '', LANG: 'en_US.UTF-8' }, true],
  ['LC_CTYPE decides', { LC_CTYPE: 'de_DE.utf8', LANG: 'C' }, true],
  ['nothing set', {}, false],
  ['the Linux console', { LANG: 'C.UTF-8', TERM: 'linux' }, false],
])('Unicode: %s', (_, env, expected) => {
  expect(showsUnicode(env)).toBe(expected);
});

test.each([
  ['by itself', {}, true],
  ['NO_COLOR', { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', { NO_COLOR: '' }, true],
  ['FORCE_COLOR over NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ['a dumb terminal', { TERM: 'dumb' }, false],
])('colour: %s', (_, env, expected) => {
  expect(showsColor(env)).toBe(expected);
});

describe('numbers as people read them', () => {
  test.each([
    [count(9870), '9,870'],
    [percent(0.0131), '1.3 %'],
    [percent(0.00004), '<0.1 %'],
    [percent(0), '0 %'],
    [percent(0.97), '97 %'],
    [duration(0.42), '0.4 ms'],
    [duration(48), '48 ms'],
    [duration(1240), '1.2 s'],
    [duration(60_000), '60 s'],
    [duration(150_000), '2 min 30 s'],
    [duration(8_000_000), '2.2 h'],
    [bytes(912), '912 B'],
    [bytes(48_210_233), '48.2 MB'],
    [bytes(1.2e12), '1.2 TB'],
    [clock(41_000), '00:41'],
    [clock(3_723_000), '1:02:03'],
    [countdown(108_000), '1:48'],
    [countdown(-5), '0:00'],
    [ago(2000), 'just now'],
    [ago(42_300), '42 s ago'],
    [ago(725_000), '12 min ago'],
  ])('%s', (said, expected) => {
    expect(said).toBe(expected);
  });
});

describe('a line that is written', () => {
  const typed = (...names: readonly string[]): Field =>
    names.reduce((field, name) => edit(field, key(name, name, [...name].length === 1 ? name : '')), fieldOf(''));

  test.each([
    ['letters', ['a', 'b'], 'ab', 2],
    ['in the middle', ['a', 'c', 'left', 'b'], 'abc', 2],
    ['backspace over a whole character', ['a', '😀', 'backspace'], 'a', 1],
    ['delete', ['a', 'b', 'home', 'delete'], 'b', 0],
    ['to the ends', ['a', 'b', 'home', 'x', 'end', 'y'], 'xaby', 4],
    ['a word back', ['a', ' ', 'b', 'c', 'ctrl-w', 'd'], 'a d', 3],
    ['all of it', ['a', 'b', 'ctrl-u'], '', 0],
    ['keys that write nothing', ['a', 'up', 'unknown', 'pageup', 'tab'], 'a', 1],
  ])('%s', (_, names, expected, cursor) => {
    expect(typed(...names)).toEqual({ text: expected, cursor });
  });

  test('a pasted file becomes one harmless, bounded line', () => {
    const pasted = edit(fieldOf(''), key('paste', '', `first\r\nsecond\t\u001b[2J${'x'.repeat(5000)}\n`));
    expect(pasted.text.startsWith('first second \\e[2Jxxx')).toBe(true);
    expect(pasted.text.length).toBeLessThanOrEqual(2000);
  });
});
