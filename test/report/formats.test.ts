import { marked, type Token } from 'marked';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { htmlReport } from '../../src/report/html/page.tsx';
import { markdownReport } from '../../src/report/markdown.ts';
import { code, plain } from '../../src/report/markdown-text.ts';
import { textReport } from '../../src/report/text.ts';
import { wrap } from '../../src/report/wrap.ts';
import { visible } from '../../src/visible.ts';
import { hostile, saidIn, wholeReport } from './whole-report.ts';

/** Blanks do not count: a line may have been broken anywhere. */
const tight = (text: string): string => text.replace(/\s+/g, '');
const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&#39;': "'" };
const decoded = (html: string): string => html.replace(/&(?:amp|lt|gt|quot|#x27|#39);/g, (entity) => entities[entity] ?? entity);
const textOfHtml = (html: string): string => decoded(html.replace(/<style>[\s\S]*?<\/style>/, '').replace(/<[^>]*>/g, ' '));

const formats: readonly [string, (report: ReturnType<typeof wholeReport>) => string][] = [
  ['text', (report) => textReport(report)],
  ['html', (report) => textOfHtml(htmlReport(report))],
  ['md', (report) => textOfHtml(String(marked.parse(markdownReport(report), { async: false })))],
];

describe.each(formats)('%s', (_name, read) => {
  test.each(['plainly', ...hostile])('every fact of the JSON report is there: %j', (said) => {
    const report = wholeReport(said);
    const there = tight(read(report));
    for (const fact of saidIn(report)) expect(there).toContain(tight(visible(fact)));
  });

  test('each claim names its evidence', () => {
    const report = wholeReport('plainly');
    const there = tight(read(report));
    for (const claim of report.diagnoses.flatMap((one) => [...one.for, ...one.against, ...one.open])) {
      const from = there.slice(there.indexOf(tight(claim.text)) + tight(claim.text).length);
      expect(from.replace(/[^a-z0-9]/g, '').slice(0, claim.evidence.join('').length)).toBe(claim.evidence.join(''));
    }
  });
});

describe('Markdown', () => {
  const kinds = (tokens: readonly Token[]): string[] =>
    tokens.flatMap((token) => [
      token.type,
      ...('tokens' in token ? kinds(token.tokens ?? []) : []),
      ...('items' in token ? kinds(token.items as Token[]) : []),
    ]);
  const shape = (said: string): string[] =>
    kinds(marked.lexer(markdownReport(wholeReport(said)))).filter((kind) => !['text', 'escape', 'codespan', 'space'].includes(kind));

  test.each(hostile)('text from outside changes nothing of the form: %j', (said) => {
    // Addresses of the world's web may become links, as everywhere; nothing else may.
    expect(shape(said).filter((kind) => kind !== 'link')).toEqual(shape('plainly').filter((kind) => kind !== 'link'));
  });

  test.each([
    ['@everyone: see #12', '`@everyone`: see `#12`'],
    ['ops@example.org', 'ops@example.org'],
    ['proxy_http and _it_', String.raw`proxy_http and \_it\_`],
    ['127.0.0.1:80 is 1. of 2', '127.0.0.1:80 is 1. of 2'],
    ['2. second', String.raw`2\. second`],
    ['&lt; & &', '&amp;lt; & &'],
    ['{code} {1}', String.raw`\{code} {1}`],
    ['1.2-3~deb12u1', '1.2-3~deb12u1'],
  ])('%s', (text, expected) => expect(plain(text)).toBe(expected));

  test.each([
    ['ls', '`ls`'],
    ['a `b` c', '``a `b` c``'],
    ['`b`', '`` `b` ``'],
    ['', ''],
  ])('as code: %s', (text, expected) => expect(code(text)).toBe(expected));

  test('a person and an issue of the ticket system are not called', () => {
    const source = markdownReport(wholeReport('@everyone look at #12'));
    const outside = source.replace(/^\s*```[\s\S]*?^\s*```$/gm, '').replace(/`[^`\n]*`/g, '');
    expect(outside).not.toMatch(/(?<!\w)@everyone|(?<!\w)#12/);
  });
});

describe('HTML', () => {
  test.each(hostile)('text from outside makes no element and no attribute: %j', (said) => {
    const tags = (html: string): string[] => [...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name]) => name ?? '');
    expect(tags(htmlReport(wholeReport(said)))).toEqual(tags(htmlReport(wholeReport('plainly'))));
  });

  test('nothing of it can be loaded or run', () => {
    const html = htmlReport(wholeReport('plainly'));
    expect(html).toContain(
      `http-equiv="Content-Security-Policy" content="default-src &#x27;none&#x27;; style-src &#x27;unsafe-inline&#x27;"`,
    );
    expect(html).not.toMatch(/<script|<link|<img|\ssrc=|url\(|@import/i);
  });
});

describe('text', () => {
  test.each([72, 80, 40, 132])('keeps to %d columns, commands apart', (width) => {
    for (const said of ['plainly', '漢字の長い文字列'.repeat(6), ...hostile]) {
      const over = textReport(wholeReport(said), width)
        .split('\n')
        .filter((line) => stringWidth(line) > width && !/^ *\$ /.test(line));
      // The heading of a diagnosis is one line, so that it can be searched for.
      expect(over.filter((line) => !/^[a-z-]+ {2}\([a-z, ]+\)$/.test(line))).toEqual([]);
    }
  });

  test('nothing in it moves the cursor, and no line ends in a blank', () => {
    for (const said of hostile) {
      // oxlint-disable-next-line no-control-regex
      expect(textReport(wholeReport(said))).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }
    expect(
      textReport(wholeReport('plainly'))
        .split('\n')
        .filter((line) => line.endsWith(' ')),
    ).toEqual([]);
  });

  test('wraps at blanks; a word that is too long is cut behind a sign that separates', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrap('see /var/log/apache2/error.log now', 14)).toEqual(['see /var/log/', 'apache2/', 'error.log now']);
    expect(wrap('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'xxxxx']);
    expect(wrap('', 10)).toEqual(['']);
  });

  test('a run without a diagnosis says so, and what is known of the case', () => {
    const report = { ...wholeReport('plainly'), diagnoses: [], status: 'interrupted' as const };
    for (const text of [textReport(report), markdownReport(report), textOfHtml(htmlReport(report))]) {
      expect(text).toContain('No diagnosis yet: the run was interrupted');
      expect(text).toContain('20261122-185613-aa0c');
    }
  });
});
