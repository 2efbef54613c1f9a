/** The HTML report in a real browser: nothing to complain of, readable for everybody, on a telephone, in the dark and on paper. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { htmlReport } from '../../src/report/html/page.tsx';
import { visible } from '../../src/visible.ts';
import { type Browser, openBrowser, openPage } from './browser.ts';
import { hostile, saidIn, wholeReport } from './whole-report.ts';

const there = existsSync('/usr/bin/chromium') && existsSync('/usr/bin/pdftotext');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const desk = { width: 1100, height: 900 };
const phone = { width: 390, height: 844 };

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

if (there) {
  describe('in Chromium', () => {
    let browser: Browser;
    const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-page-'));
    const pages: Readonly<Record<string, string>> = {
      several: join(folder, 'several.html'),
      one: join(folder, 'one.html'),
      none: join(folder, 'none.html'),
      harm: join(folder, 'harm.html'),
    };

    beforeAll(async () => {
      const several = wholeReport('plainly');
      const made: Readonly<Record<string, string>> = {
        several: htmlReport(several),
        one: htmlReport({ ...several, diagnoses: several.diagnoses.slice(0, 1) }),
        none: htmlReport({ ...several, diagnoses: [], evidence: [], path: [], impact: null, status: 'interrupted' }),
        harm: htmlReport(wholeReport(hostile.join(' '))),
      };
      for (const [name, file] of Object.entries(pages)) writeFileSync(file, made[name] ?? '');
      browser = await openBrowser();
    }, 60_000);
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });

    describe.each(Object.keys(pages))('a report with %s', (name) => {
      const file = pages[name] ?? '';

      test.each([
        ['light', desk],
        ['dark', desk],
        ['dark', phone],
      ] as const)('%s, %o: nothing complains, nothing is loaded, everybody can read it', async (scheme, size) => {
        const { page, complaints, requests } = await openPage(browser, file, size, scheme);
        // Folded parts are read too.
        await page.evaluate(() => document.querySelectorAll('details').forEach((one) => one.setAttribute('open', '')));
        // A debugger may run a script where the page itself may not.
        const violations = (await page.evaluate(`${axe}; axe.run().then((result) => result.violations)`)) as Violation[];
        expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => `${node.html} ${node.failureSummary}`).slice(0, 3)])).toEqual([]);
        expect([complaints, requests]).toEqual([[], []]);
        await page.close();
      });

      test('on a telephone nothing is wider than the screen', async () => {
        const { page } = await openPage(browser, file, phone, 'light');
        await page.evaluate(() => document.querySelectorAll('details').forEach((one) => one.setAttribute('open', '')));
        expect(
          await page.evaluate(() =>
            [document.documentElement.scrollWidth, document.body.scrollWidth].map((width) => width <= window.innerWidth),
          ),
        ).toEqual([true, true]);
        await page.close();
      });
    });

    test('the charts are there, one for the width of the screen, with bars and the moments that have a number below', async () => {
      for (const [size, shown] of [
        [desk, 760],
        [phone, 380],
      ] as const) {
        const { page } = await openPage(browser, pages['one'] ?? '', size, 'light');
        const charts = await page.evaluate(() =>
          [...document.querySelectorAll('svg')]
            .filter((chart) => chart.checkVisibility())
            .map((chart) => ({
              width: chart.viewBox.baseVal.width,
              bars: [...chart.querySelectorAll('rect')].filter(
                (bar) => bar.getBoundingClientRect().height > 0 && bar.getBoundingClientRect().width > 0,
              ).length,
              marks: chart.querySelectorAll('.mark').length,
              // Words as they stand on the screen, in pixels.
              letters: Math.min(...[...chart.querySelectorAll('text')].map((text) => text.getBoundingClientRect().height)),
              outside: [...chart.querySelectorAll('text')].filter(
                (text) => text.getBoundingClientRect().right > chart.getBoundingClientRect().right + 1,
              ).length,
            })),
        );
        expect(charts.map(({ width, bars, outside }) => ({ width, bars, outside }))).toEqual([
          { width: shown, bars: 15, outside: 0 },
          { width: shown, bars: 2, outside: 0 },
        ]);
        expect(charts[0]?.marks).toBe(await page.locator('figcaption li').count());
        expect(charts[0]?.marks).toBeGreaterThan(1);
        for (const { letters } of charts) expect(letters).toBeGreaterThanOrEqual(9);
        await page.close();
      }
    });

    test('each claim’s link leads to its evidence', async () => {
      const { page } = await openPage(browser, pages['several'] ?? '', desk, 'light');
      const broken = await page.evaluate(() =>
        [...document.querySelectorAll('a')]
          .map((link) => link.getAttribute('href') ?? '')
          .filter((href) => !href.startsWith('#') || document.querySelector(href) === null),
      );
      expect(broken).toEqual([]);
      await page.close();
    });

    test('printed to PDF it is whole: folded outputs too', async () => {
      const report = wholeReport('plainly');
      const { page } = await openPage(browser, pages['several'] ?? '', desk, 'dark');
      const pdf = join(folder, 'report.pdf');
      await page.pdf({ path: pdf, format: 'A4' });
      await page.close();
      const tight = (text: string): string => text.replace(/[\s\f]+/g, '');
      const printed = tight(execFileSync('pdftotext', ['-raw', pdf, '-'], { encoding: 'utf8', maxBuffer: 1e8 }));
      const missing = [...saidIn(report), 'Syntax OK', '"widthSeconds": 120', 'its output was not kept'].filter(
        (fact) => !printed.includes(tight(visible(fact))),
      );
      expect(missing).toEqual([]);
    });
  });
} else {
  test('the page in a browser needs chromium and pdftotext (npm test installs them)', () => expect(there).toBe(false));
}
