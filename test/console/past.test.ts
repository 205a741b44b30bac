import type { Browser, Page, Request } from 'playwright-core';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

const COMMITS = 120;
/** Where pictures of the pages are put to be looked at; undefined: none is taken. */
const PICTURES = process.env.PICTURES;

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
    ({ page, complaints } = await openPage(browser, { timezoneId: 'UTC' }));
    await page.goto(`${server.origin}/projects/crm/proxy-connections`);
    await page.getByText('Proxy 050').waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });

  const set = (input: object) =>
    server.ask(
      'mutation($input: SetConfigParameterInput!) { setConfigParameter(input: $input) { userErrors { message } } }',
      {
        input,
      },
    );
  const idOf = async (name: string) => {
    const query = 'query($name: String!) { project(key: "crm") { proxyConnection(name: $name) { id } } }';
    const { project } = await server.ask(query, { name });
    return (project as { readonly proxyConnection: { readonly id: string } }).proxyConnection.id;
  };
  const slider = () => page.getByRole('slider', { name: 'Position' });
  const steps = () => page.evaluate<number>('history.length');
  const total = (count: number) => page.getByText(new RegExp(`^(\\d+ of )?${count}( in all)?$`)).first();

  test('is come to by the slider, and nothing can be changed there', async () => {
    await slider().focus();
    expect(await slider().getAttribute('aria-valuetext')).toBe(`Now, commit ${COMMITS} of ${COMMITS}`);
    await page.keyboard.press('Home');
    await page.getByText('There was no proxy connection at that moment.').waitFor();
    expect(page.url()).toContain('at=1');
    await page.getByText('As of commit 1', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Commit after' }).click();
    await page.getByRole('link', { name: 'Proxy 002' }).waitFor();
    expect(await page.getByRole('link', { name: '+ New proxy connection' }).count()).toBe(0);
    expect(await slider().getAttribute('aria-valuetext')).toMatch(/\d{4}, \d\d:\d\d, commit 2 of 120$/);
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
    const before = await steps();
    // Each answer takes its time, longer than the hand from one position to the next.
    await page.route('**/graphql', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue().catch(() => undefined);
    });
    for (let pressed = 0; pressed < 100; pressed += 1) await page.keyboard.press('ArrowLeft');
    expect(await slider().inputValue()).toBe(String(COMMITS - 100));
    expect(await page.getByRole('main').getAttribute('aria-busy')).toBe('true');
    await total(COMMITS - 1).waitFor();
    await page.getByText(`As of commit ${COMMITS - 100}`, { exact: true }).waitFor();
    await total(COMMITS - 101).waitFor();
    await page.locator('main[aria-busy=false]').waitFor();
    // Of the page and its frame, and of the moment before what is just being given up.
    expect(most).toBeLessThanOrEqual(4);
    expect(asked).toBeLessThan(100);
    expect(await steps()).toBe(before + 1);
    await page.unroute('**/graphql');
    asked = 0;
    await page.goBack();
    await total(COMMITS - 1).waitFor();
    await page.goForward();
    await total(COMMITS - 101).waitFor();
    // What was told of the past stays true: asked about anew was now alone.
    expect(asked).toBeLessThanOrEqual(2);
  }, 60_000);

  test('is gone through on the page of one resource, and the slider keeps the focus', async () => {
    await page.goto(`${server.origin}/projects/crm/proxy-connections?at=30`);
    await page.getByRole('link', { name: 'Proxy 010' }).click();
    await page.getByRole('heading', { name: 'Proxy 010' }).waitFor();
    await slider().focus();
    for (const at of [29, 28, 27]) {
      await page.keyboard.press('ArrowLeft');
      await page.getByText(`As of commit ${at}`, { exact: true }).waitFor();
      await page.locator('main[aria-busy=false]').waitFor();
    }
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Position');
  }, 60_000);

  test('is found by a date, once it is typed to its end', async () => {
    const answer = await server.ask('{ project(key: "crm") { commit(position: 60) { at } } }');
    const { at } = (answer.project as { commit: { at: string } }).commit;
    // Later than that by less than a second, and earlier than what came a second later.
    const day = new Date(Date.parse(at) + 1_000).toISOString().slice(0, 19);
    const date = page.getByLabel('Go to a date');
    await date.fill('2001-01-01T00:00:00');
    await date.press('Enter');
    await page.getByText('As of commit 1', { exact: true }).waitFor();
    await date.fill(day);
    await page.waitForURL((address) => address.searchParams.get('at') !== '1');
    const position = Number(new URL(page.url()).searchParams.get('at') ?? COMMITS);
    expect(position).toBeGreaterThanOrEqual(60);
  }, 60_000);

  test('that is none yet is said to be none, with a way back', async () => {
    await page.goto(`${server.origin}/projects/crm/proxy-connections?at=5000`);
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await total(COMMITS - 1).waitFor();
  }, 60_000);

  test('has nothing of what is being typed now', async () => {
    await page.getByRole('link', { name: 'Proxy 002' }).click();
    const name = page.getByLabel('Name', { exact: true });
    await name.fill('Half typ');
    await page.getByRole('button', { name: 'Commit before' }).click();
    await page.getByText(`As of commit ${COMMITS - 1}`, { exact: true }).waitFor();
    expect(await name.inputValue()).toBe('Proxy 002');
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor();
    expect(await name.inputValue()).toBe('Half typ');
    await page.getByRole('link', { name: 'Projects', exact: true }).waitFor();
  }, 60_000);

  test.each([360, 1280, 2560])(
    'fits a screen that is %i px wide',
    async (width) => {
      const narrow = await openPage(browser, { viewport: { width, height: 800 } });
      await narrow.page.goto(`${server.origin}/projects/crm/proxy-connections?at=60`);
      await narrow.page.getByText('As of commit 60', { exact: true }).waitFor();
      expect(await narrow.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      if (PICTURES) await narrow.page.screenshot({ path: `${PICTURES}/past-${width}.png` });
      await narrow.page.context().close();
    },
    60_000,
  );

  test('is compared with now, side by side, and what differs is told', async () => {
    const input = {
      projectKey: 'crm',
      key: 'proxy.host',
      defaultValue: 'one',
      values: [{ environment: 'dev', value: 'two' }],
    };
    await set(input);
    const id = await idOf('Proxy 010');
    const update = `mutation($input: UpdateProxyConnectionInput!) {
      updateProxyConnection(input: $input) { commit { position } userErrors { message } } }`;
    await server.ask(update, { input: { id, host: 'another.example.com', description: 'Moved' } });
    await set({ ...input, defaultValue: null, values: [{ environment: 'prod', value: 'three' }] });
    const remove =
      'mutation($input: DeleteProxyConnectionInput!) { deleteProxyConnection(input: $input) { userErrors { message } } }';
    await server.ask(remove, { input: { id: await idOf('Proxy 015') } });

    await page.goto(`${server.origin}/projects/crm/proxy-connections?at=${COMMITS - 100}`);
    await page.getByRole('button', { name: 'Compare with now' }).click();
    const then = page.getByRole('region', { name: `As of commit ${COMMITS - 100}` });
    const now = page.getByRole('region', { name: 'Now' });
    await now.getByText('Proxy 050').waitFor();
    expect(await then.getByText('Proxy 050').count()).toBe(0);
    await then.getByText('Proxy 010').waitFor();
    const told = page.getByRole('region', { name: 'Differences' });
    const row = (name: string) => told.getByRole('row').filter({ hasText: name });
    await row('Proxy 010').waitFor();
    expect(await row('Proxy 010').textContent()).toBe('Proxy 010± changedDescriptionnoneMoved');
    expect(await row('another.example.com').textContent()).toBe('Proxy Hosthanother.example.com');
    expect(await row('Proxy 015').textContent()).toContain('− deleted since');
    expect(await row('Proxy 021').textContent()).toContain('+ made since');
    expect(await row('Proxy 020').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/compare.png` });
    await told.getByRole('button', { name: 'Next' }).click();
    await row('Proxy 050').waitFor();

    await row('Proxy 050').getByRole('link').click();
    await told.getByText('+ made since').waitFor();
    await page.getByRole('link', { name: 'Parameters' }).click();
    await told.getByText('+ made since').waitFor();
    await slider().focus();
    await page.keyboard.press('End');
    for (let pressed = 0; pressed < 3; pressed += 1) await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'Compare with now' }).click();
    expect(await page.evaluate('document.activeElement.innerText')).toBe('Compare with now');
    await row('three').waitFor();
    expect(await told.getByRole('row').allTextContents()).toEqual([
      `NameDifferenceFieldAs of commit ${COMMITS + 1}Now`,
      'proxy.host± changedDefaultonenone',
      'Value in prodnonethree',
      'Value in devtwonone',
    ]);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await then.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  }, 60_000);

  test('is compared on every page for everybody', async () => {
    const source = `mutation($input: CreateDataSourceInput!) {
      createDataSource(input: $input) { dataSource { resourceId } commit { position } } }`;
    const proxyConnectionId = await idOf('Proxy 010');
    const input = {
      projectKey: 'crm',
      name: 'CRM',
      baseUrl: 'http://crm',
      connectThroughProxy: true,
      proxyConnectionId,
    };
    const answer = (await server.ask(source, { input })).createDataSource as Made;
    const update = `mutation($input: UpdateDataSourceInput!) { updateDataSource(input: $input) { userErrors { message } } }`;
    await server.ask(update, { input: { id: answer.dataSource.resourceId, baseUrl: 'http://crm.example.com' } });
    const probe = `mutation($input: TestProxyInput!) { testProxy(input: $input) { test { success } } }`;
    await server.ask(probe, { input: { projectKey: 'crm', proxyConnectionId, timeoutMs: 200 } });
    const proxy = await server.ask('query($id: ID!) { node(id: $id) { ... on Audited { resourceId } } }', {
      id: proxyConnectionId,
    });
    const { resourceId } = proxy.node as { readonly resourceId: string };
    // Deleting the proxy connection is no edit of what routes through it, and yet a difference.
    const calls = { input: { id: proxyConnectionId } };
    await server.ask(
      'mutation($input: DeleteProxyConnectionInput!) { deleteProxyConnection(input: $input) { userErrors { message } } }',
      calls,
    );
    await page.goto(`${server.origin}/projects/crm/data-sources?at=${answer.commit.position + 1}&compare=now`);
    const told = page.getByRole('region', { name: 'Differences' }).getByRole('row').nth(1);
    await told.getByText('Calls').waitFor();
    expect(await told.textContent()).toBe('CRM± changedCallsthrough the proxyrefused, as the proxy is deleted');
    const found: string[] = [];
    for (const path of [
      `proxy-connections/${resourceId}`,
      `data-sources/${answer.dataSource.resourceId}`,
      'parameters',
      'history',
    ]) {
      await page.goto(`${server.origin}/projects/crm/${path}?at=${answer.commit.position}&compare=now`);
      await page.getByRole('region', { name: 'Now' }).getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
      found.push(...(await violations(page)).map((violation) => `${path}: ${violation}`));
      const width = await page.evaluate('document.documentElement.scrollWidth');
      if (width !== 1280) found.push(`${path}: ${width} px wide`);
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  }, 120_000);
});

interface Made {
  readonly dataSource: { readonly resourceId: string };
  readonly commit: { readonly position: number };
}
