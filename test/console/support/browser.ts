import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from '../../http/chromium.ts';

/** Skipped by name where there is no Chromium. */
export const [describeInBrowser, inBrowser] =
  CHROMIUM === undefined
    ? [describe.skip, (name: string) => `${name} (skipped: no Chromium is installed)`]
    : [describe, (name: string) => name];

/** A headless Chromium that resolves no name. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-proxy-server',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

export interface OpenedPage {
  readonly page: Page;
  /** What it complained of so far: errors on its console, exceptions, and violations of its policy. */
  readonly complaints: string[];
  /** Paths of the requests so far, with their methods, such as `POST /graphql`. */
  readonly requests: string[];
}

/** A page of its own, in a profile of its own: nothing is known to it. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
  return { page, complaints, requests };
}
