import type { Browser, Page, Request } from 'playwright-core';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

const COMMITS = 120;

describeInBrowser(inBrowser('the past in the console'), () => {
  let server: BuiltServer;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    [server, browser] = await Promise.all([BuiltServer.start(), openBrowser()]);
    const create = 'mutation($input: CreateProjectInput!) { createProject(input: $input) { userErrors { message } } }';
    await server.ask(create, { input: { key: 'crm', name: 'CRM' } });
    const proxy = `mutation($input: CreateProxyConnectionInput!) {
      createProxyConnection(input: $input) { userErrors { message } } }`;
    for (let count = 2; count <= COMMITS; count += 1) {
      const name = `Proxy ${String(count).padStart(3, '0')}`;
      await server.ask(proxy, { input: { projectKey: 'crm', name, type: 'HTTP', host: 'h', port: 1 } });
    }
    ({ page, complaints } = await openPage(browser));
    await page.goto(`${server.origin}/projects/crm/proxy-connections`);
    await page.getByText('Proxy 050').waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });

  const slider = () => page.getByRole('slider', { name: 'Position' });
  const total = (count: number) => page.getByText(new RegExp(`^(\\d+ of )?${count}( in all)?$`)).first();

  test('is come to by the slider, and nothing can be changed there', async () => {
    await slider().focus();
    expect(await slider().getAttribute('aria-valuetext')).toBe('Now');
    await page.keyboard.press('Home');
    await page.getByText('There was no proxy connection at that moment.').waitFor();
    expect(page.url()).toContain('at=1');
    await page.getByText('As of commit 1', { exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('link', { name: 'Proxy 002' }).waitFor();
    expect(await page.getByRole('link', { name: '+ New proxy connection' }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Proxy 002' }).click();
    await page.getByRole('heading', { name: 'Proxy 002' }).waitFor();
    expect(page.url()).toContain('at=2');
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
    expect(await page.getByLabel('Name', { exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor();
    expect(page.url()).not.toContain('at=');
  }, 60_000);

  test('keeps up with a hand that moves over a hundred positions: what is overtaken is not asked to its end', async () => {
    await page.goto(`${server.origin}/projects/crm/proxy-connections`);
    await total(COMMITS - 1).waitFor();
    await slider().focus();
    const underWay = new Set<Request>();
    let most = 0;
    let asked = 0;
    page.on('request', (request) => {
      if (request.method() !== 'POST') return;
      underWay.add(request);
      asked += 1;
      most = Math.max(most, underWay.size);
    });
    for (const event of ['requestfinished', 'requestfailed'] as const) {
      page.on(event as 'requestfinished', (request) => void underWay.delete(request));
    }
    // Each answer takes its time, longer than the hand from one position to the next.
    await page.route('**/graphql', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue().catch(() => undefined);
    });
    for (let pressed = 0; pressed < 100; pressed += 1) await page.keyboard.press('ArrowLeft');
    await page.getByText(`As of commit ${COMMITS - 100}`, { exact: true }).waitFor();
    await total(COMMITS - 101).waitFor();
    // Of the page, its frame and the band, one moment each, and of those before it what is being given up.
    expect(most).toBeLessThanOrEqual(9);
    expect(asked).toBeLessThan(300);
    await page.unroute('**/graphql');
  }, 60_000);

  test('is compared with now, side by side', async () => {
    await page.getByRole('button', { name: 'Compare with now' }).click();
    const then = page.getByRole('region', { name: `As of commit ${COMMITS - 100}` });
    const now = page.getByRole('region', { name: 'Now' });
    await now.getByText('Proxy 050').waitFor();
    expect(await then.getByText('Proxy 050').count()).toBe(0);
    await then.getByText('Proxy 010').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await then.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  }, 60_000);

  test('is found by a date', async () => {
    const answer = await server.ask('{ project(key: "crm") { commit(position: 60) { at } } }');
    const { at } = (answer.project as { commit: { at: string } }).commit;
    const day = await page.evaluate((instant) => {
      const date = new Date(Date.parse(instant) + 1_000);
      return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
    }, at);
    await page.getByLabel('Go to a date').fill(day);
    await page.waitForURL(/at=\d+|proxy-connections$/);
    const position = Number(new URL(page.url()).searchParams.get('at') ?? COMMITS);
    expect(position).toBeGreaterThanOrEqual(60);
  }, 60_000);
});
