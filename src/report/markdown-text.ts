/** Text from outside in Markdown: nothing in it is markup, a link to a person or an entity. Pure. */
import { visible } from '../visible.ts';

/**
 * As running text on one line. Signs that could be markup are escaped (CommonMark 0.31, GFM; `$` is mathematics on GitHub, `{` a macro in
 * Jira); `_` only at the edge of a word, so that proxy_http stays readable where backslashes are shown. A name behind `@` and a number
 * behind `#` become code: ticket systems call people and link issues for them even where they are escaped.
 */
export function plain(text: string): string {
  return visible(text)
    .split(/((?<![\w@])@[A-Za-z0-9][\w/-]*|(?<!\w)[#!]\d+)/)
    .map((part, index) => (index % 2 === 1 ? code(part) : escaped(part)))
    .join('')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/^(\s*)([-+=#])/, '$1\\$2');
}

function escaped(text: string): string {
  return text
    .replace(/[\\`*[\]<>|$]|~(?=.*~)|(?<=~.*)~/g, (sign) => `\\${sign}`)
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/\{(?=[A-Za-z])/g, '\\{')
    .replace(/&(?=#?\w+;)/g, '&amp;');
}

/** As code within a line; its fence is longer than any run of backticks in it. */
export function code(text: string): string {
  const clean = visible(text);
  if (clean.trim() === '') return '';
  const fence = '`'.repeat(longestRun(clean, /`+/g) + 1);
  const pad = /^`|`$|^ .* $/.test(clean) ? ' ' : '';
  return `${fence}${pad}${clean}${pad}${fence}`;
}

/** As a block of code, a line each, to be copied. */
export function codeBlock(texts: readonly string[], indent: string): string[] {
  const clean = texts.map(visible);
  const fence = '`'.repeat(Math.max(3, longestRun(clean.join('\n'), /`+/g) + 1));
  return [`${indent}${fence}sh`, ...clean.map((line) => indent + line), indent + fence];
}

function longestRun(text: string, pattern: RegExp): number {
  return Math.max(0, ...[...text.matchAll(pattern)].map((run) => run[0].length));
}
