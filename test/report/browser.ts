/** Chromium without a window, for the HTML report: a new empty profile, no network. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

export interface Browser {
  readonly context: BrowserContext;
  readonly close: () => Promise<void>;
}

export async function openBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'proxy-doctor-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    chromiumSandbox: false,
    offline: true,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export interface Opened {
  readonly page: Page;
  /** Everything the page complained of: console errors and warnings, failed requests, exceptions. */
  readonly complaints: readonly string[];
  /** Requests other than the page itself. */
  readonly requests: readonly string[];
}

/** Opens a page's source as a file would be opened, with no server. */
export async function openPage(
  browser: Browser,
  file: string,
  size: { width: number; height: number },
  scheme: 'dark' | 'light',
): Promise<Opened> {
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) requests.push(request.url());
  });
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto(`file://${file}`);
  return { page, complaints, requests };
}
