/** The assembled search is that of finder.wat, and sees what it has to see. */
import { describe, expect, test } from 'vitest';
import { createFinder, plainFinder, type Finder } from '../../../src/httpd/error-log/finder.ts';
import { finderModule } from '../../../src/httpd/error-log/finder.generated.ts';
import { assemble } from '../../../src/httpd/error-log/generate-finder.ts';
import { httpdNeedles, words } from '../../../src/httpd/error-log/needles.ts';

/** Texts of the candidate lines. */
function candidates(finder: Finder, text: string): readonly string[] {
  const bytes = Buffer.from(text);
  finder.memory.set(bytes, finder.begin);
  const count = finder.find(finder.begin, finder.begin + bytes.length);
  return Array.from({ length: count }, (_, index) =>
    Buffer.from(finder.memory.subarray(finder.found[index * 3] ?? 0, finder.found[index * 3 + 1] ?? 0)).toString(),
  );
}

const at = '[Sat Nov 21 10:15:42.104233 2026]';

describe('finder', () => {
  test('the module in the program is finder.wat assembled', async () => {
    expect(Buffer.from(await assemble()).toString('base64')).toBe(finderModule);
  });

  const finders: readonly (readonly [string, Finder])[] = [
    ['vectors', createFinder(httpdNeedles, 262_144, 262_144)],
    ['plain', plainFinder(httpdNeedles, 262_144, 262_144)],
  ];

  test.each(finders)('%s: every word, wherever it stands in a line', (_name, finder) => {
    const lines = words.flatMap((word) => Array.from({ length: 33 }, (_, before) => `${'.'.repeat(before)}${word}`));
    const text = lines.map((line) => `${line}\nnothing here\n`).join('');
    expect(candidates(finder, text)).toEqual(lines);
  });

  test.each(finders)('%s: no word over the end of a line', (_name, finder) => {
    const text = words.map((word) => `${word.slice(0, 3)}\n${word.slice(3)}\n`).join('');
    const parts = words.flatMap((word) => [word.slice(0, 3), word.slice(3)]);
    expect(candidates(finder, text)).toEqual(parts.filter((part) => words.some((word) => part.includes(word))));
  });

  test.each(finders)('%s: codes of four to six digits', (_name, finder) => {
    const lines = ['x AH00957: y', 'AH3305: y', 'AH010117: y', 'AH03305: y'];
    const others = ['AH00128: y', 'AH957: y', 'AH0: y', 'A H00957', 'ah00957: y', 'AH99999: y', 'AH'];
    const text = [...others, ...lines, ...others].map((line) => `${line}\n`).join('');
    expect(candidates(finder, text)).toEqual(lines);
  });

  test.each(finders)('%s counts lines, empty ones too', (_name, finder) => {
    const text = `\n\n${at} [proxy:error] x\n\n`;
    expect(candidates(finder, text)).toEqual([`${at} [proxy:error] x`]);
    expect([finder.found[2], finder.lines()]).toEqual([2, 4]);
  });

  test('lines of modules that log nothing of ours are passed over by their head alone', () => {
    const finder = createFinder(httpdNeedles, 65_536, 65_536);
    const lines = ['php', 'security2', 'authz_core', 'rewrite', 'proxy_fcgi'].map(
      (name) => `${at} [${name}:error] [pid 7] AH00957: proxy: x`,
    );
    expect(candidates(finder, lines.map((line) => `${line}\n`).join(''))).toEqual(lines.slice(-1));
  });

  test.each([
    ['a host in brackets before the module', `${at} [www.shop.example:443] [proxy:error] [pid 7] AH00957: x`],
    ['a pod in brackets of the same length as a time', `[pod/web-0-0123456789abcde/h] ${at} [proxy:error] [pid 7] x`],
    ['an id that begins like a code', `${at} [core:error] [pid 7:tid 8] AH5 AH01961:  failed to enable ssl support`],
    ['files run out in another module of the server', `${at} [mpm_event:error] [pid 7] (24)Too many open files: AH00480: x`],
    ["OpenSSL's own words", `${at} [ssl:error] [pid 7] SSL Library Error: error:0A000126`],
    ['no fractions of seconds', '[Sat Nov 21 10:15:42 2026] [proxy:error] [pid 7] AH00957: x'],
  ])('%s', (_name, line) => {
    expect(candidates(createFinder(httpdNeedles, 65_536, 65_536), `${line}\n`)).toEqual([line]);
  });
});
