import type { Browser, Page } from 'playwright-core';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, type OpenedPage, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

describeInBrowser(inBrowser('proxy connections in the console'), () => {
  let server: BuiltServer;
  let browser: Browser;
  let opened: OpenedPage;
  let page: Page;
  beforeAll(async () => {
    [server, browser] = await Promise.all([BuiltServer.start(), openBrowser()]);
    await send('createProject', { key: 'crm', name: 'CRM', environments: ['dev', 'prod'] });
    const values = [{ environment: 'dev', value: '127.0.0.1' }];
    await send('setConfigParameter', { projectKey: 'crm', key: 'corp.proxy.host', values });
    await send('setConfigParameter', { projectKey: 'crm', key: 'hush', secret: true, defaultValue: '1' });
    opened = await openPage(browser);
    page = opened.page;
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });

  /** As somebody else than the page. */
  async function send(name: string, input: object, select = 'commit { position }') {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const answer = await server.ask(
      `mutation($input: ${type}!) { ${name}(input: $input) { ${select} userErrors { message } } }`,
      { input },
    );
    const payload = answer[name] as { userErrors: readonly { message: string }[] };
    expect(payload.userErrors).toEqual([]);
    return payload as unknown as Record<string, { id: string; version: number }>;
  }
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const field = (name: string) => page.getByLabel(name, { exact: true });
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  const focused = () => page.locator(':focus').textContent();
  const look = async () => {
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: null });
  };

  test('are none at first, and one is made with all faults shown at once', async () => {
    await page.goto(`${server.origin}/projects/crm/proxy-connections`);
    await page.getByText('There is no proxy connection yet.').waitFor();
    await look();
    await page.getByRole('link', { name: 'Create', exact: true }).click();
    await page.getByRole('combobox', { name: 'Auth Type' }).click();
    await page.getByRole('option', { name: 'Basic' }).click();
    await button('Create').click();
    const invalid = page.locator('[aria-invalid=true]');
    await invalid.first().waitFor();
    expect(await invalid.count()).toBeGreaterThanOrEqual(4);
    expect(await page.locator(':focus').getAttribute('aria-invalid')).toBe('true');
    await look();

    await field('Name').fill('Corporate Proxy');
    await field('Description').fill('To the world');
    await field('Proxy Host').pressSequentially('${corp');
    await page.getByRole('option', { name: 'corp.proxy.host' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await field('Proxy Host').inputValue()).toBe('${corp.proxy.host}');
    const resolved = page.getByLabel('In each environment').first();
    await resolved.getByText('no value for corp.proxy.host').waitFor();
    expect(await resolved.textContent()).toContain('127.0.0.1');
    await field('Proxy Port').fill('${nowhere}');
    await page.getByText('There is no parameter nowhere.').waitFor();
    await field('Proxy Port').fill('${hush}');
    await page.getByText('hush is secret, and can not be named here.').waitFor();
    expect(await page.getByText('no value for hush').count()).toBe(0);
    await resolved.getByRole('link', { name: 'corp.proxy.host' }).click();
    await page.getByRole('rowheader').filter({ hasText: 'corp.proxy.host' }).waitFor();
    await page.goBack();
    expect(await field('Name').inputValue()).toBe('Corporate Proxy');
    await field('Proxy Port').fill('8080');
    await field('User').fill('svc');
    await field('Password').fill('hunter-2');
    await look();
    await button('Create').click();
    await page.getByRole('heading', { name: 'Corporate Proxy' }).waitFor();
    expect(await field('Password').getAttribute('placeholder')).toBe('stored');
    await look();
  }, 60_000);

  test('keep a stored password until another is typed, and what was typed may be discarded', async () => {
    await button('Replace Password').click();
    await button('Save').click();
    await page.locator('[aria-invalid=true]').waitFor();
    await button('Keep Password').click();
    expect(await field('Password').isDisabled()).toBe(true);
    await button('Replace Password').click();
    await page.keyboard.type('hunter-3');
    await page.keyboard.press('Enter');
    await page.getByText('Version 2.').waitFor();
    expect(await field('Password').getAttribute('placeholder')).toBe('stored');
    expect(await field('Password').inputValue()).toBe('');
    expect(await focused()).toContain('Replace');
    await button('Replace Password').click();
    await page.keyboard.type('hunter-4');
    await page.getByRole('link', { name: 'View History' }).click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.goBack();
    await page.getByText('To be typed again: passwords are not kept').waitFor();
    expect(await field('Password').inputValue()).toBe('');
    await field('Description').fill('Never mind');
    await button('Discard changes').press('Enter');
    expect(await focused()).toBe('Save');
    expect(await field('Description').inputValue()).toBe('To the world');
    await page.getByText('Written, and never shown again.').waitFor();
  }, 60_000);

  test('are told apart from what somebody else saves meanwhile', async () => {
    await field('Description').fill('Mine');
    const list = await server.ask('{ project(key: "crm") { proxyConnections { nodes { id version } } } }');
    const [{ id }] = (list.project as { proxyConnections: { nodes: [{ id: string }] } }).proxyConnections.nodes;
    await send('updateProxyConnection', { id, description: 'Theirs', name: 'Corporate Gateway' });
    await page.getByText('Edited by Grace meanwhile').waitFor();
    await look();
    expect(await field('Description').inputValue()).toBe('Mine');
    await button('Save').click();
    await page.getByRole('alert').filter({ hasText: 'version' }).first().waitFor();
    await button('Take mine').press('Enter');
    expect(await focused()).toBe('Corporate Gateway');
    await button('Save').press('Enter');
    await page.getByText('Version 4.').waitFor();
    expect(await focused()).toBe('Save');
    const after = await server.ask('{ project(key: "crm") { proxyConnections { nodes { name description } } } }');
    expect(after).toMatchObject({
      project: { proxyConnections: { nodes: [{ name: 'Corporate Gateway', description: 'Mine' }] } },
    });
  }, 60_000);

  test('are searched, sorted and filtered, and the address says how', async () => {
    await send('createProxyConnection', { projectKey: 'crm', name: 'Regional', type: 'HTTP', host: 'emea', port: 1 });
    await send('createProxyConnection', { projectKey: 'crm', name: 'Lab', type: 'HTTPS', host: 'lab', port: 2 });
    await page.getByRole('link', { name: 'Proxy Connections' }).click();
    await row('Regional').waitFor();
    await look();
    const names = async () => (await page.getByRole('rowheader').allInnerTexts()).map((text) => text.trim());
    expect(await names()).toEqual(['Corporate Gateway', 'Lab', 'Regional']);
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await page.waitForURL(/sort=-NAME/);
    await page.getByRole('rowheader').first().filter({ hasText: 'Regional' }).waitFor();
    await field('Search').fill('gate');
    await row('Regional').waitFor({ state: 'detached' });
    expect(await names()).toEqual(['Corporate Gateway']);
    expect(page.url()).toContain('search=gate');
    await page.reload();
    await row('Corporate Gateway').waitFor();
    expect(await names()).toEqual(['Corporate Gateway']);
  }, 60_000);

  test('are not taken away with their project by a question that fails', async () => {
    await page.goto(`${server.origin}/projects/crm/proxy-connections?after=nonsense`);
    await page.getByText('after is not a cursor').first().waitFor();
    await page.getByRole('banner').getByText('CRM').waitFor();
    await look();
    await page.getByRole('link', { name: 'Proxy Connections' }).click();
    await row('Regional').waitFor();
  }, 60_000);

  test('are deleted once it was said what refuses its calls, and come back', async () => {
    const list = await server.ask('{ project(key: "crm") { proxyConnections(first: 1) { nodes { id } } } }');
    const [{ id }] = (list.project as { proxyConnections: { nodes: [{ id: string }] } }).proxyConnections.nodes;
    await send('createDataSource', {
      ...{ projectKey: 'crm', name: 'Tickets', baseUrl: 'https://tickets.test', headers: [] },
      ...{ connectThroughProxy: true, proxyConnectionId: id },
    });
    await page.getByRole('link', { name: 'Corporate Gateway' }).click();
    await page.getByRole('region', { name: 'Used by' }).getByRole('link', { name: 'Tickets' }).waitFor();
    await button('Delete').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Tickets').waitFor();
    await look();
    await dialog.getByLabel('Refuse if in use').check();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Refuse if in use').uncheck();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await button('Restore').waitFor();
    await look();
    await page.keyboard.press('Enter');
    await button('Save').waitFor();
    expect(await focused()).toBe('Corporate Gateway');
    expect(opened.complaints).toEqual([]);
  }, 60_000);
});
